//! A policy document as it was written: order, forms and places kept.

mod check;
mod error;
mod parse;
mod quota;
mod span;

pub use error::{Fault, PolicyError};
pub use quota::{Quota, QuotaError};
pub use span::{Position, SourceSpan};

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// Where a document is attached, which decides what it may contain and how it
/// is read. `[IAM-2.1]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PolicyKind {
    /// A managed or inline policy of a user, group or role.
    Identity,
    /// One of AWS's own managed policies, which no quota binds. `[IAM-4.1]`
    AwsManaged,
    /// A permissions boundary: a managed policy in another place.
    Boundary,
    /// A policy passed when a session is made.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The policy of a bucket, queue, topic, secret, …
    Resource,
    /// The trust policy of a role.
    Trust,
    /// The key policy of a KMS key.
    KmsKey,
    /// The policy of a VPC endpoint.
    VpcEndpoint,
}

impl PolicyKind {
    /// Whether its statements say whom they concern. `[IAM-2.1]`
    #[must_use]
    pub fn has_principal(self) -> bool {
        matches!(
            self,
            Self::ResourceControl | Self::Resource | Self::Trust | Self::KmsKey | Self::VpcEndpoint
        )
    }
}

/// The version of the policy language a document is written in. Only the
/// newer one knows variables. `[IAM-1.3.1]` `[IAM-1.3.2]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Version {
    /// `2008-10-17`, also when nothing is said.
    #[default]
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// What a matching statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, whatever allows.
    Deny,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        })
    }
}

/// A text of the document and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text, escapes resolved; numbers and booleans as written.
    pub value: Box<str>,
    /// Its place, quotes included.
    pub span: SourceSpan,
}

/// A parsed policy document.
///
/// Its text is kept, and printed back as it was read.
///
/// ```
/// use iam_eval::{Effect, Policy, PolicyKind};
///
/// let text = r#"{
///   "Version": "2012-10-17",
///   "Statement": { "Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*" }
/// }"#;
/// let policy = Policy::parse(text, PolicyKind::Identity)?;
/// let statement = &policy.statements()[0];
/// assert_eq!(statement.effect, Effect::Allow);
/// assert_eq!(statement.span.position(text).to_string(), "3:16");
/// assert_eq!(policy.to_string(), text);
/// # Ok::<(), iam_eval::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    source: Arc<str>,
    kind: PolicyKind,
    version: Version,
    /// Whether it is written.
    has_version: bool,
    id: Option<Text>,
    statements: Vec<Statement>,
}

impl Policy {
    /// Reads a new document as strictly as AWS does when it is saved.
    /// `[IAM-3.4]`
    ///
    /// # Errors
    /// What AWS answers; of several faults the one AWS finds first.
    pub fn parse(source: &str, kind: PolicyKind) -> Result<Self, PolicyError> {
        let value = check::strictly(source, kind)?;
        parse::policy(source, kind, &value)
    }

    /// Reads a document that AWS has stored, perhaps long ago, and would still
    /// evaluate: doubled members, short ARNs, old versions and all.
    /// `[IAM-3.4]` `[IAM-1.2.6]`
    ///
    /// # Errors
    /// If it is no JSON or has no meaning as a policy.
    pub fn stored(source: &str, kind: PolicyKind) -> Result<Self, PolicyError> {
        let value = crate::json::read(source).map_err(|fault| check::not_json(source, kind, fault))?;
        parse::policy(source, kind, &value)
    }

    /// The text it was read from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Where it is attached.
    #[must_use]
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// The version of the language.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether `Version` is written.
    pub(crate) fn has_version(&self) -> bool {
        self.has_version
    }

    /// Its `Id`.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_ref().map(|id| &*id.value)
    }

    /// For trying changes; the text is no longer that of the statements.
    pub(crate) fn statements_mut(&mut self) -> &mut Vec<Statement> {
        &mut self.statements
    }

    /// Its statements, in order.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// From brace to brace.
    pub span: SourceSpan,
    /// Its `Sid`, which only reports use. `[IAM-1.4.3]`
    pub sid: Option<Text>,
    /// Allow or deny.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`.
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`.
    pub action: Option<Element>,
    /// `Resource` or `NotResource`.
    pub resource: Option<Element>,
    /// One entry for every key under every operator; all must hold.
    pub conditions: Vec<ConditionEntry>,
}

/// `Action`, `Resource` and their negations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Whether it is the Not-form.
    pub negated: bool,
    /// Name and value.
    pub span: SourceSpan,
    /// The patterns, in order; one written bare is a list of one.
    pub entries: Vec<Text>,
}

/// `Principal` and `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalElement {
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// Name and value.
    pub span: SourceSpan,
    /// Those named; `"*"` is an entry without a kind. `[IAM-1.5]`
    pub entries: Vec<PrincipalEntry>,
}

/// One named principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalEntry {
    /// The map's member; `None` for the bare `"*"`.
    pub kind: Option<PrincipalType>,
    /// The name.
    pub name: Text,
}

/// The members of a principal map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalType {
    /// Accounts, users, roles and their sessions.
    Aws,
    /// Identity providers.
    Federated,
    /// AWS services.
    Service,
    /// S3 canonical user ids.
    CanonicalUser,
}

impl PrincipalType {
    /// From the member's name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "AWS" => Some(Self::Aws),
            "Federated" => Some(Self::Federated),
            "Service" => Some(Self::Service),
            "CanonicalUser" => Some(Self::CanonicalUser),
            _ => None,
        }
    }
}

/// One key under one condition operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionEntry {
    /// The operator as written, with qualifier and `IfExists`.
    pub operator: Text,
    /// The condition key.
    pub key: Text,
    /// The values; one written bare is a list of one.
    pub values: Vec<Text>,
    /// Key and values.
    pub span: SourceSpan,
}
