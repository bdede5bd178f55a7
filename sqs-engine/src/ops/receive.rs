//! ReceiveMessage, and going on with a long poll.

use super::billed;
use crate::content;
use crate::engine::Target;
use crate::queue::fifo::sequence_number;
use crate::queue::message::Stored;
use crate::queue::throughput::Action;
use crate::queue::{Queue, Take, Taken};
use crate::receipt::Receipt;
use crate::{
    Engine, Error, Event, EventKind, Md5, Message, MessageAttributes, Receive, ReceiveMessageRequest,
    ReceiveMessageResult, SystemAttribute, WaitToken, limits,
};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Permit, Seed, Sink, Span, Timestamp};

/// The parameters of a receive, checked. `[SQS-8.1]`
struct Wanted {
    most: usize,
    visibility: Span,
    wait: Span,
    system: Vec<SystemAttribute>,
    attributes: Filter,
    /// Only on FIFO queues. `[SQS-8.9]`
    attempt: Option<String>,
}

impl Wanted {
    fn check(request: &ReceiveMessageRequest, queue: &Queue) -> Result<Self, Error> {
        let most = request.max_number_of_messages.unwrap_or(1);
        let most = usize::try_from(most)
            .ok()
            .filter(|most| (1..=limits::BATCH_ENTRIES_MAX.as_usize()).contains(most))
            .ok_or(Error::MaxNumberOfMessages { value: most })?;
        let wait = request.wait_time_seconds.unwrap_or_else(|| i64::from(queue.attributes.wait_time_seconds));
        if !(0..=limits::WAIT_MAX.as_i64()).contains(&wait) {
            return Err(Error::WaitTime { value: wait });
        }
        let visibility = request
            .visibility_timeout
            .unwrap_or_else(|| i64::from(queue.attributes.visibility_timeout_seconds));
        if !(0..=limits::VISIBILITY_TIMEOUT_MAX.as_i64()).contains(&visibility) {
            return Err(Error::ReceiveVisibility { value: visibility });
        }
        let attempt = request.receive_request_attempt_id.clone().filter(|_| queue.fifo.is_some());
        content::check_id(attempt.as_deref(), "ReceiveRequestAttemptId")?;
        Ok(Self {
            most,
            visibility: Span::from_seconds(visibility),
            wait: Span::from_seconds(wait),
            system: system_attributes(request)?,
            attributes: Filter::new(&request.message_attribute_names),
            attempt,
        })
    }
}

/// Which system attributes are wanted: both spellings together. `[SQS-8.5]`
fn system_attributes(request: &ReceiveMessageRequest) -> Result<Vec<SystemAttribute>, Error> {
    let mut wanted = Vec::new();
    for name in request.attribute_names.iter().chain(&request.message_system_attribute_names) {
        if name == "All" {
            wanted.extend(SystemAttribute::ALL);
        } else if let Some(known) = SystemAttribute::ALL.into_iter().find(|known| known.name() == name) {
            wanted.push(known);
        } else {
            return Err(Error::UnknownAttribute { name: name.as_str().into() });
        }
    }
    Ok(wanted)
}

/// Which message attributes are wanted. `[SQS-8.6]`
struct Filter {
    all: bool,
    names: Vec<String>,
    prefixes: Vec<String>,
}

impl Filter {
    fn new(wanted: &[String]) -> Self {
        let all = wanted.iter().any(|name| matches!(name.as_str(), "All" | ".*" | "*"));
        let prefixes = wanted.iter().filter_map(|name| name.strip_suffix(".*").map(String::from)).collect();
        Self { all, names: wanted.to_vec(), prefixes }
    }

    fn takes(&self, name: &str) -> bool {
        self.all
            || self.names.iter().any(|wanted| wanted == name)
            || self.prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
    }

