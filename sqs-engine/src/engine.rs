//! All queues of one account in one Region.

use crate::move_task::MoveTasks;
use crate::queue::attributes::FifoAttributes;
use crate::queue::throughput::Action;
use crate::queue::{NewQueue, Queue, SavedQueue};
use crate::{Delivery, Error, Event, FairQueues, Request, Response, limits};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Home, Sink, Snapshot, SnapshotError, Span, Timestamp};
use core::ops::Bound;
use serde::{Deserialize, Serialize};

/// SQS for one account in one Region, without I/O, clock or randomness.
///
/// Every API operation is a method. Time, entropy and caller arrive with the
/// call; the same calls give the same replies.
///
/// ```
/// use aws_core::{Caller, Calls, Home, Span, Timestamp};
/// use sqs_engine::{CreateQueueRequest, DeleteMessageRequest, Engine, ReceiveMessageRequest, SendMessageRequest};
///
/// let mut sqs = Engine::new(Home::new("us-east-1", "111122223333")?);
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// let url = sqs.create_queue(calls.cx(), CreateQueueRequest::new("orders"))?.queue_url;
/// sqs.send_message(calls.cx(), SendMessageRequest::new(&url, "an order"))?;
///
/// let first = sqs.receive_message(calls.cx(), ReceiveMessageRequest::up_to_ten(&url))?.now();
/// calls.wait(Span::from_seconds(30)); // the default visibility timeout: nobody deleted it
/// let again = sqs.receive_message(calls.cx(), ReceiveMessageRequest::up_to_ten(&url))?.now();
/// assert_eq!(first.messages[0].message_id, again.messages[0].message_id);
/// assert_ne!(first.messages[0].receipt_handle, again.messages[0].receipt_handle);
///
/// let receipt_handle = again.messages[0].receipt_handle.clone();
/// sqs.delete_message(calls.cx(), DeleteMessageRequest { queue_url: url, receipt_handle })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    home: Home,
    options: Options,
    now: Timestamp,
    queues: Vec<Option<Queue>>,
    free: Vec<u32>,
    names: BTreeMap<Arc<str>, u32>,
    /// Until when the names of deleted queues stay taken.
    deleted: BTreeMap<Arc<str>, Timestamp>,
    incarnations: u64,
    /// For each queue with timers, a time not after its first one.
    deadlines: BTreeSet<(Timestamp, u32)>,
    scheduled: Vec<Option<Timestamp>>,
    pub(crate) tasks: MoveTasks,
    /// Who sent last: not state, but what spares the next message a copy.
    pub(crate) last_sender: Option<Arc<str>>,
}

/// Choices that AWS leaves open or raises on request.
///
/// ```
/// use sqs_engine::{OlderHandle, Options};
/// assert_eq!(Options::default().in_flight_max, 120_000);
/// assert_eq!(Options::default().delete_with_older_handle, OlderHandle::UnlessInFlight);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Messages of one standard queue in flight at once.
    pub in_flight_max: usize,
    /// What a deletion with an older receipt handle does. AWS says only that
    /// the message might not be deleted. `[SQS-8A.2]`
    pub delete_with_older_handle: OlderHandle,
    /// How long the old `DeduplicationScope` of a FIFO queue stays in force
    /// after a change. AWS says that changes take up to 60 seconds, and
    /// recordings agree. `[SQS-10.5]`
    pub scope_change_takes: Span,
    /// Messages a second that a message move task moves when no rate was
    /// asked for. AWS says only that it chooses. `[SQS-9.12]`
    pub move_rate: u32,
    /// How standard queues use their freedom. `[SQS-8.4]`
    pub delivery: Delivery,
    /// When a standard queue's tenants are noisy; `None` to deliver by age
    /// alone. `[SQS-10A.2]`
    pub fair_queues: Option<FairQueues>,
    /// The quotas of FIFO queues; `None`, the default, to take any number of
    /// calls. `[SQS-7.11]`
    pub fifo_throughput: Option<FifoThroughput>,
    /// How far `GetQueueAttributes` may be behind with its counts: they are
    /// those of the last multiple of this since the epoch. Zero, the default,
    /// for exact counts. AWS says that they take a minute to settle.
    /// `[SQS-11.1]`
    pub counts_lag: Span,
    /// What queue URLs begin with, such as `http://localhost:4566`; `None`,
    /// the default, for AWS's own host. What callers send is understood
    /// whatever its host. `[SQS-1.3]` `[SQS-1.4]`
    pub url_base: Option<String>,
}

