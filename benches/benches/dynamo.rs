//! `cargo bench --bench dynamo`: put, get, update, query; at 1,000 and at
//! 1,000,000 items, with and without an index and a stream.
#![expect(clippy::unwrap_used, reason = "a bench may fail by panicking")]

use aws_core::{Caller, Cx, Home, Seed, Timestamp};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dynamo_engine::{
    AttributeMap, AttributeValue, CreateTableRequest, Engine, GetItemRequest, GlobalSecondaryIndex, Options,
    PutItemRequest, QueryRequest, UpdateItemRequest, ValueType,
};
use std::hint::black_box;

/// Items of one partition key.
const COLLECTION: u64 = 100;

struct World {
    dynamo: Engine,
    caller: Caller,
    calls: u64,
    items: u64,
}

impl World {
    fn new(items: u64, indexed: bool) -> Self {
        let caller = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
        let options = Options { throttling: false, ..Options::immediate() };
        let dynamo = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
        let mut world = Self { dynamo, caller, calls: 0, items };
        let mut table =
            CreateTableRequest::on_demand("orders", ("pk", ValueType::S), Some(("sk", ValueType::N)));
        if indexed {
            table = table
                .index(
                    GlobalSecondaryIndex::all("by-status", "status", Some("sk")),
                    [("status", ValueType::S)],
                )
                .stream("NEW_AND_OLD_IMAGES");
        }
        let (cx, dynamo) = world.cx();
        dynamo.create_table(cx, table).unwrap();
        for number in 0..items {
            world.put(number);
        }
        world
    }

    /// A thousand calls every millisecond.
    fn cx(&mut self) -> (Cx<'_>, &mut Engine) {
        self.calls += 1;
        let now = Timestamp::from_millis(1_700_000_000_000 + i64::try_from(self.calls / 1_000).unwrap());
        (Cx::new(now, Seed::counter(self.calls), &self.caller), &mut self.dynamo)
    }

    /// Some item, never the same twice in a row.
    fn pick(&self) -> u64 {
        self.calls.wrapping_mul(0x9E37_79B9_7F4A_7C15) % self.items
    }

    fn put(&mut self, number: u64) {
        let mut item = key(number);
        item.0.push((
            "status".into(),
            AttributeValue::s(match number % 3 {
                0 => "open",
                1 => "paid",
                _ => "sent",
            }),
        ));
        item.0.push(("amount".into(), AttributeValue::n(number % 997)));
        item.0.push((
            "note".into(),
            AttributeValue::s("a hundred bytes of text, more or less, as orders have"),
        ));
        let (cx, dynamo) = self.cx();
        dynamo.put_item(cx, PutItemRequest::new("orders", item)).unwrap();
    }

    fn get(&mut self) {
        let request = GetItemRequest::new("orders", key(self.pick()));
        let (cx, dynamo) = self.cx();
        black_box(dynamo.get_item(cx, request).unwrap().item.unwrap());
    }

    fn update(&mut self) {
        let request = UpdateItemRequest::new("orders", key(self.pick()), "SET amount = amount + :one")
            .value(":one", AttributeValue::n(1));
        let (cx, dynamo) = self.cx();
        dynamo.update_item(cx, request).unwrap();
    }

    fn query(&mut self) {
        let partition = self.pick() / COLLECTION;
        let request = QueryRequest::new("orders", "pk = :p AND sk >= :s")
            .value(":p", AttributeValue::s(format!("customer-{partition}")))
            .value(":s", AttributeValue::n(50));
        let (cx, dynamo) = self.cx();
        black_box(dynamo.query(cx, QueryRequest { limit: Some(10), ..request }).unwrap());
    }
}

fn key(number: u64) -> AttributeMap {
    AttributeMap::from([
        ("pk", AttributeValue::s(format!("customer-{}", number / COLLECTION))),
        ("sk", AttributeValue::n(number % COLLECTION)),
    ])
}

fn calls(criterion: &mut Criterion) {
    for items in [1_000, 1_000_000] {
        let mut group = criterion.benchmark_group("dynamo, plain table");
        group.throughput(Throughput::Elements(1));
        let mut world = World::new(items, false);
        group.bench_function(BenchmarkId::new("put", items), |bencher| {
            bencher.iter(|| {
                let number = world.pick();
                world.put(number);
            });
        });
        group.bench_function(BenchmarkId::new("get", items), |bencher| bencher.iter(|| world.get()));
        group.bench_function(BenchmarkId::new("update", items), |bencher| bencher.iter(|| world.update()));
        group.bench_function(BenchmarkId::new("query ten", items), |bencher| bencher.iter(|| world.query()));
        group.finish();
    }
    let mut group = criterion.benchmark_group("dynamo, index and stream");
    group.throughput(Throughput::Elements(1));
    let mut world = World::new(1_000, true);
    group.bench_function("update", |bencher| bencher.iter(|| world.update()));
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
