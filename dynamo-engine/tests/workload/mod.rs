//! A workload for the law harness.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::laws::{Bound, Workload};
use aws_core::{Caller, Cx, ErrorRecord, Home, Permit, Reply, Seed, Timestamp, Verdict};
use dynamo_engine::*;
use proptest::prelude::*;
use serde_json::Value;

/// Two tables with few keys: `busy` has an index, a stream and little
/// throughput; `spare` comes and goes.
pub(crate) struct Tables {
    /// Whether writes arrive late in the index and at reads.
    pub(crate) late: bool,
}

/// An operation; keys are small numbers so that they meet.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Create {
        stream: bool,
    },
    Drop,
    Put {
        spare: bool,
        key: u8,
        group: Option<u8>,
        size: usize,
        condition: Option<&'static str>,
    },
    Update {
        key: u8,
        update: &'static str,
        condition: Option<&'static str>,
        values: &'static str,
    },
    Delete {
        key: u8,
        condition: bool,
    },
    Get {
        key: u8,
    },
    Batch {
        keys: Vec<u8>,
    },
    Query {
        index: bool,
        descending: bool,
        limit: Option<i64>,
        resume: Option<usize>,
    },
    Scan {
        segment: Option<i64>,
        resume: Option<usize>,
    },
    Describe {
        spare: bool,
    },
    List,
    DescribeStream,
    Iterate {
        pick: usize,
        kind: &'static str,
    },
    Records {
        pick: usize,
    },
    /// One of [`RAW`].
    Raw(usize),
    Denied,
}