/// The quotas of FIFO queues. `[SQS-7.11]`
///
/// Each is a bucket that holds a second's calls and is filled at its rate:
/// the numbers are AWS's, the bucket is a model. A batch is one call.
///
/// ```
/// use aws_core::{AwsError as _, Caller, Calls, Home, Timestamp};
/// use sqs_engine::{CreateQueueRequest, Engine, FifoThroughput, Options, SendMessageRequest};
///
/// let options = Options { fifo_throughput: Some(FifoThroughput::default()), ..Options::default() };
/// let mut sqs = Engine::with_options(Home::new("us-east-1", "111122223333")?, options);
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// let queue = CreateQueueRequest::new("orders.fifo").attribute("FifoQueue", true);
/// let url = sqs.create_queue(calls.cx(), queue.attribute("ContentBasedDeduplication", true))?.queue_url;
/// let mut send = |n: u32| {
///     let message_group_id = Some("a".into());
///     sqs.send_message(calls.cx(), SendMessageRequest { message_group_id, ..SendMessageRequest::new(&url, n.to_string()) })
/// };
/// for n in 0..300 {
///     send(n)?;
/// }
/// assert_eq!(send(300).unwrap_err().shape(), "RequestThrottled");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FifoThroughput {
    /// Calls a second of each of sending, receiving and deleting, on a queue
    /// without high throughput.
    pub calls: u32,
    /// The same on a queue with high throughput. It is a quota of the Region:
    /// this is the largest.
    pub calls_high: u32,
    /// Calls a second that send to one group, on a queue with high
    /// throughput.
    pub group_calls: u32,
}

impl Default for FifoThroughput {
    fn default() -> Self {
        Self { calls: 300, calls_high: 70_000, group_calls: 300 }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            in_flight_max: limits::IN_FLIGHT_MAX.as_usize(),
            delete_with_older_handle: OlderHandle::UnlessInFlight,
            scope_change_takes: Span::from_seconds(60),
            move_rate: 500,
            delivery: Delivery::InOrder,
            fair_queues: Some(FairQueues::default()),
            fifo_throughput: None,
            counts_lag: Span::ZERO,
            url_base: None,
        }
    }
}

/// What a deletion with an older receipt handle does. It always answers 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OlderHandle {
    /// Deletes the message unless somebody holds a newer receipt: what two
    /// independent reports from AWS agree on.
    UnlessInFlight,
    /// Always deletes it.
    Always,
    /// Never deletes it.
    Never,
}

impl Engine {
    /// An engine without queues.
    #[must_use]
    pub fn new(home: Home) -> Self {
        Self::with_options(home, Options::default())
    }

    /// An engine without queues, with other choices than the default ones.
    #[must_use]
    pub fn with_options(home: Home, options: Options) -> Self {
        Self {
            home,
            options,
            now: Timestamp::from_millis(i64::MIN),
            queues: Vec::new(),
            free: Vec::new(),
            names: BTreeMap::new(),
            deleted: BTreeMap::new(),
            incarnations: 0,
            deadlines: BTreeSet::new(),
            scheduled: Vec::new(),
            tasks: MoveTasks::default(),
            last_sender: None,
        }
    }

    /// The account and Region the queues are in.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The choices made for it.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The queue's URL, whether it exists or not. `[SQS-1.3]`
    pub(crate) fn url(&self, name: &str) -> String {
        if let Some(base) = &self.options.url_base {
            return format!("{base}/{}/{name}", self.home.account);
        }
        let (region, suffix) = (&self.home.region, self.home.partition().dns_suffix());
        format!("https://sqs.{region}.{suffix}/{}/{name}", self.home.account)
    }

    /// The queue's ARN, whether it exists or not. `[SQS-1.3]`
    pub(crate) fn arn(&self, name: &str) -> String {
        self.home.arn("sqs", name)
    }

