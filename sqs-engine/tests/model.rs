//! The engine against a model that is written to be read, not to be fast: one
//! list of messages for each queue, scanned whole at each step. The messages of
//! some senders have groups, whose turn fairness decides: `[SQS-10A.1]` to
//! `[SQS-10A.4]`.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::indexing_slicing, reason = "the model's places are its own")]

use aws_core::{Caller, Cx, Home, Seed, Span, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use sqs_engine::{
    ChangeMessageVisibilityRequest, CreateQueueRequest, DeleteMessageRequest, Engine, FairQueues,
    GetQueueAttributesRequest, Options, PurgeQueueRequest, ReceiveMessageRequest, SendMessageRequest,
};
use std::collections::BTreeMap;

const RETENTION: i64 = 3_600;
const VISIBILITY: i64 = 30;
const MAX_RECEIVES: u32 = 2;
/// Small, so that short runs have noisy tenants.
const NOISY_FROM: usize = 2;
const NOISY_PERCENT: usize = 40;
const QUIET_AFTER: i64 = 45_000;
const ARN: &str = "arn:aws:sqs:us-east-1:111122223333:dead";

/// What may happen. `queue` is 0 for the source and 1 for its dead letters.
#[derive(Debug, Clone)]
enum Op {
    Wait(i64),
    Send {
        queue: usize,
        delay: i64,
        group: Option<u8>,
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
    Purge {
        queue: usize,
    },
}

fn op() -> impl Strategy<Value = Op> {
    let queue = || prop_oneof![3 => Just(0_usize), 1 => Just(1)];
    let millis = prop_oneof![
        Just(0),
        Just(1),
        Just(999),
        Just(1_000),
        Just(29_999),
        Just(30_000),
        1..120_000_i64,
        Just(3_599_999),
        Just(3_600_000),
    ];
    let seconds = || prop_oneof![Just(0), Just(1), 2..60_i64, Just(43_200)];
    prop_oneof![
        4 => millis.prop_map(Op::Wait),
        5 => (queue(), prop_oneof![3 => Just(0), 1 => 1..60_i64], proptest::option::of(0..3_u8))
            .prop_map(|(queue, delay, group)| Op::Send { queue, delay, group }),
        6 => (queue(), prop_oneof![Just(1), Just(2), Just(10)], proptest::option::of(seconds()))
            .prop_map(|(queue, most, visibility)| Op::Receive { queue, most, visibility }),
        3 => (0..6_usize).prop_map(|pick| Op::Delete { pick }),
        3 => (0..6_usize, seconds()).prop_map(|(pick, seconds)| Op::Change { pick, seconds }),
        1 => queue().prop_map(|queue| Op::Purge { queue }),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Delayed(i64),
    Visible(i64),
    InFlight(i64),
}

#[derive(Debug, Clone)]
struct Message {
    body: String,
    group: Option<u8>,
    /// Which message of all that this queue ever held.
    order: usize,
    sent: i64,
    state: State,
    receives: u32,
    receives_here: u32,
    received: i64,
}

#[derive(Debug, Default)]
struct Model {
    now: i64,
    queues: [Vec<Message>; 2],
    accepted: [usize; 2],
    purged: [Option<i64>; 2],
    /// When each tenant last sent, and whether it is noisy.
    tenants: [BTreeMap<u8, (i64, bool)>; 2],
    bodies: usize,
    /// Queue, body and number of the delivery for each receipt ever given.
    receipts: Vec<(usize, String, u32)>,
}

impl Model {
    fn wait(&mut self, millis: i64) {
        self.now += millis;
        for messages in &mut self.queues {
            messages.retain(|message| message.sent + RETENTION * 1_000 > self.now);
            for message in messages {
                if let State::Delayed(until) | State::InFlight(until) = message.state
                    && until <= self.now
                {
                    message.state = State::Visible(until);
                }
            }
        }
        self.calm();
    }

    /// Those whose backlog is drained are quiet, those without messages
    /// forgotten.
    fn calm(&mut self) {
        for (tenants, messages) in self.tenants.iter_mut().zip(&self.queues) {
            tenants.retain(|group, (_, noisy)| {
                let mut own = messages.iter().filter(|message| message.group == Some(*group)).peekable();
                let any = own.peek().is_some();
                *noisy &= own.any(|message| matches!(message.state, State::Visible(_)));
                any
            });
        }
    }

    /// Says anew who is noisy.
    fn judge(&mut self, queue: usize) {
        let in_flight = |group: Option<u8>| {
            let flies = |message: &&Message| matches!(message.state, State::InFlight(_));
            let of = |message: &&Message| group.is_none() || message.group == group;
            self.queues[queue].iter().filter(flies).filter(of).count()
        };
        let all = in_flight(None);
        let own: Vec<_> = self.tenants[queue].keys().map(|group| (*group, in_flight(Some(*group)))).collect();
        for (group, own) in own {
            let waits = |message: &Message| {
                message.group == Some(group) && matches!(message.state, State::Visible(_))
            };
            let waits = self.queues[queue].iter().any(waits);
            let (sent, noisy) = self.tenants[queue].get_mut(&group).unwrap();
            if *sent + QUIET_AFTER <= self.now {
                *noisy = false;
            } else if own >= NOISY_FROM && own * 100 > all * NOISY_PERCENT {
                *noisy |= waits;
            }
        }
    }

    /// Whose turn it is among these, which are in order of time.
    fn turn(&self, queue: usize, visible: &[(i64, usize, String, Option<u8>)]) -> usize {
        let noisy = |group: Option<u8>| group.is_some_and(|group| self.tenants[queue][&group].1);
        let quiet = visible.iter().position(|(.., group)| !noisy(*group));
        quiet.unwrap_or_else(|| {
            let in_flight = |wanted: Option<u8>| {
                let flies = |message: &&Message| {
                    message.group == wanted && matches!(message.state, State::InFlight(_))
                };
                self.queues[queue].iter().filter(flies).count()
            };
            let first = visible.iter().enumerate().min_by_key(|(at, (.., group))| (in_flight(*group), *at));
            first.unwrap().0
        })
    }

    fn send(&mut self, queue: usize, delay: i64, group: Option<u8>) -> String {
        self.bodies += 1;
        let body = format!("message {}", self.bodies);
        let state =
            if delay > 0 { State::Delayed(self.now + delay * 1_000) } else { State::Visible(self.now) };
        let (order, sent) = (self.accepted[queue], self.now);
        self.accepted[queue] += 1;
        let message = Message {
            body: body.clone(),
            group,
            order,
            sent,
            state,
            receives: 0,
            receives_here: 0,
            received: 0,
        };
        self.queues[queue].push(message);
        self.heard(queue, group);
        body
    }

    fn heard(&mut self, queue: usize, group: Option<u8>) {
        if let Some(group) = group {
            self.tenants[queue].entry(group).or_default().0 = self.now;
        }
    }

    /// Bodies and receive counts, in order.
    fn receive(&mut self, queue: usize, most: usize, visibility: i64) -> Vec<(String, u32)> {
        let mut visible: Vec<_> = self.queues[queue]
            .iter()
            .filter_map(|message| match message.state {
                State::Visible(since) => Some((since, message.order, message.body.clone(), message.group)),
                _ => None,
            })
            .collect();
        visible.sort();
        self.judge(queue);
        // What is delivered gets its new state only at the end.
        let (mut got, mut delivered, mut departed) = (Vec::new(), Vec::new(), Vec::new());
        while got.len() < most && !visible.is_empty() {
            let turn = self.turn(queue, &visible);
            let (_, _, body, group) = visible.remove(turn);
            if let Some(group) = group
                && !visible.iter().any(|(.., other)| *other == Some(group))
            {
                self.tenants[queue].get_mut(&group).unwrap().1 = false;
            }
            let at = self.queues[queue].iter().position(|message| message.body == body).unwrap();
            if queue == 0 && self.queues[0][at].receives_here >= MAX_RECEIVES {
                let mut dead = self.queues[0].remove(at);
                (dead.order, dead.receives_here, dead.state) =
                    (self.accepted[1], 0, State::Visible(self.now));
                self.accepted[1] += 1;
                self.queues[1].push(dead);
                departed.push(group);
                continue;
            }
            let message = &mut self.queues[queue][at];
            message.receives += 1;
            message.receives_here += 1;
            message.received = self.now;
            delivered.push(body.clone());
            self.receipts.push((queue, body.clone(), message.receives_here));
            got.push((body, message.receives));
        }
        for message in self.queues[queue].iter_mut().filter(|message| delivered.contains(&message.body)) {
            message.state = invisible(self.now, visibility);
        }
        for group in departed {
            self.heard(1, group);
        }
        // What outlived its retention while it was alive here dies there.
        self.wait(0);
        got
    }

    fn receipt(&self, pick: usize) -> Option<(usize, (usize, String, u32))> {
        let place = self.receipts.len().checked_sub(1 + pick)?;
        Some((place, self.receipts[place].clone()))
    }

    fn delete(&mut self, (queue, body, delivery): &(usize, String, u32)) {
        self.queues[*queue].retain(|message| {
            let latest = message.receives_here == *delivery;
            let held = matches!(message.state, State::InFlight(_));
            message.body != *body || (held && !latest)
        });
        self.calm();
    }

    /// The reason why not, as the engine words it.
    fn change(&mut self, (queue, body, _): &(usize, String, u32), seconds: i64) -> Result<(), &'static str> {
        let now = self.now;
        let message = self.queues[*queue].iter_mut().find(|message| message.body == *body);
        let message = message.ok_or("Message does not exist or is not available")?;
        if !matches!(message.state, State::InFlight(_)) {
            return Ok(());
        }
        if now + seconds * 1_000 - message.received > 43_200_000 {
            return Err("beyond the limit [43200 seconds]");
        }
        message.state = invisible(now, seconds);
        Ok(())
    }

    fn purge(&mut self, queue: usize) -> Result<(), &'static str> {
        if self.purged[queue].is_some_and(|at| self.now < at + 60_000) {
            return Err("Only one PurgeQueue operation");
        }
        self.purged[queue] = Some(self.now);
        self.queues[queue].clear();
        self.calm();
        Ok(())
    }

    fn counts(&self, queue: usize) -> [usize; 3] {
        let count = |state: fn(State) -> bool| {
            self.queues[queue].iter().filter(|message| state(message.state)).count()
        };
        [
            count(|state| matches!(state, State::Visible(_))),
            count(|state| matches!(state, State::InFlight(_))),
            count(|state| matches!(state, State::Delayed(_))),
        ]
    }
}

fn invisible(now: i64, seconds: i64) -> State {
    if seconds > 0 { State::InFlight(now + seconds * 1_000) } else { State::Visible(now) }
}

struct Real {
    sqs: Engine,
    caller: Caller,
    calls: u64,
    urls: [String; 2],
    handles: Vec<(usize, String)>,
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
        let fair_queues = Some(FairQueues {
            noisy_in_flight_min: NOISY_FROM,
            noisy_percent: u8::try_from(NOISY_PERCENT).unwrap(),
            quiet_after: Span::from_millis(QUIET_AFTER),
        });
        let options = Options { fair_queues, ..Options::default() };
        let sqs = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
        let mut real =
            Self { sqs, caller: Caller::anonymous(), calls: 0, urls: Default::default(), handles: vec![] };
        let dead = CreateQueueRequest::new("dead")
            .attribute("MessageRetentionPeriod", RETENTION)
            .attribute("VisibilityTimeout", VISIBILITY);
        let policy = format!(r#"{{"maxReceiveCount":{MAX_RECEIVES},"deadLetterTargetArn":"{ARN}"}}"#);
        let source = CreateQueueRequest::new("source")
            .attribute("MessageRetentionPeriod", RETENTION)
            .attribute("VisibilityTimeout", VISIBILITY)
            .attribute("RedrivePolicy", policy);
        real.urls[1] = call!(real, 0, create_queue, dead).unwrap().queue_url;
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
}

/// Both answers say the same: nothing, or a refusal with these words in it.
fn agree<E: std::fmt::Display>(
    real: Result<(), E>,
    model: Result<(), &'static str>,
) -> Result<(), TestCaseError> {
    match (real, model) {
        (Ok(()), Ok(())) => Ok(()),
        (Err(error), Err(words)) => {
            prop_assert!(error.to_string().contains(words), "{} is not: {}", error, words);
            Ok(())
        }
        (real, model) => {
            let real = real.map_err(|error| error.to_string());
            Err(TestCaseError::fail(format!("engine {real:?}, model {model:?}")))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn model_and_engine_agree(ops in vec(op(), 1..60)) {
        let (mut model, mut real) = (Model::default(), Real::new());
        for op in ops {
            let now = model.now;
            match op {
                Op::Wait(millis) => model.wait(millis),
                Op::Send { queue, delay, group } => {
                    let body = model.send(queue, delay, group);
                    let request = SendMessageRequest {
                        delay_seconds: Some(delay),
                        message_group_id: group.map(|group| format!("tenant-{group}")),
                        ..SendMessageRequest::new(&real.urls[queue], body)
                    };
                    call!(real, now, send_message, request).unwrap();
                }
                Op::Receive { queue, most, visibility } => {
                    let got = real.receive(now, queue, most, visibility);
                    let most = usize::try_from(most).unwrap();
                    prop_assert_eq!(got, model.receive(queue, most, visibility.unwrap_or(VISIBILITY)));
                }
                Op::Delete { pick } => if let Some((place, receipt)) = model.receipt(pick) {
                    model.delete(&receipt);
                    let (queue, receipt_handle) = real.handles[place].clone();
                    let request = DeleteMessageRequest { queue_url: real.urls[queue].clone(), receipt_handle };
                    call!(real, now, delete_message, request).unwrap();
                },
                Op::Change { pick, seconds } => if let Some((place, receipt)) = model.receipt(pick) {
                    let (queue, receipt_handle) = real.handles[place].clone();
                    let request = ChangeMessageVisibilityRequest {
                        queue_url: real.urls[queue].clone(),
                        receipt_handle,
                        visibility_timeout: Some(seconds),
                    };
                    agree(call!(real, now, change_message_visibility, request), model.change(&receipt, seconds))?;
                },
                Op::Purge { queue } => {
                    let request = PurgeQueueRequest { queue_url: real.urls[queue].clone() };
                    agree(call!(real, now, purge_queue, request), model.purge(queue))?;
                }
            }
            for queue in [0, 1] {
                prop_assert_eq!(real.counts(model.now, queue), model.counts(queue), "queue {}", queue);
            }
        }
    }
}
