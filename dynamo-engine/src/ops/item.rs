//! GetItem, PutItem, UpdateItem, DeleteItem.

use super::members::{self, Write};
use super::write::{Asked, check_nested, fail, finish, holds};
use super::{
    ITEM_MAX, Named, check_legacy, check_placeholders_wanted, checked, leading_keys, legacy, refuse, report,
};
use crate::api::{
    DeleteItemRequest, GetItemRequest, GetItemResult, PutItemRequest, UpdateItemRequest, WriteItemResult,
};
use crate::capacity::{Demand, Draw, units};
use crate::engine::ItemSizeRule;
use crate::expr::{Condition, ExpressionKind, Layer, Path, Placeholders, Projection, Update, What};
use crate::item::Item;
use crate::key::emptiness;
use crate::table::{Consumed, Table};
use crate::value::DEPTH;
use crate::{Engine, Error, Event};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink, Violations};

impl GetItemRequest {
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        members::one_of(
            &mut faults,
            "returnConsumedCapacity",
            self.return_consumed_capacity.as_deref(),
            members::CONSUMED,
        );
        members::table_name(&mut faults, self.table_name.as_deref());
        if self.key.is_none() {
            faults.null("key");
        }
        legacy::check_attributes(&mut faults, self.attributes_to_get.as_deref());
        members::check(faults)
    }
}

impl Operation<Engine> for GetItemRequest {
    type Output = GetItemResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        if !members::is_name(self.table_name.as_deref()) {
            self.check_members()?;
        }
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([leading_keys(target.needs(engine, "GetItem"), engine, &target.name, self.key.as_ref())])
    }

    /// [DDB-8.8]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<GetItemResult, Error> {
        let layer = engine.options().wording.of(Layer::Bare);
        self.check_members()?;
        let expression = self.projection_expression.is_some();
        check_legacy(
            layer,
            &[("AttributesToGet", self.attributes_to_get.is_some())],
            &[("ProjectionExpression", expression)],
        )?;
        let names = self.expression_attribute_names.is_some();
        check_placeholders_wanted(layer, (names, expression), (false, false, ""))?;
        let key = checked(layer, self.key.unwrap_or_default())?;
        let picked = legacy::projection(layer, self.attributes_to_get)?;
        let mut placeholders = Placeholders::new(layer, self.expression_attribute_names, None)?;
        let projection = match &self.projection_expression {
            Some(source) => Some(Projection::compile(source, &mut placeholders)?),
            None => picked,
        };
        placeholders.check_used()?;

        let table = engine.table_mut(&target.name)?;
        let place = table.definition.schema.check_key(&key)?;
        check_nested(table, projection.iter().flat_map(|projection| &projection.paths))?;
        let found = table.seen(self.consistent_read == Some(true)).get(&place).cloned();
        // [CAP-4] [CAP-5] [CAP-6]
        let units = units::read(found.as_ref().map_or(0, Item::size), self.consistent_read == Some(true));
        let draw = Draw { partition: table.store.partition(place.place()), units };
        table.admit(Demand::Read, &[(None, draw)], |name| key.get(name), cx.now, &mut cx.sink)?;
        let named = self.table_name.unwrap_or_default();
        Ok(GetItemResult {
            item: found.map(|item| match &projection {
                Some(projection) => projection.of_item(&item),
                None => item,
            }),
            consumed_capacity: report(
                table,
                &Consumed::of_table(units),
                self.return_consumed_capacity.as_deref(),
                &named,
            ),
        })
    }
}

/// What of the writes comes from the expressions.
struct Compiled {
    placeholders: Placeholders,
    update: Option<Update>,
    condition: Option<Condition>,
}

impl Compiled {
    /// [DDB-8.6] Steps 8 to 10.
    fn new(
        mut placeholders: Placeholders,
        update: Option<&str>,
        condition: Option<&str>,
    ) -> Result<Self, Error> {
        let update = match update {
            Some(source) => Some(Update::compile(source, &mut placeholders)?),
            None => None,
        };
        let condition = match condition {
            Some(source) => {
                Some(Condition::compile(ExpressionKind::ConditionExpression, source, &mut placeholders)?)
            }
            None => None,
        };
        placeholders.check_used()?;
        Ok(Self { placeholders, update, condition })
    }
}

/// [DDB-8.1] PutItem and DeleteItem return the old item or nothing.
fn check_return_values(layer: Layer, asked: Option<&str>) -> Result<bool, Error> {
    match asked {
        None | Some("NONE") => Ok(false),
        Some("ALL_OLD") => Ok(true),
        Some(_) => refuse(layer, What::ReturnValues),
    }
}

