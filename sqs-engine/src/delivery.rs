//! In what order, and how often, a standard queue delivers.

use aws_core::{Seed, SeedStream};
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
