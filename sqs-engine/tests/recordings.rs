//! Answers recorded from AWS: digests and shapes.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::indexing_slicing, reason = "values of JSON index themselves")]

use aws_core::{Caller, Calls, Home, Timestamp};
use serde_json::{Value, json};
use sqs_engine::*;
use std::collections::BTreeSet;

fn recorded(operation: &str) -> Vec<Value> {
    let lines =
        include_str!("data/recorded.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|record| record["operation"] == operation).map(|record| record["output"].clone()).collect()
}

fn engine() -> (Engine, Calls) {
    let caller = Caller::user("111122223333".parse().unwrap(), "me", "AIDAEXAMPLE");
    let calls = Calls::new(Timestamp::from_seconds(0), caller);
    (Engine::new(Home::new("us-east-1", "111122223333").unwrap()), calls)
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// What AWS received and delivered our engine receives and delivers with the
/// same members and digests. `[SQS-6.1]` `[SQS-6.2]`
#[test]
fn messages() {
    let (mut sqs, mut calls) = engine();
    let url = sqs.create_queue(calls.cx(), CreateQueueRequest::new("q")).unwrap().queue_url;
    let sends = recorded("SendMessage");
    let mut checked = 0;
    for answer in recorded("ReceiveMessage") {
        for message in answer["Messages"].as_array().unwrap() {
            let mut send = SendMessageRequest::new(&url, message["Body"].as_str().unwrap());
            send.message_attributes = serde_json::from_value(message["MessageAttributes"].clone()).unwrap();
            let sent = sqs.send_message(calls.cx(), send).unwrap();
            let sent = serde_json::to_value(sent).unwrap();
            let digests =
                |value: &Value| (value["MD5OfMessageBody"].clone(), value["MD5OfMessageAttributes"].clone());
            let original = sends.iter().find(|send| send["MessageId"] == message["MessageId"]).unwrap();
            assert_eq!(digests(&sent), digests(original));
            assert_eq!(names(&sent), names(original));

            let mut receive = ReceiveMessageRequest::up_to_ten(&url);
            receive.message_attribute_names = vec!["All".into()];
            let got = sqs.receive_message(calls.cx(), receive).unwrap().now();
            let mut got = serde_json::to_value(got).unwrap()["Messages"][0].clone();
            assert_eq!(names(&got), names(message));
            for fresh in ["MessageId", "ReceiptHandle"] {
                got[fresh] = message[fresh].clone();
            }
            assert_eq!(got, *message);
            checked += 1;
        }
    }
    assert_eq!(checked, 20);
}

/// Every attribute AWS shows is one of ours, written in the same form, and a
/// plain queue has all that AWS's has. `[SQS-2.0]`
#[test]
fn attributes() {
    let (mut sqs, mut calls) = engine();
    let url = sqs.create_queue(calls.cx(), CreateQueueRequest::new("q")).unwrap().queue_url;
    let get = GetQueueAttributesRequest { queue_url: url, attribute_names: vec!["All".into()] };
    let ours =
        serde_json::to_value(sqs.get_queue_attributes(calls.cx(), get).unwrap()).unwrap()["Attributes"]
            .clone();
    let optional = ["Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "RedrivePolicy"];
    let mut whole = 0;
    for answer in recorded("GetQueueAttributes") {
        let theirs = &answer["Attributes"];
        for name in names(theirs) {
            assert!(theirs[&name].is_string());
            assert!(ours.get(&name).is_some() || optional.contains(&name.as_str()), "{name}");
            let is_number = |value: &Value| value.as_str().unwrap().parse::<i64>().is_ok();
            if let Some(own) = ours.get(&name) {
                assert_eq!(is_number(own), is_number(&theirs[&name]), "{name}");
            }
        }
        // Some asked for single ones. Encryption by default came in 2022.
        if theirs.get("CreatedTimestamp").is_some() && theirs.get("QueueArn").is_some() {
            let missing: Vec<String> = names(&ours).difference(&names(theirs)).cloned().collect();
            assert!(missing.iter().all(|name| name == "SqsManagedSseEnabled"), "{missing:?}");
            whole += 1;
        }
    }
    assert_eq!(whole, 44);
    assert_eq!(ours["SqsManagedSseEnabled"], json!("true"));
}

/// `[SQS-1.3]`
#[test]
fn urls_and_tags() {
    let (mut sqs, mut calls) = engine();
    let url = sqs.create_queue(calls.cx(), CreateQueueRequest::new("q")).unwrap().queue_url;
    for answer in recorded("CreateQueue") {
        // The host has changed over the years, what follows has not.
        let path = |url: &str| url.splitn(4, '/').nth(3).map(|path| path.split('/').count());
        assert_eq!(path(&url), path(answer["QueueUrl"].as_str().unwrap()));
    }
    let tag = TagQueueRequest { queue_url: url.clone(), tags: [("a".into(), "b".into())].into() };
    sqs.tag_queue(calls.cx(), tag).unwrap();
    let tags = sqs.list_queue_tags(calls.cx(), ListQueueTagsRequest { queue_url: url }).unwrap();
    for answer in recorded("ListQueueTags") {
        assert_eq!(names(&answer), names(&serde_json::to_value(&tags).unwrap()));
    }
}
