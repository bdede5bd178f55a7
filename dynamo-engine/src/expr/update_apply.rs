//! What an update makes of an item.

use super::path::{Path, Step};
use super::placeholders::Placeholders;
use super::update::{Action, ActionKind, Update, ValueOp};
use crate::Error;
use crate::item::{Attributes, Item};
use crate::number::{Number, NumberFault};
use crate::ops::ITEM_MAX;
use crate::value::Value;
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// What happens at a path.
enum Change {
    Put(Value),
    Remove,
    Nothing,
}

impl Update {
    /// Whether it makes an item where there is none. `[DDB-6.6.10]`
    pub(crate) fn creates(&self) -> bool {
        self.actions.iter().any(|action| {
            matches!(action.what, ActionKind::Set(_) | ActionKind::Add(_) | ActionKind::Append(_))
        })
    }

    /// The attributes after the update of `old`, or of `key` where there is no
    /// item. Every right side reads the old attributes. `[DDB-6.6.7]`
    ///
    /// # Errors
    /// The run-time errors of updates. `[DDB-6.6.8]`
    pub(crate) fn apply(
        &self,
        old: Option<&Item>,
        key: &Item,
        placeholders: &Placeholders,
    ) -> Result<Attributes, Error> {
        let view = &old.map(Item::attributes).unwrap_or_default();
        let mut new = if old.is_some() { view.clone() } else { key.attributes() };
        let (mut appends, mut removals) = (Vec::new(), Vec::new());
        let mut puts = Vec::with_capacity(self.actions.len());
        let mut brought = 0;
        for Action { path, what } in &self.actions {
            let found = path.find(view);
            let change = match what {
                ActionKind::Set(ops) => {
                    let value = evaluate(ops, view, placeholders)?;
                    brought += value.size();
                    // No more than an item holds is ever copied; what is
                    // refused for its size may still be refused for the rest.
                    Change::Put(if brought > ITEM_MAX { Value::Null } else { value.into_owned() })
                }
                ActionKind::Remove => Change::Remove,
                ActionKind::Add(value) => add(found, placeholders.get(*value))?,
                ActionKind::Append(value) => append(found, placeholders.get(*value))?,
                ActionKind::Delete(value) => delete(found, placeholders.get(*value))?,
            };
            let place = place(path, view);
            match (change, place) {
                // [DDB-6.6.9] Nothing can be removed from what is not there.
                (Change::Remove | Change::Nothing, _) if old.is_none() => {}
                (_, Place::Nowhere) => return Err(Error::InvalidPath),
                (Change::Put(value), Place::BeyondEnd) => appends.push((path, value)),
                (Change::Put(value), _) => puts.push((path, value)),
                (Change::Remove, _) if found.is_some() => removals.push(path),
                (Change::Remove | Change::Nothing, _) => {}
            }
        }
        if brought > ITEM_MAX {
            return Err(Error::UpdatedItemSize);
        }
        for (path, value) in puts {
            put(&mut new, path, value);
        }
        // [DDB-6.6.9] New elements in the order of their indices.
        appends.sort_by(|(a, _), (b, _)| (&a.name, &a.steps).cmp(&(&b.name, &b.steps)));
        for (path, value) in appends {
            if let Some(Value::L(list)) = parent(&mut new, path) {
                list.push(value);
            }
        }
        // [DDB-6.6.9] Removals last, at the old positions: the deepest first,
        // and all that one map or list loses at once.
        removals.sort_by(|a, b| (b.steps.len(), &a.name, &a.steps).cmp(&(a.steps.len(), &b.name, &b.steps)));
        for siblings in removals.chunk_by(|a, b| a.is_sibling(b)) {
            remove(&mut new, siblings);
        }
        Ok(new)
    }
}

/// Where a path leads in the old attributes.
enum Place {
    /// To a value, or to where one can be put.
    Here,
    /// Past the end of a list.
    BeyondEnd,
    /// Through something that is missing or of another kind.
    Nowhere,
}

fn place(path: &Path, view: &Attributes) -> Place {
    let Some((last, steps)) = path.steps.split_last() else { return Place::Here };
    let parent = steps.iter().try_fold(view.get(&path.name), |value, step| match (step, value?) {
        (Step::Name(name), Value::M(map)) => Some(map.get(name)),
        (Step::Index(index), Value::L(list)) => Some(list.get(*index as usize)),
        _ => None,
    });
    match (parent.flatten(), last) {
        (Some(Value::M(_)), Step::Name(_)) => Place::Here,
        (Some(Value::L(list)), Step::Index(index)) if (*index as usize) < list.len() => Place::Here,
        (Some(Value::L(_)), Step::Index(_)) => Place::BeyondEnd,
        _ => Place::Nowhere,
    }
}

/// The map or list that the last step of a path leads into.
fn parent<'a>(attributes: &'a mut Attributes, path: &Path) -> Option<&'a mut Value> {
    let (_, steps) = path.steps.split_last()?;
    steps.iter().try_fold(attributes.get_mut(&path.name)?, |value, step| match (step, value) {
        (Step::Name(name), Value::M(map)) => map.get_mut(name),
        (Step::Index(index), Value::L(list)) => list.get_mut(*index as usize),
        _ => None,
    })
}

fn put(attributes: &mut Attributes, path: &Path, value: Value) {
    match (path.steps.last(), parent(attributes, path)) {
        (Some(Step::Name(name)), Some(Value::M(map))) => map.insert(name, value),
        (Some(Step::Index(index)), Some(Value::L(list))) => {
            if let Some(slot) = list.get_mut(*index as usize) {
                *slot = value;
            }
        }
        (None, _) => attributes.insert(&path.name, value),
        _ => {}
    }
}

