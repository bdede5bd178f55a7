//! Receipt handles.
//!
//! A handle names one delivery of one message: the queue's place and
//! incarnation, the message's slot and sequence number, and the delivery's
//! number, sealed with a keyed checksum so that no other text is a handle.
//! Looking a handle up is arithmetic. AWS's own handles are opaque and some
//! 400 characters long; all ours share with them is the first four, `AQEB`.

use alloc::string::String;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::fmt;
use core::hash::Hasher as _;
use serde::{Deserialize, Serialize};
use siphasher::sip::{SipHasher13, SipHasher24};

/// What a handle names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Receipt {
    /// The queue's place in the engine.
    pub(crate) queue: u32,
    /// Which queue of all that ever had this place.
    pub(crate) incarnation: u64,
    /// The message's place in the queue.
    pub(crate) slot: u32,
    /// Which message of all that ever had this place.
    pub(crate) sequence: u64,
    /// Which delivery of this message from this queue, counted from one.
    pub(crate) delivery: u32,
}

/// The key that seals a queue's handles.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SealKey([u8; 16]);

impl From<[u8; 16]> for SealKey {
    fn from(key: [u8; 16]) -> Self {
        Self(key)
    }
}

impl SealKey {
    /// For look-ups by texts that callers choose.
    pub(crate) fn hasher(&self) -> SipHasher13 {
        SipHasher13::new_with_key(&self.0)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

const MARK: [u8; 3] = [1, 1, 1];
const FIELDS: usize = 3 + 4 + 8 + 4 + 8 + 4;
const WHOLE: usize = FIELDS + 8;
/// Base64 of [`WHOLE`] bytes, which is a multiple of three.
const TEXT: usize = WHOLE / 3 * 4;
const _: () = assert!(WHOLE.is_multiple_of(3));

impl Receipt {
    /// The handle as text.
    pub(crate) fn seal(self, key: &SealKey) -> String {
        let mut bytes = [0_u8; WHOLE];
        let rest = put(&mut bytes, MARK);
        let rest = put(rest, self.queue.to_be_bytes());
        let rest = put(rest, self.incarnation.to_be_bytes());
        let rest = put(rest, self.slot.to_be_bytes());
        let rest = put(rest, self.sequence.to_be_bytes());
        put(rest, self.delivery.to_be_bytes());
        if let Some((fields, seal)) = bytes.split_first_chunk_mut::<FIELDS>() {
            put(seal, checksum(key, fields));
        }
        STANDARD.encode(bytes)
    }

    /// What a text says it names, not yet believed.
    pub(crate) fn read(text: &str) -> Option<Unverified> {
        if text.len() != TEXT {
            return None;
        }
        let mut bytes = [0_u8; WHOLE];
        if STANDARD.decode_slice(text, &mut bytes).ok()? != WHOLE {
            return None;
        }
        let fields = *bytes.first_chunk::<FIELDS>()?;
        let (mark, rest) = bytes.split_first_chunk::<3>()?;
        let (queue, rest) = rest.split_first_chunk::<4>()?;
        let (incarnation, rest) = rest.split_first_chunk::<8>()?;
        let (slot, rest) = rest.split_first_chunk::<4>()?;
        let (sequence, rest) = rest.split_first_chunk::<8>()?;
        let (delivery, rest) = rest.split_first_chunk::<4>()?;
        let seal = *rest.first_chunk::<8>()?;
        (*mark == MARK).then(|| Unverified {
            receipt: Self {
                queue: u32::from_be_bytes(*queue),
                incarnation: u64::from_be_bytes(*incarnation),
                slot: u32::from_be_bytes(*slot),
                sequence: u64::from_be_bytes(*sequence),
                delivery: u32::from_be_bytes(*delivery),
            },
            fields,
            seal,
        })
    }
}

/// Writes a field, and says where the next one goes.
fn put<const N: usize>(bytes: &mut [u8], field: [u8; N]) -> &mut [u8] {
    let Some((place, rest)) = bytes.split_first_chunk_mut::<N>() else { return &mut [] };
    *place = field;
    rest
}

/// A text in the form of a handle, whose seal has not been checked.
pub(crate) struct Unverified {
    receipt: Receipt,
    fields: [u8; FIELDS],
    seal: [u8; 8],
}

impl Unverified {
    /// The place of the queue whose key can check it.
    pub(crate) fn queue(&self) -> u32 {
        self.receipt.queue
    }

    /// The receipt, if `key` sealed it.
    pub(crate) fn verify(&self, key: &SealKey) -> Option<Receipt> {
        (checksum(key, &self.fields) == self.seal).then_some(self.receipt)
    }
}

fn checksum(key: &SealKey, fields: &[u8; FIELDS]) -> [u8; 8] {
    let mut hasher = SipHasher24::new_with_key(&key.0);
    hasher.write(fields);
    hasher.finish().to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use proptest::prelude::*;

    const KEY: SealKey = SealKey([7; 16]);

    fn open(text: &str) -> Option<Receipt> {
        Receipt::read(text)?.verify(&KEY)
    }

    proptest! {
        #[test]
        fn a_handle_opens_to_what_was_sealed(queue: u32, incarnation: u64, slot: u32, sequence: u64, delivery: u32) {
            let receipt = Receipt { queue, incarnation, slot, sequence, delivery };
            let text = receipt.seal(&KEY);
            prop_assert!(text.starts_with("AQEB"));
            prop_assert_eq!(open(&text), Some(receipt));
            prop_assert!(Receipt::read(&text).unwrap().verify(&SealKey([8; 16])).is_none());
        }

        #[test]
        fn a_changed_character_opens_nothing(at in 0..TEXT, to in "[A-Za-z0-9+/]") {
            let receipt = Receipt { queue: 1, incarnation: 2, slot: 3, sequence: 4, delivery: 5 };
            let text = receipt.seal(&KEY);
            let mut forged = text.clone();
            forged.replace_range(at..=at, &to);
            prop_assume!(forged != text);
            prop_assert_eq!(open(&forged), None);
        }

        #[test]
        fn no_text_panics(text in ".{0,80}") {
            prop_assert_eq!(open(&text.to_string()), None);
        }
    }
}
