//! StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.

use super::billed;
use crate::move_task::{MoveTask, TaskStatus};
use crate::{
    CancelMessageMoveTaskRequest, CancelMessageMoveTaskResult, Engine, Error, Event,
    ListMessageMoveTasksRequest, ListMessageMoveTasksResult, ListMessageMoveTasksResultEntry,
    StartMessageMoveTaskRequest, StartMessageMoveTaskResult, limits,
};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{ArnRef, AuthzRequest, Caller, Cx, Operation, Permit, Sink};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// What a task handle is the base64 of. `[SQS-9.7]`
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Handle {
    task_id: String,
    source_arn: String,
}

impl Handle {
    fn print(task_id: &str, source_arn: &str) -> String {
        STANDARD.encode(format!(r#"{{"taskId":"{task_id}","sourceArn":"{source_arn}"}}"#))
    }

    fn read(text: &str) -> Option<Self> {
        serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()
    }
}

/// The queue with this ARN. `[SQS-9.7b]` `[SQS-9.7c]`
fn find(engine: &Engine, arn: &str, parameter: &'static str) -> Result<u32, Error> {
    if ArnRef::parse(arn).is_err() {
        return Err(Error::TaskArn { parameter });
    }
    engine.place_of_arn(arn).ok_or(Error::NoSuchResource { parameter })
}

/// The queues of a task that is to be started.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    source: u32,
    destination: Option<u32>,
}

impl Operation<Engine> for StartMessageMoveTaskRequest {
    type Output = StartMessageMoveTaskResult;
    type Target = Ends;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Ends, Error> {
        if self.source_arn.is_empty() {
            return Err(Error::Missing { parameter: "SourceArn" });
        }
        let source = find(engine, &self.source_arn, "SourceArn")?;
        let destination = self.destination_arn.as_deref();
        let destination = destination.map(|arn| find(engine, arn, "DestinationArn")).transpose()?;
        Ok(Ends { source, destination })
    }

    /// [SQS-9.7] It receives and deletes there, and sends here.
    fn needs(&self, engine: &Engine, ends: &Ends, _caller: &Caller) -> Vec<AuthzRequest> {
        let on = |place, actions: &[&str]| -> Vec<AuthzRequest> {
            let Ok(queue) = engine.queue(place) else { return Vec::new() };
            let policy = queue.attributes.policy.as_deref();
            let need = |action: &&str| {
                AuthzRequest::new(format!("sqs:{action}"), &*queue.arn).with_resource_policy(policy)
            };
            actions.iter().map(need).collect()
        };
        let actions = ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
        let mut needs = on(ends.source, &actions);
        needs.extend(ends.destination.into_iter().flat_map(|place| on(place, &["SendMessage"])));
        needs
    }

    fn permission(&self, ends: &Ends, permit: &Permit) -> Result<(), Error> {
        let decisions = 4 + usize::from(ends.destination.is_some());
        match (0..decisions).find_map(|index| permit.denial(index)) {
            Some(message) => Err(Error::AccessDenied { message: message.into() }),
            None => Ok(()),
        }
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        ends: Ends,
        mut cx: Cx<'_, S>,
    ) -> Result<StartMessageMoveTaskResult, Error> {
        cx.sink.usage(billed(0));
        let source = engine.queue(ends.source)?;
        if let Some(destination) = ends.destination {
            let destination = engine.queue(destination)?;
            // [SQS-9.7d] [SQS-9.7e]
            if destination.arn == source.arn {
                return Err(Error::SameQueue);
            }
            if destination.fifo.is_some() != source.fifo.is_some() {
                return Err(Error::OtherQueueType);
            }
        }
        // [SQS-9.7a]
        let is_target = |queue: &crate::queue::Queue| {
            queue.attributes.redrive.as_ref().is_some_and(|redrive| redrive.target_arn == source.arn)
        };
        if !engine.queues_from("").any(is_target) {
            return Err(Error::NotADeadLetterQueue);
        }
        // [SQS-9.7f]
        let rates = 1..=limits::MOVE_RATE_MAX.as_i64();
        let rate = match self.max_number_of_messages_per_second {
            Some(rate) if !rates.contains(&rate) => return Err(Error::MoveRate),
            rate => rate.and_then(|rate| u32::try_from(rate).ok()),
        };
        // [SQS-9.7g]
        if engine.tasks.of(&source.name).any(|task| task.status == TaskStatus::Running) {
            return Err(Error::TaskIsRunning);
        }
        let mut random = cx.seed.expand(b"move task");
        let id: Arc<str> = random.uuid().into();
        let task_handle = Handle::print(&id, &source.arn);
        let (seed, rate_default) = (cx.seed.derive(b"moved"), engine.options().move_rate);
        let destination = self.destination_arn.map(Arc::from);
        let task = MoveTask::new(id, source, destination, rate, cx.now, seed, rate_default);
        engine.tasks.add(task);
        engine.run_tasks(&mut cx.sink);
        Ok(StartMessageMoveTaskResult { task_handle })
    }
}

impl Operation<Engine> for ListMessageMoveTasksRequest {
    type Output = ListMessageMoveTasksResult;
    type Target = u32;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<u32, Error> {
        if self.source_arn.is_empty() {
            return Err(Error::Missing { parameter: "SourceArn" });
        }
        find(engine, &self.source_arn, "SourceArn")
    }

