//! The AWS Encryption SDK's message format: envelope encryption that any of
//! AWS's SDKs reads.
//!
//! A message is a header, its authentication, framed or unframed body and,
//! for signed suites, a footer. Here are all algorithm suites without a
//! signature; signed ones are recognised and refused with
//! [`EsdkError::Signed`]. Written are messages of the committed suite
//! [`Suite::COMMITTED`], framed.
//!
//! Data keys come wrapped in the header by any number of wrapping keys. The
//! caller wraps and unwraps: with the KMS engine, or with a [`RawAesKey`].
//!
//! ```
//! use aws_core::Seed;
//! use kms_envelope::EncryptionContext;
//! use kms_envelope::esdk::{self, DataKey, RawAesKey};
//!
//! let wrapping = RawAesKey::new("example", "wrapping-key-1", [7; 32])?;
//! let context = EncryptionContext::from([("order".into(), "10248".into())]);
//! let data_key = DataKey::of_seed(&Seed::counter(1));
//! let wrapped = wrapping.wrap(&data_key, &context, &Seed::counter(2));
//!
//! let message = esdk::encrypt(b"secret", &data_key, vec![wrapped], &context, &Seed::counter(3))?;
//! let opened = esdk::decrypt(&message, &EncryptionContext::new(), |edk, context| wrapping.unwrap_key(edk, context))?;
//! assert_eq!(opened.plaintext, b"secret");
//! assert_eq!(opened.context, context);
//! # Ok::<(), kms_envelope::esdk::EsdkError>(())
//! ```

mod body;
mod header;
mod keyring;
mod suite;

pub use header::{EncryptedDataKey, Header};
pub use keyring::{DataKey, RawAesKey};
pub use suite::Suite;

use crate::EncryptionContext;
use crate::secret::Secret;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::Seed;

/// Why a message cannot be written or read. One variant for each row of what
/// the reference implementation tells apart. `[KMS-12.24]`
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EsdkError {
    /// The text is a message in base64.
    #[error("the message is base64 text; decode it first")]
    Base64,
    /// Another version byte.
    #[error("the message has version {0}; expected 1 or 2")]
    Version(u8),
    /// No suite has this number.
    #[error("the message has algorithm suite {0:#06x}, which does not exist")]
    UnknownSuite(u16),
    /// A suite with a signature.
    #[error("the message has algorithm suite {0:#06x}, whose signatures are not modelled yet")]
    Signed(u16),
    /// A field that cannot have the value it has.
    #[error("the message is malformed at byte {at}: {what}")]
    Malformed {
        /// Where, from the message's beginning.
        at: usize,
        /// What was found and what would be right.
        what: &'static str,
    },
    /// The message ends too early.
    #[error("the message ends at byte {at} where more was expected")]
    Truncated {
        /// Its length.
        at: usize,
    },
    /// Bytes after the message.
    #[error("{0} bytes follow the message")]
    Trailing(usize),
    /// No wrapped data key could be unwrapped.
    #[error("none of the {0} encrypted data keys could be unwrapped")]
    NoDataKey(usize),
    /// A data key of another length than the suite's.
    #[error("the data key has {found} bytes; the suite's have {expected}")]
    DataKeyLength {
        /// What it has.
        found: usize,
        /// What it should have.
        expected: usize,
    },
    /// The data key is not the one that the message commits to.
    #[error("key commitment validation failed")]
    Commitment,
    /// The header was changed, or the data key is another message's.
    #[error("header authentication failed")]
    HeaderAuthentication,
    /// A frame was changed.
    #[error("authentication of frame {0} failed")]
    FrameAuthentication(u32),
    /// A frame that is not the next one.
    #[error("frame {found} where frame {expected} was expected")]
    FrameOrder {
        /// Its number.
        found: u32,
        /// The number expected.
        expected: u32,
    },
    /// A context key that only the format itself may use.
    #[error("encryption context keys may not begin with `aws-crypto-`: {0}")]
    ReservedContextKey(String),
    /// A context that contradicts the message's.
    #[error("the encryption context has another value for {0} than the message")]
    ContextMismatch(String),
    /// Something is too long for its field.
    #[error("{what} is too long: {length} bytes, at most {max}")]
    TooLong {
        /// What.
        what: &'static str,
        /// How long.
        length: usize,
        /// How long it can be.
        max: usize,
    },
}

/// A message that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened {
    /// What was encrypted.
    pub plaintext: Vec<u8>,
    /// What it was bound to, reproduced pairs included.
    pub context: EncryptionContext,
    /// How it was encrypted.
    pub suite: Suite,
}