    fn select(&self, attributes: &MessageAttributes) -> MessageAttributes {
        let selected = attributes.iter().filter(|(name, _)| self.takes(name));
        selected.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// A delivered message as its receiver sees it.
fn deliver(stored: &Stored, handle: String, wanted: &Wanted) -> Message {
    let content = &stored.content;
    let message_attributes = wanted.attributes.select(&content.extras().attributes);
    let attributes: BTreeMap<_, _> =
        wanted.system.iter().filter_map(|name| Some((*name, system_attribute(stored, *name)?))).collect();
    Message {
        message_id: content.id,
        receipt_handle: handle,
        md5_of_body: content.md5_of_body,
        body: content.body.clone(),
        attributes,
        // [SQS-6.4] Over what is returned, not over what was sent.
        md5_of_message_attributes: Md5::of_attributes(&message_attributes),
        message_attributes,
    }
}

/// Those that are not set, and those of other queue types, are left out.
/// `[SQS-8.5]`
fn system_attribute(stored: &Stored, name: SystemAttribute) -> Option<String> {
    let (content, extras) = (&stored.content, stored.content.extras());
    let text = |text: &Option<_>| text.as_deref().map(String::from);
    match name {
        SystemAttribute::AwsTraceHeader => text(&extras.trace_header),
        SystemAttribute::ApproximateFirstReceiveTimestamp => {
            content.first_received_at.map(|at| at.as_millis().to_string())
        }
        SystemAttribute::ApproximateReceiveCount => Some(content.receive_count.to_string()),
        SystemAttribute::DeadLetterQueueSourceArn => text(&extras.source_arn),
        SystemAttribute::MessageGroupId => text(&extras.group_id),
        SystemAttribute::SenderId => Some(String::from(&*content.sender_id)),
        SystemAttribute::SentTimestamp => Some(content.sent_at.as_millis().to_string()),
        SystemAttribute::MessageDeduplicationId => text(&extras.deduplication_id),
        SystemAttribute::SequenceNumber => {
            extras.deduplication_id.as_ref().map(|_| sequence_number(stored.sequence))
        }
    }
}

impl Engine {
    /// Takes what can be taken, and sends dead letters on their way.
    fn take<S: Sink<Event>>(
        &mut self,
        place: u32,
        wanted: &Wanted,
        at: Timestamp,
        seed: &Seed,
        sink: &mut S,
    ) -> Result<Vec<Message>, Error> {
        let luck = self.options().delivery.luck(seed);
        let in_flight_max = self.options().in_flight_max;
        // [SQS-9.4] Without a target, messages stay and are delivered.
        let redrive = &self.queue(place)?.attributes.redrive;
        let dead_letters = redrive
            .as_ref()
            .and_then(|redrive| Some((self.place_of_arn(&redrive.target_arn)?, redrive.max_receive_count)));
        let take = Take {
            at,
            most: wanted.most,
            visibility: wanted.visibility,
            in_flight_max,
            deliveries_max: dead_letters.map(|(_, max)| max),
            fair: self.options().fair_queues,
        };
        let queue = self.queue_mut(place)?;
        let repeated = wanted.attempt.as_deref().and_then(|id| queue.repeat(id, take));
        let taken = match repeated {
            Some(delivered) => Taken { delivered, departed: Vec::new() },
            None => {
                let taken = queue.receive(take, luck);
                if let Some(id) = &wanted.attempt {
                    queue.remember(id, take, &taken);
                }
                taken
            }
        };
        let message = |(slot, receipt): &(u32, Receipt)| {
            let stored = queue.get(*slot)?;
            let count = stored.content.receive_count;
            sink.event(at, || queue.event(&stored.content, EventKind::Received { count }));
            Some(deliver(stored, receipt.seal(&queue.seal), wanted))
        };
        let messages = taken.delivered.iter().filter_map(message).collect();
        let source = (queue.name.clone(), queue.arn.clone());
        if let Some((target, _)) = dead_letters
            && !taken.departed.is_empty()
        {
            let queue = self.queue_mut(target)?;
            for (mut content, retained_from) in taken.departed {
                let (name, id) = (source.0.clone(), Some(content.id));
                let kind = EventKind::MovedToDeadLetterQueue { target: queue.name.clone() };
                sink.event(at, || Event { queue: name, message_id: id, kind });
                // [SQS-9.5] Content, count and, on standard queues, age
                // survive; it is visible at once.
                content.extras_mut().source_arn = Some(source.1.clone());
                queue.insert(content, at, retained_from, Span::ZERO);
            }
            self.settle(target, sink);
        }
        self.settle(place, sink);
        Ok(messages)
    }

    /// Whether the in-flight quota is used up, which FIFO queues do not say.
    /// `[SQS-8.8]`
    fn is_full(&self, place: u32) -> Result<bool, Error> {
        let queue = self.queue(place)?;
        Ok(queue.fifo.is_none() && queue.counts().in_flight >= self.options().in_flight_max)
    }
}

fn done<S: Sink<Event>>(messages: Vec<Message>, sink: &mut S) -> Receive {
    let bytes =
        messages.iter().map(|message| crate::content::size(&message.body, &message.message_attributes)).sum();
    sink.usage(billed(bytes));
    Receive::Done(ReceiveMessageResult { messages })
}

impl Operation<Engine> for ReceiveMessageRequest {
    type Output = Receive;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "ReceiveMessage")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<Receive, Error> {
        let place = target.place()?;
        engine.admit(place, Action::Receive)?;
        let queue = engine.queue(place)?;
        let incarnation = queue.incarnation;
        let wanted = match Wanted::check(&self, queue) {
            Ok(wanted) if wanted.wait > Span::ZERO || !engine.is_full(place)? => wanted,
            refused => {
                cx.sink.usage(billed(0));
                return Err(refused.err().unwrap_or(Error::InFlight));
            }
        };
        let messages = engine.take(place, &wanted, cx.now, &cx.seed, &mut cx.sink)?;
        if messages.is_empty() && wanted.wait > Span::ZERO {
            let deadline = cx.now + wanted.wait;
            return Ok(Receive::Wait(WaitToken { request: self, deadline, incarnation }));
        }
        Ok(done(messages, &mut cx.sink))
    }
}

impl Operation<Engine> for WaitToken {
    type Output = Receive;
    type Target = u32;

    /// [SQS-3.3] The wait ends with the queue.
    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<u32, Error> {
        let place = engine.name_in(&self.request.queue_url).and_then(|name| engine.place_of(name));
        let place = place.ok_or(Error::UnknownQueue)?;
        if engine.queue(place)?.incarnation == self.incarnation {
            Ok(place)
        } else {
            Err(Error::UnknownQueue)
        }
    }

    /// Permission was decided when the poll began.
    fn needs(&self, _engine: &Engine, _place: &u32, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::new()
    }

    fn permission(&self, _place: &u32, _permit: &Permit) -> Result<(), Error> {
        Ok(())
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        place: u32,
        mut cx: Cx<'_, S>,
    ) -> Result<Receive, Error> {
        let wanted = Wanted::check(&self.request, engine.queue(place)?)?;
        let messages = engine.take(place, &wanted, cx.now, &cx.seed, &mut cx.sink)?;
        // [SQS-8.2] One message is enough to end the wait.
        if messages.is_empty() && cx.now < self.deadline {
            return Ok(Receive::Wait(self));
        }
        Ok(done(messages, &mut cx.sink))
    }
}
