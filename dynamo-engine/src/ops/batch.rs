//! BatchGetItem and BatchWriteItem.

use super::members::{self, is_name};
use super::write::{Asked, check_nested, collection};
use super::{ITEM_MAX, Named, check_legacy, check_placeholders_wanted, checked, legacy, report};
use crate::api::{
    BatchGetItemRequest, BatchGetItemResult, BatchWriteItemRequest, BatchWriteItemResult, KeysAndAttributes,
    WriteRequest,
};
use crate::capacity::{Demand, Draw, units};
use crate::expr::{Layer, Placeholders, Projection};
use crate::item::Item;
use crate::key::Key;
use crate::table::Consumed;
use crate::value::{AttributeMap, AttributeValue};
use crate::{Engine, Error, Event};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Permit, Sink, Violations};

/// Keys of a BatchGetItem. `[DDB-10.1]`
const GETS: usize = 100;
/// Requests of a BatchWriteItem. `[DDB-10.3]`
const WRITES: usize = 25;
/// Bytes that a BatchGetItem returns. `[DDB-10.2]`
const RESPONSE: u64 = 16 * 1_024 * 1_024;
const KEYS: Constraint<'_> = Constraint::EachKey(&[
    Constraint::MaxLength(255),
    Constraint::MinLength(3),
    Constraint::Pattern("[a-zA-Z0-9_.-]+"),
]);

/// One decision a table. `[DDB-16.0]`
fn permission(tables: usize, permit: &Permit) -> Result<(), Error> {
    match (0..tables).find_map(|index| permit.denial(index)) {
        Some(message) => Err(Error::AccessDenied { message: message.into() }),
        None => Ok(()),
    }
}

impl BatchGetItemRequest {
    /// [DDB-0.4a]
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        let empty = BTreeMap::new();
        let items = self.request_items.as_ref().unwrap_or(&empty);
        if self.request_items.is_none() {
            faults.null("requestItems");
        } else if items.is_empty() {
            faults.silent("RequestItems", Constraint::MinLength(1));
        }
        if items.keys().any(|name| !is_name(Some(name))) {
            faults.echoed("requestItems", serde_json::to_string(items).unwrap_or_default(), KEYS);
        }
        let consumed = self.return_consumed_capacity.as_deref();
        members::one_of(&mut faults, "returnConsumedCapacity", consumed, members::CONSUMED);
        for (name, keys) in items {
            let path = format!("RequestItems.{name}.member.Keys");
            if keys.keys.is_empty() {
                faults.silent(&path, Constraint::MinLength(1));
            }
            if keys.keys.len() > GETS {
                faults.silent(&path, Constraint::MaxLength(GETS as u64));
            }
        }
        members::check(faults)
    }
}

/// What is read of one table.
struct Get {
    named: String,
    target: Named,
    keys: Vec<(Item, AttributeMap)>,
    projection: Option<Projection>,
    asked: KeysAndAttributes,
}

/// A key as its text, whatever the order of its attributes. `[DDB-10.1]`
fn text_of(key: &AttributeMap) -> Vec<(&str, &AttributeValue)> {
    let mut text: Vec<_> = key.0.iter().map(|(name, value)| (name.as_str(), value)).collect();
    text.sort_by_key(|(name, _)| *name);
    text
}

impl Operation<Engine> for BatchGetItemRequest {
    type Output = BatchGetItemResult;
    type Target = usize;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<usize, Error> {
        let tables = self.request_items.iter().flatten();
        if tables.clone().any(|(name, _)| !is_name(Some(name))) || tables.clone().count() == 0 {
            self.check_members()?;
        }
        Ok(tables.count())
    }

    fn needs(&self, engine: &Engine, _: &usize, _caller: &Caller) -> Vec<AuthzRequest> {
        let tables = self.request_items.iter().flatten();
        tables.map(|(name, _)| Named::new(engine, name).needs(engine, "BatchGetItem")).collect()
    }

    fn permission(&self, tables: &usize, permit: &Permit) -> Result<(), Error> {
        permission(*tables, permit)
    }

