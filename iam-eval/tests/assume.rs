//! Assuming roles: what is asked, what is refused, what persists.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use iam_eval::aws_core::{Caller, Timestamp};
use iam_eval::{AssumeError, AssumeRole, Context, Policies, Policy, PolicyKind, PolicySet};

fn bob() -> Caller {
    Caller::user("111122223333".parse().unwrap(), "bob", "AIDAEXAMPLEBOB")
}

fn call(role: &str) -> AssumeRole {
    AssumeRole::new(&format!("arn:aws:iam::111122223333:role/{role}"), "AROAEXAMPLE", "s1")
}

fn trust(actions: &str, condition: &str) -> PolicySet {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":["arn:aws:iam::111122223333:user/bob",
            "arn:aws:iam::111122223333:role/one"]}},"Action":{actions},"Condition":{condition}}}}}"#
    );
    PolicySet::new([("trust", Policy::parse(&text, PolicyKind::Trust).unwrap())])
}

fn allowed(call: &AssumeRole, caller: &Caller, trust: &PolicySet) -> bool {
    call.decide(&Policies { resource: Some(trust), ..Policies::default() }, caller).is_allowed()
}

/// `[IAM-8.8.4]`
#[test]
fn tags_and_identity_are_actions_of_their_own() {
    let (bare, both) = (
        trust(r#""sts:AssumeRole""#, "{}"),
        trust(r#"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#, "{}"),
    );
    for (call, alone) in [
        (call("one"), true),
        (call("one").with_tag("team", "blue"), false),
        (call("one").with_source_identity("bob"), false),
    ] {
        assert_eq!(allowed(&call, &bob(), &bare), alone);
        assert!(allowed(&call, &bob(), &both));
    }
    assert_eq!(call("one").with_tag("a", "b").actions(&bob()), ["sts:AssumeRole", "sts:TagSession"]);
}

#[test]
fn keys_of_the_call() {
    let conditions = r#"{"StringEquals":{"sts:ExternalId":"x","sts:RoleSessionName":"s1","aws:RequestTag/Team":"blue","sts:SourceIdentity":"bob"},
        "ForAllValues:StringEquals":{"aws:TagKeys":["team"],"sts:TransitiveTagKeys":["team"]}}"#;
    let trust = trust(r#""sts:*""#, conditions);
    let full = call("one")
        .with_external_id("x")
        .with_tag("team", "blue")
        .transitive("team")
        .with_source_identity("bob");
    assert!(allowed(&full, &bob(), &trust));
    assert!(!allowed(&full.clone().with_external_id("y"), &bob(), &trust));
    assert!(!allowed(&full.with_tag("other", "1"), &bob(), &trust));
}

/// `[IAM-8.8.6]` `[IAM-8.8.8]`
#[test]
fn what_persists_through_a_chain() {
    let now = Timestamp::from_millis(1_000);
    let first = call("path/one")
        .of_role_with_tags([("Team".into(), "red".into()), ("size".into(), "xl".into())].into())
        .with_tag("team", "blue")
        .with_tag("passing", "1")
        .transitive("team")
        .with_source_identity("bob");
    let one = first.session(&bob(), now).unwrap();
    assert_eq!(one.role_arn().as_deref(), Some("arn:aws:iam::111122223333:role/path/one"));
    assert_eq!(one.arn().as_deref(), Some("arn:aws:sts::111122223333:assumed-role/one/s1"));
    let tags: Vec<(&str, &str)> =
        one.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(tags, [("passing", "1"), ("size", "xl"), ("team", "blue")]);

    let second = call("two");
    assert_eq!(second.actions(&one), ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
    let two = second.session(&one, now).unwrap();
    assert_eq!(two.tags.keys().collect::<Vec<_>>(), ["team"]);
    assert_eq!(two.session.source_identity.as_deref(), Some("bob"));
    let context = Context::of(&two);
    assert_eq!(context.get("aws:PrincipalTag/team"), Some("blue"));
    assert_eq!(context.get("aws:SourceIdentity"), Some("bob"));

    assert_eq!(call("two").with_tag("TEAM", "red").session(&one, now), Err(AssumeError::TransitiveConflict));
    assert_eq!(call("two").with_source_identity("eve").session(&one, now), Err(AssumeError::SourceIdentity));
    assert!(call("two").with_source_identity("bob").session(&one, now).is_ok());
}

/// STS's own texts. `[IAM-3.3.6]` `[IAM-3.3.7]`
#[test]
fn refusals() {
    let now = Timestamp::from_millis(0);
    let text = |call: AssumeRole| call.session(&bob(), now).unwrap_err().to_string();
    assert_eq!(
        text(call("r").with_tag("a", "1").with_tag("A", "2")),
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    );
    assert_eq!(
        text(call("r").transitive("a")),
        "The specified transitive tag key must be included in the requested tags."
    );
    assert_eq!(text(AssumeRole::new("r", "AROAEXAMPLE", "s")), "r is invalid");
    assert_eq!(
        text(AssumeRole::new("arn:aws:iam::111122223333:user/bob", "AROAEXAMPLE", "s")),
        "arn:aws:iam::111122223333:user/bob is invalid"
    );
}
