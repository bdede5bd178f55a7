//! What users and the wire see: member names, permission, refusals as bytes,
//! and the envelope around KMS.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::{AwsError as _, Call, Caller, Cx, Engine as _, Home, Seed, Timestamp, wire};
use kms_envelope::esdk::{self, DataKey, EncryptedDataKey};
use kms_envelope::{EncryptionContext, Engine, Error, Request};
use serde_json::{Value, json};

/// Inputs that set every member, from the service model that AWS publishes
/// with its SDKs (Apache-2.0).
const NAMES: &str = include_str!("api-names.json");

/// Members that the model has and this version does not read.
const UNREAD: [&str; 8] = [
    "ResourceOwners",
    "GrantTokens",
    "Recipient",
    "CustomKeyStoreId",
    "XksKeyId",
    "CustomerMasterKeySpec",
    "DryRunModifiers",
    "BypassPolicyLockoutSafetyCheck",
];

struct Driver {
    kms: Engine,
    caller: Caller,
    calls: u64,
}

impl Driver {
    fn new() -> Self {
        let home = Home::new("us-east-1", "111122223333").unwrap();
        Self { kms: Engine::new(home), caller: user("111122223333"), calls: 0 }
    }

    fn call(&mut self, request: Value) -> Result<Value, Error> {
        self.calls += 1;
        let cx = Cx::new(Timestamp::from_seconds(0), Seed::counter(self.calls), &self.caller);
        let request: Request = serde_json::from_value(request).unwrap();
        self.kms.apply(cx, request).map(|reply| serde_json::to_value(reply).unwrap())
    }

    fn key(&mut self) -> (String, String) {
        let made =
            self.call(json!({"CreateKey": {"Tags": [{"TagKey": "team", "TagValue": "blue"}]}})).unwrap();
        let text = |path: &str| made.pointer(path).unwrap().as_str().unwrap().to_string();
        (text("/KeyMetadata/KeyId"), text("/KeyMetadata/Arn"))
    }

    fn needs(&self, request: Value) -> Vec<aws_core::AuthzRequest> {
        let request: Request = serde_json::from_value(request).unwrap();
        let cx = Cx::new(self.kms.now(), Seed::counter(0), &self.caller);
        self.kms.authz(&cx, &request).unwrap()
    }
}

fn user(account: &str) -> Caller {
    Caller::user(account.parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000")
}

#[test]
fn every_member_that_is_read_has_its_name_and_type() {
    let model: serde_json::Map<String, Value> = serde_json::from_str(NAMES).unwrap();
    let paging = ["Limit", "Marker", "IncludeKeyMaterial"];
    for name in Request::NAMES {
        let mut sent = model.get(*name).unwrap().get("Input").unwrap().clone();
        let members = sent.as_object_mut().unwrap();
        members.retain(|member, _| !UNREAD.contains(&member.as_str()));
        for member in ["SourceEncryptionAlgorithm", "DestinationEncryptionAlgorithm"] {
            members.remove(member);
        }
        if *name != "ListKeys" {
            members.retain(|member, _| !paging.contains(&member.as_str()));
        }
        let sent = json!({*name: sent});
        let read: Request = serde_json::from_value(sent.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), sent, "{name} loses a member");
    }
}

#[test]
fn engines_and_what_they_answer_can_go_to_another_thread() {
    fn goes<T: Send + Sync + 'static>() {}
    goes::<Engine>();
    goes::<Call<Request>>();
    goes::<kms_envelope::Response>();
    goes::<Error>();
}

