//! Replicas converge, in whatever order and however often they hear of each
//! other.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use aws_core::{Caller, Cx, Engine as _, Home, Recorder, Seed, Timestamp};
use dynamo_engine::*;
use proptest::prelude::*;

const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "us-west-2"];

struct World {
    regions: Vec<Engine>,
    caller: Caller,
    calls: u64,
    messages: Vec<ReplicaMessage>,
}

fn key(id: u8) -> AttributeMap {
    AttributeMap::from([("pk", AttributeValue::s(id.to_string()))])
}

impl World {
    fn new(consistency: Option<&str>) -> Self {
        let options = Options { throttling: false, ..Options::immediate() };
        let home = |region: &&str| Home::new(region, "111122223333").unwrap();
        let regions =
            REGIONS.iter().map(|region| Engine::with_options(home(region), options.clone())).collect();
        let mut world = Self { regions, caller: Caller::anonymous(), calls: 0, messages: Vec::new() };
        for at in 0..3 {
            let table = CreateTableRequest::on_demand("tab", ("pk", ValueType::S), None);
            let table = table.index(GlobalSecondaryIndex::all("by-g", "g", None), [("g", ValueType::S)]);
            world.call(at, 0, table.into()).unwrap();
            let join = JoinGlobalTableRequest {
                multi_region_consistency: consistency.map(String::from),
                ..JoinGlobalTableRequest::new("tab")
            };
            world.call(at, 0, join.into()).unwrap();
        }
        world
    }

    fn call(&mut self, at: usize, now: i64, request: Request) -> Result<Response, Error> {
        self.calls += 1;
        let mut log = Recorder::default();
        let cx = Cx::new(Timestamp::from_millis(now), Seed::counter(self.calls), &self.caller);
        let answer = self.regions[at].apply(cx.sink(&mut log), request);
        self.messages.extend(log.events.into_iter().filter_map(|(_, event)| match event {
            Event::Replicate(message) => Some(*message),
            _ => None,
        }));
        answer
    }

    fn scan(&mut self, at: usize, now: i64, index: Option<&str>) -> Vec<String> {
        let scan = ScanRequest { index_name: index.map(String::from), ..ScanRequest::new("tab") };
        let Response::Scan(page) = self.call(at, now, scan.into()).unwrap() else { return Vec::new() };
        let mut items: Vec<String> =
            page.items.unwrap().iter().map(|item| serde_json::to_string(item).unwrap()).collect();
        items.sort();
        items
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    /// `[DDB-15.1]` Each write happens in one Region, at a time of its own
    /// clock; messages come late, twice and in any order.
    #[test]
    fn last_writers_win_everywhere(
        writes in prop::collection::vec((0..3_usize, 0..4_u8, prop::option::of(0..9_u8), 0..30_i64), 1..40),
        early in prop::collection::vec((0..3_usize, any::<prop::sample::Index>()), 0..40),
        order in prop::collection::vec(any::<u64>(), 300),
    ) {
        let mut world = World::new(None);
        let mut early = early.into_iter();
        let mut clocks = [0_i64; 3];
        for (at, id, value, pause) in writes {
            clocks[at] += pause;
            let request: Request = match value {
                Some(value) => {
                    let mut item = key(id);
                    item.0.push(("g".into(), AttributeValue::s((value % 3).to_string())));
                    item.0.push(("v".into(), AttributeValue::n(value)));
                    PutItemRequest::new("tab", item).into()
                }
                None => DeleteItemRequest::new("tab", key(id)).into(),
            };
            world.call(at, clocks[at], request).unwrap();
            if let Some((to, which)) = early.next() && !world.messages.is_empty() {
                let message = which.get(&world.messages).clone();
                world.call(to, clocks[to], DeliverReplicaMessageRequest::new(message).into()).unwrap();
            }
        }
        let messages = world.messages.clone();
        let mut all: Vec<(u64, usize, ReplicaMessage)> = Vec::new();
        for (nth, message) in messages.into_iter().enumerate() {
            for to in 0..3 {
                all.push((order[(nth * 3 + to) % order.len()], to, message.clone()));
            }
        }
        all.sort_by_key(|(place, ..)| *place);
        for (_, to, message) in all {
            world.call(to, 10_000, DeliverReplicaMessageRequest::new(message).into()).unwrap();
            prop_assert_eq!(world.regions[to].verify(), Ok(()));
        }
        for index in [None, Some("by-g")] {
            let one = world.scan(0, 10_000, index);
            prop_assert_eq!(&world.scan(1, 10_000, index), &one);
            prop_assert_eq!(&world.scan(2, 10_000, index), &one);
        }
    }
}

/// `[DDB-15.2]`
#[test]
fn strong_replicas_refuse_what_another_region_writes() {
    let mut world = World::new(Some("STRONG"));
    // The owner of us-east-1's write holds the item elsewhere first.
    for at in [0, 2] {
        world.call(at, 5, HoldReplicaItemRequest::new("tab", key(1), "us-east-1").into()).unwrap();
    }
    let refusal = world.call(0, 6, PutItemRequest::new("tab", key(1)).into()).unwrap_err();
    assert_eq!(refusal, Error::ReplicatedWriteConflict);
    world.call(0, 6, PutItemRequest::new("tab", key(2)).into()).unwrap();
    world.messages.clear();
    world.call(1, 7, PutItemRequest::new("tab", key(1)).into()).unwrap();
    let message = world.messages[0].clone();
    for at in [0, 2] {
        world.call(at, 8, DeliverReplicaMessageRequest::new(message.clone()).into()).unwrap();
    }
    assert_eq!(world.scan(2, 9, None).len(), 1);
    world.call(0, 9, PutItemRequest::new("tab", key(1)).into()).unwrap();
    let all = TransactWriteItemsRequest::new([Put::new("tab", key(3)).into()]);
    assert_eq!(world.call(0, 9, all.into()).unwrap_err(), Error::StrongReplicaTransaction);
}
