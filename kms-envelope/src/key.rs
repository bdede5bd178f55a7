//! One key: its state, the versions of its material, its rotation.

use crate::Error;
use crate::ciphertext::MaterialId;
use crate::secret::{Secret, sha256};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// The kinds of key that the engine makes. `[KMS-1.3]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum KeySpec {
    /// AES-256-GCM.
    SymmetricDefault,
    /// An HMAC key.
    #[serde(rename = "HMAC_224")]
    Hmac224,
    /// An HMAC key.
    #[serde(rename = "HMAC_256")]
    Hmac256,
    /// An HMAC key.
    #[serde(rename = "HMAC_384")]
    Hmac384,
    /// An HMAC key.
    #[serde(rename = "HMAC_512")]
    Hmac512,
}

impl KeySpec {
    /// AWS's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SymmetricDefault => "SYMMETRIC_DEFAULT",
            Self::Hmac224 => "HMAC_224",
            Self::Hmac256 => "HMAC_256",
            Self::Hmac384 => "HMAC_384",
            Self::Hmac512 => "HMAC_512",
        }
    }

    /// What keys of this kind are for.
    #[must_use]
    pub fn usage(self) -> &'static str {
        match self {
            Self::SymmetricDefault => "ENCRYPT_DECRYPT",
            _ => "GENERATE_VERIFY_MAC",
        }
    }
}

/// Where a key stands; in each state it is described. `[KMS-3.1]`
/// `[KMS-4.18]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum KeyState {
    /// It can be used.
    Enabled,
    /// It cannot be used until it is enabled.
    Disabled,
    /// It cannot be used, and is deleted when its window is over.
    PendingDeletion,
}

/// Why material was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum RotationType {
    /// The rotation period was over.
    Automatic,
    /// Somebody asked for it.
    OnDemand,
}

/// One version of a key's material. The material itself comes from the key's
/// root, whenever it is needed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    pub(crate) id: MaterialId,
    /// `None` for the first one.
    pub(crate) rotated: Option<(Timestamp, RotationType)>,
}

/// Automatic rotation that is on. `[KMS-6.1]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    pub(crate) period_days: u32,
    pub(crate) next: Timestamp,
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    pub(crate) id: Arc<str>,
    pub(crate) created_at: Timestamp,
    pub(crate) description: String,
    pub(crate) spec: KeySpec,
    pub(crate) multi_region: bool,
    pub(crate) enabled: bool,
    pub(crate) deletion: Option<Timestamp>,
    pub(crate) policy: Arc<str>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) versions: Vec<Version>,
    pub(crate) rotation: Option<Rotation>,
    pub(crate) on_demand: u32,
}

/// A key.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) arn: Arc<str>,
    pub(crate) facts: Facts,
    root: Secret,
}

impl Key {
    pub(crate) fn new(arn: Arc<str>, facts: Facts, root: Secret) -> Self {
        Self { arn, facts, root }
    }

    pub(crate) fn root(&self) -> &Secret {
        &self.root
    }

    pub(crate) fn state(&self) -> KeyState {
        match (self.facts.deletion, self.facts.enabled) {
            (Some(_), _) => KeyState::PendingDeletion,
            (None, true) => KeyState::Enabled,
            (None, false) => KeyState::Disabled,
        }
    }

    fn boxed_arn(&self) -> Box<str> {
        Box::from(&*self.arn)
    }

    /// Refuses keys that are not enabled. `[KMS-3.3]`
    pub(crate) fn check_usable(&self) -> Result<(), Error> {
        match self.state() {
            KeyState::Enabled => Ok(()),
            KeyState::Disabled => Err(Error::Disabled { arn: self.boxed_arn() }),
            KeyState::PendingDeletion => Err(Error::PendingDeletion { arn: self.boxed_arn() }),
        }
    }

    /// Refuses keys that wait to be deleted. `[KMS-3.3]`
    pub(crate) fn check_not_pending(&self) -> Result<(), Error> {
        match self.state() {
            KeyState::PendingDeletion => Err(Error::PendingDeletion { arn: self.boxed_arn() }),
            _ => Ok(()),
        }
    }

