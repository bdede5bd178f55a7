//! An engine with its history.

use aws_core::{Call, Caller, Engine, History, Permit, Recorder, Seed, Snapshot, SnapshotError, Timestamp};

/// A reply, and what happened meanwhile.
pub(crate) type Answer<E> =
    (Result<<E as Engine>::Response, <E as Engine>::Error>, Recorder<<E as Engine>::Event>);

/// An engine whose every call is kept, and which is restored from its own
/// snapshot every so often if that is wanted.
pub(crate) struct Driven<E: Engine> {
    pub(crate) engine: E,
    pub(crate) calls: History<E::Request, E::Response>,
    seed: Seed,
    secret: E::Secret,
    restore_every: Option<usize>,
}

impl<E> Driven<E>
where
    E: Engine<Snapshot = Snapshot, Request: Clone, Response: Clone>,
{
    pub(crate) fn new(engine: E, seed: &Seed, secret: E::Secret, restore_every: Option<usize>) -> Self {
        let seed = seed.derive(E::NAME.as_bytes());
        Self { engine, calls: History::default(), seed, secret, restore_every }
    }

    /// Makes a call under a seed of its own.
    pub(crate) fn call(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        permit: Permit,
        request: impl Into<E::Request>,
    ) -> Result<Answer<E>, SnapshotError> {
        let number = u64::try_from(self.calls.records.len()).unwrap_or(u64::MAX);
        let mut call =
            Call::new(now, self.seed.derive(&number.to_be_bytes()), caller.clone(), request.into());
        call.permit = permit;
        let mut log = Recorder::default();
        let reply = self.calls.call(&mut self.engine, call, &mut log);
        if self.restore_every.is_some_and(|every| self.calls.records.len().is_multiple_of(every)) {
            self.engine = E::restore(self.engine.snapshot(&self.secret), &self.secret)?;
        }
        Ok((reply, log))
    }
}
