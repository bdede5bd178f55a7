//! FIFO queues, their dead letters and move tasks against a model that is
//! written to be read: one list of messages for each queue, scanned whole.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::indexing_slicing, reason = "the model's places are its own")]

use aws_core::{Caller, Cx, Home, Seed, Span, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use sqs_engine::{
    ChangeMessageVisibilityRequest, CreateQueueRequest, DeleteMessageRequest, Engine,
    GetQueueAttributesRequest, ListMessageMoveTasksRequest, MessageId, PurgeQueueRequest,
    ReceiveMessageRequest, SendMessageRequest, SetQueueAttributesRequest, StartMessageMoveTaskRequest,
};

const RETENTION: i64 = 3_600_000;
const VISIBILITY: i64 = 30;
const MAX_RECEIVES: u32 = 2;
const DEAD: &str = "arn:aws:sqs:us-east-1:111122223333:dead.fifo";

/// What may happen. `queue` is 0 for the source and 1 for its dead letters.
#[derive(Debug, Clone)]
enum Op {
    Wait(i64),
    Send {
        queue: usize,
        group: u8,
        id: u8,
    },
    Receive {
        queue: usize,
        most: i64,
        visibility: Option<i64>,
    },
    /// `pick` counts back from the latest receipt of all.
    Delete {
        pick: usize,
    },
    Change {
        pick: usize,
        seconds: i64,
    },
    Delay {
        seconds: i64,
    },
    Purge {
        queue: usize,
    },
    Move {
        rate: i64,
    },
}

fn op() -> impl Strategy<Value = Op> {
    let queue = || prop_oneof![3 => Just(0_usize), 1 => Just(1)];
    let millis = prop_oneof![
        Just(1),
        Just(999),
        Just(1_000),
        Just(30_000),
        1..120_000_i64,
        Just(299_999),
        Just(300_000),
        Just(RETENTION),
    ];
    let seconds = || prop_oneof![3 => Just(0), 1 => Just(1), 2 => 2..60_i64, 1 => Just(43_200)];
    prop_oneof![
        4 => millis.prop_map(Op::Wait),
        7 => (queue(), 0..3_u8, 0..12_u8).prop_map(|(queue, group, id)| Op::Send { queue, group, id }),
        7 => (queue(), prop_oneof![Just(1), Just(2), Just(10)], proptest::option::of(seconds()))
            .prop_map(|(queue, most, visibility)| Op::Receive { queue, most, visibility }),
        3 => (0..6_usize).prop_map(|pick| Op::Delete { pick }),
        3 => (0..6_usize, seconds()).prop_map(|(pick, seconds)| Op::Change { pick, seconds }),
        1 => prop_oneof![Just(0), Just(5), Just(60)].prop_map(|seconds| Op::Delay { seconds }),
        1 => queue().prop_map(|queue| Op::Purge { queue }),
        2 => prop_oneof![Just(1), Just(3), Just(500)].prop_map(|rate| Op::Move { rate }),
    ]
}

#[derive(Debug, Clone)]
struct Message {
    body: String,
    group: u8,
    /// Which message of all that this queue ever held.
    order: usize,
    sent: i64,
    retained_from: i64,
    visible_at: i64,
    receives: u32,
    receives_here: u32,
    received: i64,
    is_dead_letter: bool,
}

/// A queue, which message of all that it ever held, and which delivery.
type Receipt = (usize, usize, u32);

#[derive(Debug, Clone, PartialEq)]
struct Task {
    started: i64,
    rate: i64,
    moved: i64,
    status: &'static str,
}

#[derive(Debug, Default)]
struct Model {
    now: i64,
    delay: i64,
    queues: [Vec<Message>; 2],
    accepted: [usize; 2],
    purged: [Option<i64>; 2],
    bodies: usize,
    /// Queue, message and number of the delivery for each receipt ever given.
    receipts: Vec<Receipt>,
    /// Queue, id, time and body of each accepted send.
    sends: Vec<(usize, u8, i64, String)>,
    task: Option<Task>,
}

impl Model {
    /// Time passes from one thing that happens by itself to the next.
    fn wait(&mut self, millis: i64) {
        let end = self.now + millis;
        loop {
            let messages = self.queues.iter().flatten();
            let expires = messages.map(|message| message.retained_from + RETENTION).min();
            let moves = self.running().map(|task| task.started + task.moved * 1_000 / task.rate);
            let next = expires.into_iter().chain(moves).filter(|at| *at <= end).min();
            let Some(at) = next else { break };
            self.now = at;
            for messages in &mut self.queues {
                messages.retain(|message| message.retained_from + RETENTION > at);
            }
            if moves == Some(at) {
                self.move_one();
            }
        }
        self.now = end;
    }

    fn running(&self) -> Option<&Task> {
        self.task.as_ref().filter(|task| task.status == "RUNNING")
    }

    fn move_one(&mut self) {
        let first = self.eligible(1).into_iter().next();
        let end = |task: &mut Option<Task>, status| task.as_mut().unwrap().status = status;
        let Some(at) = first.and_then(|group| group.into_iter().next()) else {
            return end(&mut self.task, "COMPLETED");
        };
        if !self.queues[1][at].is_dead_letter {
            return end(&mut self.task, "FAILED");
        }
        let mut message = self.queues[1].remove(at);
        let (now, order) = (self.now, self.accepted[0]);
        self.accepted[0] += 1;
        (message.order, message.sent, message.retained_from, message.visible_at) = (order, now, now, now);
        (message.receives, message.receives_here, message.is_dead_letter) = (0, 0, false);
        self.queues[0].push(message);
        self.task.as_mut().unwrap().moved += 1;
        if self.eligible(1).is_empty() {
            end(&mut self.task, "COMPLETED");
        }
    }

    /// Places of the messages of each group that can be received from, in the
    /// order of the receive.
    fn eligible(&self, queue: usize) -> Vec<Vec<usize>> {
        let mut groups = Vec::new();
        for group in 0..3 {
            let mut places: Vec<usize> =
                (0..self.queues[queue].len()).filter(|at| self.queues[queue][*at].group == group).collect();
            places.sort_by_key(|at| self.queues[queue][*at].order);
            let visible = |at: &&usize| self.queues[queue][**at].visible_at <= self.now;
            let places: Vec<usize> = places.iter().take_while(visible).copied().collect();
            if let Some(head) = places.first() {
                let head = &self.queues[queue][*head];
                groups.push(((head.visible_at, head.order), places));
            }
        }
        groups.sort();
        groups.into_iter().map(|(_, places)| places).collect()
    }

    /// The body of the message that the send's answer names.
    fn send(&mut self, queue: usize, group: u8, id: u8) -> (String, String) {
        self.bodies += 1;
        let body = format!("message {}", self.bodies);
        let now = self.now;
        let known = |(other, old, at, _): &&(usize, u8, i64, String)| {
            *other == queue && *old == id && now < *at + 300_000
        };
        if let Some((.., first)) = self.sends.iter().find(known) {
            return (body, first.clone());
        }
        self.sends.push((queue, id, now, body.clone()));
        let visible_at = now + if queue == 0 { self.delay * 1_000 } else { 0 };
        self.queues[queue].push(Message {
            body: body.clone(),
            group,
            order: self.accepted[queue],
            sent: now,
            retained_from: now,
            visible_at,
            receives: 0,
            receives_here: 0,
            received: 0,
            is_dead_letter: false,
        });
        self.accepted[queue] += 1;
        (body.clone(), body)
    }

    /// Bodies and receive counts, in order.
    fn receive(&mut self, queue: usize, most: usize, visibility: i64) -> Vec<(String, u32)> {
        let names = |group: Vec<usize>| -> Vec<String> {
            group.into_iter().map(|at| self.queues[queue][at].body.clone()).collect()
        };
        let walk: Vec<String> = self.eligible(queue).into_iter().flat_map(names).collect();
        let mut got = Vec::new();
        for body in walk {
            if got.len() == most {
                break;
            }
            let at = self.queues[queue].iter().position(|message| message.body == body).unwrap();
            if queue == 0 && self.queues[0][at].receives_here >= MAX_RECEIVES {
                let mut dead = self.queues[0].remove(at);
                (dead.order, dead.receives_here, dead.is_dead_letter) = (self.accepted[1], 0, true);
                (dead.visible_at, dead.retained_from) = (self.now, self.now);
                self.accepted[1] += 1;
                self.queues[1].push(dead);
                continue;
            }
            let message = &mut self.queues[queue][at];
            message.receives += 1;
            message.receives_here += 1;
            message.received = self.now;
            message.visible_at = self.now + visibility * 1_000;
            self.receipts.push((queue, message.order, message.receives_here));
            got.push((body, message.receives));
        }
        got
    }

    fn receipt(&self, pick: usize) -> Option<(usize, Receipt)> {
        let place = self.receipts.len().checked_sub(1 + pick)?;
        Some((place, self.receipts[place]))
    }

    /// The message that a receipt holds, or why it holds none.
    fn held(&self, (queue, order, delivery): Receipt) -> Result<Option<usize>, &'static str> {
        let at = self.queues[queue].iter().position(|message| message.order == order);
        let Some(at) = at else { return Ok(None) };
        let message = &self.queues[queue][at];
        if message.receives_here == delivery && message.visible_at > self.now {
            Ok(Some(at))
        } else {
            Err("The receipt handle has expired.")
        }
    }

    fn delete(&mut self, receipt: Receipt) -> Result<(), &'static str> {
        if let Some(at) = self.held(receipt)? {
            self.queues[receipt.0].remove(at);
        }
        Ok(())
    }

    fn change(&mut self, receipt: Receipt, seconds: i64) -> Result<(), &'static str> {
        let at = self.held(receipt)?.ok_or("Message does not exist or is not available")?;
        let message = &mut self.queues[receipt.0][at];
        if self.now + seconds * 1_000 - message.received > 43_200_000 {
            return Err("beyond the limit [43200 seconds]");
        }
        message.visible_at = self.now + seconds * 1_000;
        Ok(())
    }

    fn set_delay(&mut self, seconds: i64) {
        if seconds != self.delay {
            self.delay = seconds;
            for message in self.queues[0].iter_mut().filter(|message| message.receives == 0) {
                message.visible_at = message.sent + seconds * 1_000;
            }
        }
    }

    fn purge(&mut self, queue: usize) -> Result<(), &'static str> {
        if self.purged[queue].is_some_and(|at| self.now < at + 60_000) {
            return Err("Only one PurgeQueue operation");
        }
        self.purged[queue] = Some(self.now);
        self.queues[queue].clear();
        self.sends.retain(|(other, ..)| *other != queue);
        Ok(())
    }

    fn start(&mut self, rate: i64) -> Result<(), &'static str> {
        if self.running().is_some() {
            return Err("There is already a task running.");
        }
        self.task = Some(Task { started: self.now, rate, moved: 0, status: "RUNNING" });
        self.wait(0);
        Ok(())
    }

    fn counts(&self, queue: usize) -> [usize; 3] {
        let count = |wanted: &dyn Fn(&Message) -> bool| {
            self.queues[queue].iter().filter(|message| wanted(message)).count()
        };
        let hidden = |message: &Message| message.visible_at > self.now;
        [
            count(&|message| !hidden(message)),
            count(&|message| hidden(message) && message.receives_here > 0),
            count(&|message| hidden(message) && message.receives_here == 0),
        ]
    }
}

