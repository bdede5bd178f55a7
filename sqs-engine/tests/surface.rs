//! What users and the wire see: member names, thread bounds, the table of
//! refusals, permission, and snapshots that are not what they say.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::{
    AwsError as _, Call, Caller, Cx, Engine as _, Ground, Home, Permit, Seed, Snapshot, SnapshotError,
    Timestamp, Verdict, wire,
};
use serde_json::{Value, json};
use sqs_engine::{Engine, Error, Request};
use std::collections::BTreeSet;

const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/111122223333/q";

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"}]}"#;

/// Inputs that set every member, and the members of outputs, from the
/// service model that AWS publishes with its SDKs (Apache-2.0).
const NAMES: &str = include_str!("api-names.json");

fn engine() -> Engine {
    Engine::new(Home::new("us-east-1", "111122223333").unwrap())
}

fn user(account: &str) -> Caller {
    Caller::user(account.parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000")
}

fn call(sqs: &mut Engine, caller: &Caller, permit: Permit, request: Value) -> Result<Value, Error> {
    let request: Request = serde_json::from_value(request).unwrap();
    let now = sqs.now().max(Timestamp::from_seconds(0));
    let cx = Cx::new(now, Seed::counter(7), caller).permit(permit);
    sqs.apply(cx, request).map(|response| serde_json::to_value(response).unwrap())
}

fn with_queue() -> Engine {
    let mut sqs = engine();
    let create = json!({"CreateQueue": {"QueueName": "q", "Attributes": {"Policy": POLICY}, "tags": {"team": "blue"}}});
    call(&mut sqs, &user("111122223333"), Permit::Unchecked, create).unwrap();
    sqs
}

#[test]
fn every_member_has_the_name_and_type_that_the_service_model_gives_it() {
    let model: serde_json::Map<String, Value> = serde_json::from_str(NAMES).unwrap();
    let ours: BTreeSet<&str> =
        Request::NAMES.iter().copied().filter(|name| *name != "ResumeReceive").collect();
    let theirs: BTreeSet<&str> = model.keys().map(String::as_str).collect();
    assert_eq!(ours, theirs);
    for name in ours {
        let sent = json!({name: model[name]["Input"]});
        let read: Request = serde_json::from_value(sent.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), sent, "{name} loses a member");
    }
}

#[test]
fn replies_have_no_member_that_the_service_model_does_not_have() {
    let model: serde_json::Map<String, Value> = serde_json::from_str(NAMES).unwrap();
    fn members(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    found.insert(name.clone());
                    // The keys of maps are data.
                    if name != "Attributes" && name != "MessageAttributes" && name != "Tags" {
                        members(value, found);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| members(item, found)),
            _ => {}
        }
    }
    let mut sqs = with_queue();
    let alice = user("111122223333");
    let text = json!({"DataType": "String", "StringValue": "v"});
    let requests = [
        json!({"SendMessage": {"QueueUrl": QUEUE, "MessageBody": "one", "MessageAttributes": {"a": text},
               "MessageSystemAttributes": {"AWSTraceHeader": text}}}),
        json!({"SendMessageBatch": {"QueueUrl": QUEUE, "Entries": [
            {"Id": "1", "MessageBody": "two", "MessageAttributes": {"a": text}}, {"Id": "2", "MessageBody": ""}]}}),
        json!({"ReceiveMessage": {"QueueUrl": QUEUE, "MaxNumberOfMessages": 10, "AttributeNames": ["All"],
               "MessageAttributeNames": ["All"]}}),
        json!({"ListQueues": {"MaxResults": 1}}),
        json!({"ListQueueTags": {"QueueUrl": QUEUE}}),
        json!({"ListDeadLetterSourceQueues": {"QueueUrl": QUEUE}}),
        json!({"GetQueueUrl": {"QueueName": "q"}}),
        json!({"GetQueueAttributes": {"QueueUrl": QUEUE, "AttributeNames": ["All"]}}),
        json!({"DeleteMessageBatch": {"QueueUrl": QUEUE, "Entries": [{"Id": "1", "ReceiptHandle": "x"}]}}),
        json!({"CreateQueue": {"QueueName": "q"}}),
    ];
    for request in requests {
        let name = request.as_object().unwrap().keys().next().unwrap().clone();
        let mut found = BTreeSet::new();
        members(&call(&mut sqs, &alice, Permit::Unchecked, request).unwrap(), &mut found);
        let known: BTreeSet<String> = serde_json::from_value(model[&name]["OutputNames"].clone()).unwrap();
        assert!(!found.is_empty() && found.is_subset(&known), "{name}: {found:?} of {known:?}");
    }
}

