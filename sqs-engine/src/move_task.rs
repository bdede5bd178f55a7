//! Message move tasks: taking dead letters back. `[SQS-9.7]` to `[SQS-9.12]`
//!
//! A task moves one visible message at a time, the first at once and the
//! others at its rate, in the order in which a receive would take them. It
//! ends when there is no visible message left.

use crate::queue::Queue;
use crate::{Engine, Event, EventKind, MessageId};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{Seed, Sink, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum TaskStatus {
    /// It moves messages.
    Running,
    /// It has moved all that were visible.
    Completed,
    /// It was told to stop.
    Cancelled,
    /// It could not go on.
    Failed,
}

impl TaskStatus {
    /// What AWS calls it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }
}

/// Why a task could not go on. `[SQS-9.8]` `[SQS-9.10]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Failure {
    /// A message is nobody's dead letter, and no destination was given.
    NoSource,
    /// The destination is gone.
    NoDestination,
}

impl Failure {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::NoSource => "CouldNotDetermineMessageSource",
            Self::NoDestination => "AWS.SimpleQueueService.NonExistentQueue",
        }
    }
}

/// A task, active or ended.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveTask {
    pub(crate) id: Arc<str>,
    pub(crate) source: Arc<str>,
    /// The destination's ARN, if one was given.
    pub(crate) destination: Option<Arc<str>>,
    pub(crate) rate: Option<u32>,
    pub(crate) started_at: Timestamp,
    pub(crate) to_move: u64,
    pub(crate) moved: u64,
    pub(crate) status: TaskStatus,
    pub(crate) failure: Option<Failure>,
    /// Moved messages get new ids, long after the call that began the task.
    seed: Seed,
    /// Messages a second where no rate was given.
    rate_default: u32,
}

impl MoveTask {
    pub(crate) fn new(
        id: Arc<str>,
        source: &Queue,
        destination: Option<Arc<str>>,
        rate: Option<u32>,
        started_at: Timestamp,
        seed: Seed,
        rate_default: u32,
    ) -> Self {
        Self {
            id,
            source: source.name.clone(),
            destination,
            rate,
            started_at,
            to_move: source.counts().visible as u64,
            moved: 0,
            status: TaskStatus::Running,
            failure: None,
            seed,
            rate_default,
        }
    }

    /// When it moves its next message. `[SQS-9.12]`
    fn next_at(&self) -> Timestamp {
        let rate = i64::from(self.rate.unwrap_or(self.rate_default).max(1));
        let moved = i64::try_from(self.moved).unwrap_or(i64::MAX);
        let after = Span::from_millis(moved.saturating_mul(1_000) / rate);
        self.started_at + after
    }

    fn message_id(&self) -> MessageId {
        MessageId::from_random_bytes(self.seed.expand(&self.moved.to_be_bytes()).bytes())
    }
}

/// All tasks. A source has at most one active task, which is its newest.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveTasks {
    active: Vec<MoveTask>,
    /// The last ones of each source, the oldest first.
    ended: Vec<MoveTask>,
}

/// Ended tasks of one source that can still be listed.
const REMEMBERED: usize = 10;

impl MoveTasks {
    pub(crate) fn add(&mut self, task: MoveTask) {
        self.active.push(task);
    }

    /// Ends a task, and forgets those that nobody can list any more.
    pub(crate) fn end(&mut self, index: usize, status: TaskStatus, failure: Option<Failure>) {
        if index >= self.active.len() {
            return;
        }
        let mut task = self.active.remove(index);
        (task.status, task.failure) = (status, failure);
        let same = |old: &MoveTask| old.source == task.source;
        if self.ended.iter().filter(|old| same(old)).count() >= REMEMBERED
            && let Some(oldest) = self.ended.iter().position(same)
        {
            self.ended.remove(oldest);
        }
        self.ended.push(task);
    }

    /// Forgets the tasks of a queue that was deleted.
    pub(crate) fn forget(&mut self, source: &str) {
        self.active.retain(|task| &*task.source != source);
        self.ended.retain(|task| &*task.source != source);
    }

    /// Tasks of a source, the newest first.
    pub(crate) fn of<'t>(&'t self, source: &'t str) -> impl Iterator<Item = &'t MoveTask> {
        let newest = self.active.iter().chain(self.ended.iter().rev());
        newest.filter(move |task| &*task.source == source)
    }

    /// The source's active task, if it has this id.
    pub(crate) fn find(&self, id: &str, source: &str) -> Option<(usize, &MoveTask)> {
        self.active.iter().enumerate().find(|(_, task)| &*task.id == id && &*task.source == source)
    }

    /// When the next message of all is moved, and by which task.
    pub(crate) fn next(&self) -> Option<(Timestamp, usize)> {
        self.active.iter().zip(0..).map(|(task, index)| (task.next_at(), index)).min()
    }

    /// Checks what a snapshot cannot be trusted for.
    pub(crate) fn verify(&self, now: Timestamp) -> Result<(), String> {
        for task in &self.active {
            if task.next_at() <= now {
                return Err(format!("move task {} should have moved a message", task.id));
            }
            if task.moved > u64::MAX / 2 || task.status != TaskStatus::Running {
                return Err(format!("move task {} cannot be active", task.id));
            }
        }
        if self.ended.iter().any(|task| task.status == TaskStatus::Running) {
            return Err("a move task runs that has ended".into());
        }
        Ok(())
    }
}

impl Engine {
    /// Moves one message, or ends the task.
    pub(crate) fn move_one<S: Sink<Event>>(&mut self, index: usize, sink: &mut S) {
        let at = aws_core::Engine::now(self);
        let Some(task) = self.tasks.active.get(index) else { return };
        let next = self.place_of(&task.source).and_then(|place| {
            let queue = self.queue(place).ok()?;
            let slot = queue.first()?;
            Some((place, slot, queue.get(slot)?.content.extras().source_arn.clone()))
        });
        let Some((place, slot, source_arn)) = next else {
            return self.tasks.end(index, TaskStatus::Completed, None);
        };
        let Some(destination) = task.destination.clone().or(source_arn) else {
            return self.tasks.end(index, TaskStatus::Failed, Some(Failure::NoSource));
        };
        let Some(target) = self.place_of_arn(&destination) else {
            return self.tasks.end(index, TaskStatus::Failed, Some(Failure::NoDestination));
        };
        let id = task.message_id();
        let Ok(queue) = self.queue_mut(place) else { return };
        let (name, Some(stored)) = (queue.name.clone(), queue.take(slot)) else { return };
        let more = queue.first().is_some();
        let mut content = stored.content;
        let old = content.id;
        // [SQS-9.9] A new message with the old one's contents.
        (content.id, content.sent_at) = (id, at);
        content.forget_source();
        (content.receive_count, content.first_received_at) = (0, None);
        if let Ok(queue) = self.queue_mut(target) {
            let kind = EventKind::Redriven { target: queue.name.clone(), message_id: id };
            sink.event(at, || Event { queue: name, message_id: Some(old), kind });
            queue.insert(content, at, at, Span::ZERO);
        }
        if let Some(task) = self.tasks.active.get_mut(index) {
            task.moved += 1;
        }
        if !more {
            self.tasks.end(index, TaskStatus::Completed, None);
        }
        self.settle(place, sink);
        self.settle(target, sink);
    }

    /// Moves what is due at this very moment.
    pub(crate) fn run_tasks<S: Sink<Event>>(&mut self, sink: &mut S) {
        let now = aws_core::Engine::now(self);
        while let Some((at, index)) = self.tasks.next()
            && at <= now
        {
            self.move_one(index, sink);
        }
    }
}
