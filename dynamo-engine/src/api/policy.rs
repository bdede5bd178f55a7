//! Requests and results of resource policies.

use alloc::string::String;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::put_resource_policy`](crate::Engine::put_resource_policy).
///
/// ```
/// use aws_core::{Caller, Calls, Engine as _, Home, Timestamp};
/// use dynamo_engine::*;
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("tab", ("pk", ValueType::S), None))?;
/// let arn = "arn:aws:dynamodb:us-east-1:111122223333:table/tab";
/// let policy = r#"{"Version": "2012-10-17", "Statement": []}"#;
/// dynamo.put_resource_policy(calls.cx(), PutResourcePolicyRequest::new(arn, policy))?;
/// // Whoever decides about a call is handed the text with it.
/// let get = Request::from(GetItemRequest::new("tab", [("pk", AttributeValue::s("a"))]));
/// let needs = dynamo.authz(&calls.cx(), &get)?;
/// assert_eq!(needs[0].resource_policy.as_deref(), Some(policy));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PutResourcePolicyRequest {
    /// A table or a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_arn: Option<String>,
    /// The policy, JSON of up to 20 KB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Only in the place of this revision; `NO_POLICY` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_revision_id: Option<String>,
    /// That the caller may shut itself out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_remove_self_resource_access: Option<bool>,
}

impl PutResourcePolicyRequest {
    /// Puts a policy in the place of what is there.
    #[must_use]
    pub fn new(arn: impl Into<String>, policy: impl Into<String>) -> Self {
        Self { resource_arn: Some(arn.into()), policy: Some(policy.into()), ..Self::default() }
    }
}

/// Output of [`Engine::put_resource_policy`](crate::Engine::put_resource_policy)
/// and [`Engine::delete_resource_policy`](crate::Engine::delete_resource_policy).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ResourcePolicyRevision {
    /// The revision that was made or deleted; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision_id: Option<String>,
}

/// Input of [`Engine::get_resource_policy`](crate::Engine::get_resource_policy).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetResourcePolicyRequest {
    /// A table or a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_arn: Option<String>,
}

/// Output of [`Engine::get_resource_policy`](crate::Engine::get_resource_policy).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct GetResourcePolicyResult {
    /// As it was put.
    pub policy: String,
    /// Which revision it is.
    pub revision_id: String,
}

/// Input of [`Engine::delete_resource_policy`](crate::Engine::delete_resource_policy).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteResourcePolicyRequest {
    /// A table or a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_arn: Option<String>,
    /// Only this revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_revision_id: Option<String>,
}
