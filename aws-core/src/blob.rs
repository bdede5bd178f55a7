//! Bytes that are base64 in AWS JSON.

use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A binary value: bytes here, base64 text in JSON. Cloning counts a
/// reference and copies nothing.
///
/// ```
/// use aws_core::Blob;
/// let blob = Blob::from(vec![0, 1, 255]);
/// assert_eq!(serde_json::to_string(&blob)?, "\"AAH/\"");
/// assert_eq!(serde_json::from_str::<Blob>("\"AAH/\"")?, blob);
/// assert!(serde_json::from_str::<Blob>("\"AAH\"").is_err()); // padding is required
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Blob(Bytes);

impl Blob {
    /// The bytes, shared.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<Bytes> for Blob {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Blob {
    /// The length and the first bytes: enough to recognise, never a flood.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes:", self.0.len())?;
        for byte in self.0.iter().take(8) {
            write!(f, " {byte:02x}")?;
        }
        f.write_str(if self.0.len() > 8 { " …)" } else { ")" })
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64;
        impl de::Visitor<'_> for Base64 {
            type Value = Blob;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("base64")
            }

            // The texts, slip included, are AWS's.
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Blob, E> {
                STANDARD.decode(text).map(Blob::from).map_err(|_| match text.len() {
                    length if length % 4 != 0 => E::custom(format_args!(
                        "Base64 encoded length is expected a multiple of 4 bytes but found: {length}"
                    )),
                    _ => E::custom("Invalid last non-pad Base64 character dectected"),
                })
            }
        }
        deserializer.deserialize_str(Base64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn debug_is_short() {
        assert_eq!(format!("{:?}", Blob::from(Vec::from([1, 2]))), "Blob(2 bytes: 01 02)");
        assert_eq!(
            format!("{:?}", Blob::from(Vec::from([0; 400]))),
            "Blob(400 bytes: 00 00 00 00 00 00 00 00 …)"
        );
    }
}
