//! The ordered items of a table or index.
//!
//! Keys are ordered by their place on the ring, which a hash spreads evenly.
//! So the leading bits of the place name a bucket, and how far the place is
//! into the bucket's arc tells about where in it the key stands: an item is
//! found in a few steps, however many there are. Buckets double in number as
//! items come; one that many items of one partition key fill is a B-tree.

use crate::capacity::ring::{self, Place};
use crate::item::Item;
use crate::key::Key;
use alloc::collections::{BTreeMap, btree_map};
use alloc::vec::Vec;
use core::mem;
use core::ops::{Bound, RangeBounds as _};
use core::slice;

/// Items to a bucket before there are twice as many buckets.
const FILL: usize = 8;
/// Items of a bucket that are kept in one row.
const ROW: usize = 256;
/// The most buckets, as a power of two.
const MOST: u32 = 24;

type Entry = (Key, Item);

#[derive(Debug)]
enum Bucket {
    /// In order.
    Row(Vec<Entry>),
    Tree(BTreeMap<Key, Item>),
}

#[derive(Debug)]
pub(crate) struct Store {
    /// How many partitions the ring is cut into.
    partitions: usize,
    /// Two to the power of `bits`, in the order of the ring.
    buckets: Vec<Bucket>,
    bits: u32,
    count: u64,
    bytes: u64,
}

/// A stretch of a store: from here, up to but without there.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) from: Bound<Key>,
    pub(crate) to: Bound<Key>,
}

/// Where a key is in a row, or would be.
fn locate(row: &[Entry], key: &Key, bits: u32) -> Result<usize, usize> {
    let count = row.len();
    // About where it is, if places are spread evenly.
    let into = key.lead().checked_shl(bits).unwrap_or(0);
    let guess = usize::try_from((u128::from(into) * count as u128) >> 64).unwrap_or(0);
    let (low, high) = (guess.saturating_sub(3), (guess + 3).min(count));
    let below = |at: usize| row.get(at).is_none_or(|(other, _)| other.lead() < key.lead());
    let above = |at: usize| row.get(at).is_none_or(|(other, _)| other.lead() > key.lead());
    let sure = (low == 0 || below(low - 1)) && above(high);
    let (low, high) = if sure { (low, high) } else { (0, count) };
    let part = row.get(low..high).unwrap_or_default();
    let found = part.binary_search_by(|(other, _)| other.cmp(key));
    found.map(|at| at + low).map_err(|at| at + low)
}

impl Bucket {
    fn get(&self, key: &Key, bits: u32) -> Option<&Item> {
        match self {
            Self::Row(row) => row.get(locate(row, key, bits).ok()?).map(|(_, item)| item),
            Self::Tree(tree) => tree.get(key),
        }
    }

    fn insert(&mut self, key: Key, item: Item, bits: u32) -> Option<Item> {
        let row = match self {
            Self::Tree(tree) => return tree.insert(key, item),
            Self::Row(row) => row,
        };
        match locate(row, &key, bits) {
            Ok(at) => row.get_mut(at).map(|(_, old)| mem::replace(old, item)),
            Err(at) => {
                if row.len() == row.capacity() {
                    // A row grows with its bucket, not by twice.
                    row.reserve_exact(3.max(row.len() / 8));
                }
                row.insert(at, (key, item));
                if row.len() > ROW {
                    *self = Self::Tree(mem::take(row).into_iter().collect());
                }
                None
            }
        }
    }

    fn remove(&mut self, key: &Key, bits: u32) -> Option<Item> {
        match self {
            Self::Row(row) => locate(row, key, bits).ok().map(|at| row.remove(at).1),
            Self::Tree(tree) => tree.remove(key),
        }
    }

