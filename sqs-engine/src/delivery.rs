//! In what order, and how often, a standard queue delivers.

use aws_core::{Seed, SeedStream, Span};
use serde::{Deserialize, Serialize};

/// How a standard queue uses the freedom AWS has: order is best effort, and
/// each message is delivered at least once. FIFO queues have none. `[SQS-8.4]`
///
/// ```
/// use sqs_engine::{Delivery, Options};
///
/// // A consumer that only works with the default may not work with AWS.
/// let options = Options {
///     delivery: Delivery::Sampled { overlooked_per_mille: 200, duplicated_per_mille: 50 },
///     ..Options::default()
/// };
/// assert_ne!(options.delivery, Delivery::InOrder);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Delivery {
    /// The longest visible first, each once while it is invisible.
    #[default]
    InOrder,
    /// A receive overlooks messages, as if it asked only some of AWS's hosts,
    /// so that others overtake them and an answer may be empty though
    /// something is there; and some messages stay visible though they are
    /// delivered, so that they come again. Which ones hangs on the seeds of
    /// the calls alone.
    Sampled {
        /// How many of 1,000 visible messages a receive does not see.
        overlooked_per_mille: u16,
        /// How many of 1,000 deliveries leave the message visible.
        duplicated_per_mille: u16,
    },
}

/// When a tenant of a standard queue counts as noisy, so that the messages of
/// the others come first. A message's group is its tenant; messages without
/// one are tenants of their own. `[SQS-10A.1]` to `[SQS-10A.4]`
///
/// The numbers are AWS's, which calls them approximate. A tenant's share of
/// the consumers' time, by which AWS judges too, is not among them: over what
/// time AWS takes it is not published.
///
/// ```
/// use aws_core::{Caller, Calls, Home, Timestamp};
/// use sqs_engine::{CreateQueueRequest, Engine, ReceiveMessageRequest, SendMessageRequest};
///
/// let mut sqs = Engine::new(Home::new("us-east-1", "111122223333")?);
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// let url = sqs.create_queue(calls.cx(), CreateQueueRequest::new("jobs"))?.queue_url;
/// let job = |tenant: &str| SendMessageRequest {
///     message_group_id: Some(tenant.into()),
///     ..SendMessageRequest::new(&url, tenant)
/// };
/// for _ in 0..1_000 {
///     sqs.send_message(calls.cx(), job("noisy"))?;
/// }
/// sqs.send_message(calls.cx(), job("quiet"))?;
/// for _ in 0..3 {
///     sqs.receive_message(calls.cx(), ReceiveMessageRequest::up_to_ten(&url))?;
/// }
/// // Thirty of the noisy tenant's are in flight. 970 more wait, and came before.
/// let next = sqs.receive_message(calls.cx(), ReceiveMessageRequest::up_to_ten(&url))?.now();
/// assert_eq!(&*next.messages[0].body, "quiet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FairQueues {
    /// The least that a noisy tenant has in flight.
    pub noisy_in_flight_min: usize,
    /// A noisy tenant has more than so much of what is in flight, in percent.
    pub noisy_percent: u8,
    /// How long after its last message a noisy tenant is quiet again.
    pub quiet_after: Span,
}

impl Default for FairQueues {
    fn default() -> Self {
        Self { noisy_in_flight_min: 30, noisy_percent: 10, quiet_after: Span::from_minutes(5) }
    }
}

/// A receive's luck.
pub(crate) struct Luck {
    random: SeedStream,
    overlooked: u16,
    duplicated: u16,
    /// So many may still be overlooked, or a receive could cost as much as the
    /// queue is long.
    left: usize,
}

impl Delivery {
    pub(crate) fn luck(self, seed: &Seed) -> Option<Luck> {
        match self {
            Self::InOrder => None,
            Self::Sampled { overlooked_per_mille, duplicated_per_mille } => Some(Luck {
                random: seed.expand(b"delivery"),
                overlooked: overlooked_per_mille,
                duplicated: duplicated_per_mille,
                left: 100,
            }),
        }
    }
}

impl Luck {
    pub(crate) fn overlooks(&mut self) -> bool {
        let overlooks = self.left > 0 && self.random.below(1_000) < u64::from(self.overlooked);
        self.left -= usize::from(overlooks);
        overlooks
    }

    pub(crate) fn duplicates(&mut self) -> bool {
        self.random.below(1_000) < u64::from(self.duplicated)
    }
}
