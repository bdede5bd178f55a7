//! The blob that symmetric encryption answers.
//!
//! AWS's blobs are opaque; this layout is ours. It begins as AWS's do and
//! names the material, so that a blob decrypts after rotation and without a
//! key id:
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 5 | `01 02 02 00 78`, as Encrypt's blobs begin |
//! | 5 | 32 | the material's id |
//! | 37 | 16 | nonce of the key derivation |
//! | 53 | 12 | nonce of AES-256-GCM |
//! | 65 | n + 16 | ciphertext and tag |
//!
//! Each blob has a key of its own, derived from the material and the first
//! nonce. Everything before the ciphertext, and the encryption context, is
//! authenticated. `[KMS-11.1]` `[KMS-11.4]`

use crate::secret::Secret;
use crate::{EncryptionContext, canonical_context};
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use alloc::vec::Vec;
use aws_core::{Blob, SeedStream};
use zeroize::Zeroizing;

const MARK: [u8; 5] = [1, 2, 2, 0, 0x78];
const LABEL: &[u8] = b"kms-envelope symmetric";

/// Names a version of a key's material.
pub(crate) type MaterialId = [u8; 32];

/// A blob taken apart; what it says is not yet believed.
pub(crate) struct Ciphertext<'b> {
    pub(crate) material: MaterialId,
    header: &'b [u8],
    derivation: [u8; 16],
    nonce: [u8; 12],
    sealed: &'b [u8],
}

impl<'b> Ciphertext<'b> {
    /// `None` if it is no blob at all.
    pub(crate) fn parse(blob: &'b [u8]) -> Option<Self> {
        let (mark, rest) = blob.split_first_chunk::<5>()?;
        let (material, rest) = rest.split_first_chunk::<32>()?;
        let (derivation, rest) = rest.split_first_chunk::<16>()?;
        let (nonce, sealed) = rest.split_first_chunk::<12>()?;
        let header = blob.get(..blob.len() - sealed.len())?;
        (*mark == MARK && sealed.len() >= 16).then_some(Self {
            material: *material,
            header,
            derivation: *derivation,
            nonce: *nonce,
            sealed,
        })
    }

    /// The plaintext, if material, context and blob belong together.
    pub(crate) fn open(&self, material: &Secret, context: &EncryptionContext) -> Option<Zeroizing<Vec<u8>>> {
        let aad = [self.header, &canonical_context(context)].concat();
        let cipher = cipher(material, &self.derivation)?;
        let payload = Payload { msg: self.sealed, aad: &aad };
        cipher.decrypt(&self.nonce.into(), payload).ok().map(Zeroizing::new)
    }
}

/// Encrypts under a material.
pub(crate) fn seal(
    id: MaterialId,
    material: &Secret,
    context: &EncryptionContext,
    plaintext: &[u8],
    random: &mut SeedStream,
) -> Option<Blob> {
    let (derivation, nonce) = (random.bytes::<16>(), random.bytes::<12>());
    let mut blob = [&MARK[..], &id, &derivation, &nonce].concat();
    let aad = [blob.as_slice(), &canonical_context(context)].concat();
    let payload = Payload { msg: plaintext, aad: &aad };
    blob.extend(cipher(material, &derivation)?.encrypt(&nonce.into(), payload).ok()?);
    Some(Blob::from(blob))
}

fn cipher(material: &Secret, derivation: &[u8]) -> Option<Aes256Gcm> {
    Aes256Gcm::new_from_slice(material.derive(LABEL, derivation).expose()).ok()
}
