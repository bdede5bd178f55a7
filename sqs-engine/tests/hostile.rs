//! Input that means harm, or nothing: AWS's error, in bounded time.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, reason = "it measures how long a call takes")]

use aws_core::{AwsError as _, Caller, Cx, Engine as _, Home, Seed, Timestamp};
use serde_json::{Value, json};
use sqs_engine::{Engine, Error, Request};
use std::time::{Duration, Instant};

const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/111122223333/q";

struct Driver {
    sqs: Engine,
    alice: Caller,
    calls: u64,
}

impl Driver {
    fn new() -> Self {
        let sqs = Engine::new(Home::new("us-east-1", "111122223333").unwrap());
        let alice = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
        let mut driver = Self { sqs, alice, calls: 0 };
        driver.call(json!({"CreateQueue": {"QueueName": "q"}})).unwrap();
        driver
            .call(json!({"CreateQueue": {"QueueName": "q.fifo", "Attributes": {"FifoQueue": "true"}}}))
            .unwrap();
        driver
    }

    /// No call may take longer than a second, which is forgiving: the machine
    /// may be busy and the build unoptimised.
    fn call(&mut self, request: Value) -> Result<Value, Error> {
        self.calls += 1;
        let request: Request = serde_json::from_value(request).unwrap();
        let cx = Cx::new(Timestamp::from_millis(0), Seed::counter(self.calls), &self.alice);
        let began = Instant::now();
        let reply = self.sqs.apply(cx, request);
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        reply.map(|response| serde_json::to_value(response).unwrap())
    }

    fn send(&mut self, body: &str) -> Result<Value, Error> {
        self.call(json!({"SendMessage": {"QueueUrl": QUEUE, "MessageBody": body}}))
    }

    fn refusal(&mut self, request: Value) -> (String, String) {
        let before = self.sqs.snapshot(&());
        let shown = request.to_string().chars().take(300).collect::<String>();
        let error = self.call(request).map(|_| shown).unwrap_err();
        assert_eq!(before, self.sqs.snapshot(&()), "a refusal changes nothing");
        (error.shape().into(), error.to_string())
    }
}

/// What a failure shows of a text.
fn start(text: &str) -> String {
    text.chars().take(60).collect()
}

fn text(value: &str) -> Value {
    json!({"DataType": "String", "StringValue": value})
}

/// `[SQS-5.1]`
#[test]
fn ten_thousand_attributes_are_too_many() {
    let mut driver = Driver::new();
    let attributes: serde_json::Map<_, _> = (0..10_000).map(|n| (format!("a{n}"), text("x"))).collect();
    let send =
        json!({"SendMessage": {"QueueUrl": QUEUE, "MessageBody": "x", "MessageAttributes": attributes}});
    let (shape, message) = driver.refusal(send);
    assert_eq!(shape, "InvalidParameterValueException");
    assert_eq!(message, "Number of message attributes [10000] exceeds the allowed maximum [10].");
    let names: Vec<_> = (0..10_000).map(|n| format!("a{n}.*")).collect();
    driver.send("x").unwrap();
    driver.call(json!({"ReceiveMessage": {"QueueUrl": QUEUE, "MessageAttributeNames": names}})).unwrap();
}

/// `[SQS-2.2]` `[SQS-3.7]` Ten thousand unknown queue attributes, and as many
/// tags.
#[test]
fn ten_thousand_queue_attributes_and_tags_are_refused() {
    let mut driver = Driver::new();
    let many: serde_json::Map<_, _> = (0..10_000).map(|n| (format!("a{n:05}"), json!("x"))).collect();
    let (shape, message) =
        driver.refusal(json!({"SetQueueAttributes": {"QueueUrl": QUEUE, "Attributes": many}}));
    assert_eq!((shape.as_str(), message.as_str()), ("InvalidAttributeName", "Unknown Attribute a00000."));
    let (shape, message) = driver.refusal(json!({"TagQueue": {"QueueUrl": QUEUE, "Tags": many}}));
    assert_eq!(
        (shape.as_str(), message.as_str()),
        ("InvalidParameterValueException", "Too many tags added for queue q.")
    );
}

