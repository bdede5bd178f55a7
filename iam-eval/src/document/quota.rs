//! How long a document may be.

use super::{Policy, PolicyKind};
use alloc::string::String;

/// A limit on the length of documents, with the text that refuses longer
/// ones. `[IAM-4.1]`
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quota {
    /// A managed policy: 6,144 characters without white space.
    ManagedPolicy,
    /// The trust policy of a role: 2,048 by default, up to 8,192.
    TrustPolicy {
        /// The account's quota.
        limit: usize,
    },
    /// All inline policies of a user together: 2,048.
    UserInline {
        /// The user's name.
        user: String,
    },
    /// All inline policies of a group together: 5,120.
    GroupInline {
        /// The group's name.
        group: String,
    },
    /// All inline policies of a role together: 10,240.
    RoleInline {
        /// The role's name.
        role: String,
    },
    /// A service control policy: 10,240 characters, white space counted.
    ServiceControl,
    /// A resource control policy: 5,120 characters, white space counted.
    ResourceControl,
}

/// A document is longer than its quota allows. `[IAM-3.3.9]`
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuotaError {
    /// A managed policy.
    #[error("Cannot exceed quota for PolicySize: {limit}")]
    PolicySize {
        /// The quota.
        limit: usize,
    },
    /// A trust policy.
    #[error("Cannot exceed quota for ACLSizePerRole: {limit}")]
    AclSizePerRole {
        /// The quota.
        limit: usize,
    },
    /// The inline policies of one entity.
    #[error("Maximum policy size of {limit} bytes exceeded for {entity} {name}")]
    Inline {
        /// The quota.
        limit: usize,
        /// `user`, `group` or `role`.
        entity: &'static str,
        /// Its name.
        name: String,
    },
    /// A policy of an organization. AWS's text is not known.
    #[error("the policy has {found} characters, the quota is {limit}")]
    Organization {
        /// Its characters.
        found: usize,
        /// The quota.
        limit: usize,
    },
}

impl Policy {
    /// How long it is as its service counts: characters, for IAM without any
    /// white space, for Organizations with all of it. `[IAM-4.1]`
    ///
    /// ```
    /// use iam_eval::{Policy, PolicyKind};
    /// let text = r#"{ "Statement": [] }"#;
    /// assert_eq!(Policy::stored(text, PolicyKind::Identity)?.size(), 16);
    /// assert_eq!(Policy::stored(text, PolicyKind::ServiceControl)?.size(), 19);
    /// # Ok::<(), iam_eval::PolicyError>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> usize {
        let counted = self.source().chars();
        match self.kind() {
            PolicyKind::Identity
            | PolicyKind::AwsManaged
            | PolicyKind::Boundary
            | PolicyKind::Session
            | PolicyKind::Trust => counted.filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).count(),
            _ => counted.count(),
        }
    }
}

impl Quota {
    /// Whether these documents together are short enough.
    ///
    /// # Errors
    /// AWS's refusal.
    pub fn check<'a>(&self, policies: impl IntoIterator<Item = &'a Policy>) -> Result<(), QuotaError> {
        let found: usize = policies.into_iter().map(Policy::size).sum();
        let inline =
            |limit, entity, name: &String| (limit, QuotaError::Inline { limit, entity, name: name.clone() });
        let (limit, error) = match self {
            Self::ManagedPolicy => (6_144, QuotaError::PolicySize { limit: 6_144 }),
            Self::TrustPolicy { limit } => (*limit, QuotaError::AclSizePerRole { limit: *limit }),
            Self::UserInline { user } => inline(2_048, "user", user),
            Self::GroupInline { group } => inline(5_120, "group", group),
            Self::RoleInline { role } => inline(10_240, "role", role),
            Self::ServiceControl => (10_240, QuotaError::Organization { found, limit: 10_240 }),
            Self::ResourceControl => (5_120, QuotaError::Organization { found, limit: 5_120 }),
        };
        if found > limit { Err(error) } else { Ok(()) }
    }
}
