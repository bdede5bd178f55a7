//! All keys of one account in one Region.

use crate::ciphertext::MaterialId;
use crate::key::{Facts, Key};
use crate::secret::{Secret, hmac};
use crate::{Error, Event, EventKind, Request, Response};
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{
    ArnRef, AuthzRequest, Blob, Caller, Cx, Home, Seed, Sink, Snapshot, SnapshotError, Timestamp,
};
use serde::{Deserialize, Serialize};

/// AWS KMS for one account in one Region, without I/O, clock or randomness.
///
/// Key material, data keys and nonces come from the seed of each call by
/// HMAC-SHA-256, so the same calls give the same ciphertexts; seeds that a
/// secure generator made give secure ones.
///
/// ```
/// use aws_core::{Caller, Calls, Home, Timestamp};
/// use kms_envelope::{CreateKeyRequest, DecryptRequest, EncryptRequest, EncryptionContext, Engine, Error};
///
/// let mut kms = Engine::new(Home::new("us-east-1", "111122223333")?);
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// let key = kms.create_key(calls.cx(), CreateKeyRequest::default())?.key_metadata;
///
/// let context = EncryptionContext::from([("order".into(), "10248".into())]);
/// let sealed = kms.encrypt(calls.cx(), EncryptRequest {
///     key_id: key.key_id,
///     plaintext: b"secret".to_vec().into(),
///     encryption_context: context.clone(),
///     ..EncryptRequest::default()
/// })?;
///
/// // The blob names its key; the context has to be repeated.
/// let open = DecryptRequest { ciphertext_blob: sealed.ciphertext_blob, ..DecryptRequest::default() };
/// assert_eq!(kms.decrypt(calls.cx(), open.clone()), Err(Error::InvalidCiphertext));
/// let plain = kms.decrypt(calls.cx(), DecryptRequest { encryption_context: context, ..open })?;
/// assert_eq!(plain.plaintext.as_ref(), b"secret");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    home: Home,
    now: Timestamp,
    pub(crate) keys: BTreeMap<Arc<str>, Key>,
    pub(crate) aliases: BTreeMap<Arc<str>, Alias>,
    /// Which key each version of material is of.
    materials: BTreeMap<MaterialId, Arc<str>>,
    deadlines: BTreeSet<(Timestamp, Arc<str>)>,
}

/// A name for a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alias {
    pub(crate) key: Arc<str>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// How a request named a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The key's id.
    pub(crate) key: Arc<str>,
    /// The alias it was named by.
    pub(crate) alias: Option<Arc<str>>,
}

impl Engine {
    /// An engine without keys.
    #[must_use]
    pub fn new(home: Home) -> Self {
        Self {
            home,
            now: Timestamp::from_millis(i64::MIN),
            keys: BTreeMap::new(),
            aliases: BTreeMap::new(),
            materials: BTreeMap::new(),
            deadlines: BTreeSet::new(),
        }
    }

