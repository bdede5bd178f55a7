//! Entropy as data.

use alloc::string::String;
use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroize as _;

/// The 32 bytes of entropy that one call carries.
///
/// Whatever a call makes up (ids, receipt handles, sampling, key material) is
/// expanded from its seed, so the same call gives the same reply on every
/// machine. A seed is deliberately neither `Copy` nor `Clone`: it belongs to
/// one call. It is wiped when dropped and never printed.
///
/// The constructors name the quality of what goes in: [`Seed::counter`] is
/// for tests and simulation, [`Seed::from_secret_bytes`] for secrets.
///
/// ```
/// use aws_core::Seed;
///
/// let one = Seed::counter(7).expand(b"message id").bytes::<16>();
/// let two = Seed::counter(7).expand(b"message id").bytes::<16>();
/// assert_eq!(one, two);
/// assert_ne!(one, Seed::counter(8).expand(b"message id").bytes::<16>());
/// assert_eq!(format!("{:?}", Seed::counter(7)), "Seed([redacted])");
/// ```
#[derive(PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// From 32 bytes that a secure generator made.
    #[must_use]
    pub const fn from_secret_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The `n`-th of a public sequence: for tests and simulation, where
    /// repeatability is wanted and secrecy is not.
    #[must_use]
    pub const fn counter(n: u64) -> Self {
        let mut bytes = [0; 32];
        let n = n.to_le_bytes();
        let mut i = 0;
        while i < n.len() {
            #[expect(clippy::indexing_slicing, reason = "i < 8 < 32; const fn has no iterators")]
            {
                bytes[i] = n[i];
            }
            i += 1;
        }
        Self(bytes)
    }

    /// From a cryptographic generator.
    ///
    /// ```
    /// # #[cfg(feature = "rand_core")] {
    /// use aws_core::Seed;
    /// # use core::convert::Infallible;
    /// # struct Os;
    /// # impl rand_core::TryRng for Os {
    /// #     type Error = Infallible;
    /// #     fn try_next_u32(&mut self) -> Result<u32, Infallible> { Ok(4) }
    /// #     fn try_next_u64(&mut self) -> Result<u64, Infallible> { Ok(4) }
    /// #     fn try_fill_bytes(&mut self, b: &mut [u8]) -> Result<(), Infallible> { b.fill(4); Ok(()) }
    /// # }
    /// # impl rand_core::TryCryptoRng for Os {}
    /// assert_eq!(Seed::from_rng(&mut Os), Seed::from_secret_bytes([4; 32]));
    /// # }
    /// ```
    #[cfg(feature = "rand_core")]
    pub fn from_rng(rng: &mut impl rand_core::CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// An endless stream of bytes for one purpose.
    ///
    /// Streams of one seed with different `purpose` are unrelated. The stream
    /// is ChaCha with 8 rounds keyed by the seed, its nonce the first 12
    /// bytes of the purpose: cheap enough to use in every call. It is not
    /// what encryption nonces are made from; see the KMS engine for that.
    #[must_use]
    pub fn expand(&self, purpose: &[u8]) -> SeedStream {
        let mut rng = ChaCha8Rng::from_seed(self.0);
        let mut nonce = [0u8; 8];
        for (slot, byte) in nonce.iter_mut().zip(purpose) {
            *slot = *byte;
        }
        rng.set_stream(u64::from_le_bytes(nonce));
        SeedStream(rng)
    }

    /// A seed of its own for something that happens later, such as a timer
    /// that this call arms.
    ///
    /// ```
    /// use aws_core::Seed;
    /// let call = Seed::counter(1);
    /// assert_ne!(call.derive(b"timer"), call);
    /// assert_eq!(call.derive(b"timer"), Seed::counter(1).derive(b"timer"));
    /// ```
    #[must_use]
    pub fn derive(&self, purpose: &[u8]) -> Self {
        Self(self.expand(purpose).bytes())
    }

    /// A copy, for the one place that must both use and record a seed.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0)
    }

    /// The bytes themselves, for an engine that makes key material of them.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8; 32] {
        &self.0
    }

    /// The bytes as 64 hexadecimal digits, without leading zero bytes at the
    /// end: the form that histories hold. Whoever holds it can make again
    /// whatever the call made, so it is a secret wherever the seed was one.
    #[must_use]
    pub fn expose_hex(&self) -> String {
        let used = self.0.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
        let mut text = String::with_capacity(used * 2);
        for byte in self.0.iter().take(used) {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text
    }

    /// Reads what [`expose_hex`](Self::expose_hex) wrote.
    ///
    /// # Errors
    /// Says what is wrong when the text is not 2 to 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self, SeedError> {
        let digits = text.as_bytes();
        if digits.is_empty() || digits.len() > 64 || !digits.len().is_multiple_of(2) {
            return Err(SeedError::Length(digits.len()));
        }
        let mut bytes = [0u8; 32];
        for (slot, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let mut value = 0;
            for digit in pair {
                let Some(digit) = char::from(*digit).to_digit(16) else {
                    return Err(SeedError::Digit(char::from(*digit)));
                };
                value = value * 16 + digit;
            }
            *slot = u8::try_from(value).unwrap_or(0);
        }
        Ok(Self(bytes))
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed([redacted])")
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.expose_hex())
    }
}

