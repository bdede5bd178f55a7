//! Scan.

use super::members::{self, one_of};
use super::page::{self, Bill, Page, Reading, SELECTS};
use super::write::check_nested;
use super::{Named, check_legacy, check_placeholders_wanted, legacy};
use crate::api::{ReadResult, ScanRequest};
use crate::capacity::ring::{self, Place};
use crate::expr::{Condition, ExpressionKind, Layer, Placeholders, Projection};
use crate::key::Key;
use crate::table::store::Span;
use crate::{Engine, Error, Event};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Violations};
use core::ops::{Bound, Range};

const LAYER: Layer = Layer::Classic;
/// The highest number of segments. `[DDB-9.11]`
const SEGMENTS: i64 = 1_000_000;

impl ScanRequest {
    /// [DDB-0.4a]
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
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
        let mut within = |path, value: Option<i64>, least, most| {
            let Some(value) = value else { return };
            if value < least {
                faults.echoed(path, value, Constraint::MinValue(least));
            }
            if value > most {
                faults.echoed(path, value, Constraint::MaxValue(most));
            }
        };
        within("segment", self.segment, 0, SEGMENTS - 1);
        within("totalSegments", self.total_segments, 1, SEGMENTS);
        legacy::check_operator(&mut faults, self.conditional_operator.as_deref());
        legacy::check_attributes(&mut faults, self.attributes_to_get.as_deref());
        legacy::check_conditions(&mut faults, "scanFilter", self.scan_filter.as_ref());
        members::check(faults)
    }

    /// The part of the ring to read. `[DDB-9.11]`
    fn segment(&self) -> Result<Range<Option<Place>>, Error> {
        match (self.segment, self.total_segments) {
            (None, None) => Ok(Some(0)..None),
            (Some(_), None) => Err(Error::NoTotalSegments),
            (None, Some(_)) => Err(Error::NoSegment),
            (Some(segment), Some(total)) if segment >= total => {
                Err(Error::SegmentOutOfRange { segment, total })
            }
            (Some(segment), Some(total)) => {
                let positive = |value: i64| u64::try_from(value).unwrap_or_default();
                Ok(ring::segment(positive(segment), positive(total)))
            }
        }
    }
}

impl Operation<Engine> for ScanRequest {
    type Output = ReadResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        if !members::is_name(self.table_name.as_deref()) {
            self.check_members()?;
        }
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs_index(engine, "Scan", self.index_name.as_deref())])
    }

    /// [DDB-9.15]
    fn perform<S: Sink<Event>>(
        mut self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<ReadResult, Error> {
        self.check_members()?;
        let layer = engine.options().wording.of(LAYER);
        let (projection, filter) = (self.projection_expression.is_some(), self.filter_expression.is_some());
        check_legacy(
            layer,
            &[
                ("AttributesToGet", self.attributes_to_get.is_some()),
                ("ScanFilter", self.scan_filter.is_some()),
                ("ConditionalOperator", self.conditional_operator.is_some()),
            ],
            &[("ProjectionExpression", projection), ("FilterExpression", filter)],
        )?;
        check_placeholders_wanted(
            layer,
            (self.expression_attribute_names.is_some(), projection || filter),
            (self.expression_attribute_values.is_some(), filter, "FilterExpression is null"),
        )?;
        let listed = self.attributes_to_get.is_some();
        let picked = legacy::projection(layer, self.attributes_to_get.take())?;
        let tests = self.scan_filter.take().map(|filter| legacy::tests(layer, filter)).transpose()?;
        let by_attribute = tests.is_some();
        let mut passing = Placeholders::new(layer, None, None)?;
        let operator = self.conditional_operator.as_deref();
        let passes = legacy::condition(layer, tests, operator, &mut passing)?;
        let start = page::start_key(layer, self.exclusive_start_key.take())?;
        let segment = self.segment()?;
        let mut placeholders =
            Placeholders::new(layer, self.expression_attribute_names, self.expression_attribute_values)?;
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
        if by_attribute {
            placeholders = passing;
        }
        let named_index = self.index_name.as_deref();
        let list = if listed { "AttributesToGet" } else { "ProjectionExpression" };
        let list = projection.is_some().then_some(list);
        page::check_select(self.select.as_deref(), list, named_index.is_some(), "")?;

        let consistent = self.consistent_read == Some(true);
        let limit = self.limit.and_then(|limit| u64::try_from(limit).ok());
        let reading = Reading { placeholders, filter, projection, select: self.select, limit, consistent };
        let table = engine.table(&target.name)?;
        let place = page::find_index(table, named_index, consistent)?;
        let index = place.and_then(|place| table.indexes.get(place));
        let start = start.as_ref();
        if start.is_some_and(|start| start.len() != page::key_names(table, index).len()) {
            return Err(Error::StartKeySchema);
        }
        reading.check_projected(table, index)?;
        let start = match start {
            Some(start) => Some(page::start_place(table, index, start)?),
            None => None,
        };
        let inside =
            |key: &Key| Some(key.place()) >= segment.start && segment.end.is_none_or(|end| key.place() < end);
        if start.as_ref().is_some_and(|start| !inside(start)) {
            return Err(Error::StartKeySegment);
        }
        let paths = reading.projection.iter().flat_map(|projection| &projection.paths);
        check_nested(table, paths.chain(reading.filter.iter().flat_map(Condition::paths)))?;

        let store = index.map_or(table.seen(consistent), |index| &index.store);
        let edge = |place: Place| Key::at(place, &[], &[], &[]);
        let from = match start {
            Some(start) => Bound::Excluded(start),
            None => Bound::Included(edge(segment.start.unwrap_or_default())),
        };
        let first = match &from {
            Bound::Included(key) | Bound::Excluded(key) => store.partition(key.place()),
            Bound::Unbounded => 0,
        };
        let last = segment.end.map_or(Place::MAX, |end| end.saturating_sub(1));
        let span = Span { from, to: segment.end.map_or(Bound::Unbounded, |end| Bound::Excluded(edge(end))) };
        let mut page = Page::new(table, index, &reading);
        'ring: for partition in first..=store.partition(last) {
            page.visit(partition);
            for (_, item) in store.range(partition, span.clone()) {
                if !page.take(partition, item) {
                    break 'ring;
                }
            }
        }
        let page = page.close();
        let named = self.table_name.unwrap_or_default();
        let asked = self.return_consumed_capacity.as_deref();
        let bill = Bill { index: place, consistent, minimum: true, asked, named: &named, hash: None };
        let (read, _) = page.charge(engine.table_mut(&target.name)?, bill, cx.now, &mut cx.sink)?;
        Ok(read)
    }
}
