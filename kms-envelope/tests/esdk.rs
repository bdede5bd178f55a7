//! Messages that others wrote, and messages that somebody changed.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, reason = "it reads the messages")]

use aws_core::Seed;
use base64::Engine as _;
use kms_envelope::EncryptionContext;
use kms_envelope::esdk::{self, DataKey, EsdkError, Header, Opened, RawAesKey, Suite};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/esdk")).join(name)
}

fn read(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2).unwrap(), 16).unwrap())
        .collect()
}

fn context(value: &Value) -> EncryptionContext {
    serde_json::from_value(value.clone()).unwrap()
}

fn open(message: &[u8], key: &RawAesKey, reproduced: &EncryptionContext) -> Result<Opened, EsdkError> {
    esdk::decrypt(message, reproduced, |edk, context| key.unwrap_key(edk, context))
}

fn example_key() -> RawAesKey {
    RawAesKey::new("example", "wrapping-key-1", (0..32).collect::<Vec<u8>>()).unwrap()
}

/// [KMS-12.1] [KMS-12.2] [KMS-12.3] [KMS-12.4] [KMS-12.5] [KMS-12.6]
/// [KMS-12.7] [KMS-12.9] [KMS-12.10] [KMS-12.11] [KMS-12.12] [KMS-12.16]
#[test]
fn messages_that_three_implementations_accept_open() {
    let mut opened = 0;
    for case in read(folder("messages.json")).as_array().unwrap() {
        let message = unhex(case["message"].as_str().unwrap());
        let id = case["id"].as_str().unwrap();
        let suite =
            Suite::from_id(u16::from_str_radix(case["suite"].as_str().unwrap(), 16).unwrap()).unwrap();
        let result = open(&message, &example_key(), &EncryptionContext::new());
        if suite.is_signed() {
            assert_eq!(result, Err(EsdkError::Signed(suite.id())), "{id}");
            continue;
        }
        let result = result.unwrap();
        assert_eq!(result.plaintext, case["plaintext"].as_str().unwrap().as_bytes(), "{id}");
        assert_eq!((result.suite, result.context), (suite, context(&case["context"])), "{id}");
        opened += 1;
    }
    assert_eq!(opened, 7);
}

/// [KMS-12.8] [KMS-13.9] AWS's own vectors, with contexts that are left out
/// of the header.
#[test]
fn the_sdks_own_vectors_open() {
    let key = base64::engine::general_purpose::STANDARD
        .decode("AAECAwQFBgcICRAREhMUFRYXGBkgISIjJCUmJygpMDE=")
        .unwrap();
    let key = RawAesKey::new("aws-raw-vectors-persistant", "aes-256", key).unwrap();
    let (mut opened, mut signed, mut refused) = (0, 0, 0);
    for name in ["net-4.0.1", "net-4.0.0-valid", "net-4.0.0-retry"] {
        for (id, test) in read(folder(name).join("manifest.json"))["tests"].as_object().unwrap() {
            let message = fs::read(folder(name).join("ciphertexts").join(id)).unwrap();
            let result = open(&message, &key, &context(&test["encryption-context"]));
            match result {
                Ok(result) => {
                    assert!(name != "net-4.0.0-retry", "{id} must be refused");
                    assert!(result.plaintext == fs::read(folder(name).join("plaintext")).unwrap(), "{id}");
                    opened += 1;
                }
                Err(EsdkError::Signed(_)) => signed += 1,
                // [KMS-12.23] One release authenticated another header.
                Err(error) => {
                    assert_eq!((name, &error), ("net-4.0.0-retry", &EsdkError::HeaderAuthentication), "{id}");
                    refused += 1;
                }
            }
        }
    }
    assert_eq!((opened, signed), (10, 1));
    assert!(refused >= 8, "{refused}");
}

fn sample(plaintext: &[u8]) -> Vec<u8> {
    let context = EncryptionContext::from([("b".into(), "2".into()), ("a".into(), "é".into())]);
    let data_key = DataKey::of_seed(&Seed::counter(1));
    let wrapped = example_key().wrap(&data_key, &context, &Seed::counter(2));
    esdk::encrypt(plaintext, &data_key, vec![wrapped], &context, &Seed::counter(3)).unwrap()
}

