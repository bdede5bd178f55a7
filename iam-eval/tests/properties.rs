//! What every evaluator of IAM must fulfil, whatever the policies say.

#![expect(clippy::indexing_slicing, reason = "values of JSON index themselves")]

use iam_eval::aws_core::Caller;
use iam_eval::{Context, Decision, Policies, Policy, PolicyKind, PolicySet, Request, Subject};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

const ACTIONS: [&str; 5] = ["s3:*", "s3:get*", "s3:put", "*", "sqs:get"];
const RESOURCES: [&str; 5] =
    ["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/a", "arn:aws:s3:::b/?", "arn:aws:s3:::*"];
const VALUES: [&str; 4] = ["a", "b", "a*", "${aws:username}"];

fn some(from: &'static [&'static str]) -> impl Strategy<Value = Value> {
    subsequence(from, 1..3).prop_map(|all| json!(all))
}

fn condition() -> impl Strategy<Value = Value> {
    let operators = vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIfExists",
        "StringEqualsIgnoreCase",
    ];
    proptest::collection::vec(
        (select(operators), select(vec!["k", "aws:PrincipalTag/t"]), some(&VALUES)),
        0..2,
    )
    .prop_map(|entries| {
        let mut block = json!({});
        for (operator, key, values) in entries {
            block[operator][key] = values;
        }
        block
    })
}

fn statement(effect: Option<&'static str>) -> impl Strategy<Value = Value> {
    let effects = effect.map_or_else(|| vec!["Allow", "Allow", "Deny"], |effect| vec![effect]);
    (select(effects), some(&ACTIONS), some(&RESOURCES), condition()).prop_map(|(effect, action, resource, condition)| {
        json!({"Effect": effect, "Action": action, "Resource": resource, "Condition": condition})
    })
}

fn document() -> impl Strategy<Value = Value> {
    proptest::collection::vec(statement(None), 1..4)
        .prop_map(|all| json!({"Version": "2012-10-17", "Statement": all}))
}

/// The layers of a request in one account; the resource's policy names bob.
#[derive(Debug, Clone)]
struct World {
    identity: Value,
    boundary: Option<Value>,
    resource: Option<Value>,
    action: &'static str,
    on: &'static str,
    key: Option<&'static str>,
    tag: Option<&'static str>,
}

fn world() -> impl Strategy<Value = World> {
    let keys = || select(vec![None, Some("a"), Some("b"), Some("A"), Some("bob"), Some("a*")]);
    let on = select(vec!["arn:aws:s3:::b/a", "arn:aws:s3:::b/ab", "arn:aws:s3:::c"]);
    let action = select(vec!["s3:get", "s3:getall", "s3:put", "sqs:get"]);
    let layer = || proptest::option::weighted(0.4, document());
    (document(), layer(), layer(), action, on, keys(), keys()).prop_map(
        |(identity, boundary, resource, action, on, key, tag)| World {
            identity,
            boundary,
            resource,
            action,
            on,
            key,
            tag,
        },
    )
}

fn set(document: &Value, kind: PolicyKind) -> PolicySet {
    let mut document = document.clone();
    if kind == PolicyKind::Resource
        && let Some(statements) = document["Statement"].as_array_mut()
    {
        for statement in statements {
            statement["Principal"] = json!({"AWS": "arn:aws:iam::111122223333:user/bob"});
        }
    }
    PolicySet::new(Policy::stored(&document.to_string(), kind).map(|policy| ("p", policy)))
}

fn decide(world: &World) -> Decision {
    let account = "111122223333".parse();
    let Ok(account) = account else { return Decision::Depends };
    let bob = Caller::user(account, "bob", "AIDAEXAMPLEBOB");
    let (subject, mut context) = (Subject::of(&bob), Context::of(&bob));
    for (key, value) in [("k", world.key), ("aws:PrincipalTag/t", world.tag)] {
        if let Some(value) = value {
            context.set(key, value);
        }
    }
    let identity = set(&world.identity, PolicyKind::Identity);
    let boundary = world.boundary.as_ref().map(|document| set(document, PolicyKind::Boundary));
    let resource = world.resource.as_ref().map(|document| set(document, PolicyKind::Resource));
    let policies = Policies {
        identity: Some(&identity),
        boundary: boundary.as_ref(),
        resource: resource.as_ref(),
        ..Policies::default()
    };
    policies.decide(&Request::new(&subject, world.action, world.on, &context).owned_by(account)).decision
}

