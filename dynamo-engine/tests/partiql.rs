//! Statements against the operations that they are another way to write.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::{AwsError as _, Caller, Calls, Home, Timestamp};
use dynamo_engine::*;
use proptest::prelude::*;

struct World {
    dynamo: Engine,
    calls: Calls,
}

impl World {
    fn new(rows: &[(u8, i64, Option<i64>)]) -> Self {
        let options = Options { throttling: false, partitions: Some(3), ..Options::immediate() };
        let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
        let mut calls = Calls::new(Timestamp::from_seconds(1), Caller::anonymous());
        let table = CreateTableRequest::on_demand("tab", ("pk", ValueType::S), Some(("sk", ValueType::N)));
        dynamo.create_table(calls.cx(), table).unwrap();
        for (pk, sk, n) in rows {
            let mut item = AttributeMap::from([
                ("pk", AttributeValue::s(pk.to_string())),
                ("sk", AttributeValue::n(*sk)),
            ]);
            item.0.extend(n.map(|n| ("n".to_string(), AttributeValue::n(n))));
            dynamo.put_item(calls.cx(), PutItemRequest::new("tab", item)).unwrap();
        }
        Self { dynamo, calls }
    }

    fn all(&mut self) -> Vec<Item> {
        self.dynamo.scan(self.calls.cx(), ScanRequest::new("tab")).unwrap().items.unwrap()
    }

    /// Every page of a SELECT.
    fn select(&mut self, statement: &str, limit: Option<i64>) -> Vec<Item> {
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let request = ExecuteStatementRequest {
                limit,
                next_token: next,
                ..ExecuteStatementRequest::new(statement)
            };
            let page = self.dynamo.execute_statement(self.calls.cx(), request).unwrap();
            found.extend(page.items.unwrap());
            next = page.next_token;
            if next.is_none() {
                return found;
            }
        }
    }

    fn scan(&mut self, filter: &str) -> Vec<Item> {
        let scan = ScanRequest { filter_expression: Some(filter.into()), ..ScanRequest::new("tab") };
        let scan =
            VALUES.iter().filter(|(name, _)| filter.contains(name)).fold(scan, |mut scan, (name, value)| {
                let values = scan.expression_attribute_values.get_or_insert_with(|| AttributeMap(Vec::new()));
                values.0.push(((*name).into(), AttributeValue::n(*value)));
                scan
            });
        self.dynamo.scan(self.calls.cx(), scan).unwrap().items.unwrap()
    }
}

const VALUES: [(&str, i64); 4] = [(":a", 0), (":b", 1), (":c", 2), (":d", 3)];

/// A condition that both languages spell the same, but for its values; what
/// PartiQL has otherwise, `<>`, is left out.
fn condition() -> impl Strategy<Value = String> {
    let value = || prop::sample::select(VALUES.map(|(name, _)| name).to_vec());
    let leaf = prop_oneof![
        (prop::sample::select(vec!["=", "<", "<=", ">", ">="]), value())
            .prop_map(|(op, v)| format!("n {op} {v}")),
        (value(), value()).prop_map(|(a, b)| format!("n IN ({a}, {b})")),
        Just("n BETWEEN :a AND :c".to_string()),
        Just("attribute_exists(n)".to_string()),
        Just("attribute_not_exists(n)".to_string()),
        value().prop_map(|v| format!("size(pk) > {v}")),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) AND ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) OR ({b})")),
            inner.prop_map(|a| format!("NOT ({a})")),
        ]
    })
}

fn spelt(condition: &str) -> String {
    VALUES.iter().fold(condition.to_string(), |text, (name, value)| text.replace(name, &value.to_string()))
}

fn rows() -> impl Strategy<Value = Vec<(u8, i64, Option<i64>)>> {
    prop::collection::vec((0..4u8, 0..4i64, prop::option::of(0..4i64)), 0..12)
}

