//! ARNs of policies, compared field by field.

use crate::document::PolicyKind;
use crate::pattern::{Pattern, Reading};
use crate::{Context, Truth};
use alloc::boxed::Box;
use alloc::vec::Vec;
use aws_core::Wildcard;

/// A pattern of an ARN.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ArnMatcher {
    /// `*` alone. `[IAM-5.2.1]`
    All,
    /// The commonest form, kept in one piece: no wildcards but perhaps a `*`
    /// at the end of the rest.
    Plain {
        text: Box<str>,
        /// How many bytes, those of the first four fields, are compared
        /// without regard to case.
        folded: usize,
        star: bool,
    },
    /// Five fields and the rest.
    Fields(Vec<Wildcard>, Pattern),
    /// No ARN: it matches nothing.
    Never,
}

impl ArnMatcher {
    /// Reads an entry of `Resource`: five fields, each with its own wildcards
    /// `[IAM-5.2.2]` `[IAM-5.2.4]`, and the rest, whose wildcards cross `/` and
    /// `:` `[IAM-5.2.3]` `[IAM-5.2.11]`. Service, partition and Region are
    /// compared without regard to case `[IAM-5.2.5]`; only the resource has
    /// variables `[IAM-5.2.7]`.
    pub(crate) fn resource(text: &str, kind: PolicyKind, variables: bool) -> Self {
        // Also `**` is only wildcards.
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Self::All;
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let full = fields.len() == 6;
        // [IAM-5.2.6]
        let expands = match kind {
            PolicyKind::Identity | PolicyKind::AwsManaged | PolicyKind::Boundary | PolicyKind::Session => {
                true
            }
            PolicyKind::ServiceControl => text.ends_with('*'),
            PolicyKind::ResourceControl => false,
            _ => text.contains(['*', '?']),
        };
        if !full && (!expands || fields.len() < 2) {
            return Self::Never;
        }
        if let Some(plain) = Self::plain(text, &fields, variables).filter(|_| full) {
            return plain;
        }
        let field = |at: usize| fields.get(at).copied().unwrap_or("*");
        let heads = (0..5).map(|at| match at {
            4 => Wildcard::new(field(at)),
            _ => Wildcard::ignoring_ascii_case(field(at)),
        });
        Self::Fields(heads.collect(), Pattern::new(field(5), Reading { variables, wildcards: true }))
    }

    fn plain(text: &str, fields: &[&str], variables: bool) -> Option<Self> {
        let literal = text.strip_suffix('*').unwrap_or(text);
        if literal.contains(['*', '?']) || variables && literal.contains("${") {
            return None;
        }
        let folded = fields.iter().take(4).map(|field| field.len() + 1).sum();
        Some(Self::Plain { text: literal.into(), folded, star: literal.len() < text.len() })
    }

    /// The keys that it names as variables, in lower case.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        let rest = match self {
            Self::Fields(_, rest) => Some(rest),
            Self::All | Self::Plain { .. } | Self::Never => None,
        };
        rest.into_iter().flat_map(Pattern::variables).map(|variable| &*variable.key)
    }

    /// Whether the requested resource is among them. A `*` in it is an
    /// ordinary character. `[IAM-5.2.10]`
    pub(crate) fn has_resource(&self, resource: &Resource<'_>, context: &Context) -> Truth {
        match (self, resource.fields) {
            (Self::All, _) => Truth::Yes,
            (Self::Plain { text, folded, star }, Some(_)) => {
                let (asked, text) = (resource.text.as_bytes(), text.as_bytes());
                let long = if *star { asked.len() >= text.len() } else { asked.len() == text.len() };
                let (Some((head, tail)), Some((asked_head, asked_tail))) =
                    (text.split_at_checked(*folded), asked.split_at_checked(*folded))
                else {
                    return Truth::No;
                };
                (long && asked_tail.starts_with(tail) && asked_head.eq_ignore_ascii_case(head)).into()
            }
            (Self::Fields(heads, rest), Some((fields, last))) => {
                if heads.iter().zip(fields).all(|(head, field)| head.matches(field)) {
                    rest.matches(last, context)
                } else {
                    Truth::No
                }
            }
            _ => Truth::No,
        }
    }
}

/// A requested resource, taken apart once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) text: &'a str,
    fields: Option<([&'a str; 5], &'a str)>,
}

impl<'a> Resource<'a> {
    /// Nothing is `*`. `[IAM-5.2.10]`
    pub(crate) fn new(text: &'a str) -> Self {
        let text = if text.is_empty() { "*" } else { text };
        Self { text, fields: fields(text) }
    }

    /// The field of the account.
    pub(crate) fn account(&self) -> Option<&'a str> {
        self.fields.map(|(heads, _)| heads[4]).filter(|account| !account.is_empty())
    }
}

