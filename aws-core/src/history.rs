//! Calls and their replies, as they happened.

use crate::{AwsError, Call, Caller, Engine, ErrorRecord, Permit, Seed, Sink, Timestamp};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reply<A> {
    /// The operation's output.
    Ok(A),
    /// The refusal.
    Err(ErrorRecord),
}

impl<A: Serialize> Reply<A> {
    /// The reply as JSON: the form in which replies are compared.
    #[must_use]
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}

/// One call and its reply: a line of a history.
///
/// `Q` is the engine's request type. `A` is its response type when the
/// record was made in this process, and [`Value`] when it was read.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "Q: DeserializeOwned, A: DeserializeOwned"))]
pub struct Record<Q, A> {
    /// When the call was made.
    pub start: Timestamp,
    /// When the reply arrived; absent if at once, as from our own engines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
    /// The call's entropy; absent where it was withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
    /// Who called; absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// What was decided about it.
    #[serde(default, skip_serializing_if = "Permit::is_unchecked")]
    pub permit: Permit,
    /// What was asked.
    pub request: Q,
    /// What came back.
    pub reply: Reply<A>,
}

/// A sequence of records.
///
/// It is the form of a bug report, of a fuzz finding, of a test vector and of
/// what an oracle judges. As text it is JSON lines, one record a line.
///
/// ```
/// # use aws_core::{History, HistoryError};
/// # use serde_json::Value;
/// let text = r#"{"start": 5, "request": {"Ping": {}}, "reply": {"ok": null}}"#;
/// let history: History<Value, Value> = text.parse()?;
/// assert_eq!(history.records[0].start.as_millis(), 5);
///
/// let wrong = "\n{\"start\": 5, \"request\": }".parse::<History<Value, Value>>().unwrap_err();
/// assert_eq!(wrong.to_string(), "2:25: expected value; expected a history record");
/// # Ok::<(), HistoryError>(())
/// ```
#[derive(Debug, PartialEq)]
pub struct History<Q, A> {
    /// The records, in the order of their calls.
    pub records: Vec<Record<Q, A>>,
}

impl<Q, A> Default for History<Q, A> {
    fn default() -> Self {
        Self { records: Vec::new() }
    }
}

impl<Q: Clone, A: Clone> History<Q, A> {
    /// Makes the call and keeps it with its reply.
    ///
    /// # Errors
    /// The engine's refusal, which is recorded too.
    pub fn call<E, S>(&mut self, engine: &mut E, call: Call<Q>, sink: S) -> Result<A, E::Error>
    where
        E: Engine<Request = Q, Response = A>,
        S: Sink<E::Event>,
    {
        let (cx, request) = call.split();
        let reply = engine.apply(cx.sink(sink), request.clone());
        self.records.push(Record {
            start: call.now,
            end: None,
            seed: Some(call.seed),
            caller: Some(call.caller),
            permit: call.permit,
            request: call.request,
            reply: match &reply {
                Ok(response) => Reply::Ok(response.clone()),
                Err(error) => Reply::Err(error.record()),
            },
        });
        reply
    }
}

impl<Q: Clone, A: Serialize> History<Q, A> {
    /// Makes every call again on `engine` and compares the replies.
    ///
    /// # Errors
    /// The first reply that differs.
    pub fn replay<E>(&self, engine: &mut E) -> Result<(), Divergence>
    where
        E: Engine<Request = Q>,
        E::Response: Serialize,
    {
        let nobody = Caller::anonymous();
        for (index, record) in self.records.iter().enumerate() {
            let seed = record.seed.as_ref().map_or_else(|| Seed::counter(0), Seed::duplicate);
            let cx = crate::Cx::new(record.start, seed, record.caller.as_ref().unwrap_or(&nobody))
                .permit(record.permit.clone());
            let reply = match engine.apply(cx, record.request.clone()) {
                Ok(response) => Reply::Ok(response),
                Err(error) => Reply::Err(error.record()),
            };
            let (recorded, replayed) = (record.reply.to_value(), reply.to_value());
            if recorded != replayed {
                return Err(Divergence { index, recorded, replayed });
            }
        }
        Ok(())
    }
}

impl<Q: Serialize, A: Serialize> History<Q, A> {
    /// The history as JSON lines.
    ///
    /// # Errors
    /// Whatever a request's or response's own serialisation refuses.
    pub fn to_lines(&self) -> Result<String, serde_json::Error> {
        let mut text = String::new();
        for record in &self.records {
            text.push_str(&serde_json::to_string(record)?);
            text.push('\n');
        }
        Ok(text)
    }
}

impl<Q: DeserializeOwned, A: DeserializeOwned> core::str::FromStr for History<Q, A> {
    type Err = HistoryError;

    fn from_str(text: &str) -> Result<Self, HistoryError> {
        let mut records = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            records.push(serde_json::from_str(line).map_err(|error| HistoryError::new(index + 1, &error))?);
        }
        Ok(Self { records })
    }
}

/// A line that is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {what}; expected a history record")]
pub struct HistoryError {
    /// The line, counted from one.
    pub line: usize,
    /// The column, counted from one; zero if the whole line is meant.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

impl HistoryError {
    pub(crate) fn new(line: usize, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
        Self { line, column: error.column(), what: what.into() }
    }
}

/// A replay that did not give the recorded reply.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("record {index}: recorded reply {recorded}, replayed reply {replayed}")]
pub struct Divergence {
    /// Which record, counted from zero.
    pub index: usize,
    /// What the history says.
    pub recorded: Value,
    /// What the engine says now.
    pub replayed: Value,
}
