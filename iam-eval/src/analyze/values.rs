//! A value of a context key under which some conditions hold and others do
//! not.

use super::language::{Found, Pattern as Shape, Unit, shortest};
use crate::condition::{Base, Comparison, Condition, Instant, Net, Operand, Qualifier};
use crate::context::holds_list;
use crate::options::Options;
use crate::pattern::{Pattern, Piece};
use crate::{Context, Truth};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a key is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Absent,
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Solved {
    Value(Value),
    Impossible,
    /// There may be one, but none was found.
    Unsure,
}

/// A condition, and whether it shall hold.
pub(super) type Wish<'c> = (&'c Condition, bool);

impl Value {
    pub(super) fn put(&self, key: &str, context: &mut Context) {
        match self {
            Self::Absent => *context = core::mem::take(context).without(key),
            Self::One(value) => context.set(key, value.as_str()),
            Self::Many(values) => context.set_list(key, values.iter().map(String::as_str)),
        }
    }
}

/// Conditions with variables hang on other keys; what is found for them is
/// tried out by the caller.
fn has_variables(condition: &Condition) -> bool {
    condition.variables().next().is_some()
}

/// `allowed` are the only values that may be taken, if there are any limits.
pub(super) fn solve(
    key: &str,
    wishes: &[Wish<'_>],
    allowed: Option<&[Value]>,
    options: &Options,
    budget: &mut usize,
) -> Solved {
    let fits = |value: &Value| {
        let mut context = Context::new();
        value.put(key, &mut context);
        wishes.iter().all(|(condition, wish)| {
            let relaxed = has_variables(condition) && *value != Value::Absent;
            relaxed || condition.holds(&context, options) == Truth::from(*wish)
        })
    };
    if let Some(allowed) = allowed {
        return match allowed.iter().find(|value| fits(value)) {
            Some(value) => Solved::Value(value.clone()),
            None => Solved::Impossible,
        };
    }
    if fits(&Value::Absent) {
        return Solved::Value(Value::Absent);
    }
    let mut sure = true;
    let is_list = holds_list(key);
    // A single value under a qualifier is a set of one. [IAM-6.3.3]
    if !is_list {
        let (values, complete) = element(wishes, budget);
        sure &= complete;
        if let Some(value) = values.into_iter().map(Value::One).find(&fits) {
            return Solved::Value(value);
        }
    }
    if is_list || wishes.iter().any(|(condition, _)| condition.operator.qualifier.is_some()) {
        let (values, complete) = members(wishes, budget);
        sure &= complete;
        if let Some(value) = values.map(Value::Many).filter(|value| fits(value)) {
            return Solved::Value(value);
        }
        let empty = Value::Many(Vec::new());
        if fits(&empty) {
            return Solved::Value(empty);
        }
    }
    if sure { Solved::Impossible } else { Solved::Unsure }
}

/// A list: one member for each wish that needs one, all of them passing what
/// every member must pass.
fn members(wishes: &[Wish<'_>], budget: &mut usize) -> (Option<Vec<String>>, bool) {
    let (mut every, mut some): (Vec<Wish<'_>>, Vec<Wish<'_>>) = (Vec::new(), Vec::new());
    for (condition, wish) in wishes {
        match (condition.operator.qualifier, wish) {
            (Some(Qualifier::ForAllValues), true) => every.push((condition, true)),
            (Some(Qualifier::ForAllValues), false) => some.push((condition, false)),
            (Some(Qualifier::ForAnyValue), true) => some.push((condition, true)),
            (Some(Qualifier::ForAnyValue), false) => every.push((condition, false)),
            // Never holds for a list. [IAM-6.3.4]
            (None, _) => {}
        }
    }
    if some.is_empty() {
        some.extend(every.first().copied());
    }
    let mut members = Vec::new();
    let mut sure = true;
    for need in some {
        let all: Vec<Wish<'_>> = every.iter().copied().chain([need]).collect();
        let (values, complete) = element(&all, budget);
        sure &= complete;
        match values.into_iter().find(|value| all.iter().all(|wish| member_fits(wish, value))) {
            Some(value) => members.push(value),
            None => return (None, sure),
        }
    }
    (Some(members), sure)
}

/// Whether one member alone passes.
fn member_fits((condition, wish): &Wish<'_>, value: &str) -> bool {
    if has_variables(condition) {
        return true;
    }
    let context = Context::new().with_list(&condition.key, [value]);
    condition.holds(&context, &Options::default()) == Truth::from(*wish)
}

/// Values worth trying, and whether there can be no other.
fn element(wishes: &[Wish<'_>], budget: &mut usize) -> (Vec<String>, bool) {
    let mut values = Vec::new();
    let is_text = |base: Base| matches!(base, Base::String { .. } | Base::Arn { .. });
    let texts: Vec<Wish<'_>> =
        wishes.iter().copied().filter(|(condition, _)| is_text(condition.operator.base)).collect();
    let others: Vec<Wish<'_>> =
        wishes.iter().copied().filter(|(condition, _)| !is_text(condition.operator.base)).collect();
    let mut complete = true;
    for (condition, _) in &others {
        complete &= points(condition, &mut values);
    }
    if !texts.is_empty() {
        match text(&texts, budget) {
            Found::Text(text) => values.insert(0, text),
            Found::Nothing => return (Vec::new(), true),
            Found::TooMuch => complete = false,
        }
        complete &= others.is_empty();
    }
    values.push("x".into());
    (values, complete)
}

/// The ends of what an operator tells apart, and points between and outside
/// them; whether these are all that matter.
fn points(condition: &Condition, values: &mut Vec<String>) -> bool {
    match condition.operator.base {
        Base::Numeric(_) => {
            let digits = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let numbers = condition.values.iter().filter_map(|operand| match operand {
                Operand::Number(text) => Some(&**text),
                _ => None,
            });
            let exponent = numbers.clone().any(|text| text.contains(['e', 'E']));
            let most = numbers.clone().map(digits).max().unwrap_or_default();
            for number in numbers {
                let dot = if number.contains('.') { "" } else { "." };
                let zeros = "0".repeat(most - digits(number));
                values.push(number.into());
                // A little further from zero, and less than any other.
                values.push(format!("{number}{dot}{zeros}1"));
            }
            values.extend(["0", "-9e99", "9e99"].map(String::from));
            !exponent
        }
        Base::Date(_) => {
            for operand in &condition.values {
                if let Operand::Date(date) = operand {
                    values.extend([date.step(-1), *date, date.step(1)].map(Instant::text));
                }
            }
            values.extend(["-9999-01-01T00:00:00Z", "9999-01-01T00:00:00Z"].map(String::from));
            true
        }
        Base::Bool => {
            values.extend(["true", "false", "x"].map(String::from));
            true
        }
        Base::Ip { .. } => {
            for operand in &condition.values {
                if let Operand::Net(net) = operand {
                    values.extend(around(*net));
                }
            }
            values.extend(["198.51.100.1", "2001:db8::1", "0.0.0.0", "::"].map(String::from));
            true
        }
        Base::Binary => {
            use base64::Engine as _;
            let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
            let bytes = condition.values.iter().filter_map(|operand| match operand {
                Operand::Bytes(bytes) => Some(encode(bytes)),
                _ => None,
            });
            values.extend(bytes.chain([encode(b"other")]));
            true
        }
        Base::Null => {
            values.push("x".into());
            true
        }
        Base::String { .. } | Base::Arn { .. } => true,
    }
}

/// A range's ends, and what lies beside them.
fn around(net: Net) -> Vec<String> {
    let addresses: Vec<IpAddr> = match (net, net.first()) {
        (Net::V4 { length, .. }, IpAddr::V4(first)) => {
            let first = first.to_bits();
            let last = first | u32::MAX.checked_shr(length).unwrap_or(0);
            let at = |bits: Option<u32>| bits.map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits)));
            [at(Some(first)), at(Some(last)), at(first.checked_sub(1)), at(last.checked_add(1))]
                .into_iter()
                .flatten()
                .collect()
        }
        (Net::V6 { length, .. }, IpAddr::V6(first)) => {
            let first = first.to_bits();
            let last = first | u128::MAX.checked_shr(length).unwrap_or(0);
            let at = |bits: Option<u128>| bits.map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits)));
            [at(Some(first)), at(Some(last)), at(first.checked_sub(1)), at(last.checked_add(1))]
                .into_iter()
                .flatten()
                .collect()
        }
        _ => Vec::new(),
    };
    addresses.into_iter().map(|address| address.to_string()).collect()
}

