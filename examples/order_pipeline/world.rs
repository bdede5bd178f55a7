//! The simulation: orders come in, consumers poll, time jumps from one thing
//! that happens to the next.

use crate::ledger::Ledger;
use crate::orders::Order;
use crate::services::{DEAD_LETTERS, MAX_RECEIVE_COUNT, SERVICES, Service};
use aws_core::{
    Call, Caller, Engine as _, History, Home, HomeError, Recorder, Seed, SeedStream, Span, Timestamp,
};
use sqs_engine::{
    ChangeMessageVisibilityRequest, CreateQueueRequest, DeleteMessageRequest, Engine, Error, EventKind,
    Message, MessageAttributeValue, Receive, ReceiveMessageRequest, Request, Response,
    SendMessageBatchRequest, SendMessageBatchRequestEntry, SendMessageRequest, WaitToken,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

/// What a run is made of, besides the orders.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Decides everything that is sampled.
    pub(crate) seed: u64,
    /// How long the whole period of the orders takes here.
    pub(crate) span: Span,
    /// Of a thousand sends, how many the producer repeats because it did not
    /// hear the answer.
    pub(crate) duplicates_per_mille: u64,
    /// Messages that no consumer can ever process.
    pub(crate) poison: usize,
    /// Replaces the engine by one restored from its snapshot after every so
    /// many calls; the result is the same.
    pub(crate) restore_every: Option<usize>,
}

/// When the simulated period starts: 2026-01-01T00:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// Pictures and reports show the queues' depths this often in a span.
pub(crate) const SAMPLES: i64 = 60;

type Calls = History<Request, Response>;

/// What went wrong with the simulation itself: a bug, or an account or Region
/// that is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorldError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error("the queue engine refused a call that the pipeline makes: {0}")]
    Refused(#[from] Error),
    #[error("the engine did not come back from its snapshot: {0}")]
    Snapshot(#[from] aws_core::SnapshotError),
}

/// Something that will happen.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Place(usize),
    Poll {
        service: usize,
        worker: usize,
    },
    /// A long poll has lasted as long as it may.
    PollEnds {
        service: usize,
        worker: usize,
    },
    Finish {
        service: usize,
        worker: usize,
        work: Work,
    },
    Sample,
}

/// One message in a consumer's hands.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Work {
    key: String,
    receipt_handle: String,
    attempt: u32,
    succeeds: bool,
    /// Whether the consumer polls again afterwards.
    last: bool,
}

/// Everything there is.
pub(crate) struct World<'o> {
    settings: Settings,
    orders: &'o [(i64, Order)],
    sqs: Engine,
    caller: Caller,
    random: SeedStream,
    now: Timestamp,
    agenda: BinaryHeap<Reverse<(Timestamp, u64, Task)>>,
    tasks: u64,
    waiting: Vec<VecDeque<(usize, WaitToken)>>,
    poison: Vec<String>,
    placed: usize,
    pub(crate) calls: Calls,
    pub(crate) ledger: Ledger,
}

impl<'o> World<'o> {
    /// Runs all orders through all services.
    pub(crate) fn run(orders: &'o [(i64, Order)], settings: Settings) -> Result<Self, WorldError> {
        let account = "111122223333";
        let mut world = Self {
            settings,
            orders,
            sqs: Engine::new(Home::new("us-east-1", account)?),
            caller: Caller::role_session(
                account.parse()?,
                "order-pipeline",
                "AROAEXAMPLEPIPELINE00",
                "simulation",
            ),
            random: Seed::counter(settings.seed).expand(b"pipeline"),
            now: START,
            agenda: BinaryHeap::new(),
            tasks: 0,
            waiting: SERVICES.iter().map(|_| VecDeque::new()).collect(),
            poison: Vec::new(),
            placed: 0,
            calls: Calls::default(),
            ledger: Ledger::default(),
        };
        world.build()?;
        while let Some(Reverse((at, _, task))) = world.next_task() {
            world.now = at;
            if !world.perform(task)? {
                break;
            }
        }
        Ok(world)
    }

