//! The names of condition operators.

use core::cmp::Ordering;

/// `[ForAllValues:|ForAnyValue:] base [IfExists]`. `[IAM-6.1.4]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) base: Base,
    pub(crate) qualifier: Option<Qualifier>,
    pub(crate) if_exists: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Qualifier {
    ForAllValues,
    ForAnyValue,
}

/// What is compared how. A negated operator holds where its positive twin
/// holds for none of the values. `[IAM-6.1.1]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    String { like: Comparison, negated: bool },
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    Ip { negated: bool },
    Arn { negated: bool },
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equals,
    EqualsIgnoreCase,
    Like,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Equals,
    NotEquals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Order {
    /// Whether a request's value that compares so with the policy's passes;
    /// `NotEquals` is asked as `Equals`. `[IAM-6.5.1]`
    pub(crate) fn holds(self, request_to_policy: Ordering) -> bool {
        match self {
            Self::Equals | Self::NotEquals => request_to_policy.is_eq(),
            Self::LessThan => request_to_policy.is_lt(),
            Self::LessThanEquals => request_to_policy.is_le(),
            Self::GreaterThan => request_to_policy.is_gt(),
            Self::GreaterThanEquals => request_to_policy.is_ge(),
        }
    }
}

const BASES: [(&str, Base); 27] = {
    use Base::{Arn, Binary, Bool, Date, Ip, Null, Numeric, String};
    use Comparison::{Equals, EqualsIgnoreCase};
    [
        ("StringEquals", String { like: Equals, negated: false }),
        ("StringNotEquals", String { like: Equals, negated: true }),
        ("StringEqualsIgnoreCase", String { like: EqualsIgnoreCase, negated: false }),
        ("StringNotEqualsIgnoreCase", String { like: EqualsIgnoreCase, negated: true }),
        ("StringLike", String { like: Comparison::Like, negated: false }),
        ("StringNotLike", String { like: Comparison::Like, negated: true }),
        ("NumericEquals", Numeric(Order::Equals)),
        ("NumericNotEquals", Numeric(Order::NotEquals)),
        ("NumericLessThan", Numeric(Order::LessThan)),
        ("NumericLessThanEquals", Numeric(Order::LessThanEquals)),
        ("NumericGreaterThan", Numeric(Order::GreaterThan)),
        ("NumericGreaterThanEquals", Numeric(Order::GreaterThanEquals)),
        ("DateEquals", Date(Order::Equals)),
        ("DateNotEquals", Date(Order::NotEquals)),
        ("DateLessThan", Date(Order::LessThan)),
        ("DateLessThanEquals", Date(Order::LessThanEquals)),
        ("DateGreaterThan", Date(Order::GreaterThan)),
        ("DateGreaterThanEquals", Date(Order::GreaterThanEquals)),
        ("Bool", Bool),
        ("BinaryEquals", Binary),
        ("IpAddress", Ip { negated: false }),
        ("NotIpAddress", Ip { negated: true }),
        // The two pairs are the same. [IAM-6.10]
        ("ArnEquals", Arn { negated: false }),
        ("ArnLike", Arn { negated: false }),
        ("ArnNotEquals", Arn { negated: true }),
        ("ArnNotLike", Arn { negated: true }),
        ("Null", Null),
    ]
};

impl Base {
    pub(crate) fn negated(self) -> bool {
        matches!(
            self,
            Self::String { negated: true, .. }
                | Self::Numeric(Order::NotEquals)
                | Self::Date(Order::NotEquals)
                | Self::Ip { negated: true }
                | Self::Arn { negated: true }
        )
    }
}

impl Operator {
    /// Reads a name: exactly as written when a policy is saved, in any case in
    /// what is stored. `[IAM-6.1.3]` `[IAM-6.1.4]`
    pub(crate) fn read(name: &str, exactly: bool) -> Option<Self> {
        let same = |a: &str, b: &str| if exactly { a == b } else { a.eq_ignore_ascii_case(b) };
        let (qualifier, rest) = match name.split_once(':') {
            Some((word, rest)) if same(word, "ForAllValues") => (Some(Qualifier::ForAllValues), rest),
            Some((word, rest)) if same(word, "ForAnyValue") => (Some(Qualifier::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, name),
        };
        let (rest, if_exists) = match rest.split_at_checked(rest.len().saturating_sub("IfExists".len())) {
            Some((start, end)) if same(end, "IfExists") => (start, true),
            _ => (rest, false),
        };
        let base = BASES.iter().find(|(known, _)| same(known, rest)).map(|(_, base)| *base)?;
        (!(if_exists && base == Base::Null)).then_some(Self { base, qualifier, if_exists })
    }
}
