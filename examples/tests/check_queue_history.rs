//! The histories that the example's README shows.

use sqs_engine::oracle::{Oracle, read};

#[test]
fn one_is_legal_and_one_is_not() {
    let load = |name: &str| {
        let path = format!("{}/data/queue-histories/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
        read(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    assert_eq!(Oracle::exact().judge(&load("legal")), Ok(()));
    let found = Oracle::exact().judge(&load("illegal")).unwrap_err();
    assert_eq!((found.rule, found.calls.as_slice()), ("H13", &[22, 23][..]));
}