    /// [DDB-10.5]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        _tables: usize,
        mut cx: Cx<'_, S>,
    ) -> Result<BatchGetItemResult, Error> {
        let layer = engine.options().wording.of(Layer::Bare);
        self.check_members()?;
        let mut gets = Vec::new();
        let (mut by_attribute, mut by_expression) = (false, false);
        let mut count = 0;
        for (named, asked) in self.request_items.unwrap_or_default() {
            let expression = asked.projection_expression.is_some();
            // [DDB-7.1] Across all tables of the request.
            by_attribute |= asked.attributes_to_get.is_some();
            by_expression |= expression;
            check_legacy(
                layer,
                &[("AttributesToGet", by_attribute)],
                &[("ProjectionExpression", by_expression)],
            )?;
            let names = asked.expression_attribute_names.is_some();
            check_placeholders_wanted(layer, (names, expression), (false, false, ""))?;
            let picked = legacy::projection(layer, asked.attributes_to_get.clone())?;
            let mut placeholders = Placeholders::new(layer, asked.expression_attribute_names.clone(), None)?;
            let projection = match &asked.projection_expression {
                Some(source) => Some(Projection::compile(source, &mut placeholders)?),
                None => picked,
            };
            placeholders.check_used()?;
            let mut keys: Vec<(Item, AttributeMap)> = Vec::new();
            for key in &asked.keys {
                let item = checked(layer, key.clone())?;
                if keys.iter().any(|(_, other)| text_of(other) == text_of(key)) {
                    return Err(Error::DuplicateKeys);
                }
                count += 1;
                if count > GETS {
                    return Err(Error::BatchTooLong { operation: "BatchGetItem" });
                }
                keys.push((item, key.clone()));
            }
            gets.push(Get { target: Named::new(engine, &named), named, keys, projection, asked });
        }
        for get in &gets {
            engine.table(&get.target.name)?;
        }
        let mut places = Vec::new();
        for get in &gets {
            let schema = &engine.table(&get.target.name)?.definition.schema;
            let keys = get.keys.iter().map(|(key, _)| schema.check_key(key));
            places.push(keys.collect::<Result<Vec<_>, _>>()?);
        }
        for get in &gets {
            let paths = get.projection.iter().flat_map(|projection| &projection.paths);
            check_nested(engine.table(&get.target.name)?, paths)?;
        }

        let (mut result, mut reports) = (BatchGetItemResult::default(), Vec::new());
        let (mut bytes, mut done, mut throttled) = (0, 0, None);
        let asked = self.return_consumed_capacity.as_deref();
        for (get, places) in gets.iter().zip(places) {
            let table = engine.table_mut(&get.target.name)?;
            let consistent = get.asked.consistent_read == Some(true);
            let (mut consumed, mut items, mut left) = (Consumed::default(), Vec::new(), Vec::new());
            let mut seen = BTreeSet::new();
            for (place, (key, sent)) in places.into_iter().zip(&get.keys) {
                let found = table.seen(consistent).get(&place).cloned();
                let size = found.as_ref().map_or(0, Item::size);
                if bytes + size > RESPONSE {
                    left.push(sent.clone());
                    continue;
                }
                // [CAP-3] [CAP-8] [CAP-9]
                let units = units::read(size, consistent);
                let draw = Draw { partition: table.store.partition(place.place()), units };
                let hash = |name: &str| key.get(name);
                if let Err(error) = table.admit(Demand::Read, &[(None, draw)], hash, cx.now, &mut cx.sink) {
                    throttled = Some(error);
                    left.push(sent.clone());
                    continue;
                }
                done += 1;
                bytes += size;
                consumed.add(Consumed::of_table(units));
                if let Some(item) = found.filter(|_| seen.insert(place)) {
                    items.push(match &get.projection {
                        Some(projection) => projection.of_item(&item),
                        None => item,
                    });
                }
            }
            reports.extend(report(table, &consumed, asked, &get.named));
            result.responses.insert(get.named.clone(), items);
            if !left.is_empty() {
                let rest = KeysAndAttributes { keys: left, ..get.asked.clone() };
                result.unprocessed_keys.insert(get.named.clone(), rest);
            }
        }
        // [CAP-11]
        if let Some(error) = throttled.filter(|_| done == 0) {
            return Err(error);
        }
        result.consumed_capacity = Some(reports).filter(|reports| !reports.is_empty());
        Ok(result)
    }
}

impl BatchWriteItemRequest {
    /// [DDB-0.4a]
    fn check_members(&self) -> Result<(), Error> {
        let items = match &self.request_items {
            Some(items) if !items.is_empty() => items,
            _ => return Err(Error::EmptyBatchWrite),
        };
        let echo = || {
            let lists = items
                .iter()
                .map(|(name, requests)| format!("{name}=[{}]", if requests.is_empty() { "" } else { "..." }));
            format!("{{{}}}", lists.collect::<Vec<_>>().join(", "))
        };
        let consumed = self.return_consumed_capacity.as_deref();
        let mut faults = Violations::new();
        members::one_of(&mut faults, "returnConsumedCapacity", consumed, members::CONSUMED);
        let metrics = self.return_item_collection_metrics.as_deref();
        members::one_of(&mut faults, "returnItemCollectionMetrics", metrics, &["SIZE", "NONE"]);
        // [DDB-0.4a] A bad enum is reported in the place of bad names.
        if faults.is_empty() && items.keys().any(|name| !is_name(Some(name))) {
            faults.echoed("requestItems", echo(), KEYS);
        }
        if items.values().any(|requests| requests.is_empty() || requests.len() > WRITES) {
            const LENGTHS: Constraint<'_> =
                Constraint::EachValue(&[Constraint::MaxLength(WRITES as u64), Constraint::MinLength(1)]);
            faults.echoed("requestItems", echo(), LENGTHS);
        }
        members::check(faults)
    }
}

/// One request of a batch, checked.
struct Write {
    table: usize,
    /// The item to put or the key to delete.
    item: Item,
    put: bool,
    sent: WriteRequest,
}

