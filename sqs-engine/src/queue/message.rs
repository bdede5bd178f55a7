//! A message in a queue.

use super::order::Key;
use crate::{Md5, MessageAttributes, MessageId};
use alloc::boxed::Box;
use alloc::sync::Arc;
use aws_core::Timestamp;
use serde::{Deserialize, Serialize};

/// What stays the same wherever the message is: through redelivery and
/// dead-letter moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) id: MessageId,
    pub(crate) body: Arc<str>,
    pub(crate) md5_of_body: Md5,
    pub(crate) sender_id: Arc<str>,
    pub(crate) sent_at: Timestamp,
    pub(crate) first_received_at: Option<Timestamp>,
    /// Deliveries in the message's whole life.
    pub(crate) receive_count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extras: Option<Box<Extras>>,
}

/// What most messages of standard queues do not have.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Extras {
    #[serde(skip_serializing_if = "MessageAttributes::is_empty")]
    pub(crate) attributes: MessageAttributes,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trace_header: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group_id: Option<Arc<str>>,
    /// What a FIFO queue deduplicates it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deduplication_id: Option<Arc<str>>,
    /// The queue it was a dead letter of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_arn: Option<Arc<str>>,
}

static NONE: Extras = Extras {
    attributes: MessageAttributes::new(),
    trace_header: None,
    group_id: None,
    deduplication_id: None,
    source_arn: None,
};

impl Content {
    /// A message that nobody has received.
    pub(crate) fn new(
        id: MessageId,
        (body, md5_of_body): (Arc<str>, Md5),
        (sender_id, sent_at): (Arc<str>, Timestamp),
        extras: Extras,
    ) -> Self {
        let extras = (extras != NONE).then(|| Box::new(extras));
        Self { id, body, md5_of_body, sender_id, sent_at, first_received_at: None, receive_count: 0, extras }
    }

    pub(crate) fn extras(&self) -> &Extras {
        self.extras.as_deref().unwrap_or(&NONE)
    }

    pub(crate) fn extras_mut(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    /// It is a dead letter no more.
    pub(crate) fn forget_source(&mut self) {
        if let Some(extras) = &mut self.extras {
            extras.source_arn = None;
        }
    }

    /// The message's group; the empty name if it has none.
    pub(crate) fn group(&self) -> Arc<str> {
        self.extras().group_id.clone().unwrap_or_default()
    }
}

/// A message and where it stands in this queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) content: Content,
    /// Which message of all that this queue ever held.
    pub(crate) sequence: u64,
    /// When its retention began to count.
    pub(crate) retained_from: Timestamp,
    /// Deliveries from this queue; the latest one's receipt has this number.
    pub(crate) deliveries: u32,
    /// When the latest delivery was made.
    pub(crate) received_at: Timestamp,
    pub(crate) state: State,
}

/// Whether the message can be received. `[SQS-12.0]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    /// Not before `until`: it was sent with a delay.
    Delayed { until: Timestamp },
    /// Yes, since then.
    Visible { since: Timestamp },
    /// Not before `until`: somebody has it.
    InFlight { until: Timestamp },
}

impl Stored {
    /// Its place among messages of the same state.
    pub(crate) fn state_key(&self) -> Key {
        let at = match self.state {
            State::Delayed { until } | State::InFlight { until } => until,
            State::Visible { since } => since,
        };
        (at, self.sequence)
    }

    /// Its place among visible messages, if it is one.
    pub(crate) fn visible_key(&self) -> Option<Key> {
        matches!(self.state, State::Visible { .. }).then(|| self.state_key())
    }

    /// Its place in the order in which messages expire.
    pub(crate) fn age_key(&self) -> Key {
        (self.retained_from, self.sequence)
    }
}
