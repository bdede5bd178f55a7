//! Worked decisions as data.

#[path = "../../aws-core/tests/folder/mod.rs"]
mod folder;
mod world;

use folder::load_dir;
use iam_eval::aws_core::vectors::Report;
use serde_json::{Value, json};
use world::World;

#[test]
fn every_decision() {
    let mut report = Report::default();
    let files = load_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")).unwrap();
    let decisions = files.into_iter().filter(|(path, _)| path.ends_with("decisions.json"));
    for case in decisions.flat_map(|(_, file)| file.cases) {
        let world = World::new(&case.input);
        let answer = world.policies().decide(&world.request());
        let found = json!({"decision": answer.decision, "check": answer.check});
        let same =
            |member: &str| case.expect.get(member).unwrap_or(&Value::Null) == found.get(member).unwrap();
        let result = if same("decision") && same("check") {
            Ok(())
        } else {
            Err(format!("{}: expected {}, found {found}", case.why, case.expect))
        };
        report.add(&case.id, &case.confidence, result);
    }
    println!("{}", report.finish().unwrap());
}
