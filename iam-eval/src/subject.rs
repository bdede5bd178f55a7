//! Who asks.

use alloc::format;
use alloc::string::String;
use aws_core::{AccountId, Caller, Principal};

/// A caller as policies see it: its names, and what its credentials are.
///
/// Made once for a caller and used for all its requests.
///
/// ```
/// use aws_core::Caller;
/// use iam_eval::Subject;
///
/// let bob = Caller::user("111122223333".parse()?, "bob", "AIDAEXAMPLEBOB");
/// let bob = Subject::of(&bob);
/// assert_eq!(bob.arn(), Some("arn:aws:iam::111122223333:user/bob"));
///
/// // A session of GetFederationToken, and the user that asked for it.
/// let guest = Caller::new(aws_core::Principal::FederatedUser { account: "111122223333".parse()?, name: "guest".into() });
/// let guest = Subject::of(&guest).issued_by("arn:aws:iam::111122223333:user/bob", "AIDAEXAMPLEBOB");
/// # Ok::<(), aws_core::HomeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub(crate) kind: SubjectKind,
    pub(crate) account: Option<AccountId>,
    /// The name that a policy grants to directly, and its unique id.
    pub(crate) own: Option<String>,
    pub(crate) own_id: Option<String>,
    /// The role of a session, or the user that issued it.
    pub(crate) outer: Option<String>,
    pub(crate) outer_id: Option<String>,
    pub(crate) root: Option<String>,
    pub(crate) service_linked: bool,
    pub(crate) management: bool,
    pub(crate) temporary: bool,
    pub(crate) mfa: bool,
    /// Whether the role's path is known, which a session's ARN does not tell.
    pub(crate) path_known: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubjectKind {
    Root,
    User,
    Role,
    Federated,
    Service,
    WebIdentity,
    Anonymous,
}

impl Subject {
    /// What `caller` is to policies.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        let partition = caller.partition.id();
        let mut subject = Self {
            kind: SubjectKind::Anonymous,
            account: caller.account(),
            own: caller.arn(),
            own_id: None,
            outer: None,
            outer_id: None,
            root: caller.account().map(|account| format!("arn:{partition}:iam::{account}:root")),
            service_linked: false,
            management: false,
            temporary: caller.session.issued_at.is_some(),
            mfa: caller.session.mfa_authenticated_at.is_some(),
            path_known: true,
        };
        match &caller.principal {
            Principal::Root { .. } => subject.kind = SubjectKind::Root,
            Principal::User { unique_id, .. } => {
                subject.kind = SubjectKind::User;
                subject.own_id = Some(unique_id.clone());
            }
            Principal::RoleSession { path, unique_id, .. } => {
                subject.kind = SubjectKind::Role;
                subject.outer = caller.role_arn();
                subject.outer_id = Some(unique_id.clone());
                // [IAM-9.2]
                subject.service_linked = path.starts_with("/aws-service-role/");
            }
            Principal::FederatedUser { .. } => subject.kind = SubjectKind::Federated,
            Principal::WebIdentity { provider, .. } => {
                subject.kind = SubjectKind::WebIdentity;
                subject.own = Some(provider.clone());
            }
            Principal::Service { name } => {
                subject.kind = SubjectKind::Service;
                subject.own = Some(name.clone());
            }
            Principal::Anonymous { .. } => {}
        }
        subject
    }

    /// The user who called `GetFederationToken` for it, whose policies and
    /// boundary bound it. `[IAM-8.4]`
    #[must_use]
    pub fn issued_by(mut self, user_arn: &str, unique_id: &str) -> Self {
        self.outer = Some(user_arn.into());
        self.outer_id = Some(unique_id.into());
        self
    }

    /// Says that the caller's account manages its organisation, so that no
    /// service control policy binds it. `[IAM-8.2]`
    #[must_use]
    pub fn in_management_account(mut self) -> Self {
        self.management = true;
        self
    }

    /// Says that only the session's ARN is known: the role's path is not, and
    /// a policy's role matches by account and name, which are unique together.
    /// So does a role's ARN as caller, as some session of it. `[IAM-5.3.2]`
    /// `[IAM-5.3.3]`
    #[must_use]
    pub fn with_unknown_role_path(mut self) -> Self {
        self.path_known = false;
        self
    }

    /// The ARN that names it in messages; a service's or provider's name.
    #[must_use]
    pub fn arn(&self) -> Option<&str> {
        self.own.as_deref()
    }

    /// The account it belongs to, if any.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }
}
