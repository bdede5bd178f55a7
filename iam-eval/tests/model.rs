//! Model and engine agree on generated policies and requests, over alphabets
//! so small that patterns, values and names meet often.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

mod plain;

use iam_eval::aws_core::{AccountId, Caller, Principal};
use iam_eval::{Context, Decision, Level, Policies, Policy, PolicyKind, PolicySet, Request, Subject};
use plain::{Asked, Held, Keys, Layers, Who};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

const A1: &str = "111111111111";
const A2: &str = "222222222222";
const ACTIONS: [&str; 8] =
    ["s3:Get", "s3:Put", "s3:GetAll", "sqs:Get", "ec2:Get", "sts:AssumeRole", "kms:Get", "S3:pUT"];
const RESOURCES: [&str; 10] = [
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/ab",
    "arn:aws:s3:::b/a*",
    "arn:aws:sqs:r:111111111111:q",
    "arn:aws:sqs:r:222222222222:q",
    "arn:aws:iam::111111111111:role/a",
    "arn:aws:s3:::B/a",
    "arn:aws:s3:::c:d/e",
];
const WORDS: [&str; 8] = ["a", "ab", "b", "", "A", "a*", "5", "true"];

fn callers() -> Vec<Caller> {
    let account = |id: &str| id.parse::<AccountId>().unwrap();
    vec![
        Caller::user(account(A1), "a", "AIDAA"),
        Caller::user(account(A2), "b", "AIDAB"),
        Caller::role_session(account(A1), "a", "AROAA", "s"),
        Caller::role_session(account(A2), "b", "AROAB", "s"),
        Caller::root(account(A1)),
        Caller::root(account(A2)),
        Caller::new(Principal::FederatedUser { account: account(A1), name: "f".into() }),
        Caller::service("s.amazonaws.com"),
        Caller::anonymous(),
    ]
}

/// The subject and the same in plain words.
fn who(caller: &Caller) -> (Subject, Who) {
    let mut subject = Subject::of(caller);
    let mut who = Who {
        account: caller.account().map(|account| account.to_string()),
        own: caller.arn(),
        ..Who::default()
    };
    match &caller.principal {
        Principal::Root { .. } => who.kind = "root",
        Principal::User { unique_id, .. } => {
            who.kind = "user";
            who.own_id = Some(unique_id.clone());
        }
        Principal::RoleSession { unique_id, .. } => {
            who.kind = "role";
            who.outer = caller.role_arn();
            who.outer_id = Some(unique_id.clone());
        }
        Principal::FederatedUser { .. } => {
            who.kind = "federated";
            subject = subject.issued_by("arn:aws:iam::111111111111:user/a", "AIDAA");
            who.outer = Some("arn:aws:iam::111111111111:user/a".into());
            who.outer_id = Some("AIDAA".into());
        }
        Principal::Service { name } => {
            who.kind = "service";
            who.own = Some(name.clone());
        }
        _ => who.kind = "anonymous",
    }
    (subject, who)
}

/// A value, or a list of some.
fn some(from: Vec<&'static str>) -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => select(from.clone()).prop_map(|one| json!(one)),
        1 => prop::collection::vec(select(from), 0..3).prop_map(|all| json!(all)),
    ]
}

fn actions() -> impl Strategy<Value = Value> {
    some(vec![
        "*",
        "s3:*",
        "s3:Get*",
        "s3:?et",
        "*:Get",
        "sqs:Get",
        "s3:put",
        "S3:Get",
        "sts:AssumeRole",
        "kms:*",
    ])
}

fn resources() -> impl Strategy<Value = Value> {
    some(vec![
        "*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::b",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/${aws:username}",
        "arn:aws:s3:::b/${k, 'a'}*",
        "arn:aws:s3:::b/${*}",
        "arn:aws:s3:::?/a${$}",
        "arn:aws:s3:::b/a${*}",
        "arn:aws:sqs:*:111111111111:*",
        "arn:aws:sqs",
        "arn:aws:sqs:*",
        "arn:AWS:S3:::b/?",
        "arn:aws:iam::*:role/a",
        "nonsense",
    ])
}

fn conditions() -> impl Strategy<Value = Value> {
    let operator = (
        select(vec!["", "", "", "ForAllValues:", "ForAnyValue:"]),
        select(vec![
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
            "NumericLessThan",
            "NumericEquals",
            "NumericNotEquals",
            "Bool",
            "IpAddress",
            "NotIpAddress",
            "ArnLike",
            "ArnNotEquals",
            "Null",
        ]),
        any::<bool>(),
    );
    let operator = operator.prop_map(|(qualifier, base, if_exists)| {
        let end = if if_exists && base != "Null" { "IfExists" } else { "" };
        format!("{qualifier}{base}{end}")
    });
    let values = some(vec![
        "a",
        "ab",
        "",
        "A",
        "a*",
        "?",
        "*",
        "5",
        "7",
        "true",
        "False",
        "10.0.0.0/8",
        "10.0.0.1",
        "0.0.0.0/0",
        "${k}",
        "${none}",
        "${none, 'a'}",
        "x${*}",
        "arn:aws:iam::*:user/*",
        "arn:aws:iam::111111111111:role/?",
    ]);
    let key = select(vec!["k", "K", "m", "none", "aws:username", "aws:PrincipalArn", "aws:SourceIp"]);
    prop::collection::btree_map(operator, prop::collection::btree_map(key, values, 0..3), 0..3)
        .prop_map(|map| json!(map))
}

