//! Conditions and filters at work: on an item's bytes where they stand, so
//! that nothing is copied to be looked at.

use super::condition::{Condition, Function, Op};
use super::parse::Comparator;
use super::placeholders::Placeholders;
use crate::item::Item;
use crate::number::Number;
use crate::packed::Raw;
use crate::value::{Value, ValueType};
use alloc::vec::Vec;
use core::cmp::Ordering;
use memchr::memmem;

impl Condition {
    /// Whether an item satisfies it. A missing one has no attributes.
    /// `[DDB-6.4]`
    pub(crate) fn holds(&self, item: Option<&Item>, placeholders: &Placeholders) -> bool {
        let mut stack: Vec<Slot<'_>> = Vec::with_capacity(8);
        for step in &self.steps {
            let mut pop = || stack.pop().unwrap_or(Slot::Missing);
            let slot = match step {
                Op::Path(path) => item.and_then(|item| path.find_in(item)).map_or(Slot::Missing, Slot::Raw),
                Op::Value(value) => Slot::Value(placeholders.get(*value)),
                Op::Compare(comparator) => {
                    let (right, left) = (pop(), pop());
                    Slot::Truth(left.compare(*comparator, &right))
                }
                Op::Between => {
                    let (high, low, operand) = (pop(), pop(), pop());
                    Slot::Truth(
                        operand.compare(Comparator::Ge, &low) && operand.compare(Comparator::Le, &high),
                    )
                }
                Op::In(listed) => {
                    let listed: Vec<_> = (0..*listed).map(|_| pop()).collect();
                    let operand = pop();
                    Slot::Truth(listed.iter().any(|one| operand.equals(one)))
                }
                Op::Not => Slot::Truth(!pop().truth()),
                Op::And => {
                    let (right, left) = (pop(), pop());
                    Slot::Truth(left.truth() && right.truth())
                }
                Op::Or => {
                    let (right, left) = (pop(), pop());
                    Slot::Truth(left.truth() || right.truth())
                }
                Op::Function(Function::Size) => match pop().size() {
                    Some(size) => Slot::Size(Number::from(size as u64)),
                    None => Slot::Missing,
                },
                Op::Function(Function::AttributeExists) => Slot::Truth(pop().is_there()),
                Op::Function(Function::AttributeNotExists) => Slot::Truth(!pop().is_there()),
                Op::Function(Function::AttributeType) => {
                    let (tag, operand) = (pop(), pop());
                    Slot::Truth(operand.is_of(&tag))
                }
                Op::Function(Function::BeginsWith) => {
                    let (start, operand) = (pop(), pop());
                    Slot::Truth(operand.begins_with(&start))
                }
                Op::Function(Function::Contains) => {
                    let (part, operand) = (pop(), pop());
                    Slot::Truth(operand.contains(&part))
                }
            };
            stack.push(slot);
        }
        stack.pop().is_some_and(|slot| slot.truth())
    }
}

