//! A table as data.

use super::backup::Journal;
use super::expiry::Expiry;
use super::index::{Index, IndexDefinition};
use super::late::{Late, Pending};
use super::replica::{Replica, SavedReplica};
use super::store::Store;
use super::stream::Stream;
use super::{Table, TableDefinition};
use crate::capacity::Meter;
use crate::engine::Lag;
use crate::item::Item;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A table as a snapshot holds it: what indexes hold follows from the items.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedTable {
    definition: TableDefinition,
    meter: Meter,
    indexes: Vec<(IndexDefinition, Option<Meter>)>,
    stream: Option<Stream>,
    items: Vec<Item>,
    /// When items expire whose time was over when they came.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    late: BTreeMap<usize, Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    journal: Option<Journal>,
    /// What has not arrived in global indexes, and at the copy.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    entries: VecDeque<Pending>,
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    writes: VecDeque<Pending>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replica: Option<SavedReplica>,
}

impl Table {
    pub(crate) fn save(&self) -> SavedTable {
        SavedTable {
            definition: self.definition.clone(),
            meter: self.meter.clone(),
            indexes: self
                .indexes
                .iter()
                .map(|index| (index.definition.clone(), index.meter.clone()))
                .collect(),
            stream: self.stream.clone(),
            items: self.store.iter().map(|(_, item)| item.clone()).collect(),
            late: self.expiry.as_ref().map(|expiry| expiry.late(&self.store)).unwrap_or_default(),
            journal: self.journal.clone(),
            entries: self.late.entries.clone(),
            writes: self.late.writes.clone(),
            replica: self.replica.as_ref().map(Replica::save),
        }
    }

    pub(crate) fn load(saved: SavedTable, now: Timestamp, lag: &Lag) -> Result<Self, String> {
        let partitions = saved.meter.partitions();
        let index = |(definition, meter): (IndexDefinition, Option<Meter>)| {
            let partitions = meter.as_ref().map_or(partitions, Meter::partitions);
            Index { definition, store: Store::new(partitions), meter }
        };
        let mut table = Self {
            definition: saved.definition,
            store: Store::new(partitions),
            meter: saved.meter,
            indexes: saved.indexes.into_iter().map(index).collect(),
            stream: saved.stream,
            expiry: None,
            journal: saved.journal,
            replica: None,
            late: Late::default(),
            lag: Lag::default(),
        };
        for item in saved.items {
            let key = table.definition.schema.check_item(&item).map_err(|error| format!("{error}"))?;
            let plan = table.plan(key.clone(), Some(item.clone()));
            for change in plan.changes {
                if let (Some((key, item)), Some(index)) = (change.insert, table.indexes.get_mut(change.index))
                {
                    index.store.insert(key, item);
                }
            }
            table.store.insert(key, item);
        }
        let schema = &table.definition.schema;
        table.replica = saved.replica.map(|saved| Replica::load(saved, |keys| schema.key_of(keys)));
        table.lag_again(saved.entries, saved.writes, lag.reads > Span::ZERO);
        table.lag = *lag;
        let name = table.definition.expires_by.as_deref();
        table.expiry = name.map(|name| Expiry::again(name, &table.store, now, &saved.late));
        Ok(table)
    }

    /// Whether entries are on their way to an index.
    fn is_late(&self, index: &Index) -> bool {
        index.definition.global && !self.late.entries.is_empty()
    }

    /// Checks the invariants of one table. `[DDB-20.4]`
    pub(crate) fn verify(&self) -> Result<(), String> {
        let name = &self.definition.name;
        let (mut count, mut bytes) = (0, 0);
        let mut entries: Vec<(u64, u64)> = self.indexes.iter().map(|_| (0, 0)).collect();
        for (key, item) in self.store.iter() {
            count += 1;
            bytes += item.size();
            if self.definition.schema.key_of(item).as_ref() != Some(key) {
                return Err(format!("table {name} holds {item:?} under another key"));
            }
            for (index, (count, bytes)) in self.indexes.iter().zip(&mut entries) {
                if self.is_late(index) {
                    continue;
                }
                let Some(key) = index.key_of(item, key) else { continue };
                let Some(entry) = index.store.get(&key) else {
                    return Err(format!("index {} of {name} lacks {item:?}", index.definition.name));
                };
                if entry.entries().any(|(name, value)| item.raw(name) != Some(value)) {
                    return Err(format!(
                        "index {} of {name} shows {item:?} otherwise",
                        index.definition.name
                    ));
                }
                *count += 1;
                *bytes += entry.size();
            }
        }
        if (count, bytes) != (self.store.count(), self.store.bytes()) {
            return Err(format!("table {name} miscounts its items"));
        }
        for (index, counted) in self.indexes.iter().zip(entries) {
            if counted != (index.store.count(), index.store.bytes()) && !self.is_late(index) {
                return Err(format!(
                    "index {} of {name} holds what the table does not",
                    index.definition.name
                ));
            }
            let partitions = index.meter.as_ref().map_or(self.store.partitions(), Meter::partitions);
            if partitions != index.store.partitions() {
                return Err(format!(
                    "index {} of {name} has partitions without buckets",
                    index.definition.name
                ));
            }
        }
        if let Some(copy) = &self.late.copy
            && self.late.writes.is_empty()
            && !copy.iter().eq(self.store.iter())
        {
            return Err(format!("the copy of {name} shows something else"));
        }
        if self.meter.partitions() != self.store.partitions() {
            return Err(format!("table {name} has partitions without buckets"));
        }
        match &self.stream {
            Some(stream) if stream.shards.len() != self.store.partitions() => {
                Err(format!("the stream of {name} has lost a shard"))
            }
            _ => Ok(()),
        }
    }
}