    /// The account and Region the keys are in.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) fn key_arn(&self, id: &str) -> String {
        self.home.arn("kms", &format!("key/{id}"))
    }

    pub(crate) fn alias_arn(&self, name: &str) -> String {
        self.home.arn("kms", name)
    }

    /// The key that an id, an ARN or, if they may, an alias means.
    /// `[KMS-2.1]` `[KMS-2.2]` `[KMS-2.4]`
    pub(crate) fn find(&self, named: &str, aliases: bool, caller: &Caller) -> Result<Target, Error> {
        let no_key = |arn: String| Error::NoSuchKey { arn: arn.into() };
        let resource = if named.starts_with("arn:") {
            let arn = ArnRef::parse(named).map_err(|_| Error::InvalidArn { arn: named.into() })?;
            if arn.service != "kms" || arn.region.is_empty() {
                return Err(Error::InvalidArn { arn: named.into() });
            }
            if arn.region != self.home.region.as_str() {
                return Err(Error::OtherRegion { region: arn.region.into() });
            }
            if arn.account.parse() != Ok(self.home.account) {
                return Err(no_key(named.into()));
            }
            arn.resource
        } else {
            // [KMS-2.3] A bare name means the caller's own account.
            if let Some(account) = caller.account().filter(|account| *account != self.home.account) {
                let elsewhere = Home { account, ..self.home.clone() };
                return Err(no_key(elsewhere.arn("kms", &format!("key/{named}"))));
            }
            named
        };
        if let Some(name) = resource.strip_prefix("alias/").map(|_| resource).filter(|_| aliases) {
            let (name, alias) = self
                .aliases
                .get_key_value(name)
                .ok_or_else(|| Error::NoSuchAlias { arn: self.alias_arn(name).into() })?;
            return Ok(Target { key: alias.key.clone(), alias: Some(name.clone()) });
        }
        let id = resource.strip_prefix("key/").unwrap_or(resource);
        if !is_key_id(id) {
            return Err(Error::InvalidKeyId { id: named.into() });
        }
        let (id, _) = self.keys.get_key_value(id).ok_or_else(|| no_key(self.key_arn(id)))?;
        Ok(Target { key: id.clone(), alias: None })
    }

    pub(crate) fn key(&self, id: &str) -> Result<&Key, Error> {
        self.keys.get(id).ok_or_else(|| Error::NoSuchKey { arn: self.key_arn(id).into() })
    }

    /// The key of a version of material.
    pub(crate) fn key_of_material(&self, id: &MaterialId) -> Option<&Key> {
        self.keys.get(self.materials.get(id)?)
    }

    /// Changes a key, then notes its next deadline and its new material.
    pub(crate) fn change<T, S: Sink<Event>>(
        &mut self,
        id: &str,
        sink: &mut S,
        change: impl FnOnce(&mut Key) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let now = self.now;
        let arn = self.key_arn(id);
        let key = self.keys.get_mut(id).ok_or(Error::NoSuchKey { arn: arn.into() })?;
        let before = key.next_deadline();
        let changed = change(key)?;
        if key.rotate_if_due(now).is_some() {
            sink.event(now, || Event { key: key.facts.id.clone(), kind: EventKind::Rotated });
        }
        self.index(id, before);
        Ok(changed)
    }

    pub(crate) fn add(&mut self, key: Key) {
        let id = key.facts.id.clone();
        self.keys.insert(id.clone(), key);
        self.index(&id, None);
    }

    fn index(&mut self, id: &str, before: Option<Timestamp>) {
        let Some(key) = self.keys.get(id) else { return };
        let id = key.facts.id.clone();
        for version in &key.facts.versions {
            self.materials.entry(version.id).or_insert_with(|| id.clone());
        }
        let after = key.next_deadline();
        if before != after {
            if let Some(before) = before {
                self.deadlines.remove(&(before, id.clone()));
            }
            if let Some(after) = after {
                self.deadlines.insert((after, id));
            }
        }
    }

    /// Deletes a key with its aliases. `[KMS-3.2]`
    fn delete(&mut self, id: &str) {
        let Some(key) = self.keys.remove(id) else { return };
        for version in &key.facts.versions {
            self.materials.remove(&version.id);
        }
        self.aliases.retain(|_, alias| *alias.key != *id);
    }
}

/// A lower-case UUID, or `mrk-` and 32 hexadecimal digits. `[KMS-2.1]`
fn is_key_id(id: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if let Some(rest) = id.strip_prefix("mrk-") {
        return rest.len() == 32 && hex(rest);
    }
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && id.split('-').all(hex)
}

/// The engine's state as data; roots sealed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    home: Home,
    now: Timestamp,
    keys: Vec<(Facts, Blob)>,
    aliases: BTreeMap<Arc<str>, Alias>,
}

/// The layout of [`Saved`].
const FORMAT: u32 = 1;

/// Seals a key's root under the owner's secret, bound to the key's id.
fn seal_root(secret: &Seed, id: &str, root: &Secret) -> Option<Blob> {
    let cipher = Aes256Gcm::new_from_slice(secret.derive(b"kms snapshot").expose_secret()).ok()?;
    let tag = hmac(secret.expose_secret(), &[b"nonce", id.as_bytes(), root.expose()]);
    let nonce: [u8; 12] = *tag.first_chunk()?;
    let payload = Payload { msg: root.expose(), aad: id.as_bytes() };
    let sealed = cipher.encrypt(&nonce.into(), payload).ok()?;
    Some(Blob::from([&nonce[..], &sealed].concat()))
}