/// Bytes of a frame, as every SDK has it by default. `[KMS-12.13]`
pub const FRAME_LENGTH: u32 = 4_096;

/// Writes a message of the committed suite without a signature, in frames of
/// [`FRAME_LENGTH`].
///
/// `context` has to be what the data keys were wrapped with; `seed` gives the
/// message id and must never be used twice with one data key.
///
/// # Errors
/// A reserved context key, a data key that is not 32 bytes long, or a field
/// that is too long.
pub fn encrypt(
    plaintext: &[u8],
    data_key: &DataKey,
    data_keys: Vec<EncryptedDataKey>,
    context: &EncryptionContext,
    seed: &Seed,
) -> Result<Vec<u8>, EsdkError> {
    // [KMS-12.14]
    if let Some(key) = context.keys().find(|key| key.starts_with("aws-crypto-")) {
        return Err(EsdkError::ReservedContextKey(key.clone()));
    }
    let suite = Suite::COMMITTED;
    if data_key.expose().len() != suite.key_length() {
        return Err(EsdkError::DataKeyLength {
            found: data_key.expose().len(),
            expected: suite.key_length(),
        });
    }
    let message_id = Secret::of_seed(seed, b"message id").expose().to_vec();
    let derived = suite.derive(data_key.expose(), &message_id);
    let header = Header {
        suite,
        message_id,
        context: context.clone(),
        data_keys,
        frame_length: Some(FRAME_LENGTH),
        commitment: derived.commitment.clone(),
    };
    let mut message = header.print()?;
    let tag = suite.tag(&derived.key, &[0; 12], &message);
    message.extend(tag);
    body::write(&mut message, &header, &derived.key, plaintext, FRAME_LENGTH)?;
    Ok(message)
}

/// Reads a whole message, all or nothing. `[KMS-12.1]`
///
/// `unwrap` is asked for each wrapped data key in the message's order, with
/// the whole context, until it gives one. `reproduced` are pairs that the
/// caller knows: those that are in the header must be equal, the others are
/// taken as left out of it and are authenticated all the same. `[KMS-13.9]`
/// Messages that one release wrote without these rules are refused.
/// `[KMS-12.23]`
///
/// # Errors
/// Whatever is wrong with the message; nothing of the plaintext is released.
pub fn decrypt(
    message: &[u8],
    reproduced: &EncryptionContext,
    mut unwrap: impl FnMut(&EncryptedDataKey, &EncryptionContext) -> Option<DataKey>,
) -> Result<Opened, EsdkError> {
    let (header, header_length, authentication) = Header::read(message)?;
    let mut context = header.context.clone();
    let mut only_reproduced = EncryptionContext::new();
    for (key, value) in reproduced {
        match header.context.get(key) {
            Some(stored) if stored == value => {}
            Some(_) => return Err(EsdkError::ContextMismatch(key.clone())),
            None => {
                only_reproduced.insert(key.clone(), value.clone());
                context.insert(key.clone(), value.clone());
            }
        }
    }
    let data_key = header
        .data_keys
        .iter()
        .find_map(|edk| unwrap(edk, &context))
        .ok_or(EsdkError::NoDataKey(header.data_keys.len()))?;
    let (found, expected) = (data_key.expose().len(), header.suite.key_length());
    if found != expected {
        return Err(EsdkError::DataKeyLength { found, expected });
    }
    let derived = header.suite.derive(data_key.expose(), &header.message_id);
    // [KMS-12.20] Before anything else uses the key.
    if !same(&derived.commitment, &header.commitment) {
        return Err(EsdkError::Commitment);
    }
    let mut aad = message.get(..header_length).unwrap_or_default().to_vec();
    // [KMS-12.8] Nothing at all where nothing is only reproduced.
    if !only_reproduced.is_empty() {
        header::print_pairs(&only_reproduced, &mut aad)?;
    }
    if !same(&header.suite.tag(&derived.key, &authentication.iv, &aad), &authentication.tag) {
        return Err(EsdkError::HeaderAuthentication);
    }
    let at = header_length + authentication.length;
    let (plaintext, end) = body::read(message, at, &header, &derived.key)?;
    match message.len() - end {
        0 => Ok(Opened { plaintext, context, suite: header.suite }),
        trailing => Err(EsdkError::Trailing(trailing)),
    }
}

/// Compares without telling by its time where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (one, other)| all | (one ^ other)) == 0
}
