//! The engine beside dynoxide 3.2.0 (SQLite in memory), in one process, the
//! same calls in the same order: `cargo run --release -- [ITEMS] [CALLS]`.
//! Requests are made beforehand; runs of the two alternate.

use aws_core::{Caller, Cx, Home, Seed, Timestamp};
use dynamo_engine::{Engine, Options};
use dynoxide::Database;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn key(id: u64) -> Value {
    json!({"pk": {"S": format!("customer-{id:09}")}})
}

/// Five attributes, 200 bytes as DynamoDB counts.
fn item(id: u64, version: u64) -> Value {
    json!({"pk": {"S": format!("customer-{id:09}")}, "version": {"N": version.to_string()}, "state": {"S": "shipped"},
        "paid": {"BOOL": true}, "address": {"S": "x".repeat(143)}})
}

fn somewhere(nth: u64, items: u64) -> u64 {
    nth.wrapping_mul(0x9e37_79b9_7f4a_7c15) % items
}

struct Ours {
    engine: Engine,
    caller: Caller,
    calls: u64,
}

/// Times one typed method for each operation, requests made beforehand.
macro_rules! timed {
    ($name:expr, $bodies:expr, $call:ident, $($operation:literal => $method:ident),+) => {
        match $name {
            $($operation => {
                let requests: Vec<_> =
                    $bodies.iter().map(|body| serde_json::from_value(body.clone()).unwrap()).collect();
                let from = Instant::now();
                for request in requests {
                    std::hint::black_box($call!($method, request).unwrap());
                }
                from.elapsed()
            })+
            other => panic!("{other}"),
        }
    };
}

impl Ours {
    fn run(&mut self, name: &str, bodies: &[Value]) -> Duration {
        macro_rules! call {
            ($method:ident, $request:expr) => {{
                self.calls += 1;
                let now = Timestamp::from_millis(1_700_000_000_000);
                self.engine.$method(Cx::new(now, Seed::counter(self.calls), &self.caller), $request)
            }};
        }
        timed!(name, bodies, call, "CreateTable" => create_table, "PutItem" => put_item, "GetItem" => get_item,
            "UpdateItem" => update_item, "DeleteItem" => delete_item, "Query" => query,
            "TransactWriteItems" => transact_write_items)
    }
}

fn theirs(database: &Database, name: &str, bodies: &[Value]) -> Duration {
    macro_rules! call {
        ($method:ident, $request:expr) => {
            database.$method($request)
        };
    }
    timed!(name, bodies, call, "CreateTable" => create_table, "PutItem" => put_item, "GetItem" => get_item,
        "UpdateItem" => update_item, "DeleteItem" => delete_item, "Query" => query,
        "TransactWriteItems" => transact_write_items)
}

fn main() {
    let argument = |nth: usize, otherwise: u64| {
        std::env::args().nth(nth).map_or(otherwise, |text| text.parse().unwrap())
    };
    let (items, calls) = (argument(1, 100_000), argument(2, 50_000));
    let options = Options { throttling: false, ..Options::immediate() };
    let engine = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
    let mut ours = Ours { engine, caller: Caller::anonymous(), calls: 0 };
    let database = Database::memory().unwrap();

    let table = |name: &str, sort: Option<&str>| {
        let mut keys = vec![json!({"AttributeName": "pk", "KeyType": "HASH"})];
        let mut types = vec![json!({"AttributeName": "pk", "AttributeType": "S"})];
        if let Some(sort) = sort {
            keys.push(json!({"AttributeName": sort, "KeyType": "RANGE"}));
            types.push(json!({"AttributeName": sort, "AttributeType": "N"}));
        }
        json!({"TableName": name, "KeySchema": keys, "AttributeDefinitions": types, "BillingMode": "PAY_PER_REQUEST"})
    };
    let tables = [table("tab", None), table("pages", Some("sk"))];
    ours.run("CreateTable", &tables);
    theirs(&database, "CreateTable", &tables);

    let mut both = |what: &str, name: &str, count: u64, make: &dyn Fn(u64) -> Value| {
        let (mut one, mut two, mut nth) = (Duration::ZERO, Duration::ZERO, 0);
        while nth < count {
            let bodies: Vec<Value> = (nth..count.min(nth + 5_000)).map(make).collect();
            nth += bodies.len() as u64;
            one += ours.run(name, &bodies);
            two += theirs(&database, name, &bodies);
        }
        let rate = |took: Duration| count as f64 / took.as_secs_f64();
        println!("{what:<28} {:>11.0} /s {:>11.0} /s {:>7.1} times", rate(one), rate(two), rate(one) / rate(two));
    };
    println!("{items} items; {:<12} {:>14} {:>14}", "", "dynamo-engine", "dynoxide");
    both("PutItem, new", "PutItem", items, &|id| json!({"TableName": "tab", "Item": item(id, 0)}));
    both("GetItem", "GetItem", calls, &|nth| json!({"TableName": "tab", "Key": key(somewhere(nth, items))}));
    both("PutItem, over another", "PutItem", calls, &|nth| {
        json!({"TableName": "tab", "Item": item(somewhere(nth, items), 1)})
    });
    both("PutItem, with a condition", "PutItem", calls, &|nth| {
        json!({"TableName": "tab", "Item": item(somewhere(nth, items), 2), "ConditionExpression": "attribute_exists(pk)"})
    });
    both("UpdateItem, with a condition", "UpdateItem", calls, &|nth| {
        json!({"TableName": "tab", "Key": key(somewhere(nth, items)), "UpdateExpression": "SET version = version + :one",
            "ConditionExpression": "version >= :zero", "ExpressionAttributeValues": {":one": {"N": "1"}, ":zero": {"N": "0"}}})
    });
    both("TransactWriteItems, two puts", "TransactWriteItems", calls / 5, &|nth| {
        let put = |nth| json!({"Put": {"TableName": "tab", "Item": item(somewhere(nth, items), 3)}});
        json!({"TransactItems": [put(2 * nth), put(2 * nth + 1)]})
    });
    both("DeleteItem", "DeleteItem", calls, &|nth| json!({"TableName": "tab", "Key": key(somewhere(nth, items))}));
    let collections = (items / 1_000).max(1);
    both("PutItem, with a sort key", "PutItem", collections * 1_000, &|nth| {
        let mut row = item(nth / 1_000, 0);
        row["sk"] = json!({"N": (nth % 1_000).to_string()});
        json!({"TableName": "pages", "Item": row})
    });
    both("Query, a page of 100", "Query", calls / 10, &|nth| {
        let pk = key(somewhere(nth, collections))["pk"].clone();
        json!({"TableName": "pages", "KeyConditionExpression": "pk = :pk AND sk >= :sk", "Limit": 100,
            "ExpressionAttributeValues": {":pk": pk, ":sk": {"N": (nth % 900).to_string()}}})
    });
}

