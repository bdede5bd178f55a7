//! What oracles share: recorded calls of any implementation, as their callers
//! saw them, and what is found wrong with them.

use crate::history::HistoryError;
use crate::{ErrorRecord, Record, Reply, Timestamp};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A call and what came of it, as its caller saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed<Q, A> {
    /// When the call was made.
    pub start: Timestamp,
    /// When the answer arrived. Absent where calls take no time, as with our
    /// own engines: they then happened in the order in which they stand.
    pub end: Option<Timestamp>,
    /// What was asked.
    pub request: Q,
    /// What came back.
    pub answer: A,
}

/// What an oracle keeps of the answers to requests `Q`.
pub trait Answer<Q>: Sized {
    /// A success as JSON; one that said nothing comes as an object without
    /// members.
    ///
    /// # Errors
    /// It is no answer to this request.
    fn read(request: &Q, success: Value) -> Result<Self, serde_json::Error>;

    /// The call was refused.
    fn refused(error: ErrorRecord) -> Self;

    /// The answer never arrived.
    fn lost() -> Self;
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "Q: DeserializeOwned"))]
struct Line<Q> {
    start: Timestamp,
    #[serde(default)]
    end: Option<Timestamp>,
    request: Q,
    #[serde(default)]
    reply: Option<Reply<Value>>,
}

impl<Q: DeserializeOwned, A: Answer<Q>> Observed<Q, A> {
    /// Reads a history of JSON lines: `{"start": ms, "end": ms, "request":
    /// {"Operation": {…}}, "reply": {"ok": {…}}}`. Without `reply` the answer
    /// was lost; without `end` the call took no time.
    ///
    /// ```
    /// use aws_core::ErrorRecord;
    /// use aws_core::oracle::{Answer, Observed};
    ///
    /// #[derive(Debug, PartialEq)]
    /// enum Count { Is(u64), Refused, Lost }
    /// impl Answer<String> for Count {
    ///     fn read(_: &String, success: serde_json::Value) -> Result<Self, serde_json::Error> {
    ///         serde_json::from_value(success).map(Count::Is)
    ///     }
    ///     fn refused(_: ErrorRecord) -> Self { Count::Refused }
    ///     fn lost() -> Self { Count::Lost }
    /// }
    ///
    /// let history = Observed::<String, Count>::read_lines("{\"start\": 1, \"request\": \"count\", \"reply\": {\"ok\": 2}}\n\
    ///      {\"start\": 2, \"end\": 9, \"request\": \"count\"}")?;
    /// assert_eq!(history[0].answer, Count::Is(2));
    /// assert_eq!(history[1].answer, Count::Lost); // it may have happened, or not
    /// # Ok::<(), aws_core::HistoryError>(())
    /// ```
    ///
    /// # Errors
    /// The first line that is no record, with its place.
    pub fn read_lines(text: &str) -> Result<Vec<Self>, HistoryError> {
        let mut all = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let fault = |error: serde_json::Error| HistoryError::new(index + 1, &error);
            let Line { start, end, request, reply } = serde_json::from_str(line).map_err(fault)?;
            let answer = match reply {
                None => A::lost(),
                Some(Reply::Err(error)) => A::refused(error),
                Some(Reply::Ok(Value::Null)) => {
                    A::read(&request, Value::Object(Map::new())).map_err(fault)?
                }
                Some(Reply::Ok(value)) => A::read(&request, value).map_err(fault)?,
            };
            all.push(Self { start, end, request, answer });
        }
        Ok(all)
    }
}

impl<Q, R, A: Answer<Q> + From<R>> From<Record<Q, R>> for Observed<Q, A> {
    fn from(record: Record<Q, R>) -> Self {
        let answer = match record.reply {
            Reply::Ok(response) => A::from(response),
            Reply::Err(error) => A::refused(error),
        };
        Self { start: record.start, end: record.end, request: record.request, answer }
    }
}

/// Why a history cannot come from the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The predicate, such as `H1`, as the engine's `RULES.md` lists it.
    pub rule: &'static str,
    /// What is wrong, in words.
    pub what: String,
    /// The calls that show it, by their place in the history counted from
    /// zero; how far they are the fewest, the oracle says.
    pub calls: Vec<usize>,
}

impl fmt::Display for Violation {
    /// With calls counted from one, as lines of a file are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (calls", self.rule, self.what)?;
        for call in &self.calls {
            write!(f, " {}", call + 1)?;
        }
        f.write_str(")")
    }
}
