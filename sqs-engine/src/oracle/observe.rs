//! What was seen of a queue from outside.

use crate::{
    BatchResult, BatchResultEntry, CreateQueueResult, ListMessageMoveTasksResultEntry, Receive,
    ReceiveMessageResult, Request, Response, SendMessageBatchResult, SendMessageResult,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use aws_core::{ErrorRecord, HistoryError, Record, Reply, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A call and what came of it, as its caller saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// When the call was made.
    pub start: Timestamp,
    /// When the answer arrived. Absent where calls take no time, as with our
    /// own engine: they then happened in the order in which they stand.
    pub end: Option<Timestamp>,
    /// What was asked.
    pub request: Request,
    /// What came back.
    pub answer: Answer,
}

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

impl Answer {
    /// An answer of our own engine.
    #[must_use]
    pub fn of(response: Response) -> Self {
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

    /// An answer in JSON to a request.
    fn read(request: &Request, value: Value) -> Result<Self, serde_json::Error> {
        fn of<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
            // Nothing at all is an answer without members.
            let value = if value.is_null() { Value::Object(serde_json::Map::new()) } else { value };
            serde_json::from_value(value)
        }
        Ok(match request {
            Request::CreateQueue(_) => Self::Created(of(value)?),
            Request::SendMessage(_) => Self::Sent(of(value)?),
            Request::SendMessageBatch(_) => Self::SentBatch(of(value)?),
            Request::ReceiveMessage(_) | Request::ResumeReceive(_) => match of(value)? {
                Receive::Done(got) => Self::Received(got),
                Receive::Wait(_) => Self::Waiting,
            },
            Request::DeleteMessageBatch(_) | Request::ChangeMessageVisibilityBatch(_) => {
                Self::Batch(of(value)?)
            }
            Request::ListMessageMoveTasks(_) => Self::Tasks(of::<Tasks>(value)?.results),
            _ => Self::Done,
        })
    }
}

impl From<Record<Request, Response>> for Observed {
    fn from(record: Record<Request, Response>) -> Self {
        let answer = match record.reply {
            Reply::Ok(response) => Answer::of(response),
            Reply::Err(error) => Answer::Refused(error),
        };
        Self { start: record.start, end: record.end, request: record.request, answer }
    }
}

#[derive(Deserialize)]
struct Line {
    start: Timestamp,
    #[serde(default)]
    end: Option<Timestamp>,
    request: Request,
    #[serde(default)]
    reply: Option<Reply<Value>>,
}

/// Reads a history of JSON lines: `{"start": ms, "end": ms, "request":
/// {"SendMessage": {…}}, "reply": {"ok": {…}}}`. Without `reply` the answer was
/// lost; without `end` the call took no time.
///
/// # Errors
/// The first line that is no record, with its place.
pub fn read(text: &str) -> Result<Vec<Observed>, HistoryError> {
    let mut all = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fault = |error: serde_json::Error| HistoryError {
            line: index + 1,
            column: error.column(),
            what: error.to_string(),
        };
        let Line { start, end, request, reply } = serde_json::from_str(line).map_err(fault)?;
        let answer = match reply {
            None => Answer::Lost,
            Some(Reply::Err(error)) => Answer::Refused(error),
            Some(Reply::Ok(value)) => Answer::read(&request, value).map_err(fault)?,
        };
        all.push(Observed { start, end, request, answer });
    }
    Ok(all)
}