    /// Its items in a stretch that is none backwards.
    fn range(&self, span: &Span) -> Stretch<'_> {
        match self {
            Self::Row(row) => {
                let before = |bound: &Bound<Key>, (key, _): &Entry, end: bool| match bound {
                    Bound::Unbounded => end,
                    Bound::Included(bound) => key < bound || (end && key == bound),
                    Bound::Excluded(bound) => key < bound || (!end && key == bound),
                };
                let from = row.partition_point(|entry| before(&span.from, entry, false));
                let to = row.partition_point(|entry| before(&span.to, entry, true));
                Stretch::Row(row.get(from..to).unwrap_or_default().iter())
            }
            Self::Tree(tree) => Stretch::Tree(tree.range((span.from.as_ref(), span.to.as_ref()))),
        }
    }

    /// Those whose places have this bit, counted from the leading one of a
    /// half, go.
    fn split(self, bit: u32) -> [Self; 2] {
        let upper = |key: &Key| key.lead() << bit >> 63 == 1;
        match self {
            Self::Row(mut row) => {
                let at = row.partition_point(|(key, _)| !upper(key));
                let right = row.split_off(at);
                row.shrink_to(FILL.min(row.len() + row.len() / 4));
                [Self::Row(row), Self::Row(right)]
            }
            Self::Tree(tree) => {
                let (right, left): (BTreeMap<_, _>, BTreeMap<_, _>) =
                    tree.into_iter().partition(|(key, _)| upper(key));
                let half = |tree: BTreeMap<Key, Item>| match tree.len() > ROW {
                    true => Self::Tree(tree),
                    false => Self::Row(tree.into_iter().collect()),
                };
                [half(left), half(right)]
            }
        }
    }
}

/// Items of one bucket.
enum Stretch<'s> {
    Row(slice::Iter<'s, Entry>),
    Tree(btree_map::Range<'s, Key, Item>),
}

impl<'s> Iterator for Stretch<'s> {
    type Item = (&'s Key, &'s Item);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Row(row) => row.next().map(|(key, item)| (key, item)),
            Self::Tree(tree) => tree.next(),
        }
    }
}

impl DoubleEndedIterator for Stretch<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match self {
            Self::Row(row) => row.next_back().map(|(key, item)| (key, item)),
            Self::Tree(tree) => tree.next_back(),
        }
    }
}

impl Store {
    pub(crate) fn new(partitions: usize) -> Self {
        let buckets = Vec::from([Bucket::Row(Vec::new())]);
        Self { partitions: partitions.max(1), buckets, bits: 0, count: 0, bytes: 0 }
    }

    /// How many items it holds.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// What they weigh.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn partitions(&self) -> usize {
        self.partitions
    }

    /// Which partition a place is in. `[CAP-3.1]`
    pub(crate) fn partition(&self, place: Place) -> usize {
        ring::arc(place, self.partitions)
    }

    fn bucket(&self, lead: u64) -> usize {
        let shifted = lead.checked_shr(64 - self.bits).unwrap_or(0);
        usize::try_from(shifted).unwrap_or(0)
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Item> {
        self.buckets.get(self.bucket(key.lead()))?.get(key, self.bits)
    }

    pub(crate) fn insert(&mut self, key: Key, item: Item) {
        let (bucket, bits) = (self.bucket(key.lead()), self.bits);
        self.bytes += item.size();
        match self.buckets.get_mut(bucket).and_then(|bucket| bucket.insert(key, item, bits)) {
            Some(old) => self.bytes -= old.size(),
            None => {
                self.count += 1;
                if self.count > (self.buckets.len() * FILL) as u64 && self.bits < MOST {
                    self.double();
                }
            }
        }
    }

    fn double(&mut self) {
        let bit = self.bits;
        let buckets = mem::take(&mut self.buckets);
        self.buckets.reserve_exact(buckets.len() * 2);
        self.buckets.extend(buckets.into_iter().flat_map(|bucket| bucket.split(bit)));
        self.bits += 1;
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        let (bucket, bits) = (self.bucket(key.lead()), self.bits);
        if let Some(old) = self.buckets.get_mut(bucket).and_then(|bucket| bucket.remove(key, bits)) {
            self.bytes -= old.size();
            self.count -= 1;
        }
    }

    /// The items of a stretch of one partition, ascending.
    pub(crate) fn range(
        &self,
        partition: usize,
        span: Span,
    ) -> impl DoubleEndedIterator<Item = (&Key, &Item)> {
        let arc = ring::arc_leads(partition, self.partitions);
        let lead = |bound: &Bound<Key>| match bound {
            Bound::Included(key) | Bound::Excluded(key) => Some(key.lead()),
            Bound::Unbounded => None,
        };
        let first = lead(&span.from).map_or(*arc.start(), |lead| lead.max(*arc.start()));
        let last = lead(&span.to).map_or(*arc.end(), |lead| lead.min(*arc.end()));
        let buckets = match first <= last && !span.is_empty() {
            true => self.buckets.get(self.bucket(first)..=self.bucket(last)).unwrap_or_default(),
            false => &[],
        };
        // The buckets at its edges may reach into the neighbours.
        let edges = Span {
            from: match span.from {
                Bound::Unbounded => Bound::Included(Key::at(Place::from(first) << 64, &[], &[], &[])),
                from => from,
            },
            to: match (span.to, last.checked_add(1)) {
                (Bound::Unbounded, Some(next)) => {
                    Bound::Excluded(Key::at(Place::from(next) << 64, &[], &[], &[]))
                }
                (to, _) => to,
            },
        };
        let inside = move |(key, _): &(&Key, &Item)| arc.contains(&key.lead());
        buckets.iter().flat_map(move |bucket| bucket.range(&edges)).filter(inside)
    }

    /// Everything, in the order of the ring. `[DDB-3.2]`
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Item)> {
        let all = Span { from: Bound::Unbounded, to: Bound::Unbounded };
        self.buckets.iter().flat_map(move |bucket| bucket.range(&all))
    }
}

