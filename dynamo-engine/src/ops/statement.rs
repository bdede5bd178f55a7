//! One PartiQL statement, run. `[DDB-12.3]` `[DDB-12.4]`

use super::item::check_result;
use super::page::{self, Bill, Page, Reading};
use super::query;
use super::transact::{Action, Kind, Read};
use super::write::{check_nested, holds};
use super::{ITEM_MAX, Named};
use crate::api::ReadResult;
use crate::capacity::{Demand, Draw};
use crate::expr::{Comparator, Condition, Function, KeyClause, KeyTest, Op, Path, Projection, Update};
use crate::item::Item;
use crate::key::Key;
use crate::partiql::{Returning, Statement, StatementFault, Term, Verb};
use crate::table::index::Index;
use crate::table::store::Span;
use crate::table::{Consumed, Table, WritePlan};
use crate::value::Value;
use crate::{Engine, Error, Event, OldItem};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{Cx, Quantity, Sink};
use core::ops::Bound;

/// The refusal of a statement.
pub(super) fn refuse<T>(fault: StatementFault) -> Result<T, Error> {
    Err(Error::Statement { fault: Box::new(fault) })
}

/// What a statement came to.
#[derive(Default)]
pub(super) struct Done {
    /// What it gives back; absent of a write without RETURNING.
    pub(super) items: Option<Vec<Item>>,
    pub(super) last: Option<Item>,
    pub(super) consumed: Consumed,
}

/// A statement that was not done, and the write units it cost. `[CAP-46]`
pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) units: u64,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, units: 0 }
    }
}

/// How a statement is to be run.
#[derive(Default)]
pub(super) struct How {
    pub(super) limit: Option<u64>,
    pub(super) consistent: bool,
    pub(super) start: Option<Item>,
    pub(super) old_wanted: bool,
}

/// The whole key that a condition gives, and what else it says.
/// `[DDB-12.4]`
fn whole_key<'s>(statement: &'s Statement, table: &Table) -> Option<(Item, Vec<&'s Term>)> {
    let mut rest = statement.condition.as_ref()?.conjuncts();
    let mut key = Vec::with_capacity(2);
    for attribute in table.definition.schema.attributes() {
        let place = rest.iter().position(|term| term.equality(&attribute.name).is_some())?;
        let value = rest.remove(place).equality(&attribute.name)?;
        key.push((String::from(&*attribute.name), value.clone()));
    }
    Some((Item::new(key.into_iter().collect()), rest))
}

/// The same of what writes.
fn written_key<'s>(statement: &'s Statement, table: &Table) -> Result<(Item, Vec<&'s Term>), Error> {
    match whole_key(statement, table) {
        Some(found) => Ok(found),
        None => refuse(StatementFault::NoKey),
    }
}

/// The key of the item that a statement means, if it says so.
pub(super) fn target(statement: &Statement, table: &Table) -> Option<Key> {
    match &statement.verb {
        Verb::Insert(item) => table.definition.schema.key_of(item),
        _ => table.definition.schema.key_of(&whole_key(statement, table)?.0),
    }
}

/// Whether it reads all of a table. `[DDB-12.3]`
pub(super) fn scans(statement: &Statement, table: &Table) -> bool {
    let index = statement.index.as_deref().and_then(|name| table.indexes.get(table.index(name)?));
    let schema = index.map_or(&table.definition.schema, |index| &index.definition.schema);
    let conjuncts = statement.condition.as_ref().map(Term::conjuncts).unwrap_or_default();
    !{ schema.hash_attributes() }.all(|key| conjuncts.iter().any(|term| term.one_of(&key.name).is_some()))
}

/// `attribute_exists` of the partition key.
fn exists(table: &Table, negated: bool, rest: Option<Condition>) -> Condition {
    let function = if negated { Function::AttributeNotExists } else { Function::AttributeExists };
    let hash = Path::top((*table.definition.schema.hash.name).into());
    let mut steps = Vec::from([Op::Path(hash), Op::Function(function)]);
    if let Some(rest) = rest {
        steps.extend(rest.steps);
        steps.push(if negated { Op::Or } else { Op::And });
    }
    Condition { steps }
}

