//! CreateKey, DescribeKey, ListKeys, EnableKey, DisableKey,
//! ScheduleKeyDeletion, CancelKeyDeletion.

use super::{billed, need, policy};
use crate::engine::Target;
use crate::key::{Facts, Key, KeySpec, KeyState, default_policy, hex};
use crate::secret::Secret;
use crate::{
    CancelKeyDeletionRequest, CreateKeyRequest, DescribeKeyRequest, DisableKeyRequest, EnableKeyRequest,
    Engine, Error, Event, EventKind, KeyIdResult, KeyListEntry, KeyMetadata, KeyMetadataResult,
    ListKeysRequest, ListKeysResult, MultiRegionConfiguration, MultiRegionKey, ScheduleKeyDeletionRequest,
    ScheduleKeyDeletionResult, Tag, limits,
};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Home, Operation, SeedStream, Sink, Span, Violations};
use core::ops::Bound;

/// Every spec that AWS knows, in the order in which it lists them.
const SPECS: [&str; 20] = [
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
];
const USAGES: [&str; 5] =
    ["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"];
const ORIGINS: [&str; 4] = ["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"];

/// Usages that a spec can have. `[KMS-1.3]`
fn usages(spec: &str) -> &'static [&'static str] {
    match spec {
        "SYMMETRIC_DEFAULT" => &["ENCRYPT_DECRYPT"],
        spec if spec.starts_with("HMAC_") => &["GENERATE_VERIFY_MAC"],
        spec if spec.starts_with("RSA_") => &["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
        "ECC_SECG_P256K1" | "ECC_NIST_EDWARDS25519" => &["SIGN_VERIFY"],
        spec if spec.starts_with("ECC_NIST_") => &["SIGN_VERIFY", "KEY_AGREEMENT"],
        spec if spec.starts_with("ML_DSA_") => &["SIGN_VERIFY"],
        spec if spec.starts_with("ML_KEM_") => &["ENCAPSULATE_DECAPSULATE"],
        _ => &["ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT"],
    }
}

/// The spec of keys that this version makes.
fn modelled(spec: &str) -> Result<KeySpec, Error> {
    match spec {
        "SYMMETRIC_DEFAULT" => Ok(KeySpec::SymmetricDefault),
        "HMAC_224" => Ok(KeySpec::Hmac224),
        "HMAC_256" => Ok(KeySpec::Hmac256),
        "HMAC_384" => Ok(KeySpec::Hmac384),
        "HMAC_512" => Ok(KeySpec::Hmac512),
        other => Err(Error::NotModelled { what: format!("KeySpec {other}").into() }),
    }
}

/// Refuses tags that KMS does not take. `[KMS-1.7]`
fn check_tags(tags: &[Tag]) -> Result<BTreeMap<String, String>, Error> {
    let mut faults = Violations::new();
    for (index, tag) in (1..).zip(tags) {
        if tag.tag_key.is_empty() {
            faults.echoed(&format!("tags.{index}.member.tagKey"), "", Constraint::MinLength(1));
        }
        if tag.tag_key.chars().count() > 128 {
            faults.echoed(&format!("tags.{index}.member.tagKey"), &tag.tag_key, Constraint::MaxLength(128));
        }
        if tag.tag_value.chars().count() > 256 {
            let path = format!("tags.{index}.member.tagValue");
            faults.echoed(&path, &tag.tag_value, Constraint::MaxLength(256));
        }
    }
    faults.check().map_err(|list| Error::Constraints { list: list.into() })?;
    if tags.iter().any(|tag| tag.tag_key.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("aws:"))) {
        return Err(Error::ReservedTag);
    }
    if tags.len() > limits::TAGS_MAX.as_usize() {
        return Err(Error::TooManyTags);
    }
    let unique: BTreeMap<String, String> =
        tags.iter().map(|tag| (tag.tag_key.clone(), tag.tag_value.clone())).collect();
    if unique.len() == tags.len() { Ok(unique) } else { Err(Error::DuplicateTag) }
}

/// A fresh key id. `[KMS-2.1]`
fn key_id(random: &mut SeedStream, multi_region: bool) -> String {
    let uuid = random.uuid().to_string();
    if multi_region { format!("mrk-{}", uuid.replace('-', "")) } else { uuid }
}

