//! `Principal` and `NotPrincipal`, compiled.

use crate::document::{PrincipalElement, PrincipalEntry, PrincipalType};
use crate::options::{NotPrincipalMode, Options};
use crate::subject::{Subject, SubjectKind};
use alloc::boxed::Box;
use alloc::vec::Vec;
use aws_core::AccountId;
use serde::Serialize;

/// How a policy of a resource names the caller, from the loosest to the
/// tightest. What a grant needs besides depends on it. `[IAM-5.3]`
/// `[IAM-8.4]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum MatchKind {
    /// By its account, which delegates to the account's own policies.
    Account,
    /// By its role, or the user that issued the session: boundary and
    /// session policies still limit it.
    Role,
    /// By itself, or as everybody.
    Direct,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Principals {
    negated: bool,
    entries: Vec<Who>,
}

#[derive(Debug, Clone, PartialEq)]
enum Who {
    /// `"*"`.
    Everybody,
    /// `{"AWS": "*"}`.
    AnyAws,
    Account(AccountId),
    Arn(Box<str>),
    Id(Box<str>),
    Service(Box<str>),
    Federated(Box<str>),
    /// Other than ARNs these name nobody we know.
    Canonical,
}

impl Who {
    fn new(entry: &PrincipalEntry) -> Self {
        let name: &str = &entry.name.value;
        match entry.kind {
            None => Self::Everybody,
            Some(PrincipalType::Aws) if name == "*" => Self::AnyAws,
            Some(PrincipalType::Aws) => {
                if let Ok(account) = name.parse() {
                    return Self::Account(account);
                }
                // [IAM-1.5]: the root's ARN is the account.
                match aws_core::ArnRef::parse(name) {
                    Ok(arn) if arn.service == "iam" && arn.resource == "root" => {
                        arn.account.parse().map_or_else(|_| Self::Arn(name.into()), Self::Account)
                    }
                    Ok(_) => Self::Arn(name.into()),
                    Err(_) => Self::Id(name.into()),
                }
            }
            Some(PrincipalType::Service) => Self::Service(name.into()),
            Some(PrincipalType::Federated) => Self::Federated(name.into()),
            Some(PrincipalType::CanonicalUser) => Self::Canonical,
        }
    }

    /// How it names the subject. Names are compared exactly; there are no
    /// wildcards in them `[IAM-5.3.1]` `[IAM-1.5]`. A unique id is as good as
    /// the name, and the only one that does not match a namesake made later
    /// `[IAM-1.6.2]` `[IAM-1.6.5]`.
    fn names(&self, subject: &Subject, options: &Options) -> Option<MatchKind> {
        let own = subject.own.as_deref();
        let outer = subject.outer.as_deref();
        match self {
            Self::Everybody => Some(MatchKind::Direct),
            Self::AnyAws => {
                let aws = subject.account.is_some();
                (aws || options.aws_star_is_everybody).then_some(MatchKind::Direct)
            }
            Self::Account(account) if subject.account == Some(*account) => {
                Some(if subject.kind == SubjectKind::Root { MatchKind::Direct } else { MatchKind::Account })
            }
            Self::Arn(arn) if own == Some(&**arn) && subject.account.is_some() => Some(MatchKind::Direct),
            Self::Arn(arn) if outer == Some(&**arn) => Some(MatchKind::Role),
            // [IAM-5.3.2]
            Self::Arn(arn) if !subject.path_known => {
                outer.is_some_and(|outer| same_role(arn, outer)).then_some(MatchKind::Role)
            }
            Self::Id(id) if subject.own_id.as_deref() == Some(&**id) => Some(MatchKind::Direct),
            Self::Id(id) if subject.outer_id.as_deref() == Some(&**id) => Some(MatchKind::Role),
            Self::Service(name) if subject.kind == SubjectKind::Service && own == Some(&**name) => {
                Some(MatchKind::Direct)
            }
            Self::Federated(name)
                if subject.kind == SubjectKind::WebIdentity && (own == Some(&**name) || **name == *"*") =>
            {
                Some(MatchKind::Direct)
            }
            _ => None,
        }
    }
}

/// Account and name, whatever the path.
fn same_role(a: &str, b: &str) -> bool {
    let parts = |text| {
        let arn = aws_core::ArnRef::parse(text).ok()?;
        let role = arn.resource.strip_prefix("role/")?;
        Some((arn.account, role.rsplit('/').next()?))
    };
    parts(a).is_some() && parts(a) == parts(b)
}

impl Principals {
    pub(crate) fn new(element: &PrincipalElement) -> Self {
        Self { negated: element.negated, entries: element.entries.iter().map(Who::new).collect() }
    }

    /// How the element names the subject, or `None` if it does not.
    pub(crate) fn names(
        &self,
        subject: &Subject,
        denies: bool,
        has_boundary: bool,
        options: &Options,
    ) -> Option<MatchKind> {
        if !self.negated {
            return self.entries.iter().filter_map(|who| who.names(subject, options)).max();
        }
        let matches = if denies {
            // [IAM-5.3.5]
            let bounded = has_boundary
                && matches!(subject.kind, SubjectKind::User | SubjectKind::Role | SubjectKind::Federated);
            bounded || !self.exempts(subject, options)
        } else {
            // [IAM-5.3.4] [IAM-5.3.6]
            !self.entries.iter().any(|who| who.names(subject, options).is_some())
        };
        matches.then_some(MatchKind::Direct)
    }

    /// Whether `NotPrincipal` with `Deny` spares the subject. `[IAM-5.3.4]`
    fn exempts(&self, subject: &Subject, options: &Options) -> bool {
        let listed = |kind: MatchKind| {
            self.entries.iter().any(|who| match who.names(subject, options) {
                Some(MatchKind::Direct) if matches!(who, Who::Everybody | Who::AnyAws) => true,
                Some(named) => named == kind,
                None => false,
            })
        };
        let own = listed(MatchKind::Direct);
        match options.not_principal {
            NotPrincipalMode::MostSpecific => own,
            NotPrincipalMode::Chain => {
                let account = subject.account.is_none()
                    || subject.kind == SubjectKind::Root
                    || listed(MatchKind::Account);
                let outer = subject.outer.is_none() || listed(MatchKind::Role);
                own && outer && account
            }
        }
    }
}
