//! Who works the orders, and how well.

use aws_core::Span;

/// One kind of consumer with a queue of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service {
    /// The queue's name, and the service's.
    pub(crate) name: &'static str,
    /// Consumers that work at the same time, for a thousand orders in all.
    pub(crate) workers: usize,
    /// Messages a consumer takes at once.
    pub(crate) batch: i64,
    /// What one message takes on average.
    pub(crate) work: Span,
    /// Of a thousand attempts, how many fail for no lasting reason.
    pub(crate) failures_per_mille: u64,
    /// Of a thousand attempts, how many take ten times as long.
    pub(crate) slow_per_mille: u64,
    /// Seconds a message stays with its consumer.
    pub(crate) visibility_timeout_seconds: u32,
    /// Seconds before a message can be received at all.
    pub(crate) delay_seconds: u32,
    /// Whether its messages are encrypted.
    pub(crate) is_sealed: bool,
    /// The consumer that knows orders by another name than their context
    /// does, until somebody mends it.
    pub(crate) mistaken: Option<usize>,
    /// The worker whom nobody moved along when the network moved.
    pub(crate) forgotten: Option<usize>,
    /// Whether a failed message is given back after a pause that grows with
    /// each attempt, instead of waiting for the visibility timeout.
    pub(crate) backs_off: bool,
}

/// Receives after which a message goes to the dead-letter queue.
pub(crate) const MAX_RECEIVE_COUNT: u32 = 4;

/// Where the dead go.
pub(crate) const DEAD_LETTERS: &str = "dead-letters";

/// Payment is slow and careful, the warehouse is fast and works line by
/// line, shipping waits a while so that the rest can be done first.
pub(crate) const SERVICES: [Service; 3] = [
    Service {
        name: "payment",
        workers: 2,
        batch: 1,
        work: Span::from_millis(2_500),
        failures_per_mille: 60,
        slow_per_mille: 10,
        visibility_timeout_seconds: 20,
        delay_seconds: 0,
        is_sealed: true,
        mistaken: None,
        forgotten: None,
        backs_off: true,
    },
    Service {
        name: "warehouse",
        workers: 3,
        batch: 10,
        work: Span::from_millis(900),
        failures_per_mille: 25,
        slow_per_mille: 4,
        visibility_timeout_seconds: 30,
        delay_seconds: 0,
        is_sealed: false,
        mistaken: None,
        forgotten: Some(2),
        backs_off: false,
    },
    Service {
        name: "shipping",
        workers: 2,
        batch: 5,
        work: Span::from_millis(1_500),
        failures_per_mille: 100,
        slow_per_mille: 5,
        visibility_timeout_seconds: 45,
        delay_seconds: 60,
        is_sealed: true,
        mistaken: Some(1),
        forgotten: None,
        backs_off: false,
    },
];