/// What DescribeKey tells. `[KMS-1.1]` `[KMS-1.2]`
fn metadata(home: &Home, key: &Key) -> KeyMetadata {
    let facts = &key.facts;
    let (spec, state) = (facts.spec, key.state());
    let symmetric = spec == KeySpec::SymmetricDefault;
    let itself = || MultiRegionKey { arn: key.arn.to_string(), region: home.region.to_string() };
    KeyMetadata {
        aws_account_id: home.account.to_string(),
        key_id: facts.id.to_string(),
        arn: key.arn.to_string(),
        creation_date: facts.created_at,
        enabled: state == KeyState::Enabled,
        description: facts.description.clone(),
        key_usage: spec.usage().into(),
        key_state: state,
        deletion_date: facts.deletion,
        origin: "AWS_KMS".into(),
        key_manager: "CUSTOMER".into(),
        customer_master_key_spec: spec.name().into(),
        key_spec: spec.name().into(),
        encryption_algorithms: symmetric.then(|| "SYMMETRIC_DEFAULT".into()).into_iter().collect(),
        mac_algorithms: match spec {
            KeySpec::SymmetricDefault => Vec::new(),
            mac => Vec::from([mac.name().replace("HMAC_", "HMAC_SHA_")]),
        },
        multi_region: facts.multi_region,
        multi_region_configuration: facts.multi_region.then(|| MultiRegionConfiguration {
            multi_region_key_type: "PRIMARY".into(),
            primary_key: itself(),
            replica_keys: Vec::new(),
        }),
        current_key_material_id: facts.versions.last().filter(|_| symmetric).map(|version| hex(&version.id)),
    }
}

impl Operation<Engine> for CreateKeyRequest {
    type Output = KeyMetadataResult;
    type Target = KeySpec;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<KeySpec, Error> {
        let mut faults = Violations::new();
        let mut named = |path: &str, given: &Option<String>, known: &[&str]| {
            if let Some(given) = given.as_deref().filter(|given| !known.contains(given)) {
                faults.echoed(path, given, Constraint::Enum(known));
            }
        };
        named("keyUsage", &self.key_usage, &USAGES);
        named("keySpec", &self.key_spec, &SPECS);
        named("origin", &self.origin, &ORIGINS);
        if let Some(description) = self.description.as_ref().filter(|text| text.chars().count() > 8_192) {
            faults.echoed("description", description, Constraint::MaxLength(8_192));
        }
        faults.check().map_err(|list| Error::Constraints { list: list.into() })?;
        // [KMS-1.4]
        let spec = self.key_spec.as_deref().unwrap_or("SYMMETRIC_DEFAULT");
        match self.key_usage.as_deref() {
            None if spec != "SYMMETRIC_DEFAULT" => return Err(Error::NoUsage),
            Some(usage) if !usages(spec).contains(&usage) => {
                return Err(Error::UsageOfSpec { usage: usage.into(), spec: spec.into() });
            }
            _ => {}
        }
        check_tags(&self.tags)?;
        if let Some(origin) = self.origin.as_deref().filter(|origin| *origin != "AWS_KMS") {
            return Err(Error::NotModelled { what: format!("Origin {origin}").into() });
        }
        modelled(spec)
    }

    fn needs(&self, engine: &Engine, spec: &KeySpec, caller: &Caller) -> Vec<AuthzRequest> {
        let any = engine.key_arn("*");
        let mut request = AuthzRequest::new("kms:CreateKey", any.as_str())
            .with_context("kms:KeySpec", [spec.name()])
            .with_context("kms:KeyUsage", [spec.usage()])
            .with_context("kms:KeyOrigin", ["AWS_KMS"])
            .with_context("kms:MultiRegion", [self.multi_region.unwrap_or_default().to_string()]);
        if let Some(account) = caller.account() {
            request = request.with_context("kms:CallerAccount", [account.to_string()]);
        }
        if !self.tags.is_empty() {
            request = request.with_context("aws:TagKeys", self.tags.iter().map(|tag| tag.tag_key.as_str()));
        }
        for tag in &self.tags {
            request =
                request.with_context(format!("aws:RequestTag/{}", tag.tag_key), [tag.tag_value.as_str()]);
        }
        Vec::from([request])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        spec: KeySpec,
        mut cx: Cx<'_, S>,
    ) -> Result<KeyMetadataResult, Error> {
        cx.sink.usage(billed());
        let home = engine.home().clone();
        let policy = match self.policy {
            Some(policy) => {
                policy::check(&policy)?;
                policy
            }
            None => default_policy(&format!("arn:{}:iam::{}:root", home.partition(), home.account)),
        };
        let multi_region = self.multi_region.unwrap_or_default();
        let mut random = cx.seed.expand(b"key id");
        let mut id = key_id(&mut random, multi_region);
        while engine.keys.contains_key(id.as_str()) {
            id = key_id(&mut random, multi_region);
        }
        let facts = Facts {
            id: id.as_str().into(),
            created_at: cx.now,
            description: self.description.unwrap_or_default(),
            spec,
            multi_region,
            enabled: true,
            deletion: None,
            policy: policy.into(),
            tags: check_tags(&self.tags)?,
            versions: Vec::new(),
            rotation: None,
            on_demand: 0,
        };
        // Bound to the id, so that two keys made under one seed differ.
        let root = Secret::of_seed(&cx.seed, b"key").derive(b"root", id.as_bytes());
        let mut key = Key::new(engine.key_arn(&id).into(), facts, root);
        key.add_material(None);
        let key_metadata = metadata(&home, &key);
        cx.sink.event(cx.now, || Event { key: key.facts.id.clone(), kind: EventKind::Created });
        engine.add(key);
        Ok(KeyMetadataResult { key_metadata })
    }
}

