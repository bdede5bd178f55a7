//! An engine with its history.

use crate::world::Settings;
use aws_core::{Call, Caller, Engine, History, Permit, Recorder, Seed, Snapshot, SnapshotError, Timestamp};

/// A reply, and what happened meanwhile.
pub(crate) type Answer<E> =
    (Result<<E as Engine>::Response, <E as Engine>::Error>, Recorder<<E as Engine>::Event>);

/// An engine whose calls are counted, and kept if that is wanted; and which
/// is restored from its own snapshot every so often if that is wanted.
pub(crate) struct Driven<E: Engine> {
    pub(crate) engine: E,
    pub(crate) calls: History<E::Request, E::Response>,
    pub(crate) count: usize,
    seed: Seed,
    secret: E::Secret,
    settings: Settings,
}

impl<E> Driven<E>
where
    E: Engine<Snapshot = Snapshot, Request: Clone, Response: Clone>,
{
    pub(crate) fn new(engine: E, seed: &Seed, secret: E::Secret, settings: Settings) -> Self {
        let seed = seed.derive(E::NAME.as_bytes());
        Self { engine, calls: History::default(), count: 0, seed, secret, settings }
    }

    /// Makes a call under a seed of its own.
    pub(crate) fn call(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        permit: Permit,
        request: impl Into<E::Request>,
    ) -> Result<Answer<E>, SnapshotError> {
        let seed = self.seed.derive(&u64::try_from(self.count).unwrap_or(u64::MAX).to_be_bytes());
        self.count += 1;
        let mut call = Call::new(now, seed, caller.clone(), request.into());
        call.permit = permit;
        let mut log = Recorder::default();
        let reply = if self.settings.keep_history {
            self.calls.call(&mut self.engine, call, &mut log)
        } else {
            let (cx, request) = call.split();
            self.engine.apply(cx.sink(&mut log), request.clone())
        };
        if self.settings.restore_every.is_some_and(|every| self.count.is_multiple_of(every)) {
            self.engine = E::restore(self.engine.snapshot(&self.secret), &self.secret)?;
        }
        Ok((reply, log))
    }
}
