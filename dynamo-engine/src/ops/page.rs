//! A page of a Query or Scan: what both check, read and charge.

use super::{checked, report};
use crate::api::ReadResult;
use crate::capacity::{Demand, Draw, units};
use crate::expr::{Condition, Fault, Layer, Placeholders, Projection, What};
use crate::item::Item;
use crate::key::Key;
use crate::table::index::{Index, Projected};
use crate::table::{Consumed, Table};
use crate::value::{AttributeMap, Value, ValueFault};
use crate::{Error, Event};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{Quantity, Sink, Timestamp};

/// What a page may count. `[DDB-9.7]` `[CAP-15]` `[CAP-16]`
const PAGE: u64 = 1_048_576;

pub(super) const SELECTS: &[&str] =
    &["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"];

/// What a read wants of each item.
pub(super) struct Reading {
    pub(super) placeholders: Placeholders,
    pub(super) filter: Option<Condition>,
    pub(super) projection: Option<Projection>,
    pub(super) select: Option<String>,
    pub(super) limit: Option<u64>,
    pub(super) consistent: bool,
}

/// [DDB-9.8]
pub(super) fn check_select(
    select: Option<&str>,
    list: Option<&'static str>,
    index: bool,
    prefix: &'static str,
) -> Result<(), Error> {
    match (select, list) {
        (Some("ALL_PROJECTED_ATTRIBUTES"), _) if !index => Err(Error::SelectNeedsIndex),
        (Some("SPECIFIC_ATTRIBUTES"), None) => Err(Error::SelectNeedsProjection { prefix }),
        (Some("ALL_ATTRIBUTES"), Some(list)) => {
            Err(Error::SelectAndProjection { list, select: "ALL_ATTRIBUTES" })
        }
        (Some("ALL_PROJECTED_ATTRIBUTES"), Some(list)) => {
            Err(Error::SelectAndProjection { list, select: "ALL_PROJECTED_ATTRIBUTES" })
        }
        (Some("COUNT"), Some(list)) => Err(Error::SelectAndProjection { list, select: "only the Count" }),
        _ => Ok(()),
    }
}

/// The stored form of a start key. `[DDB-9.14]`
pub(super) fn start_key(layer: Layer, sent: Option<AttributeMap>) -> Result<Option<Item>, Error> {
    let Some(sent) = sent else { return Ok(None) };
    checked(layer, sent).map(Some).map_err(|error| match error {
        Error::Invalid { fault } => match fault.what {
            What::Value(ValueFault::Number(..) | ValueFault::EmptySet(_) | ValueFault::Duplicates(..)) => {
                Error::Invalid { fault }
            }
            what => Error::StartKeyValue { fault: Box::new(Fault { layer, what }) },
        },
        error => error,
    })
}

/// The index that a read names. `[DDB-9.9]` `[DDB-5.5]`
pub(super) fn find_index(
    table: &Table,
    name: Option<&str>,
    consistent: bool,
) -> Result<Option<usize>, Error> {
    let Some(name) = name else { return Ok(None) };
    let place = table.index(name).ok_or_else(|| Error::UnknownIndex { index: name.into() })?;
    if table.indexes.get(place).is_some_and(|index| index.definition.creating) {
        return Err(Error::IndexIsFilling { index: name.into() });
    }
    if consistent && table.indexes.get(place).is_some_and(|index| index.definition.global) {
        return Err(Error::ConsistentIndexRead);
    }
    Ok(Some(place))
}

/// The names that a start key must have: the table's key and the index's.
/// `[DDB-9.5]`
pub(super) fn key_names<'t>(table: &'t Table, index: Option<&'t Index>) -> Vec<&'t str> {
    let mut names: Vec<&str> = table.definition.schema.attributes().map(|key| &*key.name).collect();
    for key in index.iter().flat_map(|index| index.definition.schema.attributes()) {
        if !names.contains(&&*key.name) {
            names.push(&key.name);
        }
    }
    names
}

/// Where in a store a start key is: pages one after the other are the whole.
/// `[DDB-20.3]`
pub(super) fn start_place(table: &Table, index: Option<&Index>, start: &Item) -> Result<Key, Error> {
    let base = table.definition.schema.key_of(start).ok_or(Error::StartKeySchema)?;
    match index {
        None => Ok(base),
        Some(index) => index.key_of(start, &base).ok_or(Error::StartKeySchema),
    }
}

impl Reading {
    /// [DDB-5.8] What a global index does not have cannot be asked of it.
    pub(super) fn check_projected(&self, table: &Table, index: Option<&Index>) -> Result<(), Error> {
        let Some(index) = index.filter(|index| index.definition.global) else { return Ok(()) };
        let name = || index.definition.name.as_ref().into();
        if self.select.as_deref() == Some("ALL_ATTRIBUTES") && index.definition.projection != Projected::All {
            return Err(Error::PartialIndex { index: name() });
        }
        let missing: Vec<&str> = self
            .projection
            .iter()
            .flat_map(Projection::names)
            .filter(|name| !index.projects(name, &table.definition.schema))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Error::NotProjected { index: name(), names: missing.join(", ").into() })
    }

    /// Whether a read of a local index has to fetch the table's items.
    /// `[CAP-23]`
    fn fetches(&self, table: &Table, index: Option<&Index>) -> bool {
        let Some(index) = index.filter(|index| !index.definition.global) else { return false };
        let wants_all =
            self.select.as_deref() == Some("ALL_ATTRIBUTES") && index.definition.projection != Projected::All;
        let mut named = self.projection.iter().flat_map(Projection::names);
        wants_all || named.any(|name| !index.projects(name, &table.definition.schema))
    }
}