    /// The name in a queue URL, if it is of this account. A bare name is
    /// taken too, and the host is not looked at. `[SQS-1.4]`
    pub(crate) fn name_in<'u>(&self, url: &'u str) -> Option<&'u str> {
        let path = url.split_once("://").map_or(url, |(_, rest)| rest);
        let mut parts = path.rsplit('/');
        let name = parts.next()?;
        match parts.next() {
            Some(account) if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => {
                (account.parse() == Ok(self.home.account)).then_some(name)
            }
            _ => Some(name),
        }
    }

    pub(crate) fn place_of(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// The place of the queue with this ARN.
    pub(crate) fn place_of_arn(&self, arn: &str) -> Option<u32> {
        let place = self.place_of(arn.rsplit(':').next()?)?;
        (&*self.queue(place).ok()?.arn == arn).then_some(place)
    }

    pub(crate) fn queue(&self, place: u32) -> Result<&Queue, Error> {
        self.queues.get(place as usize).and_then(Option::as_ref).ok_or(Error::UnknownQueue)
    }

    pub(crate) fn queue_mut(&mut self, place: u32) -> Result<&mut Queue, Error> {
        let (now, lag) = (self.now, self.options.counts_lag);
        let queue =
            self.queues.get_mut(place as usize).and_then(Option::as_mut).ok_or(Error::UnknownQueue)?;
        queue.publish(now, lag);
        Ok(queue)
    }

    /// Counts a call to a queue, or refuses it. `[SQS-7.11]`
    pub(crate) fn admit(&mut self, place: u32, action: Action) -> Result<(), Error> {
        let Some(rule) = self.options.fifo_throughput else { return Ok(()) };
        let now = self.now;
        let queue = self.queue_mut(place)?;
        let Some(fifo) = queue.attributes.fifo else { return Ok(()) };
        let rate = if fifo.has_high_throughput() { rule.calls_high } else { rule.calls };
        let admitted = queue.throughput.get_or_insert_default().call(action, rate, now);
        if admitted { Ok(()) } else { Err(Error::Throttled) }
    }

    /// Counts a call that sends to these groups, or refuses it.
    /// `[SQS-7.11]`
    pub(crate) fn admit_groups<'g>(
        &mut self,
        place: u32,
        groups: impl Iterator<Item = &'g str>,
    ) -> Result<(), Error> {
        let Some(rule) = self.options.fifo_throughput else { return Ok(()) };
        let now = self.now;
        let queue = self.queue_mut(place)?;
        if !queue.attributes.fifo.is_some_and(FifoAttributes::has_high_throughput) {
            return Ok(());
        }
        let admitted = queue.throughput.get_or_insert_default().groups(&groups.collect(), rule, now);
        if admitted { Ok(()) } else { Err(Error::Throttled) }
    }

    /// All queues in the order of their names. `[SQS-3.4]`
    pub(crate) fn queues_from(&self, name: &str) -> impl Iterator<Item = &Queue> {
        self.names
            .range::<str, _>((Bound::Included(name), Bound::Unbounded))
            .filter_map(|(_, place)| self.queue(*place).ok())
    }

    /// Whether the name was given up too recently to be used. `[SQS-3.2]`
    pub(crate) fn is_cooling_down(&self, name: &str) -> bool {
        self.deleted.get(name).is_some_and(|until| *until > self.now)
    }

    /// Adds a queue. `make` gets its place and incarnation.
    pub(crate) fn add_queue(&mut self, make: impl FnOnce(u32, u64) -> NewQueue) -> Result<&Queue, Error> {
        let place = self.free.pop().unwrap_or_else(|| {
            self.queues.push(None);
            self.scheduled.push(None);
            u32::try_from(self.queues.len() - 1).unwrap_or(u32::MAX)
        });
        self.incarnations += 1;
        let queue = Queue::new(make(place, self.incarnations));
        self.names.insert(queue.name.clone(), place);
        if let Some(slot) = self.queues.get_mut(place as usize) {
            *slot = Some(queue);
        }
        self.queue(place)
    }

    /// Removes a queue; its name stays taken for a while. `[SQS-3.2]`
    pub(crate) fn remove_queue(&mut self, place: u32) -> Option<Queue> {
        let queue = self.queues.get_mut(place as usize)?.take()?;
        if let Some(at) = self.scheduled.get_mut(place as usize).and_then(Option::take) {
            self.deadlines.remove(&(at, place));
        }
        self.free.push(place);
        self.names.remove(&queue.name);
        self.tasks.forget(&queue.name);
        let now = self.now;
        self.deleted.retain(|_, until| *until > now);
        self.deleted.insert(queue.name.clone(), now + Span::from_seconds(limits::COOL_DOWN.as_i64()));
        Some(queue)
    }

    /// Fires what is due in a queue that was just changed, and notes its
    /// next deadline.
    pub(crate) fn settle<S: Sink<Event>>(&mut self, place: u32, sink: &mut S) {
        let at = self.now;
        let Ok(queue) = self.queue_mut(place) else { return };
        while queue.fire(at, sink) {}
        let next = queue.next_deadline();
        let Some(scheduled) = self.scheduled.get_mut(place as usize) else { return };
        // A deadline that moved later is left where it is: it is looked at
        // again when it comes, and calls pay nothing for it.
        if let Some(next) = next
            && scheduled.is_none_or(|at| next < at)
        {
            if let Some(at) = scheduled.replace(next) {
                self.deadlines.remove(&(at, place));
            }
            self.deadlines.insert((next, place));
        }
    }

    /// The engine's state as data.
    fn save(&self) -> Saved<&MoveTasks> {
        let lag = self.options.counts_lag;
        Saved {
            tasks: &self.tasks,
            home: self.home.clone(),
            options: self.options.clone(),
            now: self.now,
            queues: self.queues.iter().map(|queue| Some(queue.as_ref()?.save(self.now, lag))).collect(),
            free: self.free.clone(),
            deleted: self.deleted.clone(),
            incarnations: self.incarnations,
        }
    }

    fn load(saved: Saved<MoveTasks>) -> Self {
        let mut engine = Self::with_options(saved.home, saved.options);
        engine.now = saved.now;
        engine.free = saved.free;
        engine.deleted = saved.deleted;
        engine.incarnations = saved.incarnations;
        engine.tasks = saved.tasks;
        engine.scheduled = saved.queues.iter().map(|_| None).collect();
        for (place, queue) in (0_u32..).zip(saved.queues) {
            let queue = queue.map(|queue| {
                let (arn, url) = (engine.arn(&queue.name), engine.url(&queue.name));
                engine.names.insert(queue.name.clone(), place);
                Queue::load(queue, arn.into(), url.into())
            });
            engine.queues.push(queue);
            engine.settle(place, &mut ());
        }
        engine
    }
}

