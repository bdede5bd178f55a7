//! What was seen of tables from outside.

use crate::{
    BatchGetItemResult, BatchWriteItemResult, GetItemResult, ReadResult, Request, Response,
    TransactGetItemsResult, WriteItemResult,
};
use alloc::string::ToString;
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

/// What came back, as far as it says something about items.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// An item, or that there is none.
    Got(GetItemResult),
    /// An item was written.
    Wrote(WriteItemResult),
    /// Items of several tables.
    GotBatch(BatchGetItemResult),
    /// Items were written, or some of them.
    WroteBatch(BatchWriteItemResult),
    /// The items of a transaction.
    GotAll(TransactGetItemsResult),
    /// A page of a Query or Scan.
    Read(ReadResult),
    /// It succeeded, and says nothing more of interest.
    Done,
    /// It was refused.
    Refused(ErrorRecord),
    /// Nobody knows: the answer never arrived.
    Lost,
}

impl Answer {
    /// An answer of our own engine.
    #[must_use]
    pub fn of(response: Response) -> Self {
        match response {
            Response::GetItem(got) => Self::Got(got),
            Response::PutItem(wrote) | Response::UpdateItem(wrote) | Response::DeleteItem(wrote) => {
                Self::Wrote(wrote)
            }
            Response::BatchGetItem(got) => Self::GotBatch(got),
            Response::BatchWriteItem(wrote) => Self::WroteBatch(wrote),
            Response::TransactGetItems(got) => Self::GotAll(got),
            Response::Query(read) | Response::Scan(read) => Self::Read(read),
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
            Request::GetItem(_) => Self::Got(of(value)?),
            Request::PutItem(_) | Request::UpdateItem(_) | Request::DeleteItem(_) => Self::Wrote(of(value)?),
            Request::BatchGetItem(_) => Self::GotBatch(of(value)?),
            Request::BatchWriteItem(_) => Self::WroteBatch(of(value)?),
            Request::TransactGetItems(_) => Self::GotAll(of(value)?),
            Request::Query(_) | Request::Scan(_) => Self::Read(of(value)?),
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
/// {"GetItem": {…}}, "reply": {"ok": {…}}}`. Without `reply` the answer was
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
