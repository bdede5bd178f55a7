//! Every vector under `tests/vectors`, run step by step.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "../../aws-core/tests/folder/mod.rs"]
mod folder;

use aws_core::vectors::{Captures, Case, Report};
use aws_core::{AwsError as _, Caller, Cx, Engine as _, Home, Permit, Reply, Seed, Timestamp};
use dynamo_engine::{Engine, Options, Request};
use folder::load_dir;
use std::collections::BTreeSet;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");

#[test]
fn every_vector_holds() {
    let mut report = Report::default();
    let mut ids = BTreeSet::new();
    for (path, file) in load_dir(FOLDER).unwrap() {
        assert_eq!(file.schema, "dynamo/1", "{}", path.display());
        for case in &file.cases {
            assert!(ids.insert(case.id.clone()), "{} is there twice", case.id);
            report.add(&case.id, &case.confidence, run(case));
        }
    }
    println!("{}", report.finish().unwrap());
}

fn run(case: &Case) -> Result<(), String> {
    let options = match case.extra.get("options") {
        Some(options) => serde_json::from_value(options.clone()).map_err(|error| error.to_string())?,
        None => Options::immediate(),
    };
    let mut dynamo = Engine::with_options(Home::new("us-east-1", "000000000000").unwrap(), options);
    let alice = Caller::user("000000000000".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
    let mut captures = Captures::default();
    if case.steps.is_empty() {
        return Err("it has no steps".into());
    }
    for (index, step) in case.steps.iter().enumerate() {
        let at = |what: String| format!("step {index}: {what}");
        let request: Request =
            serde_json::from_value(captures.fill(&step.request)).map_err(|error| at(error.to_string()))?;
        let permit: Permit = match &step.permit {
            Some(permit) => serde_json::from_value(permit.clone()).map_err(|error| at(error.to_string()))?,
            None => Permit::Unchecked,
        };
        let cx =
            Cx::new(Timestamp::from_millis(step.start), Seed::counter(index as u64), &alice).permit(permit);
        let reply = match dynamo.apply(cx, request) {
            Ok(response) => Reply::Ok(response),
            Err(error) => Reply::Err(error.record()),
        };
        captures.matches(&step.reply, &reply.to_value()).map_err(at)?;
        dynamo.verify().map_err(|what| at(format!("invariant: {what}")))?;
    }
    Ok(())
}
