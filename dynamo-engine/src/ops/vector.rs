//! SearchVectors, and what makes a vector index. `[DDB-5.10]`

use super::members::{self, one_of};
use super::{Named, check_placeholders_wanted};
use crate::api::{SearchResult, SearchVectorsRequest, SearchVectorsResult, VectorCapacity, VectorIndex};
use crate::expr::{Comparator, Condition, ExpressionKind, Layer, Op, Placeholders, Projection};
use crate::item::Item;
use crate::table::Table;
use crate::table::vector::{Distance, VectorDefinition, numbers};
use crate::value::AttributeValue;
use crate::{Engine, Error, Event};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Violations};

const LAYER: Layer = Layer::Bare;
/// Numbers in a vector.
const DIMENSIONS: i64 = 4_096;
/// Items that a search returns. The model's bound is not known to us.
const TOP: i64 = 1_000;

/// The member constraints of a vector index.
pub(super) fn check(faults: &mut Violations, path: &str, index: &VectorIndex) {
    super::create::check_index_name(faults, path, index.index_name.as_deref());
    match index.vector_attribute.as_ref().map(|attribute| attribute.attribute_name.as_deref()) {
        None => faults.null(&format!("{path}.vectorAttribute")),
        Some(None) => faults.null(&format!("{path}.vectorAttribute.attributeName")),
        Some(Some(_)) => {}
    }
    super::create::projection(faults, path, index.projection.as_ref());
    match index.dimensions {
        None => faults.null(&format!("{path}.dimensions")),
        Some(count) if count < 1 => {
            faults.echoed(&format!("{path}.dimensions"), count, Constraint::MinValue(1))
        }
        Some(count) if count > DIMENSIONS => {
            faults.echoed(&format!("{path}.dimensions"), count, Constraint::MaxValue(DIMENSIONS));
        }
        Some(_) => {}
    }
    match index.distance_function.as_deref() {
        None => faults.null(&format!("{path}.distanceFunction")),
        function => one_of(faults, &format!("{path}.distanceFunction"), function, &Distance::NAMES),
    }
}

/// The definition of a vector index whose members have been checked.
pub(super) fn definition(index: &VectorIndex) -> Result<VectorDefinition, Error> {
    let name = index.index_name.as_deref().unwrap_or_default();
    let element = |element: &crate::SearchSchemaElement| {
        let hash = element.search_schema_element_type.as_deref() == Some("HASH");
        (element.attribute_name.clone().unwrap_or_default(), hash)
    };
    Ok(VectorDefinition {
        name: name.into(),
        attribute: index
            .vector_attribute
            .as_ref()
            .and_then(|attribute| attribute.attribute_name.clone())
            .unwrap_or_default(),
        dimensions: index.dimensions.and_then(|count| usize::try_from(count).ok()).unwrap_or_default(),
        distance: index
            .distance_function
            .as_deref()
            .and_then(Distance::from_name)
            .unwrap_or(Distance::Cosine),
        schema: index.search_schema.iter().flatten().map(element).collect(),
        projection: super::create::projected(index.projection.as_ref())?,
        creating: false,
    })
}

impl SearchVectorsRequest {
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        members::table_name(&mut faults, self.table_name.as_deref());
        match self.index_name.as_deref() {
            None => faults.null("indexName"),
            Some(name) => members::new_name(&mut faults, "indexName", name),
        }
        match self.search_vector.as_ref().map(Vec::len) {
            None => faults.null("searchVector"),
            Some(0) => faults.echoed("searchVector", "[]", Constraint::MinLength(1)),
            Some(_) => {}
        }
        match self.top_k {
            None => faults.null("topK"),
            Some(top) if top < 1 => faults.echoed("topK", top, Constraint::MinValue(1)),
            Some(top) if top > TOP => faults.echoed("topK", top, Constraint::MaxValue(TOP)),
            Some(_) => {}
        }
        let consumed = self.return_consumed_capacity.as_deref();
        one_of(&mut faults, "returnConsumedCapacity", consumed, members::CONSUMED);
        members::check(faults)
    }
}

