//! Calls a second and bytes an item of a DynamoDB table in memory:
//! `dynamo [ITEMS]`. Requests are made beforehand; what is timed is the call.
#![expect(clippy::unwrap_used, reason = "a measurement may fail by panicking")]
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use aws_core::{Caller, Cx, Home, Seed, Timestamp};
use dynamo_engine::*;
use std::time::Instant;

/// Bytes of an item as DynamoDB counts them.
const SIZE: usize = 200;
/// Calls of each kind.
const CALLS: u64 = 1_000_000;
/// Requests made at once.
const BATCH: u64 = 10_000;

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

    fn next<'c>(calls: &mut u64, caller: &'c Caller) -> Cx<'c> {
        *calls += 1;
        Cx::new(Timestamp::from_millis(1_700_000_000_000), Seed::counter(*calls), caller)
    }

    /// Calls a second of requests that are made in batches.
    fn rate<R, A>(
        &mut self,
        calls: u64,
        mut make: impl FnMut(u64) -> R,
        mut call: impl FnMut(&mut Engine, Cx<'_>, R) -> Result<A, Error>,
    ) -> f64 {
        let mut took = std::time::Duration::ZERO;
        let mut nth = 0;
        while nth < calls {
            let batch: Vec<R> = (nth..calls.min(nth + BATCH)).map(&mut make).collect();
            nth += batch.len() as u64;
            let from = Instant::now();
            for request in batch {
                let cx = Self::next(&mut self.calls, &self.caller);
                std::hint::black_box(call(&mut self.dynamo, cx, request).unwrap());
            }
            took += from.elapsed();
        }
        calls as f64 / took.as_secs_f64()
    }
}

/// Somewhere among so many.
fn somewhere(nth: u64, items: u64) -> u64 {
    nth.wrapping_mul(0x9e37_79b9_7f4a_7c15) % items
}

fn key(id: u64) -> AttributeMap {
    AttributeMap::from([("pk", AttributeValue::s(format!("customer-{id:09}")))])
}

/// Five attributes, 200 bytes.
fn item(id: u64, version: u64) -> AttributeMap {
    let mut item = key(id);
    item.0.push(("version".into(), AttributeValue::n(version.to_string())));
    item.0.push(("state".into(), AttributeValue::s("shipped")));
    item.0.push(("paid".into(), AttributeValue::Bool(true)));
    let used = Item::try_from(item.clone()).unwrap().size();
    let rest = SIZE - usize::try_from(used).unwrap() - "address".len();
    item.0.push(("address".into(), AttributeValue::s("x".repeat(rest))));
    item
}

fn resident() -> f64 {
    let pages: f64 = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0.0);
    pages * 4_096.0
}

fn main() {
    let items: u64 = std::env::args().nth(1).map_or(1_000_000, |items| items.parse().unwrap());
    let mut world = World::new();
    let table = CreateTableRequest::on_demand("tab", ("pk", ValueType::S), None);
    let cx = Cx::new(Timestamp::from_millis(0), Seed::counter(0), &world.caller);
    world.dynamo.create_table(cx, table).unwrap();
    let told = |what: &str, rate: f64| println!("{what:<44} {rate:>12.0} /s");

    let before = resident();
    let rate = world.rate(
        items,
        |id| PutItemRequest::new("tab", item(id, 0)),
        |dynamo, cx, put| dynamo.put_item(cx, put),
    );
    let grown = (resident() - before) / items as f64;
    println!("{items} items of {SIZE} bytes, {grown:.0} bytes resident each");
    told("PutItem, new", rate);
    let get = |nth| GetItemRequest::new("tab", key(somewhere(nth, items)));
    told("GetItem", world.rate(CALLS, get, |dynamo, cx, get| dynamo.get_item(cx, get)));
    let get = |nth| GetItemRequest {
        consistent_read: Some(true),
        ..GetItemRequest::new("tab", key(somewhere(nth, items)))
    };
    told("GetItem, consistent", world.rate(CALLS, get, |dynamo, cx, get| dynamo.get_item(cx, get)));
    let put = |nth| PutItemRequest::new("tab", item(somewhere(nth, items), 1));
    told("PutItem, over another", world.rate(CALLS, put, |dynamo, cx, put| dynamo.put_item(cx, put)));
    let put =
        |nth| PutItemRequest::new("tab", item(somewhere(nth, items), 2)).condition("attribute_exists(pk)");
    told("PutItem, with a condition", world.rate(CALLS, put, |dynamo, cx, put| dynamo.put_item(cx, put)));
    let update = |nth| UpdateItemRequest {
        condition_expression: Some("version >= :zero".into()),
        expression_attribute_values: Some(AttributeMap::from([
            (":one", AttributeValue::n(1)),
            (":zero", AttributeValue::n(0)),
        ])),
        ..UpdateItemRequest::new("tab", key(somewhere(nth, items)), "SET version = version + :one")
    };
    told(
        "UpdateItem, with a condition",
        world.rate(CALLS, update, |dynamo, cx, update| dynamo.update_item(cx, update)),
    );
    let delete = |nth| DeleteItemRequest::new("tab", key(somewhere(nth, items)));
    told("DeleteItem", world.rate(CALLS, delete, |dynamo, cx, delete| dynamo.delete_item(cx, delete)));

    // Pages of a hundred items of one partition key.
    let table = CreateTableRequest::on_demand("pages", ("pk", ValueType::S), Some(("sk", ValueType::N)));
    let dynamo = &mut world.dynamo;
    let caller = Caller::anonymous();
    dynamo.create_table(Cx::new(Timestamp::from_millis(0), Seed::counter(0), &caller), table).unwrap();
    let collections = (items / 1_000).max(1);
    for collection in 0..collections {
        for sort in 0..1_000_u64 {
            let mut row = item(collection, sort);
            row.0.push(("sk".into(), AttributeValue::n(sort.to_string())));
            let cx = Cx::new(Timestamp::from_millis(0), Seed::counter(sort), &caller);
            dynamo.put_item(cx, PutItemRequest::new("pages", row)).unwrap();
        }
    }
    let query = |nth| {
        let AttributeMap(mut key) = key(somewhere(nth, collections));
        let query = QueryRequest { limit: Some(100), ..QueryRequest::new("pages", "pk = :pk AND sk >= :sk") };
        let (_, pk) = key.remove(0);
        query.value(":pk", pk).value(":sk", AttributeValue::n((nth % 900).to_string()))
    };
    told("Query, a page of 100", world.rate(CALLS / 10, query, |dynamo, cx, query| dynamo.query(cx, query)));
}
