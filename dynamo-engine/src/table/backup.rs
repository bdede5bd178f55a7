//! A table's past: backups, and the changes of the last days.

use super::index::IndexDefinition;
use super::{Table, TableDefinition};
use crate::item::Item;
use crate::key::Key;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A table as it was at some time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Copy {
    pub(crate) definition: TableDefinition,
    pub(crate) indexes: Vec<IndexDefinition>,
    /// The view type of its stream.
    pub(crate) view: Option<String>,
    pub(crate) items: Vec<Item>,
}

/// A backup. `[DDB-15.4]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backup {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    pub(crate) bytes: u64,
    pub(crate) copy: Copy,
}

/// What a table was, change by change. `[DDB-15.4]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Journal {
    pub(crate) since: Timestamp,
    pub(crate) days: u32,
    /// The time of a change, the key, and the item before it.
    changes: VecDeque<(Timestamp, Item, Option<Item>)>,
}

impl Journal {
    pub(crate) fn new(since: Timestamp, days: u32) -> Self {
        Self { since, days, changes: VecDeque::new() }
    }

    /// Keeps what an item was, and forgets what is too old.
    pub(crate) fn keep(&mut self, now: Timestamp, keys: Item, old: Option<Item>) {
        let horizon = now - Span::from_days(i64::from(self.days));
        while self.changes.front().is_some_and(|(at, ..)| *at < horizon) {
            self.changes.pop_front();
        }
        self.changes.push_back((now, keys, old));
    }

    /// The earliest time that the table can be seen at.
    pub(crate) fn earliest(&self, now: Timestamp) -> Timestamp {
        self.since.max(now - Span::from_days(i64::from(self.days)))
    }
}

impl Table {
    /// The table as it is.
    pub(crate) fn copy(&self) -> Copy {
        Copy {
            definition: self.definition.clone(),
            indexes: self.indexes.iter().map(|index| index.definition.clone()).collect(),
            view: self.stream.as_ref().map(|stream| stream.view.name().into()),
            items: self.store.iter().map(|(_, item)| item.clone()).collect(),
        }
    }

    /// The items as they were at a time that the journal reaches back to.
    pub(crate) fn items_at(&self, time: Timestamp) -> Vec<Item> {
        let mut items: BTreeMap<Key, Item> =
            self.store.iter().map(|(key, item)| (key.clone(), item.clone())).collect();
        let changes = self.journal.iter().flat_map(|journal| journal.changes.iter().rev());
        for (_, keys, old) in changes.take_while(|(at, ..)| *at > time) {
            let Some(key) = self.definition.schema.key_of(keys) else { continue };
            match old {
                Some(old) => items.insert(key, old.clone()),
                None => items.remove(&key),
            };
        }
        items.into_values().collect()
    }
}