/// Equalities of attributes of the search schema, joined by AND; of its HASH
/// attribute there must be one. The texts are ours.
fn check_condition(index: &VectorDefinition, condition: Option<&Condition>) -> Result<(), Error> {
    let bad = |what: String| Err(Error::BadTable { what: what.into() });
    let steps = || condition.iter().flat_map(|condition| &condition.steps);
    let plain =
        |step: &Op| matches!(step, Op::Path(_) | Op::Value(_) | Op::Compare(Comparator::Eq) | Op::And);
    if !steps().all(plain) {
        return bad("SearchConditionExpression supports only the equality operator".into());
    }
    let paths = || condition.iter().flat_map(|condition| condition.paths());
    let known = |name: &str| index.schema.iter().any(|(other, _)| other == name);
    if let Some(path) = paths().find(|path| !path.steps.is_empty() || !known(&path.name)) {
        return bad(format!(
            "SearchConditionExpression names an attribute that is not in the search schema: {path}"
        ));
    }
    for (name, _) in index.schema.iter().filter(|(_, hash)| *hash) {
        if !paths().any(|path| path.name == *name) {
            return bad(format!(
                "SearchConditionExpression must have a condition on the HASH attribute: {name}"
            ));
        }
    }
    Ok(())
}

impl Operation<Engine> for SearchVectorsRequest {
    type Output = SearchVectorsResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        if !members::is_name(self.table_name.as_deref()) {
            self.check_members()?;
        }
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs_index(engine, "SearchVectors", self.index_name.as_deref())])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        _cx: Cx<'_, S>,
    ) -> Result<SearchVectorsResult, Error> {
        self.check_members()?;
        let layer = engine.options().wording.of(LAYER);
        let (condition, projection) =
            (self.search_condition_expression.is_some(), self.projection_expression.is_some());
        check_placeholders_wanted(
            layer,
            (self.expression_attribute_names.is_some(), condition || projection),
            (self.expression_attribute_values.is_some(), condition, "SearchConditionExpression is null"),
        )?;
        let sent = self.search_vector.unwrap_or_default();
        let wanted = sent.into_iter().map(AttributeValue::check).collect::<Result<Vec<_>, _>>();
        let wanted = wanted.or_else(|fault| super::refuse(layer, crate::What::Value(fault)))?;
        let mut placeholders =
            Placeholders::new(layer, self.expression_attribute_names, self.expression_attribute_values)?;
        let kind = ExpressionKind::SearchConditionExpression;
        let source = self.search_condition_expression.as_deref();
        let condition =
            source.map(|source| Condition::compile(kind, source, &mut placeholders)).transpose()?;
        let source = self.projection_expression.as_deref();
        let projection = source.map(|source| Projection::compile(source, &mut placeholders)).transpose()?;
        placeholders.check_used()?;

        let table: &Table = engine.table(&target.name)?;
        let name = self.index_name.as_deref().unwrap_or_default();
        let Some(index) = table.definition.vectors.iter().find(|index| *index.name == *name) else {
            return Err(Error::UnknownIndex { index: name.into() });
        };
        if index.creating {
            return Err(Error::IndexIsFilling { index: name.into() });
        }
        check_condition(index, condition.as_ref())?;
        let wanted = match numbers(&wanted) {
            Some(wanted) if wanted.len() == index.dimensions => wanted,
            _ => {
                let what = format!("SearchVector must be a list of {} numbers", index.dimensions);
                return Err(Error::BadTable { what: what.into() });
            }
        };
        let mut found: Vec<(f64, &Item)> = Vec::new();
        for (_, item) in table.store.iter() {
            if condition.as_ref().is_some_and(|condition| !condition.holds(Some(item), &placeholders)) {
                continue;
            }
            if let Some(vector) = index.vector(item) {
                found.push((index.distance.score(&wanted, &vector), item));
            }
        }
        let looked_at = found.len() * index.dimensions * 4;
        // The same order each time: equals stay in the order of the ring.
        found.sort_by(|(a, _), (b, _)| match index.distance.is_similarity() {
            true => b.total_cmp(a),
            false => a.total_cmp(b),
        });
        let top = self.top_k.and_then(|top| usize::try_from(top).ok()).unwrap_or_default();
        let result = |(score, item): (f64, &Item)| {
            let entry = index.entry(table, item);
            let item =
                projection.as_ref().map_or_else(|| entry.clone(), |projection| projection.of_item(&entry));
            SearchResult { item, score }
        };
        let asked = matches!(self.return_consumed_capacity.as_deref(), Some("TOTAL" | "INDEXES"));
        Ok(SearchVectorsResult {
            search_results: found.into_iter().take(top).map(result).collect(),
            consumed_capacity: asked
                .then_some(VectorCapacity { vector_search_request_bytes: Some(looked_at as f64) }),
        })
    }
}