/// The rest of the surface, as the wire has it.
const RAW: [&str; 37] = [
    r#"{"TransactWriteItems": {"ReturnConsumedCapacity": "INDEXES", "TransactItems": [
        {"Put": {"TableName": "busy", "Item": {"pk": {"S": "odd"}, "sk": {"N": "1"}, "group": {"S": "1"}}}},
        {"Update": {"TableName": "busy", "Key": {"pk": {"S": "even"}, "sk": {"N": "2"}}, "UpdateExpression": "ADD hits :n",
                    "ExpressionAttributeValues": {":n": {"N": "1"}}}}]}}"#,
    r#"{"TransactWriteItems": {"ClientRequestToken": "again", "ReturnConsumedCapacity": "TOTAL", "TransactItems": [
        {"Update": {"TableName": "busy", "Key": {"pk": {"S": "even"}, "sk": {"N": "4"}}, "UpdateExpression": "ADD hits :n",
                    "ExpressionAttributeValues": {":n": {"N": "1"}}}}]}}"#,
    r#"{"TransactWriteItems": {"ClientRequestToken": "again", "TransactItems": [
        {"Delete": {"TableName": "busy", "Key": {"pk": {"S": "even"}, "sk": {"N": "4"}}}}]}}"#,
    r#"{"TransactWriteItems": {"TransactItems": [
        {"ConditionCheck": {"TableName": "busy", "Key": {"pk": {"S": "odd"}, "sk": {"N": "3"}},
            "ConditionExpression": "attribute_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
        {"Delete": {"TableName": "busy", "Key": {"pk": {"S": "odd"}, "sk": {"N": "5"}},
            "ConditionExpression": "attribute_not_exists(nothing)"}}]}}"#,
    r#"{"TransactGetItems": {"TransactItems": [
        {"Get": {"TableName": "busy", "Key": {"pk": {"S": "odd"}, "sk": {"N": "1"}}}},
        {"Get": {"TableName": "busy", "Key": {"pk": {"S": "even"}, "sk": {"N": "2"}}, "ProjectionExpression": "hits"}}]}}"#,
    r#"{"UpdateTable": {"TableName": "busy", "AttributeDefinitions": [{"AttributeName": "fill", "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": [{"Create": {"IndexName": "by-fill", "Projection": {"ProjectionType": "KEYS_ONLY"},
            "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 3},
            "KeySchema": [{"AttributeName": "fill", "KeyType": "HASH"}]}}]}}"#,
    r#"{"UpdateTable": {"TableName": "busy", "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-fill"}}]}}"#,
    r#"{"UpdateTable": {"TableName": "busy", "StreamSpecification": {"StreamEnabled": false}}}"#,
    r#"{"UpdateTable": {"TableName": "busy", "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}}}"#,
    r#"{"UpdateTable": {"TableName": "busy", "ProvisionedThroughput": {"ReadCapacityUnits": 9, "WriteCapacityUnits": 5}}}"#,
    r#"{"TagResource": {"ResourceArn": "arn:aws:dynamodb:us-east-1:111122223333:table/busy", "Tags": [{"Key": "team", "Value": "blue"}]}}"#,
    r#"{"UntagResource": {"ResourceArn": "arn:aws:dynamodb:us-east-1:111122223333:table/busy", "TagKeys": ["team"]}}"#,
    r#"{"ListTagsOfResource": {"ResourceArn": "arn:aws:dynamodb:us-east-1:111122223333:table/busy"}}"#,
    r#"{"UpdateTimeToLive": {"TableName": "busy", "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "ends"}}}"#,
    r#"{"UpdateTimeToLive": {"TableName": "busy", "TimeToLiveSpecification": {"Enabled": false, "AttributeName": "ends"}}}"#,
    r#"{"PutItem": {"TableName": "busy", "Item": {"pk": {"S": "even"}, "sk": {"N": "6"}, "ends": {"N": "1700000010"}},
        "Expected": {"hits": {"ComparisonOperator": "NULL"}, "fill": {"ComparisonOperator": "NOT_NULL"}}, "ConditionalOperator": "OR"}}"#,
    r#"{"UpdateItem": {"TableName": "busy", "Key": {"pk": {"S": "odd"}, "sk": {"N": "7"}}, "ReturnValues": "UPDATED_NEW",
        "AttributeUpdates": {"ends": {"Value": {"N": "1700000000.5"}}, "seen": {"Action": "ADD", "Value": {"L": [{"N": "1"}]}}}}}"#,
    r#"{"Query": {"TableName": "busy", "KeyConditions": {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "odd"}]}},
        "QueryFilter": {"hits": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "0"}]}}, "AttributesToGet": ["sk"]}}"#,
    r#"{"Query": {"TableName": "busy", "IndexName": "by-fill", "KeyConditionExpression": "fill = :f",
        "ExpressionAttributeValues": {":f": {"S": "short"}}}}"#,
    r#"{"DescribeTimeToLive": {"TableName": "busy"}}"#,
    r#"{"ExecuteStatement": {"Statement": "SELECT * FROM busy WHERE pk = 'odd' AND hits > 0", "Limit": 2}}"#,
    r#"{"ExecuteStatement": {"Statement": "INSERT INTO busy VALUE {'pk': 'odd', 'sk': 8, 'group': '2'}", "ReturnConsumedCapacity": "INDEXES"}}"#,
    r#"{"ExecuteStatement": {"Statement": "UPDATE busy SET hits = if_not_exists(hits, 0) + 1 WHERE pk = 'odd' AND sk = 8 RETURNING MODIFIED NEW *"}}"#,
    r#"{"ExecuteStatement": {"Statement": "DELETE FROM busy WHERE pk = 'odd' AND sk = 8 AND hits > 1"}}"#,
    r#"{"BatchExecuteStatement": {"Statements": [{"Statement": "INSERT INTO busy VALUE {'pk': 'even', 'sk': 10}"},
        {"Statement": "DELETE FROM busy WHERE pk = 'even' AND sk = 2"}, {"Statement": "nonsense"}], "ReturnConsumedCapacity": "TOTAL"}}"#,
    r#"{"ExecuteTransaction": {"ClientRequestToken": "words", "TransactStatements": [
        {"Statement": "UPDATE busy SET hits = 5 WHERE pk = 'even' AND sk = 10"},
        {"Statement": "EXISTS(SELECT * FROM busy WHERE pk = 'odd' AND sk = 1)"}]}}"#,
    r#"{"PrepareTransaction": {"TransactionId": "slow", "Transaction": {"ClientRequestToken": "slow", "TransactItems": [
        {"Update": {"TableName": "busy", "Key": {"pk": {"S": "even"}, "sk": {"N": "2"}}, "UpdateExpression": "ADD hits :n",
                    "ExpressionAttributeValues": {":n": {"N": "1"}}}}]}}}"#,
    r#"{"CreateBackup": {"TableName": "busy", "BackupName": "nightly"}}"#,
    r#"{"ListBackups": {"Limit": 2}}"#,
    r#"{"UpdateContinuousBackups": {"TableName": "busy", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}}}"#,
    r#"{"PutResourcePolicy": {"ResourceArn": "arn:aws:dynamodb:us-east-1:111122223333:table/busy", "Policy": "{}"}}"#,
    r#"{"GetResourcePolicy": {"ResourceArn": "arn:aws:dynamodb:us-east-1:111122223333:table/busy"}}"#,
    r#"{"JoinGlobalTable": {"TableName": "busy"}}"#,
    r#"{"DeliverReplicaMessage": {"Message": {"TableName": "busy", "Region": "eu-west-1", "WrittenAt": 1700000000500, "Serial": 1,
        "Keys": {"pk": {"S": "odd"}, "sk": {"N": "3"}}, "Item": {"pk": {"S": "odd"}, "sk": {"N": "3"}, "group": {"S": "2"}}}}}"#,
    r#"{"CommitTransaction": {"TransactionId": "slow"}}"#,
    r#"{"CancelTransaction": {"TransactionId": "slow"}}"#,
    r#"{"ExecuteTransaction": {"TransactStatements": [{"Statement": "SELECT hits FROM busy WHERE sk = 2 AND pk = 'even'"}]}}"#,
];

