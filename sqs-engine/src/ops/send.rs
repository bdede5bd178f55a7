//! SendMessage, SendMessageBatch.

use super::batch::{self, Entry};
use super::billed;
use crate::content;
use crate::engine::Target;
use crate::queue::attributes::{Attributes, FifoAttributes};
use crate::queue::fifo::sequence_number;
use crate::queue::memory::Accepted;
use crate::queue::message::{Content, Extras};
use crate::queue::throughput::Action;
use crate::{
    Engine, Error, Event, EventKind, Md5, MessageAttributes, MessageId, SendMessageBatchRequest,
    SendMessageBatchRequestEntry, SendMessageBatchResult, SendMessageBatchResultEntry, SendMessageRequest,
    SendMessageResult, limits,
};
use alloc::borrow::Cow;
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
    /// What a FIFO queue deduplicates it by.
    deduplication_id: Option<Arc<str>>,
}

/// What of a queue its messages are checked against.
struct Rules {
    delay_seconds: u32,
    size_max: u32,
    fifo: Option<FifoAttributes>,
}

impl Rules {
    fn of(attributes: &Attributes) -> Self {
        let Attributes { delay_seconds, maximum_message_size: size_max, fifo, .. } = *attributes;
        Self { delay_seconds, size_max, fifo }
    }
}

impl Draft {
    /// An entry's id and message.
    fn of_entry(entry: SendMessageBatchRequestEntry) -> (String, Self) {
        let draft = Self {
            body: entry.message_body,
            delay_seconds: entry.delay_seconds,
            attributes: entry.message_attributes,
            system_attributes: entry.message_system_attributes,
            deduplication_id: entry.message_deduplication_id,
            group_id: entry.message_group_id,
        };
        (entry.id.unwrap_or_default(), draft)
    }

    /// Everything that can be wrong with one message, in our order: AWS's
    /// order among these is not known.
    fn check(self, rules: &Rules, too_long: fn(u64) -> Error) -> Result<Checked, Error> {
        let own = i64::from(rules.delay_seconds);
        let delay = match (self.delay_seconds, rules.fifo) {
            // [SQS-7.2]
            (Some(delay), None) if !(0..=limits::DELAY_MAX.as_i64()).contains(&delay) => {
                return Err(Error::Delay { value: delay });
            }
            (Some(delay), None) => delay,
            // [SQS-7.6] [SQS-10.8] Zero is accepted, and means the queue's.
            (Some(delay), Some(_)) if delay != 0 => return Err(Error::FifoDelay { value: delay }),
            _ => own,
        };
        // [SQS-7.4] [SQS-7.5] Groups make a standard queue fair;
        // deduplication is for FIFO queues alone.
        content::check_id(self.group_id.as_deref(), "MessageGroupId")?;
        match (&self.deduplication_id, rules.fifo) {
            (Some(id), None) => {
                return Err(Error::NotForThisType {
                    value: id.as_str().into(),
                    parameter: "MessageDeduplicationId",
                });
            }
            (id, _) => content::check_id(id.as_deref(), "MessageDeduplicationId")?,
        }
        content::check_body(&self.body)?;
        content::check_attributes(&self.attributes)?;
        content::check_system_attributes(&self.system_attributes)?;
        let size = content::size(&self.body, &self.attributes);
        // [SQS-4.4] Equality is allowed, whatever the words say.
        if size > u64::from(rules.size_max) {
            return Err(too_long(u64::from(rules.size_max)));
        }
        // [SQS-10.3] An id that is given overrides the body's digest.
        let deduplication_id = rules.fifo.map(|_| match &self.deduplication_id {
            Some(id) => Arc::from(id.as_str()),
            None => content::digest(&self.body),
        });
        Ok(Checked { draft: self, delay: Span::from_seconds(delay), size, deduplication_id })
    }

    /// What a FIFO queue misses in it. `[SQS-7.6]`
    fn check_fifo(&self, rules: &Rules, no_group: Error) -> Result<(), Error> {
        let Some(fifo) = rules.fifo else { return Ok(()) };
        if self.group_id.is_none() {
            return Err(no_group);
        }
        if self.deduplication_id.is_none() && !fifo.content_based {
            return Err(Error::NoDeduplication);
        }
        Ok(())
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
            sequence_number: None,
        };
        let trace_header = system_attributes.remove("AWSTraceHeader").and_then(|value| value.string_value);
        let extras = Extras {
            attributes,
            trace_header: trace_header.map(Arc::from),
            group_id: group_id.map(Arc::from),
            deduplication_id: self.deduplication_id,
            source_arn: None,
        };
        let content = Content::new(id, (body.into(), md5_of_body), (sender_id, at), extras);
        (content, self.delay, answer)
    }
}

