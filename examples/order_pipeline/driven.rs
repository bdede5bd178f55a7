//! An engine with its history, behind the gate that decides every call.

use crate::access::{Access, Actor};
use crate::world::{Settings, WorldError};
use aws_core::{Call, Cx, Engine, History, Permit, Recorder, Seed, Snapshot, Timestamp};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A reply, and what happened meanwhile.
pub(crate) type Answer<E> =
    (Result<<E as Engine>::Response, <E as Engine>::Error>, Recorder<<E as Engine>::Event>);

/// An engine whose calls are decided and counted, and kept if that is wanted;
/// and which is restored from its own snapshot every so often if that is
/// wanted.
pub(crate) struct Driven<E: Engine> {
    pub(crate) engine: E,
    pub(crate) calls: History<E::Request, E::Response>,
    pub(crate) count: usize,
    /// How long the engine took.
    pub(crate) took: Duration,
    seed: Seed,
    secret: E::Secret,
    settings: Settings,
    access: Rc<RefCell<Access>>,
}

impl<E> Driven<E>
where
    E: Engine<Snapshot = Snapshot, Request: Clone, Response: Clone>,
{
    pub(crate) fn new(
        engine: E,
        seed: &Seed,
        secret: E::Secret,
        settings: Settings,
        access: &Rc<RefCell<Access>>,
    ) -> Self {
        let seed = seed.derive(E::NAME.as_bytes());
        let (calls, took, access) = (History::default(), Duration::ZERO, Rc::clone(access));
        Self { engine, calls, count: 0, took, seed, secret, settings, access }
    }

    /// Makes a call under a seed of its own. Where the engine refuses before
    /// it asks for permission, it refuses the call the same way.
    pub(crate) fn call(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        request: impl Into<E::Request>,
    ) -> Result<Answer<E>, WorldError> {
        let started = Instant::now();
        let seed = self.seed.derive(&u64::try_from(self.count).unwrap_or(u64::MAX).to_be_bytes());
        self.count += 1;
        let (cx, request) = (Cx::new(now, seed, &actor.caller), request.into());
        let needs = self.engine.authz(&cx, &request);
        self.took += started.elapsed();
        let permit = match needs {
            Ok(needs) => self.access.borrow_mut().permit(now, actor, &needs),
            Err(_) => Permit::Unchecked,
        };
        let started = Instant::now();
        let mut log = Recorder::default();
        let reply = if self.settings.keep_history {
            let call = Call { permit, ..Call::new(now, cx.seed, actor.caller.clone(), request) };
            self.calls.call(&mut self.engine, call, &mut log)
        } else {
            self.engine.apply(cx.permit(permit).sink(&mut log), request)
        };
        self.took += started.elapsed();
        if self.settings.restore_every.is_some_and(|every| self.count.is_multiple_of(every)) {
            self.engine = E::restore(self.engine.snapshot(&self.secret), &self.secret)?;
        }
        Ok((reply, log))
    }
}