impl Action {
    /// What a statement of a transaction does. `[DDB-12.8]`
    pub(super) fn of_statement(
        engine: &Engine,
        statement: Statement,
        old_wanted: bool,
    ) -> Result<Self, Error> {
        let target = Named::new(engine, &statement.table);
        let table = engine.table(&target.name)?;
        let (subject, condition, insert) = match &statement.verb {
            Verb::Insert(item) if item.size() > ITEM_MAX => return Err(Error::ItemSize),
            Verb::Insert(item) => (item.clone(), Some(exists(table, true, None)), true),
            Verb::Select { .. } => {
                let Some((key, rest)) = whole_key(&statement, table) else {
                    return refuse(StatementFault::NoKeyInTransaction);
                };
                (key, Some(exists(table, false, Term::all(&rest))), false)
            }
            Verb::Update(..) => {
                let (key, rest) = written_key(&statement, table)?;
                (key, Some(exists(table, false, Term::all(&rest))), false)
            }
            Verb::Delete(_) => {
                let (key, rest) = written_key(&statement, table)?;
                (key, Term::all(&rest).map(|rest| exists(table, true, Some(rest))), false)
            }
        };
        let Statement { verb, table: named, values: placeholders, .. } = statement;
        let kind = match verb {
            Verb::Insert(_) => Kind::Put,
            Verb::Select { .. } => Kind::Check,
            Verb::Update(update, _) => Kind::Update(update),
            Verb::Delete(_) => Kind::Delete,
        };
        Ok(Self { named, target, kind, subject, placeholders, condition, old_wanted, insert })
    }
}

impl Read {
    /// What a statement of a transaction reads. `[DDB-12.8]`
    pub(super) fn of_statement(engine: &Engine, statement: Statement) -> Result<Self, Error> {
        let target = Named::new(engine, &statement.table);
        let table = engine.table(&target.name)?;
        let Some((key, rest)) = whole_key(&statement, table) else {
            return refuse(StatementFault::NoKeyInTransaction);
        };
        let filter = Term::all(&rest);
        let Statement { verb, table: named, values, .. } = statement;
        let projection = match verb {
            Verb::Select { paths, .. } => paths.map(Projection::of),
            _ => None,
        };
        Ok(Self { target, named, key, projection, filter: filter.map(|filter| (filter, values)) })
    }
}

/// Runs a statement. `[DDB-12.10]`
pub(super) fn run<S: Sink<Event>>(
    engine: &mut Engine,
    statement: Statement,
    how: How,
    cx: &mut Cx<'_, S>,
) -> Result<Done, Failed> {
    let name = Named::new(engine, &statement.table).name;
    if statement.reads() {
        return Ok(select(engine, &name, statement, how, cx)?);
    }
    let table = engine.table(&name)?;
    match &statement.verb {
        Verb::Select { .. } => Ok(refuse(StatementFault::MisplacedExists)?),
        Verb::Insert(item) => {
            let key = table.definition.schema.check_item(item)?;
            if item.size() > ITEM_MAX {
                return Err(Error::ItemSize.into());
            }
            table.indexes.iter().try_for_each(|index| index.check_item(item))?;
            engine.check_free(&name, &key)?;
            let plan = table.plan(key, Some(item.clone()));
            if plan.old.is_some() {
                let item = OldItem(plan.old.clone().filter(|_| how.old_wanted));
                return Err(fail(engine, &name, &plan, Error::DuplicateItem { item }, cx));
            }
            Ok(finish(engine, &name, plan, None, cx)?)
        }
        Verb::Update(update, returning) => {
            let (key, rest) = written_key(&statement, table)?;
            let schema = &table.definition.schema;
            if let Some(path) = update.targets().find(|path| path.steps.is_empty() && schema.has(&path.name))
            {
                return Err(Error::UpdatesKey { key: path.name.as_str().into() }.into());
            }
            let place = schema.check_key(&key)?;
            let condition = exists(table, false, Term::all(&rest));
            check_nested(table, update.paths().chain(condition.paths()))?;
            engine.check_free(&name, &place)?;
            let mut plan = table.plan(place, None);
            if !holds(Some(&condition), plan.old.as_ref(), &statement.values) {
                let item = OldItem(plan.old.clone().filter(|_| how.old_wanted));
                return Err(fail(engine, &name, &plan, Error::ConditionFailed { item }, cx));
            }
            let new = Item::new(update.apply(plan.old.as_ref(), &key, &statement.values)?);
            check_result(table, &new, update)?;
            plan = table.plan(plan.key, Some(new));
            let items = returning.map(|returning| updated(&plan, update, returning, table));
            Ok(finish(engine, &name, plan, items, cx)?)
        }
        Verb::Delete(returning) => {
            if let Some(other) = returning.filter(|returning| *returning != Returning::AllOld) {
                return Ok(refuse(StatementFault::DeleteReturning(other.words()))?);
            }
            let (key, rest) = written_key(&statement, table)?;
            let key = table.definition.schema.check_key(&key)?;
            let condition = Term::all(&rest).map(|rest| exists(table, true, Some(rest)));
            check_nested(table, condition.iter().flat_map(Condition::paths))?;
            engine.check_free(&name, &key)?;
            let plan = table.plan(key, None);
            if !holds(condition.as_ref(), plan.old.as_ref(), &statement.values) {
                let item = OldItem(plan.old.clone().filter(|_| how.old_wanted));
                return Err(fail(engine, &name, &plan, Error::ConditionFailed { item }, cx));
            }
            // [DDB-12.5] What was not there gives an empty list.
            let items = returning.map(|_| plan.old.iter().cloned().collect());
            Ok(finish(engine, &name, plan, items, cx)?)
        }
    }
}