fn principals() -> impl Strategy<Value = Value> {
    let aws = some(vec![
        "*",
        "111111111111",
        "arn:aws:iam::111111111111:root",
        "arn:aws:iam::222222222222:root",
        "arn:aws:iam::111111111111:user/a",
        "arn:aws:iam::111111111111:role/a",
        "arn:aws:sts::111111111111:assumed-role/a/s",
        "arn:aws:sts::111111111111:federated-user/f",
        "AROAA",
        "AIDAA",
        "AROAOLD",
    ]);
    prop_oneof![
        2 => Just(json!("*")),
        6 => aws.prop_map(|aws| json!({"AWS": aws})),
        1 => Just(json!({"Service": "s.amazonaws.com"})),
        1 => Just(json!({"AWS": ["arn:aws:iam::111111111111:role/a", A1, "arn:aws:sts::111111111111:assumed-role/a/s"]})),
        1 => Just(json!({"AWS": ["arn:aws:iam::111111111111:user/a", A1]})),
    ]
}

fn statement(principal: bool, trust: bool) -> impl Strategy<Value = Value> {
    let parts = (
        prop::bool::weighted(0.7),
        (prop::bool::weighted(0.15), actions()),
        (prop::bool::weighted(0.15), resources()),
        (prop::bool::weighted(0.15), principals()),
        prop::option::of(conditions()),
    );
    parts.prop_map(move |(allow, action, resource, who, condition)| {
        let mut statement = Map::new();
        let name = |negated, name: &str| if negated { format!("Not{name}") } else { name.to_string() };
        statement.insert("Effect".into(), if allow { "Allow" } else { "Deny" }.into());
        statement.insert(name(action.0, "Action"), action.1);
        if !trust {
            statement.insert(name(resource.0, "Resource"), resource.1);
        }
        if principal {
            statement.insert(name(who.0, "Principal"), who.1);
        }
        if let Some(condition) = condition {
            statement.insert("Condition".into(), condition);
        }
        Value::Object(statement)
    })
}

fn document(principal: bool, trust: bool) -> impl Strategy<Value = Value> {
    let version = select(vec![Some("2012-10-17"), Some("2012-10-17"), Some("2008-10-17"), None]);
    (version, prop::collection::vec(statement(principal, trust), 1..4)).prop_map(|(version, statements)| {
        let mut document = json!({"Statement": statements});
        if let Some(version) = version {
            document["Version"] = version.into();
        }
        document
    })
}

fn documents(principal: bool) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(document(principal, false), 0..3)
}

fn layers() -> impl Strategy<Value = Layers> {
    let levels = |principal| prop::option::weighted(0.2, prop::collection::vec(documents(principal), 1..3));
    let trust =
        (select(vec!["resource", "resource", "trust", "kms"]), any::<bool>()).prop_flat_map(|(kind, _)| {
            prop::collection::vec(document(true, kind == "trust"), 0..3)
                .prop_map(move |documents| (kind, documents))
        });
    (
        levels(true),
        levels(false),
        prop::option::weighted(0.1, documents(true)),
        prop::option::weighted(0.6, trust),
        prop::option::weighted(0.8, documents(false)),
        prop::option::weighted(0.3, documents(false)),
        prop::option::weighted(0.3, documents(false)),
    )
        .prop_map(|(rcp, scp, endpoint, resource, identity, boundary, session)| Layers {
            rcp,
            scp,
            endpoint,
            // A layer without documents says nothing of its kind.
            resource: resource.filter(|(_, documents)| !documents.is_empty()),
            identity,
            boundary,
            session,
        })
}

fn keys() -> impl Strategy<Value = Vec<(&'static str, Held)>> {
    let one = |name: &'static str, from: Vec<&'static str>| {
        prop::option::of(select(from))
            .prop_map(move |value| value.map(|value| (name, Held::One(value.into()))))
    };
    let many = prop::option::of(prop::collection::vec(select(WORDS.to_vec()), 0..3)).prop_map(|values| {
        values.map(|values| ("m", Held::Many(values.into_iter().map(Into::into).collect())))
    });
    (one("k", WORDS.to_vec()), many, one("aws:SourceIp", vec!["10.0.0.1", "192.0.2.1", "nowhere"]))
        .prop_map(|(a, b, c)| [a, b, c].into_iter().flatten().collect())
}

struct Compiled {
    rcp: Option<Vec<Level>>,
    scp: Option<Vec<Level>>,
    endpoint: Option<PolicySet>,
    resource: Option<PolicySet>,
    identity: Option<PolicySet>,
    boundary: Option<PolicySet>,
    session: Option<PolicySet>,
}

