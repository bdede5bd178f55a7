//! Messages in the order of a time.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use aws_core::Timestamp;

/// A slot's place in an order: first by time, then by sequence.
pub(crate) type Key = (Timestamp, u64);

/// Slots ordered by [`Key`].
///
/// Most keys arrive in order: messages are sent later and later, and a
/// queue's timeout is the same for all. Those form a doubly linked lane with
/// constant cost for every operation. A key that arrives out of order goes
/// into a tree beside it. So 10 and 10,000,000 waiting messages cost a call
/// the same unless callers mix timeouts, and then a logarithm.
#[derive(Debug, Default)]
pub(crate) struct TimeOrder {
    /// Neighbours in the lane, by slot.
    links: Vec<Link>,
    /// First and last slot of the lane, with the last one's key.
    lane: Option<Lane>,
    /// Keys that came out of order.
    tree: BTreeSet<(Key, u32)>,
    len: usize,
}

#[derive(Debug, Clone, Copy)]
struct Lane {
    first: u32,
    first_key: Key,
    last: u32,
    last_key: Key,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    before: u32,
    after: u32,
}

/// The end of the lane.
const END: u32 = u32::MAX;
/// Not in the lane.
const OUT: Link = Link { before: u32::MAX - 1, after: u32::MAX - 1 };

impl TimeOrder {
    /// How many slots it holds.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The first slot and its key.
    pub(crate) fn first(&self) -> Option<(Key, u32)> {
        let lane = self.lane.map(|lane| (lane.first_key, lane.first));
        match (lane, self.tree.first()) {
            (Some(lane), Some(tree)) => Some(lane.min(*tree)),
            (lane, tree) => lane.or(tree.copied()),
        }
    }

    /// Adds a slot that is not in it.
    pub(crate) fn insert(&mut self, slot: u32, key: Key) {
        self.len += 1;
        match &mut self.lane {
            Some(lane) if lane.last_key > key => {
                self.tree.insert((key, slot));
            }
            Some(lane) => {
                let before = lane.last;
                (lane.last, lane.last_key) = (slot, key);
                self.set(before, |link| link.after = slot);
                self.put(slot, Link { before, after: END });
            }
            None => {
                self.lane = Some(Lane { first: slot, first_key: key, last: slot, last_key: key });
                self.put(slot, Link { before: END, after: END });
            }
        }
    }

    /// Takes out a slot that was inserted under `key`. `key_of` tells the
    /// keys of its neighbours.
    pub(crate) fn remove(&mut self, slot: u32, key: Key, key_of: impl Fn(u32) -> Key) {
        let link = self.links.get(slot as usize).copied().unwrap_or(OUT);
        if link.before == OUT.before {
            self.len -= usize::from(self.tree.remove(&(key, slot)));
            return;
        }
        self.len -= 1;
        self.put(slot, OUT);
        match (link.before, link.after) {
            (END, END) => self.lane = None,
            (END, after) => {
                self.set(after, |link| link.before = END);
                if let Some(lane) = &mut self.lane {
                    (lane.first, lane.first_key) = (after, key_of(after));
                }
            }
            (before, END) => {
                self.set(before, |link| link.after = END);
                if let Some(lane) = &mut self.lane {
                    (lane.last, lane.last_key) = (before, key_of(before));
                }
            }
            (before, after) => {
                self.set(before, |link| link.after = after);
                self.set(after, |link| link.before = before);
            }
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    fn set(&mut self, slot: u32, change: impl FnOnce(&mut Link)) {
        if let Some(link) = self.links.get_mut(slot as usize) {
            change(link);
        }
    }

    fn put(&mut self, slot: u32, link: Link) {
        let index = slot as usize;
        if self.links.len() <= index {
            self.links.resize(index + 1, OUT);
        }
        self.set(slot, |old| *old = link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    proptest! {
        /// Against a plain sorted map: same length, same first, whatever the
        /// mixture of in-order and out-of-order insertions and removals.
        #[test]
        fn agrees_with_a_sorted_map(ops in proptest::collection::vec((0_u32..20, 0_i64..50, any::<bool>()), 0..200)) {
            let mut order = TimeOrder::default();
            let mut keys = BTreeMap::<u32, Key>::new();
            for (index, (slot, at, rising)) in ops.into_iter().enumerate() {
                let at = if rising { index as i64 } else { at };
                if let Some(key) = keys.get(&slot).copied() {
                    let others = keys.clone();
                    order.remove(slot, key, |slot| others[&slot]);
                    keys.remove(&slot);
                } else {
                    let key = (Timestamp::from_millis(at), index as u64);
                    order.insert(slot, key);
                    keys.insert(slot, key);
                }
                prop_assert_eq!(order.len(), keys.len());
                prop_assert_eq!(order.first(), keys.iter().map(|(slot, key)| (*key, *slot)).min());
            }
        }
    }
}
