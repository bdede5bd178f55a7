//! A Lambda function as consumer of a queue: when batches are made, and what
//! its answer does to their messages.
//!
//! The mapping holds no time and calls nothing: the owner receives for it,
//! hands over what came, runs the function, and deletes what it is told to.

use crate::Message;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{Span, Timestamp};
use serde_json::{Value, json};

/// Settings of an event source mapping. `[SQS-14.1]` `[SQS-14.5]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingSettings {
    /// Messages of one invocation at most.
    pub batch_size: usize,
    /// How long messages are gathered.
    pub batching_window: Span,
    /// Invocations at once at most, 2 to 1,000; nothing for AWS's own limit.
    pub maximum_concurrency: Option<u32>,
    /// Whether the function says which messages failed.
    pub reports_batch_item_failures: bool,
    /// How long the function may take.
    pub function_timeout: Span,
}

impl Default for MappingSettings {
    fn default() -> Self {
        Self {
            batch_size: 10,
            batching_window: Span::ZERO,
            maximum_concurrency: None,
            reports_batch_item_failures: false,
            function_timeout: Span::from_seconds(3),
        }
    }
}

/// Settings that Lambda refuses. `[SQS-14.1]` `[SQS-14.2]` `[SQS-14.5]`
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// AWS's text.
    #[error(
        "Queue visibility timeout: {visibility} seconds is less than Function timeout: {function} seconds"
    )]
    VisibilityTimeout {
        /// The queue's.
        visibility: i64,
        /// The function's.
        function: i64,
    },
    /// More than the kind of queue allows. AWS's text is not known.
    #[error("a batch has 1 to {most} messages here, not {found}")]
    BatchSize {
        /// What is allowed.
        most: usize,
        /// What was asked for.
        found: usize,
    },
    /// More than ten messages need a window. AWS's text is not known.
    #[error("a batch of more than 10 messages needs a batching window of at least a second")]
    Window,
    /// FIFO queues have no window, others one of at most 300 seconds. AWS's
    /// text is not known.
    #[error("a batching window of {found} seconds is not allowed here")]
    WindowLength {
        /// What was asked for.
        found: i64,
    },
    /// AWS's text is not known.
    #[error("the maximum concurrency is 2 to 1000, not {found}")]
    Concurrency {
        /// What was asked for.
        found: u32,
    },
}

/// What the owner knows of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MappedQueue {
    /// Whether it is a FIFO queue.
    pub fifo: bool,
    /// Its visibility timeout.
    pub visibility_timeout: Span,
}

/// An event source mapping.
///
/// ```
/// use sqs_engine::{MappedQueue, Mapping, MappingSettings, Outcome};
/// use sqs_engine::aws_core::{Span, Timestamp};
/// # use sqs_engine::Message;
/// # let message = |id: u8| -> Message { serde_json::from_value(serde_json::json!({"MessageId": format!("0a9a8a7a-6a5a-4a4a-8a3a-2a1a0a9a8a{id:02}"),
/// #   "ReceiptHandle": format!("handle-{id}"), "MD5OfBody": "49f68a5c8493ec2c0bf489821c21fc3b", "Body": "hi"})).unwrap() };
///
/// let queue = MappedQueue { fifo: false, visibility_timeout: Span::from_seconds(30) };
/// let settings = MappingSettings { reports_batch_item_failures: true, ..MappingSettings::default() };
/// let mut mapping = Mapping::new(settings, queue)?;
/// let now = Timestamp::from_seconds(0);
/// mapping.received(now, vec![message(1), message(2)]);
/// let batch = mapping.next_batch(now).unwrap();
/// assert_eq!(batch.messages.len(), 2);
/// let answer = serde_json::json!({"batchItemFailures": [{"itemIdentifier": batch.messages[0].message_id.to_string()}]});
/// let delete = mapping.finished(&batch, Outcome::Answered(answer));
/// assert_eq!(delete, ["handle-2"]);
/// # Ok::<(), sqs_engine::MappingError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mapping {
    settings: MappingSettings,
    queue: MappedQueue,
    waiting: VecDeque<Message>,
    /// When the first of those that wait came.
    since: Option<Timestamp>,
    running: u32,
    /// Groups of FIFO queues that are being worked on.
    groups: Vec<String>,
    /// When it began to poll.
    started: Option<Timestamp>,
}

