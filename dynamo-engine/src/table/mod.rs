//! One table: its items, indexes, stream and buckets.

mod admit;
pub(crate) mod backup;
pub(crate) mod describe;
pub(crate) mod expiry;
pub(crate) mod index;
pub(crate) mod late;
pub(crate) mod replica;
mod saved;
pub(crate) mod store;
pub(crate) mod stream;
pub(crate) mod vector;

use crate::api::{AttributeDefinition, OnDemandThroughput, ReplicaMessage};
use crate::capacity::{Demand, Draw, Meter, Rates, units};
use crate::engine::Lag;
use crate::item::Item;
use crate::key::{Key, KeySchema};
use crate::{Error, Event, Throttle};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{Quantity, Seed, SeedStream, Sink, Span, Timestamp};
use backup::Journal;
use expiry::Expiry;
use index::{EntryChange, Index};
use late::Late;
use replica::Replica;
pub(crate) use saved::SavedTable;
use serde::{Deserialize, Serialize};
use store::Store;
use stream::Stream;
use vector::VectorDefinition;

/// Whether a table can be used. `[DDB-4.4.4]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    /// Until this time.
    Creating(Timestamp),
    Active,
    /// Until this time, usable.
    Updating(Timestamp),
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
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: BTreeMap<String, String>,
    /// Since when it is paid by the request, or was last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_demand_since: Option<Timestamp>,
    /// The label and ARN of a stream that was switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_stream: Option<(String, Arc<str>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) class: Option<String>,
    /// The attribute that says when an item expires. `[DDB-14.1]`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_by: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ttl_changed: Option<Timestamp>,
    /// Where it was restored from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) restored: Option<Restored>,
    /// Ceilings of on-demand throughput. `[CAP-4.10]`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ceiling: Option<OnDemandThroughput>,
    /// What it can serve at once, if that was asked for. `[CAP-4.11]`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) warm: Option<Rates>,
    /// `[DDB-5.10]`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) vectors: Vec<VectorDefinition>,
}

