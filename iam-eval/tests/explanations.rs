//! Explanations of the worked decisions: they say what the evaluator decides,
//! and each change they propose does turn the decision round.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "../../aws-core/tests/folder/mod.rs"]
mod folder;
mod world;

use folder::load_dir;
use iam_eval::aws_core::vectors::Case;
use iam_eval::{CheckEffect, CheckType, Decision, Effect};
use world::World;

fn cases() -> Vec<Case> {
    let files = load_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")).unwrap();
    let decisions = files.into_iter().filter(|(path, _)| path.ends_with("decisions.json"));
    decisions.flat_map(|(_, file)| file.cases).collect()
}

/// An explicit denial has a denying statement, an allowance a chain without a
/// failing check, an implicit denial a check that fails and none that denies.
/// `[IAM-15.13]`
#[test]
fn the_explanation_is_consistent_with_the_decision() {
    for case in cases() {
        let world = World::new(&case.input);
        let answer = world.policies().decide(&world.request());
        let why = world.policies().explain(&world.request());
        let id = &case.id;
        assert_eq!((why.decision, why.denied_by), (answer.decision, answer.check), "{id}");
        let denying = why.checks.iter().flat_map(|check| &check.matched);
        let denying = denying.filter(|one| one.statement.effect == Effect::Deny && one.certain).count();
        let has = |effect| why.checks.iter().any(|check| check.effect == effect);
        let settled = why.denied_by == Some(CheckType::Credentials) || why.action == "sts:GetCallerIdentity";
        match why.decision {
            Decision::ExplicitDeny => assert!(denying > 0 && has(CheckEffect::ExplicitDeny), "{id}"),
            Decision::Allowed => {
                assert!(
                    settled || !has(CheckEffect::ImplicitDeny) && !has(CheckEffect::ExplicitDeny),
                    "{id}\n{why}"
                );
            }
            Decision::ImplicitDeny => {
                assert!(
                    settled || has(CheckEffect::ImplicitDeny) && !has(CheckEffect::ExplicitDeny),
                    "{id}\n{why}"
                );
            }
            _ => assert!(has(CheckEffect::Depends) && why.residual.is_some(), "{id}"),
        }
        let denied = matches!(why.decision, Decision::ExplicitDeny | Decision::ImplicitDeny);
        assert_eq!(why.message.is_some(), denied, "{id}");
        if std::env::var_os("SHOW").is_some() {
            println!("{id}: {}\n{why}", case.why);
        }
    }
}

/// What AWS answers, layer by layer. `[IAM-10.1]` `[IAM-10.1.1]` `[IAM-10.1.2]`
/// `[IAM-10.1.3]` `[IAM-10.1.4]` `[IAM-10.1.7]`
#[test]
fn the_texts_of_denials() {
    let said = |id: &str| {
        let case = cases().into_iter().find(|case| case.id == id).unwrap();
        let world = World::new(&case.input);
        world.policies().denial(&world.request()).unwrap()
    };
    const BOB: &str = "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: ";
    const SESSION: &str =
        "User: arn:aws:sts::111111111111:assumed-role/app/s1 is not authorized to perform: ";
    const OBJECT: &str = "s3:GetObject on resource: \"arn:aws:s3:::b/k\"";
    for (id, who, what) in [
        ("X3", BOB, format!("{OBJECT} with an explicit deny in an identity-based policy")),
        ("X1", BOB, format!("{OBJECT} because no identity-based policy allows the s3:GetObject action")),
        ("X19", BOB, "s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action".into()),
        ("X74", SESSION, format!("{OBJECT} because no permissions boundary allows the s3:GetObject action")),
        ("X76", SESSION, format!("{OBJECT} with an explicit deny in a permissions boundary")),
        ("X77", SESSION, format!("{OBJECT} because no session policy allows the s3:GetObject action")),
        ("X97", BOB, format!("{OBJECT} with an explicit deny in a service control policy")),
        ("X140", BOB, format!("{OBJECT} because no service control policy allows the s3:GetObject action")),
        ("rcp-before-scp", BOB, format!("{OBJECT} with an explicit deny in a resource control policy")),
        ("X132", "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: ",
            format!("{OBJECT} with an explicit deny in a resource-based policy")),
        ("X106", BOB, "sts:AssumeRole on resource: arn:aws:iam::111111111111:role/app".into()),
        ("X108", BOB, "sts:TagSession on resource: arn:aws:iam::111111111111:role/app because no role trust policy allows the sts:TagSession action".into()),
        ("X111", "User: arn:aws:sts::111111111111:assumed-role/other/s1 is not authorized to perform: ",
            "kms:Decrypt on resource: arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab because no resource-based policy allows the kms:Decrypt action".into()),
        ("X116", SESSION, "s3:GetObject on resource: \"arn:aws:s3:::b2/k\" because no VPC endpoint policy allows the s3:GetObject action".into()),
    ] {
        assert_eq!(said(id), format!("{who}{what}"), "{id}");
    }
    assert_eq!(said("X136"), "Roles may not be assumed by root accounts.");
}

