//! AWS's sample tables, and answers of AWS that others recorded.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, reason = "it reads the samples")]

use aws_core::{Caller, Cx, Engine as _, Home, Seed, Timestamp};
use dynamo_engine::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");

fn text(name: &str) -> String {
    std::fs::read_to_string(format!("{FOLDER}/{name}")).unwrap()
}

struct World {
    dynamo: Engine,
    caller: Caller,
    calls: u64,
}

impl World {
    fn new() -> Self {
        let options = Options { throttling: false, ..Options::immediate() };
        let dynamo = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
        Self { dynamo, caller: Caller::anonymous(), calls: 0 }
    }

    /// Makes a call as the wire has it.
    fn call(&mut self, name: &str, body: Value) -> Value {
        self.calls += 1;
        let request: Request = serde_json::from_value(json!({name: body})).unwrap();
        let cx = Cx::new(Timestamp::from_seconds(1_700_000_000), Seed::counter(self.calls), &self.caller);
        serde_json::to_value(self.dynamo.apply(cx, request).unwrap()).unwrap()
    }

    fn table(&mut self, name: &str, keys: &[(&str, &str)], indexes: &[(&str, Vec<(String, String)>)]) {
        let schema = |keys: &[(String, String)]| -> Value {
            keys.iter()
                .zip(["HASH", "RANGE"])
                .map(|((name, _), kind)| json!({"AttributeName": name, "KeyType": kind}))
                .collect()
        };
        let keys: Vec<(String, String)> =
            keys.iter().map(|(name, kind)| (name.to_string(), kind.to_string())).collect();
        let types: BTreeSet<_> =
            keys.iter().chain(indexes.iter().flat_map(|(_, keys)| keys)).cloned().collect();
        let types: Vec<Value> =
            types.iter().map(|(name, kind)| json!({"AttributeName": name, "AttributeType": kind})).collect();
        let mut body = json!({"TableName": name, "KeySchema": schema(&keys), "AttributeDefinitions": types, "BillingMode": "PAY_PER_REQUEST"});
        if !indexes.is_empty() {
            body["GlobalSecondaryIndexes"] = indexes
                .iter()
                .map(|(name, keys)| json!({"IndexName": name, "KeySchema": schema(keys), "Projection": {"ProjectionType": "ALL"}}))
                .collect();
        }
        self.call("CreateTable", body);
    }
}

/// The tables of the Developer Guide, and the questions that it asks them.
#[test]
fn the_guides_tables_load_and_answer() {
    let mut world = World::new();
    world.table("ProductCatalog", &[("Id", "N")], &[]);
    world.table("Forum", &[("Name", "S")], &[]);
    world.table("Thread", &[("ForumName", "S"), ("Subject", "S")], &[]);
    let posted = vec![("PostedBy".to_string(), "S".to_string()), ("Message".to_string(), "S".to_string())];
    world.table("Reply", &[("Id", "S"), ("ReplyDateTime", "S")], &[("PostedBy-Message-Index", posted)]);
    for name in ["ProductCatalog", "Forum", "Thread", "Reply"] {
        let requests: Value = serde_json::from_str(&text(&format!("sample-tables/{name}.json"))).unwrap();
        let count = requests[name].as_array().unwrap().len();
        let answer = world.call("BatchWriteItem", json!({"RequestItems": requests}));
        assert_eq!(answer["UnprocessedItems"], json!({}));
        assert_eq!(world.call("Scan", json!({"TableName": name}))["Count"], count);
    }
    let bicycles = world.call(
        "Scan",
        json!({"TableName": "ProductCatalog", "FilterExpression": "ProductCategory = :c AND Price > :p AND contains(Color, :r)",
            "ExpressionAttributeValues": {":c": {"S": "Bicycle"}, ":p": {"N": "200"}, ":r": {"S": "Red"}}}),
    );
    assert!(bicycles["Count"].as_u64().unwrap() > 0 && bicycles["ScannedCount"] == 8);
    let mine = world.call(
        "Query",
        json!({"TableName": "Reply", "IndexName": "PostedBy-Message-Index", "KeyConditionExpression": "PostedBy = :u",
            "ExpressionAttributeValues": {":u": {"S": "User A"}}}),
    );
    let all = world.call("Scan", json!({"TableName": "Reply"}));
    let by_a =
        all["Items"].as_array().unwrap().iter().filter(|item| item["PostedBy"]["S"] == "User A").count();
    assert_eq!(mine["Count"], by_a);
    let threads = world.call(
        "ExecuteStatement",
        json!({"Statement": "SELECT Subject FROM Thread WHERE ForumName = 'Amazon DynamoDB' AND begins_with(Subject, 'DynamoDB') ORDER BY Subject DESC"}),
    );
    assert_eq!(threads["Items"][0]["Subject"]["S"], "DynamoDB Thread 2");
}

