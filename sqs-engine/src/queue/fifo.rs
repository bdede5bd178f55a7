//! What only FIFO queues have: groups, and what they remember.

use super::memory::Memory;
use super::order::Key;
use crate::receipt::SealKey;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::Hasher as _;
use hashbrown::HashTable;

/// The groups of a FIFO queue and what it remembers.
///
/// A group that has no messages costs nothing. Every operation is a logarithm
/// of the number of groups at most; within a group, messages leave near its
/// front.
#[derive(Debug)]
pub(crate) struct Fifo {
    seal: SealKey,
    /// Groups by the hash of their names.
    names: HashTable<u32>,
    groups: Vec<Group>,
    free: Vec<u32>,
    /// The group of each slot's message.
    group_of: Vec<u32>,
    /// Groups whose first message can be received, by the key of that
    /// message. `[SQS-8.3]`
    heads: BTreeSet<(Key, u32)>,
    pub(crate) memory: Memory,
}

#[derive(Debug, Default)]
struct Group {
    name: Arc<str>,
    /// Sequence and slot of its messages, in order.
    members: VecDeque<(u64, u32)>,
    /// What it stands under in `heads`.
    head: Option<Key>,
}

fn hash(seal: &SealKey, name: &str) -> u64 {
    let mut hasher = seal.hasher();
    hasher.write(name.as_bytes());
    hasher.finish()
}

impl Fifo {
    /// A queue without messages whose handles are sealed with `seal`.
    pub(crate) fn new(seal: SealKey) -> Self {
        Self {
            seal,
            names: HashTable::new(),
            groups: Vec::new(),
            free: Vec::new(),
            group_of: Vec::new(),
            heads: BTreeSet::new(),
            memory: Memory::default(),
        }
    }

    /// The group's place, made if there is none; and its name, of which all
    /// its messages share one copy.
    fn enter(&mut self, name: &Arc<str>) -> (u32, Arc<str>) {
        let Self { seal, names, groups, free, .. } = self;
        let named = |index: u32| groups.get(index as usize).map_or(&*name, |group| &group.name);
        let hashed = hash(seal, name);
        if let Some(index) = names.find(hashed, |index| **named(*index) == **name) {
            return (*index, named(*index).clone());
        }
        let index = free.pop().unwrap_or_else(|| {
            groups.push(Group::default());
            u32::try_from(groups.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(group) = groups.get_mut(index as usize) {
            group.name = name.clone();
        }
        names.insert_unique(hashed, index, |index| {
            groups.get(*index as usize).map_or(0, |group| hash(seal, &group.name))
        });
        (index, name.clone())
    }

    /// Adds a message at the end of its group, and answers the group's name.
    pub(crate) fn join(&mut self, name: &Arc<str>, sequence: u64, slot: u32) -> Arc<str> {
        let (index, name) = self.enter(name);
        if let Some(group) = self.groups.get_mut(index as usize) {
            group.members.push_back((sequence, slot));
        }
        let place = slot as usize;
        if self.group_of.len() <= place {
            self.group_of.resize(place + 1, u32::MAX);
        }
        if let Some(group) = self.group_of.get_mut(place) {
            *group = index;
        }
        name
    }

    /// Takes a message out of its group. What `visible` tells is the key of
    /// another slot's message, if that is visible.
    pub(crate) fn leave(&mut self, slot: u32, sequence: u64, visible: impl Fn(u32) -> Option<Key>) {
        let Some(index) = self.group_of.get(slot as usize).copied() else { return };
        let Some(group) = self.groups.get_mut(index as usize) else { return };
        // Nearly always the first one: looking for it elsewhere is costly.
        if group.members.front().is_some_and(|(first, _)| *first == sequence) {
            group.members.pop_front();
        } else if let Ok(place) = group.members.binary_search_by_key(&sequence, |(sequence, _)| *sequence) {
            group.members.remove(place);
        }
        if group.members.is_empty() {
            if let Some(key) = group.head.take() {
                self.heads.remove(&(key, index));
            }
            let hashed = hash(&self.seal, &group.name);
            if let Ok(entry) = self.names.find_entry(hashed, |other| *other == index) {
                entry.remove();
            }
            self.free.push(index);
        } else {
            self.refresh_group(index, visible);
        }
    }

    /// Notes when the first message of the slot's group became visible.
    /// `visible` tells the key of a slot's message if it is.
    pub(crate) fn refresh(&mut self, slot: u32, visible: impl Fn(u32) -> Option<Key>) {
        if let Some(index) = self.group_of.get(slot as usize).copied() {
            self.refresh_group(index, visible);
        }
    }

    fn refresh_group(&mut self, index: u32, visible: impl Fn(u32) -> Option<Key>) {
        let Some(group) = self.groups.get_mut(index as usize) else { return };
        let head = group.members.front().and_then(|(_, slot)| visible(*slot));
        if head != group.head {
            if let Some(old) = group.head {
                self.heads.remove(&(old, index));
            }
            if let Some(new) = head {
                self.heads.insert((new, index));
            }
            group.head = head;
        }
    }

    /// The slots of each group that can be received from, group after group
    /// in the order in which their first messages became visible.
    pub(crate) fn eligible(&self) -> impl Iterator<Item = impl Iterator<Item = u32> + '_> + '_ {
        let group = |(_, index): &(Key, u32)| self.groups.get(*index as usize);
        self.heads.iter().filter_map(group).map(|group| group.members.iter().map(|(_, slot)| *slot))
    }

    /// Forgets all messages and ids. `[SQS-10.4]`
    pub(crate) fn clear(&mut self) {
        let scope_before = self.memory.scope_before;
        *self = Self::new(self.seal);
        self.memory.scope_before = scope_before;
    }

    /// Checks that `heads` and `members` are what the messages say.
    pub(crate) fn verify(
        &self,
        messages: usize,
        group_of: impl Fn(u32) -> Option<(u64, String, Option<Key>)>,
    ) -> Result<(), String> {
        let mut count = 0;
        for index in &self.names {
            let Some(group) = self.groups.get(*index as usize) else { return Err("no such group".into()) };
            let name = &group.name;
            let mut before = None;
            for (sequence, slot) in &group.members {
                count += 1;
                let Some((own, own_group, _)) = group_of(*slot) else {
                    return Err(alloc::format!("group {name} holds a message that is not there"));
                };
                if self.group_of.get(*slot as usize) != Some(index) {
                    return Err(alloc::format!("group {name} is not found by its messages"));
                }
                if own != *sequence || *own_group != **name || before >= Some(own) {
                    return Err(alloc::format!("group {name} is out of order"));
                }
                before = Some(own);
            }
            let head = group.members.front().and_then(|(_, slot)| group_of(*slot)?.2);
            if head != group.head || head.is_some_and(|key| !self.heads.contains(&(key, *index))) {
                return Err(alloc::format!("group {name} has the wrong head"));
            }
        }
        if count != messages || self.heads.len() > self.names.len() {
            return Err(alloc::format!("{count} of {messages} messages are in groups"));
        }
        Ok(())
    }
}

/// The sequence number as AWS prints it: 20 digits, increasing with gaps.
/// `[SQS-10.1]`
pub(crate) fn sequence_number(sequence: u64) -> String {
    (18_849_496_460_467_696_128_u128 + 256 * u128::from(sequence)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [SQS-10.1]
    #[test]
    fn sequence_numbers_have_twenty_digits_to_the_end() {
        assert_eq!(sequence_number(0), "18849496460467696128");
        assert_eq!(sequence_number(1), "18849496460467696384");
        assert_eq!(sequence_number(1 << 50).len(), 20);
    }
}
