//! Requests and results about message move tasks.

use crate::TaskStatus;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of
/// [`Engine::start_message_move_task`](crate::Engine::start_message_move_task).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StartMessageMoveTaskRequest {
    /// The dead-letter queue's ARN.
    pub source_arn: String,
    /// Where the messages go; each to its own source queue if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
    /// 1 to 500; AWS chooses if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_number_of_messages_per_second: Option<i64>,
}

/// Output of
/// [`Engine::start_message_move_task`](crate::Engine::start_message_move_task).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct StartMessageMoveTaskResult {
    /// Names the task: base64 of its id and its source.
    pub task_handle: String,
}

/// Input of
/// [`Engine::list_message_move_tasks`](crate::Engine::list_message_move_tasks).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListMessageMoveTasksRequest {
    /// The dead-letter queue's ARN.
    pub source_arn: String,
    /// 1 to 10; 1 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
}

/// Output of
/// [`Engine::list_message_move_tasks`](crate::Engine::list_message_move_tasks).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ListMessageMoveTasksResult {
    /// The newest first; absent when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<ListMessageMoveTasksResultEntry>,
}

/// A message move task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ListMessageMoveTasksResultEntry {
    /// Only while it is running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_handle: Option<String>,
    /// Where it stands.
    pub status: TaskStatus,
    /// The dead-letter queue's ARN.
    pub source_arn: String,
    /// Only if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
    /// Only if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_number_of_messages_per_second: Option<u32>,
    /// Messages moved so far.
    pub approximate_number_of_messages_moved: u64,
    /// Messages that were there to be moved when it began.
    pub approximate_number_of_messages_to_move: u64,
    /// Only if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// In milliseconds since the epoch.
    pub started_timestamp: i64,
}

/// Input of
/// [`Engine::cancel_message_move_task`](crate::Engine::cancel_message_move_task).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CancelMessageMoveTaskRequest {
    /// From the start, or the list.
    pub task_handle: String,
}

/// Output of
/// [`Engine::cancel_message_move_task`](crate::Engine::cancel_message_move_task).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CancelMessageMoveTaskResult {
    /// Messages moved before it stopped. They stay where they are.
    pub approximate_number_of_messages_moved: u64,
}
