//! The ids that AWS makes up, from a seed instead of chance.

use crate::SeedStream;
use alloc::string::{String, ToString};

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE36: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// Ids of AWS's shapes, drawn one after the other.
///
/// ```
/// use aws_core::Seed;
///
/// let mut ids = Seed::counter(7).expand(b"ids");
/// let vpc = ids.resource_id("vpc");
/// assert!(vpc.starts_with("vpc-") && vpc.len() == 21);
/// // The same seed and purpose give the same ids, on every machine.
/// assert_eq!(Seed::counter(7).expand(b"ids").resource_id("vpc"), vpc);
/// ```
impl SeedStream {
    /// A version 4 UUID: message ids, most request ids, KMS key ids.
    pub fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid().to_string()
    }

    /// A request id as DynamoDB prints it: 52 capital letters and digits.
    pub fn long_request_id(&mut self) -> String {
        self.letters(BASE36, 52)
    }

    /// An id of EC2's long form: the prefix, a hyphen, 17 hex digits.
    pub fn resource_id(&mut self, prefix: &str) -> String {
        let mut id = prefix.to_string();
        id.push('-');
        id.push_str(&self.letters(HEX, 17));
        id
    }

    /// A unique id of IAM: a prefix such as `AIDA` (user) or `AROA` (role) and
    /// capital letters and digits of base 32, 21 characters in all.
    pub fn unique_id(&mut self, prefix: &str) -> String {
        let mut id = prefix.to_string();
        id.push_str(&self.letters(BASE32, 21usize.saturating_sub(prefix.len())));
        id
    }

    fn letters(&mut self, alphabet: &[u8], count: usize) -> String {
        let size = alphabet.len() as u64;
        let draw = |_| alphabet.iter().cycle().nth(self.below(size) as usize).map(|&byte| char::from(byte));
        (0..count).filter_map(draw).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::Seed;

    #[test]
    fn shapes() {
        let mut ids = Seed::counter(1).expand(b"ids");
        let uuid = ids.uuid();
        assert_eq!((uuid.len(), uuid.get(14..15)), (36, Some("4")));
        assert!(matches!(uuid.get(19..20), Some("8" | "9" | "a" | "b")));
        let request = ids.long_request_id();
        assert!(request.len() == 52 && request.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
        let eni = ids.resource_id("eni");
        assert!(
            eni.len() == 21 && eni.bytes().skip(4).all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        );
        let user = ids.unique_id("AIDA");
        assert!(user.len() == 21 && user.starts_with("AIDA"));
        assert_ne!(ids.uuid(), uuid, "each draw is fresh");
    }
}