/// A text that string and ARN conditions take as wished.
fn text(wishes: &[Wish<'_>], budget: &mut usize) -> Found {
    let mut shapes = Vec::from([arn_shape()]);
    // For each wish where its patterns stand.
    let mut rows = Vec::new();
    for (condition, wish) in wishes {
        let from = shapes.len();
        let base = condition.operator.base;
        let any = *wish != base.negated();
        for operand in &condition.values {
            let (patterns, variables) = match operand {
                Operand::Text(pattern) => {
                    (core::slice::from_ref(pattern), pattern.variables().next().is_some())
                }
                Operand::Arn(arn) => (
                    arn.patterns(),
                    arn.patterns().iter().any(|pattern| pattern.variables().next().is_some()),
                ),
                _ => continue,
            };
            // What hangs on other keys may match; whether it does is tried.
            if variables && !any {
                continue;
            }
            let fold = matches!(base, Base::String { like: Comparison::EqualsIgnoreCase, .. });
            let last = patterns.len() - 1;
            let fields = patterns.iter().enumerate().map(|(at, pattern)| {
                let colon = at == last;
                let shape = shape_of(pattern, fold, colon);
                if at == last { shape } else { shape.then(Shape::exact(":", false)) }
            });
            shapes.push(fields.fold(Shape::default(), Shape::then));
        }
        rows.push((base, *wish, from..shapes.len()));
    }
    shortest(
        &shapes,
        |_| true,
        budget,
        |ends| {
            let is_arn = ends.first().copied().unwrap_or_default();
            rows.iter().all(|(base, wish, row)| {
                let any = ends.get(row.clone()).unwrap_or_default().contains(&true);
                let holds = match base {
                    Base::Arn { negated } => is_arn && any != *negated,
                    base => any != base.negated(),
                };
                holds == *wish
            })
        },
    )
}

/// Six fields, the first `arn`.
fn arn_shape() -> Shape {
    let field = || Shape(Vec::from([Unit::Star { colon: false }, Unit::Char { c: ':', fold: false }]));
    let head = (0..4).fold(Shape::exact("arn:", false), |shape, _| shape.then(field()));
    head.then(Shape::anything())
}

/// A compiled pattern as a shape; a variable may be anything.
pub(super) fn shape_of(pattern: &Pattern, fold: bool, colon: bool) -> Shape {
    match pattern {
        Pattern::Exact(text) => Shape::exact(text, fold),
        Pattern::Wild(wildcard) => Shape::wild(wildcard.as_str(), fold, colon),
        Pattern::Template(pieces) => pieces.iter().fold(Shape::default(), |shape, piece| {
            shape.then(match piece {
                Piece::Literal(text) => Shape::exact(text, fold),
                Piece::Star | Piece::Variable(_) => Shape(Vec::from([Unit::Star { colon }])),
                Piece::One => Shape(Vec::from([Unit::One { colon }])),
            })
        }),
    }
}