impl Span {
    /// Whether a key lies in it.
    pub(crate) fn holds(&self, key: &Key) -> bool {
        (self.from.as_ref(), self.to.as_ref()).contains(key)
    }

    /// Whether nothing can lie in it; a B-tree refuses such a range.
    fn is_empty(&self) -> bool {
        match (&self.from, &self.to) {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
                from >= to
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AttributeMap, AttributeValue};
    use proptest::prelude::*;

    fn item(n: u64) -> Item {
        AttributeMap::from([("n", AttributeValue::n(n))]).try_into().unwrap()
    }

    /// Few partition keys with many sort keys, and many with few.
    fn keys() -> impl Strategy<Value = Vec<(u16, u16, bool)>> {
        prop_oneof![
            prop::collection::vec((0..400_u16, 0..2_u16, prop::bool::weighted(0.8)), 0..900),
            prop::collection::vec((0..2_u16, 0..600_u16, prop::bool::weighted(0.8)), 0..900),
        ]
    }

    fn key((hash, sort): (u16, u16)) -> Key {
        Key::new(&hash.to_be_bytes(), &sort.to_be_bytes(), &[])
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        /// It is what a B-tree is, in whole and in every stretch.
        #[test]
        fn a_plain_map(ops in keys(), partitions in 1..5_usize, from in (0..400_u16, 0..600_u16), to in (0..400_u16, 0..600_u16)) {
            let (mut store, mut model) = (Store::new(partitions), BTreeMap::new());
            for (nth, (hash, sort, put)) in (0..).zip(ops) {
                let key = key((hash, sort));
                if put {
                    store.insert(key.clone(), item(nth));
                    model.insert(key, item(nth));
                } else {
                    store.remove(&key);
                    model.remove(&key);
                }
            }
            prop_assert_eq!(store.count(), model.len() as u64);
            prop_assert_eq!(store.bytes(), model.values().map(Item::size).sum::<u64>());
            prop_assert!(store.iter().eq(model.iter()));
            prop_assert!(model.iter().all(|(key, item)| store.get(key) == Some(item)));
            prop_assert_eq!(store.get(&key((999, 0))), None);
            for span in [
                Span { from: Bound::Unbounded, to: Bound::Unbounded },
                Span { from: Bound::Excluded(key(from)), to: Bound::Unbounded },
                Span { from: Bound::Unbounded, to: Bound::Excluded(key(to)) },
                Span { from: Bound::Included(key(from)), to: Bound::Included(key(to)) },
            ] {
                let wanted = || model.iter().filter(|(key, _)| span.holds(key));
                let found = (0..partitions).flat_map(|partition| store.range(partition, span.clone()));
                prop_assert!(found.eq(wanted()));
                let back = (0..partitions).rev().flat_map(|partition| store.range(partition, span.clone()).rev());
                prop_assert!(back.eq(wanted().rev()));
                for partition in 0..partitions {
                    let own = store.range(partition, span.clone());
                    prop_assert!(own.eq(wanted().filter(|(key, _)| store.partition(key.place()) == partition)));
                }
            }
        }
    }
}
