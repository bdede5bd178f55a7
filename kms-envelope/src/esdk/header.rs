//! The header: suite, message id, context, wrapped data keys.

use super::{EsdkError, Suite};
use crate::EncryptionContext;
use alloc::string::String;
use alloc::vec::Vec;

/// A data key that one wrapping key wrapped. `[KMS-12.5]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedDataKey {
    /// Who wrapped it: `aws-kms`, or a namespace.
    pub provider_id: String,
    /// Under which key: a key ARN, or a name with parameters.
    pub provider_info: Vec<u8>,
    /// The wrapped key.
    pub ciphertext: Vec<u8>,
}

impl EncryptedDataKey {
    /// One that KMS wrapped. `[KMS-12.18]`
    ///
    /// ```
    /// use kms_envelope::esdk::EncryptedDataKey;
    /// let edk = EncryptedDataKey::kms("arn:aws:kms:us-east-1:111122223333:key/1", vec![1, 2]);
    /// assert_eq!(edk.provider_id, "aws-kms");
    /// ```
    #[must_use]
    pub fn kms(key_arn: &str, ciphertext: impl Into<Vec<u8>>) -> Self {
        Self {
            provider_id: "aws-kms".into(),
            provider_info: key_arn.as_bytes().to_vec(),
            ciphertext: ciphertext.into(),
        }
    }
}

/// A message's header. Its context and data keys are what the message says;
/// only [`decrypt`](super::decrypt) proves them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// How the message is encrypted.
    pub suite: Suite,
    /// 16 bytes in version 1, 32 in version 2.
    pub message_id: Vec<u8>,
    /// The pairs that are stored.
    pub context: EncryptionContext,
    /// At least one.
    pub data_keys: Vec<EncryptedDataKey>,
    /// Bytes of a frame; `None` for a body in one piece.
    pub frame_length: Option<u32>,
    /// What the message commits to; empty without commitment.
    pub commitment: Vec<u8>,
}

/// What follows the header and proves it.
pub(super) struct Authentication {
    pub(super) iv: [u8; 12],
    pub(super) tag: Vec<u8>,
    /// How many bytes it takes.
    pub(super) length: usize,
}

/// Reads big-endian fields one after the other.
pub(super) struct Reader<'m> {
    message: &'m [u8],
    pub(super) at: usize,
}

impl<'m> Reader<'m> {
    pub(super) fn new(message: &'m [u8], at: usize) -> Self {
        Self { message, at }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'m [u8], EsdkError> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.message.get(self.at..end));
        let taken = taken.ok_or(EsdkError::Truncated { at: self.message.len() })?;
        self.at += length;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], EsdkError> {
        self.take(N)?.try_into().map_err(|_| EsdkError::Truncated { at: self.at })
    }

    pub(super) fn u16(&mut self) -> Result<u16, EsdkError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, EsdkError> {
        self.array().map(u32::from_be_bytes)
    }

    fn sized(&mut self) -> Result<&'m [u8], EsdkError> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }

    fn text(&mut self) -> Result<String, EsdkError> {
        let at = self.at;
        let bytes = self.sized()?;
        String::from_utf8(bytes.to_vec())
            .map_err(|_| EsdkError::Malformed { at, what: "a text that is not UTF-8" })
    }
}