/// The movies, by year and title, nested as they are.
#[test]
fn the_movies_load_and_answer() {
    let mut world = World::new();
    world.table("Movies", &[("year", "N"), ("title", "S")], &[]);
    let lines = text("sample-tables/Movies.dynamodb.jsonl");
    let movies: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for movie in &movies {
        world.call("PutItem", json!({"TableName": "Movies", "Item": movie}));
    }
    let wanted = |movie: &&Value| {
        movie["year"]["N"] == "2013"
            && movie["info"]["M"]["genres"]["L"]
                .as_array()
                .is_some_and(|all| all.contains(&json!({"S": "Drama"})))
    };
    let expected: BTreeSet<&str> =
        movies.iter().filter(wanted).map(|movie| movie["title"]["S"].as_str().unwrap()).collect();
    let found = world.call(
        "Query",
        json!({"TableName": "Movies", "KeyConditionExpression": "#y = :y", "FilterExpression": "contains(info.genres, :g)",
            "ExpressionAttributeNames": {"#y": "year"}, "ExpressionAttributeValues": {":y": {"N": "2013"}, ":g": {"S": "Drama"}}}),
    );
    let titles = found["Items"].as_array().unwrap().iter().map(|movie| movie["title"]["S"].as_str().unwrap());
    assert_eq!(titles.collect::<BTreeSet<_>>(), expected);
    let statement = "SELECT title FROM Movies WHERE \"year\" = 2013 AND contains(info.genres, 'Drama')";
    let said = world.call("ExecuteStatement", json!({"Statement": statement}));
    assert_eq!(said["Items"].as_array().unwrap().len(), expected.len());
}

/// The models of NoSQL Workbench: every index holds the items that have its
/// keys. `[DDB-5.1]`
#[test]
fn the_workbench_models_load_and_answer() {
    let mut loaded = 0;
    for entry in std::fs::read_dir(format!("{FOLDER}/sample-tables/nosql-workbench")).unwrap() {
        let model: Value =
            serde_json::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for table in model["DataModel"].as_array().unwrap() {
            let mut world = World::new();
            let keys = |of: &Value| -> Vec<(String, String)> {
                let key = |kind: &str| {
                    let key = of["KeyAttributes"].get(kind)?;
                    Some((
                        key["AttributeName"].as_str()?.to_string(),
                        key["AttributeType"].as_str()?.to_string(),
                    ))
                };
                ["PartitionKey", "SortKey"].into_iter().filter_map(key).collect()
            };
            let empty = Vec::new();
            let indexes = table["GlobalSecondaryIndexes"].as_array().unwrap_or(&empty);
            let indexes: Vec<_> =
                indexes.iter().map(|index| (index["IndexName"].as_str().unwrap(), keys(index))).collect();
            let name = table["TableName"].as_str().unwrap();
            let own = keys(table);
            let own: Vec<(&str, &str)> =
                own.iter().map(|(name, kind)| (name.as_str(), kind.as_str())).collect();
            world.table(name, &own, &indexes);
            let items = table["TableData"].as_array().unwrap_or(&empty);
            for item in items {
                world.call("PutItem", json!({"TableName": name, "Item": item}));
                loaded += 1;
            }
            for (index, keys) in &indexes {
                let has = |item: &&Value| keys.iter().all(|(name, _)| item.get(name).is_some());
                let found = world.call("Scan", json!({"TableName": name, "IndexName": index}));
                assert_eq!(found["Count"], items.iter().filter(has).count(), "{name} {index}");
            }
        }
    }
    assert_eq!(loaded, 40);
}

