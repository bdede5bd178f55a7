//! Encrypt, Decrypt, ReEncrypt, GenerateDataKey, GenerateRandom.

use super::{billed, need};
use crate::ciphertext::{self, Ciphertext};
use crate::engine::Target;
use crate::key::{Key, KeySpec, hex};
use crate::secret::Secret;
use crate::{
    DecryptRequest, DecryptResult, EncryptRequest, EncryptResult, EncryptionContext, Engine, Error, Event,
    GenerateDataKeyRequest, GenerateDataKeyResult, GenerateDataKeyWithoutPlaintextRequest,
    GenerateRandomRequest, GenerateRandomResult, ReEncryptRequest, ReEncryptResult, limits,
};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Blob, Caller, Constraint, Cx, Operation, Permit, Seed, Sink, Violations};
use zeroize::Zeroizing;

const USAGE: &str = "ENCRYPT_DECRYPT";
const ALGORITHM: &str = "SYMMETRIC_DEFAULT";

fn checked(faults: Violations) -> Result<(), Error> {
    faults.check().map_err(|list| Error::Constraints { list: list.into() })
}

fn not_empty(faults: &mut Violations, path: &str, id: &str) {
    if id.is_empty() {
        faults.null(path);
    }
}

/// Notes a blob that is too short or too long; blobs are never echoed.
fn sized(faults: &mut Violations, path: &str, blob: &Blob, max: u64) {
    let length = blob.as_ref().len() as u64;
    if length == 0 {
        faults.silent(path, Constraint::MinLength(1));
    } else if length > max {
        faults.silent(path, Constraint::MaxLength(max));
    }
}

/// An algorithm that is not the one of symmetric keys. AWS knows others, for
/// keys that this version does not make.
fn algorithm(faults: &mut Violations, given: Option<&str>) {
    const KNOWN: [&str; 4] = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE", ALGORITHM];
    if let Some(given) = given.filter(|given| !KNOWN.contains(given)) {
        faults.echoed("encryptionAlgorithm", given, Constraint::Enum(&KNOWN));
    }
}

/// The last check of all. `[KMS-4.13]`
fn dry_run(asked: Option<bool>) -> Result<(), Error> {
    if asked == Some(true) { Err(Error::DryRun) } else { Ok(()) }
}

/// Nonces by HMAC-SHA-256 from the call's seed, not from its fast stream.
fn random(seed: &Seed, purpose: &[u8]) -> aws_core::SeedStream {
    Seed::from_secret_bytes(*Secret::of_seed(seed, purpose).expose()).expand(b"nonce")
}

fn seal(
    key: &Key,
    context: &EncryptionContext,
    plaintext: &[u8],
    seed: &Seed,
) -> Result<(Blob, String), Error> {
    let (id, material) = key.current().ok_or(Error::Unsupported)?;
    let mut random = random(seed, b"nonce");
    let blob = ciphertext::seal(id, &material, context, plaintext, &mut random).ok_or(Error::Unsupported)?;
    Ok((blob, hex(&id)))
}

/// What a ciphertext holds, and the material it is under.
fn open(key: &Key, blob: &Blob, context: &EncryptionContext) -> Result<(Zeroizing<Vec<u8>>, String), Error> {
    let parsed = Ciphertext::parse(blob.as_ref()).ok_or(Error::InvalidCiphertext)?;
    let material = key.material(&parsed.material).ok_or(Error::IncorrectKey)?;
    let plaintext = parsed.open(&material, context).ok_or(Error::InvalidCiphertext)?;
    Ok((plaintext, hex(&parsed.material)))
}

/// The key that a decryption means: the one named, or the blob's own.
/// `[KMS-4.2]`
fn decrypting(engine: &Engine, named: Option<&str>, blob: &Blob, caller: &Caller) -> Result<Target, Error> {
    if let Some(named) = named {
        return engine.find(named, true, caller);
    }
    let parsed = Ciphertext::parse(blob.as_ref()).ok_or(Error::InvalidCiphertext)?;
    let key = engine.key_of_material(&parsed.material).ok_or(Error::NoKeyForCiphertext)?;
    Ok(Target { key: key.facts.id.clone(), alias: None })
}

/// Decryption answers for keys of another kind as for another key.
fn check_decrypts(key: &Key) -> Result<(), Error> {
    key.check_usable()?;
    if key.facts.spec == KeySpec::SymmetricDefault { Ok(()) } else { Err(Error::IncorrectKey) }
}

