//! How the caller's own policies and the resource's come together.

use super::{CheckType, Evaluation, Request};
use crate::Truth;
use crate::set::Sums;
use crate::subject::SubjectKind;
use crate::truth::Logic;

/// Which way a request takes. `[IAM-8.4]` `[IAM-8.5]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    /// Caller and resource in one account; either side may allow.
    SameAccount { root: bool },
    /// One account, but the resource's policy must allow or delegate: keys
    /// `[IAM-9.4.1]` `[IAM-9.4.2]` and roles `[IAM-8.8.1]` `[IAM-8.8.3]`.
    SameAccountRequired { root: bool },
    /// Both sides must allow `[IAM-8.8.2]`.
    CrossAccount { root: bool },
    /// The caller has no policies of its own `[IAM-8.8.5]`.
    ResourceOnly,
    /// Needs no permission.
    Free,
}

/// What the caller's own policies allow.
#[derive(Debug, Clone)]
pub(crate) struct Own<L> {
    pub(crate) identity: L,
    pub(crate) boundary: L,
    pub(crate) session: L,
}

impl Path {
    pub(super) fn of(request: &Request<'_>, required: bool) -> Self {
        // [IAM-9.7]
        if request.is("sts:GetSessionToken") {
            return Self::Free;
        }
        let subject = request.subject;
        let root = subject.kind == SubjectKind::Root;
        match subject.account {
            None => Self::ResourceOnly,
            account if account != request.resource_account() => Self::CrossAccount { root },
            _ if required => Self::SameAccountRequired { root },
            _ => Self::SameAccount { root },
        }
    }

    /// Whether the resource's side must allow by itself.
    pub(crate) fn needs_resource(self) -> bool {
        matches!(self, Self::SameAccountRequired { .. } | Self::CrossAccount { .. } | Self::ResourceOnly)
    }

    pub(super) fn has_principal_side(self) -> bool {
        match self {
            Self::SameAccount { root } | Self::SameAccountRequired { root } | Self::CrossAccount { root } => {
                !root
            }
            Self::ResourceOnly | Self::Free => false,
        }
    }

    /// Whether the way is open.
    pub(crate) fn opens<L: Logic>(self, resource: &Sums<L>, own: &Own<L>) -> L {
        let limits = || own.boundary.clone().and(own.session.clone());
        match self {
            Self::Free => L::yes(),
            // [IAM-9.1]
            Self::SameAccount { root: true } => L::yes(),
            Self::ResourceOnly
            | Self::SameAccountRequired { root: true }
            | Self::CrossAccount { root: true } => resource.any_allow(),
            Self::SameAccount { root: false } => {
                let limited = resource.role.clone().or(own.identity.clone());
                resource.direct.clone().or(limited.and(limits()))
            }
            Self::SameAccountRequired { root: false } => {
                let limited = resource.role.clone().or(resource.account.clone().and(own.identity.clone()));
                resource.direct.clone().or(limited.and(limits()))
            }
            Self::CrossAccount { root: false } => {
                resource.any_allow().and(own.identity.clone()).and(limits())
            }
        }
    }

    /// The first check that bars a way that is not open: one that surely
    /// fails before one that may.
    pub(super) fn bar(self, found: &Evaluation) -> Option<CheckType> {
        let resource = found.resource.any_allow();
        let role = found.resource.role;
        let checks = [
            (CheckType::Resource, if self.needs_resource() { resource } else { Truth::Yes }),
            (
                CheckType::Principal,
                match self {
                    Self::CrossAccount { root: false } => found.own.identity,
                    Self::SameAccount { root: false } | Self::SameAccountRequired { root: false } => {
                        role.or(found.own.identity)
                    }
                    _ => Truth::Yes,
                },
            ),
            (CheckType::PermissionsBoundary, found.own.boundary),
            (CheckType::Session, found.own.session),
        ];
        let first =
            |value: Truth| checks.iter().find(|(_, passed)| *passed == value).map(|(check, _)| *check);
        first(Truth::No).or_else(|| first(Truth::Maybe))
    }

    /// What the resource's side allows by itself: in its own account the
    /// account is only delegated to `[IAM-8.4]`.
    pub(crate) fn grants(self, resource: &Sums<Truth>) -> Truth {
        match self {
            Self::SameAccount { root: false } => resource.direct.or(resource.role),
            _ => resource.any_allow(),
        }
    }

    /// Whether the resource's policy names the caller so that its own
    /// policies need not allow: all of them, or only those of its identity.
    pub(crate) fn spares(self, found: &Evaluation, check: CheckType) -> bool {
        let same = matches!(self, Self::SameAccount { .. } | Self::SameAccountRequired { .. });
        let direct = found.resource.direct == Truth::Yes;
        let role = found.resource.role == Truth::Yes;
        same && (direct || role && check == CheckType::Principal)
    }
}
