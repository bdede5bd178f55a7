//! A function as consumer of the engine's queues, and notifications of topics.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::{Caller, Calls, Home, Span, Timestamp};
use serde_json::{Value, json};
use sqs_engine::*;

struct World {
    sqs: Engine,
    calls: Calls,
    url: String,
}

impl World {
    fn new(fifo: bool) -> Self {
        let mut sqs = Engine::new(Home::new("us-east-1", "111122223333").unwrap());
        let caller = Caller::user("111122223333".parse().unwrap(), "me", "AIDAEXAMPLE");
        let mut calls = Calls::new(Timestamp::from_seconds(0), caller);
        let mut create = CreateQueueRequest::new(if fifo { "q.fifo" } else { "q" });
        if fifo {
            create = create.attribute("FifoQueue", true);
        }
        let url = sqs.create_queue(calls.cx(), create).unwrap().queue_url;
        Self { sqs, calls, url }
    }

    fn send(&mut self, body: &str, group: Option<&str>) {
        let mut send = SendMessageRequest::new(&self.url, body);
        send.message_group_id = group.map(String::from);
        send.message_deduplication_id = group.map(|_| body.into());
        self.sqs.send_message(self.calls.cx(), send).unwrap();
    }

    /// Receives what the mapping wants.
    fn poll(&mut self, mapping: &mut Mapping) {
        let most = mapping.wants(self.calls.now);
        if most == 0 {
            return;
        }
        let mut receive = ReceiveMessageRequest::up_to_ten(&self.url);
        receive.max_number_of_messages = Some(i64::try_from(most).unwrap());
        receive.message_system_attribute_names = vec!["All".into()];
        let got = self.sqs.receive_message(self.calls.cx(), receive).unwrap().now();
        mapping.received(self.calls.now, got.messages);
    }

    fn delete(&mut self, handles: Vec<String>) {
        for receipt_handle in handles {
            let delete = DeleteMessageRequest { queue_url: self.url.clone(), receipt_handle };
            self.sqs.delete_message(self.calls.cx(), delete).unwrap();
        }
    }

    fn left(&mut self) -> (String, String) {
        let names = vec!["All".into()];
        let get = GetQueueAttributesRequest { queue_url: self.url.clone(), attribute_names: names };
        let got = self.sqs.get_queue_attributes(self.calls.cx(), get).unwrap().attributes;
        let of = |name: &str| got.get(name).unwrap().clone();
        (of("ApproximateNumberOfMessages"), of("ApproximateNumberOfMessagesNotVisible"))
    }
}

const STANDARD: MappedQueue = MappedQueue { fifo: false, visibility_timeout: Span::from_seconds(30) };
const FIFO: MappedQueue = MappedQueue { fifo: true, visibility_timeout: Span::from_seconds(30) };

fn reporting() -> MappingSettings {
    MappingSettings { reports_batch_item_failures: true, ..MappingSettings::default() }
}

fn failed(batch: &Batch, at: &[usize]) -> Value {
    let ids: Vec<Value> =
        at.iter().map(|at| json!({"itemIdentifier": batch.messages.get(*at).unwrap().message_id})).collect();
    json!({"batchItemFailures": ids})
}

/// `[SQS-14.3]` `[SQS-14.4]`
#[test]
fn what_failed_comes_again() {
    let mut world = World::new(false);
    let mut mapping = Mapping::new(reporting(), STANDARD).unwrap();
    for body in ["a", "b", "c"] {
        world.send(body, None);
    }
    world.poll(&mut mapping);
    let batch = mapping.next_batch(world.calls.now).unwrap();
    let delete = mapping.finished(&batch, Outcome::Answered(failed(&batch, &[1])));
    world.delete(delete);
    assert_eq!(world.left(), ("0".into(), "1".into()));
    world.calls.wait(Span::from_seconds(30));
    world.poll(&mut mapping);
    let again = mapping.next_batch(world.calls.now).unwrap();
    assert_eq!(&*again.messages.first().unwrap().body, "b");
    let count =
        again.messages.first().unwrap().attributes.get(&SystemAttribute::ApproximateReceiveCount).unwrap();
    assert_eq!(count, "2");
    assert!(mapping.finished(&again, Outcome::Failed).is_empty());
}