proptest! {
    /// `[DDB-20.9]` A SELECT finds what a Scan with the same
    /// filter finds, in whatever pages.
    #[test]
    fn a_condition_means_the_same(rows in rows(), condition in condition(), limit in prop::option::of(1..5i64)) {
        let mut world = World::new(&rows);
        let found = world.select(&format!("SELECT * FROM tab WHERE {}", spelt(&condition)), limit);
        prop_assert_eq!(found, world.scan(&condition));
    }

    /// `[DDB-12.3]` However a read is keyed, it finds what a scan of
    /// everything would.
    #[test]
    fn keys_only_narrow(
        rows in rows(),
        hash in prop::sample::select(vec!["pk = '1'", "pk IN ('1', '3', '1')", "(pk = '0' OR pk = '2')", "pk > '0'"]),
        sort in prop::sample::select(vec!["sk = 1", "sk > 1", "sk BETWEEN 1 AND 2", "sk <= 2 AND sk <> 1", "NOT sk = 1", "sk IN [0, 3]"]),
        limit in prop::option::of(1..3i64),
    ) {
        let mut world = World::new(&rows);
        let mut found = world.select(&format!("SELECT * FROM tab WHERE {hash} AND {sort}"), limit);
        // OR of itself with itself hides the keys.
        let everything = format!("SELECT * FROM tab WHERE NOT NOT NOT (NOT ({hash}) OR NOT ({sort}))");
        let mut scanned = world.select(&everything, None);
        let order = |item: &Item| format!("{item:?}");
        found.sort_by_key(order);
        scanned.sort_by_key(order);
        prop_assert_eq!(found, scanned);
    }

    /// `[DDB-12.4]` UPDATE and DELETE do what their twins do to items that
    /// are there, and nothing to others.
    #[test]
    fn writes_are_those_of_the_operations(rows in rows(), pk in 0..4u8, sk in 0..4i64, n in 0..4i64, delete: bool) {
        let (mut one, mut two) = (World::new(&rows), World::new(&rows));
        let key = AttributeMap::from([("pk", AttributeValue::s(pk.to_string())), ("sk", AttributeValue::n(sk))]);
        let there = rows.iter().any(|row| (row.0, row.1) == (pk, sk));
        let tail = format!("WHERE sk = {sk} AND pk = '{pk}' AND (n >= {n})");
        let text = if delete { format!("DELETE FROM tab {tail}") } else { format!("UPDATE tab SET n = n + 1, z = <<1>> {tail}") };
        let said = one.dynamo.execute_statement(one.calls.cx(), ExecuteStatementRequest::new(text)).map(|_| ());
        let twin = if delete {
            let request = DeleteItemRequest {
                condition_expression: Some("n >= :n".into()),
                expression_attribute_values: Some(AttributeMap::from([(":n", AttributeValue::n(n))])),
                ..DeleteItemRequest::new("tab", key)
            };
            two.dynamo.delete_item(two.calls.cx(), request).map(|_| ())
        } else {
            let request = UpdateItemRequest {
                condition_expression: Some("n >= :n".into()),
                ..UpdateItemRequest::new("tab", key, "SET n = n + :one, z = :z")
            };
            let request = request
                .value(":n", AttributeValue::n(n))
                .value(":one", AttributeValue::n(1))
                .value(":z", AttributeValue::Ns(vec!["1".into()]));
            two.dynamo.update_item(two.calls.cx(), request).map(|_| ())
        };
        if delete && !there {
            prop_assert_eq!(said, Ok(()));
        } else {
            prop_assert_eq!(said.map_err(|error| error.record()), twin.map_err(|error| error.record()));
        }
        prop_assert_eq!(one.all(), two.all());
    }

    /// `[DDB-19.15]` Whatever is sent, an answer comes.
    #[test]
    fn no_statement_panics(words in prop::collection::vec(prop::sample::select(vec![
        "SELECT", "*", "FROM", "tab", "\"tab\"", ".", "WHERE", "pk", "=", "'1'", "AND", "OR", "NOT", "(", ")", "[", "]",
        "{", "}", "<<", ">>", ",", ":", "?", "1", "-", "1e999", "IN", "BETWEEN", "IS", "MISSING", "INSERT", "INTO", "VALUE",
        "UPDATE", "SET", "REMOVE", "DELETE", "RETURNING", "ALL", "OLD", "ORDER", "BY", "size", "begins_with", "--", "/*", "'", "\"",
    ]), 0..40)) {
        let mut world = World::new(&[(1, 1, Some(1))]);
        let request = ExecuteStatementRequest::new(words.join(" "));
        let _ = world.dynamo.execute_statement(world.calls.cx(), request);
    }
}
