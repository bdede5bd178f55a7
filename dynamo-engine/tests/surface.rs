//! What the wire sees: the names of operations and members, as the service
//! model has them.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::{Caller, Cx, Engine as _, Home, Seed, Timestamp};
use dynamo_engine::{Engine, Options, Request};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Inputs that set every member, and the members of outputs, from the
/// service models that AWS publishes with its SDKs (Apache-2.0). Operations
/// that the engine does not have are empty.
const NAMES: &str = include_str!("api-names.json");

/// What AWS does not have: calls that steer a simulation.
const OURS: [&str; 6] = [
    "PrepareTransaction",
    "CommitTransaction",
    "CancelTransaction",
    "JoinGlobalTable",
    "DeliverReplicaMessage",
    "HoldReplicaItem",
];

fn model() -> Map<String, Value> {
    serde_json::from_str(NAMES).unwrap()
}

#[test]
fn every_member_has_the_name_and_type_that_the_service_model_gives_it() {
    let model = model();
    let theirs = model.iter().filter(|(_, of)| of["Input"].is_object()).map(|(name, _)| name.as_str());
    let shared = || Request::NAMES.iter().copied().filter(|name| !OURS.contains(name));
    assert_eq!(theirs.collect::<BTreeSet<_>>(), shared().collect());
    for name in shared() {
        let sent = json!({name: model[name]["Input"]});
        let read: Request = serde_json::from_value(sent.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), sent, "{name} loses a member");
    }
}

/// The members of a reply, attributes' own names left out.
fn members(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                found.insert(name.clone());
                // The keys of maps are data.
                let data = [
                    "Item",
                    "Items",
                    "Attributes",
                    "Key",
                    "Keys",
                    "Responses",
                    "UnprocessedItems",
                    "NewImage",
                    "OldImage",
                ];
                if !data.contains(&name.as_str()) {
                    members(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, found)),
        _ => {}
    }
}