impl<'de> Deserialize<'de> for Seed {
    /// Accepts the hexadecimal form, or a small number as a counter.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Counter(u64),
            Hex(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Counter(n) => Ok(Self::counter(n)),
            Form::Hex(text) => Self::from_hex(&text).map_err(de::Error::custom),
        }
    }
}

/// Why a text is no seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// Wrong number of digits.
    #[error("a seed has {0} digits; expected an even number from 2 to 64")]
    Length(usize),
    /// Not a digit.
    #[error("a seed contains `{0}`; expected hexadecimal digits")]
    Digit(char),
}

/// Bytes expanded from a [`Seed`].
///
/// ```
/// use aws_core::Seed;
/// let mut stream = Seed::counter(1).expand(b"ids");
/// let (first, second) = (stream.bytes::<16>(), stream.bytes::<16>());
/// assert_ne!(first, second);
/// assert!(stream.below(10) < 10);
/// ```
pub struct SeedStream(ChaCha8Rng);

impl SeedStream {
    /// The next `N` bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `bound`, every one equally likely to within 2⁻⁶⁴;
    /// zero when `bound` is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }
}

impl fmt::Debug for SeedStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeedStream([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    /// The key stream of ChaCha8 for an all-zero key and nonce begins so in
    /// the published test vectors (draft-strombergson-chacha-test-vectors,
    /// TC1, 256-bit key, 8 rounds).
    #[test]
    fn expansion_is_chacha8() {
        let bytes: [u8; 16] = Seed::from_secret_bytes([0; 32]).expand(b"").bytes();
        let expected =
            [0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6, 0x7f, 0x5b, 0xb8, 0xe8, 0x1f, 0x09, 0xa5, 0xa1];
        assert_eq!(bytes, expected);
    }

    #[test]
    fn hex_round_trips_and_refuses_rubbish() {
        for seed in [Seed::counter(0), Seed::counter(255), Seed::from_secret_bytes([0xab; 32])] {
            assert_eq!(Seed::from_hex(&seed.expose_hex()).unwrap(), seed);
        }
        assert_eq!(Seed::counter(1).expose_hex(), "01");
        assert_eq!(Seed::from_hex("abc").unwrap_err(), SeedError::Length(3));
        assert_eq!(Seed::from_hex("zz").unwrap_err(), SeedError::Digit('z'));
        assert_eq!(Seed::from_hex("é").unwrap_err(), SeedError::Digit('Ã'));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let seed = Seed::from_secret_bytes([0xcd; 32]);
        let text = format!("{seed:?} {:?}", seed.expand(b"x"));
        assert!(!text.contains("cd") && !text.contains("205"), "{text}");
    }

    #[test]
    fn a_json_number_is_a_counter() {
        let seed: Seed = serde_json::from_str("7").unwrap();
        assert_eq!(seed, Seed::counter(7));
        let seed: Seed = serde_json::from_str("\"07\"").unwrap();
        assert_eq!(seed, Seed::counter(7));
    }
}