impl Operation<Engine> for DescribeKeyRequest {
    type Output = KeyMetadataResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.0.key_id, true, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "DescribeKey", None)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<KeyMetadataResult, Error> {
        cx.sink.usage(billed());
        Ok(KeyMetadataResult { key_metadata: metadata(engine.home(), engine.key(&target.key)?) })
    }
}

/// EnableKey and DisableKey: idempotent, but not while pending deletion.
fn set_enabled<S: Sink<Event>>(
    engine: &mut Engine,
    target: &Target,
    enabled: bool,
    mut cx: Cx<'_, S>,
) -> Result<(), Error> {
    cx.sink.usage(billed());
    engine.change(&target.key, &mut cx.sink, |key| {
        key.check_not_pending()?;
        key.facts.enabled = enabled;
        Ok(())
    })
}

impl Operation<Engine> for EnableKeyRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.0.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "EnableKey", None)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        set_enabled(engine, &target, true, cx)
    }
}

impl Operation<Engine> for DisableKeyRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.0.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "DisableKey", None)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        set_enabled(engine, &target, false, cx)
    }
}

impl Operation<Engine> for ScheduleKeyDeletionRequest {
    type Output = ScheduleKeyDeletionResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        let days = self.pending_window_in_days.unwrap_or(30);
        let mut faults = Violations::new();
        if days < 1 {
            faults.echoed("pendingWindowInDays", days, Constraint::MinValue(1));
        } else if days > 365 {
            faults.echoed("pendingWindowInDays", days, Constraint::MaxValue(365));
        }
        faults.check().map_err(|list| Error::Constraints { list: list.into() })?;
        // [KMS-4.17]
        if !(7..=30).contains(&days) {
            return Err(Error::Window);
        }
        engine.find(&self.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        let days = self.pending_window_in_days.unwrap_or(30).to_string();
        let need = need::on_key(engine, target, caller, "ScheduleKeyDeletion", None);
        Vec::from([need.with_context("kms:ScheduleKeyDeletionPendingWindowInDays", [days])])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<ScheduleKeyDeletionResult, Error> {
        cx.sink.usage(billed());
        let days = self.pending_window_in_days.unwrap_or(30);
        let deletion_date = cx.now + Span::from_days(days);
        engine.change(&target.key, &mut cx.sink, |key| {
            key.check_not_pending()?;
            key.facts.deletion = Some(deletion_date);
            Ok(ScheduleKeyDeletionResult {
                key_id: key.arn.to_string(),
                deletion_date,
                key_state: key.state(),
                pending_window_in_days: days,
            })
        })
    }
}

impl Operation<Engine> for CancelKeyDeletionRequest {
    type Output = KeyIdResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.0.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "CancelKeyDeletion", None)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<KeyIdResult, Error> {
        cx.sink.usage(billed());
        engine.change(&target.key, &mut cx.sink, |key| {
            if key.facts.deletion.take().is_none() {
                return Err(Error::NotPendingDeletion { arn: (&*key.arn).into() });
            }
            // [KMS-3.2] Never back to Enabled.
            key.facts.enabled = false;
            Ok(KeyIdResult { key_id: key.arn.to_string() })
        })
    }
}

impl Operation<Engine> for ListKeysRequest {
    type Output = ListKeysResult;
    type Target = usize;

    /// [KMS-2.6]
    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<usize, Error> {
        let limit = self.limit.unwrap_or(100);
        let mut faults = Violations::new();
        if limit < 1 {
            faults.echoed("limit", limit, Constraint::MinValue(1));
        } else if limit > 1_000 {
            faults.echoed("limit", limit, Constraint::MaxValue(1_000));
        }
        faults.check().map_err(|list| Error::Constraints { list: list.into() })?;
        Ok(usize::try_from(limit).unwrap_or_default())
    }

    fn needs(&self, _engine: &Engine, _limit: &usize, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("kms:ListKeys", "*")])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        limit: usize,
        mut cx: Cx<'_, S>,
    ) -> Result<ListKeysResult, Error> {
        cx.sink.usage(billed());
        let from = self.marker.unwrap_or_default();
        let mut rest = engine.keys.range::<str, _>((Bound::Included(from.as_str()), Bound::Unbounded));
        let entry =
            |key: &Key| KeyListEntry { key_id: key.facts.id.to_string(), key_arn: key.arn.to_string() };
        let keys = rest.by_ref().take(limit).map(|(_, key)| entry(key)).collect();
        let next_marker = rest.next().map(|(id, _)| String::from(&**id));
        Ok(ListKeysResult { keys, truncated: next_marker.is_some(), next_marker })
    }
}
