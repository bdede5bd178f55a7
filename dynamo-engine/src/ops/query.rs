//! Query.

use super::members::{self, one_of};
use super::page::{self, Bill, Page, Reading, SELECTS};
use super::write::check_nested;
use super::{Named, check_legacy, check_placeholders_wanted, legacy};
use crate::api::{QueryRequest, ReadResult};
use crate::capacity::ring::{self, Place};
use crate::expr::{
    Comparator, Condition, ExpressionKind, KeyClause, KeyTest, Layer, Placeholders, Projection, key_clauses,
};
use crate::item::Item;
use crate::key::{Key, KeySchema, check_sizes, emptiness, encoded, escaped, framed};
use crate::table::Table;
use crate::table::index::Index;
use crate::table::store::Span;
use crate::value::Value;
use crate::{Engine, Error, Event};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Violations};
use core::ops::Bound;

/// Query and its neighbours answer from the new layer, without prefix.
const LAYER: Layer = Layer::Bare;

impl QueryRequest {
    /// [DDB-0.4a] [DDB-9.1]
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        legacy::check_operator(&mut faults, self.conditional_operator.as_deref());
        if !faults.is_empty() {
            return members::check(faults);
        }
        one_of(
            &mut faults,
            "returnConsumedCapacity",
            self.return_consumed_capacity.as_deref(),
            members::CONSUMED,
        );
        members::table_name(&mut faults, self.table_name.as_deref());
        one_of(&mut faults, "select", self.select.as_deref(), SELECTS);
        if let Some(name) = &self.index_name {
            members::new_name(&mut faults, "indexName", name);
        }
        if self.limit.is_some_and(|limit| limit < 1) {
            faults.silent("Limit", Constraint::MinValue(1));
        }
        legacy::check_attributes(&mut faults, self.attributes_to_get.as_deref());
        legacy::check_conditions(&mut faults, "keyConditions", self.key_conditions.as_ref());
        legacy::check_conditions(&mut faults, "queryFilter", self.query_filter.as_ref());
        members::check(faults)
    }
}