    /// Creates the queues and fills the agenda.
    fn build(&mut self) -> Result<(), WorldError> {
        self.call(CreateQueueRequest::new(DEAD_LETTERS).attribute("MessageRetentionPeriod", 1_209_600))?;
        let target = self.sqs.home().arn("sqs", DEAD_LETTERS);
        let policy = format!(r#"{{"deadLetterTargetArn":"{target}","maxReceiveCount":{MAX_RECEIVE_COUNT}}}"#);
        for service in SERVICES {
            let queue = CreateQueueRequest::new(service.name)
                .attribute("VisibilityTimeout", service.visibility_timeout_seconds)
                .attribute("DelaySeconds", service.delay_seconds)
                .attribute("ReceiveMessageWaitTimeSeconds", 20)
                .attribute("RedrivePolicy", &policy);
            self.call(queue)?;
        }
        let days = self.orders.last().map_or(1, |(day, _)| day + 1);
        let per_day = self.orders.iter().fold(BTreeMap::<i64, i64>::new(), |mut count, (day, _)| {
            *count.entry(*day).or_default() += 1;
            count
        });
        // A day's orders are spread over its working hours, 8 to 18.
        let mut of_day = BTreeMap::<i64, i64>::new();
        for (index, (day, _)) in self.orders.iter().enumerate() {
            let nth = of_day.entry(*day).or_default();
            let minute = 480 + *nth * 600 / per_day.get(day).copied().unwrap_or(1);
            *nth += 1;
            let at = self.settings.span.as_millis() * (day * 1_440 + minute) / (days * 1_440);
            self.plan(START + Span::from_millis(at), Task::Place(index));
        }
        for _ in 0..self.settings.poison.min(self.orders.len()) {
            let order = self.random.below(self.orders.len() as u64);
            let service = self.random.below(SERVICES.len() as u64);
            let order = usize::try_from(order).ok().and_then(|index| self.orders.get(index));
            let service = usize::try_from(service).ok().and_then(|index| SERVICES.get(index));
            if let (Some((_, order)), Some(service)) = (order, service) {
                self.poison.push(key(service, order, 0));
            }
        }
        for (index, service) in SERVICES.iter().enumerate() {
            for worker in 0..service.workers {
                self.plan(START, Task::Poll { service: index, worker });
            }
        }
        self.plan(START, Task::Sample);
        Ok(())
    }

    fn plan(&mut self, at: Timestamp, task: Task) {
        self.tasks += 1;
        self.agenda.push(Reverse((at, self.tasks, task)));
    }

    /// The next thing to do. The engine's timers that fire before it may
    /// plan something that comes even sooner.
    fn next_task(&mut self) -> Option<Reverse<(Timestamp, u64, Task)>> {
        loop {
            let next = self.agenda.peek().map(|Reverse((at, ..))| *at)?;
            match self.sqs.next_deadline().filter(|deadline| *deadline < next) {
                None => return self.agenda.pop(),
                Some(deadline) => {
                    self.now = deadline;
                    let mut log = Recorder::default();
                    self.sqs.advance(deadline, &mut log);
                    self.hear(log);
                }
            }
        }
    }

    /// Makes a call, hears what happened and keeps both.
    fn call(&mut self, request: impl Into<Request>) -> Result<Response, WorldError> {
        let count = self.calls.records.len() as u64;
        let seed = Seed::counter(self.settings.seed.wrapping_mul(1 << 32).wrapping_add(count));
        let call = Call::new(self.now, seed, self.caller.clone(), request.into());
        let mut log = Recorder::default();
        let reply = self.calls.call(&mut self.sqs, call, &mut log);
        self.hear(log);
        if self.settings.restore_every.is_some_and(|every| self.calls.records.len().is_multiple_of(every)) {
            self.sqs = Engine::restore(self.sqs.snapshot(&()), &())?;
        }
        Ok(reply?)
    }

    /// Wakes a consumer for each message that can be received now.
    fn hear(&mut self, log: Recorder<sqs_engine::Event>) {
        for (_, event) in &log.events {
            let service = SERVICES.iter().position(|service| service.name == &*event.queue);
            let arrived = matches!(event.kind, EventKind::Sent | EventKind::Visible);
            if let Some(service) = service.filter(|_| arrived)
                && let Some((worker, _)) = self.waiting.get(service).and_then(VecDeque::front)
            {
                let worker = *worker;
                self.plan(self.now, Task::PollEnds { service, worker });
            }
        }
        self.ledger.hear(log);
    }

    /// Does one thing; `false` when all is done.
    fn perform(&mut self, task: Task) -> Result<bool, WorldError> {
        match task {
            Task::Place(index) => self.place(index)?,
            Task::Poll { service, worker } => self.poll(service, worker, None)?,
            Task::PollEnds { service, worker } => {
                let waiting = self.waiting.get_mut(service);
                let found = waiting.and_then(|waiting| {
                    let index = waiting.iter().position(|(other, _)| *other == worker)?;
                    waiting.remove(index)
                });
                if let Some((worker, token)) = found {
                    self.poll(service, worker, Some(token))?;
                }
            }
            Task::Finish { service, worker, work } => self.finish(service, worker, work)?,
            Task::Sample => return self.sample(),
        }
        Ok(true)
    }

    /// An order comes in: a message for payment, one for shipping, and one
    /// for each of its lines for the warehouse.
    fn place(&mut self, index: usize) -> Result<(), WorldError> {
        let Some((_, order)) = self.orders.get(index) else { return Ok(()) };
        self.placed += 1;
        for service in SERVICES {
            let times = 1 + u64::from(self.random.below(1_000) < self.settings.duplicates_per_mille);
            for _ in 0..times {
                if service.name == "warehouse" {
                    self.send_lines(&service, order)?;
                } else {
                    self.send_order(&service, order)?;
                }
            }
        }
        Ok(())
    }

    fn send_order(&mut self, service: &Service, order: &Order) -> Result<(), WorldError> {
        let body = match service.name {
            "payment" => serde_json::json!({
                "order": order.order_id, "customer": order.customer_id, "freight": order.freight,
                "lines": order.lines.iter().map(|line| (&line.unit_price, line.quantity)).collect::<Vec<_>>(),
            }),
            _ => serde_json::json!({
                "order": order.order_id, "to": order.ship_to.name,
                "city": order.ship_to.city, "country": order.ship_to.country,
            }),
        };
        let request = SendMessageRequest {
            message_attributes: [("Key".into(), MessageAttributeValue::string(key(service, order, 0)))]
                .into(),
            ..SendMessageRequest::new(service.name, body.to_string())
        };
        self.call(request)?;
        Ok(())
    }

    fn send_lines(&mut self, service: &Service, order: &Order) -> Result<(), WorldError> {
        let lines: Vec<_> = order.lines.iter().enumerate().collect();
        for lines in lines.chunks(10) {
            let entry = |(index, line): &(usize, &crate::orders::Line)| {
                let body = serde_json::json!({
                    "order": order.order_id, "product": line.product_id, "quantity": line.quantity,
                });
                SendMessageBatchRequestEntry {
                    message_attributes: [(
                        "Key".into(),
                        MessageAttributeValue::string(key(service, order, *index)),
                    )]
                    .into(),
                    ..SendMessageBatchRequestEntry::new(format!("line-{index}"), body.to_string())
                }
            };
            let entries = lines.iter().map(entry).collect();
            self.call(SendMessageBatchRequest { queue_url: service.name.into(), entries: Some(entries) })?;
        }
        Ok(())
    }

    /// A consumer asks for messages, or goes on asking.
    fn poll(&mut self, index: usize, worker: usize, token: Option<WaitToken>) -> Result<(), WorldError> {
        let Some(service) = SERVICES.get(index) else { return Ok(()) };
        let resumed = token.is_some();
        let request = match token {
            Some(token) => Request::from(token),
            None => Request::from(ReceiveMessageRequest {
                queue_url: service.name.into(),
                max_number_of_messages: Some(service.batch),
                message_attribute_names: vec!["Key".into()],
                message_system_attribute_names: vec!["ApproximateReceiveCount".into()],
                ..ReceiveMessageRequest::default()
            }),
        };
        let received = match self.call(request)? {
            Response::ReceiveMessage(receive) | Response::ResumeReceive(receive) => receive,
            _ => return Ok(()),
        };
        match received {
            Receive::Wait(token) => {
                if !resumed {
                    self.plan(token.deadline, Task::PollEnds { service: index, worker });
                }
                if let Some(waiting) = self.waiting.get_mut(index) {
                    waiting.push_back((worker, token));
                }
            }
            Receive::Done(result) if result.messages.is_empty() => {
                self.plan(self.now, Task::Poll { service: index, worker });
            }
            Receive::Done(result) => self.begin(index, service, worker, result.messages),
        }
        Ok(())
    }

    /// A consumer works its messages one after the other.
    fn begin(&mut self, index: usize, service: &Service, worker: usize, messages: Vec<Message>) {
        let mut at = self.now;
        let count = messages.len();
        for (nth, message) in messages.into_iter().enumerate() {
            let average = u64::try_from(service.work.as_millis()).unwrap_or(0);
            let slow = if self.random.below(1_000) < service.slow_per_mille { 10 } else { 1 };
            let length = (average / 2 + self.random.below(average)) * slow;
            at += Span::from_millis(i64::try_from(length).unwrap_or(0));
            let key = message.message_attributes.get("Key").and_then(|key| key.string_value.clone());
            let key = key.unwrap_or_default();
            let lucky = self.random.below(1_000) >= service.failures_per_mille;
            let attempt =
                message.attributes.values().next().and_then(|count| count.parse().ok()).unwrap_or(1);
            let succeeds = lucky && !self.poison.contains(&key);
            let work = Work {
                key,
                receipt_handle: message.receipt_handle,
                attempt,
                succeeds,
                last: nth + 1 == count,
            };
            self.plan(at, Task::Finish { service: index, worker, work });
        }
    }

    /// A consumer is done with a message: well or badly.
    fn finish(&mut self, index: usize, worker: usize, work: Work) -> Result<(), WorldError> {
        let Some(service) = SERVICES.get(index) else { return Ok(()) };
        if work.succeeds {
            self.ledger.worked(service.name, &work.key);
            self.call(DeleteMessageRequest {
                queue_url: service.name.into(),
                receipt_handle: work.receipt_handle,
            })?;
        } else {
            self.ledger.failed(service.name);
            if service.backs_off {
                let change = ChangeMessageVisibilityRequest {
                    queue_url: service.name.into(),
                    receipt_handle: work.receipt_handle,
                    visibility_timeout: Some(i64::from(work.attempt) * 5),
                };
                // The message may be somebody else's by now, or dead.
                match self.call(change) {
                    Ok(_) | Err(WorldError::Refused(Error::NotAvailable { .. })) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        if work.last {
            self.plan(self.now, Task::Poll { service: index, worker });
        }
        Ok(())
    }

    /// Looks at the depths; the run ends when all queues have drained.
    fn sample(&mut self) -> Result<bool, WorldError> {
        let mut left = 0;
        for name in SERVICES.iter().map(|service| service.name).chain([DEAD_LETTERS]) {
            let request = sqs_engine::GetQueueAttributesRequest {
                queue_url: name.into(),
                attribute_names: vec!["All".into()],
            };
            let Response::GetQueueAttributes(result) = self.call(request)? else { continue };
            let count = |name: &str| {
                result.attributes.get(name).and_then(|count| count.parse::<u64>().ok()).unwrap_or(0)
            };
            let waiting = count("ApproximateNumberOfMessages");
            let all = waiting
                + count("ApproximateNumberOfMessagesNotVisible")
                + count("ApproximateNumberOfMessagesDelayed");
            self.ledger.sample(self.now, name, waiting, all);
            left += if name == DEAD_LETTERS { 0 } else { all };
        }
        if self.placed == self.orders.len() && left == 0 {
            return Ok(false);
        }
        let step = Span::from_millis((self.settings.span.as_millis() / SAMPLES).max(1_000));
        self.plan(self.now + step, Task::Sample);
        Ok(true)
    }
}

/// Names what is to be done, so that doing it twice is noticed.
fn key(service: &Service, order: &Order, line: usize) -> String {
    match service.name {
        "warehouse" => format!("warehouse/{}/{line}", order.order_id),
        name => format!("{name}/{}", order.order_id),
    }
}