/// What RETURNING gives of an update: keys count as not modified.
/// `[DDB-12.5]`
fn updated(plan: &WritePlan, update: &Update, returning: Returning, table: &Table) -> Vec<Item> {
    let schema = &table.definition.schema;
    let part = |item: Option<&Item>| {
        let targets = update.targets().filter(|path| !schema.has(&path.name)).cloned();
        Some(Projection::of(targets.collect()).of_item(item?)).filter(|part| !part.is_empty())
    };
    let item = match returning {
        Returning::AllOld => plan.old.clone(),
        Returning::AllNew => plan.new.clone(),
        Returning::ModifiedOld => part(plan.old.as_ref()),
        Returning::ModifiedNew => part(plan.new.as_ref()),
    };
    item.into_iter().collect()
}

/// A write that is not done costs all the same. `[CAP-29]` `[CAP-46]`
fn fail<S: Sink<Event>>(
    engine: &mut Engine,
    name: &str,
    plan: &WritePlan,
    error: Error,
    cx: &mut Cx<'_, S>,
) -> Failed {
    let mut charge = || {
        let table = engine.table_mut(name)?;
        let units = Quantity::from_whole(plan.units);
        let draw = Draw { partition: table.store.partition(plan.key.place()), units };
        let item = plan.old.as_ref().or(plan.new.as_ref());
        table.admit(Demand::Write, &[(None, draw)], |name| item?.get(name), cx.now, &mut cx.sink)
    };
    match charge() {
        Ok(()) => Failed { error, units: plan.units },
        Err(throttled) => throttled.into(),
    }
}

fn finish<S: Sink<Event>>(
    engine: &mut Engine,
    name: &str,
    plan: WritePlan,
    items: Option<Vec<Item>>,
    cx: &mut Cx<'_, S>,
) -> Result<Done, Error> {
    let region = engine.home().region.clone();
    let table = engine.table_mut(name)?;
    let consumed = table.admit_write(&plan, cx.now, &mut cx.sink)?;
    table.commit(plan, cx.now, region.as_str(), &mut cx.seed.expand(b"stream"), &mut cx.sink);
    Ok(Done { items, last: None, consumed })
}

/// The stretches of a store that a SELECT reads.
struct Stretches {
    spans: Vec<(usize, Span)>,
    /// The partition key of the first.
    hash: Option<Value>,
    /// Whether there can be one item only.
    single: bool,
    keyed: bool,
}

