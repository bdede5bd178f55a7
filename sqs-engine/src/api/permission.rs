//! Requests about the statements of a queue's policy.

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::add_permission`](crate::Engine::add_permission).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AddPermissionRequest {
    /// The queue.
    pub queue_url: String,
    /// Names the statement.
    pub label: String,
    /// Accounts that may.
    #[serde(rename = "AWSAccountIds")]
    pub aws_account_ids: Vec<String>,
    /// What they may: at most seven operations, or `*`.
    pub actions: Vec<String>,
}

/// Input of [`Engine::remove_permission`](crate::Engine::remove_permission).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RemovePermissionRequest {
    /// The queue.
    pub queue_url: String,
    /// The statement to remove.
    pub label: String,
}
