//! Conditions, compiled and judged.

mod date;
mod net;
mod number;
mod operator;

pub(crate) use date::Instant;
pub(crate) use net::Net;
pub(crate) use number::Decimal;
pub(crate) use operator::{Base, Comparison, Operator, Qualifier};

use crate::arn_pattern::{ArnOperand, fields};
use crate::context::{Fact, holds_list};
use crate::document::ConditionEntry;
use crate::options::{MultiValued, Options};
use crate::pattern::{Pattern, Reading};
use crate::{Context, Truth};
use alloc::boxed::Box;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::net::IpAddr;

/// One key under one operator.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    pub(crate) operator: Operator,
    /// In lower case. `[IAM-6.1.2]`
    pub(crate) key: Box<str>,
    pub(crate) values: Vec<Operand>,
}

/// A value of a policy, read as its operator reads it. One that cannot be
/// read so is `Never`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Text(Pattern),
    Number(Box<str>),
    Date(Instant),
    Bool(bool),
    Bytes(Vec<u8>),
    Net(Net),
    Arn(ArnOperand),
    Never,
}

/// How one value of the request compares with one of the policy.
enum Compared {
    Matches(Truth),
    /// The request's value is none of the operator's kind. `[IAM-6.5.3]`
    Malformed,
}

impl Condition {
    /// Compiles an entry; `None` for an operator AWS does not know.
    pub(crate) fn compile(entry: &ConditionEntry, variables: bool) -> Option<Self> {
        let operator = Operator::read(&entry.operator.value, false)?;
        let values = entry.values.iter().map(|value| Operand::new(&value.value, operator.base, variables));
        Some(Self { operator, key: entry.key.value.to_ascii_lowercase().into(), values: values.collect() })
    }

    /// Whether it holds. `[IAM-6.2]` `[IAM-6.3]`
    pub(crate) fn holds(&self, context: &Context, options: &Options) -> Truth {
        let fact = context.fact(&self.key);
        if self.operator.base == Base::Null {
            return self.null(fact);
        }
        match (fact, self.operator.qualifier) {
            (Fact::Unknown, _) => Truth::Maybe,
            (Fact::Absent, _) => self.missing(),
            (Fact::One(value), Some(Qualifier::ForAllValues | Qualifier::ForAnyValue))
                if value.is_empty() && holds_list(&self.key) =>
            {
                self.missing()
            }
            // A single value is a set of one. [IAM-6.3.3]
            (Fact::One(value), _) => self.one(value, context, options),
            (Fact::Many(values), Some(qualifier)) => {
                // Nothing, or only the empty text, is the null data set. [IAM-6.2]
                if values.iter().all(|value| value.is_empty()) {
                    return self.missing();
                }
                let each = values.iter().map(|value| self.one(value, context, options));
                match qualifier {
                    Qualifier::ForAllValues => Truth::all(each),
                    Qualifier::ForAnyValue => Truth::any(each),
                }
            }
            // [IAM-6.3.4]
            (Fact::Many(values), None) => match options.multi_valued {
                MultiValued::NoMatch => Truth::No,
                MultiValued::AnyValue => {
                    if values.iter().all(|value| value.is_empty()) {
                        return self.missing();
                    }
                    let positive =
                        Truth::any(values.iter().map(|value| self.any_operand(value, context, options)));
                    if self.operator.base.negated() { positive.not() } else { positive }
                }
            },
        }
    }

    /// The table of missing keys. `[IAM-6.2]` `[IAM-6.9.6]`
    fn missing(&self) -> Truth {
        match self.operator.qualifier {
            // The set rule decides, also with IfExists.
            Some(Qualifier::ForAllValues) => Truth::Yes,
            Some(Qualifier::ForAnyValue) => Truth::No,
            None => (self.operator.if_exists || self.operator.base.negated()).into(),
        }
    }

    /// `[IAM-6.11]` `[IAM-6.1.4]`
    fn null(&self, fact: Fact<'_>) -> Truth {
        match self.operator.qualifier {
            Some(Qualifier::ForAllValues) => return Truth::Yes,
            Some(Qualifier::ForAnyValue) => return Truth::No,
            None => {}
        }
        let wants = |absent: bool| self.values.contains(&Operand::Bool(absent));
        let absent = match fact {
            Fact::Absent => Truth::Yes,
            Fact::Unknown => Truth::Maybe,
            Fact::One(_) => Truth::No,
            Fact::Many(values) => values.iter().all(|value| value.is_empty()).into(),
        };
        match (wants(true), wants(false)) {
            (true, true) => Truth::Yes,
            (true, false) => absent,
            (false, true) => absent.not(),
            (false, false) => Truth::No,
        }
    }