fn statements(document: &mut Value) -> &mut Vec<Value> {
    static NONE: &str = "documents have statements";
    #[expect(clippy::expect_used, reason = "made above")]
    document["Statement"].as_array_mut().expect(NONE)
}

/// All places where a document has a text of this element, changed.
fn each(document: &mut Value, element: &str, change: impl Fn(&str) -> String) {
    for statement in statements(document) {
        for value in statement[element].as_array_mut().into_iter().flatten() {
            *value = json!(value.as_str().map(&change));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// `[IAM-15.1]`
    #[test]
    fn order_and_form_do_not_matter(world in world()) {
        let mut other = world.clone();
        for statement in statements(&mut other.identity) {
            for element in ["Action", "Resource"] {
                if let Some(values) = statement[element].as_array_mut() {
                    values.reverse();
                    if let [one] = values.as_slice() {
                        statement[element] = one.clone();
                    }
                }
            }
        }
        statements(&mut other.identity).reverse();
        prop_assert_eq!(decide(&world), decide(&other));
        let spaced = serde_json::to_string_pretty(&world.identity).unwrap_or_default();
        let (one, two) = (Policy::stored(&spaced, PolicyKind::Identity), Policy::stored(&world.identity.to_string(), PolicyKind::Identity));
        prop_assert!(one.is_ok() && two.is_ok());
    }

    /// `[IAM-15.2]`
    #[test]
    fn denials_deny_and_allowances_allow(world in world(), deny in statement(Some("Deny")), allow in statement(Some("Allow")), layer in 0..3) {
        let add = |statement: &Value| {
            let mut more = world.clone();
            let document = match layer {
                0 => Some(&mut more.identity),
                1 => more.boundary.as_mut(),
                _ => more.resource.as_mut(),
            };
            if let Some(document) = document {
                statements(document).push(statement.clone());
            }
            decide(&more)
        };
        let before = decide(&world);
        prop_assert!(before == Decision::Allowed || add(&deny) != Decision::Allowed);
        prop_assert!(before != Decision::Allowed || add(&allow) == Decision::Allowed);
    }

    /// `[IAM-15.3]`
    #[test]
    fn fewer_gates_never_bar(world in world()) {
        let without = World { boundary: None, ..world.clone() };
        prop_assert!(decide(&world) != Decision::Allowed || decide(&without) == Decision::Allowed);
    }

    /// `[IAM-15.4]`
    #[test]
    fn lists_may_be_split(world in world()) {
        let mut split = world.clone();
        let each = statements(&mut split.identity).iter().flat_map(|statement| {
            let actions = statement["Action"].as_array().cloned().unwrap_or_default();
            actions.into_iter().map(move |action| {
                let mut one = statement.clone();
                one["Action"] = action;
                one
            })
        });
        let each: Vec<Value> = each.collect();
        *statements(&mut split.identity) = each;
        prop_assert_eq!(decide(&world), decide(&split));
    }

    /// `[IAM-15.5]`
    #[test]
    fn case_of_names(world in world()) {
        let mut upper = world.clone();
        each(&mut upper.identity, "Action", str::to_ascii_uppercase);
        for statement in statements(&mut upper.identity) {
            let text = statement["Condition"].to_string().replace("aws:PrincipalTag/t", "AWS:principaltag/T").replace(r#""k""#, r#""K""#);
            statement["Condition"] = serde_json::from_str(&text).unwrap_or_default();
        }
        prop_assert_eq!(decide(&world), decide(&upper));
    }

    /// `[IAM-15.6]`
    #[test]
    fn not_elements_are_complements(world in world(), element in select(vec!["Action", "Resource"]), effect in select(vec!["Allow", "Deny"])) {
        let listed = statements(&mut world.identity.clone())[..1].to_vec();
        let one = |name: &str| {
            let mut statement = json!({"Effect": effect, "Action": "*", "Resource": "*"});
            if let (Some(members), Some(first)) = (statement.as_object_mut(), listed.first()) {
                members.remove(element);
                members.insert(name.into(), first[element].clone());
            }
            // Either allows what the other does not, beside an allowance of everything for denials.
            let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
            let all = if effect == "Deny" { vec![statement, everything] } else { vec![statement] };
            let identity = json!({"Version": "2012-10-17", "Statement": all});
            decide(&World { identity, boundary: None, resource: None, ..world.clone() }) == Decision::Allowed
        };
        prop_assert_ne!(one(element), one(&format!("Not{element}")));
    }

    /// `[IAM-15.7]` `[IAM-15.9]`
    #[test]
    fn negations_and_if_exists(key in select(vec![None, Some("a"), Some("b")]), values in some(&["a", "b", "a*"]), like in any::<bool>()) {
        let base = if like { "Like" } else { "Equals" };
        let holds = |operator: String| {
            let identity = json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": ["*"], "Resource": ["*"], "Condition": {operator: {"k": values.clone()}}}]});
            decide(&World { identity, boundary: None, resource: None, action: "s3:get", on: "arn:aws:s3:::b/a", key, tag: None })
                == Decision::Allowed
        };
        let (plain, not) = (holds(format!("String{base}")), holds(format!("StringNot{base}")));
        if key.is_some() {
            prop_assert_ne!(plain, not);
        } else {
            prop_assert!(!plain && not);
        }
        let (plain_if, not_if) = (holds(format!("String{base}IfExists")), holds(format!("StringNot{base}IfExists")));
        prop_assert!(!plain || plain_if);
        prop_assert!(!not || not_if);
    }

    /// `[IAM-15.8]`
    #[test]
    fn qualifiers_are_sums(members in proptest::collection::vec(select(vec!["a", "b", "c"]), 0..4), values in some(&["a", "b", "a*"])) {
        let holds = |operator: &str, list: &[&str]| {
            let text = json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {"aws:TagKeys": values.clone()}}}]}).to_string();
            let identity = PolicySet::new(Policy::stored(&text, PolicyKind::Identity).map(|policy| ("p", policy)));
            let context = Context::new().with_list("aws:TagKeys", list.iter().copied());
            let policies = Policies { identity: Some(&identity), ..Policies::default() };
            let bob = "111122223333".parse().map(|account| Caller::user(account, "bob", "AIDAEXAMPLEBOB"));
            let subject = Subject::of(&bob.unwrap_or_else(|_| Caller::anonymous()));
            policies.decide(&Request::new(&subject, "s3:get", "*", &context)).decision == Decision::Allowed
        };
        let each = |all: bool, operator: &str| {
            let mut one = members.iter().map(|member| holds(operator, &[*member]));
            if all { one.all(|holds| holds) } else { one.any(|holds| holds) }
        };
        prop_assert_eq!(holds("ForAllValues:StringLike", &members), each(true, "ForAllValues:StringLike"));
        prop_assert_eq!(holds("ForAnyValue:StringLike", &members), each(false, "ForAnyValue:StringLike"));
    }

    /// `[IAM-15.10]`
    #[test]
    fn stars_absorb_stars(world in world()) {
        let mut doubled = world.clone();
        each(&mut doubled.identity, "Resource", |text| text.replace('*', "**"));
        prop_assert_eq!(decide(&world), decide(&doubled));
    }

    /// `[IAM-15.13]`
    #[test]
    fn reasons_agree_with_decisions(world in world()) {
        let Ok(account) = "111122223333".parse() else { return Ok(()) };
        let bob = Caller::user(account, "bob", "AIDAEXAMPLEBOB");
        let (subject, mut context) = (Subject::of(&bob), Context::of(&bob));
        if let Some(key) = world.key {
            context.set("k", key);
        }
        let identity = set(&world.identity, PolicyKind::Identity);
        let boundary = world.boundary.as_ref().map(|document| set(document, PolicyKind::Boundary));
        let policies = Policies { identity: Some(&identity), boundary: boundary.as_ref(), ..Policies::default() };
        let request = Request::new(&subject, world.action, world.on, &context);
        let why = policies.explain(&request);
        prop_assert_eq!(why.decision, policies.decide(&request).decision);
        let effects: Vec<iam_eval::CheckEffect> = why.checks.iter().map(|check| check.effect).collect();
        let denies = effects.contains(&iam_eval::CheckEffect::ExplicitDeny);
        match why.decision {
            Decision::Allowed => prop_assert!(effects.iter().all(|effect| matches!(effect,
                iam_eval::CheckEffect::Allow | iam_eval::CheckEffect::NoImpact))),
            Decision::ExplicitDeny => prop_assert!(denies),
            _ => prop_assert!(!denies && effects.contains(&iam_eval::CheckEffect::ImplicitDeny)),
        }
        prop_assert_eq!(why.message.is_some(), why.decision != Decision::Allowed);
    }

    /// `[IAM-15.14]`
    #[test]
    fn printed_and_read_again(world in world()) {
        let text = world.identity.to_string();
        let once = Policy::stored(&text, PolicyKind::Identity);
        let again = once.as_ref().ok().map(|policy| Policy::stored(&policy.to_string(), PolicyKind::Identity));
        prop_assert_eq!(Some(once.clone()), again);
    }
}