/// Times as the wire has them: seconds. The recordings print them as texts.
fn timed(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let is_time = name.ends_with("DateTime") || name.ends_with("Time");
                if is_time && member.is_string() {
                    *member = json!(1.5);
                }
                timed(member);
            }
        }
        Value::Array(members) => members.iter_mut().for_each(timed),
        _ => {}
    }
}

/// The members that a recording has and ours has not, as paths.
fn missing(recorded: &Value, ours: &Value, path: &str, found: &mut BTreeSet<String>) {
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(own)) => {
            for (name, member) in recorded {
                let path = format!("{path}.{name}");
                match own.get(name) {
                    Some(own) => missing(member, own, &path, found),
                    None => {
                        found.insert(path);
                    }
                }
            }
        }
        (Value::Array(recorded), Value::Array(own)) => {
            for (recorded, own) in recorded.iter().zip(own) {
                missing(recorded, own, path, found);
            }
        }
        // Whole numbers and fractions are one in JSON.
        (recorded, own)
            if recorded != own && (recorded.as_f64().is_none() || recorded.as_f64() != own.as_f64()) =>
        {
            found.insert(format!("{path}: {recorded} is {own}"));
        }
        _ => {}
    }
}

/// Every recorded answer is one that our types can give, member by member,
/// but for what belongs to features that the engine has not.
#[test]
fn recorded_answers_have_our_shapes() {
    let (mut kinds, mut found) = (BTreeSet::new(), BTreeSet::new());
    for line in text("recordings/dynamodb.jsonl").lines() {
        let mut record: Value = serde_json::from_str(line).unwrap();
        let mut output = record["output"].take();
        timed(&mut output);
        let operation = record["operation"].as_str().unwrap();
        macro_rules! through {
            ($type:ty) => {
                serde_json::to_value(serde_json::from_value::<$type>(output.clone()).unwrap()).unwrap()
            };
        }
        let ours = match operation {
            "DescribeTable" => through!(DescribeTableResult),
            "ListTables" => through!(ListTablesResult),
            "ListBackups" => through!(ListBackupsResult),
            "ListTagsOfResource" => through!(ListTagsOfResourceResult),
            "UpdateTable" => through!(UpdateTableResult),
            "DescribeContinuousBackups" | "UpdateContinuousBackups" => {
                through!(DescribeContinuousBackupsResult)
            }
            "CreateBackup" => through!(CreateBackupResult),
            "DescribeBackup" | "DeleteBackup" => through!(BackupResult),
            "GetResourcePolicy" => through!(GetResourcePolicyResult),
            "DeleteTable" => through!(DeleteTableResult),
            "ExecuteStatement" => through!(ExecuteStatementResult),
            // Exports and imports are not operations of the engine.
            "DescribeExport" | "ListExports" | "ListImports" => continue,
            other => {
                kinds.insert(format!("no type for {other}"));
                continue;
            }
        };
        kinds.insert(operation.to_string());
        missing(&output, &ours, operation, &mut found);
    }
    assert_eq!(kinds.len(), 13);
    let not_modelled =
        ["SSEDescription", "Replicas", "GlobalTableVersion", "LastDecreaseDateTime", "LastIncreaseDateTime"];
    let odd: Vec<_> =
        found.iter().filter(|path| !not_modelled.iter().any(|name| path.ends_with(name))).collect();
    assert!(odd.is_empty(), "{odd:#?}");
}
