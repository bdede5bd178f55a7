//! A workload for the law harness, and engines with seeded bugs.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::laws::{Bound, Workload};
use aws_core::{
    AuthzRequest, Caller, Cx, Engine as _, Home, Permit, Reply, Sink, Snapshot, SnapshotError, Span,
    Timestamp, Verdict,
};
use core::cell::Cell;
use core::marker::PhantomData;
use proptest::prelude::*;
use serde_json::Value;
use sqs_engine::*;

/// Queues `a` and `b`, where `b` may become the dead-letter queue of `a` and
/// of itself, and their FIFO sisters.
pub(crate) struct Queues<E>(PhantomData<E>);

impl<E> Default for Queues<E> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

/// An operation on one of the queues. Handles are picked from the replies so
/// far by index.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Create { queue: u8, delay: u8, redrive: bool },
    Configure { queue: u8, name: &'static str, value: String },
    Send { queue: u8, body: String, delay: Option<i64> },
    SendBatch { queue: u8, bodies: Vec<String> },
    Receive { queue: u8, most: i64, visibility: Option<i64>, wait: i64, attempt: bool },
    Resume { pick: usize },
    Delete { queue: u8, pick: usize },
    DeleteBatch { queue: u8, picks: Vec<usize> },
    Change { queue: u8, pick: usize, seconds: i64 },
    Purge { queue: u8 },
    Drop { queue: u8 },
    Read { queue: u8 },
    List,
    Denied { queue: u8 },
    StartMove { queue: u8, elsewhere: bool, rate: Option<i64> },
    ListMoves { queue: u8 },
    CancelMove { pick: usize },
    Permit { queue: u8, label: bool },
    Forbid { queue: u8, label: bool },
}

const NAMES: [&str; 4] = ["a", "b", "f.fifo", "g.fifo"];

fn arn(queue: u8) -> String {
    format!("arn:aws:sqs:us-east-1:111122223333:{}", NAMES[usize::from(queue)])
}

/// A queue's attributes, as it is created.
fn create(queue: u8) -> CreateQueueRequest {
    let create = CreateQueueRequest::new(NAMES[usize::from(queue)]);
    match queue {
        2 => create.attribute("FifoQueue", true).attribute("ContentBasedDeduplication", true),
        3 => create.attribute("FifoQueue", true),
        _ => create,
    }
}

/// The members that only FIFO queues need, from the body.
fn group(queue: u8, body: &str) -> (Option<String>, Option<String>) {
    let group = body.chars().next().map(|first| format!("group-{}", u32::from(first) % 3));
    match queue {
        0 | 2 => (group, None),
        3 => (group, Some(format!("id-{body}"))),
        _ => (None, None),
    }
}

fn url(queue: u8) -> String {
    format!("https://sqs.us-east-1.amazonaws.com/111122223333/{}", NAMES[usize::from(queue)])
}

fn alice() -> Caller {
    Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000")
}

