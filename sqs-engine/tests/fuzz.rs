//! The fuzzer's bodies on inputs that any toolchain can make: requests of the
//! right form with hostile values.

#[path = "../fuzz/body.rs"]
mod body;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Anything that JSON can hold, the engine's own words more often.
fn hostile() -> impl Strategy<Value = Value> {
    let words = proptest::sample::select(
        &[
            "",
            "q",
            "$",
            "All",
            "x.fifo",
            "0",
            "-1",
            "43201",
            "true",
            "String",
            "Number",
            "Binary",
            "{}",
            "[]",
            "*",
            ".*",
            "arn:aws:sqs:us-east-1:111122223333:q",
            r#"{"maxReceiveCount":1,"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:q"}"#,
        ][..],
    );
    prop_oneof![
        6 => words.prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        2 => (-2..12_i64).prop_map(Value::from),
        1 => "\\PC{0,20}".prop_map(Value::from),
        1 => vec(any::<char>(), 0..6).prop_map(|all| Value::from(all.into_iter().collect::<String>())),
    ]
}

fn line() -> impl Strategy<Value = String> {
    let attributes = || {
        vec((prop_oneof![4 => proptest::sample::select(&["DelaySeconds", "VisibilityTimeout", "RedrivePolicy", "MessageRetentionPeriod", "Policy", "KmsMasterKeyId", "FifoQueue"][..]).prop_map(String::from), 1 => "\\PC{0,8}"], hostile()), 0..3)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
    };
    let typed = || {
        vec(("\\PC{0,5}|AWS.x|[a-z]{1,2}", hostile(), hostile()), 0..3).prop_map(|all| {
            let attribute = |(name, kind, value)| (name, json!({"DataType": kind, "StringValue": value}));
            Value::Object(all.into_iter().map(attribute).collect())
        })
    };
    let request = prop_oneof![
        (hostile(), attributes()).prop_map(|(name, attributes)| json!({"CreateQueue": {"QueueName": name, "Attributes": attributes}})),
        attributes().prop_map(|attributes| json!({"SetQueueAttributes": {"QueueUrl": "q", "Attributes": attributes}})),
        (hostile(), hostile(), typed()).prop_map(|(body, delay, attributes)| json!({"SendMessage":
            {"QueueUrl": "q", "MessageBody": body, "DelaySeconds": delay, "MessageAttributes": attributes}})),
        (hostile(), hostile(), hostile()).prop_map(|(most, wait, names)| json!({"ReceiveMessage":
            {"QueueUrl": "q", "MaxNumberOfMessages": most, "WaitTimeSeconds": wait, "AttributeNames": [names]}})),
        Just(json!({"ReceiveMessage": {"QueueUrl": "q"}})),
        hostile().prop_map(|handle| json!({"DeleteMessage": {"QueueUrl": "q", "ReceiptHandle": handle}})),
        (hostile(), hostile()).prop_map(|(handle, seconds)| json!({"ChangeMessageVisibility":
            {"QueueUrl": "q", "ReceiptHandle": handle, "VisibilityTimeout": seconds}})),
        vec((hostile(), hostile()), 0..12).prop_map(|entries| json!({"SendMessageBatch": {"QueueUrl": "q", "Entries":
            entries.into_iter().map(|(id, body)| json!({"Id": id, "MessageBody": body})).collect::<Vec<_>>()}})),
        (hostile(), hostile()).prop_map(|(token, most)| json!({"ListQueues": {"NextToken": token, "MaxResults": most}})),
        hostile().prop_map(|names| json!({"GetQueueAttributes": {"QueueUrl": "q", "AttributeNames": [names]}})),
    ];
    request.prop_map(|request| request.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn hostile_requests_are_answered(lines in vec(line(), 1..30)) {
        body::requests(lines.join("\n").as_bytes());
    }

    #[test]
    fn hostile_states_are_refused(state in "\\PC{0,60}|\\{\"home\":[^a]{0,40}") {
        body::restore(state.as_bytes());
    }
}