struct Real {
    sqs: Engine,
    caller: Caller,
    calls: u64,
    urls: [String; 2],
    handles: Vec<(usize, String)>,
    ids: Vec<(String, MessageId)>,
}

macro_rules! call {
    ($real:ident, $now:expr, $method:ident, $request:expr) => {{
        $real.calls += 1;
        let at = Timestamp::from_seconds(1_700_000_000) + Span::from_millis($now);
        $real.sqs.$method(Cx::new(at, Seed::counter($real.calls), &$real.caller), $request)
    }};
}

impl Real {
    fn new() -> Self {
        let sqs = Engine::new(Home::new("us-east-1", "111122223333").unwrap());
        let (urls, handles, ids) = Default::default();
        let mut real = Self { sqs, caller: Caller::anonymous(), calls: 0, urls, handles, ids };
        let queue = |name| {
            CreateQueueRequest::new(name)
                .attribute("FifoQueue", true)
                .attribute("MessageRetentionPeriod", RETENTION / 1_000)
                .attribute("VisibilityTimeout", VISIBILITY)
        };
        let policy = format!(r#"{{"maxReceiveCount":{MAX_RECEIVES},"deadLetterTargetArn":"{DEAD}"}}"#);
        let source = queue("source.fifo").attribute("RedrivePolicy", policy);
        real.urls[1] = call!(real, 0, create_queue, queue("dead.fifo")).unwrap().queue_url;
        real.urls[0] = call!(real, 0, create_queue, source).unwrap().queue_url;
        real
    }

    fn receive(&mut self, now: i64, queue: usize, most: i64, visibility: Option<i64>) -> Vec<(String, u32)> {
        let request = ReceiveMessageRequest {
            queue_url: self.urls[queue].clone(),
            max_number_of_messages: Some(most),
            visibility_timeout: visibility,
            message_system_attribute_names: vec!["ApproximateReceiveCount".into()],
            ..ReceiveMessageRequest::default()
        };
        let got = call!(self, now, receive_message, request).unwrap().now().messages;
        let take = |message: &sqs_engine::Message| {
            self.handles.push((queue, message.receipt_handle.clone()));
            (message.body.to_string(), message.attributes.values().next().unwrap().parse().unwrap())
        };
        got.iter().map(take).collect()
    }

    fn counts(&mut self, now: i64, queue: usize) -> [usize; 3] {
        let names = ["", "NotVisible", "Delayed"].map(|kind| format!("ApproximateNumberOfMessages{kind}"));
        let request = GetQueueAttributesRequest {
            queue_url: self.urls[queue].clone(),
            attribute_names: names.to_vec(),
        };
        let got = call!(self, now, get_queue_attributes, request).unwrap().attributes;
        names.map(|name| got[name.as_str()].parse().unwrap())
    }

    fn task(&mut self, now: i64) -> Option<(String, i64)> {
        let request = ListMessageMoveTasksRequest { source_arn: DEAD.into(), max_results: None };
        let tasks = call!(self, now, list_message_move_tasks, request).unwrap().results;
        let status =
            |task: &sqs_engine::ListMessageMoveTasksResultEntry| format!("{:?}", task.status).to_uppercase();
        let moved =
            |task: &sqs_engine::ListMessageMoveTasksResultEntry| task.approximate_number_of_messages_moved;
        tasks.first().map(|task| (status(task), i64::try_from(moved(task)).unwrap()))
    }
}

/// Both answers say the same: nothing, or a refusal with these words in it.
fn agree<T, E: std::fmt::Display>(
    real: Result<T, E>,
    model: Result<(), &'static str>,
) -> Result<(), TestCaseError> {
    match (real, model) {
        (Ok(_), Ok(())) => Ok(()),
        (Err(error), Err(words)) => {
            prop_assert!(error.to_string().contains(words), "{} is not: {}", error, words);
            Ok(())
        }
        (real, model) => {
            let real = real.map(|_| ()).map_err(|error| error.to_string());
            Err(TestCaseError::fail(format!("engine {real:?}, model {model:?}")))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn model_and_engine_agree(ops in vec(op(), 1..80)) {
        let (mut model, mut real) = (Model::default(), Real::new());
        for op in ops {
            let now = model.now;
            match op {
                Op::Wait(millis) => model.wait(millis),
                Op::Send { queue, group, id } => {
                    let (body, answered) = model.send(queue, group, id);
                    let request = SendMessageRequest {
                        message_group_id: Some(format!("group {group}").replace(' ', "-")),
                        message_deduplication_id: Some(format!("id-{id}")),
                        ..SendMessageRequest::new(&real.urls[queue], &body)
                    };
                    let answer = call!(real, now, send_message, request).unwrap();
                    real.ids.push((body, answer.message_id));
                    let first = real.ids.iter().find(|(body, _)| *body == answered).unwrap();
                    prop_assert_eq!(first.1, answer.message_id);
                }
                Op::Receive { queue, most, visibility } => {
                    let got = real.receive(now, queue, most, visibility);
                    let most = usize::try_from(most).unwrap();
                    prop_assert_eq!(got, model.receive(queue, most, visibility.unwrap_or(VISIBILITY)));
                }
                Op::Delete { pick } => if let Some((place, receipt)) = model.receipt(pick) {
                    let (queue, receipt_handle) = real.handles[place].clone();
                    let request = DeleteMessageRequest { queue_url: real.urls[queue].clone(), receipt_handle };
                    agree(call!(real, now, delete_message, request), model.delete(receipt))?;
                },
                Op::Change { pick, seconds } => if let Some((place, receipt)) = model.receipt(pick) {
                    let (queue, receipt_handle) = real.handles[place].clone();
                    let request = ChangeMessageVisibilityRequest {
                        queue_url: real.urls[queue].clone(),
                        receipt_handle,
                        visibility_timeout: Some(seconds),
                    };
                    agree(call!(real, now, change_message_visibility, request), model.change(receipt, seconds))?;
                },
                Op::Delay { seconds } => {
                    model.set_delay(seconds);
                    let attributes = [("DelaySeconds".into(), seconds.to_string())].into();
                    let request = SetQueueAttributesRequest { queue_url: real.urls[0].clone(), attributes };
                    call!(real, now, set_queue_attributes, request).unwrap();
                }
                Op::Purge { queue } => {
                    let request = PurgeQueueRequest { queue_url: real.urls[queue].clone() };
                    agree(call!(real, now, purge_queue, request), model.purge(queue))?;
                }
                Op::Move { rate } => {
                    let request = StartMessageMoveTaskRequest {
                        source_arn: DEAD.into(),
                        destination_arn: None,
                        max_number_of_messages_per_second: Some(rate),
                    };
                    agree(call!(real, now, start_message_move_task, request), model.start(rate))?;
                }
            }
            for queue in [0, 1] {
                prop_assert_eq!(real.counts(model.now, queue), model.counts(queue), "queue {}", queue);
            }
            let task = model.task.as_ref().map(|task| (task.status.to_string(), task.moved));
            prop_assert_eq!(real.task(model.now), task);
        }
    }
}