/// The engine's state as data.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved<T> {
    tasks: T,
    home: Home,
    options: Options,
    now: Timestamp,
    queues: Vec<Option<SavedQueue>>,
    free: Vec<u32>,
    deleted: BTreeMap<Arc<str>, Timestamp>,
    incarnations: u64,
}

/// The layout of [`Saved`].
const FORMAT: u32 = 1;

impl aws_core::Engine for Engine {
    const NAME: &'static str = "sqs";
    type Request = Request;
    type Response = Response;
    type Error = Error;
    type Event = Event;
    type Snapshot = Snapshot;
    type Secret = ();

    fn apply<S: Sink<Event>>(&mut self, cx: Cx<'_, S>, request: Request) -> Result<Response, Error> {
        request.perform(self, cx)
    }

    fn authz<S>(&self, cx: &Cx<'_, S>, request: &Request) -> Result<Vec<AuthzRequest>, Error> {
        request.needs(self, cx.caller)
    }

    fn advance<S: Sink<Event>>(&mut self, now: Timestamp, mut sink: S) {
        if now <= self.now {
            return;
        }
        // One deadline at a time, so that events of different queues come in
        // the order of their times; what becomes visible at an instant can be
        // moved at it.
        loop {
            let deadline = self.deadlines.first().copied().filter(|(at, _)| *at <= now);
            let task = self.tasks.next().filter(|(at, _)| *at <= now);
            let (at, place) = match (deadline, task) {
                (Some(deadline), None) => deadline,
                (Some(deadline), Some((at, _))) if deadline.0 <= at => deadline,
                (_, Some((at, task))) => {
                    self.now = self.now.max(at);
                    self.move_one(task, &mut sink);
                    continue;
                }
                (None, None) => break,
            };
            self.now = self.now.max(at);
            self.deadlines.pop_first();
            let Ok(queue) = self.queue_mut(place) else { continue };
            queue.fire(at, &mut sink);
            let next = queue.next_deadline();
            if let Some(next) = next {
                self.deadlines.insert((next, place));
            }
            if let Some(scheduled) = self.scheduled.get_mut(place as usize) {
                *scheduled = next;
            }
        }
        self.now = now;
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        let mut best = self.tasks.next().map(|(at, _)| at);
        for (at, place) in &self.deadlines {
            if best.is_some_and(|best| best <= *at) {
                break;
            }
            let next = self.queue(*place).ok().and_then(Queue::next_deadline);
            best = match (best, next) {
                (Some(best), Some(next)) => Some(next.min(best)),
                (best, next) => best.or(next),
            };
        }
        best
    }

    fn snapshot(&self, (): &()) -> Snapshot {
        Snapshot::take(Self::NAME, FORMAT, env!("CARGO_PKG_VERSION"), &self.save())
    }

