//! Encryption context: the pairs that an encryption is bound to.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// Key-value pairs that must be the same for encryption and decryption.
///
/// They are authenticated, not stored, and not secret. Case matters, order
/// does not, and none is the same as absent. `[KMS-7.1]`
pub type EncryptionContext = BTreeMap<String, String>;

/// The context as authenticated data: each key and value with its length
/// before it, in byte order of the keys, so that no two contexts give the
/// same bytes. `[KMS-7.2]`
///
/// ```
/// use kms_envelope::{EncryptionContext, canonical_context};
/// let one = EncryptionContext::from([("a".into(), "bc".into())]);
/// let other = EncryptionContext::from([("ab".into(), "c".into())]);
/// assert_ne!(canonical_context(&one), canonical_context(&other));
/// assert!(canonical_context(&EncryptionContext::new()).is_empty());
/// ```
#[must_use]
pub fn canonical_context(context: &EncryptionContext) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in context.iter().flat_map(|(key, value)| [key, value]) {
        bytes.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}
