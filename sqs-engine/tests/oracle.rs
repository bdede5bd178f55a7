//! The oracle accepts what the engine and a second implementation do, and
//! finds each bug of the latter with a history as small as it gets.
#![cfg(feature = "proptest")]
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod second;

use aws_core::{AwsError as _, Caller, Cx, Engine as _, ErrorRecord, Home, Seed, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use second::{Bug, Second};
use sqs_engine::oracle::{Answer, Observed, Oracle, Step, Subject, Violation, run, steps};
use sqs_engine::{Delivery, Engine, Options, Request};

/// Our engine as a queue under test: these lines are all it takes.
struct Ours {
    engine: Engine,
    caller: Caller,
    calls: u64,
}

impl Ours {
    fn new() -> Self {
        Self::with(Options::default())
    }

    fn with(options: Options) -> Self {
        let home = Home::new("us-east-1", "111122223333").unwrap();
        let caller = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
        Self { engine: Engine::with_options(home, options), caller, calls: 0 }
    }
}

impl Subject for Ours {
    fn call(&mut self, now: Timestamp, request: Request) -> Result<Answer, ErrorRecord> {
        self.calls += 1;
        let cx = Cx::new(now, Seed::counter(self.calls), &self.caller);
        self.engine.apply(cx, request).map(Answer::from).map_err(|error| error.record())
    }
}

/// The violation with its calls in full.
fn told(history: &[Observed]) -> Result<(), String> {
    Oracle::exact().judge(history).map_err(|violation| {
        let calls = violation.calls.iter().map(|call| format!("{:?}", history.get(*call)));
        format!("{violation}\n{}", calls.collect::<Vec<_>>().join("\n"))
    })
}

/// Some of its answers never arrive.
struct Losing {
    ours: Ours,
    lost: Vec<usize>,
}

impl Subject for Losing {
    fn call(&mut self, now: Timestamp, request: Request) -> Result<Answer, ErrorRecord> {
        let nth = usize::try_from(self.ours.calls).unwrap();
        let lost = self.lost.contains(&nth) && !matches!(request, Request::CreateQueue(_));
        let answer = self.ours.call(now, request);
        if lost { Ok(Answer::Lost) } else { answer }
    }
}

/// `SQS_ORACLE_CASES` asks for more.
fn cases(most: u32) -> ProptestConfig {
    let most = option_env!("SQS_ORACLE_CASES").and_then(|cases| cases.parse().ok()).unwrap_or(most);
    ProptestConfig { cases: most, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn the_engine_is_accepted(steps in steps(60)) {
        let history = run(&mut Ours::new(), &steps);
        prop_assert_eq!(told(&history), Ok(()));
        prop_assert_eq!(Oracle::lenient().judge(&history), Ok(()));
    }

    /// A queue that uses the freedom it has is legal, and has less of it than
    /// the exact oracle asks for. `[SQS-8.4]`
    #[test]
    fn sampled_delivery_is_accepted(steps in steps(60), overlooked in 0_u16..900, duplicated in 0_u16..500) {
        let delivery = Delivery::Sampled { overlooked_per_mille: overlooked, duplicated_per_mille: duplicated };
        let history = run(&mut Ours::with(Options { delivery, ..Options::default() }), &steps);
        prop_assert_eq!(Oracle::lenient().judge(&history), Ok(()));
    }

    #[test]
    fn the_second_implementation_is_accepted(steps in steps(60)) {
        let history = run(&mut Second::new(Bug::None), &steps);
        prop_assert_eq!(told(&history), Ok(()));
    }

    /// Answers that are lost make less certain, never wrong. `[SQS-H9]`
    #[test]
    fn lost_answers_are_borne(steps in steps(40), lost in prop::collection::vec(0_usize..90, 0..6)) {
        let history = run(&mut Losing { ours: Ours::new(), lost }, &steps);
        prop_assert_eq!(told(&history), Ok(()));
    }

    /// So do calls that took time and may have happened at any moment of it.
    #[test]
    fn slow_calls_are_borne(steps in steps(40), took in prop::collection::vec(0_i64..30, 400)) {
        let mut history = run(&mut Ours::new(), &steps);
        for (one, took) in history.iter_mut().zip(&took) {
            let at = one.start.as_millis();
            one.start = Timestamp::from_millis(at - took / 2);
            one.end = Some(Timestamp::from_millis(at + took));
        }
        history.sort_by_key(|one| one.start);
        prop_assert_eq!(told(&history), Ok(()));
    }
}

/// The rule by which each bug is found, and the most calls it takes to show
/// it. `[SQS-H1]` `[SQS-H2]` `[SQS-H3]` `[SQS-H4]` `[SQS-H5]` `[SQS-H6]`
/// `[SQS-H7]` `[SQS-H9]` `[SQS-H10]` `[SQS-H11]` `[SQS-H12]` `[SQS-H13]`
/// `[SQS-H14]` `[SQS-H15]` `[SQS-H16]` `[SQS-H17]` `[SQS-H18]` `[SQS-H19]`
/// `[SQS-H20]` `[SQS-H21]` `[SQS-H22]`
const BUGS: [(Bug, &[&str], usize); 34] = [
    (Bug::DeliversWhileInvisible, &["H2", "H10", "H13"], 3),
    (Bug::IgnoresReceiveTimeout, &["H9", "H10", "H13", "H19"], 3),
    (Bug::IgnoresExtension, &["H10", "H13", "H19"], 4),
    (Bug::IgnoresChangeToZero, &["H9"], 4),
    (Bug::LosesEverySeventh, &["H9", "H15"], 3),
    (Bug::ReordersGroup, &["H15"], 4),
    (Bug::SkipsBlockedHead, &["H15", "H13"], 5),
    (Bug::ForgetsDedupEarly, &["H18"], 3),
    (Bug::KeepsDedupTooLong, &["H18"], 3),
    (Bug::DedupsAcrossNothing, &["H18"], 3),
    (Bug::MovesOneEarly, &["H20"], 6),
    (Bug::MovesOneLate, &["H21"], 7),
    (Bug::MovesWhileInvisible, &["H20"], 7),
    (Bug::NeverMoves, &["H21"], 7),
    (Bug::ResurrectsAfterDelete, &["H11", "H14", "H20", "H1"], 5),
    (Bug::CountsFromZero, &["H6"], 3),
    (Bug::CountNeverGrows, &["H6"], 4),
    (Bug::ReusesHandles, &["H5"], 3),
    (Bug::IgnoresDelay, &["H2"], 3),
    (Bug::PurgeKeepsSome, &["H7"], 4),
    (Bug::MoreThanAsked, &["H4"], 2),
    (Bug::ChangesBody, &["H1"], 3),
    (Bug::WrongDigest, &["H1"], 2),
    (Bug::SequenceGoesBack, &["H17"], 3),
    (Bug::DuplicateGetsNewNumber, &["H17"], 3),
    (Bug::SourceKeepsMoved, &["H22", "H10", "H6"], 8),
    (Bug::WrongSource, &["H22"], 7),
    (Bug::AttemptGetsOthers, &["H12"], 4),
    (Bug::ExpiredHandleDeletes, &["H19"], 4),
    (Bug::FreshHandleExpired, &["H19"], 4),
    (Bug::SentTimeWrong, &["H6"], 3),
    (Bug::FirstReceiveMoves, &["H6"], 4),
    (Bug::InventsMessages, &["H1"], 4),
    (Bug::ForgetsRetention, &["H3"], 3),
];

/// A workload, then a long rest and one more look at everything.
fn history(bug: Bug, steps: &[Step]) -> Vec<Observed> {
    let mut all = steps.to_vec();
    if bug == Bug::ForgetsRetention {
        all.push(Step::Send { queue: 0, group: 0, body: 1, delay: 0 });
        all.push(Step::Wait { millis: 345_600_000 });
        all.push(Step::Receive { queue: 0, most: 10, timeout: None, attempt: None });
    }
    run(&mut Second::new(bug), &all)
}

fn hunt(bug: Bug) -> Option<(Violation, Vec<Observed>)> {
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), seed);
    let strategy = steps(80);
    (0..400).find_map(|_| {
        let steps = strategy.new_tree(&mut runner).ok()?.current();
        let history = history(bug, &steps);
        let violation = Oracle::exact().judge(&history).err()?;
        Some((*violation, history))
    })
}

