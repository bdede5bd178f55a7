//! Analyses against brute force over small alphabets: where they pass, no
//! request of the alphabet speaks against them; where they fail, the witness
//! does, also to the plain evaluator. `[IAM-11.2]`
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

mod plain;

use iam_eval::aws_core::Caller;
use iam_eval::{
    Analysis, Policy, PolicyKind, PolicySet, Subject, Witness, access_not_granted, no_new_access,
    no_public_access, superfluous,
};
use plain::{Asked, Held, Keys, Layers, Who};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const ACTIONS: [&str; 5] = ["s3:get", "s3:getall", "s3:put", "sqs:get", "ec2:x"];
const RESOURCES: [&str; 7] = [
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/ab",
    "arn:aws:s3:::c",
    "arn:aws:sqs:r:111111111111:q",
    "arn:aws:sqs:r:222222222222:a",
];

fn some(from: Vec<&'static str>) -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => select(from.clone()).prop_map(|one| json!(one)),
        1 => prop::collection::vec(select(from), 1..3).prop_map(|all| json!(all)),
    ]
}

fn condition(variables: bool) -> impl Strategy<Value = Value> {
    let texts =
        if variables { vec!["a", "ab", "a*", "*b", "${j}"] } else { vec!["a", "ab", "a*", "*b", "?"] };
    let text = (
        select(vec![
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIfExists",
            "StringEqualsIgnoreCase",
        ]),
        select(vec!["k", "j"]),
        some(texts),
    );
    let list = (
        select(vec!["ForAllValues:StringEquals", "ForAnyValue:StringLike", "ForAnyValue:StringNotEquals"]),
        Just("aws:TagKeys"),
        some(vec!["a", "ab", "a*"]),
    );
    let number = (
        select(vec!["NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEquals"]),
        Just("n"),
        some(vec!["5", "7", "-1"]),
    );
    let net = (
        select(vec!["IpAddress", "NotIpAddress", "NotIpAddressIfExists"]),
        Just("aws:SourceIp"),
        some(vec!["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "10.1.0.1"]),
    );
    let bool = (select(vec!["Bool", "BoolIfExists", "Null"]), Just("t"), some(vec!["true", "false"]));
    let arn = (
        select(vec!["ArnLike", "ArnNotLike"]),
        Just("r"),
        some(vec!["arn:aws:s3:::*", "arn:*:s3:::b", "arn:aws:sns:*:*:t"]),
    );
    let entry = prop_oneof![
        3 => text.prop_map(|(o, k, v)| (o, k, v)),
        1 => list.prop_map(|(o, k, v)| (o, k, v)),
        1 => number.prop_map(|(o, k, v)| (o, k, v)),
        1 => net.prop_map(|(o, k, v)| (o, k, v)),
        1 => bool.prop_map(|(o, k, v)| (o, k, v)),
        1 => arn.prop_map(|(o, k, v)| (o, k, v)),
    ];
    prop::collection::vec(entry, 0..3).prop_map(|entries| {
        let mut block = json!({});
        for (operator, key, values) in entries {
            block[operator][key] = values;
        }
        block
    })
}

fn document(variables: bool) -> impl Strategy<Value = Value> {
    let statement = (
        prop::bool::weighted(0.7),
        prop::bool::weighted(0.2),
        some(vec!["*", "s3:*", "s3:get*", "s3:get", "sqs:*", "s3:?ut"]),
        prop::bool::weighted(0.2),
        some(if variables {
            vec!["*", "arn:aws:s3:::b/${k}", "arn:aws:s3:::b/*", "arn:aws:s3:::*"]
        } else {
            vec![
                "*",
                "arn:aws:s3:::*",
                "arn:aws:s3:::b",
                "arn:aws:s3:::b/*",
                "arn:aws:s3:::b/a",
                "arn:aws:sqs:*:111111111111:*",
            ]
        }),
        condition(variables),
    );
    let statement = statement.prop_map(|(allow, not_action, action, not_resource, resource, condition)| {
        let name = |negated, name: &str| if negated { format!("Not{name}") } else { name.to_string() };
        let mut statement = json!({"Effect": if allow { "Allow" } else { "Deny" }, "Condition": condition});
        statement[name(not_action, "Action")] = action;
        statement[name(not_resource, "Resource")] = resource;
        statement
    });
    prop::collection::vec(statement, 1..4).prop_map(|all| json!({"Version": "2012-10-17", "Statement": all}))
}

fn set(document: &Value) -> PolicySet {
    PolicySet::new([("p", Policy::stored(&document.to_string(), PolicyKind::Identity).unwrap())])
}

/// By the plain evaluator alone.
fn allows(document: &Value, action: &str, resource: &str, keys: &Keys) -> bool {
    let who = Who { kind: "user", account: Some("1".into()), own: Some("u".into()), ..Who::default() };
    let layers = Layers { identity: Some(vec![document.clone()]), ..Layers::default() };
    let asked = Asked { who: &who, action, resource, owner: "1", keys, has_boundary: false };
    plain::decide(&layers, &asked) == "allow"
}

fn keys_of(witness: &Witness) -> Keys {
    let held = |(key, values): (&str, Vec<&str>)| {
        let folded = key.to_lowercase();
        let value = if folded == "aws:tagkeys" || values.len() != 1 {
            Held::Many(values.into_iter().map(Into::into).collect())
        } else {
            Held::One(values[0].into())
        };
        (folded, value)
    };
    witness.context.iter().map(held).collect()
}

/// Contexts that make most conditions hold and fail.
fn contexts() -> Vec<Keys> {
    let one = |value: &str| Some(Held::One(value.into()));
    let mut all: Vec<Keys> = vec![Keys::new()];
    let mut extend = |key: &str, values: Vec<Option<Held>>| {
        all = all
            .iter()
            .flat_map(|keys| {
                values.iter().map(move |value| {
                    let mut keys = keys.clone();
                    if let Some(value) = value {
                        keys.insert(key.into(), value.clone());
                    }
                    keys
                })
            })
            .collect();
    };
    extend("k", vec![None, one("a"), one("ab"), one("x")]);
    extend("j", vec![None, one("a"), one("b")]);
    extend("n", vec![None, one("5"), one("6"), one("-2")]);
    extend("aws:sourceip", vec![None, one("10.1.0.1"), one("10.2.0.1"), one("192.0.2.1")]);
    extend("t", vec![None, one("true"), one("false")]);
    extend("r", vec![None, one("arn:aws:s3:::b"), one("arn:aws:sns:x:y:t")]);
    extend("aws:tagkeys", vec![None, Some(Held::Many(vec!["a".into(), "x".into()]))]);
    all
}

fn cases(most: u32) -> ProptestConfig {
    ProptestConfig { cases: most, failure_persistence: None, ..ProptestConfig::default() }
}

/// One context in so many is tried for a pair of documents, from another one
/// each time.
const STRIDE: usize = 61;

fn agree(old: &Value, new: &Value, from: usize) -> Result<&'static str, TestCaseError> {
    match no_new_access(&set(old), &set(new)) {
        Analysis::Fail(witness) => {
            let keys = keys_of(&witness);
            let (action, resource) = (&witness.action, &witness.resource);
            prop_assert!(allows(new, action, resource, &keys), "not allowed by new: {witness}");
            prop_assert!(!allows(old, action, resource, &keys), "allowed by old: {witness}");
            Ok("fail")
        }
        Analysis::Pass => {
            for (at, keys) in contexts().iter().enumerate().skip(from % STRIDE).step_by(STRIDE) {
                for action in ACTIONS {
                    for resource in RESOURCES {
                        let new = allows(new, action, resource, keys);
                        prop_assert!(
                            !new || allows(old, action, resource, keys),
                            "{at} {action} {resource} {keys:?}"
                        );
                    }
                }
            }
            Ok("pass")
        }
        Analysis::Unknown => Ok("unknown"),
    }
}

/// Two unrelated documents, and one that is the other with a statement more:
/// half of the answers are that nothing is new.
#[test]
fn no_new_access_agrees_with_brute_force() {
    let counts = std::cell::RefCell::new(std::collections::BTreeMap::<&str, u32>::new());
    let mut runner = proptest::test_runner::TestRunner::new(cases(250));
    runner
        .run(
            &(document(false), document(false), any::<bool>(), 0..STRIDE),
            |(old, extra, unrelated, from)| {
                let new = if unrelated {
                    extra
                } else {
                    let mut new = old.clone();
                    let statements = new["Statement"].as_array_mut().unwrap();
                    statements.push(extra["Statement"][0].clone());
                    new
                };
                let answer = agree(&old, &new, from)?;
                *counts.borrow_mut().entry(answer).or_default() += 1;
                Ok(())
            },
        )
        .unwrap();
    let counts = counts.into_inner();
    println!("{counts:?}");
    // Without variables nothing is left open.
    assert_eq!(counts.get("unknown"), None, "{counts:?}");
    assert!(counts["pass"] > 30 && counts["fail"] > 30, "{counts:?}");
}

/// With variables the answer may be unknown, but never wrong.
#[test]
fn variables_may_leave_it_open() {
    let counts = std::cell::RefCell::new(std::collections::BTreeMap::<&str, u32>::new());
    let mut runner = proptest::test_runner::TestRunner::new(cases(150));
    runner
        .run(&(document(true), document(true), 0..STRIDE), |(old, new, from)| {
            *counts.borrow_mut().entry(agree(&old, &new, from)?).or_default() += 1;
            Ok(())
        })
        .unwrap();
    println!("{:?}", counts.into_inner());
}

/// `[IAM-11.2.2]`
#[test]
fn access_not_granted_agrees_with_brute_force() {
    let mut runner = proptest::test_runner::TestRunner::new(cases(200));
    let question =
        (select(vec!["s3:get*", "sqs:*", "s3:put"]), select(vec!["arn:aws:s3:::b/*", "arn:aws:sqs:*:*:q"]));
    runner
        .run(&(document(false), question, 0..STRIDE), |(document, (action, resource), from)| {
            match access_not_granted(&set(&document), &[action], &[resource]) {
                Analysis::Fail(witness) => {
                    prop_assert!(allows(&document, &witness.action, &witness.resource, &keys_of(&witness)));
                    prop_assert!(
                        plain::glob(action, &witness.action) && plain::glob(resource, &witness.resource)
                    );
                }
                Analysis::Pass => {
                    for keys in contexts().iter().skip(from).step_by(STRIDE) {
                        for name in ACTIONS.into_iter().filter(|name| plain::glob(action, name)) {
                            for on in RESOURCES.into_iter().filter(|on| plain::glob(resource, on)) {
                                prop_assert!(!allows(&document, name, on, keys), "{name} {on} {keys:?}");
                            }
                        }
                    }
                }
                Analysis::Unknown => prop_assert!(false, "unknown"),
            }
            Ok(())
        })
        .unwrap();
}

fn resource_policy(statement: &str) -> PolicySet {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
    PolicySet::new([("b", Policy::parse(&text, PolicyKind::Resource).unwrap())])
}

/// `[IAM-11.2.3]` `[IAM-9.5]`
#[test]
fn public_policies() {
    for (condition, public) in [
        ("{}", true),
        (r#"{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}"#, false),
        (r#"{"StringLike":{"aws:SourceVpc":"vpc-*"}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, false),
        (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#, true),
        (r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#, true),
        (r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#, true),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, true),
        (r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#, false),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#, false),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}"#, false),
    ] {
        let set = resource_policy(&format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{condition}}}"#
        ));
        let answer = no_public_access(&set);
        assert_eq!(matches!(answer, Analysis::Fail(_)), public, "{condition}: {answer:?}");
        assert!(!matches!(answer, Analysis::Unknown), "{condition}");
    }
    let named = resource_policy(
        r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::b"}"#,
    );
    assert_eq!(no_public_access(&named), Analysis::Pass);
    let denied = resource_policy(
        r#"[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"},
            {"Effect":"Deny","NotPrincipal":{"AWS":["111122223333","arn:aws:iam::111122223333:user/a"]},"Action":"s3:*","Resource":"arn:aws:s3:::b"}]"#,
    );
    assert_eq!(no_public_access(&denied), Analysis::Pass);
}

/// New principals are new access. `[IAM-11.2.1]`
#[test]
fn principals_count() {
    let grant = |principal: &str| {
        resource_policy(&format!(
            r#"{{"Effect":"Allow","Principal":{principal},"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111122223333:q"}}"#
        ))
    };
    let (account, role) =
        (grant(r#"{"AWS":"111122223333"}"#), grant(r#"{"AWS":"arn:aws:iam::111122223333:role/r"}"#));
    let (service, all) = (grant(r#"{"Service":"sns.amazonaws.com"}"#), grant(r#""*""#));
    assert_eq!(no_new_access(&account, &role), Analysis::Pass);
    assert_eq!(no_new_access(&all, &service), Analysis::Pass);
    let Analysis::Fail(witness) = no_new_access(&role, &account) else {
        panic!("the account is more than the role")
    };
    let who = Subject::of(witness.caller.as_ref().unwrap());
    assert!(who.arn().unwrap().contains("111122223333"), "{witness}");
    let Analysis::Fail(witness) = no_new_access(&account, &service) else { panic!("a service is new") };
    assert_eq!(witness.caller, Some(Caller::service("sns.amazonaws.com")));
}

/// Tangled policies end: what is the same is seen at once, and the rest is
/// given up in time.
#[test]
#[expect(clippy::disallowed_methods, reason = "it takes the time")]
fn tangled_policies_end() {
    let tangled = |count: usize| {
        let statement = |at: usize| {
            format!(
                r#"{{"Effect":"{}","Action":"s3:*a*a*{at}*","Resource":"arn:aws:s3:::*b*b*b*{at}*b*"}}"#,
                if at.is_multiple_of(3) { "Deny" } else { "Allow" }
            )
        };
        let all: Vec<String> = (0..count).map(statement).collect();
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, all.join(","));
        PolicySet::new([("p", Policy::parse(&text, PolicyKind::Identity).unwrap())])
    };
    let (many, few) = (tangled(60), tangled(12));
    let started = std::time::Instant::now();
    assert_eq!(no_new_access(&many, &many), Analysis::Pass);
    // The fewer statements have fewer denials too.
    assert_ne!(no_new_access(&many, &few), Analysis::Pass);
    // Every number from 12 on has a digit whose statement allows it already.
    assert_eq!(no_new_access(&few, &many), Analysis::Pass);
    assert!(superfluous(&few).len() < 12);
    assert!(started.elapsed().as_secs() < 100, "{:?}", started.elapsed());
}
