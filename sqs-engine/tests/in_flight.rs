//! `[SQS-8.8]` `[SQS-13.4e]` The limit of messages in flight, reached for real.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::{AwsError as _, Caller, Cx, Engine as _, Home, Seed, Timestamp};
use serde_json::{Value, json};
use sqs_engine::{Engine, Request};

const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/000000000000/q";

struct Driver {
    sqs: Engine,
    alice: Caller,
    calls: u64,
}

impl Driver {
    fn call(&mut self, request: Value) -> Result<Value, Value> {
        self.calls += 1;
        let request: Request = serde_json::from_value(request).unwrap();
        let cx = Cx::new(Timestamp::from_millis(0), Seed::counter(self.calls), &self.alice);
        match self.sqs.apply(cx, request) {
            Ok(response) => Ok(serde_json::to_value(response).unwrap()),
            Err(error) => Err(serde_json::to_value(error.record()).unwrap()),
        }
    }
}

#[test]
fn the_120_001st_message_in_flight_is_over_the_limit_of_a_short_poll_only() {
    let sqs = Engine::new(Home::new("us-east-1", "000000000000").unwrap());
    let alice = Caller::user("000000000000".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
    let mut driver = Driver { sqs, alice, calls: 0 };
    driver.call(json!({"CreateQueue": {"QueueName": "q"}})).unwrap();
    let ten: Vec<Value> = (0..10).map(|n| json!({"Id": n.to_string(), "MessageBody": "x"})).collect();
    let receive = json!({"ReceiveMessage": {"QueueUrl": QUEUE, "MaxNumberOfMessages": 10}});
    let mut handle = Value::Null;
    for _ in 0..12_001 {
        driver.call(json!({"SendMessageBatch": {"QueueUrl": QUEUE, "Entries": ten}})).unwrap();
    }
    for _ in 0..12_000 {
        let reply = driver.call(receive.clone()).unwrap();
        handle = reply
            .pointer("/ReceiveMessage/Messages/0/ReceiptHandle")
            .or_else(|| reply.pointer("/Messages/0/ReceiptHandle"))
            .cloned()
            .unwrap();
    }
    let refused = driver.call(receive.clone()).unwrap_err();
    assert_eq!(refused.pointer("/code"), Some(&json!("OverLimit")));
    assert_eq!(refused.pointer("/status"), Some(&json!(403)));
    let long = json!({"ReceiveMessage": {"QueueUrl": QUEUE, "WaitTimeSeconds": 20}});
    assert!(driver.call(long).unwrap().to_string().contains("Wait"), "a long poll waits instead");
    driver.call(json!({"DeleteMessage": {"QueueUrl": QUEUE, "ReceiptHandle": handle}})).unwrap();
    let one = driver.call(receive.clone()).unwrap().to_string();
    assert_eq!(one.matches("MD5OfBody").count(), 1, "one place is free: {one}");
    assert!(driver.call(receive).is_err());
}
