//! Real policies: all are read and printed back; what is refused and what is
//! found in them is written down.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "it reads the corpora")]

use iam_eval::{Catalogue, Policy, PolicyKind, PolicySet, Severity};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

#[derive(serde::Deserialize)]
struct Record {
    #[serde(rename = "Document")]
    document: Box<RawValue>,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    service: String,
    #[serde(default)]
    field: String,
}

fn records(name: &str) -> Vec<Record> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let file = File::open(path).unwrap();
    let text: Box<dyn Read> =
        if name.ends_with(".gz") { Box::new(flate2::read::GzDecoder::new(file)) } else { Box::new(file) };
    BufReader::new(text).lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

fn kind(name: &str, record: &Record) -> PolicyKind {
    match (name, record.kind.as_str(), record.service.as_str(), record.field.as_str()) {
        ("managed-policies.jsonl.gz", ..) => PolicyKind::AwsManaged,
        ("scps.jsonl", ..) => PolicyKind::ServiceControl,
        ("rcps.jsonl", ..) => PolicyKind::ResourceControl,
        ("vpc-endpoint-policies.jsonl", ..) => PolicyKind::VpcEndpoint,
        (_, "TRUST_POLICY", ..) => PolicyKind::Trust,
        (_, _, "iam", field) if field.ends_with("AssumeRolePolicyDocument") => PolicyKind::Trust,
        (_, "IDENTITY_POLICY", ..) | (_, _, "iam", _) => PolicyKind::Identity,
        (_, _, "kms", _) => PolicyKind::KmsKey,
        (_, _, "ec2", _) => PolicyKind::VpcEndpoint,
        _ => PolicyKind::Resource,
    }
}

const CORPORA: [(&str, usize); 7] = [
    ("managed-policies.jsonl.gz", 1582),
    ("scps.jsonl", 69),
    ("rcps.jsonl", 27),
    ("vpc-endpoint-policies.jsonl", 10),
    ("resource-policies.jsonl", 8),
    ("aws-guide-examples.jsonl", 417),
    ("recorded-policies.jsonl", 200),
];

/// Everything is read as stored and printed back to the byte; what saving
/// would refuse is counted with AWS's text, and findings by their code.
/// `[IAM-11.1]` `[IAM-4.1]`
#[test]
fn corpora() {
    let catalogue = Catalogue::bundled();
    let mut report = String::new();
    for (name, count) in CORPORA {
        let records = records(name);
        assert_eq!(records.len(), count, "{name}");
        let mut refused: BTreeMap<String, usize> = BTreeMap::new();
        let mut found: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
        let mut unreadable = Vec::new();
        let mut statements = 0;
        for record in &records {
            let text = record.document.get();
            let kind = kind(name, record);
            let policy = match Policy::stored(text, kind) {
                Ok(policy) => policy,
                Err(error) => {
                    unreadable.push(format!("  not read: {error} {text}"));
                    continue;
                }
            };
            assert_eq!(policy.to_string(), text);
            if let Err(error) = Policy::parse(text, kind) {
                *refused.entry(error.to_string()).or_default() += 1;
            }
            for finding in policy.lint(Some(&catalogue)) {
                assert!(!finding.span.text(text).is_empty(), "{finding}");
                *found.entry((finding.severity, finding.code)).or_default() += 1;
            }
            statements += PolicySet::new([("p", policy)]).statements();
        }
        writeln!(report, "{name}: {count} policies, {statements} statements").unwrap();
        for line in unreadable {
            writeln!(report, "{line}").unwrap();
        }
        for (text, count) in refused {
            writeln!(report, "  refused when saved {count:>5}  {text}").unwrap();
        }
        for ((severity, code), count) in found {
            writeln!(report, "  {:<15} {code:<50} {count:>5}", format!("{severity:?}")).unwrap();
        }
    }
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/expected.txt");
    if std::env::var("UPDATE_EXPECTED").is_ok() {
        std::fs::write(&expected, &report).unwrap();
    }
    assert_eq!(report, std::fs::read_to_string(&expected).unwrap(), "UPDATE_EXPECTED=1 writes it anew");
}