/// What a function may answer, and how many of three messages are deleted.
/// `[SQS-14.4]`
#[test]
fn answers() {
    let answer = |settings: MappingSettings, queue: MappedQueue, answer: &dyn Fn(&Batch) -> Outcome| {
        let mut world = World::new(queue.fifo);
        let mut mapping = Mapping::new(settings, queue).unwrap();
        for body in ["a", "b", "c"] {
            world.send(body, queue.fifo.then_some("g"));
        }
        world.poll(&mut mapping);
        let batch = mapping.next_batch(world.calls.now).unwrap();
        let outcome = answer(&batch);
        mapping.finished(&batch, outcome).len()
    };
    let says = |value: Value| answer(reporting(), STANDARD, &|_| Outcome::Answered(value.clone()));
    assert_eq!(says(Value::Null), 3);
    assert_eq!(says(json!({})), 3);
    assert_eq!(says(json!({"batchItemFailures": null})), 3);
    assert_eq!(says(json!({"batchItemFailures": []})), 3);
    // Not understood: all failed.
    assert_eq!(says(json!({"batchItemFailures": [{"itemIdentifier": ""}]})), 0);
    assert_eq!(says(json!({"batchItemFailures": [{"itemIdentifier": null}]})), 0);
    assert_eq!(says(json!({"batchItemFailures": [{"itemId": "x"}]})), 0);
    assert_eq!(
        says(json!({"batchItemFailures": [{"itemIdentifier": "0a9a8a7a-6a5a-4a4a-8a3a-2a1a0a9a8a7a"}]})),
        0
    );
    assert_eq!(says(json!("no object")), 0);
    assert_eq!(answer(reporting(), STANDARD, &|_| Outcome::Failed), 0);
    assert_eq!(answer(reporting(), STANDARD, &|_| Outcome::Throttled), 0);
    // Without the setting nobody asks what it says.
    assert_eq!(
        answer(MappingSettings::default(), STANDARD, &|batch| Outcome::Answered(failed(batch, &[0]))),
        3
    );
    // In order: nothing behind a failure is done.
    assert_eq!(answer(reporting(), FIFO, &|batch| Outcome::Answered(failed(batch, &[1]))), 1);
    assert_eq!(answer(reporting(), STANDARD, &|batch| Outcome::Answered(failed(batch, &[1]))), 2);
}

/// `[SQS-14.1]` `[SQS-14.2]` `[SQS-14.5]`
#[test]
fn settings() {
    let refused = |change: &dyn Fn(&mut MappingSettings), queue| {
        let mut settings = MappingSettings::default();
        change(&mut settings);
        Mapping::new(settings, queue).unwrap_err().to_string()
    };
    let short = MappedQueue { fifo: false, visibility_timeout: Span::from_seconds(60) };
    assert_eq!(
        refused(&|one| one.function_timeout = Span::from_seconds(180), short),
        "Queue visibility timeout: 60 seconds is less than Function timeout: 180 seconds"
    );
    assert!(refused(&|one| one.batch_size = 11, FIFO).contains("1 to 10"));
    assert!(refused(&|one| one.batch_size = 10_001, STANDARD).contains("1 to 10000"));
    assert!(refused(&|one| one.batch_size = 100, STANDARD).contains("window"));
    assert!(refused(&|one| one.batching_window = Span::from_seconds(1), FIFO).contains("not allowed"));
    assert!(refused(&|one| one.batching_window = Span::from_seconds(301), STANDARD).contains("not allowed"));
    assert!(refused(&|one| one.maximum_concurrency = Some(1), STANDARD).contains("2 to 1000"));

    let mapping = Mapping::new(MappingSettings::default(), STANDARD).unwrap();
    assert!(mapping.has_advised_visibility_timeout());
    let slow = MappingSettings { function_timeout: Span::from_seconds(6), ..MappingSettings::default() };
    assert!(!Mapping::new(slow, STANDARD).unwrap().has_advised_visibility_timeout());
}

/// Windows gather; concurrency grows. `[SQS-14.1]` `[SQS-14.5]`
#[test]
fn windows_and_concurrency() {
    let mut world = World::new(false);
    let settings = MappingSettings {
        batch_size: 20,
        batching_window: Span::from_seconds(5),
        ..MappingSettings::default()
    };
    let mut mapping = Mapping::new(settings, STANDARD).unwrap();
    for body in 0..25 {
        world.send(&body.to_string(), None);
    }
    world.poll(&mut mapping);
    assert_eq!(mapping.next_batch(world.calls.now), None);
    world.poll(&mut mapping);
    assert_eq!(mapping.next_batch(world.calls.now).unwrap().messages.len(), 20);
    world.poll(&mut mapping);
    assert_eq!(mapping.next_batch(world.calls.now), None);
    world.calls.wait(Span::from_seconds(5));
    assert_eq!(mapping.next_batch(world.calls.now).unwrap().messages.len(), 5);
    let at = |minutes: i64| Timestamp::from_seconds(minutes * 60);
    assert_eq!([0, 1, 4, 100].map(|minutes| mapping.concurrency(at(minutes))), [5, 305, 1_205, 1_250]);
}