fn set(documents: &[Value], kind: PolicyKind) -> PolicySet {
    PolicySet::new(
        documents.iter().map(|document| ("p", Policy::stored(&document.to_string(), kind).unwrap())),
    )
}

impl Compiled {
    fn new(layers: &Layers) -> Self {
        let levels = |levels: &Option<Vec<Vec<Value>>>, kind| {
            levels.as_ref().map(|levels| {
                levels.iter().map(|documents| Level { node: "n".into(), set: set(documents, kind) }).collect()
            })
        };
        let one =
            |documents: &Option<Vec<Value>>, kind| documents.as_ref().map(|documents| set(documents, kind));
        Self {
            rcp: levels(&layers.rcp, PolicyKind::ResourceControl),
            scp: levels(&layers.scp, PolicyKind::ServiceControl),
            endpoint: one(&layers.endpoint, PolicyKind::VpcEndpoint),
            resource: layers.resource.as_ref().map(|(kind, documents)| {
                let kind = match *kind {
                    "trust" => PolicyKind::Trust,
                    "kms" => PolicyKind::KmsKey,
                    _ => PolicyKind::Resource,
                };
                set(documents, kind)
            }),
            identity: one(&layers.identity, PolicyKind::Identity),
            boundary: one(&layers.boundary, PolicyKind::Boundary),
            session: one(&layers.session, PolicyKind::Session),
        }
    }

    fn policies(&self) -> Policies<'_> {
        Policies {
            resource_control: self.rcp.as_deref(),
            service_control: self.scp.as_deref(),
            endpoint: self.endpoint.as_ref(),
            resource: self.resource.as_ref(),
            identity: self.identity.as_ref(),
            boundary: self.boundary.as_ref(),
            session: self.session.as_ref(),
            ..Policies::default()
        }
    }
}

/// The keys that follow from the caller, and those given.
fn context(caller: &Caller, given: &[(&str, Held)]) -> (Context, Keys) {
    let mut context = Context::of(caller);
    for (key, held) in given {
        match held {
            Held::One(value) => context.set(key, value.as_str()),
            Held::Many(values) => context.set_list(key, values.iter().map(String::as_str)),
        }
    }
    let mut keys = Keys::new();
    for (key, values) in context.iter() {
        let listed = ["m", "aws:PrincipalServiceNamesList"].contains(&key);
        let held = if listed {
            Held::Many(values.into_iter().map(Into::into).collect())
        } else {
            Held::One(values[0].into())
        };
        keys.insert(key.to_lowercase(), held);
    }
    (context, keys)
}

/// How many sets of policies, each asked for every action on every resource by
/// every caller, 690 requests; `IAM_MODEL_CASES` chooses another number.
#[expect(clippy::disallowed_methods, reason = "how much is tested may be chosen")]
fn cases() -> u32 {
    std::env::var("IAM_MODEL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(700)
}

#[test]
fn model_and_engine_agree() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: cases(),
        ..ProptestConfig::default()
    });
    let everybody: Vec<(Caller, (Subject, Who))> =
        callers().into_iter().map(|caller| (caller.clone(), who(&caller))).collect();
    let mut counts = std::collections::BTreeMap::<&str, u64>::new();
    let counted = std::cell::RefCell::new(&mut counts);
    let result = runner.run(&(layers(), keys()), |(layers, given)| {
        let compiled = Compiled::new(&layers);
        let policies = compiled.policies();
        for (caller, (subject, who)) in &everybody {
            let (context, keys) = context(caller, &given);
            for action in ACTIONS {
                // What no policy decides is tested elsewhere.
                let assumes = action == "sts:AssumeRole";
                if assumes && ["root", "federated"].contains(&who.kind) {
                    continue;
                }
                for resource in RESOURCES {
                    let owner = match resource.split(':').nth(4) {
                        Some(account) if !account.is_empty() => account,
                        _ => A1,
                    };
                    // A key's policy is asked for on its own resource only.
                    let asked = Asked {
                        who,
                        action,
                        resource,
                        owner,
                        keys: &keys,
                        has_boundary: layers.boundary.is_some(),
                    };
                    let request =
                        Request::new(subject, action, resource, &context).owned_by(owner.parse().unwrap());
                    let found = match policies.decide(&request).decision {
                        Decision::Allowed => "allow",
                        Decision::ImplicitDeny => "implicit",
                        Decision::ExplicitDeny => "explicit",
                        other => panic!("{other:?}"),
                    };
                    let expected = plain::decide(&layers, &asked);
                    *counted.borrow_mut().entry(expected).or_default() += 1;
                    prop_assert_eq!(
                        found,
                        expected,
                        "{} {} on {} with {:?}",
                        who.kind,
                        action,
                        resource,
                        &keys
                    );
                }
            }
        }
        Ok(())
    });
    result.unwrap();
    println!("{counts:?}");
    // All outcomes are met often, or the alphabets are not small enough.
    assert!(counts.values().all(|count| *count > u64::from(cases()) * 10), "{counts:?}");
}