impl PutItemRequest {
    fn check_members(&self) -> Result<(), Error> {
        Write {
            table: self.table_name.as_deref(),
            consumed: self.return_consumed_capacity.as_deref(),
            metrics: self.return_item_collection_metrics.as_deref(),
            values: self.return_values.as_deref(),
            on_failure: self.return_values_on_condition_check_failure.as_deref(),
            missing: if self.item.is_none() { Some("item") } else { None },
            operator: self.conditional_operator.as_deref(),
            expected: self.expected.as_ref(),
        }
        .check()
    }
}

impl Operation<Engine> for PutItemRequest {
    type Output = WriteItemResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        if !members::is_name(self.table_name.as_deref()) {
            self.check_members()?;
        }
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([leading_keys(target.needs(engine, "PutItem"), engine, &target.name, self.item.as_ref())])
    }

    /// [DDB-8.6]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<WriteItemResult, Error> {
        let layer = engine.options().wording.of(Layer::Prefixed);
        self.check_members()?;
        let expression = self.condition_expression.is_some();
        check_legacy(
            layer,
            &[
                ("Expected", self.expected.is_some()),
                ("ConditionalOperator", self.conditional_operator.is_some()),
            ],
            &[("ConditionExpression", expression)],
        )?;
        check_placeholders_wanted(
            layer,
            (self.expression_attribute_names.is_some(), expression),
            (self.expression_attribute_values.is_some(), expression, "ConditionExpression is null"),
        )?;
        let item = checked(layer, self.item.unwrap_or_default())?;
        let return_old = check_return_values(layer, self.return_values.as_deref())?;
        if item.size() > ITEM_MAX {
            return Err(Error::ItemSize);
        }
        let expected = self.expected.map(|expected| legacy::expected(layer, expected)).transpose()?;
        let mut placeholders =
            Placeholders::new(layer, self.expression_attribute_names, self.expression_attribute_values)?;
        let operator = self.conditional_operator.as_deref();
        let expected = legacy::condition(layer, expected, operator, &mut placeholders)?;
        let mut compiled = Compiled::new(placeholders, None, self.condition_expression.as_deref())?;
        compiled.condition = compiled.condition.or(expected);

        let table = engine.table(&target.name)?;
        let key = table.definition.schema.check_item(&item)?;
        table.indexes.iter().try_for_each(|index| index.check_item(&item))?;
        check_nested(table, compiled.condition.iter().flat_map(Condition::paths))?;
        engine.check_free(&target.name, &key)?;
        let plan = table.plan(key, Some(item));
        let asked = Asked {
            table: self.table_name.unwrap_or_default(),
            consumed: self.return_consumed_capacity,
            metrics: self.return_item_collection_metrics,
            on_failure: self.return_values_on_condition_check_failure,
        };
        if !holds(compiled.condition.as_ref(), plan.old.as_ref(), &compiled.placeholders) {
            return fail(engine, &target.name, plan, &asked, &mut cx);
        }
        finish(engine, &target.name, plan, &asked, |old, _| old.filter(|_| return_old).cloned(), cx)
    }
}

impl DeleteItemRequest {
    fn check_members(&self) -> Result<(), Error> {
        Write {
            table: self.table_name.as_deref(),
            consumed: self.return_consumed_capacity.as_deref(),
            metrics: self.return_item_collection_metrics.as_deref(),
            values: self.return_values.as_deref(),
            on_failure: self.return_values_on_condition_check_failure.as_deref(),
            missing: if self.key.is_none() { Some("key") } else { None },
            operator: self.conditional_operator.as_deref(),
            expected: self.expected.as_ref(),
        }
        .check()
    }
}