fn open_root(secret: &Seed, id: &str, sealed: &[u8]) -> Option<Secret> {
    let cipher = Aes256Gcm::new_from_slice(secret.derive(b"kms snapshot").expose_secret()).ok()?;
    let (nonce, sealed) = sealed.split_first_chunk::<12>()?;
    let payload = Payload { msg: sealed, aad: id.as_bytes() };
    let root = zeroize::Zeroizing::new(cipher.decrypt(&(*nonce).into(), payload).ok()?);
    Some(Secret::new(root.as_slice().try_into().ok()?))
}

impl aws_core::Engine for Engine {
    const NAME: &'static str = "kms";
    type Request = Request;
    type Response = Response;
    type Error = Error;
    type Event = Event;
    type Snapshot = Snapshot;
    type Secret = Seed;

    fn apply<S: Sink<Event>>(&mut self, cx: Cx<'_, S>, request: Request) -> Result<Response, Error> {
        request.perform(self, cx)
    }

    fn authz<S>(&self, cx: &Cx<'_, S>, request: &Request) -> Result<Vec<AuthzRequest>, Error> {
        request.needs(self, cx.caller)
    }

    fn advance<S: Sink<Event>>(&mut self, now: Timestamp, mut sink: S) {
        if now <= self.now {
            return;
        }
        self.now = now;
        while let Some((at, id)) = self.deadlines.first().cloned()
            && at <= now
        {
            self.deadlines.pop_first();
            let Some(key) = self.keys.get_mut(&id) else { continue };
            if key.facts.deletion.is_some() {
                self.delete(&id);
                sink.event(at, || Event { key: id.clone(), kind: EventKind::Deleted });
            } else {
                if key.rotate_if_due(at).is_some() {
                    sink.event(at, || Event { key: id.clone(), kind: EventKind::Rotated });
                }
                self.index(&id, None);
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    fn snapshot(&self, secret: &Seed) -> Snapshot {
        let keys = self.keys.values();
        let sealed = |key: &Key| {
            let root = seal_root(secret, &key.facts.id, key.root()).unwrap_or_default();
            (key.facts.clone(), root)
        };
        let saved = Saved {
            home: self.home.clone(),
            now: self.now,
            keys: keys.map(sealed).collect(),
            aliases: self.aliases.clone(),
        };
        Snapshot::take(Self::NAME, FORMAT, env!("CARGO_PKG_VERSION"), &saved)
    }

    fn restore(snapshot: Snapshot, secret: &Seed) -> Result<Self, SnapshotError> {
        let saved: Saved = snapshot.open(Self::NAME, FORMAT)?;
        let mut engine = Self::new(saved.home);
        engine.now = saved.now;
        for (facts, sealed) in saved.keys {
            let root = open_root(secret, &facts.id, sealed.as_ref());
            let root = root.ok_or(SnapshotError::Secret)?;
            let arn = engine.key_arn(&facts.id);
            engine.add(Key::new(arn.into(), facts, root));
        }
        engine.aliases = saved.aliases;
        aws_core::Engine::verify(&engine).map_err(SnapshotError::Invariant)?;
        Ok(engine)
    }

    fn verify(&self) -> Result<(), String> {
        let versions = self.keys.values().map(|key| key.facts.versions.len()).sum::<usize>();
        if versions != self.materials.len() {
            return Err("two keys share material".into());
        }
        for (id, key) in &self.keys {
            key.verify()?;
            if !is_key_id(id) || **id != *key.facts.id {
                return Err(format!("key {id} has another id"));
            }
            let next = key.next_deadline();
            if next.is_some_and(|next| next <= self.now || !self.deadlines.contains(&(next, id.clone()))) {
                return Err(format!("key {id} has a timer that nobody watches"));
            }
        }
        match self.aliases.iter().find(|(_, alias)| !self.keys.contains_key(&alias.key)) {
            Some((name, _)) => Err(format!("{name} names no key")),
            None => Ok(()),
        }
    }

    fn access_denied(message: &str) -> Error {
        Error::AccessDenied { message: Box::from(message) }
    }
}