#[test]
fn engines_and_what_they_answer_can_go_to_another_thread() {
    fn goes<T: Send + Sync + 'static>() {}
    goes::<Engine>();
    goes::<Request>();
    goes::<sqs_engine::Response>();
    goes::<Error>();
    goes::<Call<Request>>();
    goes::<Snapshot>();
}

#[test]
fn nothing_that_prints_shows_what_seals_receipts() {
    let sqs = with_queue();
    let state = serde_json::to_value(sqs.snapshot(&())).unwrap();
    let seal = state.pointer("/state/queues/0/seal").unwrap().to_string();
    let printed = format!("{sqs:?}");
    assert!(printed.contains("redacted") && !printed.contains(seal.trim_matches('"')), "{printed}");
}

/// [SQS-13.1] [SQS-13.4a] Each row of the table is unlike every other, and
/// its shape has one code and one status throughout.
#[test]
fn the_table_of_refusals_is_consistent() {
    let mut texts = BTreeSet::new();
    let mut shapes: std::collections::BTreeMap<&str, (&str, u16)> = Default::default();
    for row in Error::TABLE {
        assert!(texts.insert((row.shape, row.name)), "{} is there twice", row.name);
        assert_eq!(*shapes.entry(row.shape).or_insert((row.code, row.status)), (row.code, row.status));
        assert!(
            row.text.ends_with(['.', ']', '}', '0', '9', 'F', 'h', 'd']) || !row.text.is_empty(),
            "{}",
            row.name
        );
    }
    let body = wire::json_error_body(&Error::UnknownQueue, Default::default());
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
    assert_eq!(body["message"], "The specified queue does not exist.");
    let header = wire::query_error_header(&Error::UnknownQueue);
    assert_eq!(header, "AWS.SimpleQueueService.NonExistentQueue;Sender");
}

/// [SQS-12.1] Whoever is of another account learns nothing from a refusal.
#[test]
fn a_foreign_caller_cannot_tell_an_absent_queue_from_a_forbidden_one() {
    let sqs = with_queue();
    let foreign = user("444455556666");
    let need = |url: &str, caller: &Caller| {
        let request =
            serde_json::from_value(json!({"SendMessage": {"QueueUrl": url, "MessageBody": "x"}})).unwrap();
        sqs.authz(&Cx::new(sqs.now(), Seed::counter(1), caller), &request)
    };
    let absent = "https://sqs.us-east-1.amazonaws.com/111122223333/absent";
    let needs = need(absent, &foreign).unwrap();
    assert_eq!(needs[0].action, "sqs:SendMessage");
    assert_eq!(needs[0].resources, ["arn:aws:sqs:us-east-1:111122223333:absent"]);
    assert_eq!(need(absent, &user("111122223333")), Err(Error::UnknownQueue));
    let needs = need(QUEUE, &foreign).unwrap();
    assert_eq!(needs[0].resource_policy.as_deref(), Some(POLICY));
    assert_eq!(needs[0].context["aws:ResourceTag/team"], ["blue"]);

    let mut sqs = with_queue();
    for url in [QUEUE, absent] {
        let request = json!({"SendMessage": {"QueueUrl": url, "MessageBody": "x"}});
        let no = Permit::Decided(vec![Verdict::Denied { message: "no".into() }]);
        let error = call(&mut sqs, &foreign, no, request.clone()).unwrap_err();
        assert_eq!((error.http_status(), error.to_string()), (403, "no".to_string()));
        let yes = Permit::Decided(vec![Verdict::Allowed(Ground::Policy)]);
        let answer = call(&mut sqs, &foreign, yes, request);
        assert_eq!(answer.is_ok(), url == QUEUE, "{answer:?}");
    }
}

/// [SQS-12.1] A batch is one decision, on the single action; a refusal by
/// permission comes before the batch is looked into, and changes nothing.
#[test]
fn a_batch_is_one_decision() {
    let mut sqs = with_queue();
    let alice = user("111122223333");
    let batch = json!({"SendMessageBatch": {"QueueUrl": QUEUE, "Entries": [
        {"Id": "1", "MessageBody": "x"}, {"Id": "1", "MessageBody": "y"}]}});
    let request: Request = serde_json::from_value(batch.clone()).unwrap();
    let needs = sqs.authz(&Cx::new(sqs.now(), Seed::counter(1), &alice), &request).unwrap();
    assert_eq!(needs.iter().map(|need| need.action.as_str()).collect::<Vec<_>>(), ["sqs:SendMessage"]);
    let before = sqs.snapshot(&());
    let no = Permit::Decided(vec![Verdict::Denied { message: "no".into() }]);
    assert_eq!(call(&mut sqs, &alice, no, batch.clone()).unwrap_err().http_status(), 403);
    assert_eq!(sqs.snapshot(&()), before);
    let repeated = call(&mut sqs, &alice, Permit::Unchecked, batch).unwrap_err();
    assert_eq!(repeated.to_string(), "Id 1 repeated.");
}