/// An ARN as name of the denying policy follows, where AWS names it.
/// `[IAM-10.1.1]`
#[test]
fn denials_name_managed_policies() {
    use iam_eval::{Context, Options, Policies, Policy, PolicyKind, PolicySet, Request};
    const ARN: &str = "arn:aws:iam::111111111111:policy/no-s3";
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
    let set = PolicySet::new([(ARN, Policy::parse(deny, PolicyKind::Identity).unwrap())]);
    let (subject, context) = (world::subject("U"), Context::of(&world::caller("U")));
    let request = Request::new(&subject, "s3:ListBucket", "arn:aws:s3:::b", &context);
    let mut policies = Policies { identity: Some(&set), ..Policies::default() };
    let text = policies.denial(&request).unwrap();
    assert!(text.ends_with(&format!(" with an explicit deny in an identity-based policy: {ARN}")), "{text}");
    policies.options = Options { name_policies_in_denials: false, ..Options::default() };
    let text = policies.denial(&request).unwrap();
    assert!(text.ends_with(" with an explicit deny in an identity-based policy"), "{text}");
}

/// The form of AWS's interface. `[IAM-10.3]` `[IAM-10.3.3]` `[IAM-10.3.4]`
/// `[IAM-10.3.7]`
#[test]
fn the_explanation_as_json() {
    let case = cases().into_iter().find(|case| case.id == "X75").unwrap();
    let world = World::new(&case.input);
    let json = serde_json::to_value(world.policies().explain(&world.request())).unwrap();
    let checks = json.get("checks").unwrap().as_array().unwrap();
    let text = |check: usize, member: &str| {
        checks.get(check).unwrap().get(member).unwrap().as_str().unwrap().to_string()
    };
    assert_eq!(json.get("decision").unwrap(), "ALLOWED");
    assert_eq!((text(0, "checkType"), text(0, "evaluatedEffect")), ("RESOURCE".into(), "ALLOW".into()));
    assert_eq!((text(1, "checkType"), text(1, "evaluatedEffect")), ("PRINCIPAL".into(), "NO_IMPACT".into()));
    assert_eq!(text(2, "checkType"), "PERMISSIONS_BOUNDARY");
    let matched = checks.first().unwrap().get("matched").unwrap().get(0).unwrap();
    assert_eq!(matched.get("policyType").unwrap(), "RESOURCE_BASED_POLICY");
    assert_eq!(matched.get("through").unwrap(), "DIRECT");
}

/// SQS prints the action in lower case. `[IAM-10.1.9]`
#[test]
fn sqs_does_not_shout() {
    let bob = aws_core::Caller::user("111111111111".parse().unwrap(), "bob", "AIDAEXAMPLEBOB");
    let (subject, context) = (iam_eval::Subject::of(&bob), iam_eval::Context::of(&bob));
    let request =
        iam_eval::Request::new(&subject, "sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q", &context);
    let text = iam_eval::Policies::default().denial(&request).unwrap();
    assert!(text.ends_with("because no identity-based policy allows the sqs:sendmessage action"), "{text}");
}
