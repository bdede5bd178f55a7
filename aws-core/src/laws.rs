//! The laws every stateful engine keeps, as property tests.
//!
//! A [`Workload`] says how to make an engine, which operations to try and how
//! to turn them into requests that really use the handles and ids of earlier
//! replies. [`check`] then runs random sequences against every law:
//!
//! | law | promise |
//! |---|---|
//! | *tick* | extra [`advance`](crate::Engine::advance) calls change no later reply and no state |
//! | *restore* | an engine restored from its snapshot goes on as the original |
//! | *clock* | a smaller time than seen before is treated as the largest seen |
//! | *replay* | a recorded history, written as text and read again, gives equal replies; nobody advances the engine between its calls, and nobody listens |
//! | *refusal* | a refused call leaves the engine as `advance` would |
//! | *same refusal* | what `authz` refuses, `apply` refuses in the same words |
//! | *deadline* | `advance` before [`next_deadline`](crate::Engine::next_deadline) emits nothing and moves no deadline; no deadline lies in the past |
//! | *invariants* | [`verify`](crate::Engine::verify) holds after every step |

use crate::{
    AwsError, Caller, Cx, Engine, ErrorRecord, History, Permit, Record, Recorder, Reply, Seed, Span,
    Timestamp,
};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Debug;
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What the harness needs to know to exercise an engine.
pub trait Workload {
    /// The engine under test.
    type Engine: Engine<
            Request: Clone + Debug + Serialize + DeserializeOwned,
            Response: Clone + Debug + Serialize,
            Event: Clone + Debug + PartialEq,
            Snapshot: Clone + Debug + PartialEq,
        >;
    /// An operation to try, not yet bound to earlier replies.
    type Op: Clone + Debug + 'static;

    /// A fresh engine.
    fn engine(&self) -> Self::Engine;

    /// What seals snapshots.
    fn secret(&self) -> <Self::Engine as Engine>::Secret;

    /// What to try.
    fn ops(&self) -> BoxedStrategy<Self::Op>;

    /// The request, and who makes it, under what permission. `replies` are
    /// those so far, oldest first, so that their handles can be used.
    fn bind(&self, op: &Self::Op, replies: &[Reply<Value>]) -> Bound<Self::Engine>;

    /// The most calls in one sequence.
    fn longest(&self) -> usize {
        40
    }

    /// Whether AWS itself changes state on this refusal; listed here because
    /// the *refusal* law must know every exception.
    fn changes_on_refusal(&self, refusal: &ErrorRecord) -> bool {
        let _ = refusal;
        false
    }
}

/// A request with its caller and permission.
#[derive(Debug)]
pub struct Bound<E: Engine> {
    /// Who calls.
    pub caller: Caller,
    /// What was decided.
    pub permit: Permit,
    /// What is asked.
    pub request: E::Request,
}

impl<E: Engine> Bound<E> {
    /// A request by `caller` that nobody checked.
    pub fn new(caller: Caller, request: impl Into<E::Request>) -> Self {
        Self { caller, permit: Permit::Unchecked, request: request.into() }
    }
}

/// How long to wait before a call.
#[derive(Debug, Clone, Copy)]
enum Gap {
    Millis(i64),
    /// To the next deadline, and this many milliseconds past it.
    Deadline(i64),
}

#[derive(Debug, Clone)]
struct Step<Op> {
    gap: Gap,
    op: Op,
    /// Where the *tick* law interrupts the wait, in 1/256 of it.
    ticks: Vec<u8>,
    /// How far back the *clock* law sets the clock.
    back: u32,
}

fn steps<W: Workload>(workload: &W) -> impl Strategy<Value = Vec<Step<W::Op>>> + use<W> {
    let gap = prop_oneof![
        4 => Just(Gap::Millis(0)),
        3 => (1..3_000_i64).prop_map(Gap::Millis),
        2 => (3_000..400_000_i64).prop_map(Gap::Millis),
        1 => (400_000..2_000_000_000_i64).prop_map(Gap::Millis),
        4 => (-1..=1_i64).prop_map(Gap::Deadline),
    ];
    let step = (gap, workload.ops(), vec(any::<u8>(), 0..3), 0..100_000_u32)
        .prop_map(|(gap, op, ticks, back)| Step { gap, op, ticks, back });
    vec(step, 1..=workload.longest())
}

