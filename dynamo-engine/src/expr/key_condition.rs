//! KeyConditionExpression: the conditions that a compiled condition puts on
//! key attributes.

use super::condition::{Condition, Function, Op};
use super::fault::{ExpressionFault, ExpressionKind, Fault, What};
use super::parse::Comparator;
use super::path::Path;
use super::placeholders::Placeholders;
use crate::Error;
use crate::value::Value;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// What one key attribute must satisfy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeyClause {
    pub(crate) name: String,
    pub(crate) test: KeyTest,
}

/// A test that an ordered store can answer by a range.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum KeyTest {
    Compare(Comparator, Value),
    Between(Value, Value),
    BeginsWith(Value),
    /// One that no range answers, of KeyConditions. `[DDB-7.8]`
    NotIndexable,
}

impl KeyTest {
    /// The values that the request brings.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        let (one, two) = match self {
            Self::Compare(_, value) | Self::BeginsWith(value) => (Some(value), None),
            Self::Between(low, high) => (Some(low), Some(high)),
            Self::NotIndexable => (None, None),
        };
        one.into_iter().chain(two)
    }
}

enum Operand<'c> {
    Path(&'c Path),
    Value(usize),
    Condition,
}

/// The clauses, in the order in which they were written. `[DDB-6.5.1]`
/// `[DDB-6.5.2]`
pub(crate) fn key_clauses(
    condition: &Condition,
    placeholders: &Placeholders,
) -> Result<Vec<KeyClause>, Error> {
    let invalid = |operator: &'static str| Err(Error::KeyOperator { operator });
    let mut stack: Vec<Operand<'_>> = Vec::new();
    let mut clauses: Vec<(&Path, KeyTest)> = Vec::new();
    for op in &condition.steps {
        let mut take = |count: usize| stack.split_off(stack.len().saturating_sub(count));
        let done = match op {
            Op::Path(path) => Operand::Path(path),
            Op::Value(value) => Operand::Value(*value),
            Op::Or => return invalid("OR"),
            Op::Not => return invalid("NOT"),
            Op::In(_) => return invalid("IN"),
            Op::Compare(Comparator::Ne) => return invalid("<>"),
            Op::Function(Function::Size) => return Err(Error::NestedKeyOperation),
            Op::And => {
                take(2);
                Operand::Condition
            }
            Op::Compare(comparator) => {
                let value = |place: usize| placeholders.get(place).clone();
                clauses.push(match take(2).as_slice() {
                    [Operand::Path(path), Operand::Value(place)] => {
                        (*path, KeyTest::Compare(*comparator, value(*place)))
                    }
                    [Operand::Value(place), Operand::Path(path)] => {
                        (*path, KeyTest::Compare(comparator.turned(), value(*place)))
                    }
                    [Operand::Path(_), _] => return Err(Error::ManyKeyAttributes),
                    _ => return Err(Error::NoKeyAttribute),
                });
                Operand::Condition
            }
            Op::Between => {
                clauses.push(match take(3).as_slice() {
                    [Operand::Path(path), Operand::Value(low), Operand::Value(high)] => {
                        let bound = |place: &usize| placeholders.get(*place).clone();
                        (*path, KeyTest::Between(bound(low), bound(high)))
                    }
                    operands => return Err(misplaced(operands, "BETWEEN")),
                });
                Operand::Condition
            }
            Op::Function(Function::BeginsWith) => {
                clauses.push(match take(2).as_slice() {
                    [Operand::Path(path), Operand::Value(start)] => {
                        (*path, KeyTest::BeginsWith(placeholders.get(*start).clone()))
                    }
                    operands => return Err(misplaced(operands, "begins_with")),
                });
                Operand::Condition
            }
            Op::Function(function) => return invalid(function.name()),
        };
        stack.push(done);
    }
    let refuse = |fault| {
        let what = What::Expression(ExpressionKind::KeyConditionExpression, fault);
        Err(Error::Invalid { fault: Box::new(Fault { layer: placeholders.layer(), what }) })
    };
    if clauses.iter().any(|(path, _)| !path.steps.is_empty()) {
        return refuse(ExpressionFault::NestedKey);
    }
    for (index, (path, _)) in clauses.iter().enumerate() {
        if clauses.iter().take(index).any(|(other, _)| other.name == path.name) {
            return refuse(ExpressionFault::KeyTwice);
        }
    }
    Ok(clauses.into_iter().map(|(path, test)| KeyClause { name: path.name.clone(), test }).collect())
}

fn misplaced(operands: &[Operand<'_>], operator: &'static str) -> Error {
    let paths = operands.iter().filter(|operand| matches!(operand, Operand::Path(_))).count();
    match operands.first() {
        Some(Operand::Path(_)) if paths > 1 => Error::ManyKeyAttributes,
        _ if paths == 0 => Error::NoKeyAttribute,
        _ => Error::KeyOperandOrder { operator },
    }
}