impl Operation<Engine> for EncryptRequest {
    type Output = EncryptResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        let mut faults = Violations::new();
        not_empty(&mut faults, "keyId", &self.key_id);
        sized(&mut faults, "plaintext", &self.plaintext, limits::PLAINTEXT_MAX.value);
        algorithm(&mut faults, self.encryption_algorithm.as_deref());
        checked(faults)?;
        engine.find(&self.key_id, true, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "Encrypt", Some(&self.encryption_context))
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<EncryptResult, Error> {
        cx.sink.usage(billed());
        let key = engine.key(&target.key)?;
        key.check_usable()?;
        key.check_usage(USAGE, &"Encrypt")?;
        dry_run(self.dry_run)?;
        let (blob, _) = seal(key, &self.encryption_context, self.plaintext.as_ref(), &cx.seed)?;
        Ok(EncryptResult {
            ciphertext_blob: blob,
            key_id: String::from(&*key.arn),
            encryption_algorithm: ALGORITHM.into(),
        })
    }
}

impl Operation<Engine> for DecryptRequest {
    type Output = DecryptResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        let mut faults = Violations::new();
        sized(&mut faults, "ciphertextBlob", &self.ciphertext_blob, limits::CIPHERTEXT_MAX.value);
        algorithm(&mut faults, self.encryption_algorithm.as_deref());
        checked(faults)?;
        decrypting(engine, self.key_id.as_deref(), &self.ciphertext_blob, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "Decrypt", Some(&self.encryption_context))
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<DecryptResult, Error> {
        cx.sink.usage(billed());
        let key = engine.key(&target.key)?;
        check_decrypts(key)?;
        let (plaintext, key_material_id) = open(key, &self.ciphertext_blob, &self.encryption_context)?;
        dry_run(self.dry_run)?;
        Ok(DecryptResult {
            key_id: String::from(&*key.arn),
            plaintext: Blob::from(plaintext.to_vec()),
            encryption_algorithm: ALGORITHM.into(),
            key_material_id,
        })
    }
}

impl Operation<Engine> for ReEncryptRequest {
    type Output = ReEncryptResult;
    type Target = (Target, Target);

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<(Target, Target), Error> {
        let mut faults = Violations::new();
        sized(&mut faults, "ciphertextBlob", &self.ciphertext_blob, limits::CIPHERTEXT_MAX.value);
        not_empty(&mut faults, "destinationKeyId", &self.destination_key_id);
        checked(faults)?;
        let source = decrypting(engine, self.source_key_id.as_deref(), &self.ciphertext_blob, caller)?;
        Ok((source, engine.find(&self.destination_key_id, true, caller)?))
    }

    /// [KMS-9.4] Two actions, neither of them its own name.
    fn needs(
        &self,
        engine: &Engine,
        (source, destination): &(Target, Target),
        caller: &Caller,
    ) -> Vec<AuthzRequest> {
        let same = (source.key == destination.key).to_string();
        let from =
            need::on_key(engine, source, caller, "ReEncryptFrom", Some(&self.source_encryption_context));
        let to = need::on_key(
            engine,
            destination,
            caller,
            "ReEncryptTo",
            Some(&self.destination_encryption_context),
        );
        [from, to].map(|need| need.with_context("kms:ReEncryptOnSameKey", [same.as_str()])).into()
    }

    fn permission(&self, _target: &(Target, Target), permit: &Permit) -> Result<(), Error> {
        match (0..2).find_map(|index| permit.denial(index)) {
            Some(message) => Err(Error::AccessDenied { message: message.into() }),
            None => Ok(()),
        }
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (source, destination): (Target, Target),
        mut cx: Cx<'_, S>,
    ) -> Result<ReEncryptResult, Error> {
        // Each half counts against the quotas.
        cx.sink.usage(billed());
        cx.sink.usage(billed());
        let from = engine.key(&source.key)?;
        let to = engine.key(&destination.key)?;
        check_decrypts(from)?;
        to.check_usable()?;
        to.check_usage(USAGE, &"ReEncrypt")?;
        let (plaintext, old) = open(from, &self.ciphertext_blob, &self.source_encryption_context)?;
        dry_run(self.dry_run)?;
        let (blob, new) = seal(to, &self.destination_encryption_context, &plaintext, &cx.seed)?;
        Ok(ReEncryptResult {
            ciphertext_blob: blob,
            source_key_id: String::from(&*from.arn),
            key_id: String::from(&*to.arn),
            source_encryption_algorithm: ALGORITHM.into(),
            destination_encryption_algorithm: ALGORITHM.into(),
            source_key_material_id: old,
            destination_key_material_id: new,
        })
    }
}