/// An ARN's first five fields and the rest.
pub(crate) fn fields(text: &str) -> Option<([&str; 5], &str)> {
    let mut parts = text.splitn(6, ':');
    let mut heads = [""; 5];
    for head in &mut heads {
        *head = parts.next()?;
    }
    Some((heads, parts.next()?))
}

/// The operand of an ARN operator: six patterns, case-sensitive, variables
/// allowed in each. `[IAM-6.10.1]` `[IAM-6.10.4]`
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ArnOperand(Vec<Pattern>);

impl ArnOperand {
    /// What is no ARN, even `*`, matches nothing. `[IAM-6.10.3]`
    pub(crate) fn new(text: &str, variables: bool) -> Option<Self> {
        let reading = Reading { variables, wildcards: true };
        let fields = split_outside_variables(text, variables);
        (fields.len() == 6)
            .then(|| Self(fields.into_iter().map(|field| Pattern::new(field, reading)).collect()))
    }

    pub(crate) fn matches(&self, (heads, rest): ([&str; 5], &str), context: &Context) -> Truth {
        let texts = heads.into_iter().chain([rest]);
        Truth::all(self.0.iter().zip(texts).map(|(pattern, text)| pattern.matches(text, context)))
    }

    pub(crate) fn patterns(&self) -> &[Pattern] {
        &self.0
    }
}

/// Colons inside `${…}` separate nothing.
fn split_outside_variables(text: &str, variables: bool) -> Vec<&str> {
    let mut fields = Vec::new();
    let (mut start, mut inside) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'$' if variables && text.as_bytes().get(at + 1) == Some(&b'{') => {
                inside = text.get(at..).is_some_and(|rest| rest.contains('}'));
            }
            b'}' => inside = false,
            b':' if !inside && fields.len() < 5 => {
                fields.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(text.get(start..).unwrap_or_default());
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(pattern: &str, kind: PolicyKind, resource: &str) -> bool {
        let context = Context::new();
        ArnMatcher::resource(pattern, kind, true).has_resource(&Resource::new(resource), &context)
            == Truth::Yes
    }

    /// [IAM-5.2.3] [IAM-5.2.4] [IAM-5.2.5] [IAM-5.2.10] [IAM-5.2.11]
    #[test]
    fn resources() {
        use PolicyKind::Identity;
        assert!(has("arn:aws:s3:::b/*/test/*", Identity, "arn:aws:s3:::b/1///test///o"));
        assert!(!has("arn:aws:s3:::b/*/test/*", Identity, "arn:aws:s3:::b/test/o"));
        assert!(has("arn:AWS:S3:::b", Identity, "arn:aws:s3:::b"));
        assert!(!has("arn:aws:s3:::B", Identity, "arn:aws:s3:::b"));
        assert!(!has("arn:aws:*:b", Identity, "arn:aws:sns:eu-west-1:111111111111:b"));
        assert!(!has("arn:aws:s3:::*", Identity, "*") && has("arn:aws:s3:::*", Identity, "arn:aws:s3:::*"));
        assert!(!has("arn:aws:s3:::b?", Identity, "*") && has("*", Identity, ""));
        assert!(!has("arn:aws:s3:::b", Identity, "arn:aws:s3:::b/k"));
    }

    /// [IAM-5.2.6]
    #[test]
    fn short_arns() {
        let queue = "arn:aws:sqs:eu-west-1:111111111111:q";
        for (pattern, kind, expected) in [
            ("arn:aws:sqs", PolicyKind::Identity, true),
            ("arn:aws:sqs", PolicyKind::Session, true),
            ("arn:aws:sqs:eu-west-1:111111111111", PolicyKind::ServiceControl, false),
            ("arn:aws:sqs:eu-west-1:*", PolicyKind::ServiceControl, true),
            ("arn:aws:sqs:*", PolicyKind::ResourceControl, false),
            ("arn:aws:sqs", PolicyKind::Resource, false),
            ("arn:aws:sqs:*", PolicyKind::Resource, true),
            ("sqs", PolicyKind::Identity, false),
        ] {
            assert_eq!(has(pattern, kind, queue), expected, "{pattern} {kind:?}");
        }
    }

    /// [IAM-6.10.4]
    #[test]
    fn variables_hold_colons() {
        let operand =
            ArnOperand::new("arn:aws:s3:${aws:RequestedRegion}::${aws:username}:x:*", true).unwrap();
        let context = Context::new().with("aws:RequestedRegion", "eu-west-1").with("aws:username", "bob");
        let arn = fields("arn:aws:s3:eu-west-1::bob:x:y").unwrap();
        assert_eq!(operand.matches(arn, &context), Truth::Yes);
        assert!(ArnOperand::new("*", true).is_none());
    }
}