#[test]
fn replies_have_no_member_that_the_service_model_does_not_have() {
    let model = model();
    let mut dynamo =
        Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), Options::immediate());
    let caller = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
    let schema = |name: &str| json!([{"AttributeName": name, "KeyType": "HASH"}]);
    let key = json!({"id": {"S": "a"}});
    let arn = "arn:aws:dynamodb:us-east-1:111122223333:table/orders";
    let range =
        json!([{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}]);
    let types = |names: &[&str]| -> Value {
        names.iter().map(|name| json!({"AttributeName": name, "AttributeType": "S"})).collect()
    };
    let requests = [
        json!({"CreateTable": {"TableName": "orders", "KeySchema": schema("id"), "AttributeDefinitions": types(&["id", "g"]),
            "ProvisionedThroughput": {"ReadCapacityUnits": 50, "WriteCapacityUnits": 50},
            "GlobalSecondaryIndexes": [{"IndexName": "by-g", "KeySchema": schema("g"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
                "ProvisionedThroughput": {"ReadCapacityUnits": 50, "WriteCapacityUnits": 50}}],
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            "Tags": [{"Key": "team", "Value": "blue"}], "TableClass": "STANDARD_INFREQUENT_ACCESS"}}),
        json!({"CreateTable": {"TableName": "local", "KeySchema": range, "AttributeDefinitions": types(&["id", "r", "l"]),
            "BillingMode": "PAY_PER_REQUEST", "LocalSecondaryIndexes": [{"IndexName": "by-l",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "l", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"}}]}}),
        json!({"UpdateTable": {"TableName": "orders", "DeletionProtectionEnabled": true}}),
        json!({"DescribeTable": {"TableName": "orders"}}),
        json!({"ListTables": {"Limit": 1}}),
        json!({"PutItem": {"TableName": "orders", "Item": {"id": {"S": "a"}, "g": {"S": "g"}}, "ReturnConsumedCapacity": "INDEXES",
            "ReturnItemCollectionMetrics": "SIZE", "ReturnValues": "ALL_OLD"}}),
        json!({"PutItem": {"TableName": "local", "Item": {"id": {"S": "a"}, "r": {"S": "r"}, "l": {"S": "l"}},
            "ReturnConsumedCapacity": "INDEXES", "ReturnItemCollectionMetrics": "SIZE"}}),
        json!({"UpdateItem": {"TableName": "orders", "Key": key, "UpdateExpression": "SET x = :x",
            "ExpressionAttributeValues": {":x": {"N": "1"}}, "ReturnConsumedCapacity": "TOTAL", "ReturnValues": "ALL_NEW"}}),
        json!({"GetItem": {"TableName": "orders", "Key": key, "ReturnConsumedCapacity": "INDEXES"}}),
        json!({"Query": {"TableName": "orders", "KeyConditionExpression": "id = :x", "Limit": 1,
            "ExpressionAttributeValues": {":x": {"S": "a"}}, "ReturnConsumedCapacity": "INDEXES"}}),
        json!({"Scan": {"TableName": "orders", "Limit": 1, "ReturnConsumedCapacity": "INDEXES"}}),
        json!({"BatchWriteItem": {"RequestItems": {"local": [{"PutRequest": {"Item": {"id": {"S": "b"}, "r": {"S": "r"}}}}]},
            "ReturnConsumedCapacity": "INDEXES", "ReturnItemCollectionMetrics": "SIZE"}}),
        json!({"BatchGetItem": {"RequestItems": {"orders": {"Keys": [key]}}, "ReturnConsumedCapacity": "INDEXES"}}),
        json!({"TransactWriteItems": {"TransactItems": [{"Delete": {"TableName": "orders", "Key": key}}],
            "ReturnConsumedCapacity": "INDEXES", "ReturnItemCollectionMetrics": "SIZE"}}),
        json!({"TransactGetItems": {"TransactItems": [{"Get": {"TableName": "orders", "Key": key}}], "ReturnConsumedCapacity": "TOTAL"}}),
        json!({"ExecuteStatement": {"Statement": "SELECT * FROM orders WHERE id = ?", "Parameters": [{"S": "a"}],
            "Limit": 1, "ReturnConsumedCapacity": "INDEXES"}}),
        json!({"BatchExecuteStatement": {"Statements": [{"Statement": "INSERT INTO orders VALUE {'id': 'p'}"},
            {"Statement": "nonsense"}], "ReturnConsumedCapacity": "INDEXES"}}),
        json!({"ExecuteTransaction": {"TransactStatements": [{"Statement": "SELECT * FROM orders WHERE id = 'a'"}],
            "ReturnConsumedCapacity": "INDEXES"}}),
        json!({"UpdateTimeToLive": {"TableName": "orders", "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "end"}}}),
        json!({"DescribeTimeToLive": {"TableName": "orders"}}),
        json!({"UpdateContinuousBackups": {"TableName": "orders",
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}}}),
        json!({"DescribeContinuousBackups": {"TableName": "orders"}}),
        json!({"RestoreTableToPointInTime": {"SourceTableName": "orders", "TargetTableName": "again", "UseLatestRestorableTime": true}}),
        json!({"CreateBackup": {"TableName": "orders", "BackupName": "nightly"}}),
        json!({"ListBackups": {}}),
        json!({"PutResourcePolicy": {"ResourceArn": arn, "Policy": "{}"}}),
        json!({"GetResourcePolicy": {"ResourceArn": arn}}),
        json!({"DeleteResourcePolicy": {"ResourceArn": arn}}),
        json!({"DescribeLimits": {}}),
        json!({"DescribeEndpoints": {}}),
        json!({"ListTagsOfResource": {"ResourceArn": arn}}),
        json!({"ListStreams": {"TableName": "orders"}}),
        json!({"UpdateTable": {"TableName": "orders", "VectorIndexUpdates": [{"Create": {"IndexName": "near",
            "VectorAttribute": {"AttributeName": "v"}, "Dimensions": 2, "DistanceFunction": "COSINE",
            "SearchSchema": [{"AttributeName": "g", "SearchSchemaElementType": "INLINE_FILTER"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}}}]}}),
        json!({"DescribeTable": {"TableName": "orders"}}),
        json!({"SearchVectors": {"TableName": "orders", "IndexName": "near", "SearchVector": [{"N": "1"}, {"N": "0"}], "TopK": 1,
            "ReturnConsumedCapacity": "TOTAL"}}),
        json!({"DeleteItem": {"TableName": "orders", "Key": key, "ReturnConsumedCapacity": "INDEXES"}}),
        json!({"DeleteTable": {"TableName": "local"}}),
    ];
    let mut calls: u64 = 0;
    let mut call = |request: Value| -> Value {
        calls += 1;
        let name = request.as_object().unwrap().keys().next().unwrap().clone();
        let now = Timestamp::from_seconds(1_700_000_000 + i64::try_from(calls).unwrap());
        let cx = Cx::new(now, Seed::counter(calls), &caller);
        let request: Request = serde_json::from_value(request).unwrap();
        let reply = serde_json::to_value(dynamo.apply(cx, request).unwrap()).unwrap();
        let mut found = BTreeSet::new();
        members(&reply, &mut found);
        let theirs: Vec<&str> =
            model[&name]["Output"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        // What the keys of maps name.
        let data = ["orders", "local", "by-g", "by-l", "id"];
        let odd = |name: &&String| !theirs.contains(&name.as_str()) && !data.contains(&name.as_str());
        let odd: Vec<_> = found.iter().filter(odd).collect();
        assert!(odd.is_empty(), "{name} replies with {odd:?}: {reply}");
        reply
    };
    let mut replies: Vec<Value> = requests.into_iter().map(&mut call).collect();
    let backups = replies.iter().find_map(|reply| reply["BackupSummaries"].as_array().cloned()).unwrap();
    let backup = &backups[0]["BackupArn"];
    call(json!({"DescribeBackup": {"BackupArn": backup}}));
    call(
        json!({"RestoreTableFromBackup": {"BackupArn": backup, "TargetTableName": "restored", "BillingModeOverride": "PAY_PER_REQUEST"}}),
    );
    call(json!({"DeleteBackup": {"BackupArn": backup}}));
    let stream = replies.remove(0)["TableDescription"]["LatestStreamArn"].clone();
    let shards = call(json!({"DescribeStream": {"StreamArn": stream}}));
    let shard = &shards["StreamDescription"]["Shards"][0]["ShardId"];
    let iterator = call(
        json!({"GetShardIterator": {"StreamArn": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}}),
    );
    let records = call(json!({"GetRecords": {"ShardIterator": iterator["ShardIterator"]}}));
    assert_eq!(records["Records"].as_array().unwrap().len(), 4);
}
