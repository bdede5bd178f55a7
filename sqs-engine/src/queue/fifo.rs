//! What only FIFO queues have: groups, deduplication and receive attempts.

use super::order::Key;
use crate::MessageId;
use crate::receipt::Receipt;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a deduplication id and a receive attempt are remembered.
/// `[SQS-10.2]` `[SQS-8.9]`
pub(crate) const MEMORY: Span = Span::from_minutes(5);

/// The groups of a FIFO queue and what it remembers.
///
/// A group that has no messages costs nothing. Every operation is a logarithm
/// of the number of groups; within a group, messages leave near its front.
#[derive(Debug, Default)]
pub(crate) struct Fifo {
    names: BTreeMap<Arc<str>, u32>,
    groups: Vec<Group>,
    free: Vec<u32>,
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

impl Fifo {
    /// Adds a message at the end of its group.
    pub(crate) fn join(&mut self, name: &Arc<str>, sequence: u64, slot: u32) {
        let Self { names, groups, free, .. } = self;
        let index = *names.entry(name.clone()).or_insert_with(|| {
            free.pop().unwrap_or_else(|| {
                groups.push(Group::default());
                u32::try_from(groups.len() - 1).unwrap_or(u32::MAX)
            })
        });
        if let Some(group) = groups.get_mut(index as usize) {
            group.name = name.clone();
            group.members.push_back((sequence, slot));
        }
    }

    /// Takes a message out of its group.
    pub(crate) fn leave(&mut self, name: &str, sequence: u64) {
        let Some(index) = self.names.get(name).copied() else { return };
        let Some(group) = self.groups.get_mut(index as usize) else { return };
        if let Ok(place) = group.members.binary_search_by_key(&sequence, |(sequence, _)| *sequence) {
            group.members.remove(place);
        }
        if group.members.is_empty() {
            if let Some(key) = group.head.take() {
                self.heads.remove(&(key, index));
            }
            self.names.remove(name);
            self.free.push(index);
        }
    }

    /// Notes when the group's first message became visible. `visible` tells
    /// the key of a slot's message if it is.
    pub(crate) fn refresh(&mut self, name: &str, visible: impl Fn(u32) -> Option<Key>) {
        let Some(index) = self.names.get(name).copied() else { return };
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
        *self = Self::default();
        self.memory.scope_before = scope_before;
    }

    /// Checks that `heads` and `members` are what the messages say.
    pub(crate) fn verify(
        &self,
        messages: usize,
        group_of: impl Fn(u32) -> Option<(u64, String, Option<Key>)>,
    ) -> Result<(), String> {
        let mut count = 0;
        for (name, index) in &self.names {
            let Some(group) = self.groups.get(*index as usize) else { return Err("no such group".into()) };
            let mut before = None;
            for (sequence, slot) in &group.members {
                count += 1;
                let Some((own, own_group, _)) = group_of(*slot) else {
                    return Err(alloc::format!("group {name} holds a message that is not there"));
                };
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

/// What a FIFO queue remembers for five minutes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Memory {
    /// Accepted sends by their deduplication id; with several groups one id
    /// can have been accepted several times.
    accepted: BTreeMap<Arc<str>, Vec<Accepted>>,
    /// The ids in the order of their acceptance.
    ages: VecDeque<(Timestamp, Arc<str>)>,
    /// Receives that can be repeated, by their attempt id.
    attempts: BTreeMap<Arc<str>, Attempt>,
    /// The deduplication scope that is still in force, and until when.
    pub(crate) scope_before: Option<(bool, Timestamp)>,
}

/// A send that was accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Accepted {
    group: Arc<str>,
    at: Timestamp,
    pub(crate) id: MessageId,
    pub(crate) sequence: u64,
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
    /// The accepted send that makes one with this id a duplicate.
    /// `[SQS-10.2]`
    pub(crate) fn duplicate(&self, id: &str, group: Option<&str>, now: Timestamp) -> Option<&Accepted> {
        let sends = self.accepted.get(id)?;
        let in_scope = |send: &&Accepted| group.is_none_or(|group| &*send.group == group);
        sends.iter().filter(in_scope).find(|send| now < send.at + MEMORY)
    }

    /// Remembers an accepted send, and forgets what is old enough.
    pub(crate) fn accept(
        &mut self,
        id: &Arc<str>,
        group: &Arc<str>,
        at: Timestamp,
        message: MessageId,
        sequence: u64,
    ) {
        while let Some((accepted, id)) = self.ages.front()
            && *accepted + MEMORY <= at
        {
            if let Some(sends) = self.accepted.get_mut(id) {
                sends.retain(|send| at < send.at + MEMORY);
                if sends.is_empty() {
                    self.accepted.remove(&**id);
                }
            }
            self.ages.pop_front();
        }
        let send = Accepted { group: group.clone(), at, id: message, sequence };
        self.accepted.entry(id.clone()).or_default().push(send);
        self.ages.push_back((at, id.clone()));
    }

    /// The attempt of this id, while it can be repeated. `[SQS-8.9]`
    pub(crate) fn attempt(&self, id: &str, now: Timestamp) -> Option<&Attempt> {
        self.attempts.get(id).filter(|attempt| now < attempt.at + MEMORY)
    }

    /// Remembers what an attempt delivered.
    pub(crate) fn attempted(&mut self, id: &str, attempt: Attempt) {
        let now = attempt.at;
        self.attempts.retain(|_, attempt| now < attempt.at + MEMORY);
        self.attempts.insert(id.into(), attempt);
    }

    /// Notes that an attempt was repeated.
    pub(crate) fn repeated(&mut self, id: &str, until: Timestamp) {
        if let Some(attempt) = self.attempts.get_mut(id) {
            attempt.until = until;
        }
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
