//! What the fuzzer runs, and `tests/fuzz.rs` with fewer inputs on any
//! toolchain.

use aws_core::wire::{self, Member, Shape};
use aws_core::{Arn, ArnPattern, History, Snapshot, Timestamp, Wildcard};

const MEMBERS: &[Member] = &[
    Member { json: "a", query: "a", shape: Shape::Integer },
    Member { json: "b", query: "b", shape: Shape::List(&Shape::Text) },
    Member { json: "c", query: "c", shape: Shape::Map { key: "k", value: "v", of: &Shape::Text } },
];

/// Reads the input as everything that is text. What it reads has to print as
/// it was, or read back as the same.
pub(crate) fn text(data: &[u8]) {
    let _ = wire::read_json::<Vec<Option<String>>>(data);
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(arn) = text.parse::<Arn>() {
        assert_eq!(arn.as_str(), text);
        let _ = arn.parts();
    }
    if let Ok(pattern) = text.parse::<ArnPattern>() {
        assert_eq!(pattern.as_str(), text);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        assert_eq!(at.epoch_seconds().to_string().parse(), Ok(at));
    }
    if let Some((pattern, subject)) = text.split_once('\n') {
        let matched = Wildcard::new(pattern).matches(subject);
        let folded = Wildcard::ignoring_ascii_case(pattern).matches(subject);
        assert!(folded || !matched);
    }
    if let Ok(parameters) = wire::parse_form(text) {
        assert_eq!(wire::parse_form(&wire::print_form(&parameters)).as_ref(), Ok(&parameters));
        if let Ok(value) = wire::unflatten(&parameters, MEMBERS) {
            let again = wire::unflatten(&wire::flatten(&value, MEMBERS), MEMBERS);
            assert_eq!(again, Ok(value));
        }
    }
    let _ = wire::split_target(text);
    let _ = wire::xml_text(text);
    if let Ok(snapshot) = serde_json::from_str::<Snapshot>(text) {
        let _ = snapshot.open::<serde_json::Value>("sqs", 1);
    }
    let _ = text.parse::<History<serde_json::Value, serde_json::Value>>();
}
