//! The simulation: orders come in, consumers poll, time jumps from one thing
//! that happens to the next.

use crate::access::{self, Access, Actor};
use crate::driven::Driven;
use crate::ledger::{Capacity, Fault, Ledger};
use crate::orders::Order;
use crate::paths::Paths;
use crate::services::{DEAD_LETTERS, MAX_RECEIVE_COUNT, SERVICES, Service};
use crate::table::{OrderTable, Written};
use crate::vault::{self, Vault};
use aws_core::{Engine as _, Home, HomeError, Recorder, Seed, SeedStream, Span, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dynamo_engine::Value;
use kms_envelope::EncryptionContext;
use kms_envelope::esdk::EsdkError;
use sqs_engine::{
    ChangeMessageVisibilityRequest, CreateQueueRequest, DeleteMessageRequest, Engine, Error, EventKind,
    Message, MessageAttributeValue, MessageId, Receive, ReceiveMessageRequest, Request, Response,
    SendMessageBatchRequest, SendMessageBatchRequestEntry, SendMessageRequest, StartMessageMoveTaskRequest,
    WaitToken,
};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    /// Whether the network, the table's keys and the consumers are without
    /// the faults that they have otherwise.
    pub(crate) mend: bool,
    /// Whether encrypted orders are kept beside the plain ones.
    pub(crate) keep_envelopes: bool,
    /// Whether every call and reply is kept.
    pub(crate) keep_history: bool,
    /// Replaces the engine by one restored from its snapshot after every so
    /// many calls; the result is the same.
    pub(crate) restore_every: Option<usize>,
}

/// The policy of every service's queue.
const QUEUE_POLICY: &str = include_str!("../data/pipeline/policies/queue.json");

