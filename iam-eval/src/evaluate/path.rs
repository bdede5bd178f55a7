//! How the caller's own policies and the resource's come together.

use super::{CheckType, Evaluation, Request};
use crate::Truth;
use crate::subject::SubjectKind;

/// Which way a request takes. `[IAM-8.4]` `[IAM-8.5]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    /// Caller and resource in one account; either side may allow.
    SameAccount { root: bool },
    /// One account, but the resource's policy must allow or delegate: keys
    /// and roles.
    SameAccountRequired { root: bool },
    /// Both sides must allow.
    CrossAccount { root: bool },
    /// The caller has no policies of its own.
    ResourceOnly,
    /// Needs no permission.
    Free,
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

    /// Whether the way is open, and if not the first check that bars it.
    pub(super) fn opens(self, found: &Evaluation) -> (Truth, Option<CheckType>) {
        let resource = found.resource;
        let (identity, limits) = (found.identity, found.boundary.and(found.session));
        match self {
            Self::Free => (Truth::Yes, None),
            // [IAM-9.1]
            Self::SameAccount { root: true } => (Truth::Yes, None),
            Self::ResourceOnly
            | Self::SameAccountRequired { root: true }
            | Self::CrossAccount { root: true } => {
                let open = resource.any_allow();
                (open, (open != Truth::Yes).then_some(CheckType::Resource))
            }
            Self::SameAccount { root: false } => {
                let open = resource.direct.or(resource.role.or(identity).and(limits));
                (open, bar(open, [(CheckType::Principal, resource.role.or(identity))], found))
            }
            Self::SameAccountRequired { root: false } => {
                let named = resource.role.or(resource.account.and(identity));
                let open = resource.direct.or(named.and(limits));
                let checks = [
                    (CheckType::Resource, resource.any_allow()),
                    (CheckType::Principal, resource.role.or(identity)),
                ];
                (open, bar(open, checks, found))
            }
            Self::CrossAccount { root: false } => {
                let open = resource.any_allow().and(identity).and(limits);
                let checks = [(CheckType::Resource, resource.any_allow()), (CheckType::Principal, identity)];
                (open, bar(open, checks, found))
            }
        }
    }

    /// Whether the resource's policy alone opened it, so that the caller's own
    /// did not matter.
    pub(crate) fn by_resource_alone(self, found: &Evaluation) -> bool {
        matches!(self, Self::SameAccount { .. } | Self::SameAccountRequired { .. })
            && found.resource.direct == Truth::Yes
    }

    /// Whether the resource's policy stands for the caller's identity
    /// policies.
    pub(crate) fn without_identity(self, found: &Evaluation) -> bool {
        self.by_resource_alone(found)
            || matches!(self, Self::SameAccount { .. } | Self::SameAccountRequired { .. })
                && found.resource.role == Truth::Yes
    }
}

/// The first check that is not passed; one that surely fails before one that
/// may.
fn bar<const N: usize>(
    open: Truth,
    checks: [(CheckType, Truth); N],
    found: &Evaluation,
) -> Option<CheckType> {
    if open == Truth::Yes {
        return None;
    }
    let limits = [(CheckType::PermissionsBoundary, found.boundary), (CheckType::Session, found.session)];
    let all = || checks.iter().chain(&limits);
    let first = |value: Truth| all().find(|(_, passed)| *passed == value).map(|(check, _)| *check);
    first(Truth::No).or_else(|| first(Truth::Maybe))
}
