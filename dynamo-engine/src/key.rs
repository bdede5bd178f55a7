//! Keys: what a schema says, and the bytes that a store is ordered by.

use crate::Error;
use crate::capacity::ring::{self, Place};
use crate::error::{Emptiness, KeyMismatch};
use crate::item::Item;
use crate::packed::Raw;
use crate::value::{Value, ValueType};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;
use serde::{Deserialize, Serialize};

/// Bytes of a partition key. `[DDB-2.6.1]`
const HASH_MAX: usize = 2_048;
/// Bytes of a sort key. `[DDB-2.6.1]`
const RANGE_MAX: usize = 1_024;

/// One attribute of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyAttribute {
    pub(crate) name: Arc<str>,
    pub(crate) kind: ValueType,
}

/// A partition key and, perhaps, a sort key. Those of a global index may have
/// up to four attributes each. `[DDB-4.3]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeySchema {
    pub(crate) hash: KeyAttribute,
    /// The further attributes of the partition key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) hashes: Vec<KeyAttribute>,
    pub(crate) sort: Option<KeyAttribute>,
    /// The further attributes of the sort key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sorts: Vec<KeyAttribute>,
}

/// A place in a store: by the ring, then the partition key, then the sort key,
/// then what tells index entries apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// The place, in halves: whole it would leave a gap in every entry.
    place: [u64; 2],
    bytes: Box<[u8]>,
    hash: u16,
    sort: u16,
}

impl Key {
    pub(crate) fn new(hash: &[u8], sort: &[u8], tail: &[u8]) -> Self {
        Self::at(ring::place(&[hash]), hash, sort, tail)
    }

    /// The same with the place known.
    pub(crate) fn at(place: Place, hash: &[u8], sort: &[u8], tail: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(hash.len() + sort.len() + tail.len());
        bytes.extend_from_slice(hash);
        bytes.extend_from_slice(sort);
        bytes.extend_from_slice(tail);
        let length = |part: &[u8]| u16::try_from(part.len()).unwrap_or(u16::MAX);
        let place = [(place >> 64) as u64, place as u64];
        Self { place, bytes: bytes.into(), hash: length(hash), sort: length(sort) }
    }

    /// Where on the ring it is.
    pub(crate) fn place(&self) -> Place {
        let [high, low] = self.place;
        Place::from(high) << 64 | Place::from(low)
    }

    /// The leading half of its place.
    pub(crate) fn lead(&self) -> u64 {
        self.place[0]
    }

    pub(crate) fn parts(&self) -> (&[u8], &[u8], &[u8]) {
        let (hash, rest) = self.bytes.split_at_checked(self.hash.into()).unwrap_or_default();
        let (sort, tail) = rest.split_at_checked(self.sort.into()).unwrap_or_default();
        (hash, sort, tail)
    }

    /// Everything but the place.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place.cmp(&other.place).then_with(|| self.parts().cmp(&other.parts()))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The bytes of a key value; they sort as the values do, and equal numbers
/// have equal ones. `[DDB-3.1]` `[DDB-2.2.6]`
pub(crate) fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::S(text) => out.extend_from_slice(text.as_bytes()),
        Value::B(bytes) => out.extend_from_slice(bytes.as_ref()),
        Value::N(number) => number.encode(out),
        _ => {}
    }
}

pub(crate) fn encoded(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    encode(value, &mut out);
    out
}

/// One value of a key of several: zeros are escaped and the end is marked, so
/// that the values after it do not disturb the order.
pub(crate) fn framed(value: &Value) -> Vec<u8> {
    let mut out = escaped(value);
    out.extend([0, 0]);
    out
}

/// The same without an end: what a text begins with.
pub(crate) fn escaped(value: &Value) -> Vec<u8> {
    let plain = encoded(value);
    let mut out = Vec::with_capacity(plain.len() + 2);
    for byte in plain {
        out.push(byte);
        if byte == 0 {
            out.push(u8::MAX);
        }
    }
    out
}

/// What a key value is empty of, if it is.
pub(crate) fn emptiness(value: &Value) -> Option<Emptiness> {
    match value {
        Value::S(text) if text.is_empty() => Some(Emptiness::String),
        Value::B(bytes) if bytes.as_ref().is_empty() => Some(Emptiness::Binary),
        _ => None,
    }
}

/// The same of a value where it stands.
fn raw_emptiness(value: Raw<'_>) -> Option<Emptiness> {
    match value.kind() {
        ValueType::S if value.bytes().is_empty() => Some(Emptiness::String),
        ValueType::B if value.bytes().is_empty() => Some(Emptiness::Binary),
        _ => None,
    }
}