impl Operation<Engine> for DeleteItemRequest {
    type Output = WriteItemResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        if !members::is_name(self.table_name.as_deref()) {
            self.check_members()?;
        }
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([leading_keys(target.needs(engine, "DeleteItem"), engine, &target.name, self.key.as_ref())])
    }

    /// [DDB-8.6]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<WriteItemResult, Error> {
        let layer = engine.options().wording.of(Layer::Prefixed);
        self.check_members()?;
        let expression = self.condition_expression.is_some();
        check_legacy(
            layer,
            &[
                ("Expected", self.expected.is_some()),
                ("ConditionalOperator", self.conditional_operator.is_some()),
            ],
            &[("ConditionExpression", expression)],
        )?;
        check_placeholders_wanted(
            layer,
            (self.expression_attribute_names.is_some(), expression),
            (self.expression_attribute_values.is_some(), expression, "ConditionExpression is null"),
        )?;
        let key = checked(layer, self.key.unwrap_or_default())?;
        let return_old = check_return_values(layer, self.return_values.as_deref())?;
        let expected = self.expected.map(|expected| legacy::expected(layer, expected)).transpose()?;
        let mut placeholders =
            Placeholders::new(layer, self.expression_attribute_names, self.expression_attribute_values)?;
        let operator = self.conditional_operator.as_deref();
        let expected = legacy::condition(layer, expected, operator, &mut placeholders)?;
        let mut compiled = Compiled::new(placeholders, None, self.condition_expression.as_deref())?;
        compiled.condition = compiled.condition.or(expected);

        let table = engine.table(&target.name)?;
        let key = table.definition.schema.check_key(&key)?;
        check_nested(table, compiled.condition.iter().flat_map(Condition::paths))?;
        engine.check_free(&target.name, &key)?;
        let plan = table.plan(key, None);
        let asked = Asked {
            table: self.table_name.unwrap_or_default(),
            consumed: self.return_consumed_capacity,
            metrics: self.return_item_collection_metrics,
            on_failure: self.return_values_on_condition_check_failure,
        };
        if !holds(compiled.condition.as_ref(), plan.old.as_ref(), &compiled.placeholders) {
            return fail(engine, &target.name, plan, &asked, &mut cx);
        }
        finish(engine, &target.name, plan, &asked, |old, _| old.filter(|_| return_old).cloned(), cx)
    }
}

impl UpdateItemRequest {
    fn check_members(&self) -> Result<(), Error> {
        Write {
            table: self.table_name.as_deref(),
            consumed: self.return_consumed_capacity.as_deref(),
            metrics: self.return_item_collection_metrics.as_deref(),
            values: self.return_values.as_deref(),
            on_failure: self.return_values_on_condition_check_failure.as_deref(),
            missing: if self.key.is_none() { Some("key") } else { None },
            operator: self.conditional_operator.as_deref(),
            expected: self.expected.as_ref(),
        }
        .check_update(self.attribute_updates.as_ref())
    }
}

impl Operation<Engine> for UpdateItemRequest {
    type Output = WriteItemResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        if !members::is_name(self.table_name.as_deref()) {
            self.check_members()?;
        }
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([leading_keys(target.needs(engine, "UpdateItem"), engine, &target.name, self.key.as_ref())])
    }

    /// [DDB-8.6]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<WriteItemResult, Error> {
        let layer = engine.options().wording.of(Layer::Prefixed);
        self.check_members()?;
        let (update, condition) = (self.update_expression.is_some(), self.condition_expression.is_some());
        check_legacy(
            layer,
            &[
                ("AttributeUpdates", self.attribute_updates.is_some()),
                ("Expected", self.expected.is_some()),
                ("ConditionalOperator", self.conditional_operator.is_some()),
            ],
            &[("UpdateExpression", update), ("ConditionExpression", condition)],
        )?;
        check_placeholders_wanted(
            layer,
            (self.expression_attribute_names.is_some(), update || condition),
            (
                self.expression_attribute_values.is_some(),
                update || condition,
                "UpdateExpression and ConditionExpression are null",
            ),
        )?;
        let key = checked(layer, self.key.unwrap_or_default())?;
        let updates = match self.attribute_updates {
            Some(updates) => legacy::update(layer, updates)?,
            None => None,
        };
        let by_attribute = updates.is_some();
        let expected = self.expected.map(|expected| legacy::expected(layer, expected)).transpose()?;
        let mut placeholders =
            Placeholders::new(layer, self.expression_attribute_names, self.expression_attribute_values)?;
        let operator = self.conditional_operator.as_deref();
        let expected = legacy::condition(layer, expected, operator, &mut placeholders)?;
        let updates = updates.map(|updates| updates.compile(&mut placeholders));
        let mut compiled = Compiled::new(
            placeholders,
            self.update_expression.as_deref(),
            self.condition_expression.as_deref(),
        )?;
        compiled.update = compiled.update.or(updates);
        compiled.condition = compiled.condition.or(expected);

        // [DDB-2.5.3] AttributeUpdates count as the finished item alone.
        let rule = if by_attribute { ItemSizeRule::Flat } else { engine.options().item_size_rule };
        let table = engine.table(&target.name)?;
        let targets = || compiled.update.iter().flat_map(Update::targets);
        let schema = &table.definition.schema;
        // [DDB-2.6.8]
        if let Some(path) = targets().find(|path| path.steps.is_empty() && schema.has(&path.name)) {
            return Err(Error::UpdatesKey { key: path.name.as_str().into() });
        }
        let place = schema.check_key(&key)?;
        let paths = compiled.update.iter().flat_map(Update::paths);
        check_nested(table, paths.chain(compiled.condition.iter().flat_map(Condition::paths)))?;
        engine.check_free(&target.name, &place)?;
        let mut plan = table.plan(place, None);
        let old = plan.old.as_ref();
        let charge = match &compiled.update {
            Some(update) if rule == ItemSizeRule::Statement => update.charge(old, &compiled.placeholders),
            _ => 0,
        };
        if charge > ITEM_MAX {
            return Err(Error::UpdatedItemSize);
        }
        let asked = Asked {
            table: self.table_name.unwrap_or_default(),
            consumed: self.return_consumed_capacity,
            metrics: self.return_item_collection_metrics,
            on_failure: self.return_values_on_condition_check_failure,
        };
        if !holds(compiled.condition.as_ref(), old, &compiled.placeholders) {
            return fail(engine, &target.name, plan, &asked, &mut cx);
        }
        let new = match &compiled.update {
            // [DDB-6.6.10]
            None => Some(old.cloned().unwrap_or_else(|| key.clone())),
            Some(update) => {
                let new = update.apply(old, &key, &compiled.placeholders);
                let new = new.map_err(|error| match error {
                    Error::OperandDataType if by_attribute => Error::AttributeUpdateType,
                    error => error,
                })?;
                (old.is_some() || update.creates()).then(|| Item::new(new))
            }
        };
        if let (Some(new), Some(update)) = (&new, &compiled.update) {
            check_result(table, new, update)?;
        }
        plan = table.plan(plan.key, new);
        let wanted = Wanted::new(self.return_values.as_deref(), targets().cloned());
        finish(engine, &target.name, plan, &asked, |old, new| wanted.pick(old, new), cx)
    }
}