/// Where the items are that a condition wants: at its partition keys, or
/// anywhere. What it says of the first range of sort keys narrows the
/// stretches; the rest filters. `[DDB-12.3]`
fn stretches<'s>(
    table: &Table,
    index: Option<&Index>,
    condition: Option<&'s Term>,
) -> Result<(Stretches, Vec<&'s Term>), Error> {
    let schema = index.map_or(&table.definition.schema, |index| &index.definition.schema);
    let store = index.map_or(&table.store, |index| &index.store);
    let mut rest = condition.map(Term::conjuncts).unwrap_or_default();
    let mut clauses = Vec::new();
    let mut hashes: Vec<Value> = Vec::new();
    for (place, key) in schema.hash_attributes().enumerate() {
        // Of keys of several attributes each must be one value.
        let values = |term: &Term| match schema.hashes.is_empty() {
            true => term.one_of(&key.name).map(|all| all.into_iter().cloned().collect::<Vec<_>>()),
            false => term.equality(&key.name).map(|value| Vec::from([value.clone()])),
        };
        let Some((at, found)) = rest.iter().enumerate().find_map(|(at, term)| Some((at, values(term)?)))
        else {
            let spans = (0..store.partitions())
                .map(|partition| (partition, Span { from: Bound::Unbounded, to: Bound::Unbounded }));
            let spans = spans.collect();
            let rest = condition.map(Term::conjuncts).unwrap_or_default();
            return Ok((Stretches { spans, hash: None, single: false, keyed: false }, rest));
        };
        rest.remove(at);
        if place == 0 {
            hashes = found;
        } else if let Some(value) = found.into_iter().next() {
            clauses
                .push(KeyClause { name: (*key.name).into(), test: KeyTest::Compare(Comparator::Eq, value) });
        }
    }
    let mut open = true;
    for key in schema.sort_attributes() {
        let Some(at) = rest.iter().position(|term| term.key().is_some_and(|clause| clause.name == *key.name))
        else {
            break;
        };
        if !open {
            break;
        }
        if let Some(clause) = rest.get(at).and_then(|term| term.key()) {
            open = matches!(clause.test, KeyTest::Compare(Comparator::Eq, _));
            clauses.push(clause.clone());
        }
        rest.remove(at);
    }
    let sorted = clauses.len() + 1 == schema.attributes().count() && open;
    hashes.dedup();
    let mut spans: Vec<(usize, Span)> = Vec::new();
    let mut seen: Vec<Value> = Vec::new();
    let mut hash = None;
    for value in hashes {
        if seen.contains(&value) {
            continue;
        }
        seen.push(value.clone());
        let first =
            KeyClause { name: (*schema.hash.name).into(), test: KeyTest::Compare(Comparator::Eq, value) };
        let all: Vec<KeyClause> = core::iter::once(first).chain(clauses.iter().cloned()).collect();
        let wanted = query::check(table, index, schema, &all, None)?;
        let at = crate::capacity::ring::place(&[&wanted.hash]);
        spans.push((store.partition(at), wanted.span(at)));
        hash = hash.or_else(|| Some(wanted.first.clone()));
    }
    let single = spans.len() == 1 && index.is_none() && sorted;
    Ok((Stretches { spans, hash, single, keyed: true }, rest))
}