/// A group is worked on by one invocation at a time. `[SQS-14.5]`
#[test]
fn groups_wait_for_each_other() {
    let mut world = World::new(true);
    let mut mapping =
        Mapping::new(MappingSettings { batch_size: 1, ..MappingSettings::default() }, FIFO).unwrap();
    for (body, group) in [("a1", "a"), ("b1", "b"), ("a2", "a")] {
        world.send(body, Some(group));
    }
    let mut bodies = Vec::new();
    let mut first = None;
    for _ in 0..3 {
        world.poll(&mut mapping);
        if let Some(batch) = mapping.next_batch(world.calls.now) {
            bodies.push(batch.messages.first().unwrap().body.to_string());
            first.get_or_insert(batch);
        }
    }
    assert_eq!(bodies, ["a1", "b1"]);
    let delete = mapping.finished(&first.unwrap(), Outcome::Answered(Value::Null));
    world.delete(delete);
    world.poll(&mut mapping);
    let batch = mapping.next_batch(world.calls.now).unwrap();
    assert_eq!(&*batch.messages.first().unwrap().body, "a2");
}

/// `[SQS-14.6]`
#[test]
fn the_event() {
    let mut world = World::new(false);
    let mut mapping = Mapping::new(MappingSettings::default(), STANDARD).unwrap();
    world.send("hi", None);
    world.poll(&mut mapping);
    let batch = mapping.next_batch(world.calls.now).unwrap();
    let event = batch.event("arn:aws:sqs:us-east-1:111122223333:q");
    let record = event.pointer("/Records/0").unwrap();
    let members: Vec<&String> = record.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "attributes",
            "awsRegion",
            "body",
            "eventSource",
            "eventSourceARN",
            "md5OfBody",
            "md5OfMessageAttributes",
            "messageAttributes",
            "messageId",
            "receiptHandle"
        ]
    );
    assert_eq!(
        (record.get("body").unwrap(), record.get("awsRegion").unwrap()),
        (&json!("hi"), &json!("us-east-1"))
    );
    assert_eq!(record.get("md5OfMessageAttributes").unwrap(), &Value::Null);
    assert_eq!(record.pointer("/attributes/ApproximateReceiveCount").unwrap(), "1");
}

/// `[SQS-15]`
#[test]
fn notifications() {
    let mut topic = SnsNotification::new(
        "arn:aws:sns:us-east-1:111122223333:orders",
        "id",
        "a \"b\"",
        Timestamp::from_millis(1),
    );
    topic.subject = Some("new".into());
    topic.attributes.insert("kind".into(), MessageAttributeValue::string("order"));
    let body: Value = serde_json::from_str(&topic.envelope("q").message_body).unwrap();
    assert_eq!(
        body,
        json!({"Type": "Notification", "MessageId": "id", "TopicArn": "arn:aws:sns:us-east-1:111122223333:orders", "Subject": "new",
            "Message": "a \"b\"", "Timestamp": "1970-01-01T00:00:00.001Z", "SignatureVersion": "1", "Signature": "", "SigningCertURL": "",
            "UnsubscribeURL": "", "MessageAttributes": {"kind": {"Type": "String", "Value": "order"}}})
    );
    assert!(topic.envelope("q").message_attributes.is_empty());
    let raw = topic.raw("q");
    assert_eq!((raw.message_body.as_str(), raw.message_attributes.len()), ("a \"b\"", 1));

    topic.fifo = Some(("g".into(), "d".into()));
    topic.sequence_number = Some("10000000000000000000".into());
    let send = topic.envelope("q.fifo");
    assert_eq!(
        (send.message_group_id.as_deref(), send.message_deduplication_id.as_deref()),
        (Some("g"), Some("d"))
    );
    let body: Value = serde_json::from_str(&send.message_body).unwrap();
    assert_eq!(
        (body.get("Signature"), body.get("SequenceNumber").and_then(Value::as_str)),
        (None, Some("10000000000000000000"))
    );
}
