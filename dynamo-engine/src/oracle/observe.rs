//! What was seen of tables from outside.

use crate::{
    BatchGetItemResult, BatchWriteItemResult, GetItemResult, ReadResult, Request, Response,
    TransactGetItemsResult, WriteItemResult,
};
use alloc::vec::Vec;
use aws_core::{ErrorRecord, HistoryError};
use serde_json::Value;

/// A call and what came of it, as its caller saw it.
pub type Observed = aws_core::oracle::Observed<Request, Answer>;

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

impl From<Response> for Answer {
    /// An answer of our own engine.
    fn from(response: Response) -> Self {
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
}

impl aws_core::oracle::Answer<Request> for Answer {
    fn read(request: &Request, value: Value) -> Result<Self, serde_json::Error> {
        Ok(match request {
            Request::GetItem(_) => Self::Got(serde_json::from_value(value)?),
            Request::PutItem(_) | Request::UpdateItem(_) | Request::DeleteItem(_) => {
                Self::Wrote(serde_json::from_value(value)?)
            }
            Request::BatchGetItem(_) => Self::GotBatch(serde_json::from_value(value)?),
            Request::BatchWriteItem(_) => Self::WroteBatch(serde_json::from_value(value)?),
            Request::TransactGetItems(_) => Self::GotAll(serde_json::from_value(value)?),
            Request::Query(_) | Request::Scan(_) => Self::Read(serde_json::from_value(value)?),
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
/// {"GetItem": {…}}, "reply": {"ok": {…}}}`. Without `reply` the answer was
/// lost; without `end` the call took no time.
///
/// # Errors
/// The first line that is no record, with its place.
pub fn read(text: &str) -> Result<Vec<Observed>, HistoryError> {
    Observed::read_lines(text)
}
