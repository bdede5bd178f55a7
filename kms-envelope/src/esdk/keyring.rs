//! Data keys, and wrapping them without KMS.

use super::header::print_pairs;
use super::suite::gcm;
use super::{EncryptedDataKey, EsdkError};
use crate::EncryptionContext;
use crate::secret::Secret;
use aes_gcm::aead::Payload;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::Seed;
use core::fmt;
use zeroize::Zeroizing;

/// A data key in clear. Wiped on drop; `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct DataKey(Zeroizing<Vec<u8>>);

impl DataKey {
    /// From its bytes, such as KMS's GenerateDataKey answers.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// 32 bytes made of a seed, which must be secret and used once.
    #[must_use]
    pub fn of_seed(seed: &Seed) -> Self {
        Self::new(*Secret::of_seed(seed, b"esdk data key").expose())
    }

    pub(super) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey([redacted])")
    }
}

/// An AES key that wraps data keys: the SDKs' raw AES keyring.
/// `[KMS-12.16]`
#[derive(Clone, PartialEq, Eq)]
pub struct RawAesKey {
    namespace: String,
    name: String,
    key: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for RawAesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawAesKey({:?}, {:?}, [redacted])", self.namespace, self.name)
    }
}

impl RawAesKey {
    /// A key of 16, 24 or 32 bytes under a name in a namespace.
    ///
    /// # Errors
    /// Another length, or a namespace that belongs to KMS.
    pub fn new(namespace: &str, name: &str, key: impl Into<Vec<u8>>) -> Result<Self, EsdkError> {
        let key = Zeroizing::new(key.into());
        if !matches!(key.len(), 16 | 24 | 32) {
            return Err(EsdkError::DataKeyLength { found: key.len(), expected: 32 });
        }
        if namespace.starts_with("aws-kms") {
            return Err(EsdkError::Malformed { at: 0, what: "a namespace that begins with aws-kms" });
        }
        Ok(Self { namespace: namespace.into(), name: name.into(), key })
    }

    /// Wraps a data key; `seed` gives the nonce.
    #[must_use]
    pub fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, seed: &Seed) -> EncryptedDataKey {
        let secret = Secret::of_seed(seed, b"raw aes iv");
        let iv: [u8; 12] = secret.expose().first_chunk().copied().unwrap_or_default();
        let payload = Payload { msg: data_key.expose(), aad: &aad(context) };
        let ciphertext = gcm(&self.key, &iv, payload, true).unwrap_or_default();
        EncryptedDataKey {
            provider_id: self.namespace.clone(),
            provider_info: [self.prefix().as_slice(), &iv].concat(),
            ciphertext,
        }
    }

    /// The data key, if this key wrapped it under this context.
    #[must_use]
    pub fn unwrap_key(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Option<DataKey> {
        let iv = edk.provider_info.strip_prefix(self.prefix().as_slice())?;
        if edk.provider_id != self.namespace {
            return None;
        }
        let payload = Payload { msg: &edk.ciphertext, aad: &aad(context) };
        gcm(&self.key, iv.try_into().ok()?, payload, false).map(DataKey::new)
    }

    /// Name, tag length in bits, IV length.
    fn prefix(&self) -> Vec<u8> {
        [self.name.as_bytes(), &128_u32.to_be_bytes(), &12_u32.to_be_bytes()].concat()
    }
}

/// The whole context, nothing if it is empty.
fn aad(context: &EncryptionContext) -> Vec<u8> {
    let mut bytes = Vec::new();
    if !context.is_empty() && print_pairs(context, &mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}