/// [DDB-6.6.13] The result's size, depth and index keys.
pub(super) fn check_result(table: &Table, new: &Item, update: &Update) -> Result<(), Error> {
    if new.size() > ITEM_MAX {
        return Err(Error::UpdatedItemSize);
    }
    // Once for an attribute, however much of it was the target.
    let mut names: Vec<&str> = update.targets().map(|path| &*path.name).collect();
    names.sort_unstable();
    names.dedup();
    if names.into_iter().filter_map(|name| new.raw(name)).any(|value| value.depth() > DEPTH) {
        return Err(Error::UpdatedDepth);
    }
    for index in &table.indexes {
        for (path, literal) in update.targets_and_literals() {
            let Some(key) = index.definition.schema.attributes().find(|key| *key.name == *path.name) else {
                continue;
            };
            let Some(value) = new.get(&key.name) else { continue };
            if value.kind() != key.kind {
                // [DDB-2.6.5]
                return Err(if literal {
                    index.mismatch(&key.name, &value)
                } else {
                    Error::UpdatedIndexKeyType
                });
            }
            if let Some(kind) = emptiness(&value) {
                return Err(Error::UpdatedIndexKeyEmpty { kind });
            }
        }
        index.check_sizes(new)?;
    }
    Ok(())
}

/// What UpdateItem returns. `[DDB-8.4]`
#[derive(Debug)]
pub(crate) enum Wanted {
    Nothing,
    AllOld,
    AllNew,
    UpdatedOld(Projection),
    UpdatedNew(Projection),
}

impl Wanted {
    pub(crate) fn new(asked: Option<&str>, targets: impl Iterator<Item = Path>) -> Self {
        match asked {
            Some("ALL_OLD") => Self::AllOld,
            Some("ALL_NEW") => Self::AllNew,
            Some("UPDATED_OLD") => Self::UpdatedOld(Projection::of(targets.collect())),
            Some("UPDATED_NEW") => Self::UpdatedNew(Projection::of(targets.collect())),
            _ => Self::Nothing,
        }
    }

    pub(crate) fn pick(&self, old: Option<&Item>, new: Option<&Item>) -> Option<Item> {
        let part = |projection: &Projection, item: Option<&Item>| {
            Some(projection.of_item(item?)).filter(|part| !part.is_empty())
        };
        match self {
            Self::Nothing => None,
            Self::AllOld => old.cloned(),
            Self::AllNew => new.cloned(),
            Self::UpdatedOld(projection) => part(projection, old),
            Self::UpdatedNew(projection) => part(projection, new),
        }
    }
}
