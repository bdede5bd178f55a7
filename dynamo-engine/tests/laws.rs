//! Every law of `aws_core::laws` on the DynamoDB engine.

mod workload;

use aws_core::laws::Workload as _;
use aws_core::{Cx, Engine as _, Reply, Seed, Timestamp};
use dynamo_engine::Request;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

#[test]
fn the_engine_keeps_every_law() {
    aws_core::laws::check(&workload::Tables { late: false }, 250).unwrap();
}

/// `[DDB-5.9]`
#[test]
fn an_engine_whose_writes_arrive_late_keeps_them_too() {
    aws_core::laws::check(&workload::Tables { late: true }, 80).unwrap();
}

/// The laws are worth something only if the workload gets somewhere: every
/// operation that it tries succeeds often, and is refused in many ways.
#[test]
fn the_workload_succeeds_and_is_refused() {
    let (mut runner, ops) = (TestRunner::deterministic(), workload::Tables { late: false }.ops());
    let tables = workload::Tables { late: false };
    let mut dynamo = tables.engine();
    let (mut replies, mut done) = (Vec::new(), BTreeMap::<&str, u32>::new());
    let mut refusals = BTreeMap::<String, u32>::new();
    for step in 0..5_000_u32 {
        let op = ops.new_tree(&mut runner).unwrap().current();
        let bound = tables.bind(&op, &replies);
        let now = Timestamp::from_millis(1_700_000_000_000 + i64::from(step) * 25);
        let cx = Cx::new(now, Seed::counter(u64::from(step)), &bound.caller).permit(bound.permit);
        let name = bound.request.name();
        replies.push(match dynamo.apply(cx, bound.request) {
            Ok(response) => {
                *done.entry(name).or_default() += 1;
                Reply::Ok(serde_json::to_value(response).unwrap())
            }
            Err(error) => {
                *refusals.entry(error.to_string()).or_default() += 1;
                Reply::Err(aws_core::AwsError::record(&error))
            }
        });
    }
    let untried = [
        "BatchGetItem",
        "DeleteBackup",
        "DeleteResourcePolicy",
        "DescribeBackup",
        "DescribeContinuousBackups",
        "DescribeEndpoints",
        "DescribeLimits",
        "HoldReplicaItem",
        "JoinGlobalTable",
        "ListStreams",
        "RestoreTableFromBackup",
        "RestoreTableToPointInTime",
        "SearchVectors",
    ];
    for name in Request::NAMES.iter().filter(|name| !untried.contains(name)) {
        // Half transactions need units, the other half and nobody between.
        let least = if name.ends_with("Transaction") { 1 } else { 3 };
        assert!(done.get(name).is_some_and(|count| *count >= least), "{name} hardly ever succeeds: {done:?}");
    }
    assert!(refusals.len() > 15, "{refusals:#?}");
    assert!(refusals.keys().any(|text| text.starts_with("The level of configured")), "nothing is throttled");
}
