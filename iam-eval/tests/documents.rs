//! Documents that are saved, quotas, and every real policy we have.
#![expect(clippy::panic, reason = "a test may fail by panicking")]

#[path = "../../aws-core/tests/folder/mod.rs"]
mod folder;

use folder::load_dir;
use iam_eval::aws_core::vectors::Report;
use iam_eval::{Policy, PolicyKind, Quota};
use serde_json::{Value, json};

fn kind(name: &str) -> PolicyKind {
    match name {
        "identity" => PolicyKind::Identity,
        "boundary" => PolicyKind::Boundary,
        "session" => PolicyKind::Session,
        "trust" => PolicyKind::Trust,
        "kms" => PolicyKind::KmsKey,
        "scp" => PolicyKind::ServiceControl,
        "rcp" => PolicyKind::ResourceControl,
        "vpce" => PolicyKind::VpcEndpoint,
        "resource" => PolicyKind::Resource,
        other => panic!("no kind {other}"),
    }
}

#[test]
fn every_document() {
    let mut report = Report::default();
    let files = load_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")).unwrap();
    let documents = files.into_iter().filter(|(path, _)| path.ends_with("documents.json"));
    for case in documents.flat_map(|(_, file)| file.cases) {
        let input = &case.input;
        let kind = kind(input.get("kind").and_then(Value::as_str).unwrap());
        let text = match input.get("text").and_then(Value::as_str) {
            Some(text) => text.to_string(),
            None => input.get("json").unwrap().to_string(),
        };
        let found = match Policy::parse(&text, kind) {
            Ok(policy) if policy.to_string() == text => json!({"text": null}),
            Ok(policy) => json!({"printed": policy.to_string()}),
            Err(error) => json!({"text": error.to_string(), "code": error.code()}),
        };
        let result = if found == case.expect {
            Ok(())
        } else {
            Err(format!("expected {}, found {found}", case.expect))
        };
        report.add(&case.id, &case.confidence, result);
    }
    println!("{}", report.finish().unwrap());
}

/// [IAM-4.1] [IAM-3.3.9]
#[test]
fn quotas() {
    let of_length = |length: usize, kind| {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        let padding = "x".repeat(length - text.len() - r#""Sid":"","#.len());
        let text = text.replace(r#""Effect""#, &format!(r#""Sid":"{padding}","Effect""#));
        Policy::stored(&format!("   {text}\n"), kind).unwrap()
    };
    let said = |quota: Quota, length, kind| {
        quota.check([&of_length(length, kind)]).map_err(|error| error.to_string())
    };
    let refused = |text: &str| Err(text.to_string());
    use PolicyKind::{Identity, ServiceControl, Trust};
    assert_eq!(said(Quota::ManagedPolicy, 6_144, Identity), Ok(()));
    assert_eq!(
        said(Quota::ManagedPolicy, 6_145, Identity),
        refused("Cannot exceed quota for PolicySize: 6144")
    );
    let trust = || Quota::TrustPolicy { limit: 4_096 };
    assert_eq!(said(trust(), 4_096, Trust), Ok(()));
    assert_eq!(said(trust(), 4_097, Trust), refused("Cannot exceed quota for ACLSizePerRole: 4096"));
    let role = || Quota::RoleInline { role: "r".into() };
    assert_eq!(
        said(role(), 10_241, Identity),
        refused("Maximum policy size of 10240 bytes exceeded for role r")
    );
    let two = [of_length(3_000, Identity), of_length(2_120, Identity)];
    let group = Quota::GroupInline { group: "g".into() };
    assert_eq!(group.check(&two), Ok(()));
    let user = Quota::UserInline { user: "u".into() };
    let error = user.check(&two).unwrap_err().to_string();
    assert_eq!(error, "Maximum policy size of 2048 bytes exceeded for user u");
    // Here white space counts.
    assert_eq!(said(Quota::ServiceControl, 10_236, ServiceControl), Ok(()));
    assert!(said(Quota::ServiceControl, 10_237, ServiceControl).is_err());
}

/// [IAM-1.2.8] [IAM-3.4]
#[test]
fn hostile_texts_end() {
    let deep = format!("{}{}", "{\"Statement\":[".repeat(40_000), "]}".repeat(40_000));
    assert!(Policy::stored(&deep, PolicyKind::Identity).is_err());
    let many = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringLike":{{"k":[{}]}}}}}}}}"#,
        vec![r#""*a*a*a*a*a*b""#; 10_000].join(",")
    );
    assert_eq!(Policy::parse(&many, PolicyKind::Identity).unwrap().to_string(), many);
}
