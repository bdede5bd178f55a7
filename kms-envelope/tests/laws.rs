//! Every law of `aws_core::laws` on the KMS engine.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use aws_core::laws::{Bound, Workload};
use aws_core::{Caller, Home, Permit, Reply, Seed, Verdict};
use kms_envelope::{Engine, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Debug, Clone)]
enum Op {
    /// A request on a key picked from those made so far.
    On {
        key: usize,
        name: &'static str,
        extra: Value,
    },
    /// A request on a ciphertext picked likewise.
    Open {
        blob: usize,
        context: bool,
        key: Option<usize>,
    },
    Plain(Value),
    Denied {
        key: usize,
    },
}

struct Keys;

fn found<'v>(replies: &'v [Reply<Value>], path: &str) -> Vec<&'v str> {
    let one = |reply: &'v Reply<Value>| match reply {
        Reply::Ok(value) => value.pointer(path)?.as_str(),
        Reply::Err(_) => None,
    };
    replies.iter().filter_map(one).collect()
}

fn picked<'v>(all: &[&'v str], pick: usize, none: &'v str) -> &'v str {
    if all.is_empty() { none } else { all[all.len() - 1 - pick % all.len()] }
}

impl Workload for Keys {
    type Engine = Engine;
    type Op = Op;

    fn engine(&self) -> Engine {
        Engine::new(Home::new("us-east-1", "111122223333").unwrap())
    }

    fn secret(&self) -> Seed {
        Seed::counter(99)
    }

    fn ops(&self) -> BoxedStrategy<Op> {
        let pick = || 0..4_usize;
        let on = |name: &'static str, extra: Value| {
            (pick(), Just(name), Just(extra)).prop_map(|(key, name, extra)| Op::On { key, name, extra })
        };
        let context = json!({"EncryptionContext": {"a": "b"}, "Plaintext": "cGxhaW4="});
        prop_oneof![
            4 => Just(Op::Plain(json!({"CreateKey": {}}))),
            1 => Just(Op::Plain(json!({"CreateKey": {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}}))),
            1 => Just(Op::Plain(json!({"CreateKey": {"KeySpec": "HMAC_256"}}))),
            1 => Just(Op::Plain(json!({"ListKeys": {}}))),
            1 => Just(Op::Plain(json!({"ListAliases": {}}))),
            1 => Just(Op::Plain(json!({"GenerateRandom": {"NumberOfBytes": 8}}))),
            1 => Just(Op::Plain(json!({"Encrypt": {"KeyId": "alias/x", "Plaintext": "cGxhaW4="}}))),
            4 => on("Encrypt", context),
            2 => on("GenerateDataKey", json!({"KeySpec": "AES_256"})),
            1 => on("GenerateDataKeyWithoutPlaintext", json!({"NumberOfBytes": 2000})),
            1 => on("DescribeKey", json!({})),
            1 => on("DisableKey", json!({})),
            1 => on("EnableKey", json!({})),
            1 => on("RotateKeyOnDemand", json!({})),
            2 => on("EnableKeyRotation", json!({"RotationPeriodInDays": 90})),
            1 => on("DisableKeyRotation", json!({})),
            1 => on("GetKeyRotationStatus", json!({})),
            1 => on("ListKeyRotations", json!({})),
            1 => on("ScheduleKeyDeletion", json!({"PendingWindowInDays": 7})),
            1 => on("CancelKeyDeletion", json!({})),
            1 => on("GetKeyPolicy", json!({})),
            1 => on("PutKeyPolicy", json!({"Policy": "nonsense"})),
            5 => (pick(), any::<bool>(), proptest::option::of(pick())).prop_map(|(blob, context, key)| Op::Open { blob, context, key }),
            1 => pick().prop_map(|key| Op::Denied { key }),
            2 => pick().prop_map(|key| Op::On { key, name: "CreateAlias", extra: json!({"AliasName": "alias/x"}) }),
            1 => Just(Op::Plain(json!({"DeleteAlias": {"AliasName": "alias/x"}}))),
        ]
        .boxed()
    }

    fn bind(&self, op: &Op, replies: &[Reply<Value>]) -> Bound<Engine> {
        let alice = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
        let keys = found(replies, "/KeyMetadata/KeyId");
        let unknown = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let request = match op {
            Op::Plain(request) => request.clone(),
            Op::On { key, name, extra } => {
                let mut members = extra.clone();
                let member = if *name == "CreateAlias" { "TargetKeyId" } else { "KeyId" };
                members[member] = json!(picked(&keys, *key, unknown));
                json!({*name: members})
            }
            Op::Open { blob, context, key } => {
                let blobs = found(replies, "/CiphertextBlob");
                let mut members = json!({"CiphertextBlob": picked(&blobs, *blob, "Z2FyYmFnZQ==")});
                if *context {
                    members["EncryptionContext"] = json!({"a": "b"});
                }
                if let Some(key) = key {
                    members["KeyId"] = json!(picked(&keys, *key, unknown));
                }
                json!({"Decrypt": members})
            }
            Op::Denied { key } => json!({"DescribeKey": {"KeyId": picked(&keys, *key, unknown)}}),
        };
        let request: Request = serde_json::from_value(request).unwrap();
        let mut bound = Bound::new(alice, request);
        if matches!(op, Op::Denied { .. }) {
            bound.permit = Permit::Decided(vec![Verdict::Denied { message: "not today".into() }]);
        }
        bound
    }
}

#[test]
fn the_engine_keeps_every_law() {
    aws_core::laws::check(&Keys, 300).unwrap();
}

/// Keys in a snapshot are of no use without the owner's secret.
#[test]
fn a_snapshot_opens_only_under_its_secret() {
    use aws_core::{Cx, Engine as _, SnapshotError, Timestamp};
    let (mut kms, alice) = (Keys.engine(), Caller::anonymous());
    let cx = Cx::new(Timestamp::from_seconds(1), Seed::counter(1), &alice);
    kms.apply(cx, serde_json::from_value(json!({"CreateKey": {}})).unwrap()).unwrap();
    let snapshot = kms.snapshot(&Seed::counter(99));
    assert!(Engine::restore(snapshot.clone(), &Seed::counter(99)).is_ok());
    assert!(matches!(Engine::restore(snapshot, &Seed::counter(98)), Err(SnapshotError::Secret)));
    let printed = format!("{kms:?}");
    assert!(printed.contains("[redacted]") && !printed.contains("Zeroizing"), "{printed}");
}
