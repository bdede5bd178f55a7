//! ChangeMessageVisibility, ChangeMessageVisibilityBatch.
//!
//! A consumer that calls again and again holds its message, `[SQS-8A.6]`.

use super::batch::{self, Entry};
use super::billed;
use super::delete::in_entry;
use crate::engine::Target;
use crate::queue::Held;
use crate::queue::message::State;
use crate::{
    BatchResult, BatchResultEntry, ChangeMessageVisibilityBatchRequest,
    ChangeMessageVisibilityBatchRequestEntry, ChangeMessageVisibilityRequest, Engine, Error, Event,
    EventKind, limits,
};
use alloc::boxed::Box;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink, Span, Timestamp};

impl Engine {
    /// `[SQS-8A.3]` to `[SQS-8A.5]`
    fn change<S: Sink<Event>>(
        &mut self,
        place: u32,
        handle: &str,
        seconds: i64,
        at: Timestamp,
        sink: &mut S,
    ) -> Result<(), Error> {
        let longest = limits::VISIBILITY_TIMEOUT_MAX.as_i64();
        if !(0..=longest).contains(&seconds) {
            return Err(Error::ChangeVisibility { value: seconds });
        }
        let receipt = self.open(place, handle)?;
        let queue = self.queue_mut(place)?;
        let not_available = || Error::NotAvailable { handle: handle.into() };
        // An older handle acts on the message too, whoever has it now.
        if queue.held(receipt) == Held::Gone {
            return Err(not_available());
        }
        let stored = queue.get(receipt.slot).ok_or_else(not_available)?;
        let in_flight = matches!(stored.state, State::InFlight { .. });
        if queue.fifo.is_some() && !(in_flight && queue.held(receipt) == Held::Latest) {
            return Err(Error::HandleExpired { handle: handle.into() });
        }
        // [SQS-8A.5] On a message that is visible again the call succeeds and
        // does nothing.
        if !in_flight {
            return Ok(());
        }
        // [SQS-8A.4]
        let visibility = Span::from_seconds(seconds);
        if (at + visibility).since(stored.received_at) > Span::from_seconds(longest) {
            return Err(Error::VisibilityBeyondLimit { value: seconds });
        }
        sink.event(at, || queue.event(&stored.content, EventKind::VisibilityChanged));
        queue.change_visibility(receipt.slot, at, visibility);
        self.settle(place, sink);
        Ok(())
    }
}

impl Operation<Engine> for ChangeMessageVisibilityRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        if self.queue_url.is_empty() {
            return Err(Error::Missing { parameter: "QueueUrl" });
        }
        if self.receipt_handle.is_empty() {
            return Err(Error::Missing { parameter: "ReceiptHandle" });
        }
        if self.visibility_timeout.is_none() {
            return Err(Error::Missing { parameter: "VisibilityTimeout" });
        }
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "ChangeMessageVisibility")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed(0));
        let seconds = self.visibility_timeout.unwrap_or_default();
        engine.change(target.place()?, &self.receipt_handle, seconds, cx.now, &mut cx.sink)
    }
}

impl Entry for ChangeMessageVisibilityBatchRequestEntry {
    const NAME: &'static str = "ChangeMessageVisibilityBatchRequestEntry";

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Operation<Engine> for ChangeMessageVisibilityBatchRequest {
    type Output = BatchResult<BatchResultEntry>;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        if self.queue_url.is_empty() {
            return Err(Error::Missing { parameter: "QueueUrl" });
        }
        if self.entries.is_none() {
            return Err(Error::Missing { parameter: "Entries" });
        }
        Target::find(engine, &self.queue_url, caller)
    }

    /// [SQS-12.1] A batch is one decision on the single action.
    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "ChangeMessageVisibility")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<Self::Output, Error> {
        cx.sink.usage(billed(0));
        let place = target.place()?;
        let entries = self.entries.unwrap_or_default();
        batch::check(&entries)?;
        let mut result = BatchResult::with_capacity(entries.len());
        for (index, entry) in (1..).zip(entries) {
            let id = entry.id.unwrap_or_default();
            let missing = |member| {
                let entry = ChangeMessageVisibilityBatchRequestEntry::NAME;
                Err(Error::MissingInEntry { entry, index, member: Box::new(member) })
            };
            let changed = match entry.visibility_timeout {
                _ if entry.receipt_handle.is_empty() => missing("ReceiptHandle"),
                None => missing("VisibilityTimeout"),
                Some(seconds) => engine
                    .change(place, &entry.receipt_handle, seconds, cx.now, &mut cx.sink)
                    .map_err(in_entry),
            };
            match changed {
                Ok(()) => result.successful.push(BatchResultEntry { id }),
                Err(error) => result.failed.push(batch::failed(id, &error)),
            }
        }
        Ok(result)
    }
}
