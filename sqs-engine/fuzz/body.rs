//! What the fuzzer runs, and `tests/fuzz.rs` with fewer inputs on any
//! toolchain.

use aws_core::{Caller, Cx, Engine as _, Home, Seed, Snapshot, Span, Timestamp};
use sqs_engine::{CreateQueueRequest, Engine, Request};

/// Each line is a request in JSON; each is made a second after the one
/// before. `$` stands for the latest receipt handle.
pub(crate) fn requests(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let Ok(home) = Home::new("us-east-1", "111122223333") else { return };
    let (mut sqs, caller) = (Engine::new(home), Caller::anonymous());
    let mut now = Timestamp::from_seconds(1_700_000_000);
    let mut handle = String::from("none");
    let create = CreateQueueRequest::new("q");
    let _ = sqs.create_queue(Cx::new(now, Seed::counter(0), &caller), create);
    for (seed, line) in (1..).zip(text.lines().take(200)) {
        let Ok(request) = serde_json::from_str::<Request>(&line.replace('$', &handle)) else { continue };
        now += Span::from_seconds(1);
        let before = sqs.snapshot(&());
        let reply = sqs.apply(Cx::new(now, Seed::counter(seed), &caller), request);
        let broken = sqs.verify();
        assert!(broken.is_ok(), "{broken:?}");
        match reply {
            Ok(reply) => {
                let reply = serde_json::to_value(reply).unwrap_or_default();
                if let Some(found) = reply.pointer("/Messages/0/ReceiptHandle").and_then(|it| it.as_str()) {
                    handle = found.into();
                }
            }
            Err(error) => {
                // A refusal leaves what the passing of time would have left.
                let Ok(mut waited) = Engine::restore(before, &()) else { continue };
                waited.advance(now, ());
                assert_eq!(waited.snapshot(&()), sqs.snapshot(&()), "{error}");
            }
        }
    }
}

/// The input is a snapshot's state.
pub(crate) fn restore(data: &[u8]) {
    let Ok(state) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    if let Ok(mut sqs) = Engine::restore(Snapshot::take("sqs", 1, "fuzz", &state), &()) {
        let broken = sqs.verify();
        assert!(broken.is_ok(), "{broken:?}");
        sqs.advance(Timestamp::MAX, ());
        assert!(sqs.verify().is_ok());
    }
}