/// Where a table was restored from, and as of when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restored {
    pub(crate) backup: Option<String>,
    pub(crate) table: Option<String>,
    pub(crate) at: Timestamp,
}

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) definition: TableDefinition,
    pub(crate) store: Store,
    pub(crate) meter: Meter,
    /// Global ones first, each kind in the order of the request.
    pub(crate) indexes: Vec<Index>,
    pub(crate) stream: Option<Stream>,
    pub(crate) expiry: Option<Expiry>,
    /// Its past, if it is kept. `[DDB-15.4]`
    pub(crate) journal: Option<Journal>,
    /// What makes it one of several replicas. `[DDB-15.1]`
    pub(crate) replica: Option<Replica>,
    pub(crate) late: Late,
    /// How late things arrive.
    pub(crate) lag: Lag,
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
    /// A table without items.
    pub(crate) fn new(definition: TableDefinition, meter: Meter, indexes: Vec<Index>) -> Self {
        let store = Store::new(meter.partitions());
        Self {
            definition,
            store,
            meter,
            indexes,
            stream: None,
            expiry: None,
            journal: None,
            replica: None,
            late: Late::default(),
            lag: Lag::default(),
        }
    }

    pub(crate) fn is_active(&self) -> bool {
        matches!(self.definition.status, Status::Active | Status::Updating(_))
    }

    /// Takes definitions in by name, what is known stays as it is, and forgets
    /// those that no key uses. `[DDB-4.4.9]`
    pub(crate) fn define(&mut self, more: &[AttributeDefinition]) {
        let Self { definition, indexes, .. } = self;
        for new in more {
            if !definition.attributes.iter().any(|known| known.attribute_name == new.attribute_name) {
                definition.attributes.push(new.clone());
            }
        }
        let schemas = || {
            core::iter::once(&definition.schema).chain(indexes.iter().map(|index| &index.definition.schema))
        };
        let used = |name: &str| schemas().any(|schema| schema.has(name));
        let kept: Vec<_> = definition
            .attributes
            .iter()
            .filter(|known| known.attribute_name.as_deref().is_some_and(used))
            .cloned()
            .collect();
        definition.attributes = kept;
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
            let late = index.definition.global && self.lag.indexes > Span::ZERO;
            index.change(place, &self.definition.schema, &key, (old.as_ref(), new.as_ref()), late)
        };
        let changes = self.indexes.iter().enumerate().filter_map(change).collect();
        WritePlan { key, old, new, units, changes }
    }

    /// The units of a write by bucket, those of the table so many times over.
    fn draws(&self, plan: &WritePlan, times: u64) -> (Consumed, Vec<(Option<usize>, Draw)>) {
        let partition = self.store.partition(plan.key.place());
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
        let (consumed, draws) = self.draws(plan, 1);
        let item = plan.old.as_ref().or(plan.new.as_ref());
        self.admit(Demand::Write, &draws, |name| item?.get(name), now, sink)?;
        Ok(consumed)
    }

    /// Takes the units of a write that was checked, those of the table so many
    /// times over. `[CAP-40]`
    pub(crate) fn charge_write<S: Sink<Event>>(
        &mut self,
        plan: &WritePlan,
        times: u64,
        now: Timestamp,
        sink: &mut S,
    ) -> Consumed {
        let (consumed, draws) = self.draws(plan, times);
        self.take_units(Demand::Write, &draws, now, sink);
        consumed
    }

    /// Whether every bucket that a write concerns has units left.
    pub(crate) fn check_write(&self, plan: &WritePlan, times: u64, now: Timestamp) -> Result<(), Error> {
        let (_, draws) = self.draws(plan, times);
        let item = plan.old.as_ref().or(plan.new.as_ref());
        let checked = self.check_units(Demand::Write, &draws, |name| item?.get(name), now);
        checked.map_err(Self::throttled)
    }

    /// Does what was planned and admitted, and tells other Regions.
    pub(crate) fn commit<S: Sink<Event>>(
        &mut self,
        plan: WritePlan,
        now: Timestamp,
        region: &str,
        seed: &mut SeedStream,
        sink: &mut S,
    ) {
        if let Some(replica) = &mut self.replica
            && plan.old != plan.new
            && let Some(either) = plan.old.as_ref().or(plan.new.as_ref())
        {
            let keys = either.only(self.definition.schema.attributes().map(|key| &*key.name));
            let stamp = replica.stamp(&plan.key, &keys, now, region);
            let message = || ReplicaMessage {
                table_name: String::from(&*self.definition.name),
                region: stamp.region,
                written_at: stamp.at,
                serial: stamp.serial,
                keys,
                item: plan.new.clone(),
            };
            sink.event(now, || Event::Replicate(Box::new(message())));
        }
        self.receive(plan, now, region, seed, sink);
    }

    /// Does what was planned, by whichever Region.
    pub(crate) fn receive<S: Sink<Event>>(
        &mut self,
        plan: WritePlan,
        now: Timestamp,
        region: &str,
        seed: &mut SeedStream,
        sink: &mut S,
    ) {
        let WritePlan { key, old, new, changes, .. } = plan;
        let shard = self.store.partition(key.place());
        if self.lag != Lag::default() && old != new {
            let after = self.lag.after(seed);
            let lag = self.lag;
            self.send(&lag, after, now, old.clone(), new.clone());
        }
        for EntryChange { index, remove, insert, .. } in changes {
            let Some(index) = self.indexes.get_mut(index) else { continue };
            if index.definition.global && self.lag.indexes > Span::ZERO {
                continue;
            }
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
        if let Some(journal) = &mut self.journal
            && old != new
            && let Some(either) = old.as_ref().or(new.as_ref())
        {
            let keys = either.only(self.definition.schema.attributes().map(|key| &*key.name));
            journal.keep(now, keys, old.clone());
        }
        if let Some(expiry) = &mut self.expiry {
            expiry.remove(&key);
            if let Some(new) = &new {
                expiry.add(&key, new, now);
            }
        }
        match new {
            Some(item) => self.store.insert(key, item),
            None => self.store.remove(&key),
        }
    }

    /// Deletes an item that has expired: for free, and as DynamoDB's own deed.
    /// `[DDB-14.3]` `[DDB-13.10]` `[CAP-47]`
    pub(crate) fn expire<S: Sink<Event>>(&mut self, key: Key, at: Timestamp, region: &str, sink: &mut S) {
        // No call brings entropy: the record's id follows from its place.
        let next = self.stream.as_ref().map_or(0, |stream| stream.next);
        let mut seed = Seed::counter(next).derive(self.definition.id.as_bytes()).expand(b"expiry");
        let plan = self.plan(key, None);
        if let Some(stream) = &mut self.stream {
            stream.by_service = true;
        }
        self.commit(plan, at, region, &mut seed, sink);
        if let Some(stream) = &mut self.stream {
            stream.by_service = false;
        }
    }

    /// The refusal of a call that was throttled. `[CAP-5.2]`
    fn throttled(throttle: Box<Throttle>) -> Error {
        if throttle.on_demand {
            Error::Throttled { throttle }
        } else {
            Error::ThroughputExceeded { throttle }
        }
    }
}
