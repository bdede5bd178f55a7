//! What the fuzzer runs, and `tests/fuzz.rs` with fewer inputs on any
//! toolchain.

use aws_core::{Caller, Cx, Engine as _, Home, Seed, Snapshot, Span, Timestamp};
use dynamo_engine::{CreateTableRequest, Engine, Options, Request, ValueType};

/// Each line is a request in JSON; each is made a second after the one
/// before.
pub(crate) fn requests(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let Ok(home) = Home::new("us-east-1", "111122223333") else { return };
    let options = Options { partitions: Some(2), ..Options::immediate() };
    let (mut dynamo, caller) = (Engine::with_options(home, options), Caller::anonymous());
    let mut now = Timestamp::from_seconds(1_700_000_000);
    let create = CreateTableRequest::on_demand("tab", ("pk", ValueType::S), Some(("sk", ValueType::N)));
    let _ = dynamo.create_table(Cx::new(now, Seed::counter(0), &caller), create);
    for (seed, line) in (1..).zip(text.lines().take(200)) {
        let Ok(request) = serde_json::from_str::<Request>(line) else { continue };
        now += Span::from_seconds(1);
        let before = dynamo.snapshot(&());
        let reply = dynamo.apply(Cx::new(now, Seed::counter(seed), &caller), request);
        let broken = dynamo.verify();
        assert!(broken.is_ok(), "{broken:?}");
        match reply {
            Ok(reply) => assert!(serde_json::to_value(reply).is_ok()),
            Err(error) => {
                // A refusal leaves the items as they were.
                let Ok(mut waited) = Engine::restore(before, &()) else { continue };
                waited.advance(now, ());
                assert_eq!(items(&mut waited, now), items(&mut dynamo, now), "{error}");
            }
        }
    }
}

/// Everything in the table, as it prints.
fn items(dynamo: &mut Engine, now: Timestamp) -> String {
    let caller = Caller::anonymous();
    let scan = dynamo_engine::ScanRequest::new("tab");
    format!("{:?}", dynamo.scan(Cx::new(now, Seed::counter(0), &caller), scan).map(|found| found.items))
}

/// The input is a snapshot's state.
pub(crate) fn restore(data: &[u8]) {
    let Ok(state) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    if let Ok(mut dynamo) = Engine::restore(Snapshot::take("dynamo", 1, "fuzz", &state), &()) {
        let broken = dynamo.verify();
        assert!(broken.is_ok(), "{broken:?}");
        dynamo.advance(Timestamp::MAX, ());
        assert!(dynamo.verify().is_ok());
    }
}
