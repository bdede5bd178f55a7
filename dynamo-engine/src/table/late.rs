//! What arrives late: entries of global indexes, and writes at the copies that
//! reads see which need not be consistent. `[DDB-5.9]` `[DDB-H2]`

use super::Table;
use super::store::Store;
use crate::engine::Lag;
use crate::item::Item;
use crate::key::Key;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use aws_core::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A write that has not arrived everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pending {
    pub(crate) due: Timestamp,
    pub(crate) old: Option<Item>,
    pub(crate) new: Option<Item>,
}

/// The late side of a table.
#[derive(Debug, Default)]
pub(crate) struct Late {
    /// On their way to the global indexes, in the order of the writes.
    pub(crate) entries: VecDeque<Pending>,
    /// On their way to the copy.
    pub(crate) writes: VecDeque<Pending>,
    /// The table as reads see it that need not be consistent, if it is behind.
    pub(crate) copy: Option<Store>,
}

/// When a write arrives that comes after these: never before them.
fn due(queue: &VecDeque<Pending>, at: Timestamp) -> Timestamp {
    queue.back().map_or(at, |last| last.due.max(at))
}

/// The next write that has arrived by now.
fn arrived(queue: &mut VecDeque<Pending>, now: Timestamp) -> Option<Pending> {
    let is_due = queue.front().is_some_and(|pending| pending.due <= now);
    if is_due { queue.pop_front() } else { None }
}

/// The items before so many writes.
fn before<'p>(
    items: &[Item],
    key: impl Fn(&Item) -> Option<Key>,
    queue: impl DoubleEndedIterator<Item = &'p Pending>,
) -> Vec<Item> {
    let mut all: alloc::collections::BTreeMap<Key, Item> =
        items.iter().filter_map(|item| Some((key(item)?, item.clone()))).collect();
    for Pending { old, new, .. } in queue.rev() {
        let Some(key) = old.as_ref().or(new.as_ref()).and_then(&key) else { continue };
        match old {
            Some(old) => all.insert(key, old.clone()),
            None => all.remove(&key),
        };
    }
    all.into_values().collect()
}

impl Table {
    /// The items that a read of the table sees.
    pub(crate) fn seen(&self, consistent: bool) -> &Store {
        match &self.late.copy {
            Some(copy) if !consistent => copy,
            _ => &self.store,
        }
    }

    /// Sends a write on its way; `after` is how long it takes.
    pub(crate) fn send(
        &mut self,
        lag: &Lag,
        after: (Span, Span),
        now: Timestamp,
        old: Option<Item>,
        new: Option<Item>,
    ) {
        let Late { entries, writes, copy } = &mut self.late;
        if lag.indexes > Span::ZERO && self.indexes.iter().any(|index| index.definition.global) {
            let due = due(entries, now + after.0);
            entries.push_back(Pending { due, old: old.clone(), new: new.clone() });
        }
        if copy.is_some() {
            let due = due(writes, now + after.1);
            writes.push_back(Pending { due, old, new });
        }
    }

    /// When the next write arrives somewhere.
    pub(crate) fn next_arrival(&self) -> Option<Timestamp> {
        let first = |queue: &VecDeque<Pending>| queue.front().map(|pending| pending.due);
        first(&self.late.entries).into_iter().chain(first(&self.late.writes)).min()
    }

    /// Lets everything arrive that is due.
    pub(crate) fn arrive(&mut self, now: Timestamp) {
        while let Some(pending) = arrived(&mut self.late.entries, now) {
            self.enter(&pending);
        }
        while let Some(Pending { old, new, .. }) = arrived(&mut self.late.writes, now) {
            let Some(key) =
                old.as_ref().or(new.as_ref()).and_then(|item| self.definition.schema.key_of(item))
            else {
                continue;
            };
            if let Some(copy) = &mut self.late.copy {
                match new {
                    Some(new) => copy.insert(key, new),
                    None => copy.remove(&key),
                }
            }
        }
    }

    /// Brings a write to the global indexes.
    fn enter(&mut self, Pending { old, new, .. }: &Pending) {
        let schema = &self.definition.schema;
        let Some(base) = old.as_ref().or(new.as_ref()).and_then(|item| schema.key_of(item)) else { return };
        for index in self.indexes.iter_mut().filter(|index| index.definition.global) {
            if let Some(key) = old.as_ref().and_then(|old| index.key_of(old, &base)) {
                index.store.remove(&key);
            }
            if let Some(new) = new
                && let Some(key) = index.key_of(new, &base)
            {
                let entry = index.entry(new, schema);
                index.store.insert(key, entry);
            }
        }
    }

    /// The same after a restart, the indexes being full of what is there.
    pub(crate) fn lag_again(&mut self, entries: VecDeque<Pending>, writes: VecDeque<Pending>, copied: bool) {
        let items: Vec<Item> = self.store.iter().map(|(_, item)| item.clone()).collect();
        let schema = self.definition.schema.clone();
        let key = |item: &Item| schema.key_of(item);
        if !entries.is_empty() {
            let seen = before(&items, key, entries.iter());
            for index in self.indexes.iter_mut().filter(|index| index.definition.global) {
                let mut store = Store::new(index.store.partitions());
                for item in &seen {
                    if let Some(base) = key(item)
                        && let Some(own) = index.key_of(item, &base)
                    {
                        store.insert(own, index.entry(item, &schema));
                    }
                }
                index.store = store;
            }
        }
        if copied {
            let mut copy = Store::new(self.store.partitions());
            for item in before(&items, key, writes.iter()) {
                if let Some(key) = key(&item) {
                    copy.insert(key, item);
                }
            }
            self.late.copy = Some(copy);
        }
        (self.late.entries, self.late.writes) = (entries, writes);
    }
}
