//! Who is calling.

use crate::{AccountId, Partition, Timestamp};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Who signed a call, with the facts about the session that AWS puts into
/// the request context.
///
/// Engines use it for ownership, account checks and attribution. Whether the
/// caller *may* do a thing is decided outside, from what
/// [`Engine::authz`](crate::Engine::authz) returns.
///
/// ```
/// use aws_core::Caller;
///
/// let account = "111122223333".parse()?;
/// let alice = Caller::user(account, "alice", "AIDAEXAMPLEALICE00000");
/// assert_eq!(alice.arn().as_deref(), Some("arn:aws:iam::111122223333:user/alice"));
///
/// let worker = Caller::role_session(account, "worker", "AROAEXAMPLEWORKER0000", "i-0123");
/// assert_eq!(worker.arn().as_deref(), Some("arn:aws:sts::111122223333:assumed-role/worker/i-0123"));
/// assert_eq!(worker.user_id(), "AROAEXAMPLEWORKER0000:i-0123");
/// # Ok::<(), aws_core::HomeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// What kind of principal it is.
    pub principal: Principal,
    /// The partition its ARN is printed in.
    #[serde(default, skip_serializing_if = "is_aws")]
    pub partition: Partition,
    /// Principal tags (`aws:PrincipalTag/…`): of the user, or of the role
    /// overlaid by those of the session.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Facts about the credentials that signed the call.
    #[serde(default, skip_serializing_if = "SessionFacts::is_empty")]
    pub session: SessionFacts,
}

/// Serde's `skip_serializing_if` hands over a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_aws(partition: &Partition) -> bool {
    *partition == Partition::Aws
}

/// The kinds of principal that IAM knows as callers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Principal {
    /// The root user of an account.
    Root {
        /// The account.
        account: AccountId,
    },
    /// An IAM user.
    User {
        /// The account that owns the user.
        account: AccountId,
        /// The user's path, `/` for most.
        #[serde(default = "root_path", skip_serializing_if = "is_root_path")]
        path: String,
        /// The user's name, without the path.
        name: String,
        /// The unique id, `AIDA…`.
        unique_id: String,
    },
    /// A session of an IAM role.
    RoleSession {
        /// The account that owns the role.
        account: AccountId,
        /// The role's path, which the session's ARN does not show.
        #[serde(default = "root_path", skip_serializing_if = "is_root_path")]
        path: String,
        /// The role's name, without the path.
        role: String,
        /// The role's unique id, `AROA…`.
        unique_id: String,
        /// The session's name.
        session: String,
    },
    /// A session from `sts:GetFederationToken`.
    FederatedUser {
        /// The account of the user that asked for the token.
        account: AccountId,
        /// The name given to the session.
        name: String,
    },
    /// Somebody whom an identity provider vouches for, before a role is
    /// assumed.
    WebIdentity {
        /// The provider, such as `accounts.google.com` or a provider's ARN.
        provider: String,
        /// The subject the provider names.
        subject: String,
    },
    /// An AWS service acting for itself.
    Service {
        /// The service principal, such as `sns.amazonaws.com`.
        name: String,
    },
    /// Nobody: an unsigned call.
    Anonymous {
        /// The address the call came from, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source_ip: Option<String>,
    },
}

fn root_path() -> String {
    "/".to_string()
}

fn is_root_path(path: &String) -> bool {
    path == "/"
}

/// Facts about temporary credentials, and about who calls on whose behalf.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionFacts {
    /// When the temporary credentials were issued (`aws:TokenIssueTime`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Timestamp>,
    /// When the caller last proved a second factor; `None` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa_authenticated_at: Option<Timestamp>,
    /// The source identity set when the first role of the chain was assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// Session tags that persist through role chaining.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transitive_tag_keys: Vec<String>,
    /// Services that forwarded the call, first to last (`aws:CalledVia`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub called_via: Vec<String>,
}

impl SessionFacts {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Caller {
    /// A caller with no tags and no session facts.
    #[must_use]
    pub fn new(principal: Principal) -> Self {
        Self { principal, partition: Partition::Aws, tags: BTreeMap::new(), session: SessionFacts::default() }
    }

    /// The root user of `account`.
    #[must_use]
    pub fn root(account: AccountId) -> Self {
        Self::new(Principal::Root { account })
    }

    /// An IAM user with the path `/`.
    #[must_use]
    pub fn user(account: AccountId, name: &str, unique_id: &str) -> Self {
        Self::new(Principal::User {
            account,
            path: root_path(),
            name: name.into(),
            unique_id: unique_id.into(),
        })
    }

    /// A session of a role with the path `/`.
    #[must_use]
    pub fn role_session(account: AccountId, role: &str, unique_id: &str, session: &str) -> Self {
        Self::new(Principal::RoleSession {
            account,
            path: root_path(),
            role: role.into(),
            unique_id: unique_id.into(),
            session: session.into(),
        })
    }

    /// A service principal.
    #[must_use]
    pub fn service(name: &str) -> Self {
        Self::new(Principal::Service { name: name.into() })
    }

    /// An unsigned call.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::new(Principal::Anonymous { source_ip: None })
    }

