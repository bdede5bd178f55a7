//! Which statements may concern an action on a resource.
//!
//! Cost: one binary search over the distinct beginnings of actions, a climb
//! over those that are beginnings of each other (a handful), and where many
//! statements share one, the same again over the beginnings of resources.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Index {
    actions: Prefixes<Group>,
}

/// Statements whose actions begin alike.
#[derive(Debug, Clone, PartialEq)]
enum Group {
    Few(Vec<u32>),
    ByResource(Prefixes<Vec<u32>>),
}

/// More statements than this under one beginning are told apart by resource.
const FEW: usize = 8;
/// A statement with more pairs of actions and resources than this is not.
const PAIRS: usize = 1_024;

impl Index {
    /// From the beginnings of each statement's actions and resources.
    pub(crate) fn new(statements: impl Iterator<Item = (Vec<String>, Vec<String>)>) -> Self {
        let mut groups: BTreeMap<String, Vec<(String, u32)>> = BTreeMap::new();
        for (id, (mut actions, mut resources)) in (0u32..).zip(statements) {
            actions.sort_unstable();
            actions.dedup();
            resources.sort_unstable();
            resources.dedup();
            if actions.len() * resources.len() > PAIRS {
                resources = Vec::from([String::new()]);
            }
            for action in actions {
                let group = groups.entry(action).or_default();
                group.extend(resources.iter().map(|resource| (resource.clone(), id)));
            }
        }
        let groups = groups.into_iter().map(|(action, mut entries)| {
            let group = if entries.len() <= FEW {
                let mut ids: Vec<u32> = entries.into_iter().map(|(_, id)| id).collect();
                ids.dedup();
                Group::Few(ids)
            } else {
                entries.sort_unstable();
                let mut by_resource: Vec<(String, Vec<u32>)> = Vec::new();
                for (resource, id) in entries {
                    match by_resource.last_mut() {
                        Some((last, ids)) if *last == resource => ids.push(id),
                        _ => by_resource.push((resource, Vec::from([id]))),
                    }
                }
                Group::ByResource(Prefixes::new(by_resource))
            };
            (action, group)
        });
        Self { actions: Prefixes::new(groups.collect()) }
    }

    /// Calls `with` for every statement that may concern them, perhaps more
    /// than once, until it answers that it has enough.
    pub(crate) fn candidates(&self, action: &str, resource: &str, mut with: impl FnMut(u32) -> bool) {
        self.actions.beginnings(action, |group| match group {
            Group::Few(ids) => ids.iter().any(|id| with(*id)),
            Group::ByResource(by_resource) => {
                by_resource.beginnings(resource, |ids| ids.iter().any(|id| with(*id)))
            }
        });
    }
}

/// A map of beginnings, asked for all that a text begins with.
#[derive(Debug, Clone, PartialEq)]
struct Prefixes<V> {
    /// For the empty text, which begins everything.
    always: Option<V>,
    /// How many bytes all others have in common; ARNs have many.
    common: usize,
    /// The others in the order of their texts, all in lower case.
    entries: Vec<Entry<V>>,
    /// The first bytes of each behind what they have in common: the search
    /// looks at texts only where these are equal.
    keys: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry<V> {
    text: String,
    /// The longest other entry that this one begins with.
    parent: Option<u32>,
    value: V,
}

impl<V> Default for Prefixes<V> {
    fn default() -> Self {
        Self { always: None, common: 0, entries: Vec::new(), keys: Vec::new() }
    }
}

impl<V> Prefixes<V> {
    /// From distinct texts in ascending order.
    fn new(sorted: Vec<(String, V)>) -> Self {
        let mut prefixes = Self::default();
        for (text, value) in sorted {
            if text.is_empty() {
                prefixes.always = Some(value);
                continue;
            }
            let entries = &mut prefixes.entries;
            let mut parent = entries.len().checked_sub(1);
            while let Some(entry) = parent.and_then(|at| entries.get(at)) {
                if text.starts_with(&entry.text) {
                    break;
                }
                parent = entry.parent.map(|at| at as usize);
            }
            let parent = parent.and_then(|at| u32::try_from(at).ok());
            entries.push(Entry { text, parent, value });
        }
        // In a sorted list the first and the last differ soonest.
        if let (Some(first), Some(last)) = (prefixes.entries.first(), prefixes.entries.last()) {
            let same = first.text.bytes().zip(last.text.bytes()).take_while(|(a, b)| a == b).count();
            prefixes.common = same;
        }
        let keys = prefixes.entries.iter().map(|entry| key(entry.tail(prefixes.common)));
        prefixes.keys = keys.collect();
        prefixes
    }

    /// Those that `text` begins with, ignoring case. The longest of them
    /// begins every entry that sorts between it and the text, so it is found
    /// by climbing from the last entry that is not greater than the text.
    /// Answers whether `with` had enough.
    fn beginnings(&self, text: &str, mut with: impl FnMut(&V) -> bool) -> bool {
        if self.always.as_ref().is_some_and(&mut with) {
            return true;
        }
        let bytes = text.as_bytes();
        let (Some((head, rest)), Some(first)) = (bytes.split_at_checked(self.common), self.entries.first())
        else {
            return false;
        };
        let common = first.text.as_bytes().get(..self.common).unwrap_or_default();
        if !head.eq_ignore_ascii_case(common) {
            return false;
        }
        let wanted = key(rest);
        let first = self.keys.partition_point(|key| *key < wanted);
        let last = self.keys.partition_point(|key| *key <= wanted);
        let alike = self.entries.get(first..last).unwrap_or_default();
        let below = first + alike.partition_point(|entry| compare(entry.tail(self.common), rest).is_le());
        let mut at = below.checked_sub(1);
        while let Some(entry) = at.and_then(|at| self.entries.get(at)) {
            let known = entry.tail(self.common);
            let begins = rest.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known));
            if begins && with(&entry.value) {
                return true;
            }
            at = entry.parent.map(|at| at as usize);
        }
        false
    }
}

impl<V> Entry<V> {
    fn tail(&self, common: usize) -> &[u8] {
        self.text.as_bytes().get(common..).unwrap_or_default()
    }
}

/// The first eight bytes in lower case, ordered as they are.
fn key(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(text).for_each(|(to, from)| *to = from.to_ascii_lowercase());
    u64::from_be_bytes(bytes)
}

/// The order of a lower-case text and another in any case.
fn compare(lower: &[u8], text: &[u8]) -> Ordering {
    for (a, b) in lower.iter().zip(text) {
        match a.cmp(&b.to_ascii_lowercase()) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    lower.len().cmp(&text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_every_beginning(texts in prop::collection::btree_set("[ab]{0,5}", 0..30), text in "[abAB]{0,7}") {
            let prefixes = Prefixes::new(texts.iter().map(|text| (text.clone(), text.clone())).collect());
            let mut found = Vec::new();
            prefixes.beginnings(&text, |value| {
                found.push(value.clone());
                false
            });
            found.sort();
            let lower = text.to_ascii_lowercase();
            let expected: Vec<String> = texts.into_iter().filter(|known| lower.starts_with(known.as_str())).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