impl Header {
    /// Reads a message's header without proving it: who wrapped its data key,
    /// and under which context.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(message: &[u8]) -> Result<Self, EsdkError> {
        Self::read(message).map(|(header, ..)| header)
    }

    /// The header, its length and what proves it. `[KMS-12.2]` `[KMS-12.3]`
    pub(super) fn read(message: &[u8]) -> Result<(Self, usize, Authentication), EsdkError> {
        // [KMS-12.22]
        if message.starts_with(b"AYA") || message.starts_with(b"AgR4") || message.starts_with(b"AgV4") {
            return Err(EsdkError::Base64);
        }
        let mut reader = Reader::new(message, 0);
        let [version] = reader.array()?;
        if !matches!(version, 1 | 2) {
            return Err(EsdkError::Version(version));
        }
        if version == 1 && reader.array()? != [0x80] {
            return Err(EsdkError::Malformed { at: 1, what: "another type than 0x80" });
        }
        let suite_at = reader.at;
        let id = reader.u16()?;
        let suite = Suite::from_id(id).ok_or(EsdkError::UnknownSuite(id))?;
        if suite.is_signed() {
            return Err(EsdkError::Signed(id));
        }
        if suite.is_committed() != (version == 2) {
            let what = "an algorithm suite of the other message version";
            return Err(EsdkError::Malformed { at: suite_at, what });
        }
        let message_id = reader.take(if version == 1 { 16 } else { 32 })?.to_vec();
        let context = read_context(&mut reader)?;
        let data_keys = read_data_keys(&mut reader)?;
        let content_at = reader.at;
        let [content] = reader.array()?;
        let mut iv_length = 12;
        if version == 1 {
            if reader.u32()? != 0 {
                return Err(EsdkError::Malformed {
                    at: content_at + 1,
                    what: "a reserved field that is not zero",
                });
            }
            [iv_length] = reader.array()?;
        }
        if iv_length != 12 {
            return Err(EsdkError::Malformed { at: reader.at - 1, what: "an IV length other than 12" });
        }
        let frame_length = match (content, reader.u32()?) {
            (1, 0) => None,
            (2, length) if length > 0 => Some(length),
            (1 | 2, _) => {
                let what = "a frame length that does not go with the content type";
                return Err(EsdkError::Malformed { at: reader.at - 4, what });
            }
            _ => {
                return Err(EsdkError::Malformed {
                    at: content_at,
                    what: "a content type other than 1 or 2",
                });
            }
        };
        let commitment = if version == 2 { reader.take(32)?.to_vec() } else { Vec::new() };
        let length = reader.at;
        let iv = if version == 1 { reader.array()? } else { [0; 12] };
        let tag = reader.take(16)?.to_vec();
        let authentication = Authentication { iv, tag, length: reader.at - length };
        let header = Self { suite, message_id, context, data_keys, frame_length, commitment };
        Ok((header, length, authentication))
    }

    /// The header's bytes.
    pub(super) fn print(&self) -> Result<Vec<u8>, EsdkError> {
        let mut out = Vec::new();
        if self.suite.is_committed() {
            out.push(2);
        } else {
            out.extend([1, 0x80]);
        }
        out.extend(self.suite.id().to_be_bytes());
        out.extend(&self.message_id);
        // [KMS-12.4] No pairs are no bytes, not even a count of zero.
        let mut pairs = Vec::new();
        if !self.context.is_empty() {
            print_pairs(&self.context, &mut pairs)?;
        }
        print_sized("the encryption context", &pairs, &mut out)?;
        let count = self.data_keys.len();
        let too_many = EsdkError::TooLong { what: "the list of data keys", length: count, max: 65_535 };
        out.extend(u16::try_from(count).map_err(|_| too_many)?.to_be_bytes());
        for key in &self.data_keys {
            print_sized("a provider id", key.provider_id.as_bytes(), &mut out)?;
            print_sized("a provider's information", &key.provider_info, &mut out)?;
            print_sized("a wrapped data key", &key.ciphertext, &mut out)?;
        }
        out.push(if self.frame_length.is_some() { 2 } else { 1 });
        if !self.suite.is_committed() {
            out.extend([0, 0, 0, 0, 12]);
        }
        out.extend(self.frame_length.unwrap_or_default().to_be_bytes());
        out.extend(&self.commitment);
        Ok(out)
    }
}

fn read_context(reader: &mut Reader<'_>) -> Result<EncryptionContext, EsdkError> {
    let mut context = EncryptionContext::new();
    let length = usize::from(reader.u16()?);
    let end = reader.at + length;
    if length == 0 {
        return Ok(context);
    }
    let count = reader.u16()?;
    for _ in 0..count {
        let at = reader.at;
        let (key, value) = (reader.text()?, reader.text()?);
        if context.last_key_value().is_some_and(|(last, _)| *last >= key) {
            let what = "context keys that are not in order, or are there twice";
            return Err(EsdkError::Malformed { at, what });
        }
        context.insert(key, value);
    }
    if reader.at == end && count > 0 {
        Ok(context)
    } else {
        Err(EsdkError::Malformed { at: end, what: "an encryption context of another length than it says" })
    }
}

fn read_data_keys(reader: &mut Reader<'_>) -> Result<Vec<EncryptedDataKey>, EsdkError> {
    let at = reader.at;
    let count = reader.u16()?;
    if count == 0 {
        return Err(EsdkError::Malformed { at, what: "no data key; expected at least one" });
    }
    let mut keys = Vec::new();
    for _ in 0..count {
        let provider_id = reader.text()?;
        let provider_info = reader.sized()?.to_vec();
        let ciphertext = reader.sized()?.to_vec();
        keys.push(EncryptedDataKey { provider_id, provider_info, ciphertext });
    }
    Ok(keys)
}

/// A count and the pairs, in byte order of their keys. `[KMS-12.4]`
pub(super) fn print_pairs(context: &EncryptionContext, out: &mut Vec<u8>) -> Result<(), EsdkError> {
    let too_many = EsdkError::TooLong { what: "the encryption context", length: context.len(), max: 65_535 };
    out.extend(u16::try_from(context.len()).map_err(|_| too_many)?.to_be_bytes());
    for (key, value) in context {
        print_sized("a key of the encryption context", key.as_bytes(), out)?;
        print_sized("a value of the encryption context", value.as_bytes(), out)?;
    }
    Ok(())
}

fn print_sized(what: &'static str, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), EsdkError> {
    let too_long = EsdkError::TooLong { what, length: bytes.len(), max: 65_535 };
    out.extend(u16::try_from(bytes.len()).map_err(|_| too_long)?.to_be_bytes());
    out.extend(bytes);
    Ok(())
}
