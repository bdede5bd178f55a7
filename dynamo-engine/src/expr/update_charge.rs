//! What an update statement weighs. Most Regions refuse an UpdateItem whose
//! statement weighs more than an item may. `[DDB-2.5.4]`

use super::path::{Path, Step};
use super::placeholders::Placeholders;
use super::update::{ActionKind, Update, ValueOp};
use crate::item::Item;
use crate::value::Value;
use alloc::vec::Vec;

impl Update {
    /// The charge of the whole statement against the attributes that are
    /// there.
    pub(crate) fn charge(&self, item: Option<&Item>, placeholders: &Placeholders) -> u64 {
        let clause = |path: &Path, what: &ActionKind| match what {
            ActionKind::Set(ops) => 19 + target(path) + cost(ops, placeholders),
            ActionKind::Add(value) | ActionKind::Append(value) => {
                let found = item.and_then(|item| path.find_in(item)).map(|found| found.value());
                19 + target(path) + added(found.as_ref(), placeholders.get(*value))
            }
            ActionKind::Remove | ActionKind::Delete(_) => 1 + target(path),
        };
        3 + self.actions.iter().map(|action| clause(&action.path, &action.what)).sum::<u64>()
    }
}

fn element(step: &Step) -> u64 {
    match step {
        Step::Name(name) => name.len() as u64,
        Step::Index(index) => u64::from(index.checked_ilog10().unwrap_or(0) + 1),
    }
}

fn target(path: &Path) -> u64 {
    path.name.len() as u64 + path.steps.iter().map(|step| 4 + element(step)).sum::<u64>()
}

fn operand(path: &Path) -> u64 {
    1 + 14 + path.name.len() as u64 + path.steps.iter().map(|step| 14 + element(step)).sum::<u64>()
}

fn cost(ops: &[ValueOp], placeholders: &Placeholders) -> u64 {
    let mut stack: Vec<u64> = Vec::with_capacity(2);
    for op in ops {
        let mut two = || stack.pop().unwrap_or(0) + stack.pop().unwrap_or(0);
        let cost = match op {
            ValueOp::Path(path) => operand(path),
            ValueOp::Value(value) => placeholders.get(*value).size(),
            ValueOp::Plus => 34 + two(),
            ValueOp::Minus | ValueOp::ListAppend => 37 + two(),
            ValueOp::IfNotExists => 39 + two(),
        };
        stack.push(cost);
    }
    stack.pop().unwrap_or(0)
}

/// The members of a set that are not there yet, or the whole value.
fn added(found: Option<&Value>, value: &Value) -> u64 {
    fn new<T: Ord>(old: &[T], more: &[T], size: impl Fn(&T) -> u64) -> u64 {
        more.iter().filter(|member| old.binary_search(member).is_err()).map(size).sum()
    }
    match (found, value) {
        (Some(Value::Ss(old)), Value::Ss(more)) => new(old, more, |text| text.len() as u64),
        (Some(Value::Ns(old)), Value::Ns(more)) => new(old, more, |number| number.size()),
        (Some(Value::Bs(old)), Value::Bs(more)) => new(old, more, |bytes| bytes.as_ref().len() as u64),
        _ => value.size(),
    }
}
