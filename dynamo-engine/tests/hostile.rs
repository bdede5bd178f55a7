//! Input that means harm: AWS's error or AWS's answer, in bounded time.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, reason = "it measures how long a call takes")]

use aws_core::{AwsError as _, Caller, Calls, Engine as _, Home, Timestamp};
use dynamo_engine::{Engine, Error, Options, Request};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

struct Driver {
    dynamo: Engine,
    calls: Calls,
}

impl Driver {
    fn new() -> Self {
        let options = Options { throttling: false, ..Options::immediate() };
        let dynamo = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
        let calls = Calls::new(Timestamp::from_seconds(1), Caller::anonymous());
        let mut driver = Self { dynamo, calls };
        driver
            .call(json!({"CreateTable": {"TableName": "tab", "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}}))
            .unwrap();
        driver
    }

    /// No call may take longer than five seconds, which is forgiving: the
    /// machine may be busy and the build unoptimised.
    fn call(&mut self, request: Value) -> Result<Value, Error> {
        let request: Request = serde_json::from_value(request).unwrap();
        let began = Instant::now();
        let reply = self.dynamo.apply(self.calls.cx(), request);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        reply.map(|response| serde_json::to_value(response).unwrap())
    }

    fn refusal(&mut self, request: Value) -> String {
        let before = self.dynamo.snapshot(&());
        let shown = start(&request.to_string(), 200);
        let error = self.call(request).map(|_| shown).unwrap_err();
        assert_eq!(before, self.dynamo.snapshot(&()), "a refusal changes nothing");
        format!("{}: {error}", error.shape())
    }

    fn put(&mut self, pk: &str, attribute: &str, value: Value) -> Result<Value, Error> {
        self.call(json!({"PutItem": {"TableName": "tab", "Item": {"pk": {"S": pk}, attribute: value}}}))
    }

    /// How many items a filter lets through.
    fn count(&mut self, filter: &str, values: Value) -> Value {
        let mut scan = json!({"Scan": {"TableName": "tab", "Select": "COUNT", "FilterExpression": filter}});
        if values != json!({}) {
            scan.pointer_mut("/Scan").unwrap()["ExpressionAttributeValues"] = values;
        }
        self.call(scan).unwrap().pointer("/Count").unwrap().clone()
    }

    fn condition(&mut self, condition: &str) -> String {
        self.refusal(json!({"PutItem": {"TableName": "tab", "Item": {"pk": {"S": "a"}},
            "ConditionExpression": condition, "ExpressionAttributeValues": {":v": {"N": "1"}}}}))
    }
}

fn start(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

/// `[DDB-6.1.6]` `[DDB-6.1.7]`
#[test]
fn expressions_that_explode() {
    let mut driver = Driver::new();
    let refused = |text: &str| {
        text.starts_with("ValidationException: 1 validation error detected: Invalid ConditionExpression: ")
    };
    for condition in [
        "(".repeat(4_096),
        "(".repeat(2_000) + "a = :v" + &")".repeat(2_000),
        "NOT ".repeat(1_020) + "a = :v",
        "a".to_string() + &".a".repeat(2_000) + " = :v",
        "a".to_string() + &"[0]".repeat(1_300) + " = :v",
        format!("a[{}] = :v", "9".repeat(4_000)),
        "size(".repeat(600) + "a" + &")".repeat(600) + " > :v",
        "a IN (".to_string() + &":v,".repeat(1_300) + ":v)",
        "a = :v AND ".repeat(360) + "a = :v",
        "a BETWEEN :v AND ".repeat(230) + ":v",
        "attribute_exists(".repeat(200),
        ":v = ".repeat(800),
        "#".repeat(4_000),
        "\u{0}".repeat(4_000),
        "\u{1f4a3}".repeat(1_000),
        ":".repeat(4_096),
        ",".repeat(4_096),
    ] {
        let text = driver.condition(&condition);
        assert!(refused(&text), "{} gives {text}", start(&condition, 40));
        // [DDB-6.1.9] A text of AWS's quotes some of the expression, never
        // all of it.
        assert!(text.len() < 8_500, "{}", text.len());
    }
    assert_eq!(
        driver.condition(&"a".repeat(4_097)),
        "ValidationException: 1 validation error detected: Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097"
    );
    assert_eq!(
        driver.condition(&("a = :v AND ".repeat(150) + "a = :v")),
        "ValidationException: 1 validation error detected: Invalid ConditionExpression: The expression contains too many operators; operator count: 301"
    );
    // As many as are allowed; it only does not hold.
    let error = driver
        .call(json!({"PutItem": {"TableName": "tab", "Item": {"pk": {"S": "a"}},
            "ConditionExpression": "NOT ".repeat(298) + "a = :v", "ExpressionAttributeValues": {":v": {"N": "1"}}}}))
        .unwrap_err();
    assert_eq!(error.shape(), "ConditionalCheckFailedException");

    for update in [
        "SET a = a + ".to_string() + &"a + ".repeat(1_000) + "a",
        "SET a = ".to_string() + &"if_not_exists(a, ".repeat(230) + ":v" + &")".repeat(230),
        "SET a = ".to_string() + &"list_append(".repeat(300),
        "SET a = :v ".repeat(370),
        "REMOVE a".to_string() + &"[1]".repeat(1_300),
        "REMOVE ".to_string() + &"a,".repeat(2_000) + "a",
        "REMOVE ".repeat(585),
        "ADD a :v, ".repeat(409),
    ] {
        let text = driver.refusal(json!({"UpdateItem": {"TableName": "tab", "Key": {"pk": {"S": "a"}},
            "UpdateExpression": update, "ExpressionAttributeValues": {":v": {"N": "1"}}}}));
        assert!(text.contains(": Invalid UpdateExpression: "), "{} gives {text}", start(&update, 40));
    }
    for projection in ["a,".repeat(2_048), "a".repeat(4_097), "a.".repeat(2_048), "a[0".repeat(1_300)] {
        let text = driver.refusal(json!({"GetItem": {"TableName": "tab", "Key": {"pk": {"S": "a"}},
            "ProjectionExpression": projection}}));
        assert!(text.contains("Invalid ProjectionExpression: "), "{text}");
    }
}

#[test]
fn statements_that_explode() {
    let mut driver = Driver::new();
    let or = "SELECT * FROM tab WHERE pk = 'a'".to_string() + &" OR a = 1".repeat(880);
    for statement in [
        "(".repeat(8_192),
        "SELECT * FROM tab WHERE ".to_string() + &"(".repeat(8_000),
        "SELECT * FROM tab WHERE ".to_string() + &"NOT ".repeat(2_000),
        "INSERT INTO tab VALUE ".to_string() + &"[".repeat(8_000),
        "INSERT INTO tab VALUE ".to_string() + &"{'a':".repeat(1_600),
        "INSERT INTO tab VALUE ".to_string() + &"<<".repeat(4_000),
        "SELECT ".to_string() + &"a.".repeat(4_000) + " FROM tab",
        "SELECT * FROM tab WHERE a = ".to_string() + &"-".repeat(8_000) + "1",
        "/*".repeat(4_000),
        "'".repeat(8_191),
        "\"".repeat(8_191),
        "`".repeat(8_191),
        "SELECT * FROM tab WHERE a = 1e".to_string() + &"9".repeat(8_000),
        "x".repeat(8_193),
    ] {
        let text = driver.refusal(json!({"ExecuteStatement": {"Statement": statement}}));
        assert!(text.starts_with("ValidationException: "), "{} gives {text}", start(&statement, 40));
    }
    // It is long, and no more than that.
    assert!(driver.call(json!({"ExecuteStatement": {"Statement": or}})).is_ok());
}

/// A value of so many levels, the innermost of which is a number.
fn nested(levels: usize, list: bool) -> Value {
    (1..levels).fold(
        json!({"N": "1"}),
        |inner, _| if list { json!({"L": [inner]}) } else { json!({"M": {"a": inner}}) },
    )
}

/// `[DDB-2.3]`
#[test]
fn values_that_are_deep() {
    let mut driver = Driver::new();
    for list in [true, false] {
        // The item is the first level.
        driver.put("deep", "d", nested(32, list)).unwrap();
        for levels in [33, 34, 60] {
            let text = driver
                .refusal(json!({"PutItem": {"TableName": "tab", "Item": {"pk": {"S": "deep"}, "d": nested(levels, list)}}}));
            assert!(
                text.ends_with("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"),
                "{text}"
            );
        }
        let path =
            if list { "d".to_string() + &"[0]".repeat(31) } else { "d".to_string() + &".a".repeat(31) };
        assert_eq!(driver.count(&format!("{path} = :v"), json!({":v": {"N": "1"}})), 1);
        // One level more, set from within, is refused as well.
        let text = driver.refusal(json!({"UpdateItem": {"TableName": "tab", "Key": {"pk": {"S": "deep"}},
            "UpdateExpression": format!("SET {path} = :v"), "ExpressionAttributeValues": {":v": nested(2, list)}}}));
        assert!(text.starts_with("ValidationException: "), "{text}");
    }
}

/// An item of almost 400 KB in attributes of four bytes each.
fn crowd() -> serde_json::Map<String, Value> {
    let mut item = serde_json::Map::from_iter([("pk".to_string(), json!({"S": "crowd"}))]);
    for index in 0..100_000_u32 {
        // Names of three characters, in no order.
        let mut rest = index.wrapping_mul(7_919) % 100_000;
        let mut name = String::new();
        for _ in 0..3 {
            name.push(char::from(b'!' + u8::try_from(rest % 90).unwrap()));
            rest /= 90;
        }
        item.insert(name, json!({"NULL": true}));
    }
    item
}

#[test]
fn an_item_of_a_hundred_thousand_attributes() {
    let mut driver = Driver::new();
    let crowd = crowd();
    assert_eq!(crowd.len(), 100_001);
    driver.call(json!({"PutItem": {"TableName": "tab", "Item": crowd}})).unwrap();

    // Some 300 operators, each on an attribute that is there.
    let names: Vec<&String> = crowd.keys().step_by(700).take(140).collect();
    let placeholders: serde_json::Map<String, Value> =
        names.iter().enumerate().map(|(index, name)| (format!("#{index}"), json!(name))).collect();
    let mut condition = String::new();
    for index in 0..names.len() {
        let joint = if index == 0 { "" } else { " AND " };
        write!(condition, "{joint}attribute_exists(#{index})").unwrap();
    }
    let scan = json!({"Scan": {"TableName": "tab", "Select": "COUNT", "FilterExpression": condition,
        "ExpressionAttributeNames": placeholders}});
    assert_eq!(driver.call(scan).unwrap()["Count"], 1);

    // As many taken out, and as many read.
    let list = (0..names.len()).map(|index| format!("#{index}")).collect::<Vec<_>>().join(",");
    let read = json!({"GetItem": {"TableName": "tab", "Key": {"pk": {"S": "crowd"}}, "ProjectionExpression": list,
        "ExpressionAttributeNames": placeholders}});
    assert_eq!(driver.call(read.clone()).unwrap()["Item"].as_object().unwrap().len(), names.len());
    let update = json!({"UpdateItem": {"TableName": "tab", "Key": {"pk": {"S": "crowd"}}, "ReturnValues": "UPDATED_OLD",
        "UpdateExpression": format!("REMOVE {list}"), "ExpressionAttributeNames": placeholders}});
    assert_eq!(driver.call(update).unwrap()["Attributes"].as_object().unwrap().len(), names.len());
    assert_eq!(driver.call(read).unwrap(), json!({"Item": {}}));

    // [DDB-2.5.2] A name more than there is room for.
    let mut large = crowd;
    large.insert("x".repeat(9_700), json!({"NULL": true}));
    let text = driver.refusal(json!({"PutItem": {"TableName": "tab", "Item": large}}));
    assert_eq!(text, "ValidationException: Item size has exceeded the maximum allowed size");
}

#[test]
fn lists_sets_and_texts_of_400_kb() {
    let mut driver = Driver::new();
    let list: Vec<Value> = (0..200_000).map(|_| json!({"BOOL": false})).collect();
    driver.put("list", "l", json!({"L": list})).unwrap();
    let values = json!({":v": {"BOOL": true}});
    let filter = vec!["contains(l, :v)"; 150].join(" OR ");
    assert_eq!(driver.count(&filter, values.clone()), 0);
    // From the middle and from the end, which both close the gap.
    let update = |driver: &mut Driver, update: String, values: Value| {
        driver.call(json!({"UpdateItem": {"TableName": "tab", "Key": {"pk": {"S": "list"}}, "UpdateExpression": update,
            "ExpressionAttributeValues": values}}))
    };
    let all = (0..400).map(|index| format!("l[{}]", index * 7)).collect::<Vec<_>>().join(",");
    update(&mut driver, format!("REMOVE {all} SET x = :v"), values.clone()).unwrap();
    assert_eq!(driver.count("size(l) = :n", json!({":n": {"N": "199600"}})), 1);
    let beyond =
        (0..200).map(|index| format!("l[{}] = :v", 4_294_967_295_u64 - index)).collect::<Vec<_>>().join(",");
    let grown = update(&mut driver, format!("SET {beyond}"), values.clone());
    assert!(grown.is_ok() || grown.unwrap_err().to_string().contains("List index"));
    let text = driver.refusal(json!({"UpdateItem": {"TableName": "tab", "Key": {"pk": {"S": "list"}},
        "UpdateExpression": "SET l = list_append(l, l)"}}));
    assert_eq!(text, "ValidationException: Item size to update has exceeded the maximum allowed size");

    // What would be a hundred megabytes is refused before it is copied, and
    // after all else that is wrong with it.
    let copies = (0..300).map(|index| format!("a{index} = l")).collect::<Vec<_>>().join(",");
    let text = driver.refusal(json!({"UpdateItem": {"TableName": "tab", "Key": {"pk": {"S": "list"}},
        "UpdateExpression": format!("SET {copies}")}}));
    assert_eq!(text, "ValidationException: Item size to update has exceeded the maximum allowed size");
    let text = driver.refusal(json!({"UpdateItem": {"TableName": "tab", "Key": {"pk": {"S": "list"}},
        "UpdateExpression": format!("SET {copies}, b = nowhere")}}));
    assert_eq!(
        text,
        "ValidationException: The provided expression refers to an attribute that does not exist in the item"
    );

    let set: Vec<String> = (0..60_000).map(|n| n.to_string()).collect();
    driver.put("set", "s", json!({"NS": set})).unwrap();
    assert_eq!(driver.count(&vec!["contains(s, :v)"; 150].join(" OR "), json!({":v": {"N": "59999"}})), 1);
    let twice: Vec<&str> = std::iter::repeat_n("1", 60_000).collect();
    assert!(
        driver.put("set", "s", json!({"NS": twice})).unwrap_err().to_string().contains("contains duplicates")
    );

    // The worst of haystacks for the plain way to search.
    driver.put("text", "t", json!({"S": "a".repeat(390_000)})).unwrap();
    assert_eq!(
        driver
            .count("contains(t, :v)", json!({":v": {"S": "a".repeat(150_000) + "b" + &"a".repeat(50_000)}})),
        0
    );
    driver.put("bytes", "b", json!({"B": "AAAA".repeat(130_000)})).unwrap();
    assert_eq!(
        driver.count(
            "contains(b, :v)",
            json!({":v": {"B": "AAAA".repeat(50_000) + "AAAB" + &"AAAA".repeat(20_000)}})
        ),
        0
    );
    assert_eq!(driver.count("contains(b, :v)", json!({":v": {"B": "AAAA".repeat(50_000)}})), 1);

    // [DDB-2.2.2] Numbers of a hundred thousand digits, and exponents of as many.
    for number in [
        "9".repeat(100_000),
        format!("1e{}", "9".repeat(100_000)),
        format!("0.{}1", "0".repeat(100_000)),
        "-".repeat(100_000),
    ] {
        let text = driver.put("n", "n", json!({"N": number})).unwrap_err();
        assert_eq!(text.shape(), "ValidationException");
    }
    // Zero is zero, however it is spelt.
    driver.put("n", "n", json!({"N": "0".repeat(100_000)})).unwrap();
}

/// `[DDB-6.2]`
#[test]
fn placeholders_by_the_thousand() {
    let mut driver = Driver::new();
    let names: serde_json::Map<String, Value> = (0..20_000).map(|n| (format!("#n{n}"), json!("x"))).collect();
    let values: serde_json::Map<String, Value> =
        (0..20_000).map(|n| (format!(":n{n}"), json!({"N": "1"}))).collect();
    for (member, map) in [("ExpressionAttributeNames", names), ("ExpressionAttributeValues", values)] {
        let text = driver.refusal(json!({"PutItem": {"TableName": "tab", "Item": {"pk": {"S": "a"}},
            "ConditionExpression": "attribute_exists(pk)", member: map}}));
        assert!(text.contains("unused in expressions: keys: {"), "{}", start(&text, 200));
    }
}