impl GenerateDataKeyRequest {
    /// How many bytes are wanted. `[KMS-4.4]`
    fn size(&self) -> Result<usize, Error> {
        const SPECS: [&str; 2] = ["AES_256", "AES_128"];
        let mut faults = Violations::new();
        not_empty(&mut faults, "keyId", &self.key_id);
        let max = limits::DATA_KEY_MAX.as_i64();
        match self.number_of_bytes {
            Some(n) if n < 1 => faults.echoed("numberOfBytes", n, Constraint::MinValue(1)),
            Some(n) if n > max => faults.echoed("numberOfBytes", n, Constraint::MaxValue(max)),
            _ => {}
        }
        let spec = self.key_spec.as_deref();
        if let Some(spec) = spec.filter(|spec| !SPECS.contains(spec)) {
            faults.echoed("keySpec", spec, Constraint::Enum(&SPECS));
        }
        checked(faults)?;
        match (self.number_of_bytes, spec) {
            (Some(bytes), None) => usize::try_from(bytes).map_err(|_| Error::DataKeySize),
            (None, Some("AES_128")) => Ok(16),
            (None, Some(_)) => Ok(32),
            _ => Err(Error::DataKeySize),
        }
    }

    fn generate<S: Sink<Event>>(
        self,
        engine: &Engine,
        target: &Target,
        mut cx: Cx<'_, S>,
        operation: &'static &'static str,
    ) -> Result<GenerateDataKeyResult, Error> {
        cx.sink.usage(billed());
        let size = self.size()?;
        let key = engine.key(&target.key)?;
        key.check_usable()?;
        key.check_usage(USAGE, operation)?;
        dry_run(self.dry_run)?;
        let data_key = bytes(&cx.seed, b"data key", size);
        let (blob, key_material_id) = seal(key, &self.encryption_context, &data_key, &cx.seed)?;
        Ok(GenerateDataKeyResult {
            ciphertext_blob: blob,
            plaintext: Some(Blob::from(data_key.to_vec())),
            key_id: String::from(&*key.arn),
            key_material_id,
        })
    }
}

/// So many bytes of the call's entropy, by HMAC-SHA-256 in counter mode.
fn bytes(seed: &Seed, purpose: &[u8], size: usize) -> Zeroizing<Vec<u8>> {
    let root = Secret::of_seed(seed, purpose);
    let blocks = (0_u64..).map(|block| root.derive(b"bytes", &block.to_be_bytes()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(size + 32));
    for block in blocks {
        if bytes.len() >= size {
            break;
        }
        bytes.extend_from_slice(block.expose());
    }
    bytes.truncate(size);
    bytes
}

impl Operation<Engine> for GenerateDataKeyRequest {
    type Output = GenerateDataKeyResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        self.size()?;
        engine.find(&self.key_id, true, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "GenerateDataKey", Some(&self.encryption_context))
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        cx: Cx<'_, S>,
    ) -> Result<GenerateDataKeyResult, Error> {
        self.generate(engine, &target, cx, &"GenerateDataKey")
    }
}

impl Operation<Engine> for GenerateDataKeyWithoutPlaintextRequest {
    type Output = GenerateDataKeyResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        self.0.resolve(engine, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        let context = Some(&self.0.encryption_context);
        need::one(engine, target, caller, "GenerateDataKeyWithoutPlaintext", context)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        cx: Cx<'_, S>,
    ) -> Result<GenerateDataKeyResult, Error> {
        let whole = self.0.generate(engine, &target, cx, &"GenerateDataKeyWithoutPlaintext")?;
        Ok(GenerateDataKeyResult { plaintext: None, ..whole })
    }
}

impl Operation<Engine> for GenerateRandomRequest {
    type Output = GenerateRandomResult;
    type Target = usize;

    /// [KMS-4.6]
    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<usize, Error> {
        let max = limits::DATA_KEY_MAX.as_i64();
        let number = self.number_of_bytes.ok_or(Error::NoNumberOfBytes)?;
        let mut faults = Violations::new();
        if number < 1 {
            faults.echoed("numberOfBytes", number, Constraint::MinValue(1));
        } else if number > max {
            faults.echoed("numberOfBytes", number, Constraint::MaxValue(max));
        }
        checked(faults)?;
        usize::try_from(number).map_err(|_| Error::NoNumberOfBytes)
    }

    fn needs(&self, _engine: &Engine, _size: &usize, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("kms:GenerateRandom", "*")])
    }

    fn perform<S: Sink<Event>>(
        self,
        _engine: &mut Engine,
        size: usize,
        mut cx: Cx<'_, S>,
    ) -> Result<GenerateRandomResult, Error> {
        cx.sink.usage(billed());
        Ok(GenerateRandomResult { plaintext: Blob::from(bytes(&cx.seed, b"random", size).to_vec()) })
    }
}
