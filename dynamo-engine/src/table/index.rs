//! Secondary indexes.

use super::store::Store;
use crate::Error;
use crate::capacity::{Meter, Rates, ring, units};
use crate::error::KeyMismatch;
use crate::item::Item;
use crate::key::{Key, KeySchema, check_sizes, emptiness};
use crate::value::Value;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A secondary index and what it holds. Its entries follow the table's items
/// at once.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) definition: IndexDefinition,
    pub(crate) store: Store,
    /// The buckets of a global index; a local one uses the table's.
    pub(crate) meter: Option<Meter>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndexDefinition {
    pub(crate) name: Arc<str>,
    pub(crate) schema: KeySchema,
    pub(crate) projection: Projected,
    pub(crate) global: bool,
    pub(crate) provisioned: Option<Rates>,
    /// Whether it is being filled, and cannot be read. `[DDB-4.4.10]`
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) creating: bool,
}

/// What of an item an index holds. `[DDB-5.2]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Projected {
    All,
    KeysOnly,
    /// These besides the keys.
    Include(Vec<Arc<str>>),
}

/// What a write does to an index.
#[derive(Debug)]
pub(crate) struct EntryChange {
    pub(crate) index: usize,
    pub(crate) remove: Option<Key>,
    pub(crate) insert: Option<(Key, Item)>,
    /// Write units, and the partition of the index that they are taken from.
    pub(crate) draws: Vec<(usize, u64)>,
}

impl Index {
    /// Whether it holds the attribute. `[DDB-5.2]`
    pub(crate) fn projects(&self, name: &str, table: &KeySchema) -> bool {
        let definition = &self.definition;
        let key = definition.schema.has(name) || table.has(name);
        match &definition.projection {
            Projected::All => true,
            Projected::KeysOnly => key,
            Projected::Include(names) => key || names.iter().any(|other| &**other == name),
        }
    }

    /// The key of an item's entry, unless it lacks an index key attribute.
    /// `[DDB-5.1]` `[DDB-5.3]` `[CAP-37]`
    pub(crate) fn key_of(&self, item: &Item, base: &Key) -> Option<Key> {
        let schema = &self.definition.schema;
        let (hash, sort) = schema.bytes_of(item)?;
        // [DDB-4.4.10] What was there before the index may have keys that no
        // write could bring in: it stays out.
        let fits = match schema.is_composite() {
            true => self.check_item(item).is_ok(),
            false => {
                check_sizes(&hash, &sort).is_ok()
                    && !hash.is_empty()
                    && sort.is_empty() == schema.sort.is_none()
            }
        };
        if !fits {
            return None;
        }
        let (base_hash, base_sort, _) = base.parts();
        let mut tail = Vec::with_capacity(16 + base.bytes().len());
        if self.definition.global {
            tail.extend_from_slice(&ring::place(&[base_hash, base_sort]).to_be_bytes());
        }
        tail.extend_from_slice(base.bytes());
        Some(Key::new(&hash, &sort, &tail))
    }

    /// Takes in all that a table holds. `[DDB-4.4.10]`
    pub(crate) fn fill(&mut self, table: &KeySchema, items: &Store) {
        for (base, item) in items.iter() {
            if let Some(key) = self.key_of(item, base) {
                let entry = self.entry(item, table);
                self.store.insert(key, entry);
            }
        }
    }

    /// What it holds of an item. `[CAP-35]`
    pub(crate) fn entry(&self, item: &Item, table: &KeySchema) -> Item {
        let keys = || table.attributes().chain(self.definition.schema.attributes()).map(|key| &*key.name);
        match &self.definition.projection {
            Projected::All => item.clone(),
            Projected::KeysOnly => item.only(keys()),
            Projected::Include(names) => item.only(keys().chain(names.iter().map(|name| &**name))),
        }
    }

    /// What a write of the item at `base` does here, and what it costs.
    /// `[CAP-33]` `[CAP-34]` `[DDB-5.4]`
    pub(crate) fn change(
        &self,
        index: usize,
        table: &KeySchema,
        base: &Key,
        (old, new): (Option<&Item>, Option<&Item>),
        late: bool,
    ) -> Option<EntryChange> {
        let old_key = old.and_then(|old| self.key_of(old, base));
        let new_key = new.and_then(|new| self.key_of(new, base));
        let new = new_key.and_then(|key| Some((key, self.entry(new?, table))));
        let old = old_key.and_then(|key| {
            // An entry that has not arrived is not in the store yet.
            let item = if late { self.entry(old?, table) } else { self.store.get(&key)?.clone() };
            Some((key, item))
        });
        let partition = |key: &Key| self.store.partition(key.place());
        match (old, new) {
            (None, None) => None,
            (None, Some((key, item))) => {
                let draws = Vec::from([(partition(&key), units::write(item.size()))]);
                Some(EntryChange { index, remove: None, insert: Some((key, item)), draws })
            }
            (Some((key, item)), None) => {
                let draws = Vec::from([(partition(&key), units::write(item.size()))]);
                Some(EntryChange { index, remove: Some(key), insert: None, draws })
            }
            (Some((old_key, old)), Some((key, item))) if old_key == key => {
                if old == item {
                    return None;
                }
                let draws = Vec::from([(partition(&key), units::write(old.size().max(item.size())))]);
                Some(EntryChange { index, remove: None, insert: Some((key, item)), draws })
            }
            (Some((old_key, old)), Some((key, item))) => {
                let draws = Vec::from([
                    (partition(&old_key), units::write(old.size())),
                    (partition(&key), units::write(item.size())),
                ]);
                Some(EntryChange { index, remove: Some(old_key), insert: Some((key, item)), draws })
            }
        }
    }

    /// Refuses index key attributes of a written item that are of another
    /// type, empty or too long. `[DDB-2.6.5]`
    pub(crate) fn check_item(&self, item: &Item) -> Result<(), Error> {
        for key in self.definition.schema.attributes() {
            let Some(value) = item.get(&key.name) else { continue };
            if value.kind() != key.kind {
                return Err(self.mismatch(&key.name, &value));
            }
            if let Some(kind) = emptiness(&value) {
                let index = self.definition.name.as_ref().into();
                return Err(Error::EmptyIndexKey { kind, index, key: Box::new(key.name.as_ref().into()) });
            }
        }
        self.check_sizes(item)
    }

    /// The text of an index key attribute of another type. `[DDB-2.6.5]`
    pub(crate) fn mismatch(&self, name: &str, value: &Value) -> Error {
        let schema = &self.definition.schema;
        let expected =
            schema.attributes().find(|key| &*key.name == name).map_or(value.kind(), |key| key.kind);
        let index = Some(self.definition.name.as_ref().into());
        let mismatch = KeyMismatch { key: name.into(), expected, actual: value.kind(), index };
        Error::IndexKeyType { mismatch: Box::new(mismatch) }
    }

    pub(crate) fn check_sizes(&self, item: &Item) -> Result<(), Error> {
        let bytes = |name: &str| item.get(name).map(|value| crate::key::encoded(&value)).unwrap_or_default();
        let schema = &self.definition.schema;
        schema.hash_attributes().try_for_each(|key| check_sizes(&bytes(&key.name), &[]))?;
        schema.sort_attributes().try_for_each(|key| check_sizes(&[], &bytes(&key.name)))
    }
}
