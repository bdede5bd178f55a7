//! Work for a queue under test.

use super::observe::{Answer, Observed};
use crate::*;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use aws_core::{ErrorRecord, Timestamp};

/// A queue under test. Only the operations of [`run`] are asked of it:
/// `CreateQueue`, `SendMessage`, `ReceiveMessage`, `DeleteMessage`,
/// `ChangeMessageVisibility`, `PurgeQueue`.
pub trait Subject {
    /// Carries out a request at a time that never goes back.
    ///
    /// # Errors
    /// The queue's refusal.
    fn call(&mut self, now: Timestamp, request: Request) -> Result<Answer, ErrorRecord>;
}

/// A step of a workload. Queue 0 is standard, queue 1 FIFO; both have a
/// dead-letter queue, 2 and 3, after three receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Sends a message.
    Send {
        /// Which queue.
        queue: u8,
        /// The group of a FIFO queue.
        group: u8,
        /// The body; on FIFO queues also what it is deduplicated by.
        body: u8,
        /// Seconds until it can be received, on standard queues.
        delay: u8,
    },
    /// Receives messages.
    Receive {
        /// Which queue.
        queue: u8,
        /// How many at most.
        most: u8,
        /// Seconds of invisibility, or the queue's own.
        timeout: Option<u8>,
        /// Names the attempt, on FIFO queues.
        attempt: Option<u8>,
    },
    /// Deletes one of the messages received, counted from the latest.
    Delete {
        /// Which.
        pick: u8,
    },
    /// Changes the visibility of one, likewise.
    Change {
        /// Which.
        pick: u8,
        /// Seconds from now.
        seconds: u8,
    },
    /// Throws all messages of a queue away.
    Purge {
        /// Which queue.
        queue: u8,
    },
    /// Lets time pass.
    Wait {
        /// So many milliseconds.
        millis: u32,
    },
}

const NAMES: [&str; 4] = ["standard", "ordered.fifo", "standard-dead", "ordered-dead.fifo"];

/// Does the steps with a queue under test and says what was seen. A drain of
/// every queue comes last, so that what was lost is missed.
///
/// ```
/// use sqs_engine::oracle::{Answer, Oracle, Step, Subject, run};
/// use sqs_engine::{Engine, Request, aws_core::{Caller, Cx, ErrorRecord, Home, Seed, Timestamp}};
///
/// struct Mine(Engine, u64);
///
/// impl Subject for Mine {
///     fn call(&mut self, now: Timestamp, request: Request) -> Result<Answer, ErrorRecord> {
///         self.1 += 1;
///         let caller = Caller::user("111122223333".parse().unwrap(), "me", "AIDAEXAMPLE");
///         let cx = Cx::new(now, Seed::counter(self.1), &caller);
///         aws_core::Engine::apply(&mut self.0, cx, request).map(Answer::from).map_err(|error| aws_core::AwsError::record(&error))
///     }
/// }
/// # use sqs_engine::aws_core;
///
/// let steps = [
///     Step::Send { queue: 1, group: 0, body: 1, delay: 0 },
///     Step::Receive { queue: 1, most: 10, timeout: Some(5), attempt: None },
///     Step::Wait { millis: 5_000 },
///     Step::Receive { queue: 1, most: 10, timeout: None, attempt: None },
///     Step::Delete { pick: 0 },
/// ];
/// let home = Home::new("us-east-1", "111122223333").unwrap();
/// let history = run(&mut Mine(Engine::new(home), 0), &steps);
/// assert_eq!(Oracle::exact().judge(&history), Ok(()));
/// ```
pub fn run(subject: &mut impl Subject, steps: &[Step]) -> Vec<Observed> {
    let mut run = Run { subject, now: 1_700_000_000_000, seen: Vec::new(), handles: Vec::new() };
    for (dead, name) in [(None, 2), (None, 3), (Some(2), 0), (Some(3), 1)] {
        run.create(name, dead);
    }
    for step in steps {
        run.step(step);
    }
    // Longer than anything stays hidden.
    for _ in 0..4 {
        run.now += 400_000;
        for queue in 0..4 {
            for _ in 0..4 {
                run.step(&Step::Receive { queue, most: 10, timeout: Some(120), attempt: None });
            }
        }
    }
    run.seen
}

struct Run<'s, S> {
    subject: &'s mut S,
    now: i64,
    seen: Vec<Observed>,
    /// Queue and handle.
    handles: Vec<(u8, String)>,
}

fn name(queue: u8) -> &'static str {
    NAMES.get(usize::from(queue % 4)).copied().unwrap_or_default()
}

fn url(queue: u8) -> String {
    format!("https://sqs.us-east-1.amazonaws.com/111122223333/{}", name(queue))
}

