//! CreateQueue, GetQueueUrl, DeleteQueue, PurgeQueue.

use super::billed;
use crate::engine::Target;
use crate::queue::NewQueue;
use crate::queue::attributes::Attributes;
use crate::{
    CreateQueueRequest, CreateQueueResult, DeleteQueueRequest, Engine, Error, Event, EventKind,
    GetQueueUrlRequest, GetQueueUrlResult, PurgeQueueRequest, limits,
};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Permit, Sink, Span};

/// 1 to 80 letters, digits, hyphens and underscores, and a suffix that
/// agrees with the type asked for. `[SQS-1.1]` `[SQS-1.2]`
fn check_name(request: &CreateQueueRequest) -> Result<(), Error> {
    let name = request.queue_name.as_str();
    let fifo = request.attributes.get("FifoQueue").is_some_and(|fifo| fifo.eq_ignore_ascii_case("true"));
    let stem = if fifo { name.strip_suffix(".fifo").unwrap_or_default() } else { name };
    let letters = stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !stem.is_empty() && name.len() <= 80 && letters {
        Ok(())
    } else if fifo {
        Err(Error::BadFifoName)
    } else {
        Err(Error::BadQueueName)
    }
}

impl Operation<Engine> for CreateQueueRequest {
    type Output = CreateQueueResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        if self.queue_name.is_empty() { Err(Error::Missing { parameter: "QueueName" }) } else { Ok(()) }
    }

    fn needs(&self, engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        let mut actions = Vec::from(["sqs:CreateQueue"]);
        if !self.tags.is_empty() {
            actions.push("sqs:TagQueue");
        }
        let with_tags = |action| tagged(AuthzRequest::new(action, engine.arn(&self.queue_name)), &self.tags);
        actions.into_iter().map(with_tags).collect()
    }

    fn permission(&self, (): &(), permit: &Permit) -> Result<(), Error> {
        let decisions = if self.tags.is_empty() { 1 } else { 2 };
        match (0..decisions).find_map(|index| permit.denial(index)) {
            Some(message) => Err(Error::AccessDenied { message: message.into() }),
            None => Ok(()),
        }
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        mut cx: Cx<'_, S>,
    ) -> Result<CreateQueueResult, Error> {
        cx.sink.usage(billed(0));
        check_name(&self)?;
        let fifo = self.queue_name.ends_with(".fifo");
        let defaults = if fifo { Attributes::fifo() } else { Attributes::default() };
        let asked = defaults.with(&self.attributes)?;
        let source_arn = engine.arn(&self.queue_name);
        super::attributes::check_redrive(engine, &asked, &self.attributes, &source_arn)?;
        // [SQS-3.1] Only the attributes given are compared, with what the
        // queue has now.
        if let Some(place) = engine.place_of(&self.queue_name) {
            let queue = engine.queue(place)?;
            return match queue.attributes.first_difference(&self.attributes, &asked) {
                Some(attribute) => Err(Error::QueueDiffers { attribute: attribute.into() }),
                None => Ok(CreateQueueResult { queue_url: String::from(&*queue.url) }),
            };
        }
        // [SQS-3.2]
        if engine.is_cooling_down(&self.queue_name) {
            return Err(Error::DeletedRecently);
        }
        let (url, at) = (engine.url(&self.queue_name), cx.now);
        let seal: [u8; 16] = cx.seed.expand(b"seal").bytes();
        let queue = engine.add_queue(|place, incarnation| NewQueue {
            name: self.queue_name.into(),
            arn: source_arn.into(),
            url: url.into(),
            attributes: asked,
            tags: self.tags,
            at,
            place,
            incarnation,
            seal: seal.into(),
        })?;
        let event = Event { queue: queue.name.clone(), message_id: None, kind: EventKind::QueueCreated };
        cx.sink.event(at, || event);
        Ok(CreateQueueResult { queue_url: String::from(&*queue.url) })
    }
}

/// The context keys of a call that passes tags.
pub(super) fn tagged(request: AuthzRequest, tags: &BTreeMap<String, String>) -> AuthzRequest {
    if tags.is_empty() {
        return request;
    }
    let request = request.with_context("aws:TagKeys", tags.keys().map(String::as_str));
    tags.iter().fold(request, |request, (key, value)| {
        request.with_context(alloc::format!("aws:RequestTag/{key}"), [value.as_str()])
    })
}

impl Operation<Engine> for GetQueueUrlRequest {
    type Output = GetQueueUrlResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        if self.queue_name.is_empty() {
            return Err(Error::NoQueueName);
        }
        let here =
            self.queue_owner_aws_account_id.as_ref().is_none_or(|id| id.parse() == Ok(engine.home().account));
        let url =
            if here { engine.url(&self.queue_name) } else { String::from("elsewhere/000000000000/none") };
        Target::find(engine, &url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "GetQueueUrl")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<GetQueueUrlResult, Error> {
        cx.sink.usage(billed(0));
        let queue = engine.queue(target.place()?)?;
        Ok(GetQueueUrlResult { queue_url: String::from(&*queue.url) })
    }
}

impl Operation<Engine> for DeleteQueueRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "DeleteQueue")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed(0));
        let mut queue = engine.remove_queue(target.place()?).ok_or(Error::UnknownQueue)?;
        let messages = queue.purge();
        cx.sink.event(cx.now, || Event {
            queue: queue.name,
            message_id: None,
            kind: EventKind::QueueDeleted { messages },
        });
        Ok(())
    }
}

impl Operation<Engine> for PurgeQueueRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "PurgeQueue")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed(0));
        let now = cx.now;
        let queue = engine.queue_mut(target.place()?)?;
        // [SQS-3.6]
        let cool_down = Span::from_seconds(limits::COOL_DOWN.as_i64());
        if queue.purged_at.is_some_and(|at| now < at + cool_down) {
            return Err(Error::PurgedRecently { queue: (&*queue.name).into() });
        }
        queue.purged_at = Some(now);
        let messages = queue.purge();
        let queue = queue.name.clone();
        cx.sink.event(now, || Event { queue, message_id: None, kind: EventKind::Purged { messages } });
        Ok(())
    }
}
