//! What CloudWatch would show of a queue.

use crate::Engine;
use crate::queue::Queue;
use aws_core::{Engine as _, Span, Timestamp};

/// The gauges of a queue at the engine's time, exact: CloudWatch would show
/// them once a minute. `[SQS-10A.5]` `[SQS-11.1]`
///
/// ```
/// use aws_core::{Caller, Calls, Home, Span, Timestamp};
/// use sqs_engine::{CreateQueueRequest, Engine, ReceiveMessageRequest, SendMessageRequest};
///
/// let mut sqs = Engine::new(Home::new("us-east-1", "111122223333")?);
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// let url = sqs.create_queue(calls.cx(), CreateQueueRequest::new("jobs"))?.queue_url;
/// for n in 0..100 {
///     let tenant = if n < 90 { "noisy" } else { "quiet" };
///     let message_group_id = Some(tenant.into());
///     sqs.send_message(calls.cx(), SendMessageRequest { message_group_id, ..SendMessageRequest::new(&url, "job") })?;
/// }
/// for _ in 0..4 {
///     sqs.receive_message(calls.cx(), ReceiveMessageRequest::up_to_ten(&url))?;
/// }
/// let metrics = sqs.metrics(&url).ok_or("no such queue")?;
/// assert_eq!(metrics.noisy_groups, 1);
/// assert_eq!((metrics.all.visible, metrics.all.not_visible), (60, 40));
/// assert_eq!((metrics.quiet.visible, metrics.quiet.not_visible), (0, 10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Metrics {
    /// Of all messages.
    pub all: Gauges,
    /// Of the messages that no noisy group sent: CloudWatch's
    /// `...InQuietGroups`.
    pub quiet: Gauges,
    /// `ApproximateNumberOfNoisyGroups`, as the last receive judged them.
    pub noisy_groups: usize,
}

/// Messages by state, and the age of the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gauges {
    /// `ApproximateNumberOfMessagesVisible`.
    pub visible: usize,
    /// `ApproximateNumberOfMessagesNotVisible`: those in flight.
    pub not_visible: usize,
    /// `ApproximateNumberOfMessagesDelayed`.
    pub delayed: usize,
    /// `ApproximateAgeOfOldestMessage`; nothing when there is none.
    pub age_of_oldest: Option<Span>,
}

impl Metrics {
    fn of(queue: &Queue, now: Timestamp) -> Self {
        let (counts, noise) = (queue.counts(), queue.noise());
        let age = |quiet: bool| queue.oldest(quiet).map(|since| now - since);
        let all = Gauges {
            visible: counts.visible,
            not_visible: counts.in_flight,
            delayed: counts.delayed,
            age_of_oldest: age(false),
        };
        let quiet = Gauges {
            visible: counts.visible - noise.visible,
            not_visible: counts.in_flight - noise.in_flight,
            delayed: counts.delayed - noise.delayed,
            age_of_oldest: age(true),
        };
        Self { all, quiet, noisy_groups: noise.groups }
    }
}

impl Engine {
    /// The gauges of a queue, named by its URL or name; nothing if there is
    /// no such queue. No API operation: nobody is billed or asked for
    /// permission. The age of the oldest quiet message costs a look at every
    /// message while a group is noisy; the rest costs the same always.
    #[must_use]
    pub fn metrics(&self, queue: &str) -> Option<Metrics> {
        let place = self.place_of(self.name_in(queue)?)?;
        Some(Metrics::of(self.queue(place).ok()?, self.now()))
    }
}