/// How a run deviates from the plain one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variation {
    Plain,
    Ticks,
    Restores,
    ClockBack,
}

/// One run: the replies, and the final state.
struct Run<E: Engine> {
    history: History<E::Request, Value>,
    end: E::Snapshot,
}

/// Runs `cases` random sequences against every law.
///
/// ```no_run
/// # fn example<W: aws_core::laws::Workload>(workload: W) {
/// aws_core::laws::check(&workload, 256).unwrap();
/// # }
/// ```
///
/// # Errors
/// The law that was broken, with the smallest sequence found that breaks it.
pub fn check<W: Workload>(workload: &W, cases: u32) -> Result<(), String> {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 4_096, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    runner
        .run(&steps(workload), |steps| judge(workload, &steps).map_err(TestCaseError::fail))
        .map_err(|error| error.to_string())
}

/// All laws on one sequence.
fn judge<W: Workload>(workload: &W, steps: &[Step<W::Op>]) -> Result<(), String> {
    let plain = run(workload, steps, Variation::Plain)?;
    replay(workload, &plain)?;
    let variations =
        [(Variation::Ticks, "tick"), (Variation::Restores, "restore"), (Variation::ClockBack, "clock")];
    for (variation, law) in variations {
        let varied = run(workload, steps, variation)?;
        for (index, (one, other)) in plain.history.records.iter().zip(&varied.history.records).enumerate() {
            if one.reply != other.reply {
                return broken(
                    law,
                    index,
                    &format!("plain reply {}, varied reply {}", one.reply.to_value(), other.reply.to_value()),
                );
            }
        }
        if plain.end != varied.end {
            return broken(
                law,
                steps.len(),
                &format!("plain end {:?}, varied end {:?}", plain.end, varied.end),
            );
        }
    }
    Ok(())
}

fn broken<T>(law: &str, step: usize, what: &str) -> Result<T, String> {
    Err(format!("law `{law}` broken at step {step}: {what}"))
}

/// The *replay* law.
fn replay<W: Workload>(workload: &W, plain: &Run<W::Engine>) -> Result<(), String> {
    let text = plain.history.to_lines().map_err(|error| error.to_string())?;
    let read: History<<W::Engine as Engine>::Request, Value> =
        text.parse().map_err(|error| format!("law `replay` broken: {error}"))?;
    let mut engine = workload.engine();
    if let Err(divergence) = read.replay(&mut engine) {
        return broken("replay", divergence.index, &divergence.to_string());
    }
    if engine.snapshot(&workload.secret()) != plain.end {
        return broken("replay", plain.history.records.len(), "the end state differs");
    }
    Ok(())
}

fn run<W: Workload>(
    workload: &W,
    steps: &[Step<W::Op>],
    variation: Variation,
) -> Result<Run<W::Engine>, String> {
    let secret = workload.secret();
    let mut engine = workload.engine();
    let mut now = Timestamp::from_seconds(1_700_000_000);
    let mut history = History::<<W::Engine as Engine>::Request, Value>::default();
    let mut replies = Vec::new();

    for (index, step) in steps.iter().enumerate() {
        let target = wait(&engine, now, step.gap);
        if variation == Variation::Plain {
            deadline(&mut engine, &secret, now, target, index)?;
        }
        if variation == Variation::Ticks {
            for part in &step.ticks {
                let way = (target - now).as_millis() / 256 * i64::from(*part);
                engine.advance(now + Span::from_millis(way), ());
            }
            engine.advance(target, ());
            engine.advance(now, ());
            engine.advance(target, ());
        }
        now = target;
        if variation == Variation::Restores {
            engine = copy(&engine, &secret, index)?;
        }
        let told = if variation == Variation::ClockBack {
            engine.advance(now, ());
            now - Span::from_millis(i64::from(step.back))
        } else {
            now
        };

        let bound = workload.bind(&step.op, &replies);
        let seed = Seed::counter(index as u64 + 1);
        let mut log = Recorder::<<W::Engine as Engine>::Event>::default();
        let before = (variation == Variation::Plain).then(|| {
            engine.advance(now, ());
            let refused = engine
                .authz(&Cx::new(now, seed.duplicate(), &bound.caller), &bound.request)
                .err()
                .map(|error| error.record());
            (refused, engine.snapshot(&secret))
        });

        let cx = Cx::new(told, seed.duplicate(), &bound.caller).permit(bound.permit.clone());
        let reply = match engine.apply(cx.sink(&mut log), bound.request.clone()) {
            Ok(response) => Reply::Ok(serde_json::to_value(&response).unwrap_or(Value::Null)),
            Err(error) => Reply::Err(error.record()),
        };

        if let Some((refused, before)) = before {
            refusal(workload, &engine, &reply, refused, &before, index)?;
        }
        if let Err(what) = engine.verify() {
            return broken("invariants", index, &what);
        }
        replies.push(reply.clone());
        history.records.push(Record {
            start: now,
            end: None,
            seed: Some(seed),
            caller: Some(bound.caller),
            permit: bound.permit,
            request: bound.request,
            reply,
        });
    }
    Ok(Run { history, end: engine.snapshot(&secret) })
}

