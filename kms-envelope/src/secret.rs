//! Key material: what is wiped, never printed and never stored in clear.

use aws_core::Seed;
use core::fmt;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// 256 bits of key material. Wiped on drop; `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// What a call's seed gives for one purpose.
    pub(crate) fn of_seed(seed: &Seed, purpose: &[u8]) -> Self {
        Self::new(hmac(seed.expose_secret(), &[b"kms-envelope ", purpose]))
    }

    /// A further secret: SP 800-108 in counter mode with HMAC-SHA-256, one
    /// block. `[KMS-11.1]`
    pub(crate) fn derive(&self, label: &[u8], context: &[u8]) -> Self {
        Self::new(hmac(&*self.0, &[&1_u32.to_be_bytes(), label, &[0], context, &256_u32.to_be_bytes()]))
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// HMAC-SHA-256 over the parts one after the other.
pub(crate) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// SHA-256 over the parts one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
