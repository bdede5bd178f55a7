//! Algorithm suites: which key, which derivation, which commitment.

use crate::secret::hmac;
use aes_gcm::aead::array::typenum::U12;
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{AesGcm, KeyInit as _, aes};
use alloc::vec::Vec;
use hmac::{Hmac, Mac as _};
use sha2::{Sha384, Sha512};
use zeroize::Zeroizing;

/// An algorithm suite. `[KMS-12.6]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suite {
    id: u16,
    key_length: usize,
    derivation: Derivation,
    committed: bool,
    signed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Derivation {
    None,
    Sha256,
    Sha384,
    Sha512,
}

const fn suite(id: u16, bits: usize, derivation: Derivation, committed: bool, signed: bool) -> Suite {
    Suite { id, key_length: bits / 8, derivation, committed, signed }
}

/// Every suite of the format.
const SUITES: [Suite; 11] = [
    suite(0x0014, 128, Derivation::None, false, false),
    suite(0x0046, 192, Derivation::None, false, false),
    suite(0x0078, 256, Derivation::None, false, false),
    suite(0x0114, 128, Derivation::Sha256, false, false),
    suite(0x0146, 192, Derivation::Sha256, false, false),
    suite(0x0178, 256, Derivation::Sha256, false, false),
    suite(0x0214, 128, Derivation::Sha256, false, true),
    suite(0x0346, 192, Derivation::Sha384, false, true),
    suite(0x0378, 256, Derivation::Sha384, false, true),
    Suite::COMMITTED,
    suite(0x0578, 256, Derivation::Sha512, true, true),
];

/// What a data key gives for one message.
pub(super) struct Derived {
    pub(super) key: Zeroizing<Vec<u8>>,
    /// Empty without commitment.
    pub(super) commitment: Vec<u8>,
}

impl Suite {
    /// `AES_256_GCM_HKDF_SHA512_COMMIT_KEY`: committed, not signed.
    pub const COMMITTED: Self = suite(0x0478, 256, Derivation::Sha512, true, false);

    /// The suite with this number.
    ///
    /// ```
    /// use kms_envelope::esdk::Suite;
    /// assert_eq!(Suite::from_id(0x0478), Some(Suite::COMMITTED));
    /// assert_eq!(Suite::from_id(0x0579), None);
    /// ```
    #[must_use]
    pub fn from_id(id: u16) -> Option<Self> {
        SUITES.into_iter().find(|suite| suite.id == id)
    }

    /// Its number.
    #[must_use]
    pub const fn id(self) -> u16 {
        self.id
    }

    /// Bytes of its data keys.
    #[must_use]
    pub const fn key_length(self) -> usize {
        self.key_length
    }

    /// Whether a message commits to its data key; such messages are of
    /// version 2.
    #[must_use]
    pub const fn is_committed(self) -> bool {
        self.committed
    }

    /// Whether a signature follows the body.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        self.signed
    }

    /// The message's key, and what it commits to. `[KMS-12.7]`
    pub(super) fn derive(self, data_key: &[u8], message_id: &[u8]) -> Derived {
        let id = self.id.to_be_bytes();
        if self.committed {
            let key = self.hkdf(message_id, data_key, &[&id, b"DERIVEKEY"], 32);
            let commitment = self.hkdf(message_id, data_key, &[b"COMMITKEY"], 32);
            return Derived { key, commitment: commitment.to_vec() };
        }
        let key = match self.derivation {
            Derivation::None => Zeroizing::new(data_key.to_vec()),
            _ => self.hkdf(&[], data_key, &[&id, message_id], self.key_length),
        };
        Derived { key, commitment: Vec::new() }
    }

    /// HKDF, RFC 5869. One block is always enough: no suite wants more bytes
    /// than its hash has.
    fn hkdf(self, salt: &[u8], secret: &[u8], info: &[&[u8]], length: usize) -> Zeroizing<Vec<u8>> {
        let parts: Vec<&[u8]> = info.iter().copied().chain([&[1_u8][..]]).collect();
        macro_rules! with {
            ($Hash:ty) => {{
                let mac = |key: &[u8], parts: &[&[u8]]| {
                    let mut mac = Hmac::<$Hash>::new_from_slice(key).ok()?;
                    parts.iter().for_each(|part| mac.update(part));
                    Some(Zeroizing::new(mac.finalize().into_bytes().to_vec()))
                };
                mac(salt, &[secret]).and_then(|extracted| mac(&extracted, &parts)).unwrap_or_default()
            }};
        }
        let mut bytes = match self.derivation {
            Derivation::None => Zeroizing::new(Vec::new()),
            Derivation::Sha256 => Zeroizing::new(hmac(&hmac(salt, &[secret]), &parts).to_vec()),
            Derivation::Sha384 => with!(Sha384),
            Derivation::Sha512 => with!(Sha512),
        };
        bytes.truncate(length);
        bytes
    }

    /// The tag over data that is only authenticated.
    pub(super) fn tag(self, key: &[u8], iv: &[u8; 12], aad: &[u8]) -> Vec<u8> {
        self.seal(key, iv, aad, &[]).unwrap_or_default()
    }

    /// Ciphertext and tag.
    pub(super) fn seal(self, key: &[u8], iv: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
        gcm(key, iv, Payload { msg: plaintext, aad }, true)
    }

    /// The plaintext, if the tag fits.
    pub(super) fn open(self, key: &[u8], iv: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        gcm(key, iv, Payload { msg: sealed, aad }, false)
    }
}

/// AES-GCM with a key of any of its three lengths.
pub(super) fn gcm(key: &[u8], iv: &[u8; 12], payload: Payload<'_, '_>, seal: bool) -> Option<Vec<u8>> {
    macro_rules! with {
        ($Aes:ty) => {{
            let cipher = AesGcm::<$Aes, U12>::new_from_slice(key).ok()?;
            let nonce = (*iv).into();
            if seal { cipher.encrypt(&nonce, payload) } else { cipher.decrypt(&nonce, payload) }.ok()
        }};
    }
    match key.len() {
        16 => with!(aes::Aes128),
        24 => with!(aes::Aes192),
        32 => with!(aes::Aes256),
        _ => None,
    }
}