impl Operation<Engine> for QueryRequest {
    type Output = ReadResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        if !members::is_name(self.table_name.as_deref()) {
            self.check_members()?;
        }
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        let request = target.needs_index(engine, "Query", self.index_name.as_deref());
        Vec::from([match &self.select {
            Some(select) => request.with_context("dynamodb:Select", [select.as_str()]),
            None => request,
        }])
    }

    /// [DDB-9.14]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<ReadResult, Error> {
        self.check_members()?;
        let layer = engine.options().wording.of(LAYER);
        let (projection, filter, condition) = (
            self.projection_expression.is_some(),
            self.filter_expression.is_some(),
            self.key_condition_expression.is_some(),
        );
        let others = [
            ("AttributesToGet", self.attributes_to_get.is_some()),
            ("QueryFilter", self.query_filter.is_some()),
            ("ConditionalOperator", self.conditional_operator.is_some()),
        ];
        // [DDB-7.1] KeyConditions go with filters and projections of the new
        // kind.
        let clash = condition || others.iter().any(|(_, given)| *given);
        let [attributes, query_filter, operator] = others;
        check_legacy(
            layer,
            &[attributes, query_filter, operator, ("KeyConditions", self.key_conditions.is_some() && clash)],
            &[
                ("ProjectionExpression", projection),
                ("FilterExpression", filter),
                ("KeyConditionExpression", condition),
            ],
        )?;
        check_placeholders_wanted(
            layer,
            (self.expression_attribute_names.is_some(), projection || filter || condition),
            (
                self.expression_attribute_values.is_some(),
                filter || condition,
                "FilterExpression and KeyConditionExpression are null",
            ),
        )?;
        let tests = self.query_filter.map(|filter| legacy::tests(layer, filter)).transpose()?;
        let operator = self.conditional_operator.as_deref();
        let by_attribute = tests.is_some();
        let mut passing = Placeholders::new(layer, None, None)?;
        let passes = legacy::condition(layer, tests, operator, &mut passing)?;
        let listed = self.attributes_to_get.is_some();
        let picked = legacy::projection(layer, self.attributes_to_get)?;
        let start = page::start_key(layer, self.exclusive_start_key)?;
        if self.key_condition_expression.is_none() && self.key_conditions.is_none() {
            return Err(Error::NoKeyCondition);
        }
        let mut placeholders =
            Placeholders::new(layer, self.expression_attribute_names, self.expression_attribute_values)?;
        let condition = match &self.key_condition_expression {
            Some(source) => {
                Some(Condition::compile(ExpressionKind::KeyConditionExpression, source, &mut placeholders)?)
            }
            None => None,
        };
        let filter = match &self.filter_expression {
            Some(source) => {
                Some(Condition::compile(ExpressionKind::FilterExpression, source, &mut placeholders)?)
            }
            None => passes,
        };
        let projection = match &self.projection_expression {
            Some(source) => Some(Projection::compile(source, &mut placeholders)?),
            None => picked,
        };
        placeholders.check_used()?;
        let clauses = match &condition {
            Some(condition) => key_clauses(condition, &placeholders)?,
            None => legacy::key_clauses(legacy::tests(layer, self.key_conditions.unwrap_or_default())?)?,
        };
        // A filter of either kind has its values in its own placeholders.
        if by_attribute {
            placeholders = passing;
        }
        let named_index = self.index_name.as_deref();
        page::check_select(
            self.select.as_deref(),
            projection.is_some().then_some(if listed { "AttributesToGet" } else { "ProjectionExpression" }),
            named_index.is_some(),
            if layer == Layer::Classic { "" } else { "1 validation error detected: " },
        )?;

        let consistent = self.consistent_read == Some(true);
        let limit = self.limit.and_then(|limit| u64::try_from(limit).ok());
        let reading = Reading { placeholders, filter, projection, select: self.select, limit, consistent };
        let minimum = engine.options().empty_page_minimum;
        let table = engine.table(&target.name)?;
        let place = page::find_index(table, named_index, consistent)?;
        let index = place.and_then(|place| table.indexes.get(place));
        let schema = index.map_or(&table.definition.schema, |index| &index.definition.schema);
        let start = start.as_ref();
        let wanted = check(table, index, schema, &clauses, start)?;
        check_nested(table, reading.projection.iter().flat_map(|projection| &projection.paths))?;
        // [DDB-6.5.7]
        let filtered = || reading.filter.iter().flat_map(Condition::paths);
        if let Some(path) = filtered().find(|path| schema.has(&path.name)) {
            let filter = if by_attribute { "QueryFilter" } else { "Filter Expression" };
            return Err(Error::FilterOnKey { filter, key: path.name.as_str().into() });
        }
        reading.check_projected(table, index)?;
        check_nested(table, filtered())?;

        let at = ring::place(&[&wanted.hash]);
        let mut span = wanted.span(at);
        // [DDB-9.10]
        let forward = self.scan_index_forward != Some(false);
        if let Some(start) = start {
            let start = Bound::Excluded(page::start_place(table, index, start)?);
            if forward {
                span.from = start;
            } else {
                span.to = start;
            }
        }
        let store = index.map_or(table.seen(consistent), |index| &index.store);
        let partition = store.partition(at);
        let mut page = Page::new(table, index, &reading);
        page.visit(partition);
        let mut items = store.range(partition, span);
        while let Some((_, item)) = if forward { items.next() } else { items.next_back() } {
            if !page.take(partition, item) {
                break;
            }
        }
        drop(items);
        let page = page.close();
        let (hash, named) = (Some(wanted.first.clone()), self.table_name.unwrap_or_default());
        let asked = self.return_consumed_capacity.as_deref();
        let bill = Bill { index: place, consistent, minimum, asked, named: &named, hash };
        let (read, _) = page.charge(engine.table_mut(&target.name)?, bill, cx.now, &mut cx.sink)?;
        Ok(read)
    }
}

/// Checks the key condition and the start key against the schema.
pub(super) fn check<'c>(
    table: &Table,
    index: Option<&Index>,
    schema: &KeySchema,
    clauses: &'c [KeyClause],
    start: Option<&Item>,
) -> Result<Wanted<'c>, Error> {
    if schema.is_composite() {
        return check_composite(table, index, schema, clauses, start);
    }
    let (hash, sort) = check_clauses(table, index, schema, clauses, start)?;
    Ok(Wanted { first: hash, hash: encoded(hash), prefix: Vec::new(), last: sort, framed: false })
}