/// `[SQS-4.1]` Every character of the first plane, each alone in a body.
#[test]
fn exactly_the_characters_that_xml_cannot_hold_are_refused() {
    let mut driver = Driver::new();
    for code in 1..=0x1_0000_u32 {
        // Half a surrogate pair is no character: it never gets into a string.
        let Some(character) = char::from_u32(code) else { continue };
        let allowed =
            matches!(code, 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x1_0000..=0x10_FFFF);
        let sent = driver.send(&format!("a{character}b"));
        match sent {
            Ok(_) => assert!(allowed, "U+{code:04X} is taken"),
            Err(error) => assert!(!allowed && error == Error::BadCharacters, "U+{code:04X} is refused"),
        }
    }
}

/// A lone surrogate in JSON is no request at all: the wire refuses it before
/// the engine is asked. `[SQS-2.2l]`
#[test]
fn a_lone_surrogate_is_not_json() {
    let body = r#"{"QueueUrl": "q", "MessageBody": "\ud800"}"#;
    assert!(serde_json::from_str::<sqs_engine::SendMessageRequest>(body).is_err());
    let paired = r#"{"QueueUrl": "q", "MessageBody": "\ud83d\ude00"}"#;
    assert_eq!(
        serde_json::from_str::<sqs_engine::SendMessageRequest>(paired).unwrap().message_body,
        "\u{1F600}"
    );
}

/// `[SQS-4.4]` `[SQS-4.5]` One byte more than what is taken.
#[test]
fn sizes_at_the_limit_are_taken_and_over_it_refused() {
    let mut driver = Driver::new();
    let limit = 1_048_576;
    driver.send(&"x".repeat(limit)).unwrap();
    let (shape, message) =
        driver.refusal(json!({"SendMessage": {"QueueUrl": QUEUE, "MessageBody": "x".repeat(limit + 1)}}));
    assert_eq!(shape, "InvalidParameterValueException");
    assert_eq!(
        message,
        "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."
    );
    // The name, the type and the value count.
    let with = |bytes: usize| {
        json!({"SendMessage": {"QueueUrl": QUEUE, "MessageBody": "x",
            "MessageAttributes": {"n": text(&"v".repeat(bytes))}}})
    };
    driver.call(with(limit - 8)).unwrap();
    driver.refusal(with(limit - 7));
    let batch = |bytes: usize| {
        let entry = |id: &str, bytes: usize| json!({"Id": id, "MessageBody": "x".repeat(bytes)});
        json!({"SendMessageBatch": {"QueueUrl": QUEUE, "Entries": [entry("a", limit / 2), entry("b", bytes)]}})
    };
    driver.call(batch(limit / 2)).unwrap();
    let (shape, message) = driver.refusal(batch(limit / 2 + 1));
    assert_eq!(shape, "BatchRequestTooLong");
    assert_eq!(message, "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.");
}

/// Attribute names and values of a megabyte, of nothing, and of nothing but
/// dots. `[SQS-5.2]` `[SQS-5.5]`
#[test]
fn attributes_of_every_bad_kind_are_refused() {
    let mut driver = Driver::new();
    let long = "n".repeat(1_000_000);
    let names = ["", ".", "..", "a..b", "a b", "AWS.x", "amazon.x", "\u{1F600}", "\u{0}", long.as_str()];
    for name in names {
        let send = json!({"SendMessage": {"QueueUrl": QUEUE, "MessageBody": "x", "MessageAttributes": {name: text("v")}}});
        let (shape, _) = driver.refusal(send);
        assert_eq!(shape, "InvalidParameterValueException", "{}", start(name));
    }
    let digits = "9".repeat(1_000_000);
    let values = [
        json!({"DataType": "String"}),
        json!({"DataType": "String", "StringValue": ""}),
        json!({"DataType": "String", "StringValue": "\u{1}"}),
        json!({"DataType": "Number", "StringValue": digits}),
        json!({"DataType": "Number", "StringValue": "1e999999999999"}),
        json!({"DataType": "Number", "StringValue": "NaN"}),
        json!({"DataType": "Binary"}),
        json!({"DataType": "", "StringValue": "v"}),
        json!({"DataType": "Strin", "StringValue": "v"}),
        json!({"DataType": long, "StringValue": "v"}),
        json!({"DataType": "String", "StringListValues": ["v"]}),
        json!({}),
    ];
    for value in values {
        let send = json!({"SendMessage": {"QueueUrl": QUEUE, "MessageBody": "x", "MessageAttributes": {"n": value}}});
        let (shape, _) = driver.refusal(send);
        assert!(
            matches!(shape.as_str(), "InvalidParameterValueException" | "InvalidMessageContents"),
            "{shape} for {}",
            start(&value.to_string())
        );
    }
}