/// [KMS-12.13] [KMS-12.15] Sizes are what the format says.
#[test]
fn a_body_has_its_size() {
    let header = sample(b"").len() - 40;
    for (length, frames) in [(0, 1), (1, 1), (4_095, 1), (4_096, 1), (4_097, 2), (8_192, 2), (10_000, 3)] {
        let plaintext = vec![7; length];
        let message = sample(&plaintext);
        assert_eq!(message.len() - header, length + 32 * frames + 8, "{length}");
        let opened = open(&message, &example_key(), &EncryptionContext::new()).unwrap();
        assert_eq!((opened.plaintext, opened.suite), (plaintext, Suite::COMMITTED));
    }
}

/// [KMS-12.24] [KMS-12.20] [KMS-12.22] Each change has its own refusal.
#[test]
fn tampering_is_told_apart() {
    let good = sample(b"some plaintext");
    let key = example_key();
    let refusal = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut message = good.clone();
        change(&mut message);
        open(&message, &key, &EncryptionContext::new()).unwrap_err()
    };
    let header = Header::parse(&good).unwrap();
    let body = good.len() - (14 + 40);
    assert_eq!(refusal(&|message| message[0] = 3), EsdkError::Version(3));
    assert_eq!(refusal(&|message| message[2] = 0x79), EsdkError::UnknownSuite(0x0479));
    assert_eq!(refusal(&|message| message[1] = 5), EsdkError::Signed(0x0578));
    assert_eq!(refusal(&|message| message[3] ^= 1), EsdkError::Commitment);
    assert_eq!(refusal(&|message| message[body - 17] ^= 1), EsdkError::Commitment);
    assert_eq!(refusal(&|message| message[body - 1] ^= 1), EsdkError::HeaderAuthentication);
    // A context byte: the data key does not unwrap.
    assert_eq!(refusal(&|message| message[41] ^= 1), EsdkError::NoDataKey(1));
    assert_eq!(refusal(&|message| message[body + 7] = 2), EsdkError::FrameOrder { found: 2, expected: 1 });
    for at in [body + 8, body + 30, good.len() - 1] {
        assert_eq!(refusal(&|message| message[at] ^= 1), EsdkError::FrameAuthentication(1), "{at}");
    }
    assert_eq!(refusal(&|message| message.push(0)), EsdkError::Trailing(1));
    assert_eq!(refusal(&|message| message.truncate(50)), EsdkError::Truncated { at: 50 });
    let text = base64::engine::general_purpose::STANDARD.encode(&good);
    assert_eq!(open(text.as_bytes(), &key, &EncryptionContext::new()), Err(EsdkError::Base64));
    let other = EncryptionContext::from([("a".into(), "e".into())]);
    assert_eq!(open(&good, &key, &other), Err(EsdkError::ContextMismatch("a".into())));
    let more = EncryptionContext::from([("c".into(), "3".into())]);
    assert_eq!(open(&good, &key, &more), Err(EsdkError::NoDataKey(1)));
    assert_eq!(header.data_keys[0].provider_id, "example");
}

/// [KMS-12.14] What only the format itself may say.
#[test]
fn reserved_context_keys_are_refused() {
    let context = EncryptionContext::from([("aws-crypto-public-key".into(), "x".into())]);
    let data_key = DataKey::of_seed(&Seed::counter(1));
    let error = esdk::encrypt(b"", &data_key, vec![], &context, &Seed::counter(2)).unwrap_err();
    assert_eq!(error, EsdkError::ReservedContextKey("aws-crypto-public-key".into()));
    let short = DataKey::new([1; 16]);
    let error = esdk::encrypt(b"", &short, vec![], &EncryptionContext::new(), &Seed::counter(2)).unwrap_err();
    assert_eq!(error, EsdkError::DataKeyLength { found: 16, expected: 32 });
    assert_eq!(format!("{short:?}"), "DataKey([redacted])");
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..300_usize, to: u8) {
        let _ = open(&bytes, &example_key(), &EncryptionContext::new());
        let mut message = sample(b"x");
        if let Some(byte) = message.get_mut(at) {
            let changed = *byte != to;
            *byte = to;
            prop_assert_eq!(open(&message, &example_key(), &EncryptionContext::new()).is_err(), changed);
        }
    }
}