/// Messages of one invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Its messages, in order.
    pub messages: Vec<Message>,
}

impl Batch {
    /// The event the function gets. Filters are the caller's: what does not
    /// match a filter is deleted. `[SQS-14.6]`
    #[must_use]
    pub fn event(&self, queue_arn: &str) -> Value {
        let record = |message: &Message| {
            let attributes: serde_json::Map<String, Value> = message
                .message_attributes
                .iter()
                .map(|(name, value)| {
                    let mut one = serde_json::Map::new();
                    if let Some(text) = &value.string_value {
                        one.insert("stringValue".into(), json!(text));
                    }
                    if let Some(bytes) = &value.binary_value {
                        one.insert("binaryValue".into(), json!(bytes));
                    }
                    one.insert("stringListValues".into(), json!([]));
                    one.insert("binaryListValues".into(), json!([]));
                    one.insert("dataType".into(), json!(value.data_type));
                    (name.clone(), Value::Object(one))
                })
                .collect();
            json!({
                "messageId": message.message_id,
                "receiptHandle": message.receipt_handle,
                "body": &*message.body,
                "attributes": message.attributes,
                "messageAttributes": attributes,
                "md5OfBody": message.md5_of_body,
                "md5OfMessageAttributes": message.md5_of_message_attributes,
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": queue_arn.split(':').nth(3).unwrap_or_default(),
            })
        };
        json!({"Records": self.messages.iter().map(record).collect::<Vec<_>>()})
    }
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// With an answer in JSON.
    Answered(Value),
    /// With an error, a time-out, or an answer that is no JSON.
    Failed,
    /// It never began: Lambda refused it.
    Throttled,
}

impl Mapping {
    /// A mapping of a function to a queue.
    ///
    /// # Errors
    /// Settings that Lambda refuses.
    pub fn new(settings: MappingSettings, queue: MappedQueue) -> Result<Self, MappingError> {
        let seconds = |span: Span| span.as_millis() / 1_000;
        if queue.visibility_timeout < settings.function_timeout {
            return Err(MappingError::VisibilityTimeout {
                visibility: seconds(queue.visibility_timeout),
                function: seconds(settings.function_timeout),
            });
        }
        let most = if queue.fifo { 10 } else { 10_000 };
        if !(1..=most).contains(&settings.batch_size) {
            return Err(MappingError::BatchSize { most, found: settings.batch_size });
        }
        let window = seconds(settings.batching_window);
        if window > 300 || queue.fifo && window > 0 {
            return Err(MappingError::WindowLength { found: window });
        }
        if settings.batch_size > 10 && window < 1 {
            return Err(MappingError::Window);
        }
        if let Some(found) = settings.maximum_concurrency.filter(|most| !(2..=1_000).contains(most)) {
            return Err(MappingError::Concurrency { found });
        }
        let (waiting, groups) = (VecDeque::new(), Vec::new());
        Ok(Self { settings, queue, waiting, since: None, running: 0, groups, started: None })
    }

    /// AWS's advice: a visibility timeout of six times the function's, and the
    /// window. Less makes messages come again while they are worked on.
    /// `[SQS-14.2]`
    #[must_use]
    pub fn has_advised_visibility_timeout(&self) -> bool {
        let function = self.settings.function_timeout.as_millis();
        self.queue.visibility_timeout.as_millis() >= 6 * function + self.settings.batching_window.as_millis()
    }

    /// Invocations at once that are allowed now: five at first and 300 more a
    /// minute up to 1,250 for standard queues, as many as there are groups for
    /// FIFO queues, and no more than was set. `[SQS-14.5]`
    #[must_use]
    pub fn concurrency(&self, now: Timestamp) -> u32 {
        let own = self.settings.maximum_concurrency.unwrap_or(u32::MAX);
        if self.queue.fifo {
            return own;
        }
        let running = self.started.map_or(0, |started| (now.as_millis() - started.as_millis()).max(0));
        let grown = 5 + running / 60_000 * 300;
        u32::try_from(grown.min(1_250)).unwrap_or(1_250).min(own)
    }