/// `[SQS-8A.1]` `[SQS-8A.2]` No byte of a handle can be changed, and none of
/// another queue is worth anything here.
#[test]
fn forged_receipt_handles_are_refused() {
    let mut driver = Driver::new();
    driver.send("x").unwrap();
    let received = driver.call(json!({"ReceiveMessage": {"QueueUrl": QUEUE}})).unwrap();
    let handle = received.pointer("/Messages/0/ReceiptHandle").and_then(Value::as_str).unwrap().to_string();
    let delete =
        |queue: &str, handle: &str| json!({"DeleteMessage": {"QueueUrl": queue, "ReceiptHandle": handle}});
    let mut forged: Vec<String> = Vec::new();
    for place in 0..handle.len() {
        let mut bytes = handle.clone().into_bytes();
        let byte = bytes.get_mut(place).unwrap();
        *byte = if *byte == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(bytes).unwrap());
    }
    forged.extend((1..handle.len()).map(|end| handle.chars().take(end).collect()));
    forged.extend([
        handle.repeat(2),
        handle.repeat(10_000),
        "\u{0}".into(),
        "=".repeat(64),
        "A".repeat(1_000_000),
    ]);
    for forged in &forged {
        let (shape, message) = driver.refusal(delete(QUEUE, forged));
        assert_eq!(shape, "ReceiptHandleIsInvalid");
        assert_eq!(message, format!("The input receipt handle \"{forged}\" is not a valid receipt handle."));
    }
    let (shape, message) = driver.refusal(delete(&QUEUE.replace("/q", "/q.fifo"), &handle));
    assert_eq!(shape, "ReceiptHandleIsInvalid");
    assert_eq!(message, format!("The receipt handle \"{handle}\" is not valid for this queue."));
    driver.call(delete(QUEUE, &handle)).unwrap();
}

/// Numbers as far out as JSON can write them, in every member that takes one.
#[test]
fn numbers_out_of_range_are_refused() {
    let mut driver = Driver::new();
    driver.send("x").unwrap();
    for number in [i64::MIN, -1, 43_201, i64::MAX] {
        for (operation, member) in [
            ("ReceiveMessage", "MaxNumberOfMessages"),
            ("ReceiveMessage", "VisibilityTimeout"),
            ("ReceiveMessage", "WaitTimeSeconds"),
            ("ListQueues", "MaxResults"),
            ("ListDeadLetterSourceQueues", "MaxResults"),
        ] {
            let (shape, message) = driver.refusal(json!({operation: {"QueueUrl": QUEUE, member: number}}));
            assert_eq!(shape, "InvalidParameterValueException", "{operation}.{member} {number}: {message}");
        }
        let send = json!({"SendMessage": {"QueueUrl": QUEUE, "MessageBody": "x", "DelaySeconds": number}});
        assert_eq!(driver.refusal(send).0, "InvalidParameterValueException", "{number}");
    }
}

/// Queue URLs and names that are none, or long.
#[test]
fn queues_that_are_none_do_not_exist() {
    let mut driver = Driver::new();
    let long = "q".repeat(1_000_000);
    for url in ["/", "://", "////////", "http://", "\u{0}", "q/", long.as_str(), &"/".repeat(1_000_000)] {
        let (shape, _) = driver.refusal(json!({"SendMessage": {"QueueUrl": url, "MessageBody": "x"}}));
        assert_eq!(shape, "QueueDoesNotExist", "{}", start(url));
    }
    for name in ["", " ", "a.b", "q.fifo.fifo", "\u{1F600}", long.as_str()] {
        let (shape, _) = driver.refusal(json!({"CreateQueue": {"QueueName": name}}));
        assert!(
            shape.starts_with("InvalidParameterValue") || shape.starts_with("MissingRequired"),
            "{shape}"
        );
    }
    let policies = ["{", "[]", "\"", &"[".repeat(100_000), &"{\"a\":".repeat(100_000)];
    for policy in policies {
        for attribute in ["Policy", "RedrivePolicy", "RedriveAllowPolicy"] {
            let set = json!({"SetQueueAttributes": {"QueueUrl": QUEUE, "Attributes": {attribute: policy}}});
            let (shape, _) = driver.refusal(set);
            assert!(shape.starts_with("Invalid"), "{attribute}: {shape}");
        }
    }
}