/// Each bug is found, by its rule, and nothing can be left out of what is
/// shown.
#[test]
fn every_bug_is_found() {
    let mut faults = Vec::new();
    for (bug, rules, most) in BUGS {
        let Some((found, history)) = hunt(bug) else {
            faults.push(format!("{bug:?} is not found"));
            continue;
        };
        println!("{bug:?}: {found}");
        if !rules.contains(&found.rule) {
            faults.push(format!("{bug:?} is found by another rule: {found}"));
        }
        if found.calls.len() > most {
            faults.push(format!("{bug:?} takes {} calls: {found}", found.calls.len()));
        }
        let part = |calls: &[usize]| -> Vec<Observed> {
            calls.iter().map(|call| history.get(*call).unwrap().clone()).collect()
        };
        assert!(Oracle::exact().judge(&part(&found.calls)).is_err(), "{found}");
        for left_out in &found.calls {
            let fewer: Vec<usize> = found.calls.iter().copied().filter(|call| call != left_out).collect();
            let still = Oracle::exact().judge(&part(&fewer)).err().filter(|other| other.rule == found.rule);
            // Without one of the calls it is another fault, or none.
            assert!(
                still.is_none_or(|other| other.what != found.what),
                "{bug:?}: {left_out} can be left out of {found}"
            );
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// A queue of the same name is another queue. `[SQS-H8]`
#[test]
fn a_deleted_queue_keeps_nothing() {
    let sent = r#""MessageId": "0a9a8a7a-6a5a-4a4a-8a3a-2a1a0a9a8a7a", "#;
    let body = "49f68a5c8493ec2c0bf489821c21fc3b";
    let create =
        r#""request": {"CreateQueue": {"QueueName": "q"}}, "reply": {"ok": {"QueueUrl": "http://h/1/q"}}"#;
    let lines = [
        format!(r#"{{"start": 0, {create}}}"#),
        format!(
            r#"{{"start": 1, "request": {{"SendMessage": {{"QueueUrl": "http://h/1/q", "MessageBody": "hi"}}}}, "reply": {{"ok": {{{sent} "MD5OfMessageBody": "{body}"}}}}}}"#
        ),
        r#"{"start": 2, "request": {"DeleteQueue": {"QueueUrl": "http://h/1/q"}}, "reply": {"ok": null}}"#
            .into(),
        format!(r#"{{"start": 70000, {create}}}"#),
        format!(
            r#"{{"start": 140000, "request": {{"ReceiveMessage": {{"QueueUrl": "http://h/1/q"}}}}, "reply": {{"ok": {{"Messages": [{{{sent} "ReceiptHandle": "h", "MD5OfBody": "{body}", "Body": "hi"}}]}}}}}}"#
        ),
    ];
    let history = sqs_engine::oracle::read(&lines.join("\n")).unwrap();
    for oracle in [Oracle::exact(), Oracle::lenient()] {
        let found = oracle.judge(&history).unwrap_err();
        assert_eq!((found.rule, found.calls.as_slice()), ("H8", &[1, 2, 4][..]));
    }
    assert_eq!(sqs_engine::oracle::read("{}").unwrap_err().line, 1);
}

/// Consumers meet what AWS may do: messages overtaken, delivered twice, or not
/// seen though they are there; nothing is lost, and the same seeds do the same.
/// `[SQS-8.4]`
#[test]
fn sampled_delivery_disorders_and_duplicates() {
    let delivery = Delivery::Sampled { overlooked_per_mille: 300, duplicated_per_mille: 200 };
    let mut steps: Vec<Step> =
        (0..100).map(|body| Step::Send { queue: 0, group: 0, body, delay: 0 }).collect();
    steps.extend((0..40).map(|_| Step::Receive { queue: 0, most: 5, timeout: Some(200), attempt: None }));
    let history = || run(&mut Ours::with(Options { delivery, ..Options::default() }), &steps);
    let (one, again) = (history(), history());
    assert_eq!(one, again);
    let bodies: Vec<String> = one
        .iter()
        .filter_map(|seen| if let Answer::Received(got) = &seen.answer { Some(&got.messages) } else { None })
        .flatten()
        .map(|message| message.body.to_string())
        .collect();
    let (mut sorted, first) = (bodies.clone(), bodies.get(..100).unwrap());
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), 100, "none is lost");
    let in_order: Vec<String> = (0..100).map(|body| format!("body {body}")).collect();
    assert_ne!(first, in_order);
    assert!(Oracle::exact().judge(&one).is_err());
}

/// What lists of tasks may show, and what they may not. `[SQS-H23]`
#[test]
fn tasks_run_one_at_a_time_at_their_pace_and_end_for_good() {
    let arn = "arn:aws:sqs:us-east-1:111122223333:dead";
    let look = |start: u64, end: Option<u64>, tasks: &[(&str, u64, u64)]| {
        let results: Vec<_> = tasks
            .iter()
            .map(|(status, began, moved)| {
                serde_json::json!({"Status": status, "SourceArn": arn, "StartedTimestamp": began,
                    "MaxNumberOfMessagesPerSecond": 10, "ApproximateNumberOfMessagesMoved": moved})
            })
            .collect();
        let mut line = serde_json::json!({"start": start, "reply": {"ok": {"Results": results}},
            "request": {"ListMessageMoveTasks": {"SourceArn": arn, "MaxResults": 10}}});
        if let Some(end) = end {
            line["end"] = end.into();
        }
        line.to_string()
    };
    let judge = |lines: &[String]| {
        let history = sqs_engine::oracle::read(&lines.join("\n")).unwrap();
        Oracle::lenient().judge(&history).map_err(|found| (found.rule, found.what, found.calls))
    };
    let legal = [
        look(1_000, None, &[("RUNNING", 1_000, 1)]),
        look(2_000, None, &[("CANCELLING", 1_000, 11)]),
        look(3_000, None, &[("RUNNING", 2_500, 6), ("CANCELLED", 1_000, 12)]),
        look(9_000, None, &[("FAILED", 2_500, 66), ("CANCELLED", 1_000, 12)]),
    ];
    assert_eq!(judge(&legal), Ok(()));
    // Looks that overlap may have come in either order.
    let over = look(5_000, Some(7_000), &[("COMPLETED", 1_000, 1)]);
    assert_eq!(judge(&[over.clone(), look(6_000, Some(8_000), &[("RUNNING", 1_000, 1)])]), Ok(()));

    let told = |lines: &[String]| judge(lines).unwrap_err();
    let (rule, what, calls) = told(&[over, look(7_001, Some(8_000), &[("RUNNING", 1_000, 1)])]);
    assert_eq!(
        (rule, what.as_str(), calls),
        ("H23", "a task of dead is RUNNING after it was COMPLETED", vec![0, 1])
    );
    let (_, what, _) = told(&[legal[1].clone(), look(2_001, None, &[("RUNNING", 1_000, 1)])]);
    assert_eq!(what, "a task of dead is RUNNING after it was CANCELLING");
    let (_, what, _) = told(&[look(3_000, None, &[("RUNNING", 2_500, 0), ("CANCELLING", 1_000, 0)])]);
    assert_eq!(what, "dead has 2 active tasks at once");
    let (_, what, _) = told(&[look(2_000, None, &[("RUNNING", 1_000, 12)])]);
    assert_eq!(what, "a task of dead has moved 12 messages in 1000 ms, and 10 a second are allowed");
    let (_, what, _) = told(&[look(2_000, None, &[("CREATED", 1_000, 0)])]);
    assert_eq!(what, "a task of dead is CREATED, which is no state of a task");
}

/// Our own tasks, looked at as they go.
#[test]
fn tasks_of_the_engine_are_accepted() {
    let mut ours = Ours::new();
    let mut history = Vec::new();
    let mut call = |at: i64, request: serde_json::Value| {
        let now = Timestamp::from_millis(at);
        let request: Request = serde_json::from_value(request).unwrap();
        let answer = ours.call(now, request.clone()).unwrap();
        history.push(Observed { start: now, end: None, request, answer });
    };
    let arn = |name: &str| format!("arn:aws:sqs:us-east-1:111122223333:{name}");
    let url = |name: &str| format!("https://sqs.us-east-1.amazonaws.com/111122223333/{name}");
    let policy = serde_json::json!({"deadLetterTargetArn": arn("dead"), "maxReceiveCount": 1}).to_string();
    call(0, serde_json::json!({"CreateQueue": {"QueueName": "dead"}}));
    call(
        0,
        serde_json::json!({"CreateQueue": {"QueueName": "q", "Attributes": {"RedrivePolicy": policy, "VisibilityTimeout": "0"}}}),
    );
    for number in 0..40 {
        call(
            1,
            serde_json::json!({"SendMessage": {"QueueUrl": url("q"), "MessageBody": number.to_string()}}),
        );
    }
    for at in 2..12 {
        call(at, serde_json::json!({"ReceiveMessage": {"QueueUrl": url("q"), "MaxNumberOfMessages": 10}}));
    }
    let start = serde_json::json!({"StartMessageMoveTask": {"SourceArn": arn("dead"), "MaxNumberOfMessagesPerSecond": 7}});
    call(1_000, start);
    for at in (1_000..9_000).step_by(133) {
        call(at, serde_json::json!({"ListMessageMoveTasks": {"SourceArn": arn("dead"), "MaxResults": 10}}));
    }
    let last = history.last().map(|one| one.answer.clone());
    let Some(Answer::Tasks(tasks)) = last else { panic!("{last:?}") };
    assert_eq!((tasks[0].status.as_str(), tasks[0].approximate_number_of_messages_moved), ("COMPLETED", 40));
    assert_eq!(told(&history), Ok(()));
}