    fn needs(&self, engine: &Engine, place: &u32, _caller: &Caller) -> Vec<AuthzRequest> {
        let need = |queue: &crate::queue::Queue| AuthzRequest::new("sqs:ListMessageMoveTasks", &*queue.arn);
        engine.queue(*place).ok().map(need).into_iter().collect()
    }

    /// [SQS-9.10]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        place: u32,
        mut cx: Cx<'_, S>,
    ) -> Result<ListMessageMoveTasksResult, Error> {
        cx.sink.usage(billed(0));
        let most = self.max_results.unwrap_or(1);
        let range = 1..=limits::MOVE_TASKS_LISTED_MAX.as_i64();
        if !range.contains(&most) {
            return Err(Error::MoveTasksListed { value: most });
        }
        let queue = engine.queue(place)?;
        let entry = |task: &MoveTask| ListMessageMoveTasksResultEntry {
            task_handle: (task.status == TaskStatus::Running).then(|| Handle::print(&task.id, &queue.arn)),
            status: task.status,
            source_arn: String::from(&*queue.arn),
            destination_arn: task.destination.as_deref().map(String::from),
            max_number_of_messages_per_second: task.rate,
            approximate_number_of_messages_moved: task.moved,
            approximate_number_of_messages_to_move: task.to_move,
            failure_reason: task.failure.map(|failure| failure.reason().into()),
            started_timestamp: task.started_at.as_millis(),
        };
        let most = usize::try_from(most).unwrap_or_default();
        let results = engine.tasks.of(&queue.name).take(most).map(entry).collect();
        Ok(ListMessageMoveTasksResult { results })
    }
}

impl Operation<Engine> for CancelMessageMoveTaskRequest {
    type Output = CancelMessageMoveTaskResult;
    type Target = (u32, String);

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<(u32, String), Error> {
        if self.task_handle.is_empty() {
            return Err(Error::Missing { parameter: "TaskHandle" });
        }
        // [SQS-9.11]
        let handle = Handle::read(&self.task_handle).ok_or(Error::TaskHandle)?;
        let place = engine.place_of_arn(&handle.source_arn);
        Ok((place.ok_or(Error::NoSuchResource { parameter: "SourceArn" })?, handle.task_id))
    }

    fn needs(&self, engine: &Engine, (place, _): &(u32, String), _caller: &Caller) -> Vec<AuthzRequest> {
        let need = |queue: &crate::queue::Queue| AuthzRequest::new("sqs:CancelMessageMoveTask", &*queue.arn);
        engine.queue(*place).ok().map(need).into_iter().collect()
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (place, id): (u32, String),
        mut cx: Cx<'_, S>,
    ) -> Result<CancelMessageMoveTaskResult, Error> {
        cx.sink.usage(billed(0));
        let name = engine.queue(place)?.name.clone();
        // What AWS says of a task that has ended is not known.
        let (index, task) = engine.tasks.find(&id, &name).ok_or(Error::NoSuchTask)?;
        let approximate_number_of_messages_moved = task.moved;
        engine.tasks.end(index, TaskStatus::Cancelled, None);
        Ok(CancelMessageMoveTaskResult { approximate_number_of_messages_moved })
    }
}
