//! One table: its items, indexes, stream and buckets.

mod admit;
pub(crate) mod describe;
pub(crate) mod index;
mod saved;
pub(crate) mod store;
pub(crate) mod stream;

use crate::api::AttributeDefinition;
use crate::capacity::{Demand, Draw, Meter, Rates, units};
use crate::item::Item;
use crate::key::{Key, KeySchema};
use crate::{Error, Event, Throttle};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{Quantity, SeedStream, Sink, Timestamp};
use index::{EntryChange, Index};
pub(crate) use saved::SavedTable;
use serde::{Deserialize, Serialize};
use store::Store;
use stream::Stream;

/// Whether a table can be used. `[DDB-4.4.4]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    /// Until this time.
    Creating(Timestamp),
    Active,
    /// Until this time.
    Deleting(Timestamp),
}

/// What a table is, without what it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableDefinition {
    pub(crate) name: Arc<str>,
    pub(crate) arn: Arc<str>,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) status: Status,
    pub(crate) attributes: Vec<AttributeDefinition>,
    pub(crate) schema: KeySchema,
    /// `None` if it is paid by the request.
    pub(crate) provisioned: Option<Rates>,
    pub(crate) protected: bool,
}

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) definition: TableDefinition,
    pub(crate) store: Store,
    pub(crate) meter: Meter,
    /// Global ones first, each kind in the order of the request.
    pub(crate) indexes: Vec<Index>,
    pub(crate) stream: Option<Stream>,
}

/// A write that has passed every check but that of its throughput.
#[derive(Debug)]
pub(crate) struct WritePlan {
    pub(crate) key: Key,
    pub(crate) old: Option<Item>,
    pub(crate) new: Option<Item>,
    /// Write units of the table.
    pub(crate) units: u64,
    pub(crate) changes: Vec<EntryChange>,
}

/// Units by table and index.
#[derive(Debug, Clone, Default)]
pub(crate) struct Consumed {
    pub(crate) table: Quantity,
    pub(crate) indexes: Vec<(usize, Quantity)>,
}

impl Consumed {
    pub(crate) fn of_table(units: Quantity) -> Self {
        Self { table: units, indexes: Vec::new() }
    }

    pub(crate) fn total(&self) -> Quantity {
        self.table + self.indexes.iter().map(|(_, units)| *units).sum()
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.table += other.table;
        for (index, units) in other.indexes {
            match self.indexes.iter_mut().find(|(known, _)| *known == index) {
                Some((_, known)) => *known += units,
                None => self.indexes.push((index, units)),
            }
        }
    }
}

impl Table {
    pub(crate) fn is_active(&self) -> bool {
        self.definition.status == Status::Active
    }

    /// The place of the index with this name.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.indexes.iter().position(|index| &*index.definition.name == name)
    }

    /// The attributes of a key alone.
    pub(crate) fn key_item(&self, item: &Item) -> Item {
        item.only(self.definition.schema.attributes().map(|key| &*key.name))
    }

    /// What replacing the item at `key` by `new` does and costs: the larger
    /// image, whole, whatever changed. `[CAP-26]` `[CAP-27]` `[CAP-28]`
    pub(crate) fn plan(&self, key: Key, new: Option<Item>) -> WritePlan {
        let old = self.store.get(&key).cloned();
        let bytes = |item: &Option<Item>| item.as_ref().map_or(0, Item::size);
        let units = units::write(bytes(&old).max(bytes(&new)));
        let change = |(place, index): (usize, &Index)| {
            index.change(place, &self.definition.schema, &key, old.as_ref(), new.as_ref())
        };
        let changes = self.indexes.iter().enumerate().filter_map(change).collect();
        WritePlan { key, old, new, units, changes }
    }

    /// The units of a write by bucket, those of the table so many times over.
    fn draws(&self, plan: &WritePlan, times: u64) -> (Consumed, Vec<(Option<usize>, Draw)>) {
        let partition = self.store.partition(plan.key.place);
        let whole = Quantity::from_whole;
        let mut consumed = Consumed::of_table(whole(plan.units * times));
        let mut draws = Vec::from([(None, Draw { partition, units: consumed.table })]);
        for change in &plan.changes {
            let mut units = Quantity::ZERO;
            for (partition, count) in &change.draws {
                units += whole(*count);
                draws.push((Some(change.index), Draw { partition: *partition, units: whole(*count) }));
            }
            consumed.indexes.push((change.index, units));
        }
        (consumed, draws)
    }

    /// Takes the units of a write from every bucket that it concerns, or from
    /// none. `[CAP-36]`
    pub(crate) fn admit_write<S: Sink<Event>>(
        &mut self,
        plan: &WritePlan,
        now: Timestamp,
        sink: &mut S,
    ) -> Result<Consumed, Error> {
        self.admit_times(plan, 1, now, sink)
    }

    /// The same with the table's units so many times over. `[CAP-40]`
    pub(crate) fn admit_times<S: Sink<Event>>(
        &mut self,
        plan: &WritePlan,
        times: u64,
        now: Timestamp,
        sink: &mut S,
    ) -> Result<Consumed, Error> {
        let (consumed, draws) = self.draws(plan, times);
        let item = plan.old.as_ref().or(plan.new.as_ref());
        self.admit(Demand::Write, &draws, |name| item?.get(name).cloned(), now, sink)?;
        Ok(consumed)
    }

    /// Whether every bucket that a write concerns has units left.
    pub(crate) fn check_write(&self, plan: &WritePlan, times: u64, now: Timestamp) -> Result<(), Error> {
        let (_, draws) = self.draws(plan, times);
        let item = plan.old.as_ref().or(plan.new.as_ref());
        let checked = self.check_units(Demand::Write, &draws, |name| item?.get(name).cloned(), now);
        checked.map_err(Self::throttled)
    }

    /// Does what was planned and admitted.
    pub(crate) fn commit<S: Sink<Event>>(
        &mut self,
        plan: WritePlan,
        now: Timestamp,
        region: &str,
        seed: &mut SeedStream,
        sink: &mut S,
    ) {
        let WritePlan { key, old, new, changes, .. } = plan;
        let shard = self.store.partition(key.place);
        for EntryChange { index, remove, insert, .. } in changes {
            let Some(index) = self.indexes.get_mut(index) else { continue };
            if let Some(key) = remove {
                index.store.remove(&key);
            }
            if let Some((key, item)) = insert {
                index.store.insert(key, item);
            }
        }
        if self.stream.is_some()
            && let Some(either) = new.as_ref().or(old.as_ref())
        {
            let keys = self.key_item(either);
            if let Some(stream) = &mut self.stream
                && let Some(record) =
                    stream.record(shard, keys, (old.as_ref(), new.as_ref()), now, (region, seed))
            {
                sink.event(now, || Event::Changed {
                    table: self.definition.name.clone(),
                    record: record.clone(),
                });
            }
        }
        match new {
            Some(item) => self.store.insert(key, item),
            None => self.store.remove(&key),
        }
    }

    /// The refusal of a call that was throttled. `[CAP-5.2]`
    fn throttled(throttle: Throttle) -> Error {
        let throttle = Box::new(throttle);
        if throttle.on_demand {
            Error::Throttled { throttle }
        } else {
            Error::ThroughputExceeded { throttle }
        }
    }
}
