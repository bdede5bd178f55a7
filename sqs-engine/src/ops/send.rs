//! SendMessage, SendMessageBatch.

use super::batch::{self, Entry};
use super::billed;
use crate::content;
use crate::engine::Target;
use crate::queue::message::Content;
use crate::{
    Engine, Error, Event, EventKind, Md5, MessageAttributes, MessageId, SendMessageBatchRequest,
    SendMessageBatchRequestEntry, SendMessageBatchResult, SendMessageBatchResultEntry, SendMessageRequest,
    SendMessageResult, limits,
};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Principal, SeedStream, Sink, Span, Timestamp};

/// A message as it is sent, alone or in a batch.
struct Draft {
    body: String,
    delay_seconds: Option<i64>,
    attributes: MessageAttributes,
    system_attributes: MessageAttributes,
    deduplication_id: Option<String>,
    group_id: Option<String>,
}

/// A message that was found good.
struct Checked {
    draft: Draft,
    delay: Span,
    size: u64,
}

impl Draft {
    /// Everything that can be wrong with one message, in our order: AWS's
    /// order among these is not known.
    fn check(
        self,
        queue_delay_seconds: u32,
        size_max: u32,
        too_long: fn(u64) -> Error,
    ) -> Result<Checked, Error> {
        // [SQS-7.2]
        let delay = self.delay_seconds.unwrap_or_else(|| i64::from(queue_delay_seconds));
        if !(0..=limits::DELAY_MAX.as_i64()).contains(&delay) {
            return Err(Error::Delay { value: delay });
        }
        // [SQS-7.4] [SQS-7.5] Groups make a queue fair; deduplication is for
        // FIFO queues alone.
        content::check_id(self.group_id.as_deref(), "MessageGroupId")?;
        if let Some(id) = &self.deduplication_id {
            return Err(Error::NotForThisType {
                value: id.as_str().into(),
                parameter: "MessageDeduplicationId",
            });
        }
        content::check_body(&self.body)?;
        content::check_attributes(&self.attributes)?;
        content::check_system_attributes(&self.system_attributes)?;
        let size = content::size(&self.body, &self.attributes);
        // [SQS-4.4] Equality is allowed, whatever the words say.
        if size > u64::from(size_max) {
            return Err(too_long(u64::from(size_max)));
        }
        Ok(Checked { draft: self, delay: Span::from_seconds(delay), size })
    }
}

impl Checked {
    /// The message, and what its sender is answered. `[SQS-7.1]`
    fn seal(
        self,
        at: Timestamp,
        sender_id: Arc<str>,
        random: &mut SeedStream,
    ) -> (Content, Span, SendMessageResult) {
        let Draft { body, attributes, mut system_attributes, group_id, .. } = self.draft;
        let id = MessageId::from_random_bytes(random.bytes());
        let md5_of_body = Md5::of_body(&body);
        let answer = SendMessageResult {
            message_id: id,
            md5_of_message_body: md5_of_body,
            md5_of_message_attributes: Md5::of_attributes(&attributes),
            // [SQS-6.3]
            md5_of_message_system_attributes: Md5::of_attributes(&system_attributes),
        };
        let trace_header = system_attributes.remove("AWSTraceHeader").and_then(|value| value.string_value);
        let content = Content {
            id,
            body: body.into(),
            md5_of_body,
            attributes: (!attributes.is_empty()).then(|| Box::new(attributes)),
            trace_header: trace_header.map(Arc::from),
            group_id: group_id.map(Arc::from),
            sender_id,
            sent_at: at,
            first_received_at: None,
            receive_count: 0,
            source_arn: None,
        };
        (content, self.delay, answer)
    }
}

/// What the `SenderId` of a caller's messages is. `[SQS-8.5]`
fn sender_id(caller: &Caller) -> Arc<str> {
    match &caller.principal {
        Principal::User { unique_id, .. } => unique_id.as_str().into(),
        Principal::Anonymous { source_ip: Some(address) } => address.as_str().into(),
        _ => caller.user_id().into(),
    }
}

/// Puts a message into the queue.
fn enqueue<S: Sink<Event>>(
    engine: &mut Engine,
    place: u32,
    (content, delay): (Content, Span),
    at: Timestamp,
    sink: &mut S,
) -> Result<(), Error> {
    let queue = engine.queue_mut(place)?;
    sink.event(at, || queue.event(&content, EventKind::Sent));
    queue.insert(content, at, at, delay);
    Ok(())
}