impl Operation<Engine> for BatchWriteItemRequest {
    type Output = BatchWriteItemResult;
    type Target = usize;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<usize, Error> {
        let tables = self.request_items.iter().flatten();
        if tables.clone().any(|(name, _)| !is_name(Some(name))) || tables.clone().count() == 0 {
            self.check_members()?;
        }
        Ok(tables.count())
    }

    fn needs(&self, engine: &Engine, _: &usize, _caller: &Caller) -> Vec<AuthzRequest> {
        let tables = self.request_items.iter().flatten();
        tables.map(|(name, _)| Named::new(engine, name).needs(engine, "BatchWriteItem")).collect()
    }

    fn permission(&self, tables: &usize, permit: &Permit) -> Result<(), Error> {
        permission(*tables, permit)
    }

    /// [DDB-10.6]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        _tables: usize,
        mut cx: Cx<'_, S>,
    ) -> Result<BatchWriteItemResult, Error> {
        let layer = engine.options().wording.of(Layer::Classic);
        self.check_members()?;
        let (mut tables, mut writes) = (Vec::new(), Vec::new());
        for (named, requests) in self.request_items.unwrap_or_default() {
            for sent in requests {
                let (item, put) = match &sent {
                    WriteRequest { put_request: Some(put), delete_request: None } => {
                        (checked(layer, put.item.clone())?, true)
                    }
                    WriteRequest { put_request: None, delete_request: Some(delete) } => {
                        (checked(layer, delete.key.clone())?, false)
                    }
                    _ => return Err(Error::NoWriteRequest),
                };
                if put && item.size() > ITEM_MAX {
                    return Err(Error::ItemSize);
                }
                writes.push(Write { table: tables.len(), item, put, sent });
            }
            tables.push((Named::new(engine, &named), named));
        }
        if writes.len() > WRITES {
            return Err(Error::BatchTooLong { operation: "BatchWriteItem" });
        }
        let mut keys: Vec<Key> = Vec::with_capacity(writes.len());
        for (place, (target, _)) in tables.iter().enumerate() {
            let table = engine.table(&target.name)?;
            let mut seen = BTreeSet::new();
            for write in writes.iter().filter(|write| write.table == place) {
                let attributes = &write.item;
                let key = if write.put {
                    // [DDB-2.6.4]
                    let key =
                        table.definition.schema.check_item(attributes).map_err(|error| match error {
                            Error::MissingKey { .. } | Error::KeyType { .. } => Error::KeySchema,
                            error => error,
                        })?;
                    table.indexes.iter().try_for_each(|index| index.check_item(attributes))?;
                    key
                } else {
                    table.definition.schema.check_key(attributes)?
                };
                if !seen.insert(key.clone()) {
                    return Err(Error::DuplicateKeys);
                }
                keys.push(key);
            }
        }

        let region = engine.home().region.clone();
        let mut seed = cx.seed.expand(b"stream");
        let mut result = BatchWriteItemResult::default();
        let mut consumed: Vec<Consumed> = tables.iter().map(|_| Consumed::default()).collect();
        let mut metrics = BTreeMap::<String, Vec<_>>::new();
        let (mut done, mut throttled) = (0, None);
        for (write, key) in writes.into_iter().zip(keys) {
            let Some((target, named)) = tables.get(write.table) else { continue };
            let free = engine.check_free(&target.name, &key);
            let table = engine.table_mut(&target.name)?;
            let plan = table.plan(key, write.put.then_some(write.item));
            // [CAP-32] [DDB-11.8]
            match free.and_then(|()| table.admit_write(&plan, cx.now, &mut cx.sink)) {
                Err(error) => {
                    throttled = Some(error).filter(|error| *error != Error::TransactionConflict);
                    result.unprocessed_items.entry(named.clone()).or_default().push(write.sent);
                }
                Ok(units) => {
                    done += 1;
                    if let Some(total) = consumed.get_mut(write.table) {
                        total.add(units);
                    }
                    let asked = Asked {
                        table: String::new(),
                        consumed: None,
                        metrics: self.return_item_collection_metrics.clone(),
                        on_failure: None,
                    };
                    if let Some(one) = collection(table, &plan, &asked) {
                        metrics.entry(named.clone()).or_default().push(one);
                    }
                    table.commit(plan, cx.now, region.as_str(), &mut seed, &mut cx.sink);
                }
            }
        }
        if let Some(error) = throttled.filter(|_| done == 0) {
            return Err(error);
        }
        let mut reports = Vec::new();
        for ((target, named), consumed) in tables.iter().zip(consumed) {
            let asked = self.return_consumed_capacity.as_deref();
            reports.extend(report(engine.table(&target.name)?, &consumed, asked, named));
        }
        result.consumed_capacity = Some(reports).filter(|reports| !reports.is_empty());
        result.item_collection_metrics = Some(metrics).filter(|metrics| !metrics.is_empty());
        Ok(result)
    }
}