/// Reads a page. `[DDB-12.3]`
fn select<S: Sink<Event>>(
    engine: &mut Engine,
    name: &str,
    statement: Statement,
    how: How,
    cx: &mut Cx<'_, S>,
) -> Result<Done, Error> {
    let minimum = engine.options().empty_page_minimum;
    let table = engine.table(name)?;
    let index = match statement.index.as_deref() {
        None => None,
        Some(name) => match page::find_index(table, Some(name), how.consistent) {
            Err(Error::UnknownIndex { .. }) => return refuse(StatementFault::UnknownIndex),
            Err(Error::ConsistentIndexRead) => return refuse(StatementFault::ConsistentIndexRead),
            found => found?,
        },
    };
    let place = index;
    let index = place.and_then(|place| table.indexes.get(place));
    let (wanted, rest) = stretches(table, index, statement.condition.as_ref())?;
    let filter = Term::all(&rest);
    let Verb::Select { paths, order, .. } = statement.verb else {
        return refuse(StatementFault::MisplacedExists);
    };
    let backwards = check_order(table, index, &order, &wanted, statement.condition.is_some())?;
    let Stretches { mut spans, hash, single, keyed } = wanted;
    let limit = how.limit.filter(|_| !single);
    let reading = Reading {
        placeholders: statement.values,
        filter,
        projection: paths.map(Projection::of),
        select: None,
        limit,
        consistent: how.consistent,
    };
    reading.check_projected(table, index)?;
    let paths = reading.projection.iter().flat_map(|projection| &projection.paths);
    check_nested(table, paths.chain(reading.filter.iter().flat_map(Condition::paths)))?;
    check_filter(table, index, keyed, reading.filter.as_ref())?;

    // The stretches before the one that the last page ended in are done.
    if let Some(start) = &how.start {
        let key = page::start_place(table, index, start).or_else(|_| refuse(StatementFault::OtherToken))?;
        let store = index.map_or(&table.store, |index| &index.store);
        let partition = store.partition(key.place());
        let inside = |(own, span): &(usize, Span)| *own == partition && span.holds(&key);
        let Some(at) = spans.iter().position(inside) else { return refuse(StatementFault::OtherToken) };
        spans.drain(..at);
        if let Some((_, span)) = spans.first_mut() {
            let edge = Bound::Excluded(key);
            if backwards {
                span.to = edge;
            } else {
                span.from = edge;
            }
        }
    }
    let store = index.map_or(table.seen(how.consistent), |index| &index.store);
    let mut page = Page::new(table, index, &reading);
    'page: for (partition, span) in spans {
        page.visit(partition);
        let mut items = store.range(partition, span);
        while let Some((_, item)) = if backwards { items.next_back() } else { items.next() } {
            if !page.take(partition, item) {
                break 'page;
            }
        }
    }
    let page = page.close();
    let bill = Bill {
        index: place,
        consistent: how.consistent,
        minimum: minimum || !keyed,
        asked: None,
        named: "",
        hash,
    };
    let (read, consumed) = page.charge(engine.table_mut(name)?, bill, cx.now, &mut cx.sink)?;
    let ReadResult { items, last_evaluated_key, .. } = read;
    let last = last_evaluated_key.filter(|_| !single);
    Ok(Done { items, last, consumed })
}

/// Whether to read from the end. `[DDB-12.3]`
fn check_order(
    table: &Table,
    index: Option<&Index>,
    order: &[(String, bool)],
    wanted: &Stretches,
    has_condition: bool,
) -> Result<bool, Error> {
    let schema = index.map_or(&table.definition.schema, |index| &index.definition.schema);
    if order.is_empty() {
        return Ok(false);
    }
    if !has_condition {
        return refuse(StatementFault::OrderWithoutWhere);
    }
    if !wanted.keyed || wanted.spans.len() > 1 {
        return refuse(StatementFault::OrderWithoutHash);
    }
    if let Some((name, _)) = order.iter().find(|(name, _)| !schema.has(name)) {
        return refuse(StatementFault::OrderByOther(name.clone()));
    }
    Ok(order.iter().any(|(name, descending)| *descending && schema.sort_name() == Some(name)))
}

/// A keyed read of an index cannot ask for what the index does not have; a
/// scan finds nothing. `[DDB-12.3]`
fn check_filter(
    table: &Table,
    index: Option<&Index>,
    keyed: bool,
    filter: Option<&Condition>,
) -> Result<(), Error> {
    let Some(index) = index.filter(|_| keyed) else { return Ok(()) };
    let mut missing: Vec<&str> = Vec::new();
    for path in filter.iter().flat_map(|filter| filter.paths()) {
        if !index.projects(&path.name, &table.definition.schema) && !missing.contains(&path.name.as_str()) {
            missing.push(&path.name);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let name = (*index.definition.name).into();
    refuse(StatementFault::FilterNotProjected(name, missing.join(", ")))
}
