//! Grants on KMS keys.

use super::Request;
use crate::MatchKind;
use crate::context::Fact;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// A grant: an allow beside the key policy, for one principal. `[IAM-9.4.3]`
///
/// ```
/// use iam_eval::{Grant, GrantConstraint};
/// let grant = Grant {
///     id: "g1".into(),
///     grantee: "arn:aws:iam::111122223333:role/app".into(),
///     operations: vec!["Decrypt".into()],
///     constraint: Some(GrantConstraint::Subset([("tenant".into(), "7".into())].into())),
/// };
/// assert_eq!(grant.operations.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: String,
    /// The ARN of the grantee principal.
    pub grantee: String,
    /// What it permits, without the service's name.
    pub operations: Vec<String>,
    /// Which encryption contexts it permits it for.
    pub constraint: Option<GrantConstraint>,
}

/// What a request's encryption context must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantConstraint {
    /// It has all these pairs, perhaps more.
    Subset(BTreeMap<String, String>),
    /// It has exactly these pairs.
    Equals(BTreeMap<String, String>),
}

const CONTEXT: &str = "kms:encryptioncontext:";

impl Grant {
    /// How it names the caller, if it permits the request.
    pub(super) fn allows(&self, request: &Request<'_>) -> Option<MatchKind> {
        let operation = request.action.split_once(':').map(|(_, name)| name)?;
        let of_kms = request.service().eq_ignore_ascii_case("kms");
        if !of_kms || !self.operations.iter().any(|known| known.eq_ignore_ascii_case(operation)) {
            return None;
        }
        let subject = request.subject;
        let named = if subject.own.as_deref() == Some(&*self.grantee) {
            MatchKind::Direct
        } else if subject.outer.as_deref() == Some(&*self.grantee) {
            MatchKind::Role
        } else if subject.root.as_deref() == Some(&*self.grantee) {
            MatchKind::Account
        } else {
            return None;
        };
        let has = |pairs: &BTreeMap<String, String>| {
            pairs.iter().all(|(key, value)| {
                let name = alloc::format!("{CONTEXT}{}", key.to_ascii_lowercase());
                request.context.fact(&name) == Fact::One(value)
            })
        };
        let fits = match &self.constraint {
            None => true,
            Some(GrantConstraint::Subset(pairs)) => has(pairs),
            Some(GrantConstraint::Equals(pairs)) => {
                let given =
                    request.context.iter().filter(|(key, _)| key.to_ascii_lowercase().starts_with(CONTEXT));
                has(pairs) && given.count() == pairs.len()
            }
        };
        fits.then_some(named)
    }
}
