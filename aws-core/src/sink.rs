//! Where an engine says what it did, besides replying.

use crate::{Timestamp, Usage};
use alloc::vec::Vec;

/// Hears what an engine meters and what happens inside it.
///
/// Cost and events are not part of a reply, because refused calls cost too
/// and timers reply to nobody. Every method does nothing by default; the
/// silent sink is `()`, and with it the calls compile away.
///
/// ```
/// use aws_core::{Sink, Timestamp, Usage};
///
/// /// Counts events without keeping them.
/// struct Count(usize);
/// impl<E> Sink<E> for Count {
///     fn event(&mut self, _at: Timestamp, _make: impl FnOnce() -> E) {
///         self.0 += 1; // `_make` is never called: the event is never built
///     }
/// }
///
/// let mut count = Count(0);
/// (&mut count).event(Timestamp::EPOCH, || "visible");
/// assert_eq!(count.0, 1);
/// ```
pub trait Sink<E> {
    /// The call consumed this much.
    fn usage(&mut self, usage: Usage) {
        let _ = usage;
    }

    /// Something happened at `at`; `make` builds its description on demand.
    fn event(&mut self, at: Timestamp, make: impl FnOnce() -> E) {
        let _ = (at, make);
    }
}

impl<E> Sink<E> for () {}

impl<E, S: Sink<E>> Sink<E> for &mut S {
    fn usage(&mut self, usage: Usage) {
        (**self).usage(usage);
    }

    fn event(&mut self, at: Timestamp, make: impl FnOnce() -> E) {
        (**self).event(at, make);
    }
}

/// A sink that keeps everything, in order.
///
/// ```
/// use aws_core::{Recorder, Sink, Timestamp, Unit, Usage};
///
/// let mut log = Recorder::default();
/// log.event(Timestamp::from_seconds(1), || "sent");
/// Sink::<&str>::usage(&mut log, Usage::new(Unit::Requests, 1));
/// assert_eq!(log.events, [(Timestamp::from_seconds(1), "sent")]);
/// assert_eq!(log.total(Unit::Requests).whole(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorder<E> {
    /// What was metered.
    pub usage: Vec<Usage>,
    /// What happened, and when.
    pub events: Vec<(Timestamp, E)>,
}

impl<E> Default for Recorder<E> {
    fn default() -> Self {
        Self { usage: Vec::new(), events: Vec::new() }
    }
}

impl<E> Recorder<E> {
    /// The sum of what was metered in `unit`.
    #[must_use]
    pub fn total(&self, unit: crate::Unit) -> crate::Quantity {
        self.usage.iter().filter(|usage| usage.unit == unit).map(|usage| usage.quantity).sum()
    }
}

impl<E> Sink<E> for Recorder<E> {
    fn usage(&mut self, usage: Usage) {
        self.usage.push(usage);
    }

    fn event(&mut self, at: Timestamp, make: impl FnOnce() -> E) {
        self.events.push((at, make()));
    }
}