impl KeySchema {
    /// The attributes, partition key first.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.hash_attributes().chain(self.sort_attributes())
    }

    pub(crate) fn attributes_mut(&mut self) -> impl Iterator<Item = &mut KeyAttribute> {
        let Self { hash, hashes, sort, sorts } = self;
        core::iter::once(hash).chain(hashes).chain(sort).chain(sorts)
    }

    pub(crate) fn hash_attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        core::iter::once(&self.hash).chain(&self.hashes)
    }

    pub(crate) fn sort_attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.sort.iter().chain(&self.sorts)
    }

    /// Whether either key has several attributes.
    pub(crate) fn is_composite(&self) -> bool {
        !self.hashes.is_empty() || !self.sorts.is_empty()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.attributes().any(|attribute| &*attribute.name == name)
    }

    pub(crate) fn sort_name(&self) -> Option<&str> {
        self.sort.as_ref().map(|sort| &*sort.name)
    }

    /// The hash and sort bytes of an item that has the whole key, each of its
    /// type.
    pub(crate) fn bytes_of(&self, item: &Item) -> Option<(Vec<u8>, Vec<u8>)> {
        let value = |key: &KeyAttribute| item.raw(&key.name).filter(|value| value.kind() == key.kind);
        let plain = |value: Raw<'_>| {
            let mut out = Vec::with_capacity(32);
            value.encode(&mut out);
            out
        };
        let framed = |key: &KeyAttribute| value(key).map(|value| framed(&value.value()));
        let hash = match self.hashes.is_empty() {
            true => plain(value(&self.hash)?),
            false => self.hash_attributes().map(framed).collect::<Option<Vec<_>>>()?.concat(),
        };
        let sort = match (&self.sort, self.sorts.is_empty()) {
            (None, _) => Vec::new(),
            (Some(sort), true) => plain(value(sort)?),
            (Some(_), false) => self.sort_attributes().map(framed).collect::<Option<Vec<_>>>()?.concat(),
        };
        Some((hash, sort))
    }

    /// The key of an item in the table's store.
    pub(crate) fn key_of(&self, item: &Item) -> Option<Key> {
        let (hash, sort) = self.bytes_of(item)?;
        Some(Key::new(&hash, &sort, &[]))
    }

    /// Empty and over-long key values. `[DDB-2.6.1]` `[DDB-2.6.2]`
    fn check_values(&self, item: &Item) -> Result<Key, Error> {
        for key in self.attributes() {
            if let Some(kind) = item.raw(&key.name).and_then(raw_emptiness) {
                return Err(Error::EmptyKey { kind, key: key.name.as_ref().into() });
            }
        }
        let (hash, sort) = self.bytes_of(item).ok_or(Error::KeySchema)?;
        check_sizes(&hash, &sort)?;
        Ok(Key::new(&hash, &sort, &[]))
    }

    /// The key of an item that is written: missing, wrong type, empty, size.
    /// `[DDB-2.6.3]`
    pub(crate) fn check_item(&self, item: &Item) -> Result<Key, Error> {
        for key in self.attributes() {
            match item.raw(&key.name).map(Raw::kind) {
                None => return Err(Error::MissingKey { key: key.name.as_ref().into() }),
                Some(actual) if actual != key.kind => {
                    let (key, expected) = (key.name.as_ref().into(), key.kind);
                    let mismatch = KeyMismatch { key, expected, actual, index: None };
                    return Err(Error::KeyType { mismatch: Box::new(mismatch) });
                }
                Some(_) => {}
            }
        }
        self.check_values(item)
    }

    /// The key that a Key parameter means. `[DDB-2.6.4]`
    pub(crate) fn check_key(&self, item: &Item) -> Result<Key, Error> {
        let has = |key: &KeyAttribute| item.raw(&key.name).is_some_and(|value| value.kind() == key.kind);
        if item.len() != self.attributes().count() || !self.attributes().all(has) {
            return Err(Error::KeySchema);
        }
        self.check_values(item)
    }
}

/// [DDB-2.6.1]
pub(crate) fn check_sizes(hash: &[u8], sort: &[u8]) -> Result<(), Error> {
    if hash.len() > HASH_MAX {
        return Err(Error::HashKeySize);
    }
    if sort.len() > RANGE_MAX {
        return Err(Error::RangeKeySize);
    }
    Ok(())
}
