//! The ordered items of a table or index: one B-tree for each partition.

use crate::capacity::ring::{self, Place};
use crate::item::Item;
use crate::key::Key;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::{Bound, RangeBounds as _};

#[derive(Debug)]
pub(crate) struct Store {
    partitions: Vec<BTreeMap<Key, Item>>,
    count: u64,
    bytes: u64,
}

/// A stretch of a store: from here, up to but without there.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) from: Bound<Key>,
    pub(crate) to: Bound<Key>,
}

impl Store {
    pub(crate) fn new(partitions: usize) -> Self {
        Self { partitions: (0..partitions.max(1)).map(|_| BTreeMap::new()).collect(), count: 0, bytes: 0 }
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
        self.partitions.len()
    }

    /// Which partition a place is in. `[CAP-3.1]`
    pub(crate) fn partition(&self, place: Place) -> usize {
        ring::arc(place, self.partitions.len())
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Item> {
        self.partitions.get(self.partition(key.place))?.get(key)
    }

    pub(crate) fn insert(&mut self, key: Key, item: Item) {
        let partition = self.partition(key.place);
        self.bytes += item.size();
        self.count += 1;
        if let Some(items) = self.partitions.get_mut(partition)
            && let Some(old) = items.insert(key, item)
        {
            self.bytes -= old.size();
            self.count -= 1;
        }
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        let partition = self.partition(key.place);
        if let Some(old) = self.partitions.get_mut(partition).and_then(|items| items.remove(key)) {
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
        let items = self.partitions.get(partition).filter(|_| !span.is_empty());
        items.map(|items| items.range((span.from, span.to))).into_iter().flatten()
    }

    /// Everything, in the order of the ring. `[DDB-3.2]`
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Item)> {
        self.partitions.iter().flatten()
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