/// Takes out what stands side by side, in order.
fn remove(attributes: &mut Attributes, siblings: &[&Path]) {
    let Some(first) = siblings.first() else { return };
    match parent(attributes, first) {
        Some(Value::M(map)) => {
            for path in siblings {
                if let Some(Step::Name(name)) = path.steps.last() {
                    map.remove(name);
                }
            }
        }
        Some(Value::L(list)) => {
            let mut gone = siblings.iter().filter_map(|path| match path.steps.last() {
                Some(Step::Index(index)) => Some(*index as usize),
                _ => None,
            });
            let (mut at, mut next) = (0, gone.next());
            list.retain(|_| {
                let stays = next != Some(at);
                if !stays {
                    next = gone.next();
                }
                at += 1;
                stays
            });
        }
        None if first.steps.is_empty() => {
            attributes.remove(&first.name);
        }
        _ => {}
    }
}

/// [DDB-6.6.8]
fn evaluate<'v>(
    ops: &[ValueOp],
    view: &'v Attributes,
    placeholders: &'v Placeholders,
) -> Result<Cow<'v, Value>, Error> {
    let mut stack: Vec<Option<Cow<'v, Value>>> = Vec::with_capacity(2);
    for op in ops {
        let mut pop = || stack.pop().flatten();
        let result = match op {
            ValueOp::Path(path) => path.find(view).map(Cow::Borrowed),
            ValueOp::Value(value) => Some(Cow::Borrowed(placeholders.get(*value))),
            ValueOp::IfNotExists => {
                let (otherwise, found) = (pop(), pop());
                found.or(otherwise)
            }
            ValueOp::ListAppend => {
                let (tail, list) = (pop(), pop());
                match (list.ok_or(Error::MissingAttribute)?, tail.ok_or(Error::MissingAttribute)?) {
                    (list, tail) if matches!((&*list, &*tail), (Value::L(_), Value::L(_))) => {
                        let (Value::L(mut list), Value::L(tail)) = (list.into_owned(), tail.into_owned())
                        else {
                            return Err(Error::OperandDataType);
                        };
                        // Of a list that no item holds, no more than shows it.
                        let room = (ITEM_MAX as usize).saturating_sub(list.len());
                        list.extend(tail.into_iter().take(room));
                        Some(Cow::Owned(Value::L(list)))
                    }
                    _ => return Err(Error::OperandDataType),
                }
            }
            ValueOp::Plus | ValueOp::Minus => {
                let (right, left) = (pop(), pop());
                match (&*left.ok_or(Error::MissingAttribute)?, &*right.ok_or(Error::MissingAttribute)?) {
                    (Value::N(left), Value::N(right)) => {
                        let sum = if matches!(op, ValueOp::Plus) {
                            left.checked_add(*right)
                        } else {
                            left.checked_sub(*right)
                        };
                        Some(Cow::Owned(Value::N(computed(sum)?)))
                    }
                    _ => return Err(Error::OperandDataType),
                }
            }
        };
        stack.push(result);
    }
    stack.pop().flatten().ok_or(Error::MissingAttribute)
}

fn computed(sum: Result<Number, NumberFault>) -> Result<Number, Error> {
    sum.map_err(|fault| Error::Computed { fault })
}

/// [DDB-6.6.11]
fn add(found: Option<&Value>, value: &Value) -> Result<Change, Error> {
    Ok(Change::Put(match (found, value) {
        (None, value) => value.clone(),
        (Some(Value::N(old)), Value::N(value)) => Value::N(computed(old.checked_add(*value))?),
        (Some(Value::Ss(old)), Value::Ss(value)) => Value::Ss(union(old, value)),
        (Some(Value::Ns(old)), Value::Ns(value)) => Value::Ns(union(old, value)),
        (Some(Value::Bs(old)), Value::Bs(value)) => Value::Bs(union(old, value)),
        _ => return Err(Error::OperandDataType),
    }))
}

/// [DDB-7.6]
fn append(found: Option<&Value>, value: &Value) -> Result<Change, Error> {
    match (found, value) {
        (None, value) => Ok(Change::Put(value.clone())),
        (Some(Value::L(old)), Value::L(more)) => {
            Ok(Change::Put(Value::L(old.iter().chain(more).cloned().collect())))
        }
        _ => Err(Error::OperandDataType),
    }
}

fn union<T: Ord + Clone>(old: &[T], more: &[T]) -> Vec<T> {
    let mut all: Vec<T> = old.iter().chain(more).cloned().collect();
    all.sort();
    all.dedup();
    all
}

/// [DDB-6.6.12]
fn delete(found: Option<&Value>, value: &Value) -> Result<Change, Error> {
    fn without<T: Ord + Clone>(old: &[T], less: &[T], make: fn(Vec<T>) -> Value) -> Change {
        let left: Vec<T> = old.iter().filter(|member| less.binary_search(member).is_err()).cloned().collect();
        if left.is_empty() { Change::Remove } else { Change::Put(make(left)) }
    }
    Ok(match (found, value) {
        (None, _) => Change::Nothing,
        (Some(Value::Ss(old)), Value::Ss(value)) => without(old, value, Value::Ss),
        (Some(Value::Ns(old)), Value::Ns(value)) => without(old, value, Value::Ns),
        (Some(Value::Bs(old)), Value::Bs(value)) => without(old, value, Value::Bs),
        _ => return Err(Error::OperandDataType),
    })
}
