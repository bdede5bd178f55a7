//! Judges whether a history is one that SQS may produce.
//!
//! Every check says what to *reject*; what is not rejected is legal: answers
//! that were lost, calls that overlap, duplicates and reordering on standard
//! queues, approximate counts. Times are intervals, from when a call can have
//! had its effect at the earliest to when it must have had it.

mod dead_letters;
mod fifo;
mod ledger;
mod messages;
mod observe;
mod queues;
mod subject;
mod tasks;

pub use aws_core::oracle::Violation;
pub use observe::{Answer, Observed, SeenTask, read};
#[cfg(feature = "proptest")]
pub use subject::strategy::steps;
pub use subject::{Step, Subject, run};

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::Span;
use ledger::{At, Ledger};

/// How strictly a history is judged.
///
/// ```
/// use sqs_engine::oracle::{Oracle, read};
///
/// let history = read(concat!(
///     r#"{"start": 0, "request": {"CreateQueue": {"QueueName": "q"}}, "reply": {"ok": {"QueueUrl": "http://h/1/q"}}}"#, "\n",
///     r#"{"start": 1, "request": {"SendMessage": {"QueueUrl": "http://h/1/q", "MessageBody": "hi"}}, "reply": {"ok":
///         {"MessageId": "0a9a8a7a-6a5a-4a4a-8a3a-2a1a0a9a8a7a", "MD5OfMessageBody": "49f68a5c8493ec2c0bf489821c21fc3b"}}}"#
/// ).replace("\n ", " ").as_str())?;
/// assert_eq!(Oracle::exact().judge(&history), Ok(()));
/// # Ok::<(), aws_core::HistoryError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oracle {
    exact: bool,
    skew: i64,
}

impl Oracle {
    /// For queues that promise more than AWS does, such as our engine by
    /// default: no duplicates, no delivery after a delete, nothing left behind
    /// by an empty answer, no clock that is off.
    #[must_use]
    pub fn exact() -> Self {
        Self { exact: true, skew: 0 }
    }

    /// For queues that use all the freedom AWS has.
    #[must_use]
    pub fn lenient() -> Self {
        Self { exact: false, skew: 0 }
    }

    /// Clocks of callers and queue may differ by so much.
    #[must_use]
    pub fn with_skew(mut self, skew: Span) -> Self {
        self.skew = skew.as_millis();
        self
    }

    /// Judges a history, whose calls are in the order of their starts.
    ///
    /// # Errors
    /// The first violation, with calls none of which can be left out. Where
    /// it takes more than 400 they are not made fewer.
    pub fn judge(&self, history: &[Observed]) -> Result<(), Box<Violation>> {
        let Some(found) = self.violations(history).into_iter().min_by_key(last) else {
            return Ok(());
        };
        Err(Box::new(self.smallest(history, found)))
    }

    fn violations(&self, history: &[Observed]) -> Vec<Violation> {
        let ledger = Ledger::new(history);
        let mut judge = Judge { oracle: *self, ledger: &ledger, found: Vec::new() };
        judge.messages();
        judge.queues();
        judge.groups();
        judge.dead_letters();
        judge.tasks();
        judge.found
    }

    /// Leaves out every call without which it is still wrong.
    fn smallest(&self, history: &[Observed], found: Violation) -> Violation {
        let shows = |calls: &[usize]| {
            let part: Vec<Observed> = calls.iter().filter_map(|call| history.get(*call)).cloned().collect();
            let same = |one: &Violation| {
                (one.rule, &one.what) == (found.rule, &found.what)
                    && last(one) == calls.last().map(|_| calls.len() - 1)
            };
            self.violations(&part).iter().any(same)
        };
        let last = last(&found).unwrap_or_default();
        let related = related(history, &found.calls);
        let mut calls = [related, (0..=last).collect()].into_iter().find(|calls| shows(calls));
        if let Some(calls) = &mut calls
            && calls.len() < 400
        {
            let mut at = 0;
            while at < calls.len() {
                let mut fewer = calls.clone();
                fewer.remove(at);
                if shows(&fewer) {
                    *calls = fewer;
                } else {
                    at += 1;
                }
            }
        }
        Violation { calls: calls.unwrap_or_else(|| found.calls.clone()), ..found }
    }
}

/// The call with which it shows.
fn last(violation: &Violation) -> Option<usize> {
    violation.calls.iter().copied().max()
}

/// The calls, what their messages and handles come from, and what makes and
/// changes queues.
fn related(history: &[Observed], calls: &[usize]) -> Vec<usize> {
    let last = calls.iter().copied().max().unwrap_or_default();
    let of_calls: Vec<&Observed> = calls.iter().filter_map(|call| history.get(*call)).collect();
    let delivered = |observed: &Observed| match &observed.answer {
        Answer::Received(got) => {
            got.messages.iter().map(|one| (one.message_id, one.receipt_handle.clone())).collect()
        }
        _ => Vec::new(),
    };
    let known: Vec<_> = of_calls.iter().flat_map(|one| delivered(one)).collect();
    let is_related = |observed: &Observed| {
        use crate::Request;
        match (&observed.request, &observed.answer) {
            (Request::CreateQueue(_) | Request::SetQueueAttributes(_), _) => true,
            (_, Answer::Sent(sent)) => known.iter().any(|(id, _)| *id == sent.message_id),
            (_, Answer::SentBatch(sent)) => {
                sent.successful.iter().any(|one| known.iter().any(|(id, _)| *id == one.sent.message_id))
            }
            (_, Answer::Received(_)) => {
                delivered(observed).iter().any(|(id, _)| known.iter().any(|(other, _)| other == id))
            }
            (Request::DeleteMessage(delete), _) => {
                known.iter().any(|(_, handle)| *handle == delete.receipt_handle)
            }
            (Request::ChangeMessageVisibility(change), _) => {
                known.iter().any(|(_, handle)| *handle == change.receipt_handle)
            }
            _ => false,
        }
    };
    (0..=last).filter(|at| calls.contains(at) || history.get(*at).is_some_and(is_related)).collect()
}

/// One run over a history.
struct Judge<'l, 'h> {
    oracle: Oracle,
    ledger: &'l Ledger<'h>,
    found: Vec<Violation>,
}

impl Judge<'_, '_> {
    fn tell(&mut self, rule: &'static str, what: String, calls: impl IntoIterator<Item = usize>) {
        let mut calls: Vec<usize> = calls.into_iter().collect();
        calls.sort_unstable();
        calls.dedup();
        self.found.push(Violation { rule, what, calls });
    }

    /// Whether the one was over before the other began, whatever the clocks.
    fn before(&self, over: At, begins: At) -> bool {
        (over.0.saturating_add(self.oracle.skew), over.1) < begins
    }

    /// Whether a moment is before a deadline, whatever the clocks.
    fn early(&self, at: At, deadline: i64) -> bool {
        at.0.saturating_add(self.oracle.skew) < deadline
    }
}