impl Engine {
    /// What the `SenderId` of a caller's messages is. `[SQS-8.5]`
    fn sender_id(&mut self, caller: &Caller) -> Arc<str> {
        let id = match &caller.principal {
            Principal::User { unique_id, .. } => Cow::Borrowed(unique_id.as_str()),
            Principal::Anonymous { source_ip: Some(address) } => Cow::Borrowed(address.as_str()),
            _ => Cow::Owned(caller.user_id()),
        };
        // Messages of one sender share one copy of it.
        match &self.last_sender {
            Some(last) if **last == *id => last.clone(),
            _ => self.last_sender.insert(id.into()).clone(),
        }
    }
}

/// Puts a message into the queue, unless it is a duplicate.
fn enqueue<S: Sink<Event>>(
    engine: &mut Engine,
    place: u32,
    (content, delay, mut answer): (Content, Span, SendMessageResult),
    at: Timestamp,
    sink: &mut S,
) -> Result<SendMessageResult, Error> {
    let queue = engine.queue_mut(place)?;
    let (sequence, seal) = (queue.accepted(), queue.seal);
    if let (Some(fifo), Some(id)) = (&mut queue.fifo, &content.extras().deduplication_id) {
        let now = queue.attributes.fifo.is_some_and(|fifo| fifo.scope_is_group);
        let before = fifo.memory.scope_before.filter(|(_, until)| at < *until);
        let by_group = before.map_or(now, |(before, _)| before);
        let send = Accepted { id: id.clone(), group: content.group(), at, message: content.id, sequence };
        // [SQS-10.2] The first one's id and number, the second one's digests.
        if let Some(first) = fifo.memory.accept(&seal, send, by_group) {
            answer.message_id = first.message;
            answer.sequence_number = Some(sequence_number(first.sequence));
            sink.event(at, || queue.event(&content, EventKind::Deduplicated));
            return Ok(answer);
        }
        answer.sequence_number = Some(sequence_number(sequence));
    }
    sink.event(at, || queue.event(&content, EventKind::Sent));
    queue.insert(content, at, at, delay);
    Ok(answer)
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
        engine.admit(place, Action::Send)?;
        let rules = Rules::of(&engine.queue(place)?.attributes);
        let draft = Draft {
            body: self.message_body,
            delay_seconds: self.delay_seconds,
            attributes: self.message_attributes,
            system_attributes: self.message_system_attributes,
            deduplication_id: self.message_deduplication_id,
            group_id: self.message_group_id,
        };
        let checked = draft
            .check_fifo(&rules, Error::Missing { parameter: "MessageGroupId" })
            .and_then(|()| draft.check(&rules, |max| Error::TooLong { max }));
        let checked = match checked {
            Ok(checked) => checked,
            Err(error) => {
                cx.sink.usage(billed(0));
                return Err(error);
            }
        };
        cx.sink.usage(billed(checked.size));
        engine.admit_groups(place, checked.draft.group_id.as_deref().into_iter())?;
        let mut random = cx.seed.expand(b"message");
        let sealed = checked.seal(cx.now, engine.sender_id(cx.caller), &mut random);
        let answer = enqueue(engine, place, sealed, cx.now, &mut cx.sink)?;
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
        engine.admit(place, Action::Send)?;
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
        let rules = Rules::of(&engine.queue(place)?.attributes);
        let mut random = cx.seed.expand(b"message");
        let sender_id = engine.sender_id(cx.caller);
        let mut result = SendMessageBatchResult::with_capacity(entries.len());
        let drafts: Vec<(String, Draft)> = entries.into_iter().map(Draft::of_entry).collect();
        // [SQS-7.8] One such entry fails them all.
        for (_, draft) in &drafts {
            draft.check_fifo(&rules, Error::NoGroupInBatch)?;
        }
        engine.admit_groups(place, drafts.iter().filter_map(|(_, draft)| draft.group_id.as_deref()))?;
        // [SQS-7.10] In the order of the list.
        for (index, (id, draft)) in (1..).zip(drafts) {
            // [SQS-7.9]
            let checked = if draft.body.is_empty() {
                let entry = SendMessageBatchRequestEntry::NAME;
                Err(Error::MissingInEntry { entry, index, member: Box::new("MessageBody") })
            } else {
                draft.check(&rules, |max| Error::EntryTooLong { max })
            };
            match checked {
                Err(error) => result.failed.push(batch::failed(id, &error)),
                Ok(checked) => {
                    let sealed = checked.seal(cx.now, sender_id.clone(), &mut random);
                    let sent = enqueue(engine, place, sealed, cx.now, &mut cx.sink)?;
                    result.successful.push(SendMessageBatchResultEntry { id, sent });
                }
            }
        }
        engine.settle(place, &mut cx.sink);
        Ok(result)
    }
}
