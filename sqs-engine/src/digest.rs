//! MD5 digests and message ids: the short fixed-size texts of every reply.
//!
//! `[SQS-6.5]` is an example worked byte by byte.

use crate::{MessageAttributeValue, MessageAttributes};
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use md5::{Digest as _, Md5 as Hasher};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An MD5 digest: 16 bytes, printed as 32 hexadecimal digits.
///
/// ```
/// use sqs_engine::Md5;
/// // [SQS-6.1] What SQS answers for a body of `test`.
/// assert_eq!(Md5::of_body("test").to_string(), "098f6bcd4621d373cade4e832627b4f6");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Md5([u8; 16]);

impl Md5 {
    /// The digest of a message body. `[SQS-6.1]`
    #[must_use]
    pub fn of_body(body: &str) -> Self {
        Self(Hasher::digest(body.as_bytes()).into())
    }

    /// The digest of message attributes; `None` if there are none.
    ///
    /// For each attribute in byte order of its name: name, data type, one
    /// byte for the kind of value and the value itself, each text or blob
    /// preceded by its length in four bytes. `[SQS-6.2]`
    ///
    /// ```
    /// use sqs_engine::{Md5, MessageAttributes, MessageAttributeValue};
    /// let one = MessageAttributes::from([("k".into(), MessageAttributeValue::string("x"))]);
    /// assert_eq!(Md5::of_attributes(&one).unwrap().to_string(), "a45daa70926828a2f0a1db3418e6feb4");
    /// ```
    #[must_use]
    pub fn of_attributes(attributes: &MessageAttributes) -> Option<Self> {
        Self::of_selected(attributes.iter())
    }

    /// The digest of some attributes, already in byte order of their names.
    pub(crate) fn of_selected<'a>(
        attributes: impl Iterator<Item = (&'a String, &'a MessageAttributeValue)>,
    ) -> Option<Self> {
        // [SQS-6.2] [SQS-6.4]
        let mut hash = None;
        for (name, value) in attributes {
            let hash = hash.get_or_insert_with(Hasher::new);
            sized(hash, name.as_bytes());
            sized(hash, value.data_type.as_bytes());
            if let Some(binary) = &value.binary_value {
                hash.update([2]);
                sized(hash, binary.as_ref());
            } else {
                hash.update([1]);
                sized(hash, value.string_value.as_deref().unwrap_or_default().as_bytes());
            }
        }
        hash.map(|hash| Self(hash.finalize().into()))
    }
}

fn sized(hash: &mut Hasher, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    hash.update(length.to_be_bytes());
    hash.update(bytes);
}

impl fmt::Display for Md5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Md5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Md5 {
    type Err = NotHex;

    fn from_str(text: &str) -> Result<Self, NotHex> {
        hex16(text.bytes()).map(Self).ok_or(NotHex("32 hexadecimal digits"))
    }
}

/// A message's id: a random UUID, printed in the usual form.
///
/// ```
/// use sqs_engine::MessageId;
/// let id: MessageId = "0a9a8a7a-6a5a-4a4a-8a3a-2a1a0a9a8a7a".parse()?;
/// assert_eq!(id.to_string(), "0a9a8a7a-6a5a-4a4a-8a3a-2a1a0a9a8a7a");
/// # Ok::<(), sqs_engine::NotHex>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId([u8; 16]);

impl MessageId {
    pub(crate) fn number(self) -> u128 {
        u128::from_be_bytes(self.0)
    }

    /// A version 4 UUID from 16 random bytes.
    #[must_use]
    pub fn from_random_bytes(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for MessageId {
    type Err = NotHex;

    fn from_str(text: &str) -> Result<Self, NotHex> {
        let dashes = text.bytes().enumerate().filter(|(_, byte)| *byte == b'-').map(|(index, _)| index);
        let id =
            if dashes.eq([8, 13, 18, 23]) { hex16(text.bytes().filter(|byte| *byte != b'-')) } else { None };
        id.map(Self).ok_or(NotHex("a UUID of 32 hexadecimal digits and four hyphens"))
    }
}

/// A text that is no digest or id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotHex(&'static str);

impl fmt::Display for NotHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.0)
    }
}

impl core::error::Error for NotHex {}

/// Exactly 32 lower- or upper-case digits.
fn hex16(mut digits: impl Iterator<Item = u8>) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        let high = char::from(digits.next()?).to_digit(16)?;
        let low = char::from(digits.next()?).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    digits.next().is_none().then_some(bytes)
}

macro_rules! as_text {
    ($($name:ident),+) => { $(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )+ };
}

as_text!(Md5, MessageId);
