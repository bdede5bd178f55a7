//! What must be allowed before a call may proceed, and what was decided.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One thing a call needs permission for, stated as data.
///
/// An engine does not decide permission. [`Engine::authz`](crate::Engine::authz)
/// returns a list of these; the owner decides each, with `iam-eval` or
/// otherwise, and hands the verdicts back in [`Permit::Decided`].
///
/// ```
/// use aws_core::AuthzRequest;
///
/// let needed = AuthzRequest::new("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:orders")
///     .with_context("aws:RequestTag/team", ["blue"]);
/// assert_eq!(needed.context["aws:RequestTag/team"], ["blue"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthzRequest {
    /// The action, `service:Operation`.
    pub action: String,
    /// The resources it concerns: ARNs, or `*` for actions without one.
    pub resources: Vec<String>,
    /// Condition keys that the service itself puts into the request context,
    /// values in the order the service lists them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, Vec<String>>,
    /// The resource's own policy, as its owner wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<String>,
    /// Allows that the engine itself holds, such as matching KMS grants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
}

impl AuthzRequest {
    /// `action` on one resource.
    #[must_use]
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            resources: Vec::from([resource.into()]),
            context: BTreeMap::new(),
            resource_policy: None,
            grounds: Vec::new(),
        }
    }

    /// Adds a condition key with its values.
    #[must_use]
    pub fn with_context<T: Into<String>>(
        mut self,
        key: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.context.insert(key.into(), values.into_iter().map(Into::into).collect());
        self
    }

    /// Attaches the resource's own policy.
    #[must_use]
    pub fn with_resource_policy(mut self, policy: Option<impl Into<String>>) -> Self {
        self.resource_policy = policy.map(Into::into);
        self
    }
}

/// Why a thing is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ground {
    /// Policies allow it.
    Policy,
    /// A grant with this id allows it.
    Grant(String),
    /// The caller owns the resource outright.
    Owner,
}

/// What the owner decided about one [`AuthzRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Allowed, and why.
    Allowed(Ground),
    /// Denied.
    Denied {
        /// The text of the AccessDenied answer, as the owner wants it said.
        message: String,
    },
}

/// The permission a call arrives with.
///
/// It is part of the call, so that denials replay.
///
/// ```
/// use aws_core::{Ground, Permit, Verdict};
///
/// let permit = Permit::Decided(vec![
///     Verdict::Allowed(Ground::Policy),
///     Verdict::Denied { message: "no".into() },
/// ]);
/// assert_eq!(permit.denial(0), None);
/// assert_eq!(permit.denial(1), Some("no"));
/// assert_eq!(Permit::Unchecked.denial(0), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Permit {
    /// Nobody asked; everything is allowed.
    #[default]
    Unchecked,
    /// One verdict for each entry of what `authz` returned, in its order.
    Decided(Vec<Verdict>),
}

/// What is said of an entry the owner gave no verdict for.
const UNDECIDED: &str = "No verdict was given for this part of the request";

impl Permit {
    /// The text of the refusal for the entry at `index`, or `None` if it is
    /// allowed. An entry without a verdict is refused: permission fails
    /// closed.
    #[must_use]
    pub fn denial(&self, index: usize) -> Option<&str> {
        match self {
            Self::Unchecked => None,
            Self::Decided(verdicts) => match verdicts.get(index) {
                Some(Verdict::Allowed(_)) => None,
                Some(Verdict::Denied { message }) => Some(message),
                None => Some(UNDECIDED),
            },
        }
    }

    /// Whether nobody asked; what histories leave out.
    #[must_use]
    pub fn is_unchecked(&self) -> bool {
        matches!(self, Self::Unchecked)
    }
}