fn alice() -> Caller {
    Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000")
}

fn key(key: u8) -> AttributeMap {
    let partition = if key.is_multiple_of(2) { "even" } else { "odd" };
    AttributeMap::from([("pk", AttributeValue::s(partition)), ("sk", AttributeValue::n(key))])
}

fn busy(name: &str, stream: bool) -> CreateTableRequest {
    let table = CreateTableRequest::on_demand(name, ("pk", ValueType::S), Some(("sk", ValueType::N)))
        .provisioned(8, 4)
        .index(
            GlobalSecondaryIndex {
                provisioned_throughput: Some(ProvisionedThroughput::new(2, 2)),
                ..GlobalSecondaryIndex::all("by-group", "group", Some("sk"))
            },
            [("group", ValueType::S)],
        );
    if stream { table.stream("NEW_AND_OLD_IMAGES") } else { table }
}

/// Everything under a member name, anywhere in the replies so far.
fn all<'v>(replies: &'v [Reply<Value>], member: &str) -> Vec<&'v Value> {
    fn walk<'v>(value: &'v Value, member: &str, found: &mut Vec<&'v Value>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, member, found)),
            Value::Object(members) => {
                for (name, value) in members {
                    if name == member {
                        found.push(value);
                    }
                    walk(value, member, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for reply in replies {
        if let Reply::Ok(value) = reply {
            walk(value, member, &mut found);
        }
    }
    found
}

fn pick(replies: &[Reply<Value>], member: &str, pick: usize) -> Option<Value> {
    let found = all(replies, member);
    (!found.is_empty()).then(|| found[found.len() - 1 - pick % found.len()].clone())
}

fn start(replies: &[Reply<Value>], resume: Option<usize>) -> Option<AttributeMap> {
    serde_json::from_value(pick(replies, "LastEvaluatedKey", resume?)?).ok()
}

fn request(op: &Op, replies: &[Reply<Value>]) -> Request {
    let consumed = Some("INDEXES".to_string());
    match op.clone() {
        Op::Create { stream } => busy("spare", stream).into(),
        Op::Drop => DeleteTableRequest::new("spare").into(),
        Op::Put { spare, key: id, group, size, condition } => {
            let mut item = key(id);
            if let Some(group) = group {
                item.0.push(("group".into(), AttributeValue::s(group.to_string())));
            }
            item.0.push(("fill".into(), AttributeValue::s("x".repeat(size))));
            PutItemRequest {
                condition_expression: condition.map(Into::into),
                return_values: Some("ALL_OLD".into()),
                return_consumed_capacity: consumed,
                ..PutItemRequest::new(if spare { "spare" } else { "busy" }, item)
            }
            .into()
        }
        Op::Update { key: id, update, condition, values } => UpdateItemRequest {
            condition_expression: condition.map(Into::into),
            expression_attribute_values: serde_json::from_str(values).unwrap(),
            return_values: Some("ALL_NEW".into()),
            return_consumed_capacity: consumed,
            ..UpdateItemRequest::new("busy", key(id), update)
        }
        .into(),
        Op::Delete { key: id, condition } => DeleteItemRequest {
            condition_expression: condition.then(|| "attribute_exists(fill)".into()),
            return_values: Some("ALL_OLD".into()),
            ..DeleteItemRequest::new("busy", key(id))
        }
        .into(),
        Op::Get { key: id } => {
            GetItemRequest { return_consumed_capacity: consumed, ..GetItemRequest::new("busy", key(id)) }
                .into()
        }
        Op::Batch { keys } => {
            let request = |id: u8| match id % 3 {
                0 => serde_json::json!({"DeleteRequest": {"Key": key(id)}}),
                _ => serde_json::json!({"PutRequest": {"Item": key(id)}}),
            };
            let requests: Vec<_> = keys.into_iter().map(request).collect();
            let request =
                serde_json::json!({"RequestItems": {"busy": requests}, "ReturnConsumedCapacity": "TOTAL"});
            Request::BatchWriteItem(serde_json::from_value(request).unwrap())
        }
        Op::Query { index, descending, limit, resume } => {
            let query = if index {
                QueryRequest::new("busy", "#g = :g").value(":g", AttributeValue::s("1")).index("by-group")
            } else {
                QueryRequest::new("busy", "pk = :p AND sk < :s")
                    .value(":p", AttributeValue::s("even"))
                    .value(":s", AttributeValue::n(7))
            };
            QueryRequest {
                expression_attribute_names: index.then(|| [("#g".into(), "group".into())].into()),
                scan_index_forward: Some(!descending),
                limit,
                exclusive_start_key: start(replies, resume),
                return_consumed_capacity: consumed,
                ..query
            }
            .into()
        }
        Op::Scan { segment, resume } => ScanRequest {
            segment,
            total_segments: segment.map(|_| 3),
            limit: Some(2),
            exclusive_start_key: start(replies, resume),
            ..ScanRequest::new("busy")
        }
        .into(),
        Op::Describe { spare } => DescribeTableRequest::new(if spare { "spare" } else { "busy" }).into(),
        Op::List => ListTablesRequest { limit: Some(1), ..ListTablesRequest::default() }.into(),
        Op::DescribeStream => {
            let arn = pick(replies, "LatestStreamArn", 0);
            let stream_arn = arn.and_then(|arn| arn.as_str().map(Into::into)).unwrap_or_default();
            DescribeStreamRequest { stream_arn, ..DescribeStreamRequest::default() }.into()
        }
        Op::Iterate { pick: at, kind } => {
            let text = |member| {
                let found = pick(replies, member, at);
                found.and_then(|found| found.as_str().map(String::from))
            };
            GetShardIteratorRequest {
                stream_arn: text("StreamArn").unwrap_or_default(),
                shard_id: text("ShardId").unwrap_or_default(),
                shard_iterator_type: kind.into(),
                sequence_number: if kind.contains("SEQUENCE") { text("SequenceNumber") } else { None },
                timestamp: None,
            }
            .into()
        }
        Op::Records { pick: at } => {
            let member = if at.is_multiple_of(2) { "NextShardIterator" } else { "ShardIterator" };
            let iterator = pick(replies, member, at / 2).and_then(|found| found.as_str().map(String::from));
            GetRecordsRequest { shard_iterator: iterator.unwrap_or_default(), limit: Some(3) }.into()
        }
        Op::Raw(place) => serde_json::from_str(RAW[place]).unwrap(),
        Op::Denied => GetItemRequest::new("busy", key(1)).into(),
    }
}

const UPDATES: [(&str, &str); 8] = [
    ("SET fill = :v", r#"{":v": {"S": "short"}}"#),
    ("ADD hits :v", r#"{":v": {"N": "1"}}"#),
    ("REMOVE fill", "null"),
    ("REMOVE #g", "null"),
    (
        "SET seen = list_append(if_not_exists(seen, :e), :v)",
        r#"{":e": {"L": []}, ":v": {"L": [{"N": "1"}]}}"#,
    ),
    ("REMOVE seen[0]", "null"),
    ("SET gone.deep = :v", r#"{":v": {"N": "1"}}"#),
    ("ADD tags :v", r#"{":v": {"SS": ["a", "b"]}}"#),
];

impl Workload for Tables {
    type Engine = Engine;
    type Op = Op;

    fn engine(&self) -> Engine {
        let seconds = aws_core::Span::from_seconds;
        let options = Options {
            partitions: Some(3),
            update: seconds(2),
            index_creation: seconds(5),
            expiry_lag: seconds(3),
            ttl_cooldown: seconds(1),
            lag: if self.late {
                Lag { reads: seconds(1), indexes: seconds(2), sampled: true }
            } else {
                Lag::default()
            },
            ..Options::default()
        };
        let mut engine = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
        let (caller, now) = (alice(), Timestamp::from_seconds(1_699_999_994));
        engine.create_table(Cx::new(now, Seed::counter(1_000), &caller), busy("busy", true)).unwrap();
        engine
    }

    fn secret(&self) {}

    fn ops(&self) -> BoxedStrategy<Op> {
        let keys = || 0..10_u8;
        let condition = || {
            prop_oneof![
                3 => Just(None),
                1 => Just(Some("attribute_not_exists(pk)")),
                1 => Just(Some("attribute_exists(fill) AND size(fill) > sk")),
                1 => Just(Some("size(")),
            ]
        };
        let size = prop_oneof![4 => 0..20_usize, 1 => 900..1_100_usize, 1 => 3_000..5_000_usize];
        let resume = || proptest::option::of(0..3_usize);
        let kind = prop_oneof![
            Just("TRIM_HORIZON"),
            Just("LATEST"),
            Just("AT_SEQUENCE_NUMBER"),
            Just("AFTER_SEQUENCE_NUMBER")
        ];
        prop_oneof![
            1 => any::<bool>().prop_map(|stream| Op::Create { stream }),
            1 => Just(Op::Drop),
            8 => (any::<bool>(), keys(), proptest::option::of(0..3_u8), size, condition())
                .prop_map(|(spare, key, group, size, condition)| Op::Put { spare: spare && key > 6, key, group, size, condition }),
            5 => (keys(), 0..UPDATES.len(), condition()).prop_map(|(key, place, condition)| {
                let (update, values) = UPDATES[place];
                Op::Update { key, update, values, condition }
            }),
            3 => (keys(), any::<bool>()).prop_map(|(key, condition)| Op::Delete { key, condition }),
            3 => keys().prop_map(|key| Op::Get { key }),
            2 => proptest::collection::vec(keys(), 1..5).prop_map(|keys| Op::Batch { keys }),
            4 => (any::<bool>(), any::<bool>(), proptest::option::of(1..4_i64), resume())
                .prop_map(|(index, descending, limit, resume)| Op::Query { index, descending, limit, resume }),
            2 => (proptest::option::of(0..4_i64), resume()).prop_map(|(segment, resume)| Op::Scan { segment, resume }),
            1 => any::<bool>().prop_map(|spare| Op::Describe { spare }),
            1 => Just(Op::List),
            2 => Just(Op::DescribeStream),
            3 => (0..4_usize, kind).prop_map(|(pick, kind)| Op::Iterate { pick, kind }),
            3 => (0..6_usize).prop_map(|pick| Op::Records { pick }),
            12 => (0..RAW.len()).prop_map(Op::Raw),
            1 => Just(Op::Denied),
        ]
        .boxed()
    }

    fn bind(&self, op: &Op, replies: &[Reply<Value>]) -> Bound<Engine> {
        let mut bound = Bound::new(alice(), request(op, replies));
        if matches!(op, Op::Denied) {
            bound.permit = Permit::Decided(vec![Verdict::Denied { message: "not today".into() }]);
        }
        bound
    }

    /// `[CAP-29]` `[CAP-43]` A false condition takes its units all the same.
    fn changes_on_refusal(&self, refusal: &ErrorRecord) -> bool {
        matches!(
            refusal.shape.as_str(),
            "ConditionalCheckFailedException" | "DuplicateItemException" | "TransactionCanceledException"
        )
    }
}
