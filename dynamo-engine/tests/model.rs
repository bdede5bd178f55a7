//! The engine against a plain model: a sorted map of items.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::{Caller, Calls, Engine as _, Home, Span, Timestamp};
use dynamo_engine::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

type Row = (Option<u8>, i64);
type Model = BTreeMap<(u8, i64), Row>;

#[derive(Debug, Clone)]
enum Op {
    Put(u8, i64, Option<u8>),
    Delete(u8, i64),
    Add(u8, i64, i64),
    Regroup(u8, i64, Option<u8>),
    /// A put that needs an item to be there, if so asked, and an ADD; sent
    /// twice under a token, held for a while, or let go again.
    Both {
        put: (u8, i64),
        add: (u8, i64),
        guarded: bool,
        how: How,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum How {
    Plain,
    Token(u8),
    Held,
    LetGo,
}

fn key(pk: u8, sk: i64) -> AttributeMap {
    AttributeMap::from([("pk", AttributeValue::s(pk.to_string())), ("sk", AttributeValue::n(sk))])
}

fn item(pk: u8, sk: i64, (group, hits): Row) -> Item {
    let mut item = key(pk, sk);
    item.0.push(("hits".into(), AttributeValue::n(hits)));
    item.0.extend(group.map(|group| ("g".to_string(), AttributeValue::s(group.to_string()))));
    item.try_into().unwrap()
}

struct World {
    dynamo: Engine,
    calls: Calls,
    stream: String,
    tokens: u32,
}

impl World {
    fn new() -> Self {
        Self::with(Lag::default())
    }

    fn with(lag: Lag) -> Self {
        let options = Options { throttling: false, partitions: Some(3), lag, ..Options::immediate() };
        let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
        let mut calls = Calls::new(Timestamp::from_seconds(1), Caller::anonymous());
        let table = CreateTableRequest::on_demand("tab", ("pk", ValueType::S), Some(("sk", ValueType::N)))
            .index(GlobalSecondaryIndex::all("by-g", "g", Some("sk")), [("g", ValueType::S)])
            .stream("NEW_AND_OLD_IMAGES");
        let made = dynamo.create_table(calls.cx(), table).unwrap();
        Self { dynamo, calls, stream: made.table_description.latest_stream_arn.unwrap(), tokens: 0 }
    }

    fn run(&mut self, model: &mut Model, op: &Op) {
        match *op {
            Op::Put(pk, sk, group) => {
                let put = PutItemRequest::new("tab", item(pk, sk, (group, 0)));
                self.dynamo.put_item(self.calls.cx(), put).unwrap();
                model.insert((pk, sk), (group, 0));
            }
            Op::Delete(pk, sk) => {
                let delete = DeleteItemRequest {
                    return_values: Some("ALL_OLD".into()),
                    ..DeleteItemRequest::new("tab", key(pk, sk))
                };
                let old = self.dynamo.delete_item(self.calls.cx(), delete).unwrap().attributes;
                assert_eq!(old, model.remove(&(pk, sk)).map(|row| item(pk, sk, row)));
            }
            Op::Add(pk, sk, more) => {
                let update = UpdateItemRequest {
                    return_values: Some("ALL_NEW".into()),
                    ..UpdateItemRequest::new("tab", key(pk, sk), "ADD hits :more")
                };
                let update = update.value(":more", AttributeValue::n(more));
                let new = self.dynamo.update_item(self.calls.cx(), update).unwrap().attributes;
                let row = model.entry((pk, sk)).or_insert((None, 0));
                row.1 += more;
                assert_eq!(new, Some(item(pk, sk, *row)));
            }
            Op::Both { put, add, guarded, how } => self.both(model, put, add, guarded, how),
            Op::Regroup(pk, sk, group) => {
                let update = match group {
                    Some(group) => UpdateItemRequest::new("tab", key(pk, sk), "SET g = :g")
                        .value(":g", AttributeValue::s(group.to_string())),
                    None => UpdateItemRequest::new("tab", key(pk, sk), "REMOVE g"),
                };
                let update =
                    UpdateItemRequest { condition_expression: Some("attribute_exists(pk)".into()), ..update };
                let answer = self.dynamo.update_item(self.calls.cx(), update);
                match model.get_mut(&(pk, sk)) {
                    Some(row) => {
                        answer.unwrap();
                        row.0 = group;
                    }
                    None => assert_eq!(answer.unwrap_err().to_string(), "The conditional request failed"),
                }
            }
        }
    }

    /// `[DDB-11.5]` `[DDB-11.8]` `[DDB-11.9]`
    fn both(&mut self, model: &mut Model, put: (u8, i64), add: (u8, i64), guarded: bool, how: How) {
        let mut one = Put::new("tab", item(put.0, put.1, (None, 7)));
        one.condition_expression = guarded.then(|| "attribute_exists(pk)".into());
        let more = AttributeMap::from([(":n", AttributeValue::n(1))]);
        let two = Update::new("tab", key(add.0, add.1), "ADD hits :n", more);
        let mut request = TransactWriteItemsRequest::new([one.into(), two.into()]);
        self.tokens += 1;
        if let How::Token(_) = how {
            request.client_request_token = Some(format!("token-{}", self.tokens));
        }
        let answer = match how {
            How::Plain | How::Token(_) => self.dynamo.transact_write_items(self.calls.cx(), request.clone()),
            How::Held | How::LetGo => {
                let prepare = PrepareTransactionRequest::new("t", request.clone());
                self.dynamo
                    .prepare_transaction(self.calls.cx(), prepare)
                    .and_then(|()| {
                        // Nobody else writes or reads in transactions; plain reads go on.
                        let delete = DeleteItemRequest::new("tab", key(put.0, put.1));
                        let refusal = self.dynamo.delete_item(self.calls.cx(), delete).unwrap_err();
                        assert_eq!(refusal, Error::TransactionConflict);
                        let all = TransactGetItemsRequest::new([Get::new("tab", key(add.0, add.1)).into()]);
                        let refusal = self.dynamo.transact_get_items(self.calls.cx(), all).unwrap_err();
                        assert!(refusal.to_string().ends_with("[TransactionConflict]"), "{refusal}");
                        let refusal =
                            self.dynamo.transact_write_items(self.calls.cx(), request.clone()).unwrap_err();
                        assert!(refusal.to_string().ends_with("[TransactionConflict, TransactionConflict]"));
                        let get = GetItemRequest {
                            consistent_read: Some(true),
                            ..GetItemRequest::new("tab", key(add.0, add.1))
                        };
                        let found = self.dynamo.get_item(self.calls.cx(), get).unwrap().item;
                        assert_eq!(found, model.get(&add).map(|row| item(add.0, add.1, *row)));
                        match how {
                            How::LetGo => {
                                let cancel = CancelTransactionRequest::new("t");
                                self.dynamo.cancel_transaction(self.calls.cx(), cancel).map(|()| None)
                            }
                            _ => {
                                let commit = CommitTransactionRequest::new("t");
                                self.dynamo.commit_transaction(self.calls.cx(), commit).map(Some)
                            }
                        }
                    })
                    .map(Option::unwrap_or_default)
            }
        };
        if put == add {
            assert_eq!(answer.unwrap_err(), Error::OneItemTwice);
            return;
        }
        if guarded && !model.contains_key(&put) {
            assert!(answer.unwrap_err().to_string().ends_with("[ConditionalCheckFailed, None]"));
            return;
        }
        answer.unwrap();
        if how == How::LetGo {
            return;
        }
        if let How::Token(times) = how {
            for _ in 0..times {
                self.dynamo.transact_write_items(self.calls.cx(), request.clone()).unwrap();
            }
        }
        model.insert(put, (None, 7));
        model.entry(add).or_insert((None, 0)).1 += 1;
    }

    /// All pages of a query.
    fn query(&mut self, query: QueryRequest, limit: Option<i64>) -> Vec<Item> {
        let mut start = None;
        let mut items = Vec::new();
        loop {
            let page = QueryRequest { limit, exclusive_start_key: start, ..query.clone() };
            let page = self.dynamo.query(self.calls.cx(), page).unwrap();
            items.extend(page.items.unwrap());
            match page.last_evaluated_key {
                Some(key) => start = Some(key.into()),
                None => return items,
            }
        }
    }

    fn scan(&mut self, limit: i64, segment: Option<(i64, i64)>) -> Vec<Item> {
        let mut start = None;
        let mut items = Vec::new();
        loop {
            let page = ScanRequest {
                limit: Some(limit),
                exclusive_start_key: start,
                segment: segment.map(|(segment, _)| segment),
                total_segments: segment.map(|(_, total)| total),
                ..ScanRequest::new("tab")
            };
            let page = self.dynamo.scan(self.calls.cx(), page).unwrap();
            items.extend(page.items.unwrap());
            match page.last_evaluated_key {
                Some(key) => start = Some(key.into()),
                None => return items,
            }
        }
    }

    /// The table as its stream tells it. `[DDB-20.5]`
    fn replayed(&mut self) -> Vec<Item> {
        let describe = DescribeStreamRequest { stream_arn: self.stream.clone(), ..Default::default() };
        let shards =
            self.dynamo.describe_stream(self.calls.cx(), describe).unwrap().stream_description.shards;
        let mut rebuilt: Vec<(Item, Item)> = Vec::new();
        for shard in shards {
            let at = GetShardIteratorRequest {
                stream_arn: self.stream.clone(),
                shard_id: shard.shard_id,
                shard_iterator_type: "TRIM_HORIZON".into(),
                sequence_number: None,
                timestamp: None,
            };
            let shard_iterator = self.dynamo.get_shard_iterator(self.calls.cx(), at).unwrap().shard_iterator;
            let read = GetRecordsRequest { shard_iterator, limit: None };
            for record in self.dynamo.get_records(self.calls.cx(), read).unwrap().records {
                let change = record.dynamodb;
                let place = rebuilt.iter().position(|(keys, _)| *keys == change.keys);
                let old = place.map(|place| rebuilt.remove(place).1);
                assert_eq!(change.old_image, old, "each old image is the new image before");
                rebuilt.extend(change.new_image.map(|image| (change.keys, image)));
            }
        }
        sorted(rebuilt.into_iter().map(|(_, item)| item).collect())
    }
}

fn sorted(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|item| serde_json::to_string(item).unwrap());
    items
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let (pk, sk) = (|| 0..4_u8, || -5..5_i64);
    let group = || proptest::option::of(0..3_u8);
    let op = prop_oneof![
        4 => (pk(), sk(), group()).prop_map(|(pk, sk, group)| Op::Put(pk, sk, group)),
        2 => (pk(), sk()).prop_map(|(pk, sk)| Op::Delete(pk, sk)),
        2 => (pk(), sk(), -3..4_i64).prop_map(|(pk, sk, more)| Op::Add(pk, sk, more)),
        2 => (pk(), sk(), group()).prop_map(|(pk, sk, group)| Op::Regroup(pk, sk, group)),
        2 => ((pk(), sk()), (pk(), sk()), any::<bool>(), prop_oneof![
            Just(How::Plain), Just(How::Held), Just(How::LetGo), (0..3_u8).prop_map(How::Token),
        ]).prop_map(|(put, add, guarded, how)| Op::Both { put, add, guarded, how }),
    ];
    proptest::collection::vec(op, 1..60)
}

/// `[DDB-5.9]`
fn lag() -> impl Strategy<Value = Lag> {
    let span = || prop_oneof![Just(0), 1..150_i64].prop_map(Span::from_millis);
    (span(), span(), any::<bool>()).prop_map(|(reads, indexes, sampled)| Lag { reads, indexes, sampled })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// `[DDB-20.3]` `[DDB-20.4]` `[DDB-20.5]` `[DDB-9.10]`
    #[test]
    fn items_queries_indexes_and_streams_agree_with_a_sorted_map(ops in ops(), limit in 1..7_i64, lag in lag()) {
        let (mut world, mut model) = (World::with(lag), Model::new());
        for op in &ops {
            world.run(&mut model, op);
            world.calls.wait(Span::from_millis(7));
            prop_assert_eq!(world.dynamo.verify(), Ok(()));
        }
        // When all is quiet, nothing is late.
        world.calls.wait(Span::from_millis(200));
        let whole = |wanted: &dyn Fn(u8, Row) -> bool| -> Vec<Item> {
            model.iter().filter(|((pk, _), row)| wanted(*pk, **row)).map(|((pk, sk), row)| item(*pk, *sk, *row)).collect()
        };
        for pk in 0..4_u8 {
            let query = QueryRequest::new("tab", "pk = :pk").value(":pk", AttributeValue::s(pk.to_string()));
            let expected = whole(&|other, _| other == pk);
            prop_assert_eq!(&world.query(query.clone(), None), &expected);
            prop_assert_eq!(&world.query(query.clone(), Some(limit)), &expected);
            let backward = QueryRequest { scan_index_forward: Some(false), ..query };
            let mut reversed = world.query(backward, Some(limit));
            reversed.reverse();
            prop_assert_eq!(&reversed, &expected);
        }
        for group in 0..3_u8 {
            let query = QueryRequest::new("tab", "g = :g").value(":g", AttributeValue::s(group.to_string())).index("by-g");
            let found = world.query(query, Some(limit));
            let order = |item: &Item| item.get("sk");
            prop_assert!(found.is_sorted_by(|a, b| order(a).unwrap().order(&order(b).unwrap()).unwrap().is_le()));
            prop_assert_eq!(sorted(found), sorted(whole(&|_, row| row.0 == Some(group))));
        }
        let all = sorted(whole(&|_, _| true));
        let scanned = world.scan(limit, None);
        prop_assert_eq!(&sorted(scanned.clone()), &all);
        let parts: Vec<Item> = (0..3).flat_map(|segment| world.scan(limit, Some((segment, 3)))).collect();
        prop_assert_eq!(&parts, &scanned, "segments are stretches of the ring");
        prop_assert_eq!(world.replayed(), all);
    }

    /// `[DDB-20.8]` `[DDB-19.15]` No expression hangs, overflows or panics, and
    /// a syntax error names a part of it.
    #[test]
    fn any_expression_is_answered(expression in prop_oneof![
        "[a-c:#.,()<>=\\[\\]0-9 +-]{0,60}",
        "((a|:v|#n|size|contains|\\(|\\)|,|=|<|AND|OR|NOT|IN|BETWEEN|SET|REMOVE|ADD|\\+|if_not_exists) ?){0,30}",
        (1..2_000_usize).prop_map(|count| "(".repeat(count)),
        (1..1_000_usize).prop_map(|count| format!("{}a = b", "NOT ".repeat(count))),
        (1..800_usize).prop_map(|count| format!("{}a = b", "(a=b AND ".repeat(count.min(440)))),
        (1..200_usize).prop_map(|count| format!("SET a = {}", "if_not_exists(a, ".repeat(count))),
        (1..1_300_usize).prop_map(|count| format!("REMOVE a{}", ".b".repeat(count))),
        (1..900_usize).prop_map(|count| format!("a{}", "[1]".repeat(count))),
    ]) {
        let mut world = World::new();
        let values: AttributeMap = [(":v", AttributeValue::n(1))].into();
        let put = PutItemRequest {
            expression_attribute_values: Some(values.clone()),
            ..PutItemRequest::new("tab", key(0, 0)).condition(&expression)
        };
        let update = UpdateItemRequest {
            expression_attribute_values: Some(values),
            ..UpdateItemRequest::new("tab", key(0, 0), &expression)
        };
        let get = GetItemRequest { projection_expression: Some(expression.clone()), ..GetItemRequest::new("tab", key(0, 0)) };
        let answers = [
            world.dynamo.put_item(world.calls.cx(), put).err(),
            world.dynamo.update_item(world.calls.cx(), update).err(),
            world.dynamo.get_item(world.calls.cx(), get).err(),
        ];
        for error in answers.into_iter().flatten() {
            if let Error::Invalid { fault } = &error
                && let What::Expression(_, ExpressionFault::Syntax(token, near)) = &fault.what
            {
                prop_assert!(token == "<EOF>" || expression.contains(token.as_str()));
                prop_assert!(expression.contains(near.as_str()));
            }
        }
    }
}