    /// The operator for one value of the request: any of the policy's values,
    /// or for negated ones none of them; of no values none matches. `[IAM-6.1.1]`
    /// `[IAM-6.1.6]` `[IAM-6.5.4]` `[IAM-6.3.1]`
    /// `[IAM-6.3.2]`
    fn one(&self, value: &str, context: &Context, options: &Options) -> Truth {
        if self.operator.base.negated() {
            // An unreadable range lets nothing pass. [IAM-6.9.7]
            let ranges = matches!(self.operator.base, Base::Ip { .. });
            if ranges && self.values.contains(&Operand::Never) {
                return Truth::No;
            }
            match self.compare_all(value, context) {
                Compared::Matches(any) => any.not(),
                Compared::Malformed => options.malformed_negated.into(),
            }
        } else {
            self.any_operand(value, context, options)
        }
    }

    fn any_operand(&self, value: &str, context: &Context, _: &Options) -> Truth {
        match self.compare_all(value, context) {
            Compared::Matches(any) => any,
            Compared::Malformed => Truth::No,
        }
    }

    /// Whether any of the policy's values matches the request's.
    fn compare_all(&self, value: &str, context: &Context) -> Compared {
        let any = |matches: &dyn Fn(&Operand) -> Truth| {
            Compared::Matches(Truth::any(self.values.iter().map(matches)))
        };
        match self.operator.base {
            Base::String { like, .. } => any(&|operand| match operand {
                Operand::Text(pattern) if like == Comparison::EqualsIgnoreCase => {
                    pattern.equals_ignoring_case(value, context)
                }
                Operand::Text(pattern) => pattern.matches(value, context),
                _ => Truth::No,
            }),
            Base::Numeric(order) => {
                let Some(number) = Decimal::parse(value) else { return Compared::Malformed };
                any(&|operand| match operand {
                    Operand::Number(text) => {
                        Decimal::parse(text).is_some_and(|bound| order.holds(number.compare(bound))).into()
                    }
                    _ => Truth::No,
                })
            }
            // Either form on either side. [IAM-6.6.1] [IAM-6.6.3]
            Base::Date(order) => {
                let Some(date) = Instant::parse(value) else { return Compared::Malformed };
                any(&|operand| match operand {
                    Operand::Date(bound) => order.holds(date.cmp(bound)).into(),
                    _ => Truth::No,
                })
            }
            Base::Bool => {
                let Some(fact) = boolean(value) else { return Compared::Malformed };
                any(&|operand| (*operand == Operand::Bool(fact)).into())
            }
            // [IAM-6.8]
            Base::Binary => {
                let Ok(bytes) = STANDARD.decode(value) else { return Compared::Malformed };
                any(&|operand| matches!(operand, Operand::Bytes(wanted) if *wanted == bytes).into())
            }
            Base::Ip { .. } => {
                let Ok(address) = value.parse::<IpAddr>() else { return Compared::Malformed };
                any(&|operand| matches!(operand, Operand::Net(net) if net.contains(address)).into())
            }
            Base::Arn { .. } => {
                // [IAM-6.10.2]
                let Some(arn) = fields(value).filter(|(heads, _)| heads[0] == "arn") else {
                    return Compared::Malformed;
                };
                any(&|operand| match operand {
                    Operand::Arn(pattern) => pattern.matches(arn, context),
                    _ => Truth::No,
                })
            }
            Base::Null => Compared::Matches(Truth::No),
        }
    }

    /// The keys that its values name as variables, in lower case.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.values.iter().flat_map(|operand| {
            let patterns = match operand {
                Operand::Text(pattern) => core::slice::from_ref(pattern),
                Operand::Arn(arn) => arn.patterns(),
                _ => &[],
            };
            patterns.iter().flat_map(Pattern::variables).map(|variable| &*variable.key)
        })
    }
}

impl Operand {
    /// Reads a value. Only strings and ARNs have variables. `[IAM-6.12.1]`
    fn new(text: &str, base: Base, variables: bool) -> Self {
        match base {
            Base::String { like, .. } => {
                Self::Text(Pattern::new(text, Reading { variables, wildcards: like == Comparison::Like }))
            }
            Base::Numeric(_) => match Decimal::parse(text) {
                Some(_) => Self::Number(text.into()),
                None => Self::Never,
            },
            Base::Date(_) => Instant::parse(text).map_or(Self::Never, Self::Date),
            Base::Bool | Base::Null => boolean(text).map_or(Self::Never, Self::Bool),
            Base::Binary => STANDARD.decode(text).map_or(Self::Never, Self::Bytes),
            Base::Ip { .. } => Net::parse(text).map_or(Self::Never, Self::Net),
            Base::Arn { .. } => ArnOperand::new(text, variables).map_or(Self::Never, Self::Arn),
        }
    }
}

/// In any case. `[IAM-6.7]`
fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