/// A page as it fills.
pub(super) struct Page<'t> {
    table: &'t Table,
    index: Option<&'t Index>,
    reading: &'t Reading,
    fetches: bool,
    counted: u64,
    items: Vec<Item>,
    count: u64,
    scanned: u64,
    last: Option<&'t Item>,
    full: bool,
    /// Bytes read of each partition visited.
    bytes: BTreeMap<usize, u64>,
    /// What fetches from the table cost.
    fetched: Vec<Draw>,
}

impl<'t> Page<'t> {
    pub(super) fn new(table: &'t Table, index: Option<&'t Index>, reading: &'t Reading) -> Self {
        Self {
            table,
            index,
            reading,
            fetches: reading.fetches(table, index),
            counted: 0,
            items: Vec::new(),
            count: 0,
            scanned: 0,
            last: None,
            full: false,
            bytes: BTreeMap::new(),
            fetched: Vec::new(),
        }
    }

    /// Reading goes on in this partition.
    pub(super) fn visit(&mut self, partition: usize) {
        self.bytes.entry(partition).or_default();
    }

    /// Looks at an item. Whether the page has room for another. `[DDB-9.2]`
    /// `[DDB-9.3]` `[DDB-9.4]`
    pub(super) fn take(&mut self, partition: usize, item: &'t Item) -> bool {
        *self.bytes.entry(partition).or_default() += item.size();
        self.counted += item.page_size(self.table.definition.schema.sort_name());
        self.scanned += 1;
        self.last = Some(item);
        let whole = self.fetch(item).unwrap_or(item);
        let passes = |filter: &Condition| filter.holds(Some(whole), &self.reading.placeholders);
        if self.reading.filter.as_ref().is_none_or(passes) {
            self.count += 1;
            if self.reading.select.as_deref() != Some("COUNT") {
                self.items.push(match &self.reading.projection {
                    Some(projection) => projection.of_item(whole),
                    None => whole.clone(),
                });
            }
        }
        self.full = self.counted >= PAGE || self.reading.limit.is_some_and(|limit| self.scanned >= limit);
        !self.full
    }

    /// The table's item of a local index's entry, if it is needed; each is
    /// charged by itself. `[CAP-23]`
    fn fetch(&mut self, entry: &Item) -> Option<&'t Item> {
        if !self.fetches {
            return None;
        }
        let key = self.table.definition.schema.key_of(entry)?;
        let item = self.table.store.get(&key)?;
        let partition = self.table.store.partition(key.place());
        self.fetched.push(Draw { partition, units: units::read(item.size(), self.reading.consistent) });
        Some(item)
    }

    /// Lets go of the table, which is charged next.
    pub(super) fn close(self) -> ClosedPage {
        let names = || key_names(self.table, self.index);
        ClosedPage {
            last: self.last.filter(|_| self.full).map(|last| last.only(names())),
            with_items: self.reading.select.as_deref() != Some("COUNT"),
            items: self.items,
            count: self.count,
            scanned: self.scanned,
            bytes: self.bytes,
            fetched: self.fetched,
        }
    }
}

/// A page that has been read and not yet charged.
pub(super) struct ClosedPage {
    last: Option<Item>,
    with_items: bool,
    items: Vec<Item>,
    count: u64,
    scanned: u64,
    bytes: BTreeMap<usize, u64>,
    fetched: Vec<Draw>,
}

/// Who pays for a page.
pub(super) struct Bill<'r> {
    pub(super) index: Option<usize>,
    pub(super) consistent: bool,
    /// Whether a page without items costs a block. `[CAP-14]`
    pub(super) minimum: bool,
    pub(super) asked: Option<&'r str>,
    pub(super) named: &'r str,
    pub(super) hash: Option<Value>,
}

impl ClosedPage {
    /// Charges each partition visited by itself, whatever the filter keeps.
    /// `[CAP-12]` `[CAP-13]` `[CAP-17]` `[CAP-20]` `[CAP-22]` `[DDB-9.13]`
    pub(super) fn charge<S: Sink<Event>>(
        self,
        table: &mut Table,
        bill: Bill<'_>,
        now: Timestamp,
        sink: &mut S,
    ) -> Result<(ReadResult, Consumed), Error> {
        let mut draws = Vec::with_capacity(self.bytes.len() + self.fetched.len());
        let mut consumed = Consumed::default();
        let mut arm = Quantity::ZERO;
        for (partition, bytes) in self.bytes {
            if self.scanned == 0 && !bill.minimum {
                continue;
            }
            let units = units::read(bytes, bill.consistent);
            arm += units;
            draws.push((bill.index, Draw { partition, units }));
        }
        for draw in self.fetched {
            consumed.table += draw.units;
            draws.push((None, draw));
        }
        match bill.index {
            Some(index) => consumed.indexes.push((index, arm)),
            None => consumed.table += arm,
        }
        table.admit(Demand::Read, &draws, |_| bill.hash, now, sink)?;
        let read = ReadResult {
            items: self.with_items.then_some(self.items),
            count: self.count,
            scanned_count: self.scanned,
            last_evaluated_key: self.last,
            consumed_capacity: report(table, &consumed, bill.asked, bill.named),
        };
        Ok((read, consumed))
    }
}