/// Of keys of one attribute each: gives the
/// partition key and the condition on the sort key. `[DDB-6.5.3]` `[DDB-9.6]`
fn check_clauses<'c>(
    table: &Table,
    index: Option<&Index>,
    schema: &KeySchema,
    clauses: &'c [KeyClause],
    start: Option<&Item>,
) -> Result<(&'c Value, Option<&'c KeyTest>), Error> {
    let keys = schema.attributes().count();
    if clauses.len() > keys.max(2) {
        return Err(Error::KeyConditionCount { count: clauses.len(), keys });
    }
    if let Some(start) = start {
        if keys == 1 && index.is_none() {
            return Err(Error::StartKeyHashOnly);
        }
        if start.len() != page::key_names(table, index).len() {
            return Err(Error::StartKey);
        }
    }
    let mut found = Vec::with_capacity(2);
    for (place, key) in schema.attributes().enumerate() {
        if let Some(start) = start {
            match start.get(&key.name) {
                None => return Err(Error::StartKey),
                Some(value) if value.kind() != key.kind => return Err(Error::StartKeySchema),
                Some(_) => {}
            }
        }
        if keys == 1 && clauses.len() == 2 {
            return Err(Error::KeyConditionNotSupported);
        }
        let Some(clause) = clauses.iter().find(|clause| *clause.name == *key.name) else {
            if place == 0 || clauses.len() == 2 {
                return Err(Error::KeyConditionMissed { key: key.name.as_ref().into() });
            }
            continue;
        };
        if clause.test == KeyTest::NotIndexable {
            return Err(Error::NotIndexable);
        }
        // [DDB-6.5.4]
        if clause.test.values().any(|value| value.kind() != key.kind) {
            return Err(Error::KeyConditionType);
        }
        if place == 0 && !matches!(clause.test, KeyTest::Compare(Comparator::Eq, _)) {
            return Err(Error::KeyConditionNotSupported);
        }
        found.push(&clause.test);
    }
    let [KeyTest::Compare(_, hash), rest @ ..] = found.as_slice() else {
        return Err(Error::KeyConditionNotSupported);
    };
    let sort = rest.first().copied();
    check_values(schema, hash, sort)?;
    if let Some(start) = start {
        if table.definition.schema.key_of(start).is_none() {
            return Err(Error::StartKeySchema);
        }
        if start.get(&schema.hash.name).as_ref() != Some(hash) {
            return Err(Error::StartKeyPartition);
        }
        if let (Some(test), Some(key)) = (sort, &schema.sort)
            && let Some(value) = start.get(&key.name)
            && !holds(test, &value)
        {
            let single = index.is_none() && matches!(test, KeyTest::Compare(Comparator::Eq, _));
            return Err(if single { Error::StartKeySingle } else { Error::StartKeyRange });
        }
    }
    Ok((hash, sort))
}

/// Empty and over-long key values. `[DDB-2.6.1]` `[DDB-2.6.2]`
fn check_values(schema: &KeySchema, hash: &Value, sort: Option<&KeyTest>) -> Result<(), Error> {
    if let Some(kind) = emptiness(hash) {
        return Err(Error::EmptyKey { kind, key: schema.hash.name.as_ref().into() });
    }
    check_sizes(&encoded(hash), &[])?;
    let Some((test, key)) = sort.zip(schema.sort.as_ref()) else { return Ok(()) };
    for value in test.values() {
        if let Some(kind) = emptiness(value) {
            return Err(Error::EmptyKey { kind, key: key.name.as_ref().into() });
        }
        check_sizes(&[], &encoded(value))?;
    }
    Ok(())
}

/// Whether a sort key value passes a test of its type.
fn holds(test: &KeyTest, value: &Value) -> bool {
    let compare = |comparator: Comparator, bound: &Value| {
        value.order(bound).is_some_and(|order| comparator.holds(order))
    };
    match test {
        KeyTest::Compare(comparator, bound) => compare(*comparator, bound),
        KeyTest::Between(low, high) => compare(Comparator::Ge, low) && compare(Comparator::Le, high),
        KeyTest::BeginsWith(start) => encoded(value).starts_with(&encoded(start)),
        KeyTest::NotIndexable => false,
    }
}

/// What a key condition comes to: a partition key, and the sort keys that
/// begin with some bytes and then pass a test.
pub(super) struct Wanted<'c> {
    /// The first value of the partition key.
    pub(super) first: &'c Value,
    pub(super) hash: Vec<u8>,
    prefix: Vec<u8>,
    last: Option<&'c KeyTest>,
    /// Whether the values of the sort key are framed, being several.
    framed: bool,
}

/// The least text that is greater than all that begin with this one.
fn after_all(start: &[u8]) -> Option<Vec<u8>> {
    let mut next = start.to_vec();
    while next.last() == Some(&u8::MAX) {
        next.pop();
    }
    *next.last_mut()? += 1;
    Some(next)
}

