//! Accounts: imports, what is refused of them, and questions to them.

use iam_eval::{Account, Context, Decision, ImportError, MemberKind, Policy, PolicyKind, PolicySet};
use serde_json::{Value, json};

fn export() -> Value {
    json!({
        "UserDetailList": [{
            "Path": "/staff/", "UserName": "ann", "UserId": "AIDAEXAMPLEANN",
            "Arn": "arn:aws:iam::111122223333:user/staff/ann",
            "GroupList": ["readers"],
            "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/edge"},
            "Tags": [{"Key": "team", "Value": "blue"}],
        }],
        "GroupDetailList": [{
            "Path": "/", "GroupName": "readers", "GroupId": "AGPAEXAMPLE", "Arn": "arn:aws:iam::111122223333:group/readers",
            "AttachedManagedPolicies": [{"PolicyName": "read", "PolicyArn": "arn:aws:iam::111122223333:policy/read"}],
        }],
        "RoleDetailList": [{
            "Path": "/", "RoleName": "app", "RoleId": "AROAEXAMPLEAPP", "Arn": "arn:aws:iam::111122223333:role/app",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:user/staff/ann"}, "Action": "sts:AssumeRole"}},
            // The API's own form of a document.
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument":
                "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22sqs%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"}],
        }],
        "Policies": [
            {"Arn": "arn:aws:iam::111122223333:policy/read", "DefaultVersionId": "v2", "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"Version": "2012-10-17", "Statement": []}},
                {"VersionId": "v2", "IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                    "Action": ["sqs:Receive*", "sqs:Send*"], "Resource": "arn:aws:sqs:*:*:${aws:PrincipalTag/team}-*"}}}]},
            {"Arn": "arn:aws:iam::111122223333:policy/edge", "DefaultVersionId": "v1", "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                    "Action": "sqs:Receive*", "Resource": "*"}}}]},
        ],
    })
}

const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:blue-orders";

/// Groups, tags, boundaries, default versions and both forms of documents.
#[test]
fn what_an_export_says_counts() {
    let account = Account::import(&export().to_string()).unwrap();
    let (ann, app) =
        (account.member("ann").unwrap(), account.member("arn:aws:iam::111122223333:role/app").unwrap());
    assert_eq!((ann.kind, app.kind), (MemberKind::User, MemberKind::Role));
    let nothing = Context::new();
    let allowed = |member, action, resource| account.decide(member, action, resource, &nothing).is_allowed();
    assert!(allowed(ann, "sqs:ReceiveMessage", QUEUE));
    assert!(!allowed(ann, "sqs:SendMessage", QUEUE), "the boundary does not allow it");
    assert!(!allowed(ann, "sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:111122223333:red-orders"));
    assert!(allowed(app, "sqs:SendMessage", QUEUE));
    // The trust policy names her directly; it is not implied that others may.
    assert!(allowed(ann, "sts:AssumeRole", "arn:aws:iam::111122223333:role/app"));
    assert!(!allowed(app, "sts:AssumeRole", "arn:aws:iam::111122223333:role/app"));
}

/// `[IAM-11.7.2]`
#[test]
fn who_and_what() {
    let account = Account::import(&export().to_string()).unwrap();
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*",
        "Condition":{"Bool":{"aws:SecureTransport":"false"}}}}"#;
    let policy = Policy::parse(deny, PolicyKind::Resource).unwrap();
    let account = account.with_resource_policy(QUEUE, PolicySet::new([("queue", policy)]));
    let names = |known: &Context| -> Vec<(String, Decision)> {
        let found = account.who_can("sqs:ReceiveMessage", QUEUE, known);
        found.into_iter().map(|(member, answer)| (member.name.clone(), answer.decision)).collect()
    };
    let both = |decision| vec![("ann".to_string(), decision), ("app".to_string(), decision)];
    assert_eq!(names(&Context::new().with("aws:SecureTransport", "true")), both(Decision::Allowed));
    assert_eq!(names(&Context::new().with("aws:SecureTransport", "false")), []);
    assert_eq!(names(&Context::new().partial()), both(Decision::Depends));

    let ann = account.member("ann").unwrap();
    let actions = ["sqs:ReceiveMessage", "sqs:SendMessage", "sqs:PurgeQueue"];
    let may = account.what_can(ann, actions, QUEUE, &Context::new());
    assert_eq!(may.iter().map(|(action, _)| *action).collect::<Vec<_>>(), ["sqs:ReceiveMessage"]);
}

/// Nothing is left out silently.
#[test]
fn what_is_missing_is_said() {
    let broken = |pointer: &str, value: Value| {
        let mut export = export();
        *export.pointer_mut(pointer).unwrap() = value;
        Account::import(&export.to_string()).unwrap_err()
    };
    assert_eq!(
        broken("/Policies/0/Arn", json!("arn:aws:iam::111122223333:policy/other")).to_string(),
        "arn:aws:iam::111122223333:group/readers has the policy arn:aws:iam::111122223333:policy/read, which is not in \
         the export; export without a filter"
    );
    assert!(matches!(broken("/GroupDetailList", json!([])), ImportError::MissingGroup { .. }));
    assert!(matches!(broken("/UserDetailList/0/Arn", json!("ann")), ImportError::Arn(_)));
    assert!(matches!(
        broken("/RoleDetailList/0/RolePolicyList/0/PolicyDocument", json!("%7B")),
        ImportError::Document { .. }
    ));
    assert!(matches!(Account::import("{}").unwrap_err(), ImportError::Empty));
    assert!(matches!(Account::import("{").unwrap_err(), ImportError::Json(_)));
}

/// Members get at more only where there is more. `[IAM-11.7.5]`
#[test]
fn escalations() {
    let mut export = export();
    let now = iam_eval::aws_core::Timestamp::from_millis(1_796_000_000_000);
    let texts = |export: &Value| -> Vec<String> {
        let account = Account::import(&export.to_string()).unwrap();
        account.escalations(now).iter().map(ToString::to_string).collect()
    };
    let becomes = "arn:aws:iam::111122223333:user/staff/ann can act as arn:aws:iam::111122223333:role/app \
                   by sts:AssumeRole on arn:aws:iam::111122223333:role/app";
    assert_eq!(texts(&export), [becomes]);
    // Whoever may change the policy that bounds nobody else may do anything.
    export["RoleDetailList"][0]["AttachedManagedPolicies"] =
        json!([{"PolicyName": "read", "PolicyArn": "arn:aws:iam::111122223333:policy/read"}]);
    export["Policies"][0]["PolicyVersionList"][1]["Document"]["Statement"] = json!({"Effect": "Allow",
        "Action": "iam:CreatePolicyVersion", "Resource": "arn:aws:iam::111122223333:policy/read",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}});
    let found = texts(&export);
    // Ann's boundary does not allow it, and roles have no second factor.
    assert_eq!(found, [becomes]);
    export["UserDetailList"][0]["PermissionsBoundary"] = Value::Null;
    let found = texts(&export);
    assert!(
        found.iter().any(|text| {
            text.ends_with(
        "can give itself any permission by iam:CreatePolicyVersion on arn:aws:iam::111122223333:policy/read \
         (in a session with a second factor)"
    )
        }),
        "{found:?}"
    );
}
