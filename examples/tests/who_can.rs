//! The account exports: who may do what, and who can get at more.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_examples::account;
use iam_eval::aws_core::Timestamp;
use iam_eval::{Account, Context, Decision, Escalation, Gain};
use std::path::Path;

fn load(name: &str) -> Account {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/iam-accounts").join(name);
    account::load(&folder).unwrap()
}

fn escalations(account: &Account) -> Vec<Escalation> {
    account.escalations(Timestamp::from_millis(1_796_000_000_000))
}

/// The labelled cases of the playground and the action each is about; for
/// most there is a user and a role.
const LABELLED: [(&str, &str); 36] = [
    ("fn1-privesc3-partial", "ec2:RunInstances"),
    ("fn2-exploitableResourceConstraint", "iam:CreatePolicyVersion"),
    ("fn3-exploitableConditionConstraint", "iam:CreatePolicyVersion"),
    ("fn4-exploitableNotAction", "iam:PutUserPolicy"),
    ("privesc-AssumeRole-starting", "sts:AssumeRole"),
    ("privesc-AssumeRole-intermediate", "sts:AssumeRole"),
    ("privesc-CloudFormationUpdateStack", "cloudformation:UpdateStack"),
    ("privesc-codeBuildCreateProjectPassRole", "codebuild:CreateProject"),
    ("privesc-ec2InstanceConnect", "ec2-instance-connect:SendSSHPublicKey"),
    ("privesc-sageMakerCreateNotebookPassRole", "sagemaker:CreateNotebookInstance"),
    ("privesc-sageMakerCreatePresignedNotebookURL", "sagemaker:CreatePresignedNotebookInstanceUrl"),
    ("privesc-sageMakerCreateProcessingJobPassRole", "sagemaker:CreateProcessingJob"),
    ("privesc-sageMakerCreateTrainingJobPassRole", "sagemaker:CreateTrainingJob"),
    ("privesc-sre", "iam:PutUserPolicy"),
    ("privesc-ssmSendCommand", "ssm:SendCommand"),
    ("privesc-ssmStartSession", "ssm:StartSession"),
    ("privesc1-CreateNewPolicyVersion", "iam:CreatePolicyVersion"),
    ("privesc2-SetExistingDefaultPolicyVersion", "iam:SetDefaultPolicyVersion"),
    ("privesc3-CreateEC2WithExistingInstanceProfile", "ec2:RunInstances"),
    ("privesc4-CreateAccessKey", "iam:CreateAccessKey"),
    ("privesc5-CreateLoginProfile", "iam:CreateLoginProfile"),
    ("privesc6-UpdateLoginProfile", "iam:UpdateLoginProfile"),
    ("privesc7-AttachUserPolicy", "iam:AttachUserPolicy"),
    ("privesc8-AttachGroupPolicy", "iam:AttachGroupPolicy"),
    ("privesc9-AttachRolePolicy", "iam:AttachRolePolicy"),
    ("privesc10-PutUserPolicy", "iam:PutUserPolicy"),
    ("privesc11-PutGroupPolicy", "iam:PutGroupPolicy"),
    ("privesc12-PutRolePolicy", "iam:PutRolePolicy"),
    ("privesc13-AddUserToGroup", "iam:AddUserToGroup"),
    ("privesc14-UpdatingAssumeRolePolicy", "iam:UpdateAssumeRolePolicy"),
    ("privesc15-PassExistingRoleToNewLambdaThenInvoke", "lambda:CreateFunction"),
    ("privesc16-PassRoleToNewLambdaThenTriggerWithNewDynamo", "lambda:CreateFunction"),
    ("privesc17-EditExistingLambdaFunctionWithRole", "lambda:UpdateFunctionCode"),
    ("privesc18-PassExistingRoleToNewGlueDevEndpoint", "glue:CreateDevEndpoint"),
    ("privesc20-PassExistingRoleToCloudFormation", "cloudformation:CreateStack"),
    ("privesc21-PassExistingRoleToNewDataPipeline", "datapipeline:CreatePipeline"),
];