impl Wanted<'_> {
    /// The stretch of a partition that is meant.
    pub(super) fn span(&self, place: Place) -> Span {
        let at = |sort: &[u8]| Key::at(place, &self.hash, sort, &[]);
        let value = |value: &Value| {
            let own = if self.framed { framed(value) } else { encoded(value) };
            [self.prefix.as_slice(), &own].concat()
        };
        let end = || match after_all(&self.prefix) {
            Some(next) => at(&next),
            None => {
                let mut next = self.hash.clone();
                next.push(0);
                Key::at(place, &next, &[], &[])
            }
        };
        // The least sort key above all that have this value.
        let above = |bound: &Value| {
            let mut next = value(bound);
            if self.framed {
                return after_all(&next).map_or_else(end, |next| at(&next));
            }
            next.push(0);
            at(&next)
        };
        let first = || at(&self.prefix);
        let (from, to) = match self.last {
            None => (first(), end()),
            // It was refused.
            Some(KeyTest::NotIndexable) => (end(), end()),
            Some(KeyTest::Compare(comparator, bound)) => match comparator {
                Comparator::Lt => (first(), at(&value(bound))),
                Comparator::Le => (first(), above(bound)),
                Comparator::Gt => (above(bound), end()),
                Comparator::Ge => (at(&value(bound)), end()),
                Comparator::Eq | Comparator::Ne => (at(&value(bound)), above(bound)),
            },
            Some(KeyTest::Between(low, high)) => (at(&value(low)), above(high)),
            Some(KeyTest::BeginsWith(start)) => {
                let own = if self.framed { escaped(start) } else { encoded(start) };
                let start = [self.prefix.as_slice(), &own].concat();
                let to = if own.is_empty() { None } else { after_all(&start) };
                (at(&start), to.map_or_else(end, |to| at(&to)))
            }
        };
        Span { from: Bound::Included(from), to: Bound::Excluded(to) }
    }
}

/// The same checks for keys of several attributes. `[DDB-6.5.6]`
fn check_composite<'c>(
    table: &Table,
    index: Option<&Index>,
    schema: &KeySchema,
    clauses: &'c [KeyClause],
    start: Option<&Item>,
) -> Result<Wanted<'c>, Error> {
    let keys = schema.attributes().count();
    if clauses.len() > keys {
        return Err(Error::KeyConditionCount { count: clauses.len(), keys });
    }
    if let Some(start) = start {
        if start.len() != page::key_names(table, index).len() {
            return Err(Error::StartKey);
        }
        for key in schema.attributes() {
            match start.get(&key.name) {
                None => return Err(Error::StartKey),
                Some(value) if value.kind() != key.kind => return Err(Error::StartKeySchema),
                Some(_) => {}
            }
        }
    }
    let clause = |name: &str| clauses.iter().find(|clause| clause.name == name);
    let check = |key: &crate::key::KeyAttribute, test: &KeyTest| {
        if *test == KeyTest::NotIndexable {
            return Err(Error::NotIndexable);
        }
        if test.values().any(|value| value.kind() != key.kind) {
            return Err(Error::KeyConditionType);
        }
        match test.values().find_map(emptiness) {
            Some(kind) => Err(Error::EmptyKey { kind, key: key.name.as_ref().into() }),
            None => Ok(()),
        }
    };
    let (mut hash, mut first) = (Vec::new(), None);
    for key in schema.hash_attributes() {
        let needs = || Error::HashNeedsEquality { key: key.name.as_ref().into() };
        let test = &clause(&key.name).ok_or_else(needs)?.test;
        check(key, test)?;
        let KeyTest::Compare(Comparator::Eq, value) = test else { return Err(needs()) };
        check_sizes(&encoded(value), &[])?;
        first = first.or(Some(value));
        hash.extend(if schema.hashes.is_empty() { encoded(value) } else { framed(value) });
    }
    let (mut prefix, mut last, mut open) = (Vec::new(), None, Vec::<&str>::new());
    let composite = !schema.sorts.is_empty();
    for key in schema.sort_attributes() {
        let Some(clause) = clause(&key.name) else {
            open.push(&key.name);
            continue;
        };
        check(key, &clause.test)?;
        for value in clause.test.values() {
            check_sizes(&[], &encoded(value))?;
        }
        if !open.is_empty() {
            let (keys, after) = (open.join(", ").into(), key.name.as_ref().into());
            return Err(Error::RangeNeedsEquality { keys, after });
        }
        match &clause.test {
            KeyTest::Compare(Comparator::Eq, value) if composite => prefix.extend(framed(value)),
            test => {
                last = Some(test);
                open.push(&key.name);
            }
        }
    }
    if let Some(stray) = clauses.iter().find(|clause| !schema.has(&clause.name)) {
        return Err(Error::KeyConditionMissed { key: stray.name.as_str().into() });
    }
    let first = first.ok_or(Error::KeyConditionNotSupported)?;
    if let Some(start) = start {
        let (own, sort) = schema.bytes_of(start).ok_or(Error::StartKeySchema)?;
        if own != hash {
            return Err(Error::StartKeyPartition);
        }
        if !sort.starts_with(&prefix) {
            return Err(Error::StartKeyRange);
        }
    }
    Ok(Wanted { first, hash, prefix, last, framed: composite })
}
