//! The fuzzer's bodies on inputs that any toolchain can make: requests of the
//! right form with hostile values, expressions and statements.

#[path = "../fuzz/body.rs"]
mod body;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// What expressions and statements are made of, in any order.
fn words() -> impl Strategy<Value = String> {
    let word = select(
        &[
            "a",
            "pk",
            "sk",
            "#n",
            ":v",
            ":w",
            "l[0]",
            "a.b",
            "=",
            "<>",
            "<",
            ">=",
            "(",
            ")",
            ",",
            "AND",
            "OR",
            "NOT",
            "IN",
            "BETWEEN",
            "SET",
            "REMOVE",
            "ADD",
            "DELETE",
            "+",
            "-",
            "size(a)",
            "contains(a, :v)",
            "begins_with(a, :v)",
            "attribute_exists(a)",
            "attribute_type(a, :v)",
            "if_not_exists(a, :v)",
            "list_append(a, :v)",
            "SELECT",
            "*",
            "FROM",
            "tab",
            "WHERE",
            "INSERT",
            "INTO",
            "VALUE",
            "UPDATE",
            "RETURNING",
            "{'pk': 'x', 'sk': 1}",
            "[1, 2]",
            "<<'a', 'b'>>",
            "'x'",
            "1",
            "?",
            "\"a\"",
            "MISSING",
            "IS",
            "\u{1f600}",
            "'",
            "/*",
        ][..],
    );
    // Some of it makes sense.
    let whole = select(
        &[
            "a = :v",
            "a = a + :v",
            "SET a = a + :v",
            "SET l[9] = :v, a.b = :w",
            "ADD a :v",
            "DELETE a :v",
            "REMOVE l[0], a",
            "pk = :v AND sk > :w",
            "SELECT * FROM tab WHERE pk = 'x'",
            "a, l[0], a.b",
            "INSERT INTO tab VALUE {'pk': 'x', 'sk': 1, 'a': [1, {'b': <<1, 2>>}]}",
            "UPDATE tab SET a = list_append(a, [1]) WHERE pk = 'x' AND sk = 1",
            "contains(a, :v) OR NOT a IN (:v, :w)",
        ][..],
    );
    prop_oneof![
        2 => whole.prop_map(String::from),
        2 => vec(word, 0..12).prop_map(|words| words.join(" ")),
        1 => "\\PC{0,30}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        select(&["x", "", "1", "-0", "1e125", "1e-130", "9e999", "S", "NaN"][..])
            .prop_map(|text| json!({"S": text})),
        select(
            &[
                "1",
                "0",
                "-0.0",
                "1e125",
                "1e-130",
                "9e999",
                "x",
                "0e126",
                "123456789012345678901234567890123456789"
            ][..]
        )
        .prop_map(|text| json!({"N": text})),
        select(vec![
            json!({"NULL": true}),
            json!({"BOOL": false}),
            json!({"B": "AAEC"}),
            json!({"SS": []}),
            json!({"NS": ["1", "1.0"]}),
            json!({"SS": ["a", "b"]}),
            json!({"BS": ["AA==", ""]}),
            json!({}),
            json!({"S": "a", "N": "1"}),
            json!({"NS": ["1", "2"]})
        ]),
    ];
    leaf.prop_recursive(5, 20, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|list| json!({"L": list})),
            vec((select(&["a", "b", "", "l"][..]), inner), 0..3)
                .prop_map(|map| json!({"M": map.into_iter().map(|(name, value)| (name.to_string(), value)).collect::<serde_json::Map<_, _>>()})),
        ]
    })
}

fn line() -> impl Strategy<Value = String> {
    let key = || {
        (select(&["x", "y"][..]), 0..3_u8)
            .prop_map(|(pk, sk)| json!({"pk": {"S": pk}, "sk": {"N": sk.to_string()}}))
    };
    let item = || {
        (key(), value(), value()).prop_map(|(mut key, a, l)| {
            if let Some(item) = key.as_object_mut() {
                item.extend([("a".to_string(), a), ("l".to_string(), l)]);
            }
            key
        })
    };
    let values = || (value(), value()).prop_map(|(v, w)| json!({":v": v, ":w": w}));
    let request = prop_oneof![
        item().prop_map(|item| json!({"PutItem": {"TableName": "tab", "Item": item}})),
        (item(), words(), values()).prop_map(|(item, condition, values)| json!({"PutItem":
            {"TableName": "tab", "Item": item, "ConditionExpression": condition, "ExpressionAttributeValues": values}})),
        (key(), words(), values(), select(&["NONE", "ALL_OLD", "UPDATED_NEW", "ALL_NEW", "x"][..]))
            .prop_map(|(key, update, values, wanted)| json!({"UpdateItem": {"TableName": "tab", "Key": key,
                "UpdateExpression": update, "ExpressionAttributeValues": values, "ReturnValues": wanted}})),
        (words(), words(), values()).prop_map(|(condition, filter, values)| json!({"Query": {"TableName": "tab",
            "KeyConditionExpression": condition, "FilterExpression": filter, "ExpressionAttributeValues": values}})),
        (words(), values(), words()).prop_map(|(filter, values, projection)| json!({"Scan": {"TableName": "tab",
            "FilterExpression": filter, "ExpressionAttributeValues": values, "ProjectionExpression": projection}})),
        (key(), words()).prop_map(|(key, projection)| json!({"GetItem": {"TableName": "tab", "Key": key,
            "ProjectionExpression": projection}})),
        (words(), vec(value(), 0..3)).prop_map(|(statement, parameters)| json!({"ExecuteStatement":
            {"Statement": statement, "Parameters": parameters}})),
        vec(words(), 0..4).prop_map(|all| json!({"ExecuteTransaction": {"TransactStatements":
            all.into_iter().map(|statement| json!({"Statement": statement})).collect::<Vec<_>>()}})),
        vec((item(), words(), values()), 1..4).prop_map(|all| json!({"TransactWriteItems": {"TransactItems":
            all.into_iter().map(|(item, condition, values)| json!({"Put": {"TableName": "tab", "Item": item,
                "ConditionExpression": condition, "ExpressionAttributeValues": values}})).collect::<Vec<_>>()}})),
        vec((item(), key()), 0..3).prop_map(|all| json!({"BatchWriteItem": {"RequestItems": {"tab":
            all.into_iter().flat_map(|(item, key)| [json!({"PutRequest": {"Item": item}}), json!({"DeleteRequest": {"Key": key}})])
                .collect::<Vec<_>>()}}})),
    ];
    request.prop_map(|request| request.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn hostile_requests_are_answered(lines in vec(line(), 1..30)) {
        body::requests(lines.join("\n").as_bytes());
    }

    #[test]
    fn hostile_states_are_refused(state in "\\PC{0,60}|\\{\"home\":[^a]{0,40}") {
        body::restore(state.as_bytes());
    }
}
