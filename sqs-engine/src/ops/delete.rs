//! DeleteMessage, DeleteMessageBatch, and what receipt handles name.

use super::batch::{self, Entry};
use super::billed;
use crate::engine::Target;
use crate::queue::Held;
use crate::queue::message::State;
use crate::queue::throughput::Action;
use crate::receipt::Receipt;
use crate::{
    BatchResult, BatchResultEntry, DeleteMessageBatchRequest, DeleteMessageBatchRequestEntry,
    DeleteMessageRequest, Engine, Error, Event, EventKind, OlderHandle,
};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink, Timestamp};

impl Engine {
    /// What a handle names in this queue. `[SQS-8A.1]`
    pub(super) fn open(&self, place: u32, handle: &str) -> Result<Receipt, Error> {
        let not_a_handle = || Error::NotAHandle { handle: handle.into() };
        let unverified = Receipt::read(handle).ok_or_else(not_a_handle)?;
        let sealed_by = self.queue(unverified.queue()).map_err(|_| not_a_handle())?;
        let receipt = unverified.verify(&sealed_by.seal).ok_or_else(not_a_handle)?;
        if receipt.queue == place && receipt.incarnation == sealed_by.incarnation {
            Ok(receipt)
        } else {
            Err(Error::ForeignHandle { handle: handle.into() })
        }
    }

    /// Deletes what a handle names. `[SQS-8A.2]`
    fn delete<S: Sink<Event>>(
        &mut self,
        place: u32,
        handle: &str,
        at: Timestamp,
        sink: &mut S,
    ) -> Result<(), Error> {
        let receipt = self.open(place, handle)?;
        let older = self.options().delete_with_older_handle;
        let queue = self.queue_mut(place)?;
        let in_flight =
            queue.get(receipt.slot).is_some_and(|stored| matches!(stored.state, State::InFlight { .. }));
        let held = queue.held(receipt);
        // [SQS-10.9] On a FIFO queue only who has the message deletes it.
        if queue.fifo.is_some() && held != Held::Gone && !(held == Held::Latest && in_flight) {
            return Err(Error::HandleExpired { handle: handle.into() });
        }
        let delete = match (held, older) {
            (Held::Gone, _) => false,
            (Held::Latest, _) => true,
            (Held::Older, OlderHandle::UnlessInFlight) => !in_flight,
            (Held::Older, OlderHandle::Always) => true,
            (Held::Older, OlderHandle::Never) => false,
        };
        if delete && let Some(stored) = queue.take(receipt.slot) {
            sink.event(at, || queue.event(&stored.content, EventKind::Deleted));
        }
        Ok(())
    }
}

/// What a batch entry says of a handle that is none, or no more. `[SQS-8A.2]`
pub(super) fn in_entry(error: Error) -> Error {
    match error {
        Error::NotAHandle { handle } => Error::EntryHandle { handle },
        Error::HandleExpired { .. } => Error::EntryHandleExpired,
        error => error,
    }
}

impl Operation<Engine> for DeleteMessageRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        if self.queue_url.is_empty() {
            return Err(Error::Missing { parameter: "QueueUrl" });
        }
        if self.receipt_handle.is_empty() {
            return Err(Error::Missing { parameter: "ReceiptHandle" });
        }
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "DeleteMessage")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed(0));
        let place = target.place()?;
        engine.admit(place, Action::Delete)?;
        engine.delete(place, &self.receipt_handle, cx.now, &mut cx.sink)
    }
}

impl Entry for DeleteMessageBatchRequestEntry {
    const NAME: &'static str = "DeleteMessageBatchRequestEntry";

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Operation<Engine> for DeleteMessageBatchRequest {
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
        target.needs(engine, "DeleteMessage")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<Self::Output, Error> {
        cx.sink.usage(billed(0));
        let place = target.place()?;
        engine.admit(place, Action::Delete)?;
        let entries = self.entries.unwrap_or_default();
        batch::check(&entries)?;
        let mut result = BatchResult::with_capacity(entries.len());
        for DeleteMessageBatchRequestEntry { id, receipt_handle } in entries {
            let id = id.unwrap_or_default();
            let deleted = if receipt_handle.is_empty() {
                Err(Error::Missing { parameter: "ReceiptHandle" })
            } else {
                engine.delete(place, &receipt_handle, cx.now, &mut cx.sink).map_err(in_entry)
            };
            match deleted {
                Ok(()) => result.successful.push(BatchResultEntry { id }),
                Err(error) => result.failed.push(batch::failed(id, &error)),
            }
        }
        Ok(result)
    }
}