    /// How many messages the next receive may bring.
    #[must_use]
    pub fn wants(&self, now: Timestamp) -> usize {
        if self.running >= self.concurrency(now) {
            return 0;
        }
        self.settings.batch_size.saturating_sub(self.waiting.len()).min(10)
    }

    /// Hands over what a receive brought.
    pub fn received(&mut self, now: Timestamp, messages: Vec<Message>) {
        self.started.get_or_insert(now);
        if !messages.is_empty() {
            self.since.get_or_insert(now);
        }
        self.waiting.extend(messages);
    }

    /// When a batch is due that is not full.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        self.since.map(|since| since + self.settings.batching_window)
    }

    /// The next invocation, if there is to be one: a full batch, or what was
    /// gathered when the window is over; of FIFO queues nothing of a group
    /// that is being worked on.
    pub fn next_batch(&mut self, now: Timestamp) -> Option<Batch> {
        let due = self.deadline().is_some_and(|deadline| deadline <= now);
        if self.running >= self.concurrency(now) || !(due || self.waiting.len() >= self.settings.batch_size) {
            return None;
        }
        let mut messages = Vec::new();
        let mut left = VecDeque::new();
        for message in core::mem::take(&mut self.waiting) {
            let group = group(&message);
            let blocked =
                self.queue.fifo && group.is_some_and(|group| self.groups.iter().any(|one| one == group));
            if blocked || messages.len() == self.settings.batch_size {
                left.push_back(message);
            } else {
                messages.push(message);
            }
        }
        self.waiting = left;
        self.since = (!self.waiting.is_empty()).then_some(now);
        if messages.is_empty() {
            return None;
        }
        if self.queue.fifo {
            self.groups.extend(messages.iter().filter_map(group).map(String::from));
        }
        self.running += 1;
        Some(Batch { messages })
    }

    /// The handles of the messages to delete after an invocation; the others
    /// come again when their visibility timeout is over. `[SQS-14.3]`
    /// `[SQS-14.4]`
    pub fn finished(&mut self, batch: &Batch, outcome: Outcome) -> Vec<String> {
        self.running = self.running.saturating_sub(1);
        for group in batch.messages.iter().filter_map(group) {
            if let Some(at) = self.groups.iter().position(|one| one == group) {
                self.groups.swap_remove(at);
            }
        }
        let failed = match outcome {
            Outcome::Failed | Outcome::Throttled => None,
            Outcome::Answered(_) if !self.settings.reports_batch_item_failures => Some(Vec::new()),
            Outcome::Answered(answer) => failures(&answer, batch),
        };
        let Some(failed) = failed else { return Vec::new() };
        // On FIFO queues nothing behind the first failure counts as done.
        let first = batch.messages.iter().position(|one| failed.contains(&one.message_id));
        let end = if self.queue.fifo { first.unwrap_or(batch.messages.len()) } else { batch.messages.len() };
        let done = batch.messages.iter().take(end).filter(|one| !failed.contains(&one.message_id));
        done.map(|one| one.receipt_handle.clone()).collect()
    }
}

fn group(message: &Message) -> Option<&str> {
    message.attributes.get(&crate::SystemAttribute::MessageGroupId).map(String::as_str)
}

/// The messages that a function says failed; nothing if what it says is not
/// understood, which fails all. `[SQS-14.4]`
fn failures(answer: &Value, batch: &Batch) -> Option<Vec<crate::MessageId>> {
    let list = match answer {
        Value::Null => return Some(Vec::new()),
        Value::Object(members) => match members.get("batchItemFailures") {
            None | Some(Value::Null) => return Some(Vec::new()),
            Some(list) => list.as_array()?,
        },
        _ => return None,
    };
    let of_batch = |item: &Value| {
        let id: crate::MessageId = item.get("itemIdentifier")?.as_str()?.parse().ok()?;
        batch.messages.iter().any(|one| one.message_id == id).then_some(id)
    };
    list.iter().map(of_batch).collect()
}