impl Operation<Engine> for SendMessageRequest {
    type Output = SendMessageResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        if self.queue_url.is_empty() {
            return Err(Error::Missing { parameter: "QueueUrl" });
        }
        // [SQS-4.2]
        if self.message_body.is_empty() {
            return Err(Error::Missing { parameter: "MessageBody" });
        }
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "SendMessage")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<SendMessageResult, Error> {
        let place = target.place()?;
        let attributes = &engine.queue(place)?.attributes;
        let (delay, size_max) = (attributes.delay_seconds, attributes.maximum_message_size);
        let draft = Draft {
            body: self.message_body,
            delay_seconds: self.delay_seconds,
            attributes: self.message_attributes,
            system_attributes: self.message_system_attributes,
            deduplication_id: self.message_deduplication_id,
            group_id: self.message_group_id,
        };
        let checked = match draft.check(delay, size_max, |max| Error::TooLong { max }) {
            Ok(checked) => checked,
            Err(error) => {
                cx.sink.usage(billed(0));
                return Err(error);
            }
        };
        cx.sink.usage(billed(checked.size));
        let mut random = cx.seed.expand(b"message");
        let (content, delay, answer) = checked.seal(cx.now, sender_id(cx.caller), &mut random);
        enqueue(engine, place, (content, delay), cx.now, &mut cx.sink)?;
        engine.settle(place, &mut cx.sink);
        Ok(answer)
    }
}

impl Entry for SendMessageBatchRequestEntry {
    const NAME: &'static str = "SendMessageBatchRequestEntry";

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Operation<Engine> for SendMessageBatchRequest {
    type Output = SendMessageBatchResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        if self.queue_url.is_empty() {
            return Err(Error::Missing { parameter: "QueueUrl" });
        }
        if self.entries.is_none() {
            return Err(Error::Missing { parameter: "Entries" });
        }
        Target::find(engine, &self.queue_url, caller)
    }

    /// [SQS-12.1] A batch is one decision on the single action.
    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "SendMessage")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<SendMessageBatchResult, Error> {
        let place = target.place()?;
        let entries = self.entries.unwrap_or_default();
        let size = |entry: &SendMessageBatchRequestEntry| {
            content::size(&entry.message_body, &entry.message_attributes)
        };
        let bytes = entries.iter().map(size).sum();
        cx.sink.usage(billed(bytes));
        batch::check(&entries)?;
        // [SQS-4.5] The sum against the service's limit, each entry against
        // the queue's.
        if bytes > limits::MESSAGE_SIZE_MAX.value {
            return Err(Error::BatchTooLarge { bytes });
        }
        let attributes = &engine.queue(place)?.attributes;
        let (delay, size_max) = (attributes.delay_seconds, attributes.maximum_message_size);
        let mut random = cx.seed.expand(b"message");
        let sender_id = sender_id(cx.caller);
        let mut result = SendMessageBatchResult::with_capacity(entries.len());
        for (index, entry) in (1..).zip(entries) {
            let id = entry.id.unwrap_or_default();
            let draft = Draft {
                body: entry.message_body,
                delay_seconds: entry.delay_seconds,
                attributes: entry.message_attributes,
                system_attributes: entry.message_system_attributes,
                deduplication_id: entry.message_deduplication_id,
                group_id: entry.message_group_id,
            };
            // [SQS-7.9]
            let checked = if draft.body.is_empty() {
                let entry = SendMessageBatchRequestEntry::NAME;
                Err(Error::MissingInEntry { entry, index, member: Box::new("MessageBody") })
            } else {
                draft.check(delay, size_max, |max| Error::EntryTooLong { max })
            };
            match checked {
                Err(error) => result.failed.push(batch::failed(id, &error)),
                Ok(checked) => {
                    let (content, delay, sent) = checked.seal(cx.now, sender_id.clone(), &mut random);
                    enqueue(engine, place, (content, delay), cx.now, &mut cx.sink)?;
                    result.successful.push(SendMessageBatchResultEntry { id, sent });
                }
            }
        }
        engine.settle(place, &mut cx.sink);
        Ok(result)
    }
}
