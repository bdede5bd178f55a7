//! What a FIFO queue remembers for five minutes: accepted sends, by which it
//! deduplicates, and receives that can be repeated.

use crate::MessageId;
use crate::receipt::{Receipt, SealKey};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{Span, Timestamp};
use core::hash::Hasher as _;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

/// How long a deduplication id and a receive attempt are remembered.
/// `[SQS-10.2]` `[SQS-8.9]`
pub(crate) const MEMORY: Span = Span::from_minutes(5);

/// Every operation is of constant cost, but that a send pays for the sends
/// that are forgotten with it, and the first one under another scope for all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Memory {
    /// In the order of their acceptance.
    accepted: VecDeque<Accepted>,
    /// Receives that can be repeated, by their attempt id.
    attempts: BTreeMap<Arc<str>, Attempt>,
    /// When attempts were made, in order; a repeated one stands here twice.
    attempted: VecDeque<(Timestamp, Arc<str>)>,
    /// The deduplication scope that is still in force, and until when.
    pub(crate) scope_before: Option<(bool, Timestamp)>,
    /// Not part of what is remembered: how it is found.
    #[serde(skip)]
    finder: Finder,
}

/// Where an accepted send stands, by the hash of what it is deduplicated by.
#[derive(Debug, Clone, Default)]
struct Finder {
    /// Hashes and numbers of accepted sends.
    table: HashTable<(u64, u64)>,
    /// The number of the oldest one.
    oldest: u64,
    /// Whether the group is part of the hash.
    by_group: bool,
    /// Whether every accepted send is in the table.
    ready: bool,
}

/// Two memories are equal if they remember the same.
impl PartialEq for Finder {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A send that was accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Accepted {
    /// What it is deduplicated by.
    pub(crate) id: Arc<str>,
    pub(crate) group: Arc<str>,
    pub(crate) at: Timestamp,
    pub(crate) message: MessageId,
    pub(crate) sequence: u64,
}

impl Accepted {
    fn hash(&self, key: &SealKey, by_group: bool) -> u64 {
        hash(key, &self.id, by_group.then_some(&*self.group))
    }
}

/// Keyed, so that no sender can choose ids that collide.
fn hash(key: &SealKey, id: &str, group: Option<&str>) -> u64 {
    let mut hasher = key.hasher();
    hasher.write(id.as_bytes());
    if let Some(group) = group {
        hasher.write_u8(0);
        hasher.write(group.as_bytes());
    }
    hasher.finish()
}

impl Finder {
    /// Sees that sends are found by the scope that is in force.
    fn prepare(&mut self, accepted: &VecDeque<Accepted>, key: &SealKey, by_group: bool) {
        if self.ready && self.by_group == by_group {
            return;
        }
        *self = Self { table: HashTable::new(), oldest: 0, by_group, ready: true };
        for (number, send) in (0..).zip(accepted) {
            self.add(send.hash(key, by_group), number);
        }
    }

    fn add(&mut self, hash: u64, number: u64) {
        self.table.insert_unique(hash, (hash, number), |(hash, _)| *hash);
    }

    fn forget_oldest(&mut self, hash: u64) {
        let number = self.oldest;
        if let Ok(entry) = self.table.find_entry(hash, |(_, other)| *other == number) {
            entry.remove();
        }
        self.oldest += 1;
    }

    /// Places of the sends with this hash.
    fn places(&self, hash: u64) -> impl Iterator<Item = usize> + '_ {
        let same = self.table.iter_hash(hash).filter(move |(other, _)| *other == hash);
        same.filter_map(|(_, number)| usize::try_from(number - self.oldest).ok())
    }
}

/// A receive that can be repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// When it was first made.
    pub(crate) at: Timestamp,
    /// How many messages it asked for.
    pub(crate) most: usize,
    /// For how long they are invisible.
    pub(crate) visibility: Span,
    /// Until when they are.
    pub(crate) until: Timestamp,
    /// What it delivered.
    pub(crate) receipts: Vec<Receipt>,
}

impl Memory {
    /// Remembers a send, unless it is a duplicate of the one that is answered
    /// then; with `by_group` only one of the same group can be. Forgets what
    /// is old enough. `[SQS-10.2]`
    pub(crate) fn accept(&mut self, key: &SealKey, send: Accepted, by_group: bool) -> Option<&Accepted> {
        let Self { accepted, finder, .. } = self;
        finder.prepare(accepted, key, by_group);
        while let Some(oldest) = accepted.front()
            && oldest.at + MEMORY <= send.at
        {
            finder.forget_oldest(oldest.hash(key, by_group));
            accepted.pop_front();
        }
        let hash = send.hash(key, by_group);
        let same = |place: &usize| {
            let is_same = |first: &Accepted| first.id == send.id && (!by_group || first.group == send.group);
            accepted.get(*place).is_some_and(is_same)
        };
        if let Some(first) = finder.places(hash).filter(same).min() {
            return accepted.get(first);
        }
        finder.add(hash, finder.oldest + accepted.len() as u64);
        accepted.push_back(send);
        None
    }

    /// The attempt of this id, while it can be repeated. `[SQS-8.9]`
    pub(crate) fn attempt(&self, id: &str, now: Timestamp) -> Option<&Attempt> {
        self.attempts.get(id).filter(|attempt| now < attempt.at + MEMORY)
    }

    /// Remembers what an attempt delivered, and forgets what is old enough.
    pub(crate) fn attempted(&mut self, id: &str, attempt: Attempt) {
        let forgotten = |at: Timestamp| at + MEMORY <= attempt.at;
        while let Some((at, id)) = self.attempted.front()
            && forgotten(*at)
        {
            if self.attempts.get(id).is_some_and(|attempt| forgotten(attempt.at)) {
                self.attempts.remove(id);
            }
            self.attempted.pop_front();
        }
        let id: Arc<str> = id.into();
        self.attempted.push_back((attempt.at, id.clone()));
        self.attempts.insert(id, attempt);
    }

    /// Notes that an attempt was repeated.
    pub(crate) fn repeated(&mut self, id: &str, until: Timestamp) {
        if let Some(attempt) = self.attempts.get_mut(id) {
            attempt.until = until;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// [SQS-10.2] [SQS-10.5] Against a list that is scanned whole, with
        /// scopes that change and ids that several groups use.
        #[test]
        fn finds_the_first_that_is_remembered(
            sends in proptest::collection::vec((0..4_u8, 0..3_u8, any::<bool>(), 0..200_i64), 0..60),
        ) {
            let key = SealKey::from([7; 16]);
            let (mut memory, mut list, mut seconds) = (Memory::default(), Vec::<Accepted>::new(), 0);
            for (sequence, (id, group, by_group, pause)) in (0..).zip(sends) {
                seconds += pause;
                let at = Timestamp::from_seconds(seconds);
                let (id, group) = (Arc::from(alloc::format!("{id}")), Arc::from(alloc::format!("{group}")));
                let known = list
                    .iter()
                    .find(|send| send.id == id && (!by_group || send.group == group) && at < send.at + MEMORY)
                    .map(|send| send.sequence);
                let message = MessageId::from_random_bytes([0; 16]);
                let send = Accepted { id, group, at, message, sequence };
                let found = memory.accept(&key, send.clone(), by_group).map(|send| send.sequence);
                prop_assert_eq!(found, known);
                if found.is_none() {
                    list.push(send);
                }
            }
        }
    }
}