/// Everything under a member name, anywhere in the replies so far.
fn all<'v>(replies: &'v [Reply<Value>], member: &str) -> Vec<&'v Value> {
    fn walk<'v>(value: &'v Value, member: &str, found: &mut Vec<&'v Value>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, member, found)),
            Value::Object(members) => {
                for (name, value) in members {
                    if name == member {
                        found.push(value);
                    }
                    walk(value, member, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for reply in replies {
        if let Reply::Ok(value) = reply {
            walk(value, member, &mut found);
        }
    }
    found
}

fn handle(replies: &[Reply<Value>], pick: usize) -> String {
    let handles = all(replies, "ReceiptHandle");
    match handles.len() {
        0 => "never-issued".into(),
        // The later a handle, the likelier.
        count => handles[count - 1 - pick % count].as_str().unwrap().into(),
    }
}

fn ops() -> BoxedStrategy<Op> {
    let queue = || prop_oneof![3 => 0_u8..2, 3 => 2_u8..4];
    let pick = || prop_oneof![4 => 0..3_usize, 1 => 0..50_usize];
    let seconds = || prop_oneof![Just(0), Just(1), Just(30), Just(43_200), Just(43_201), -1..100_i64];
    let setting = prop_oneof![
        (Just("VisibilityTimeout"), prop_oneof![Just("0"), Just("1"), Just("x")]),
        (Just("MessageRetentionPeriod"), prop_oneof![Just("60"), Just("1209600"), Just("59")]),
        (
            Just("RedrivePolicy"),
            prop_oneof![
                Just(r#"{"maxReceiveCount":1,"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:b"}"#),
                Just(r#"{"maxReceiveCount":2,"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:a"}"#),
                Just(
                    r#"{"maxReceiveCount":1,"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:g.fifo"}"#
                ),
                Just(r#"{"maxReceiveCount":0}"#),
                Just(""),
            ]
        ),
        (Just("DelaySeconds"), prop_oneof![Just("0"), Just("7")]),
        (Just("DeduplicationScope"), prop_oneof![Just("queue"), Just("messageGroup")]),
        (Just("ContentBasedDeduplication"), prop_oneof![Just("true"), Just("false")]),
        (Just("Nonsense"), Just("1")),
    ];
    prop_oneof![
        4 => (queue(), 0..3_u8, any::<bool>()).prop_map(|(queue, delay, redrive)| Op::Create { queue, delay, redrive }),
        2 => (queue(), setting).prop_map(|(queue, (name, value))| Op::Configure { queue, name, value: value.into() }),
        8 => (queue(), "[a-z]{0,3}\u{1}?", proptest::option::of(prop_oneof![0..20_i64, Just(901)]))
            .prop_map(|(queue, body, delay)| Op::Send { queue, body, delay }),
        2 => (queue(), proptest::collection::vec("[a-z]{0,3}", 0..12)).prop_map(|(queue, bodies)| Op::SendBatch { queue, bodies }),
        8 => (queue(), prop_oneof![Just(1), Just(10), Just(11)], proptest::option::of(seconds()), prop_oneof![3 => Just(0), 1 => 0..21_i64], prop::bool::weighted(0.3))
            .prop_map(|(queue, most, visibility, wait, attempt)| Op::Receive { queue, most, visibility, wait, attempt }),
        2 => pick().prop_map(|pick| Op::Resume { pick }),
        5 => (queue(), pick()).prop_map(|(queue, pick)| Op::Delete { queue, pick }),
        1 => (queue(), proptest::collection::vec(pick(), 0..4)).prop_map(|(queue, picks)| Op::DeleteBatch { queue, picks }),
        4 => (queue(), pick(), seconds()).prop_map(|(queue, pick, seconds)| Op::Change { queue, pick, seconds }),
        1 => queue().prop_map(|queue| Op::Purge { queue }),
        1 => queue().prop_map(|queue| Op::Drop { queue }),
        2 => queue().prop_map(|queue| Op::Read { queue }),
        1 => Just(Op::List),
        1 => queue().prop_map(|queue| Op::Denied { queue }),
        2 => (queue(), any::<bool>(), prop_oneof![Just(None), Just(Some(1)), Just(Some(400)), Just(Some(0))])
            .prop_map(|(queue, elsewhere, rate)| Op::StartMove { queue, elsewhere, rate }),
        1 => queue().prop_map(|queue| Op::ListMoves { queue }),
        1 => pick().prop_map(|pick| Op::CancelMove { pick }),
        1 => (queue(), any::<bool>()).prop_map(|(queue, label)| Op::Permit { queue, label }),
        1 => (queue(), any::<bool>()).prop_map(|(queue, label)| Op::Forbid { queue, label }),
    ]
    .boxed()
}

fn request(op: &Op, replies: &[Reply<Value>]) -> Request {
    match op.clone() {
        Op::Create { queue, delay, redrive } => {
            let mut create = create(queue);
            if delay > 0 {
                create = create.attribute("DelaySeconds", delay);
            }
            if redrive {
                let target = if queue < 2 { arn(1) } else { arn(3) };
                let policy = format!(r#"{{"maxReceiveCount":"1","deadLetterTargetArn":"{target}"}}"#);
                create = create.attribute("RedrivePolicy", policy);
            }
            create.into()
        }
        Op::Configure { queue, name, value } => {
            SetQueueAttributesRequest { queue_url: url(queue), attributes: [(name.into(), value)].into() }
                .into()
        }
        Op::Send { queue, body, delay } => {
            let (message_group_id, message_deduplication_id) = group(queue, &body);
            let plain = SendMessageRequest::new(url(queue), body);
            SendMessageRequest { delay_seconds: delay, message_group_id, message_deduplication_id, ..plain }
                .into()
        }
        Op::SendBatch { queue, bodies } => {
            let entry = |(index, body): (usize, String)| {
                let (message_group_id, message_deduplication_id) = group(queue, &body);
                SendMessageBatchRequestEntry {
                    message_group_id,
                    message_deduplication_id,
                    ..SendMessageBatchRequestEntry::new(format!("e{index}"), body)
                }
            };
            let entries = bodies.into_iter().enumerate().map(entry).collect();
            SendMessageBatchRequest { queue_url: url(queue), entries: Some(entries) }.into()
        }
        Op::Receive { queue, most, visibility, wait, attempt } => ReceiveMessageRequest {
            receive_request_attempt_id: attempt.then(|| "again".into()),
            queue_url: url(queue),
            max_number_of_messages: Some(most),
            visibility_timeout: visibility,
            wait_time_seconds: Some(wait),
            message_system_attribute_names: vec!["All".into()],
            ..ReceiveMessageRequest::default()
        }
        .into(),
        Op::Resume { pick } => match all(replies, "Wait") {
            tokens if tokens.is_empty() => Request::ListQueues(ListQueuesRequest::default()),
            tokens => {
                let token: WaitToken = serde_json::from_value(tokens[pick % tokens.len()].clone()).unwrap();
                token.into()
            }
        },
        Op::Delete { queue, pick } => {
            DeleteMessageRequest { queue_url: url(queue), receipt_handle: handle(replies, pick) }.into()
        }
        Op::DeleteBatch { queue, picks } => {
            let entry = |(index, pick)| DeleteMessageBatchRequestEntry {
                id: Some(format!("e{index}")),
                receipt_handle: handle(replies, pick),
            };
            let entries = picks.into_iter().enumerate().map(entry).collect();
            DeleteMessageBatchRequest { queue_url: url(queue), entries: Some(entries) }.into()
        }
        Op::Change { queue, pick, seconds } => ChangeMessageVisibilityRequest {
            queue_url: url(queue),
            receipt_handle: handle(replies, pick),
            visibility_timeout: Some(seconds),
        }
        .into(),
        Op::Purge { queue } => PurgeQueueRequest { queue_url: url(queue) }.into(),
        Op::Drop { queue } => DeleteQueueRequest { queue_url: url(queue) }.into(),
        Op::Read { queue } | Op::Denied { queue } => {
            GetQueueAttributesRequest { queue_url: url(queue), attribute_names: vec!["All".into()] }.into()
        }
        Op::StartMove { queue, elsewhere, rate } => StartMessageMoveTaskRequest {
            source_arn: arn(queue),
            destination_arn: elsewhere.then(|| arn(queue ^ 1)),
            max_number_of_messages_per_second: rate,
        }
        .into(),
        Op::ListMoves { queue } => {
            ListMessageMoveTasksRequest { source_arn: arn(queue), max_results: Some(10) }.into()
        }
        Op::CancelMove { pick } => {
            let handles = all(replies, "TaskHandle");
            let task_handle = match handles.len() {
                0 => "never-issued".into(),
                count => handles[count - 1 - pick % count].as_str().unwrap().into(),
            };
            CancelMessageMoveTaskRequest { task_handle }.into()
        }
        Op::Permit { queue, label } => AddPermissionRequest {
            queue_url: url(queue),
            label: format!("label-{label}"),
            aws_account_ids: vec!["444455556666".into()],
            actions: vec!["SendMessage".into()],
        }
        .into(),
        Op::Forbid { queue, label } => {
            RemovePermissionRequest { queue_url: url(queue), label: format!("label-{label}") }.into()
        }
        Op::List => ListQueuesRequest { max_results: Some(1), ..ListQueuesRequest::default() }.into(),
    }
}

impl<E: UnderTest> Workload for Queues<E> {
    type Engine = E;
    type Op = Op;

    fn engine(&self) -> E {
        E::fresh()
    }

    fn secret(&self) {}

    fn ops(&self) -> BoxedStrategy<Op> {
        ops()
    }

    fn bind(&self, op: &Op, replies: &[Reply<Value>]) -> Bound<E> {
        let mut bound = Bound::new(alice(), request(op, replies));
        if matches!(op, Op::Denied { .. }) {
            bound.permit = Permit::Decided(vec![Verdict::Denied { message: "not today".into() }]);
        }
        bound
    }
}

/// The engine, or one with a bug in it.
pub(crate) trait UnderTest:
    aws_core::Engine<
        Request = Request,
        Response = Response,
        Error = Error,
        Event = Event,
        Snapshot = Snapshot,
        Secret = (),
    >
{
    fn fresh() -> Self;
}

impl UnderTest for Engine {
    fn fresh() -> Self {
        // One in flight makes noise, and the counts come late.
        let fair = FairQueues { noisy_in_flight_min: 1, ..FairQueues::default() };
        let counts_lag = Span::from_seconds(60);
        let options = Options { fair_queues: Some(fair), counts_lag, ..Options::default() };
        let mut engine = Self::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
        let caller = alice();
        for (seed, queue) in [(1_000, 1), (1_001, 0), (1_002, 3), (1_003, 2)] {
            let cx = Cx::new(Timestamp::from_seconds(1_600_000_000), aws_core::Seed::counter(seed), &caller);
            engine.create_queue(cx, create(queue)).unwrap();
        }
        engine
    }
}

/// A bug: what to do wrong. By default everything is right.
pub(crate) trait Bug: Sized {
    fn apply<S: Sink<Event>>(
        engine: &mut Engine,
        cx: Cx<'_, S>,
        request: Request,
    ) -> Result<Response, Error> {
        engine.apply(cx, request)
    }
    fn advance<S: Sink<Event>>(engine: &mut Engine, now: Timestamp, sink: S) {
        engine.advance(now, sink);
    }
    fn next_deadline(engine: &Engine) -> Option<Timestamp> {
        engine.next_deadline()
    }
    fn restore(snapshot: Snapshot) -> Result<Engine, SnapshotError> {
        Engine::restore(snapshot, &())
    }
    fn authz_refusal() -> Option<Error> {
        None
    }
}

/// An engine with a bug.
pub(crate) struct Seeded<B>(Engine, PhantomData<B>);

impl<B: Bug> UnderTest for Seeded<B> {
    fn fresh() -> Self {
        Self(Engine::fresh(), PhantomData)
    }
}

impl<B: Bug> aws_core::Engine for Seeded<B> {
    const NAME: &'static str = "sqs";
    type Request = Request;
    type Response = Response;
    type Error = Error;
    type Event = Event;
    type Snapshot = Snapshot;
    type Secret = ();

    fn apply<S: Sink<Event>>(&mut self, cx: Cx<'_, S>, request: Request) -> Result<Response, Error> {
        B::apply(&mut self.0, cx, request)
    }
    fn authz<S>(&self, cx: &Cx<'_, S>, request: &Request) -> Result<Vec<AuthzRequest>, Error> {
        B::authz_refusal().map_or_else(|| self.0.authz(cx, request), Err)
    }
    fn advance<S: Sink<Event>>(&mut self, now: Timestamp, sink: S) {
        B::advance(&mut self.0, now, sink);
    }
    fn now(&self) -> Timestamp {
        self.0.now()
    }
    fn next_deadline(&self) -> Option<Timestamp> {
        B::next_deadline(&self.0)
    }
    fn snapshot(&self, (): &()) -> Snapshot {
        self.0.snapshot(&())
    }
    fn restore(snapshot: Snapshot, (): &()) -> Result<Self, SnapshotError> {
        B::restore(snapshot).map(|engine| Self(engine, PhantomData))
    }
    fn verify(&self) -> Result<(), String> {
        self.0.verify()
    }
    fn access_denied(message: &str) -> Error {
        Engine::access_denied(message)
    }
}

/// Messages in flight come back from a snapshot as visible.
pub(crate) struct TimerLostOnRestore;
impl Bug for TimerLostOnRestore {
    fn restore(snapshot: Snapshot) -> Result<Engine, SnapshotError> {
        fn lose(value: &mut Value) {
            match value {
                Value::Array(items) => items.iter_mut().for_each(lose),
                Value::Object(members) => {
                    if let Some(flight) = members.remove("InFlight") {
                        members.insert("Visible".into(), serde_json::json!({ "since": flight["until"] }));
                    }
                    members.values_mut().for_each(lose);
                }
                _ => {}
            }
        }
        let mut state = snapshot.state().clone();
        lose(&mut state);
        Engine::restore(Snapshot::take("sqs", 1, "0", &state), &())
    }
}

/// A timer that fires resets the receive's answer: advancing deletes what is
/// due instead of showing it again, but only when it is called by itself.
pub(crate) struct AdvanceChangesReply;
impl Bug for AdvanceChangesReply {
    fn advance<S: Sink<Event>>(engine: &mut Engine, now: Timestamp, sink: S) {
        let due = engine.next_deadline().is_some_and(|deadline| deadline <= now);
        engine.advance(now, sink);
        if due {
            let caller = alice();
            let cx = Cx::new(now, aws_core::Seed::counter(9), &caller);
            let _ = engine.apply(cx, SendMessageRequest::new("a", "from nowhere").into());
        }
    }
}

/// A refused call leaves a tag behind.
pub(crate) struct RefusalMutates;
impl Bug for RefusalMutates {
    fn apply<S: Sink<Event>>(
        engine: &mut Engine,
        cx: Cx<'_, S>,
        request: Request,
    ) -> Result<Response, Error> {
        let now = cx.now;
        let reply = engine.apply(cx, request);
        if reply.is_err() {
            let caller = alice();
            let cx = Cx::new(now, aws_core::Seed::counter(9), &caller);
            let tag =
                TagQueueRequest { queue_url: "a".into(), tags: [("refused".into(), "yes".into())].into() };
            let _ = engine.apply(cx, tag.into());
        }
        reply
    }
}

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

/// Entropy comes from a counter outside the engine instead of from the call.
pub(crate) struct ReplayDrifts;
impl Bug for ReplayDrifts {
    fn apply<S: Sink<Event>>(
        engine: &mut Engine,
        mut cx: Cx<'_, S>,
        request: Request,
    ) -> Result<Response, Error> {
        cx.seed = aws_core::Seed::counter(CALLS.replace(CALLS.get() + 1));
        engine.apply(cx, request)
    }
}

/// Timers fire a second before `next_deadline` says.
pub(crate) struct EarlyDeadline;
impl Bug for EarlyDeadline {
    fn next_deadline(engine: &Engine) -> Option<Timestamp> {
        engine.next_deadline().map(|deadline| deadline + Span::from_seconds(1))
    }
}

/// The time told is believed even if it was later before.
pub(crate) struct ClockGoesBack;
impl Bug for ClockGoesBack {
    fn apply<S: Sink<Event>>(
        engine: &mut Engine,
        cx: Cx<'_, S>,
        request: Request,
    ) -> Result<Response, Error> {
        let back = cx.now < engine.now();
        let reply = engine.apply(cx, request);
        if back { Err(Error::UnknownQueue) } else { reply }
    }
}

/// Whoever listens is counted, and the count is answered.
pub(crate) struct ListenerChangesReply;
impl Bug for ListenerChangesReply {
    fn apply<S: Sink<Event>>(
        engine: &mut Engine,
        cx: Cx<'_, S>,
        request: Request,
    ) -> Result<Response, Error> {
        let silent = core::mem::size_of::<S>() == 0;
        let reply = engine.apply(cx, request);
        if silent { Err(Error::InFlight) } else { reply }
    }
}

/// `authz` refuses what `apply` does.
pub(crate) struct AuthzRefusesAlone;
impl Bug for AuthzRefusesAlone {
    fn authz_refusal() -> Option<Error> {
        Some(Error::UnknownQueue)
    }
}