fn busy() -> Engine {
    let mut sqs = with_queue();
    let alice = user("111122223333");
    for body in ["one", "two", "three"] {
        let send = json!({"SendMessage": {"QueueUrl": QUEUE, "MessageBody": body}});
        call(&mut sqs, &alice, Permit::Unchecked, send).unwrap();
    }
    call(&mut sqs, &alice, Permit::Unchecked, json!({"ReceiveMessage": {"QueueUrl": QUEUE}})).unwrap();
    sqs
}

#[test]
fn each_way_a_snapshot_can_be_wrong_has_its_own_refusal() {
    let sqs = busy();
    let good = serde_json::to_value(sqs.snapshot(&())).unwrap();
    let restore = |value: Value| Engine::restore(serde_json::from_value(value).unwrap(), &());
    assert!(restore(good.clone()).is_ok());
    let with = |pointer: &str, value: Value| {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        restore(bad).unwrap_err()
    };
    assert!(matches!(with("/engine", json!("kms")), SnapshotError::Engine { .. }));
    assert!(matches!(with("/format", json!(99)), SnapshotError::Format { .. }));
    assert!(matches!(with("/state/now", json!(5)), SnapshotError::Digest { .. }));
    let mut state = good["state"].clone();
    state["unknown"] = json!(1);
    let error = Engine::restore(Snapshot::take("sqs", 1, "0", &state), &()).unwrap_err();
    assert!(matches!(error, SnapshotError::State(_)));
    let mut state = good["state"].clone();
    state["queues"][0]["next_sequence"] = json!(0);
    let error = Engine::restore(Snapshot::take("sqs", 1, "0", &state), &()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the snapshot's state breaks an invariant: queue q holds a message from the future"
    );
}

/// Whatever stands in a state whose digest is right, restoring it is refused
/// or gives an engine that works: it never panics.
#[test]
fn a_forged_state_is_refused_or_works() {
    let good = serde_json::to_value(busy().snapshot(&())).unwrap()["state"].clone();
    let mut places = Vec::new();
    fn walk(value: &Value, path: String, places: &mut Vec<String>) {
        places.push(path.clone());
        match value {
            Value::Object(object) => {
                object.iter().for_each(|(name, value)| {
                    walk(value, format!("{path}/{}", name.replace('/', "~1")), places)
                });
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(at, value)| walk(value, format!("{path}/{at}"), places));
            }
            _ => {}
        }
    }
    walk(&good, String::new(), &mut places);
    let forgeries = [
        json!(0),
        json!(1),
        json!(-1),
        json!(2),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("q"),
        json!(null),
        json!([]),
        json!([0]),
        json!([7, 7]),
        json!({}),
        json!(true),
    ];
    let (mut refused, mut works) = (0, 0);
    for place in &places {
        for forgery in &forgeries {
            let mut state = good.clone();
            *state.pointer_mut(place).unwrap() = forgery.clone();
            let Ok(mut sqs) = Engine::restore(Snapshot::take("sqs", 1, "0", &state), &()) else {
                refused += 1;
                continue;
            };
            works += 1;
            let alice = user("111122223333");
            for request in [
                json!({"SendMessage": {"QueueUrl": "q", "MessageBody": "four"}}),
                json!({"ReceiveMessage": {"QueueUrl": "q", "MaxNumberOfMessages": 10, "AttributeNames": ["All"]}}),
                json!({"GetQueueAttributes": {"QueueUrl": "q", "AttributeNames": ["All"]}}),
                json!({"CreateQueue": {"QueueName": "another"}}),
                json!({"DeleteQueue": {"QueueUrl": "q"}}),
            ] {
                let _ = call(&mut sqs, &alice, Permit::Unchecked, request);
                sqs.verify().unwrap();
            }
            sqs.advance(Timestamp::MAX, ());
            sqs.verify().unwrap();
        }
    }
    assert!(refused > 500 && works > 50, "{refused} refused, {works} work");
}
