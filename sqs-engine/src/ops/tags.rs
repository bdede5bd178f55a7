//! TagQueue, UntagQueue, ListQueueTags. `[SQS-3.7]`

use super::billed;
use super::lifecycle::tagged;
use crate::engine::Target;
use crate::{
    Engine, Error, Event, ListQueueTagsRequest, ListQueueTagsResult, TagQueueRequest, UntagQueueRequest,
    limits,
};
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink};

impl Operation<Engine> for TagQueueRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "TagQueue").into_iter().map(|request| tagged(request, &self.tags)).collect()
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed(0));
        let queue = engine.queue_mut(target.place()?)?;
        if self.tags.is_empty() {
            return Err(Error::Missing { parameter: "Tags" });
        }
        let added = self.tags.keys().filter(|key| !queue.tags.contains_key(*key)).count();
        if queue.tags.len() + added > limits::TAGS_MAX.as_usize() {
            return Err(Error::TooManyTags { queue: (&*queue.name).into() });
        }
        queue.tags.extend(self.tags);
        Ok(())
    }
}

impl Operation<Engine> for UntagQueueRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        let with_keys = |request: AuthzRequest| {
            request.with_context("aws:TagKeys", self.tag_keys.iter().map(String::as_str))
        };
        target.needs(engine, "UntagQueue").into_iter().map(with_keys).collect()
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed(0));
        let queue = engine.queue_mut(target.place()?)?;
        if self.tag_keys.is_empty() {
            return Err(Error::TagKeys);
        }
        queue.tags.retain(|key, _| !self.tag_keys.contains(key));
        Ok(())
    }
}

impl Operation<Engine> for ListQueueTagsRequest {
    type Output = ListQueueTagsResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "ListQueueTags")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<ListQueueTagsResult, Error> {
        cx.sink.usage(billed(0));
        Ok(ListQueueTagsResult { tags: engine.queue(target.place()?)?.tags.clone() })
    }
}
