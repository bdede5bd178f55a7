//! The oracle accepts what the engine and a second implementation do, and
//! finds each bug of the latter with few calls.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod plain;

use aws_core::{AwsError as _, Caller, Cx, Engine as _, Home, Seed, Timestamp};
use dynamo_engine::oracle::{Answer, Judged, Observed, Oracle, Violation, read};
use dynamo_engine::*;
use plain::{BUGS, Bug, Call, Dice, Plain, calls};
use std::collections::BTreeMap;

/// The violation with its calls in full.
fn told(history: &[Observed], violation: &Violation) -> String {
    let calls = violation.calls.iter().map(|call| format!("{call}: {:?}", history.get(*call)));
    format!("{violation}\n{}", calls.collect::<Vec<_>>().join("\n"))
}

fn accept(history: &[Observed]) -> Judged {
    let judged = Oracle::default().judge(history);
    judged.map_err(|violation| told(history, &violation)).unwrap()
}

/// Our engine, each call at the moment of its effect.
fn ours(mut all: Vec<Call>) -> Vec<Observed> {
    let options = Options { throttling: false, ..Options::immediate() };
    let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
    let caller = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
    let mut seed = 0;
    let mut call = |at: i64, request: Request| {
        seed += 1;
        dynamo.apply(Cx::new(Timestamp::from_millis(at), Seed::counter(seed), &caller), request)
    };
    call(-1, CreateTableRequest::on_demand("tab", ("id", ValueType::S), None).into()).unwrap();
    all.sort_by_key(|call| call.at);
    let mut seen = Vec::new();
    for one in all {
        let answer = match call(one.at, one.op.request()) {
            _ if one.lost => Answer::Lost,
            Ok(response) => Answer::from(response),
            Err(error) => Answer::Refused(error.record()),
        };
        let (start, end) = (Timestamp::from_millis(one.start), Timestamp::from_millis(one.end));
        seen.push(Observed { start, end: Some(end), request: one.op.request(), answer });
    }
    seen.sort_by_key(|one| one.start);
    seen
}

/// `[DDB-H1]` `[DDB-H2]` `[DDB-H3]` `[DDB-H4]`
#[test]
fn what_is_right_is_accepted() {
    let mut transactions = 0;
    for seed in 0..120 {
        let mut dice = Dice::new(seed);
        let all = calls(&mut dice, 120, 2 + seed % 4, 1 + seed % 60);
        transactions += accept(&ours(all.clone())).transactions;
        let judged = accept(&Plain::new(Bug::None, seed).run(all));
        assert_eq!((judged.undecided.len(), judged.left_out.len()), (0, 0), "seed {seed}");
    }
    assert!(transactions > 2_000);
}

/// What was there before the history is a guess; a right history stays right.
#[test]
fn a_part_of_a_history_is_accepted_from_any_start() {
    for seed in 0..100 {
        let mut dice = Dice::new(seed);
        let history = Plain::new(Bug::None, seed).run(calls(&mut dice, 120, 3, 20));
        // Calls under way at the cut would be missed.
        let cut = Timestamp::from_millis(300);
        let (before, after): (Vec<_>, Vec<_>) = history.into_iter().partition(|one| one.start < cut);
        if before.iter().any(|one| one.end > Some(cut) || one.answer == Answer::Lost) {
            continue;
        }
        // A token from before the cut makes its repetition do nothing.
        let after: Vec<_> = after
            .into_iter()
            .filter(|one| {
                let repeats = before.iter().any(|other| other.request == one.request);
                !repeats || !matches!(one.request, Request::TransactWriteItems(_))
            })
            .collect();
        let judged = Oracle::default().from_any_start().judge(&after);
        judged.map_err(|violation| told(&after, &violation)).unwrap();
    }
}

/// Each is found by its rule and shown by few calls. `[DDB-H1]` `[DDB-H2]`
/// `[DDB-H3]` `[DDB-H4]`
#[test]
fn every_bug_is_found() {
    for (bug, rule) in BUGS {
        let mut found = BTreeMap::<&str, usize>::new();
        let mut least = usize::MAX;
        let mut shown = String::new();
        for seed in 0..30 {
            let mut dice = Dice::new(seed);
            let history = Plain::new(bug, seed).run(calls(&mut dice, 150, 3, 30));
            let Err(violation) = Oracle::default().judge(&history) else { continue };
            *found.entry(violation.rule).or_default() += 1;
            if violation.rule == rule && violation.calls.len() < least {
                least = violation.calls.len();
                shown = told(&history, &violation);
            }
        }
        println!("{bug:?}: {found:?}, {least} calls\n{shown}\n");
        assert!(found.contains_key(rule), "{bug:?} is not found: {found:?}");
        assert!(least <= 4, "{bug:?} takes {least} calls to show");
    }
}

/// What a history says of itself.
#[test]
fn tables_that_cannot_be_judged_are_named() {
    let lines = [
        r#"{"start": 0, "request": {"PutItem": {"TableName": "t", "Item": {"id": {"S": "a"}}}}, "reply": {"ok": {}}}"#,
        r#"{"start": 1, "request": {"GetItem": {"TableName": "t", "Key": {"id": {"S": "a"}}, "ConsistentRead": true}}, "reply": {"ok": {}}}"#,
        r#"{"start": 2, "request": {"UpdateTimeToLive": {"TableName": "t"}}, "reply": {"ok": {}}}"#,
    ];
    let judged = Oracle::default().judge(&read(&lines.join("\n")).unwrap()).unwrap();
    assert_eq!(judged.left_out["t"], "its items may expire");
    let violation = Oracle::default().judge(&read(&lines[..2].join("\n")).unwrap()).unwrap_err();
    assert_eq!(
        violation.to_string(),
        "H1: the consistent read of t {\"id\":{\"S\":\"a\"}} saw nothing, but the item was {\"id\":{\"S\":\"a\"}} (calls 1 2)"
    );
    assert_eq!(read("{\"start\": 1,\n").unwrap_err().line, 1);
}
