//! SetQueueAttributes, GetQueueAttributes.
//!
//! A change is in force at once: no propagation is modelled, `[SQS-2.3]`.

use super::billed;
use crate::engine::Target;
use crate::queue::attributes::{Attributes, is_readable};
use crate::redrive::TargetFault;
use crate::{
    Engine, Error, Event, GetQueueAttributesRequest, GetQueueAttributesResult, SetQueueAttributesRequest,
};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink};

/// Refuses a redrive policy whose target cannot be one. A queue may be its
/// own dead-letter queue, even while it is being created. `[SQS-9.1]`
/// `[SQS-9.2]` `[SQS-9.6]`
pub(super) fn check_redrive(
    engine: &Engine,
    attributes: &Attributes,
    given: &BTreeMap<String, String>,
    source_arn: &str,
) -> Result<(), Error> {
    let Some(redrive) = &attributes.redrive else { return Ok(()) };
    if !given.contains_key("RedrivePolicy") {
        return Ok(());
    }
    if redrive.target_arn.ends_with(".fifo") != source_arn.ends_with(".fifo") {
        return Err(redrive.refuse(TargetFault::NotSameType));
    }
    if &*redrive.target_arn == source_arn {
        return Ok(());
    }
    let Some(place) = engine.place_of_arn(&redrive.target_arn) else {
        return Err(redrive.refuse(TargetFault::Missing));
    };
    let allow = &engine.queue(place)?.attributes.redrive_allow;
    if allow.as_ref().is_none_or(|policy| policy.allows(source_arn)) {
        Ok(())
    } else {
        Err(redrive.refuse(TargetFault::NotAllowed))
    }
}

impl Operation<Engine> for SetQueueAttributesRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        if self.queue_url.is_empty() {
            return Err(Error::Missing { parameter: "QueueUrl" });
        }
        // [SQS-2.2]
        if self.attributes.is_empty() {
            return Err(Error::Missing { parameter: "Attribute.Name" });
        }
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "SetQueueAttributes")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed(0));
        let place = target.place()?;
        let queue = engine.queue(place)?;
        let attributes = queue.attributes.with(&self.attributes)?;
        check_redrive(engine, &attributes, &self.attributes, &queue.arn)?;
        let scope_change_takes = engine.options().scope_change_takes;
        let queue = engine.queue_mut(place)?;
        let before = core::mem::replace(&mut queue.attributes, attributes);
        queue.modified_at = cx.now;
        // [SQS-10.5] Reads back at once, but is not in force at once.
        if let (Some(before), Some(after), Some(fifo)) = (before.fifo, queue.attributes.fifo, &mut queue.fifo)
            && before.scope_is_group != after.scope_is_group
        {
            fifo.memory.scope_before = Some((before.scope_is_group, cx.now + scope_change_takes));
        }
        if before.delay_seconds != queue.attributes.delay_seconds {
            queue.redelay(cx.now);
        }
        // A shorter retention period ends some messages now. [SQS-11.2]
        engine.settle(place, &mut cx.sink);
        Ok(())
    }
}

impl Operation<Engine> for GetQueueAttributesRequest {
    type Output = GetQueueAttributesResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "GetQueueAttributes")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<GetQueueAttributesResult, Error> {
        cx.sink.usage(billed(0));
        let queue = engine.queue(target.place()?)?;
        // [SQS-2.0]
        if let Some(name) = self.attribute_names.iter().find(|name| *name != "All" && !is_readable(name)) {
            return Err(Error::UnknownAttribute { name: name.as_str().into() });
        }
        let all = self.attribute_names.iter().any(|name| name == "All");
        let counts = queue.published_counts(cx.now, engine.options().counts_lag);
        // [SQS-2.1] [SQS-11.1]
        let computed = [
            ("ApproximateNumberOfMessages", counts.visible.to_string()),
            ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
            ("CreatedTimestamp", queue.created_at.as_seconds().to_string()),
            ("LastModifiedTimestamp", queue.modified_at.as_seconds().to_string()),
            ("QueueArn", String::from(&*queue.arn)),
        ];
        let attributes = computed
            .into_iter()
            .chain(queue.attributes.all())
            .filter(|(name, _)| all || self.attribute_names.iter().any(|wanted| wanted == name))
            .map(|(name, value)| (String::from(name), value))
            .collect();
        Ok(GetQueueAttributesResult { attributes })
    }
}