/// When the next call happens. Depends only on what every variation shares.
fn wait<E: Engine>(engine: &E, now: Timestamp, gap: Gap) -> Timestamp {
    match gap {
        Gap::Millis(millis) => now + Span::from_millis(millis),
        Gap::Deadline(past) => {
            engine.next_deadline().map_or(now, |deadline| (deadline + Span::from_millis(past)).max(now))
        }
    }
}

/// The *deadline* law, between `now` and the next call at `target`.
fn deadline<E: Engine<Snapshot: Clone + PartialEq>>(
    engine: &mut E,
    secret: &E::Secret,
    now: Timestamp,
    target: Timestamp,
    step: usize,
) -> Result<(), String> {
    let Some(deadline) = engine.next_deadline() else {
        let mut probe = copy(engine, secret, step)?;
        let mut log = Recorder::default();
        probe.advance(target, &mut log);
        if !log.events.is_empty() {
            return broken("deadline", step, "no deadline, yet advancing emits an event");
        }
        return Ok(());
    };
    if step > 0 && deadline <= engine.now() {
        return broken("deadline", step, &format!("deadline {deadline:?} is not after {:?}", engine.now()));
    }
    let early = deadline - Span::from_millis(1);
    if early > now {
        let mut probe = copy(engine, secret, step)?;
        let mut log = Recorder::default();
        probe.advance(early, &mut log);
        if !log.events.is_empty() {
            return broken("deadline", step, &format!("an event before the deadline {deadline:?}"));
        }
        if probe.next_deadline() != Some(deadline) {
            return broken("deadline", step, &format!("the deadline {deadline:?} moved before it came"));
        }
    }
    Ok(())
}

fn copy<E: Engine<Snapshot: Clone + PartialEq>>(
    engine: &E,
    secret: &E::Secret,
    step: usize,
) -> Result<E, String> {
    let taken = engine.snapshot(secret);
    match E::restore(taken.clone(), secret) {
        Err(error) => broken("restore", step, &error.to_string()),
        Ok(copy) if copy.snapshot(secret) != taken => {
            broken("restore", step, "a second snapshot differs from the first")
        }
        Ok(copy) => Ok(copy),
    }
}

/// The *refusal* and *same refusal* laws, after one call.
fn refusal<W: Workload>(
    workload: &W,
    engine: &W::Engine,
    reply: &Reply<Value>,
    refused: Option<ErrorRecord>,
    before: &<W::Engine as Engine>::Snapshot,
    step: usize,
) -> Result<(), String> {
    if let Some(expected) = refused
        && *reply != Reply::Err(expected.clone())
    {
        return broken(
            "same refusal",
            step,
            &format!("authz refused with {expected:?}, apply answered {}", reply.to_value()),
        );
    }
    if let Reply::Err(record) = reply
        && !workload.changes_on_refusal(record)
        && engine.snapshot(&workload.secret()) != *before
    {
        return broken("refusal", step, &format!("the refusal {record:?} changed the state"));
    }
    Ok(())
}