/// What a step leaves.
enum Slot<'v> {
    Missing,
    /// A value of the item, where it stands.
    Raw(Raw<'v>),
    /// A value of the request.
    Value(&'v Value),
    Size(Number),
    Truth(bool),
}

/// What has an order.
#[derive(PartialEq)]
enum Scalar<'v> {
    Text(&'v [u8]),
    Number(Number),
    Bytes(&'v [u8]),
}

impl<'v> Slot<'v> {
    fn is_there(&self) -> bool {
        !matches!(self, Self::Missing | Self::Truth(_))
    }

    fn truth(&self) -> bool {
        matches!(self, Self::Truth(true))
    }

    fn kind(&self) -> Option<ValueType> {
        match self {
            Self::Raw(raw) => Some(raw.kind()),
            Self::Value(value) => Some(value.kind()),
            Self::Size(_) => Some(ValueType::N),
            Self::Missing | Self::Truth(_) => None,
        }
    }

    fn scalar(&self) -> Option<Scalar<'v>> {
        match self {
            Self::Raw(raw) => match raw.kind() {
                ValueType::S => Some(Scalar::Text(raw.bytes())),
                ValueType::B => Some(Scalar::Bytes(raw.bytes())),
                ValueType::N => raw.number().map(Scalar::Number),
                _ => None,
            },
            Self::Value(Value::S(text)) => Some(Scalar::Text(text.as_bytes())),
            Self::Value(Value::N(number)) => Some(Scalar::Number(*number)),
            Self::Value(Value::B(bytes)) => Some(Scalar::Bytes(bytes.as_ref())),
            Self::Size(number) => Some(Scalar::Number(*number)),
            _ => None,
        }
    }

    /// [DDB-3.3] [DDB-3.4]
    fn compare(&self, comparator: Comparator, other: &Self) -> bool {
        match comparator {
            Comparator::Eq => self.equals(other),
            Comparator::Ne => !self.equals(other),
            _ => self.order(other).is_some_and(|order| comparator.holds(order)),
        }
    }

    fn equals(&self, other: &Self) -> bool {
        match (self.scalar(), other.scalar()) {
            (Some(one), Some(other)) => one == other,
            (None, None) => match (self, other) {
                (Self::Raw(one), Self::Raw(other)) => one == other,
                (Self::Value(one), Self::Value(other)) => one == other,
                (Self::Raw(raw), Self::Value(value)) | (Self::Value(value), Self::Raw(raw)) => raw.is(value),
                _ => false,
            },
            _ => false,
        }
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self.scalar()?, other.scalar()?) {
            (Scalar::Text(one), Scalar::Text(other)) | (Scalar::Bytes(one), Scalar::Bytes(other)) => {
                Some(one.cmp(other))
            }
            (Scalar::Number(one), Scalar::Number(other)) => Some(one.cmp(&other)),
            _ => None,
        }
    }

    /// attribute_type
    fn is_of(&self, tag: &Self) -> bool {
        let own = self.kind().map(|kind| kind.tag().as_bytes());
        matches!((own, tag.scalar()), (Some(own), Some(Scalar::Text(tag))) if own == tag)
    }

    fn begins_with(&self, start: &Self) -> bool {
        match (self.scalar(), start.scalar()) {
            (Some(Scalar::Text(whole)), Some(Scalar::Text(start)))
            | (Some(Scalar::Bytes(whole)), Some(Scalar::Bytes(start))) => whole.starts_with(start),
            _ => false,
        }
    }

    /// In linear time, whatever the text.
    fn contains(&self, part: &Self) -> bool {
        match (self.scalar(), part.scalar()) {
            (Some(Scalar::Text(whole)), Some(Scalar::Text(part)))
            | (Some(Scalar::Bytes(whole)), Some(Scalar::Bytes(part))) => {
                return memmem::find(whole, part).is_some();
            }
            (Some(_), _) => return false,
            (None, _) => {}
        }
        match (self, part.scalar()) {
            (Self::Raw(raw), scalar) => match (raw.kind(), scalar) {
                (ValueType::L, _) => raw.list().any(|member| part.equals(&Slot::Raw(member))),
                (ValueType::Ss, Some(Scalar::Text(part))) => raw.texts().any(|member| member == part),
                (ValueType::Bs, Some(Scalar::Bytes(part))) => raw.texts().any(|member| member == part),
                (ValueType::Ns, Some(Scalar::Number(part))) => raw.numbers().any(|member| member == part),
                _ => false,
            },
            (Self::Value(Value::L(list)), _) => list.iter().any(|member| part.equals(&Slot::Value(member))),
            (Self::Value(Value::Ss(set)), Some(Scalar::Text(part))) => {
                set.binary_search_by(|member| member.as_bytes().cmp(part)).is_ok()
            }
            (Self::Value(Value::Bs(set)), Some(Scalar::Bytes(part))) => {
                set.binary_search_by(|member| member.as_ref().cmp(part)).is_ok()
            }
            (Self::Value(Value::Ns(set)), Some(Scalar::Number(part))) => set.binary_search(&part).is_ok(),
            _ => false,
        }
    }

    /// Characters of text, bytes of a blob, members of the rest.
    /// `[DDB-6.3f]`
    fn size(&self) -> Option<usize> {
        match self {
            Self::Raw(raw) => raw.len(),
            Self::Value(value) => value.len(),
            _ => None,
        }
    }
}
