//! Judges whether a history of concurrent calls is one that DynamoDB may
//! produce.
//!
//! A history says what was asked, what came back, and from when to when each
//! call was under way; any implementation can have made it. Three things are
//! checked:
//!
//! - `H1` Writes, conditions and consistent reads of one item happen as if one
//!   after the other, each at some moment while it was under way.
//!   `[DDB-H1]`
//! - `H2` A read that need not be consistent returns something that the item
//!   was, or may have been, before the read returned. `[DDB-H2]`
//! - `H3` Transactions happen as if one after the other: what they read and
//!   write of several items fits one order. `[DDB-H3]`
//!
//! A transaction's token is taken into account: calls that repeat it are the
//! same transaction. `[DDB-H4]` An answer that was lost may stand for a call
//! that happened, at any later time, or did not. What the history leaves open
//! is legal.

mod item;
mod observe;
mod order;
mod steps;

pub use aws_core::oracle::Violation;
pub use observe::{Answer, Observed, read};

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use steps::{Ledger, Step};

/// How histories are judged.
///
/// ```
/// use dynamo_engine::oracle::{Oracle, read};
///
/// let history = read(&[
///     r#"{"start": 0, "end": 5, "request": {"PutItem": {"TableName": "t", "Item": {"id": {"S": "a"}, "n": {"N": "1"}}}}, "reply": {"ok": {}}}"#,
///     r#"{"start": 6, "end": 9, "request": {"PutItem": {"TableName": "t", "Item": {"id": {"S": "a"}, "n": {"N": "2"}}}}, "reply": {"ok": {}}}"#,
///     r#"{"start": 10, "end": 12, "request": {"GetItem": {"TableName": "t", "Key": {"id": {"S": "a"}}, "ConsistentRead": true}},
///         "reply": {"ok": {"Item": {"id": {"S": "a"}, "n": {"N": "1"}}}}}"#.replace('\n', "").as_str(),
/// ].join("\n"))?;
/// let violation = Oracle::default().judge(&history).unwrap_err();
/// assert_eq!((violation.rule, violation.calls), ("H1", vec![0, 1, 2])); // the second write is not seen, the first is
/// # Ok::<(), aws_core::HistoryError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oracle {
    unknown: bool,
    effort: usize,
}

impl Default for Oracle {
    /// Tables begin empty.
    fn default() -> Self {
        Self { unknown: false, effort: 20_000 }
    }
}

/// What was judged of a history that is legal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Judged {
    /// Calls that say something about items.
    pub calls: usize,
    /// Items that were touched.
    pub items: usize,
    /// Transactions.
    pub transactions: usize,
    /// Items on which so many calls were under way together, or lost, that the
    /// orders they allow were not all looked at.
    pub undecided: Vec<String>,
    /// Tables that were not judged, and why: they are written in ways whose
    /// effect on single items the history does not show.
    pub left_out: BTreeMap<String, &'static str>,
}

impl Oracle {
    /// Nothing is known of what tables held before the history.
    #[must_use]
    pub fn from_any_start(mut self) -> Self {
        self.unknown = true;
        self
    }

    /// How many orders of the calls under way are looked at, at most, before
    /// an item is left undecided; 20,000 by default.
    #[must_use]
    pub fn with_effort(mut self, effort: usize) -> Self {
        self.effort = effort.max(1);
        self
    }

    /// Judges a history, whose calls are in the order of their starts.
    ///
    /// # Errors
    /// The violation that shows first, with the fewest calls that show it.
    pub fn judge(&self, history: &[Observed]) -> Result<Judged, Box<Violation>> {
        let ledger = Ledger::new(history);
        let mut judged = Judged {
            calls: ledger.calls,
            items: ledger.items.len(),
            transactions: ledger.transactions,
            left_out: ledger.left_out.clone(),
            ..Judged::default()
        };
        let mut first: Option<(usize, Violation)> = None;
        let mut runs = Vec::new();
        for (name, steps) in &ledger.items {
            let run = item::run(name, steps, self.unknown, self.effort);
            match run.end {
                item::End::Legal => runs.push((steps.as_slice(), run.effects)),
                item::End::Undecided => judged.undecided.push(name.clone()),
                item::End::Violated(at, violation) => {
                    if first.as_ref().is_none_or(|(earliest, _)| at < *earliest) {
                        first = Some((at, violation));
                    }
                }
            }
        }
        if let Some((_, violation)) = first {
            return Err(Box::new(violation));
        }
        match order::cycle(&runs) {
            Some(violation) => Err(Box::new(violation)),
            None => Ok(judged),
        }
    }
}

/// The steps of one item with their effects.
type Run<'l> = (&'l [Step], item::Effects);