impl<S: Subject> Run<'_, S> {
    fn call(&mut self, request: Request) -> Option<&Answer> {
        // Calls take a millisecond, so that their order shows.
        self.now += 1;
        let start = Timestamp::from_millis(self.now);
        let answer = self.subject.call(start, request.clone()).unwrap_or_else(Answer::Refused);
        self.seen.push(Observed { start, end: None, request, answer });
        self.seen.last().map(|seen| &seen.answer)
    }

    fn create(&mut self, queue: u8, dead: Option<u8>) {
        let mut create = CreateQueueRequest::new(name(queue));
        if name(queue).ends_with(".fifo") {
            create = create.attribute("FifoQueue", true);
        }
        if let Some(dead) = dead {
            let policy = format!(
                r#"{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:{}","maxReceiveCount":3}}"#,
                name(dead)
            );
            create = create.attribute("RedrivePolicy", policy);
        }
        self.call(create.into());
    }

    fn picked(&self, pick: u8) -> Option<(u8, String)> {
        let at = self.handles.len().checked_sub(1 + usize::from(pick))?;
        self.handles.get(at).cloned()
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Send { queue, group, body, delay } => {
                let queue = queue % 2;
                let mut send = SendMessageRequest::new(url(queue), format!("body {body}"));
                if queue == 1 {
                    send.message_group_id = Some(format!("group-{group}"));
                    send.message_deduplication_id = Some(body.to_string());
                } else if *delay > 0 {
                    send.delay_seconds = Some(i64::from(*delay));
                }
                self.call(send.into());
            }
            Step::Receive { queue, most, timeout, attempt } => {
                let mut receive = ReceiveMessageRequest::up_to_ten(url(*queue));
                receive.max_number_of_messages = Some(i64::from(*most).clamp(1, 10));
                receive.message_system_attribute_names = alloc::vec!["All".to_string()];
                receive.visibility_timeout = timeout.map(i64::from);
                if queue % 2 == 1 {
                    receive.receive_request_attempt_id = attempt.map(|attempt| format!("attempt-{attempt}"));
                }
                if let Some(Answer::Received(got)) = self.call(receive.into()) {
                    let handles: Vec<_> = got.messages.iter().map(|one| one.receipt_handle.clone()).collect();
                    self.handles.extend(handles.into_iter().map(|handle| (queue % 4, handle)));
                }
            }
            Step::Delete { pick } => {
                if let Some((queue, receipt_handle)) = self.picked(*pick) {
                    self.call(DeleteMessageRequest { queue_url: url(queue), receipt_handle }.into());
                }
            }
            Step::Change { pick, seconds } => {
                if let Some((queue, receipt_handle)) = self.picked(*pick) {
                    let visibility_timeout = Some(i64::from(*seconds));
                    let change = ChangeMessageVisibilityRequest {
                        queue_url: url(queue),
                        receipt_handle,
                        visibility_timeout,
                    };
                    self.call(change.into());
                }
            }
            Step::Purge { queue } => {
                self.call(PurgeQueueRequest { queue_url: url(*queue) }.into());
            }
            Step::Wait { millis } => self.now += i64::from(*millis),
        }
    }
}

/// Workloads for property tests.
#[cfg(feature = "proptest")]
pub(super) mod strategy {
    use super::Step;
    use proptest::prelude::*;

    /// Rows of at most so many steps, with clocks that stop at deadlines.
    pub fn steps(most: usize) -> impl Strategy<Value = alloc::vec::Vec<Step>> {
        let queue = || prop_oneof![4 => 0_u8..2, 1 => 2_u8..4];
        let seconds = || prop_oneof![Just(0_u8), Just(1), Just(5), Just(30)];
        let step = prop_oneof![
            4 => (0_u8..2, 0_u8..3, 0_u8..12, prop_oneof![3 => Just(0_u8), 1 => Just(5)])
                .prop_map(|(queue, group, body, delay)| Step::Send { queue, group, body, delay }),
            5 => (queue(), 1_u8..5, prop::option::of(seconds()), prop::option::weighted(0.2, 0_u8..3))
                .prop_map(|(queue, most, timeout, attempt)| Step::Receive { queue, most, timeout, attempt }),
            3 => (0_u8..5).prop_map(|pick| Step::Delete { pick }),
            2 => (0_u8..4, seconds()).prop_map(|(pick, seconds)| Step::Change { pick, seconds }),
            1 => (0_u8..2).prop_map(|queue| Step::Purge { queue }),
            4 => prop_oneof![Just(1), Just(999), Just(4_997), Just(4_999), Just(5_000), Just(29_998), Just(30_000), Just(61_000), Just(299_998), Just(300_001)]
                .prop_map(|millis| Step::Wait { millis }),
        ];
        // Some twice, as callers try again.
        prop::collection::vec((step, prop::bool::weighted(0.1)), 0..most).prop_map(|steps| {
            let twice =
                |(step, again): (Step, bool)| core::iter::once(step.clone()).chain(again.then_some(step));
            steps.into_iter().flat_map(twice).collect()
        })
    }
}
