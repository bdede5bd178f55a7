//! The fuzzer's bodies on inputs that any toolchain can make: documents of
//! nearly the right form, and what is far from it.

#![expect(clippy::indexing_slicing, reason = "values of JSON index themselves")]

#[path = "../fuzz/body.rs"]
mod body;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(vec![
            "", "*", "?", ":", "${", "${}", "${aws:username}", "${*}", "${a,'b'}", "s3:*", "s3:Get*", "arn:", "arn:aws:s3:::b/*",
            "arn:aws:iam::111122223333:root", "111122223333", "2012-10-17", "2008-10-17", "true", "10.0.0.0/8", "::/0", "1e9999",
            "-0.0", "2020-01-01T00:00:00Z", "-292275054-01-01T00:00:00Z", "99999999999999999999", "StringEquals", "null",
        ]).prop_map(String::from),
        1 => "\\PC{0,12}",
        1 => vec(any::<char>(), 0..5).prop_map(|all| all.into_iter().collect()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        8 => word().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    prop_oneof![3 => leaf.clone(), 2 => vec(leaf, 0..4).prop_map(Value::from)]
}

fn statement() -> impl Strategy<Value = Value> {
    let name = || {
        select(vec![
            "Effect",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Principal",
            "NotPrincipal",
            "Sid",
            "Condition",
            "Other",
        ])
    };
    let operator = select(vec![
        "StringEquals",
        "StringLike",
        "StringNotEquals",
        "ForAnyValue:StringLike",
        "ForAllValues:ArnLike",
        "NumericLessThan",
        "DateGreaterThan",
        "Bool",
        "Null",
        "IpAddress",
        "NotIpAddress",
        "BinaryEquals",
        "ArnNotEquals",
        "StringEqualsIfExists",
        "X",
    ]);
    let key = select(vec![
        "aws:username",
        "aws:SourceIp",
        "aws:TagKeys",
        "aws:CurrentTime",
        "k",
        "aws:PrincipalTag/a",
        "",
    ]);
    let condition = vec((operator, key, value()), 0..3).prop_map(|entries| {
        let mut block = json!({});
        for (operator, key, value) in entries {
            block[operator][key] = value;
        }
        block
    });
    (vec((name(), value()), 0..3), condition, any::<bool>(), word(), word()).prop_map(|(odd, condition, deny, action, resource)| {
        let mut statement = json!({"Effect": if deny { "Deny" } else { "Allow" }, "Action": action, "Resource": resource,
            "Principal": {"AWS": "*"}, "Condition": condition});
        for (name, value) in odd {
            statement[name] = value;
        }
        statement
    })
}

fn document() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => vec(statement(), 0..4).prop_map(|all| json!({"Version": "2012-10-17", "Statement": all}).to_string()),
        1 => statement().prop_map(|one| json!({"Statement": one}).to_string()),
        1 => value().prop_map(|value| value.to_string()),
        1 => "\\PC{0,40}",
    ]
}

/// `IAM_FUZZ_CASES` asks for more.
fn cases() -> u32 {
    option_env!("IAM_FUZZ_CASES").and_then(|cases| cases.parse().ok()).unwrap_or(600)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents(document in document(), action in word(), resource in word(), keys in vec((word(), word()), 0..3)) {
        let keys: Vec<String> = keys.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        body::documents(format!("{document}\u{1}{action}\n{resource}\n{}", keys.join("\n")).as_bytes());
    }

    /// Cut and bent documents.
    #[test]
    fn damaged(document in document(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = document.into_bytes();
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes.truncate(at);
            bytes.push(to);
        }
        body::documents(&bytes);
    }

    #[test]
    fn imports(name in word(), policy in document(), list in value()) {
        let raw: Value = serde_json::from_str(&policy).unwrap_or(Value::Null);
        body::imports(json!({"UserDetailList": [{"UserName": name, "UserId": "AIDA", "Arn": "arn:aws:iam::111122223333:user/a",
            "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": raw}], "GroupList": []}], "Policies": list}).to_string().as_bytes());
        body::imports(policy.as_bytes());
    }
}