/// [KMS-5.1] Modelled refusals have a small `message`, the others a capital
/// one; the type has no namespace.
#[test]
fn refusals_as_bytes() {
    let body = |error: &Error| String::from_utf8(wire::json_error_body(error, Default::default())).unwrap();
    let arn = "arn".into();
    assert_eq!(
        body(&Error::Disabled { arn }),
        r#"{"__type":"DisabledException","message":"arn is disabled."}"#
    );
    assert_eq!(
        body(&Error::NoNumberOfBytes),
        r#"{"Message":"NumberOfBytes is required.","__type":"ValidationException"}"#
    );
    assert_eq!(body(&Error::InvalidCiphertext), r#"{"__type":"InvalidCiphertextException"}"#);
    assert!(Error::TABLE.iter().all(|row| row.status == 400 && row.shape == row.code));
}

/// [KMS-9.3] The condition keys that KMS puts into the request.
#[test]
fn permission_is_asked_with_kmss_condition_keys() {
    let mut driver = Driver::new();
    let (id, arn) = driver.key();
    driver.call(json!({"CreateAlias": {"AliasName": "alias/orders", "TargetKeyId": id}})).unwrap();
    let encrypt = json!({"Encrypt": {"KeyId": "alias/orders", "Plaintext": "cA==", "EncryptionContext": {"order": "10248"}}});
    let needs = driver.needs(encrypt);
    let need = needs.first().unwrap();
    assert_eq!((need.action.as_str(), need.resources.as_slice()), ("kms:Encrypt", &[arn][..]));
    let context = |key: &str| need.context.get(key).map(|values| values.join(","));
    for (key, value) in [
        ("kms:CallerAccount", "111122223333"),
        ("kms:KeySpec", "SYMMETRIC_DEFAULT"),
        ("kms:KeyUsage", "ENCRYPT_DECRYPT"),
        ("kms:KeyOrigin", "AWS_KMS"),
        ("kms:MultiRegion", "false"),
        ("kms:RequestAlias", "alias/orders"),
        ("kms:ResourceAliases", "alias/orders"),
        ("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"),
        ("kms:EncryptionContextKeys", "order"),
        ("kms:EncryptionContext:order", "10248"),
        ("aws:ResourceTag/team", "blue"),
    ] {
        assert_eq!(context(key).as_deref(), Some(value), "{key}");
    }
    assert!(need.resource_policy.as_ref().unwrap().contains("key-default-1"));
}

/// [KMS-9.4] Never an action of its own name.
#[test]
fn re_encryption_is_two_decisions() {
    let mut driver = Driver::new();
    let (id, _) = driver.key();
    let sealed = driver.call(json!({"Encrypt": {"KeyId": id, "Plaintext": "cA=="}})).unwrap();
    let blob = sealed.pointer("/CiphertextBlob").unwrap();
    let needs = driver.needs(json!({"ReEncrypt": {"CiphertextBlob": blob, "DestinationKeyId": id}}));
    let actions: Vec<&str> = needs.iter().map(|need| need.action.as_str()).collect();
    assert_eq!(actions, ["kms:ReEncryptFrom", "kms:ReEncryptTo"]);
    let same = |need: &aws_core::AuthzRequest| need.context.get("kms:ReEncryptOnSameKey").cloned();
    assert!(needs.iter().all(|need| same(need) == Some(vec!["true".into()])));
}

/// [KMS-2.3] A bare id is looked for in the caller's own account.
#[test]
fn a_foreign_caller_needs_the_arn() {
    let mut driver = Driver::new();
    let (id, arn) = driver.key();
    driver.caller = user("444455556666");
    let error = driver.call(json!({"DescribeKey": {"KeyId": id}})).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("Key 'arn:aws:kms:us-east-1:444455556666:key/{id}' does not exist")
    );
    assert!(driver.call(json!({"DescribeKey": {"KeyId": arn}})).is_ok());
}

/// [KMS-12.18] [KMS-11.4] [KMS-6.4] [KMS-3.1] A message wrapped by KMS opens
/// after rotation, and not under another context.
#[test]
fn an_envelope_survives_rotation() {
    let mut driver = Driver::new();
    let (id, arn) = driver.key();
    let context = EncryptionContext::from([("order".into(), "10248".into())]);
    let made = driver
        .call(json!({"GenerateDataKey": {"KeyId": id, "KeySpec": "AES_256", "EncryptionContext": context}}))
        .unwrap();
    let bytes = |value: &Value, path: &str| {
        serde_json::from_value::<aws_core::Blob>(value.pointer(path).unwrap().clone())
            .unwrap()
            .as_ref()
            .to_vec()
    };
    let wrapped = EncryptedDataKey::kms(&arn, bytes(&made, "/CiphertextBlob"));
    let data_key = DataKey::new(bytes(&made, "/Plaintext"));
    let message = esdk::encrypt(b"an order", &data_key, vec![wrapped], &context, &Seed::counter(77)).unwrap();
    driver.call(json!({"RotateKeyOnDemand": {"KeyId": id}})).unwrap();
    let mut unwrap = |edk: &EncryptedDataKey, context: &EncryptionContext| {
        assert_eq!((edk.provider_id.as_str(), edk.provider_info.as_slice()), ("aws-kms", arn.as_bytes()));
        let blob = aws_core::Blob::from(edk.ciphertext.clone());
        let opened =
            driver.call(json!({"Decrypt": {"CiphertextBlob": blob, "EncryptionContext": context}})).ok()?;
        Some(DataKey::new(bytes(&opened, "/Plaintext")))
    };
    let opened = esdk::decrypt(&message, &EncryptionContext::new(), &mut unwrap).unwrap();
    assert_eq!(opened.plaintext, b"an order");
    let other = EncryptionContext::from([("tenant".into(), "x".into())]);
    let error = esdk::decrypt(&message, &other, &mut unwrap).unwrap_err();
    assert_eq!(error, esdk::EsdkError::NoDataKey(1));
}

/// [KMS-11.1] [KMS-6.6] Two encryptions of one text differ; the same calls
/// give the same ciphertexts; each byte of a blob counts.
#[test]
fn ciphertexts() {
    let run = || {
        let mut driver = Driver::new();
        let (id, _) = driver.key();
        let mut seal = || {
            let sealed = driver.call(json!({"Encrypt": {"KeyId": id, "Plaintext": "cA=="}})).unwrap();
            sealed.pointer("/CiphertextBlob").unwrap().clone()
        };
        let both = (seal(), seal());
        (driver, both)
    };
    let (mut driver, (one, other)) = run();
    assert_ne!(one, other);
    assert_eq!(run().1, (one.clone(), other));
    let blob: aws_core::Blob = serde_json::from_value(one).unwrap();
    for at in 0..blob.as_ref().len() {
        let mut changed = blob.as_ref().to_vec();
        if let Some(byte) = changed.get_mut(at) {
            *byte ^= 1;
        }
        let changed = aws_core::Blob::from(changed);
        let error = driver.call(json!({"Decrypt": {"CiphertextBlob": changed}})).unwrap_err();
        let expected =
            if (5..37).contains(&at) { "AccessDeniedException" } else { "InvalidCiphertextException" };
        assert_eq!(error.shape(), expected, "byte {at}");
    }
}
