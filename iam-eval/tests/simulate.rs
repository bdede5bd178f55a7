//! The simulator's shapes against answers recorded from AWS.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use iam_eval::aws_core::Caller;
use iam_eval::{Context, EvalDecision, Level, Policies, Policy, PolicyKind, PolicySet, Subject};
use serde_json::json;

/// `AdministratorAccess` as AWS shows it.
const ADMINISTRATOR: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}"#;

const BLOCK_READ: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "BlockRead",
            "Effect": "Deny",
            "Action": [
                "iam:Get*",
                "iam:List*",
                "iam:Generate*",
                "iam:Simulate*"
            ],
            "Resource": "*"
        }
    ]
}"#;

fn set(name: &str, text: &str, kind: PolicyKind) -> PolicySet {
    PolicySet::new([(name, Policy::parse(text, kind).unwrap())])
}

fn bob() -> (Subject, Context) {
    let bob = Caller::user("111122223333".parse().unwrap(), "bob", "AIDAEXAMPLEBOB");
    (Subject::of(&bob), Context::of(&bob))
}

/// Recorded: the positions of a statement in a list. `[IAM-10.2.3]`
/// `[IAM-10.2.2]`
#[test]
fn recorded_allowed() {
    let identity = set("arn:aws:iam::aws:policy/AdministratorAccess", ADMINISTRATOR, PolicyKind::AwsManaged);
    let policies = Policies { identity: Some(&identity), ..Policies::default() };
    let (subject, context) = bob();
    let result = policies.simulate(&subject, "lambda:CreateFunction", &[], &context, None);
    assert_eq!(
        serde_json::to_value(&result).unwrap(),
        json!({"EvalActionName": "lambda:CreateFunction", "EvalResourceName": "*", "EvalDecision": "allowed",
            "MatchedStatements": [{"SourcePolicyId": "AdministratorAccess", "SourcePolicyType": "IAM Policy",
                "StartPosition": {"Line": 3, "Column": 17}, "EndPosition": {"Line": 8, "Column": 6}}],
            "MissingContextValues": [], "EvalDecisionDetails": {}})
    );
}

/// Recorded: a boundary that denies, beside a policy that allows.
/// `[IAM-10.2.7]` `[IAM-10.2.1]`
#[test]
fn recorded_boundary() {
    let identity = set("ReadOnlyAccess", ADMINISTRATOR, PolicyKind::Identity);
    let boundary = set("IAMBlockRead", BLOCK_READ, PolicyKind::Boundary);
    let everything = set("FullAWSAccess", ADMINISTRATOR, PolicyKind::ServiceControl);
    let levels = [Level { node: "r-root".into(), set: everything }];
    let policies = Policies {
        identity: Some(&identity),
        boundary: Some(&boundary),
        service_control: Some(&levels),
        ..Policies::default()
    };
    let (subject, context) = bob();
    let users = "arn:aws:iam::111122223333:user/";
    let result = policies.simulate(&subject, "iam:ListUsers", &[users], &context, None);
    let value = serde_json::to_value(&result).unwrap();
    let recorded = json!({"EvalActionName": "iam:ListUsers", "EvalResourceName": "arn:aws:iam::111122223333:user/",
        "EvalDecision": "explicitDeny", "MatchedStatements": [
            {"SourcePolicyId": "IAMBlockRead", "SourcePolicyType": "Permissions Boundary Policy",
                "StartPosition": {"Line": 3, "Column": 19}, "EndPosition": {"Line": 14, "Column": 10}},
            {"SourcePolicyId": "ReadOnlyAccess", "SourcePolicyType": "IAM Policy",
                "StartPosition": {"Line": 3, "Column": 17}, "EndPosition": {"Line": 8, "Column": 6}}],
        "MissingContextValues": [], "OrganizationsDecisionDetail": {"AllowedByOrganizations": true},
        "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": false}});
    for (member, expected) in recorded.as_object().unwrap() {
        assert_eq!(value[member], *expected, "{member}");
    }
}

/// Recorded: a statement without a list. `[IAM-10.2.3]`
#[test]
fn recorded_single_line() {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b"}}"#;
    assert_eq!((text.find(r#"{"Effect"#), text.rfind(r#""}}"#)), (Some(39), Some(113)));
    let identity = set("PolicyInputList.1", text, PolicyKind::Identity);
    let policies = Policies { identity: Some(&identity), ..Policies::default() };
    let (subject, context) = bob();
    let result = policies.simulate(&subject, "s3:ListBucket", &["arn:aws:s3:::b"], &context, None);
    let matched = &result.matched_statements;
    assert_eq!(matched.first().map(|one| one.start_position.column), Some(41));
    // The brace is a character after the quote.
    assert_eq!(matched.first().map(|one| one.end_position.column), Some(114 + 2));
}

/// The worst of all resources; the union of all that is missing; layers of the
/// organisation only as a detail. `[IAM-10.2.5]` `[IAM-10.2.6]` `[IAM-10.2]`
#[test]
fn several_resources_and_sides() {
    let text = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:a"},
        {"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:b","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}]}"#;
    let identity = set("own", text, PolicyKind::Identity);
    let policies = Policies { identity: Some(&identity), ..Policies::default() };
    let (subject, context) = bob();
    let queues = ["arn:aws:sqs:us-east-1:111122223333:a", "arn:aws:sqs:us-east-1:111122223333:b"];
    let result = policies.simulate(&subject, "sqs:SendMessage", &queues, &context, None);
    assert_eq!(result.eval_decision, EvalDecision::ImplicitDeny);
    assert_eq!(result.missing_context_values, ["aws:SourceIp"]);
    let each: Vec<EvalDecision> =
        result.resource_specific_results.iter().map(|one| one.eval_resource_decision).collect();
    assert_eq!(each, [EvalDecision::Allowed, EvalDecision::ImplicitDeny]);
    assert!(result.eval_decision_details.is_empty());
    // The second statement begins after the first.
    let known = context.clone().with("aws:SourceIp", "203.0.113.9");
    let result = policies.simulate(&subject, "sqs:SendMessage", &queues[1..], &known, None);
    assert_eq!(result.eval_decision, EvalDecision::Allowed);
    assert_eq!(result.matched_statements.first().map(|one| one.start_position.line), Some(2));

    // Another account's queue: both sides are told.
    let foreign = ["arn:aws:sqs:us-east-1:444455556666:a"];
    let result = policies.simulate(&subject, "sqs:SendMessage", &foreign, &context, None);
    assert_eq!(
        serde_json::to_value(&result.eval_decision_details).unwrap(),
        json!({"IAM Policy": "allowed"})
    );
    assert_eq!(result.eval_decision, EvalDecision::ImplicitDeny);

    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sqs:*","Resource":"*"}}"#;
    let levels = [Level { node: "r-root".into(), set: set("no-queues", deny, PolicyKind::ServiceControl) }];
    let bound = Policies { service_control: Some(&levels), ..policies };
    let result = bound.simulate(&subject, "sqs:SendMessage", &queues[..1], &context, None);
    assert_eq!(result.eval_decision, EvalDecision::ExplicitDeny);
    assert!(!result.organizations_decision_detail.unwrap().allowed_by_organizations);
    assert!(result.matched_statements.iter().all(|one| one.source_policy_id == "own"));
}
