//! What PutItem, UpdateItem and DeleteItem share: the condition, the units,
//! the change.

use super::report;
use crate::api::{ItemCollectionMetrics, WriteItemResult};
use crate::capacity::{Demand, Draw};
use crate::expr::{Condition, Path, Placeholders};
use crate::item::Item;
use crate::table::{Table, WritePlan};
use crate::{Engine, Error, Event, OldItem};
use alloc::string::String;
use aws_core::{Cx, Quantity, Sink};

/// What a write asked to be told.
pub(super) struct Asked {
    pub(super) table: String,
    pub(super) consumed: Option<String>,
    pub(super) metrics: Option<String>,
    pub(super) on_failure: Option<String>,
}

/// Whether the condition holds for the item that is there. `[DDB-6.4]`
pub(super) fn holds(condition: Option<&Condition>, old: Option<&Item>, placeholders: &Placeholders) -> bool {
    condition.is_none_or(|condition| condition.holds(old, placeholders))
}

/// Refuses a path into a key attribute. `[DDB-2.6.8]`
pub(super) fn check_nested<'p>(
    table: &Table,
    paths: impl IntoIterator<Item = &'p Path>,
) -> Result<(), Error> {
    for path in paths.into_iter().filter(|path| !path.steps.is_empty()) {
        let index_key = || table.indexes.iter().any(|index| index.definition.schema.has(&path.name));
        let kind = match table.definition.schema.has(&path.name) {
            true => "Key",
            false if index_key() => "IndexKey",
            false => continue,
        };
        return Err(Error::NestedKey { kind, key: path.name.as_str().into() });
    }
    Ok(())
}

/// Refuses a write whose condition is false; it costs all the same.
/// `[CAP-29]` `[DDB-8.5]`
pub(super) fn fail<T, S: Sink<Event>>(
    engine: &mut Engine,
    name: &str,
    plan: WritePlan,
    asked: &Asked,
    cx: &mut Cx<'_, S>,
) -> Result<T, Error> {
    let table = engine.table_mut(name)?;
    let draw =
        Draw { partition: table.store.partition(plan.key.place()), units: Quantity::from_whole(plan.units) };
    let item = plan.old.as_ref().or(plan.new.as_ref());
    table.admit(Demand::Write, &[(None, draw)], |name| item?.get(name), cx.now, &mut cx.sink)?;
    let asked = asked.on_failure.as_deref() == Some("ALL_OLD");
    Err(Error::ConditionFailed { item: OldItem(plan.old.filter(|_| asked)) })
}

/// Does what was planned; `attributes` picks what to return of the old and the
/// new item.
pub(super) fn finish<S: Sink<Event>>(
    engine: &mut Engine,
    name: &str,
    plan: WritePlan,
    asked: &Asked,
    attributes: impl FnOnce(Option<&Item>, Option<&Item>) -> Option<Item>,
    mut cx: Cx<'_, S>,
) -> Result<WriteItemResult, Error> {
    let region = engine.home().region.clone();
    let table = engine.table_mut(name)?;
    let consumed = table.admit_write(&plan, cx.now, &mut cx.sink)?;
    let result = WriteItemResult {
        attributes: attributes(plan.old.as_ref(), plan.new.as_ref()),
        item_collection_metrics: collection(table, &plan, asked),
        consumed_capacity: report(table, &consumed, asked.consumed.as_deref(), &asked.table),
    };
    table.commit(plan, cx.now, region.as_str(), &mut cx.seed.expand(b"stream"), &mut cx.sink);
    Ok(result)
}

/// The size of the item collection, of tables with local indexes. The estimate
/// is of the whole table, which no collection is larger than. `[DDB-5.7]`
pub(super) fn collection(table: &Table, plan: &WritePlan, asked: &Asked) -> Option<ItemCollectionMetrics> {
    let local = || table.indexes.iter().filter(|index| !index.definition.global);
    if asked.metrics.as_deref() != Some("SIZE") || local().next().is_none() {
        return None;
    }
    let item = plan.new.as_ref().or(plan.old.as_ref())?;
    let bytes = table.store.bytes() + local().map(|index| index.store.bytes()).sum::<u64>();
    let least = (bytes >> 30) as f64;
    Some(ItemCollectionMetrics {
        item_collection_key: item.only([&*table.definition.schema.hash.name]),
        size_estimate_range_gb: [least, least + 1.0],
    })
}
