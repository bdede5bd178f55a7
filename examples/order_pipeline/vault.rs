//! Orders under lock and key: each one encrypted under a data key of its own,
//! which KMS wraps.

use crate::access::{Access, Actor};
use crate::driven::Driven;
use crate::world::{Settings, WorldError};
use aws_core::{Blob, Home, Seed, Timestamp};
use kms_envelope::esdk::{self, DataKey, EncryptedDataKey, EsdkError, RawAesKey};
use kms_envelope::{
    CreateAliasRequest, CreateKeyRequest, DecryptRequest, EncryptionContext, Engine, Error,
    GenerateDataKeyRequest, KeyIdRequest, Request, Response, RotateKeyOnDemandRequest,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// The key's policy.
const POLICY: &str = include_str!("../data/pipeline/policies/key.json");

/// The key and everything about it.
pub(crate) struct Vault {
    pub(crate) kms: Driven<Engine>,
    seed: Seed,
    key_arn: String,
    /// Opens every order without KMS, for the day when there is none.
    escrow: RawAesKey,
    pub(crate) escrow_secret: [u8; 32],
    sealed: u64,
    pub(crate) opened: u64,
    /// How long messages took, without the calls to KMS.
    pub(crate) took: Duration,
}

/// What the key is called.
pub(crate) const ALIAS: &str = "alias/orders";

/// Namespace and name of the key in escrow.
pub(crate) const ESCROW: (&str, &str) = ("order-pipeline", "escrow");

/// What an order's encryption is bound to.
pub(crate) fn context(order_id: &str) -> EncryptionContext {
    [("order".into(), order_id.into()), ("purpose".into(), "order-pipeline".into())].into()
}

impl Vault {
    pub(crate) fn new(
        home: Home,
        seed: &Seed,
        settings: Settings,
        now: Timestamp,
        owner: &Actor,
        access: &Rc<RefCell<Access>>,
    ) -> Result<Self, WorldError> {
        let kms = Driven::new(Engine::new(home), seed, seed.derive(b"vault"), settings, access);
        let seed = seed.derive(b"messages");
        let escrow_secret = *seed.derive(b"escrow").expose_secret();
        let escrow = RawAesKey::new(ESCROW.0, ESCROW.1, escrow_secret)?;
        let mut vault = Self {
            kms,
            seed,
            key_arn: String::new(),
            escrow,
            escrow_secret,
            sealed: 0,
            opened: 0,
            took: Duration::ZERO,
        };
        let key = CreateKeyRequest {
            description: Some("orders".into()),
            policy: Some(POLICY.into()),
            ..CreateKeyRequest::default()
        };
        if let Response::CreateKey(made) = vault.call(now, owner, key)? {
            vault.key_arn = made.key_metadata.arn;
        }
        let alias = CreateAliasRequest { alias_name: ALIAS.into(), target_key_id: vault.key_arn.clone() };
        vault.call(now, owner, alias)?;
        Ok(vault)
    }

    fn call(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        request: impl Into<Request>,
    ) -> Result<Response, WorldError> {
        let (reply, _) = self.kms.call(now, actor, request)?;
        Ok(reply?)
    }

    /// New material; what was sealed before opens all the same.
    pub(crate) fn rotate(&mut self, now: Timestamp, owner: &Actor) -> Result<(), WorldError> {
        let key_id = self.key_arn.clone();
        self.call(now, owner, RotateKeyOnDemandRequest(KeyIdRequest { key_id })).map(|_| ())
    }

    /// An order as a message of the AWS Encryption SDK.
    pub(crate) fn seal(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        order_id: &str,
        order: &[u8],
    ) -> Result<Vec<u8>, WorldError> {
        let context = context(order_id);
        let request = GenerateDataKeyRequest {
            key_id: ALIAS.into(),
            key_spec: Some("AES_256".into()),
            encryption_context: context.clone(),
            ..GenerateDataKeyRequest::default()
        };
        let Response::GenerateDataKey(made) = self.call(now, actor, request)? else {
            return Ok(Vec::new());
        };
        let data_key = DataKey::new(made.plaintext.unwrap_or_default().as_ref());
        let started = Instant::now();
        self.sealed += 1;
        let seed = self.seed.derive(&self.sealed.to_be_bytes());
        let by_kms = EncryptedDataKey::kms(&made.key_id, made.ciphertext_blob.as_ref());
        let by_escrow = self.escrow.wrap(&data_key, &context, &seed.derive(b"escrow"));
        let message = esdk::encrypt(order, &data_key, vec![by_kms, by_escrow], &context, &seed)?;
        self.took += started.elapsed();
        Ok(message)
    }

    /// The order in a message, for somebody who knows the context.
    pub(crate) fn open(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        message: &[u8],
        known: &EncryptionContext,
    ) -> Result<Vec<u8>, EsdkError> {
        let started = Instant::now();
        let mut in_call = Duration::ZERO;
        let mut unwrap = |edk: &EncryptedDataKey, context: &EncryptionContext| {
            if edk.provider_id != "aws-kms" {
                return None;
            }
            let request = DecryptRequest {
                ciphertext_blob: Blob::from(edk.ciphertext.clone()),
                encryption_context: context.clone(),
                ..DecryptRequest::default()
            };
            let asked = Instant::now();
            let reply = self.kms.call(now, actor, request);
            in_call += asked.elapsed();
            let (reply, _) = reply.ok()?;
            let Ok::<_, Error>(Response::Decrypt(opened)) = reply else { return None };
            Some(DataKey::new(opened.plaintext.as_ref()))
        };
        let opened = esdk::decrypt(message, known, &mut unwrap);
        self.took += started.elapsed().saturating_sub(in_call);
        let opened = opened?;
        self.opened += 1;
        Ok(opened.plaintext)
    }
}