    fn restore(snapshot: Snapshot, (): &()) -> Result<Self, SnapshotError> {
        let engine = Self::load(snapshot.open(Self::NAME, FORMAT)?);
        // No engine lives to count half of what it could.
        let counts = engine.queues.iter().flatten().map(Queue::accepted).chain([engine.incarnations]);
        if let Some(count) = counts.max().filter(|count| *count > u64::MAX / 2) {
            return Err(SnapshotError::Invariant(format!("nobody counts to {count}")));
        }
        aws_core::Engine::verify(&engine).map_err(SnapshotError::Invariant)?;
        Ok(engine)
    }

    fn verify(&self) -> Result<(), String> {
        for (place, queue) in (0_u32..).zip(&self.queues) {
            let Some(queue) = queue else {
                if !self.free.contains(&place) {
                    return Err(format!("place {place} is neither used nor free"));
                }
                continue;
            };
            queue.verify()?;
            if self.place_of(&queue.name) != Some(place) || queue.place != place {
                return Err(format!("queue {} is not found at place {place}", queue.name));
            }
            if queue.incarnation > self.incarnations {
                return Err(format!("queue {} is from the future", queue.name));
            }
            let next = queue.next_deadline();
            if next.is_some_and(|next| next <= self.now) {
                return Err(format!("queue {} has a timer that should have fired", queue.name));
            }
            let scheduled = self.scheduled.get(place as usize).copied().flatten();
            if next.is_some()
                && scheduled.is_none_or(|at| Some(at) > next || !self.deadlines.contains(&(at, place)))
            {
                return Err(format!("queue {} has a timer that nobody watches", queue.name));
            }
        }
        self.tasks.verify(self.now)?;
        let free: BTreeSet<_> = self.free.iter().collect();
        let unused = |place: &&u32| matches!(self.queues.get(**place as usize), Some(None));
        if self.names.len() + free.len() != self.queues.len() || free.len() != self.free.len() {
            return Err("a place is lost".into());
        }
        if !free.iter().all(unused) {
            return Err("a place is used and free".into());
        }
        Ok(())
    }

    fn access_denied(message: &str) -> Error {
        Error::AccessDenied { message: message.into() }
    }
}

/// The queue that a call means. Public because `Operation::Target` is;
/// nobody outside can name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// It is there.
    Queue(u32),
    /// It is not there, but only the account's own callers may know that
    /// before permission is decided. `[SQS-12.1]`
    Absent { arn: String },
}

impl Target {
    pub(crate) fn find(engine: &Engine, url: &str, caller: &Caller) -> Result<Self, Error> {
        if url.is_empty() {
            return Err(Error::Missing { parameter: "QueueUrl" });
        }
        // Nearly every call has the URL that the queue was created with.
        let last = url.rfind('/').map_or(url, |slash| url.get(slash + 1..).unwrap_or_default());
        if let Some(place) = engine.place_of(last)
            && engine.queue(place).is_ok_and(|queue| &*queue.url == url)
        {
            return Ok(Self::Queue(place));
        }
        let name = engine.name_in(url);
        match name.and_then(|name| engine.place_of(name)) {
            Some(place) => Ok(Self::Queue(place)),
            None if caller.account() == Some(engine.home.account) => Err(Error::UnknownQueue),
            None => Ok(Self::Absent { arn: engine.arn(name.unwrap_or(url)) }),
        }
    }

    /// The queue's place, now that permission has been decided.
    pub(crate) fn place(&self) -> Result<u32, Error> {
        match self {
            Self::Queue(place) => Ok(*place),
            Self::Absent { .. } => Err(Error::UnknownQueue),
        }
    }

    /// What must be allowed to do `action` with it.
    pub(crate) fn needs(&self, engine: &Engine, action: &str) -> Vec<AuthzRequest> {
        let request = match self {
            Self::Queue(place) => match engine.queue(*place) {
                Ok(queue) => queue.tags.iter().fold(
                    AuthzRequest::new(format!("sqs:{action}"), &*queue.arn)
                        .with_resource_policy(queue.attributes.policy.as_deref()),
                    |request, (key, value)| {
                        request.with_context(format!("aws:ResourceTag/{key}"), [value.as_str()])
                    },
                ),
                Err(_) => return Vec::new(),
            },
            Self::Absent { arn } => AuthzRequest::new(format!("sqs:{action}"), arn.as_str()),
        };
        Vec::from([request])
    }
}