    /// Refuses what keys of this usage cannot do. `[KMS-4.9]`
    pub(crate) fn check_usage(&self, usage: &str, operation: &'static &'static str) -> Result<(), Error> {
        let own = self.facts.spec.usage();
        if own == usage {
            return Ok(());
        }
        Err(Error::Usage { arn: self.boxed_arn(), usage: own, operation })
    }

    /// Whether its material can rotate by itself. `[KMS-6.1]`
    pub(crate) fn check_rotates(&self) -> Result<(), Error> {
        match self.facts.spec {
            KeySpec::SymmetricDefault => Ok(()),
            _ => Err(Error::Unsupported),
        }
    }

    /// The material with this number.
    fn material_at(&self, version: usize) -> Secret {
        self.root.derive(b"material", &u64::try_from(version).unwrap_or(u64::MAX).to_be_bytes())
    }

    /// The material with this id.
    pub(crate) fn material(&self, id: &MaterialId) -> Option<Secret> {
        let version = self.facts.versions.iter().position(|version| version.id == *id)?;
        Some(self.material_at(version))
    }

    /// The material that encrypts. `[KMS-6.3]`
    pub(crate) fn current(&self) -> Option<(MaterialId, Secret)> {
        let last = self.facts.versions.len().checked_sub(1)?;
        Some((self.facts.versions.get(last)?.id, self.material_at(last)))
    }

    /// Adds material; what was there before decrypts for ever. `[KMS-6.3]`
    pub(crate) fn add_material(&mut self, rotated: Option<(Timestamp, RotationType)>) -> MaterialId {
        let material = self.material_at(self.facts.versions.len());
        // [KMS-6.6] The same material in the same key has the same id.
        let id = sha256(&[b"material of ", self.facts.id.as_bytes(), material.expose()]);
        self.facts.versions.push(Version { id, rotated });
        id
    }

    /// When time does something to it.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let rotation = self.facts.rotation.filter(|_| self.state() == KeyState::Enabled);
        self.facts.deletion.or(rotation.map(|rotation| rotation.next))
    }

    /// Rotates if that is due, and says so. A key that could not rotate in
    /// time rotates once. `[KMS-6.1]`
    pub(crate) fn rotate_if_due(&mut self, now: Timestamp) -> Option<MaterialId> {
        let enabled = self.state() == KeyState::Enabled;
        let rotation = self.facts.rotation.as_mut().filter(|rotation| enabled && rotation.next <= now)?;
        let due = rotation.next;
        let period = Span::from_days(i64::from(rotation.period_days.max(1)));
        let missed = now.since(due).as_millis() / period.as_millis();
        rotation.next = due + Span::from_millis(period.as_millis().saturating_mul(missed + 1));
        Some(self.add_material(Some((now, RotationType::Automatic))))
    }

    /// Checks every invariant.
    pub(crate) fn verify(&self) -> Result<(), String> {
        if self.facts.versions.is_empty() {
            return Err(alloc::format!("key {} has no material", self.facts.id));
        }
        for (number, version) in self.facts.versions.iter().enumerate() {
            let material = self.material_at(number);
            if version.id != sha256(&[b"material of ", self.facts.id.as_bytes(), material.expose()]) {
                return Err(alloc::format!("key {} has material that is not its own", self.facts.id));
            }
        }
        let days = self.facts.rotation.map(|rotation| rotation.period_days);
        if days.is_some_and(|days| !(90..=2_560).contains(&days)) {
            return Err(alloc::format!("key {} rotates too often or too seldom", self.facts.id));
        }
        Ok(())
    }
}

/// 64 lower-case hexadecimal digits.
pub(crate) fn hex(id: &MaterialId) -> String {
    id.iter().fold(String::with_capacity(64), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
        text
    })
}

/// The policy that a key has if nobody gave it another, as KMS prints it.
/// `[KMS-9.1]`
pub(crate) fn default_policy(root_arn: &str) -> String {
    [
        "{\n  \"Version\" : \"2012-10-17\",\n  \"Id\" : \"key-default-1\",\n  \"Statement\" : [ {\n    \
         \"Sid\" : \"Enable IAM User Permissions\",\n    \"Effect\" : \"Allow\",\n    \"Principal\" : {\n      \
         \"AWS\" : \"",
        root_arn,
        "\"\n    },\n    \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  } ]\n}",
    ]
    .concat()
    .to_string()
}