    /// In another partition than `aws`.
    #[must_use]
    pub fn in_partition(mut self, partition: Partition) -> Self {
        self.partition = partition;
        self
    }

    /// The account that owns the principal; services, web identities and
    /// anonymous callers have none.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match &self.principal {
            Principal::Root { account }
            | Principal::User { account, .. }
            | Principal::RoleSession { account, .. }
            | Principal::FederatedUser { account, .. } => Some(*account),
            Principal::WebIdentity { .. } | Principal::Service { .. } | Principal::Anonymous { .. } => None,
        }
    }

    /// The ARN that names the caller in policies and error messages.
    ///
    /// A role session's ARN has the role's name but not its path.
    #[must_use]
    pub fn arn(&self) -> Option<String> {
        let partition = self.partition.id();
        match &self.principal {
            Principal::Root { account } => Some(format!("arn:{partition}:iam::{account}:root")),
            Principal::User { account, path, name, .. } => {
                Some(format!("arn:{partition}:iam::{account}:user{path}{name}"))
            }
            Principal::RoleSession { account, role, session, .. } => {
                Some(format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session}"))
            }
            Principal::FederatedUser { account, name } => {
                Some(format!("arn:{partition}:sts::{account}:federated-user/{name}"))
            }
            Principal::WebIdentity { .. } | Principal::Service { .. } | Principal::Anonymous { .. } => None,
        }
    }

    /// The ARN of the role behind a session, path included.
    #[must_use]
    pub fn role_arn(&self) -> Option<String> {
        match &self.principal {
            Principal::RoleSession { account, path, role, .. } => {
                Some(format!("arn:{}:iam::{account}:role{path}{role}", self.partition.id()))
            }
            _ => None,
        }
    }

    /// The value of `aws:userid`: the unique id, with the session's name
    /// where there is one.
    ///
    /// ```
    /// use aws_core::Caller;
    /// assert_eq!(Caller::root("111122223333".parse()?).user_id(), "111122223333");
    /// assert_eq!(Caller::anonymous().user_id(), "anonymous");
    /// # Ok::<(), aws_core::HomeError>(())
    /// ```
    #[must_use]
    pub fn user_id(&self) -> String {
        match &self.principal {
            Principal::Root { account } => account.to_string(),
            Principal::User { unique_id, .. } => unique_id.clone(),
            Principal::RoleSession { unique_id, session, .. } => format!("{unique_id}:{session}"),
            Principal::FederatedUser { account, name } => format!("{account}:{name}"),
            Principal::WebIdentity { provider, subject } => format!("{provider}:{subject}"),
            Principal::Service { name } => name.clone(),
            Principal::Anonymous { .. } => "anonymous".to_string(),
        }
    }

    /// The value of `aws:username`; only IAM users have one.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        match &self.principal {
            Principal::User { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The value of `aws:PrincipalType`.
    ///
    /// Web identities are reported as `AssumedRole` once they hold a role;
    /// before that they have no type, and services have none.
    #[must_use]
    pub fn principal_type(&self) -> Option<&'static str> {
        match &self.principal {
            Principal::Root { .. } => Some("Account"),
            Principal::User { .. } => Some("User"),
            Principal::RoleSession { .. } => Some("AssumedRole"),
            Principal::FederatedUser { .. } => Some("FederatedUser"),
            Principal::Anonymous { .. } => Some("Anonymous"),
            Principal::WebIdentity { .. } | Principal::Service { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountId {
        "111122223333".parse().unwrap()
    }

    #[test]
    fn a_path_shows_in_the_user_and_role_but_not_in_the_session() {
        let mut caller = Caller::user(account(), "bob", "AIDAB");
        if let Principal::User { path, .. } = &mut caller.principal {
            *path = "/division/".into();
        }
        assert_eq!(caller.arn().unwrap(), "arn:aws:iam::111122223333:user/division/bob");

        let mut caller = Caller::role_session(account(), "r", "AROAR", "s");
        if let Principal::RoleSession { path, .. } = &mut caller.principal {
            *path = "/service/".into();
        }
        assert_eq!(caller.arn().unwrap(), "arn:aws:sts::111122223333:assumed-role/r/s");
        assert_eq!(caller.role_arn().unwrap(), "arn:aws:iam::111122223333:role/service/r");
    }

    #[test]
    fn other_partitions_print_their_own_arns() {
        let caller = Caller::root(account()).in_partition(Partition::AwsCn);
        assert_eq!(caller.arn().unwrap(), "arn:aws-cn:iam::111122223333:root");
    }

    #[test]
    fn json_form_is_small_and_round_trips() {
        let caller = Caller::user(account(), "alice", "AIDAX");
        let text = serde_json::to_string(&caller).unwrap();
        assert_eq!(
            text,
            r#"{"principal":{"User":{"account":"111122223333","name":"alice","unique_id":"AIDAX"}}}"#
        );
        assert_eq!(serde_json::from_str::<Caller>(&text).unwrap(), caller);
        assert!(serde_json::from_str::<Caller>(r#"{"principle":{}}"#).is_err());
    }
}