/// When the simulated period starts: 2026-01-01T00:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// Pictures and reports show the queues' depths this often in a span.
pub(crate) const SAMPLES: i64 = 60;

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
    #[error("the table engine refused a call that the pipeline makes: {0}")]
    Table(#[from] dynamo_engine::Error),
    #[error("the key engine refused a call that the pipeline makes: {0}")]
    Key(#[from] kms_envelope::Error),
    #[error("an order could not be encrypted: {0}")]
    Message(#[from] EsdkError),
    #[error("a policy of the pipeline is refused: {0}")]
    Policy(#[from] iam_eval::PolicyError),
    #[error("the network's description is no JSON: {0}")]
    NetworkJson(#[from] serde_json::Error),
    #[error(transparent)]
    Network(#[from] vpc_net::BuildError),
    #[error(transparent)]
    Interface(#[from] vpc_net::UnknownInterface),
    #[error("an address of the network is none: {0}")]
    Address(#[from] std::net::AddrParseError),
}

/// Who makes a call to a queue.
#[derive(Debug, Clone, Copy)]
enum Who {
    Owner,
    Worker,
    Forgotten,
}

/// Something that will happen.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    /// An order comes in, or comes again.
    Place {
        order: usize,
        attempt: u32,
    },
    /// An order is counted, or tried to be again.
    Count {
        order: usize,
        attempt: u32,
    },
    /// What the table's stream has is sent to the services.
    FanOut,
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
        work: Box<Work>,
    },
    Sample,
}

/// One message in a consumer's hands.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Work {
    key: String,
    body: Arc<str>,
    receipt_handle: String,
    attempt: u32,
    succeeds: bool,
    /// Whether the consumer polls again afterwards.
    last: bool,
}

/// Everything there is.
pub(crate) struct World<'o> {
    settings: Settings,
    pub(crate) orders: &'o [(i64, Order)],
    pub(crate) sqs: Driven<Engine>,
    pub(crate) vault: Vault,
    pub(crate) table: OrderTable,
    paths: Paths,
    pub(crate) access: Rc<RefCell<Access>>,
    owner: Actor,
    api: Actor,
    workers: Actor,
    /// A worker of the warehouse who was forgotten when everything moved to
    /// another VPC.
    forgotten: Actor,
    /// How often an order was brought to the API.
    pub(crate) placed_attempts: u64,
    /// How long looking for ways through the network took.
    pub(crate) network_took: Duration,
    random: SeedStream,
    now: Timestamp,
    agenda: BinaryHeap<Reverse<(Timestamp, u64, Task)>>,
    tasks: u64,
    waiting: Vec<VecDeque<(usize, WaitToken)>>,
    poison: Vec<String>,
    placed: usize,
    /// Counts that are still to be made.
    counting: usize,
    /// Whether a fan-out is planned.
    streaming: bool,
    /// Whether the dead were brought back.
    redriven: bool,
    pub(crate) by_id: BTreeMap<String, usize>,
    /// What each message is about.
    pub(crate) keys: BTreeMap<MessageId, String>,
    /// Orders that are encrypted and could not be written yet.
    sealed: BTreeMap<usize, Vec<u8>>,
    /// Id, message and plaintext of each order, if they are kept.
    pub(crate) envelopes: Vec<(String, Vec<u8>, Vec<u8>)>,
    /// Orders that came twice and were refused.
    pub(crate) duplicates: u64,
    /// Orders that were never counted.
    pub(crate) uncounted: u64,
    /// The customer with the most orders, and how many the index knows.
    pub(crate) best_customer: (String, usize),
    pub(crate) ledger: Ledger,
}

impl<'o> World<'o> {
    /// Runs all orders through all services.
    pub(crate) fn run(orders: &'o [(i64, Order)], settings: Settings) -> Result<Self, WorldError> {
        let home = Home::new("us-east-1", "111122223333")?;
        let account = home.account;
        let access = Rc::new(RefCell::new(Access::new(account)?));
        let workers = |vpc| Actor::role(account, "order-workers", "AROAEXAMPLEWORKERS000", vpc);
        let owner = Actor::owner(account);
        let seed = Seed::counter(settings.seed);
        let scale = orders.len().div_ceil(1_000);
        let mut world = Self {
            settings,
            orders,
            sqs: Driven::new(Engine::new(home.clone()), &seed, (), settings, &access),
            vault: Vault::new(home.clone(), &seed, settings, START, &owner, &access)?,
            table: OrderTable::new(home, &seed, settings, START, &owner, scale, &access)?,
            paths: Paths::new(settings.mend)?,
            api: Actor::role(account, "order-api", "AROAEXAMPLEORDERAPI00", access::VPC)?,
            workers: workers(access::VPC)?,
            forgotten: workers(if settings.mend { access::VPC } else { access::OLD_VPC })?,
            owner,
            access,
            placed_attempts: 0,
            network_took: Duration::ZERO,
            random: seed.expand(b"pipeline"),
            now: START,
            agenda: BinaryHeap::new(),
            tasks: 0,
            waiting: SERVICES.iter().map(|_| VecDeque::new()).collect(),
            poison: Vec::new(),
            placed: 0,
            counting: 0,
            streaming: false,
            redriven: false,
            by_id: orders.iter().enumerate().map(|(at, (_, order))| (order.id(), at)).collect(),
            keys: BTreeMap::new(),
            sealed: BTreeMap::new(),
            envelopes: Vec::new(),
            duplicates: 0,
            uncounted: 0,
            best_customer: (String::new(), 0),
            ledger: Ledger::default(),
        };
        world.build()?;
        while let Some(Reverse((at, _, task))) = world.next_task() {
            world.now = at;
            if !world.perform(task)? {
                break;
            }
        }
        let mut counts = BTreeMap::<&str, usize>::new();
        for (_, order) in orders {
            *counts.entry(&order.customer_id).or_default() += 1;
        }
        if let Some((customer, _)) = counts.iter().max_by_key(|(_, count)| **count) {
            let found = world.table.orders_of(world.now, &world.api, customer)?;
            world.best_customer = ((*customer).into(), found);
        }
        world.ledger.close();
        Ok(world)
    }

    /// Creates the queues and fills the agenda.
    fn build(&mut self) -> Result<(), WorldError> {
        let dead = CreateQueueRequest::new(DEAD_LETTERS).attribute("MessageRetentionPeriod", 1_209_600);
        self.call_as(Who::Owner, dead)?;
        let target = self.dead_letters();
        let policy = format!(r#"{{"deadLetterTargetArn":"{target}","maxReceiveCount":{MAX_RECEIVE_COUNT}}}"#);
        for service in SERVICES {
            let queue = CreateQueueRequest::new(service.name)
                .attribute("VisibilityTimeout", service.visibility_timeout_seconds)
                .attribute("DelaySeconds", service.delay_seconds)
                .attribute("ReceiveMessageWaitTimeSeconds", 20)
                .attribute("RedrivePolicy", &policy)
                .attribute("Policy", QUEUE_POLICY);
            self.call_as(Who::Owner, queue)?;
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
            self.plan(START + Span::from_millis(at), Task::Place { order: index, attempt: 0 });
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
            for worker in 0..service.workers * self.scale() {
                self.plan(START, Task::Poll { service: index, worker });
            }
        }
        self.plan(START, Task::Sample);
        Ok(())
    }

    /// How many times as much there is of everything than for a thousand
    /// orders.
    fn scale(&self) -> usize {
        self.orders.len().div_ceil(1_000)
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
            match self.sqs.engine.next_deadline().filter(|deadline| *deadline < next) {
                None => return self.agenda.pop(),
                Some(deadline) => {
                    self.now = deadline;
                    let mut log = Recorder::default();
                    self.sqs.engine.advance(deadline, &mut log);
                    self.hear(log);
                }
            }
        }
    }

    fn dead_letters(&self) -> String {
        self.sqs.engine.home().arn("sqs", DEAD_LETTERS)
    }

    /// Makes a call to a queue as one of its workers, hears what happened and
    /// keeps both.
    fn call(&mut self, request: impl Into<Request>) -> Result<Response, WorldError> {
        self.call_as(Who::Worker, request)
    }

    fn call_as(&mut self, who: Who, request: impl Into<Request>) -> Result<Response, WorldError> {
        let actor = match who {
            Who::Owner => &self.owner,
            Who::Worker => &self.workers,
            Who::Forgotten => &self.forgotten,
        };
        let (reply, log) = self.sqs.call(self.now, actor, request)?;
        self.hear(log);
        Ok(reply?)
    }

    /// Who a worker is to IAM.
    fn who(service: &Service, worker: usize) -> Who {
        if service.forgotten == Some(worker) { Who::Forgotten } else { Who::Worker }
    }

    /// Wakes a consumer for each message that can be received now.
    fn hear(&mut self, log: Recorder<sqs_engine::Event>) {
        for (_, event) in &log.events {
            let queue = match &event.kind {
                EventKind::Sent | EventKind::Visible => &event.queue,
                EventKind::Redriven { target, .. } => target,
                _ => continue,
            };
            let service = SERVICES.iter().position(|service| service.name == &**queue);
            if let Some(service) = service
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
            Task::Place { order, attempt } => self.place(order, attempt)?,
            Task::Count { order, attempt } => self.count(order, attempt)?,
            Task::FanOut => self.fan_out()?,
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

    /// An order comes in at the API of one of two zones; where that does not
    /// work, the other one takes it three seconds later.
    fn place(&mut self, index: usize, attempt: u32) -> Result<(), WorldError> {
        let Some((_, order)) = self.orders.get(index) else { return Ok(()) };
        let instance = if attempt == 0 { index % 2 } else { 0 };
        self.placed_attempts += 1;
        let started = Instant::now();
        let blocked = self.paths.blocked(instance)?;
        self.network_took += started.elapsed();
        if let Some(trace) = blocked {
            self.ledger.fault(self.now, Fault::Path, || trace.to_string());
            self.plan(self.now + Span::from_seconds(3), Task::Place { order: index, attempt: attempt + 1 });
            return Ok(());
        }
        let envelope = match self.sealed.remove(&index) {
            Some(envelope) => envelope,
            None => {
                let plain = serde_json::to_vec(order)?;
                let envelope = self.vault.seal(self.now, &self.api, &order.id(), &plain)?;
                if self.settings.keep_envelopes {
                    self.envelopes.push((order.id(), envelope.clone(), plain));
                }
                envelope
            }
        };
        let times = 1 + u64::from(self.random.below(1_000) < self.settings.duplicates_per_mille);
        for _ in 0..times {
            match self.table.put(self.now, &self.api, order, envelope.clone())? {
                Written::Stored => {
                    self.placed += 1;
                    self.counting += 1;
                    self.plan(self.now, Task::Count { order: index, attempt: 0 });
                }
                Written::Duplicate => self.duplicates += 1,
                Written::Throttled(throttle) => {
                    self.throttled(&throttle);
                    self.sealed.insert(index, envelope);
                    self.plan(self.now + pause(attempt), Task::Place { order: index, attempt: attempt + 1 });
                    return Ok(());
                }
            }
        }
        // Half-way the key gets new material.
        if self.placed == self.orders.len() / 2 {
            self.vault.rotate(self.now, &self.api)?;
        }
        if !std::mem::replace(&mut self.streaming, true) {
            self.plan(self.now + Span::from_millis(200), Task::FanOut);
        }
        Ok(())
    }

    /// What the engine says about a throttled call.
    fn throttled(&mut self, throttle: &dynamo_engine::Throttle) {
        self.ledger.fault(self.now, Fault::HotKey, || {
            let reasons =
                throttle.reasons.iter().map(|reason| format!("{}: {}", reason.resource, reason.reason));
            let key = throttle.key.as_ref().map_or_else(String::new, |key| format!(", key {key:?}"));
            format!(
                "{}\npartition {}{key}: {} units asked for, {}.{:03} left; open again {} ms later\n",
                reasons.collect::<Vec<_>>().join(", "),
                throttle.partition,
                throttle.asked.whole(),
                throttle.left / 1_000,
                (throttle.left % 1_000).abs(),
                (throttle.opens - self.now).as_millis(),
            )
        });
    }

    /// An order is counted: in one item for all, unless that is mended.
    fn count(&mut self, index: usize, attempt: u32) -> Result<(), WorldError> {
        let Some((_, order)) = self.orders.get(index) else { return Ok(()) };
        let remembers = self.scale() == 1;
        match self.table.count(self.now, &self.api, order, !self.settings.mend, remembers)? {
            Written::Throttled(throttle) if attempt < 8 => {
                self.throttled(&throttle);
                self.plan(self.now + pause(attempt), Task::Count { order: index, attempt: attempt + 1 });
                return Ok(());
            }
            Written::Throttled(_) => self.uncounted += 1,
            Written::Stored | Written::Duplicate => {}
        }
        self.counting -= 1;
        Ok(())
    }

    /// Each order that is new in the stream becomes a message for payment,
    /// one for shipping, and one for each of its lines for the warehouse.
    fn fan_out(&mut self) -> Result<(), WorldError> {
        self.streaming = false;
        for record in self.table.read_stream(self.now, &self.api)? {
            let Some(image) = record.dynamodb.new_image else { continue };
            let (Some(Value::S(id)), Some(Value::B(envelope))) = (image.get("id"), image.get("envelope"))
            else {
                continue;
            };
            let Some((_, order)) = self.by_id.get(id.as_str()).and_then(|at| self.orders.get(*at)) else {
                continue;
            };
            let envelope = STANDARD.encode(envelope);
            for service in SERVICES {
                if service.is_sealed {
                    self.send_order(&service, order, &envelope)?;
                } else {
                    self.send_lines(&service, order)?;
                }
            }
        }
        Ok(())
    }

    fn send_order(&mut self, service: &Service, order: &Order, envelope: &str) -> Result<(), WorldError> {
        let request = SendMessageRequest {
            message_attributes: [("Key".into(), MessageAttributeValue::string(key(service, order, 0)))]
                .into(),
            ..SendMessageRequest::new(service.name, envelope)
        };
        if let Response::SendMessage(sent) = self.call(request)? {
            self.keys.insert(sent.message_id, key(service, order, 0));
        }
        Ok(())
    }

    fn send_lines(&mut self, service: &Service, order: &Order) -> Result<(), WorldError> {
        // A large shop packs order by order.
        let most = if self.scale() == 1 { usize::MAX } else { 1 };
        let lines: Vec<_> = order.lines.iter().enumerate().take(most).collect();
        for lines in lines.chunks(10) {
            let entry = |(index, line): &(usize, &crate::orders::Line)| {
                let body = serde_json::json!({
                    "order": &order.order_id, "product": &line.product_id, "quantity": line.quantity,
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
            let request = SendMessageBatchRequest { queue_url: service.name.into(), entries: Some(entries) };
            if let Response::SendMessageBatch(sent) = self.call(request)? {
                for (entry, (index, _)) in sent.successful.iter().zip(lines) {
                    self.keys.insert(entry.sent.message_id, key(service, order, *index));
                }
            }
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
        let received = match self.call_as(Self::who(service, worker), request) {
            Ok(Response::ReceiveMessage(receive) | Response::ResumeReceive(receive)) => receive,
            // Somebody may mend it; the worker asks again after a while.
            Err(WorldError::Refused(Error::AccessDenied { .. })) => {
                let why = self.access.borrow_mut().denied.take();
                self.ledger
                    .fault(self.now, Fault::Denied, || why.map_or_else(String::new, |why| why.to_string()));
                self.plan(self.now + Span::from_seconds(60), Task::Poll { service: index, worker });
                return Ok(());
            }
            Ok(_) => return Ok(()),
            Err(error) => return Err(error),
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
                body: message.body,
                receipt_handle: message.receipt_handle,
                attempt,
                succeeds,
                last: nth + 1 == count,
            };
            self.plan(at, Task::Finish { service: index, worker, work: Box::new(work) });
        }
    }

    /// A consumer is done with a message: well or badly.
    fn finish(&mut self, index: usize, worker: usize, work: Box<Work>) -> Result<(), WorldError> {
        let Some(service) = SERVICES.get(index) else { return Ok(()) };
        if work.succeeds && self.opens(service, worker, &work) {
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

    /// Whether a consumer can read its message.
    fn opens(&mut self, service: &Service, worker: usize, work: &Work) -> bool {
        if !service.is_sealed {
            return true;
        }
        let number = work.key.rsplit('/').next().unwrap_or_default();
        let mistaken =
            service.mistaken == Some(worker % service.workers) && !self.settings.mend && !self.redriven;
        // The mistaken one leaves out that ids begin with `order#`.
        let known = vault::context(&if mistaken { number.into() } else { format!("order#{number}") });
        let envelope = STANDARD.decode(&*work.body).unwrap_or_default();
        match self.vault.open(self.now, &self.workers, &envelope, &known) {
            Ok(_) => true,
            Err(error) => {
                let stored = kms_envelope::esdk::Header::parse(&envelope).map(|header| header.context);
                self.ledger.fault(self.now, Fault::Context, || {
                    let show = |context: &EncryptionContext| {
                        context
                            .iter()
                            .map(|(key, value)| format!("{key}={value}"))
                            .collect::<Vec<_>>()
                            .join(", ")
                    };
                    let stored = stored.as_ref().map(show).unwrap_or_default();
                    format!(
                        "{} of {}: {error}\nmessage: {stored}\nreader:  {}\n",
                        work.key,
                        service.name,
                        show(&known)
                    )
                });
                false
            }
        }
    }

    /// Looks at the depths; the run ends when all queues have drained.
    fn sample(&mut self) -> Result<bool, WorldError> {
        let (mut left, mut dead) = (0, 0);
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
            let is_dead = name == DEAD_LETTERS;
            (left, dead) = if is_dead { (left, all) } else { (left + all, dead) };
        }
        for ((arm, partition), used) in std::mem::take(&mut self.table.lately) {
            self.ledger.capacity.push(Capacity { at: self.now, arm, partition, units: used.units });
        }
        if self.placed == self.orders.len() && left == 0 && self.counting == 0 {
            // The consumers are mended, and the dead come back, once.
            if dead == 0 || std::mem::replace(&mut self.redriven, true) {
                return Ok(false);
            }
            self.call(StartMessageMoveTaskRequest { source_arn: self.dead_letters(), ..Default::default() })?;
        }
        let step = Span::from_millis((self.settings.span.as_millis() / SAMPLES).max(1_000));
        self.plan(self.now + step, Task::Sample);
        Ok(true)
    }
}

/// The pause before a call is made again; it doubles each time.
fn pause(attempt: u32) -> Span {
    Span::from_millis(100 << attempt.min(8))
}

/// Names what is to be done, so that doing it twice is noticed.
fn key(service: &Service, order: &Order, line: usize) -> String {
    match service.name {
        "warehouse" => format!("warehouse/{}/{line}", order.order_id),
        name => format!("{name}/{}", order.order_id),
    }
}