/// `[IAM-11.7.5]`
#[test]
fn every_labelled_escalation_is_found_and_no_false_one() {
    let account = load("vulnerable");
    let found = escalations(&account);
    let mut checked = 0;
    for (label, action) in LABELLED {
        for kind in ["user", "role"] {
            let Some(member) = account.member(&format!("{label}-{kind}")) else { continue };
            let by = |one: &&Escalation| {
                one.from == member.arn && one.needs.iter().any(|need| need.action == action)
            };
            assert!(found.iter().any(|one| by(&one)), "{} by {action} is not found", member.arn);
            checked += 1;
        }
    }
    assert_eq!(checked, 70);
    let glue = account.member("privesc19-UpdateExistingGlueDevEndpoint-user").unwrap();
    assert!(found.iter().any(|one| one.from == glue.arn && one.existing == Some("a development endpoint")));

    for member in account.members().iter().filter(|member| member.name.starts_with("fp")) {
        let false_ones: Vec<String> =
            found.iter().filter(|one| one.from == member.arn).map(ToString::to_string).collect();
        assert_eq!(false_ones, Vec::<String>::new());
    }
    // Who may do everything cannot escalate.
    let admin = account.member("privesc-high-priv-service-role").unwrap();
    assert!(!found.iter().any(|one| one.from == admin.arn));
}

/// Two roles have to be assumed one after the other.
#[test]
fn a_route_of_two_steps() {
    let account = load("vulnerable");
    let found = escalations(&account);
    let from = account.member("privesc-AssumeRole-starting-role").unwrap();
    let end = account.member("privesc-AssumeRole-ending-role").unwrap();
    let routes = account.routes(&found, &from.arn);
    let route =
        routes.iter().find(|route| route.last().unwrap().gain == Gain::Becomes(end.arn.clone())).unwrap();
    assert_eq!(route.len(), 2);
}

/// A service control policy stops what the account's own policies allow.
#[test]
fn the_organisation_counts() {
    let account = load("vulnerable");
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
        {"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#;
    let policy = iam_eval::Policy::parse(deny, iam_eval::PolicyKind::ServiceControl).unwrap();
    let level =
        iam_eval::Level { node: "r-root".into(), set: iam_eval::PolicySet::new([("no-iam", policy)]) };
    let bound = account.with_service_control(vec![level]);
    let found = escalations(&bound);
    let linked = |one: &Escalation| one.from.contains(":role/aws-service-role/");
    let by_iam =
        |one: &&Escalation| !linked(one) && one.needs.iter().any(|need| need.action.starts_with("iam:"));
    assert_eq!(found.iter().find(by_iam).map(ToString::to_string), None);
    assert!(found.iter().any(|one| one.needs.iter().any(|need| need.action == "sts:AssumeRole")));
}

/// Answers for each export, with their reasons.
#[test]
fn who_can_and_why() {
    for (name, action, resource, expected) in [
        (
            "cloudmapper",
            "s3:GetObject",
            "arn:aws:s3:::bucket/key",
            &["USER_WITH_BAD_INLINE_POLICY", "USER", "exfiller", "bad_role"][..],
        ),
        (
            "small",
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:us-east-1:012345678901:secret:x",
            &["alice", "userwithlotsofpermissions", "OverprivilegedEC2"],
        ),
        (
            "vulnerable",
            "sts:AssumeRole",
            "arn:aws:iam::111122223333:role/privesc-AssumeRole-ending-role",
            &["privesc-AssumeRole-intermediate-role"],
        ),
    ] {
        let account = load(name);
        let known = Context::new().partial();
        let found = account.who_can(action, resource, &known);
        let names: Vec<&str> = found.iter().map(|(member, _)| member.name.as_str()).collect();
        assert_eq!(names, expected, "{name}");
        for member in account.members() {
            let why = account.explain(member, action, resource, &known);
            let listed = found.iter().any(|(one, _)| one.arn == member.arn);
            assert_eq!(why.decision <= Decision::Depends, listed, "{}", member.arn);
            assert!(!why.to_string().is_empty());
        }
    }
}
