//! What the engine tells whoever listens.

use crate::MessageId;
use alloc::sync::Arc;
use serde::{Deserialize, Serialize};

/// Something that happened to a message or a queue.
///
/// ```
/// use aws_core::{Caller, Cx, Home, Recorder, Seed, Timestamp};
/// use sqs_engine::{CreateQueueRequest, Engine, EventKind, SendMessageRequest};
///
/// let mut sqs = Engine::new(Home::new("us-east-1", "111122223333")?);
/// let (now, who) = (Timestamp::from_seconds(0), Caller::anonymous());
/// let mut log = Recorder::default();
/// let url = sqs.create_queue(Cx::new(now, Seed::counter(1), &who), CreateQueueRequest::new("q"))?.queue_url;
/// sqs.send_message(Cx::new(now, Seed::counter(2), &who).sink(&mut log), SendMessageRequest::new(url, "hello"))?;
/// assert!(matches!(log.events[0].1.kind, EventKind::Sent));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The queue's name.
    pub queue: Arc<str>,
    /// The message, if it concerns one.
    pub message_id: Option<MessageId>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EventKind {
    /// A message was accepted.
    Sent,
    /// A FIFO queue answered a duplicate send and kept nothing of it.
    Deduplicated,
    /// A message was delivered, for the `count`-th time in its life.
    Received {
        /// Deliveries so far, this one included.
        count: u32,
    },
    /// A delayed message, or one whose visibility timeout ended, can be
    /// received.
    Visible,
    /// A consumer changed how long a message stays invisible.
    VisibilityChanged,
    /// A consumer deleted a message.
    Deleted,
    /// A message outlived the queue's retention period.
    Expired,
    /// A message was moved to the dead-letter queue named here.
    MovedToDeadLetterQueue {
        /// The dead-letter queue's name.
        target: Arc<str>,
    },
    /// A message move task made a new message of this one in the queue named
    /// here.
    Redriven {
        /// The queue's name.
        target: Arc<str>,
        /// The new message.
        message_id: MessageId,
    },
    /// All messages were thrown away.
    Purged {
        /// How many there were.
        messages: u64,
    },
    /// The queue was created.
    QueueCreated,
    /// The queue was deleted with everything in it.
    QueueDeleted {
        /// How many messages went with it.
        messages: u64,
    },
}
