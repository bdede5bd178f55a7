//! What was seen of a queue from outside.

use crate::{
    BatchResult, BatchResultEntry, CreateQueueResult, ListMessageMoveTasksResultEntry, Receive,
    ReceiveMessageResult, Request, Response, SendMessageBatchResult, SendMessageResult,
};
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{ErrorRecord, HistoryError};
use serde::Deserialize;
use serde_json::Value;

/// A call and what came of it, as its caller saw it.
pub type Observed = aws_core::oracle::Observed<Request, Answer>;

/// What came back, as far as it says something about messages.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// A queue's URL.
    Created(CreateQueueResult),
    /// A message was taken.
    Sent(SendMessageResult),
    /// Messages of a batch were taken or not.
    SentBatch(SendMessageBatchResult),
    /// Messages, or none.
    Received(ReceiveMessageResult),
    /// A long poll goes on; its end is a call of its own.
    Waiting,
    /// Entries of a batch of deletes or changes.
    Batch(BatchResult<BatchResultEntry>),
    /// The tasks that move a queue's messages.
    Tasks(Vec<SeenTask>),
    /// It succeeded, and says nothing more of interest.
    Done,
    /// It was refused.
    Refused(ErrorRecord),
    /// Nobody knows: the answer never arrived.
    Lost,
}

/// A message move task, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SeenTask {
    /// `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    pub status: String,
    /// When it began, in milliseconds.
    #[serde(default)]
    pub started_timestamp: i64,
    /// How many messages a second it may move.
    #[serde(default)]
    pub max_number_of_messages_per_second: Option<u32>,
    /// How many it has moved.
    #[serde(default)]
    pub approximate_number_of_messages_moved: u64,
}

impl SeenTask {
    pub(super) const STATES: [&str; 5] = ["RUNNING", "COMPLETED", "CANCELLING", "CANCELLED", "FAILED"];

    /// Whether it still moves messages, or may.
    pub(super) fn is_active(&self) -> bool {
        matches!(self.status.as_str(), "RUNNING" | "CANCELLING")
    }
}

impl From<&ListMessageMoveTasksResultEntry> for SeenTask {
    fn from(entry: &ListMessageMoveTasksResultEntry) -> Self {
        Self {
            status: entry.status.as_str().into(),
            started_timestamp: entry.started_timestamp,
            max_number_of_messages_per_second: entry.max_number_of_messages_per_second,
            approximate_number_of_messages_moved: entry.approximate_number_of_messages_moved,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tasks {
    #[serde(default)]
    results: Vec<SeenTask>,
}

impl From<Response> for Answer {
    /// An answer of our own engine.
    fn from(response: Response) -> Self {
        match response {
            Response::CreateQueue(created) => Self::Created(created),
            Response::SendMessage(sent) => Self::Sent(sent),
            Response::SendMessageBatch(sent) => Self::SentBatch(sent),
            Response::ReceiveMessage(Receive::Done(got)) | Response::ResumeReceive(Receive::Done(got)) => {
                Self::Received(got)
            }
            Response::ReceiveMessage(Receive::Wait(_)) | Response::ResumeReceive(Receive::Wait(_)) => {
                Self::Waiting
            }
            Response::DeleteMessageBatch(batch) | Response::ChangeMessageVisibilityBatch(batch) => {
                Self::Batch(batch)
            }
            Response::ListMessageMoveTasks(list) => {
                Self::Tasks(list.results.iter().map(SeenTask::from).collect())
            }
            _ => Self::Done,
        }
    }
}

impl aws_core::oracle::Answer<Request> for Answer {
    fn read(request: &Request, value: Value) -> Result<Self, serde_json::Error> {
        Ok(match request {
            Request::CreateQueue(_) => Self::Created(serde_json::from_value(value)?),
            Request::SendMessage(_) => Self::Sent(serde_json::from_value(value)?),
            Request::SendMessageBatch(_) => Self::SentBatch(serde_json::from_value(value)?),
            Request::ReceiveMessage(_) | Request::ResumeReceive(_) => match serde_json::from_value(value)? {
                Receive::Done(got) => Self::Received(got),
                Receive::Wait(_) => Self::Waiting,
            },
            Request::DeleteMessageBatch(_) | Request::ChangeMessageVisibilityBatch(_) => {
                Self::Batch(serde_json::from_value(value)?)
            }
            Request::ListMessageMoveTasks(_) => Self::Tasks(serde_json::from_value::<Tasks>(value)?.results),
            _ => Self::Done,
        })
    }

    fn refused(error: ErrorRecord) -> Self {
        Self::Refused(error)
    }

    fn lost() -> Self {
        Self::Lost
    }
}

/// Reads a history of JSON lines: `{"start": ms, "end": ms, "request":
/// {"SendMessage": {…}}, "reply": {"ok": {…}}}`. Without `reply` the answer was
/// lost; without `end` the call took no time.
///
/// # Errors
/// The first line that is no record, with its place.
pub fn read(text: &str) -> Result<Vec<Observed>, HistoryError> {
    Observed::read_lines(text)
}
