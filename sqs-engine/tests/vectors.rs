//! Every vector under `tests/vectors`, run step by step.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "../../aws-core/tests/folder/mod.rs"]
mod folder;

use aws_core::vectors::{Captures, Case, Report};
use aws_core::{AwsError as _, Caller, Cx, Engine as _, Home, Permit, Reply, Seed, Timestamp};
use folder::load_dir;
use serde_json::Value;
use sqs_engine::{Engine, Request};
use std::collections::BTreeSet;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");

#[test]
fn every_vector_holds() {
    let mut report = Report::default();
    let mut ids = BTreeSet::new();
    for (path, file) in load_dir(FOLDER).unwrap() {
        assert_eq!(file.schema, "sqs/1", "{}", path.display());
        for case in &file.cases {
            assert!(ids.insert(case.id.clone()), "{} is there twice", case.id);
            report.add(&case.id, &case.confidence, run(case));
        }
    }
    println!("{}", report.finish().unwrap());
}

fn run(case: &Case) -> Result<(), String> {
    let mut sqs = Engine::new(Home::new("us-east-1", "000000000000").unwrap());
    let alice = Caller::user("000000000000".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
    let mut captures = Captures::default();
    if case.steps.is_empty() {
        return Err("it has no steps".into());
    }
    for (index, step) in case.steps.iter().enumerate() {
        let at = |what: String| format!("step {index}: {what}");
        let request: Request =
            serde_json::from_value(captures.fill(&step.request)).map_err(|error| at(error.to_string()))?;
        let caller = match &step.caller {
            Some(caller) => serde_json::from_value(caller.clone()).map_err(|error| at(error.to_string()))?,
            None => alice.clone(),
        };
        let permit: Permit = match &step.permit {
            Some(permit) => serde_json::from_value(permit.clone()).map_err(|error| at(error.to_string()))?,
            None => Permit::Unchecked,
        };
        let seed = match &step.seed {
            Some(seed) => serde_json::from_value(seed.clone()).map_err(|error| at(error.to_string()))?,
            None => Seed::counter(index as u64),
        };
        let cx = Cx::new(Timestamp::from_millis(step.start), seed, &caller).permit(permit);
        let reply = match sqs.apply(cx, request) {
            Ok(response) => Reply::Ok(response),
            Err(error) => Reply::Err(error.record()),
        };
        captures.matches(&step.reply, &reply.to_value()).map_err(at)?;
        sqs.verify().map_err(|what| at(format!("invariant: {what}")))?;
    }
    Ok(())
}

/// `[SQS-6.1]` `[SQS-6.2]` Digests that SQS answered, recorded.
#[test]
fn recorded_digests_are_reproduced() {
    let text = include_str!("vectors/recorded/exec.jsonl");
    let mut checked = 0;
    for line in text.lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let attributes = serde_json::from_value(message["MessageAttributes"].clone()).unwrap();
        let body = message["Body"].as_str().unwrap();
        assert_eq!(sqs_engine::Md5::of_body(body).to_string(), message["MD5OfBody"]);
        let digest = sqs_engine::Md5::of_attributes(&attributes).unwrap();
        assert_eq!(digest.to_string(), message["MD5OfMessageAttributes"]);
        checked += 1;
    }
    assert_eq!(checked, 20);
}
