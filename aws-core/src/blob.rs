//! Bytes that are base64 in AWS JSON.

use alloc::string::String;
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
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self::from).map_err(de::Error::custom)
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
