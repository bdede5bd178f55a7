//! Everything that is true of one call besides what it asks for.

use crate::{Caller, Permit, Seed, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// The circumstances of a call: when, by whom, with what entropy and under
/// what permission, and who listens.
///
/// It is passed by value; each call gets its own.
///
/// ```
/// use aws_core::{Caller, Cx, Recorder, Seed, Timestamp};
///
/// let caller = Caller::anonymous();
/// let mut log = Recorder::<()>::default();
/// let cx = Cx::new(Timestamp::from_seconds(5), Seed::counter(1), &caller).sink(&mut log);
/// assert_eq!(cx.now, Timestamp::from_seconds(5));
/// ```
#[derive(Debug)]
#[must_use]
pub struct Cx<'a, S = ()> {
    /// What time it is. An engine treats a smaller value than it has seen
    /// before as the largest it has seen.
    pub now: Timestamp,
    /// The entropy of this call.
    pub seed: Seed,
    /// Who signed it.
    pub caller: &'a Caller,
    /// What was decided about it.
    pub permit: Permit,
    /// Who hears what it costs and does.
    pub sink: S,
}

impl<'a> Cx<'a> {
    /// A call that nobody checks and nobody listens to.
    pub fn new(now: Timestamp, seed: Seed, caller: &'a Caller) -> Self {
        Self { now, seed, caller, permit: Permit::Unchecked, sink: () }
    }
}

impl<'a, S> Cx<'a, S> {
    /// The same call with somebody listening.
    pub fn sink<T>(self, sink: T) -> Cx<'a, T> {
        Cx { now: self.now, seed: self.seed, caller: self.caller, permit: self.permit, sink }
    }

    /// The same call under a decided permission.
    pub fn permit(mut self, permit: Permit) -> Self {
        self.permit = permit;
        self
    }
}

/// A call as a value: what a history records and a replay makes again.
///
/// ```
/// use aws_core::{Call, Caller, Seed, Timestamp};
///
/// let call = Call::new(Timestamp::from_seconds(5), Seed::counter(1), Caller::anonymous(), "ping");
/// let (cx, request) = call.split();
/// assert_eq!((cx.now.as_seconds(), *request), (5, "ping"));
/// ```
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Call<R> {
    /// What time it was.
    pub now: Timestamp,
    /// The entropy it carried.
    pub seed: Seed,
    /// Who signed it.
    pub caller: Caller,
    /// What was decided about it.
    #[serde(default, skip_serializing_if = "Permit::is_unchecked")]
    pub permit: Permit,
    /// What it asked for.
    pub request: R,
}

impl<R> Call<R> {
    /// A call that nobody checked.
    pub fn new(now: Timestamp, seed: Seed, caller: Caller, request: R) -> Self {
        Self { now, seed, caller, permit: Permit::Unchecked, request }
    }

    /// The circumstances, ready to pass to an engine, and the request.
    pub fn split(&self) -> (Cx<'_>, &R) {
        let cx = Cx {
            now: self.now,
            seed: self.seed.duplicate(),
            caller: &self.caller,
            permit: self.permit.clone(),
            sink: (),
        };
        (cx, &self.request)
    }
}

/// A clock, a caller and a seed counter: makes the circumstances of call
/// after call in tests and examples.
///
/// ```
/// use aws_core::{Caller, Calls, Span, Timestamp};
///
/// let mut calls = Calls::new(Timestamp::from_seconds(100), Caller::anonymous());
/// assert_eq!(calls.cx().now.as_seconds(), 100);
/// calls.wait(Span::from_seconds(30));
/// let cx = calls.cx();
/// assert_eq!(cx.now.as_seconds(), 130);
/// assert_eq!(cx.seed, aws_core::Seed::counter(2)); // each call its own
/// ```
#[derive(Debug)]
pub struct Calls {
    /// What time the next call happens.
    pub now: Timestamp,
    caller: Caller,
    count: u64,
}

impl Calls {
    /// Calls by `caller` from `now` on.
    #[must_use]
    pub fn new(now: Timestamp, caller: Caller) -> Self {
        Self { now, caller, count: 0 }
    }

    /// The next call's circumstances, under a seed of its own.
    pub fn cx(&mut self) -> Cx<'_> {
        self.count += 1;
        Cx::new(self.now, Seed::counter(self.count), &self.caller)
    }

    /// Lets time pass.
    pub fn wait(&mut self, span: Span) {
        self.now += span;
    }

    /// Who the calls come from.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}
