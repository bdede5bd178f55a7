//! TransactWriteItems and TransactGetItems.

use super::item::check_result;
use super::members::{self, one_of};
use super::write::{Asked, check_nested, collection, holds};
use super::{ITEM_MAX, Named, check_placeholders_wanted, checked, leading_keys, report, transactional};
use crate::api::{
    CancellationReason, Get, ItemResponse, TransactGetItemsRequest, TransactGetItemsResult,
    TransactWriteItem, TransactWriteItemsRequest, TransactWriteItemsResult,
};
use crate::capacity::{Demand, Draw, units};
use crate::expr::{Condition, ExpressionKind, Layer, Placeholders, Projection, Update};
use crate::item::Item;
use crate::key::Key;
use crate::table::{Consumed, Table, WritePlan};
use crate::value::AttributeMap;
use crate::{Engine, Error, Event};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{
    AuthzRequest, AwsError as _, Caller, Constraint, Cx, Operation, Permit, Quantity, Sink, Violations,
};
use md5::{Digest as _, Md5};

/// Transactions answer from the old layer. `[DDB-0.1]`
const LAYER: Layer = Layer::Classic;
/// Actions of one transaction. `[DDB-11.1]`
const ACTIONS: usize = 100;
/// Bytes of all items, keys and values of a request. `[DDB-11.2]`
const PAYLOAD: u64 = 4 * 1_024 * 1_024;
/// Characters of a token. `[DDB-11.9]`
const TOKEN: usize = 36;
/// [DDB-12.4]
const DUPLICATE: &str = "Duplicate primary key exists in table";

/// How many actions there are. `[DDB-11.1]`
fn check_count(faults: &mut Violations, count: Option<usize>) {
    match count {
        None => faults.null("transactItems"),
        Some(0) => faults.echoed("transactItems", "[]", Constraint::MinLength(1)),
        Some(count) if count > ACTIONS => {
            faults.silent("TransactItems", Constraint::MaxLength(ACTIONS as u64));
        }
        Some(_) => {}
    }
}

/// The one action of an element, as its members.
struct Raw<'r> {
    member: &'static str,
    action: &'static str,
    table: Option<&'r str>,
    /// The item of a put, the key of the others.
    subject: (&'static str, Option<&'r AttributeMap>),
    update: Option<&'r str>,
    condition: Option<&'r str>,
    names: Option<&'r BTreeMap<String, String>>,
    values: Option<&'r AttributeMap>,
    on_failure: Option<&'r str>,
}

/// Whether an element has exactly one action, and which. `[DDB-11.1]`
fn raw(element: &TransactWriteItem) -> Result<Raw<'_>, Error> {
    let TransactWriteItem { condition_check, put, delete, update } = element;
    let count = usize::from(condition_check.is_some())
        + usize::from(put.is_some())
        + usize::from(delete.is_some())
        + usize::from(update.is_some());
    if count > 1 {
        return Err(Error::ManyActions);
    }
    if let Some(put) = put {
        return Ok(Raw {
            member: "put",
            action: "PutItem",
            table: put.table_name.as_deref(),
            subject: ("item", put.item.as_ref()),
            update: None,
            condition: put.condition_expression.as_deref(),
            names: put.expression_attribute_names.as_ref(),
            values: put.expression_attribute_values.as_ref(),
            on_failure: put.return_values_on_condition_check_failure.as_deref(),
        });
    }
    if let Some(delete) = delete {
        return Ok(Raw {
            member: "delete",
            action: "DeleteItem",
            table: delete.table_name.as_deref(),
            subject: ("key", delete.key.as_ref()),
            update: None,
            condition: delete.condition_expression.as_deref(),
            names: delete.expression_attribute_names.as_ref(),
            values: delete.expression_attribute_values.as_ref(),
            on_failure: delete.return_values_on_condition_check_failure.as_deref(),
        });
    }
    if let Some(update) = update {
        return Ok(Raw {
            member: "update",
            action: "UpdateItem",
            table: update.table_name.as_deref(),
            subject: ("key", update.key.as_ref()),
            update: update.update_expression.as_deref(),
            condition: update.condition_expression.as_deref(),
            names: update.expression_attribute_names.as_ref(),
            values: update.expression_attribute_values.as_ref(),
            on_failure: update.return_values_on_condition_check_failure.as_deref(),
        });
    }
    let Some(check) = condition_check else { return Err(Error::NoAction) };
    Ok(Raw {
        member: "conditionCheck",
        action: "ConditionCheckItem",
        table: check.table_name.as_deref(),
        subject: ("key", check.key.as_ref()),
        update: None,
        condition: check.condition_expression.as_deref(),
        names: check.expression_attribute_names.as_ref(),
        values: check.expression_attribute_values.as_ref(),
        on_failure: check.return_values_on_condition_check_failure.as_deref(),
    })
}

impl TransactWriteItemsRequest {
    /// [DDB-11.5] [DDB-0.4a]
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        one_of(
            &mut faults,
            "returnConsumedCapacity",
            self.return_consumed_capacity.as_deref(),
            members::CONSUMED,
        );
        let metrics = self.return_item_collection_metrics.as_deref();
        one_of(&mut faults, "returnItemCollectionMetrics", metrics, &["SIZE", "NONE"]);
        check_count(&mut faults, self.transact_items.as_ref().map(Vec::len));
        match self.client_request_token.as_deref() {
            Some("") => faults.echoed("clientRequestToken", "", Constraint::MinLength(1)),
            Some(token) if token.chars().count() > TOKEN => {
                faults.echoed("clientRequestToken", token, Constraint::MaxLength(TOKEN as u64));
            }
            _ => {}
        }
        for (index, element) in (1..).zip(self.transact_items.iter().flatten()) {
            let Ok(raw) = raw(element) else { continue };
            let path = |member: &str| format!("transactItems.{index}.member.{}.{member}", raw.member);
            match raw.table {
                None => faults.null(&path("tableName")),
                Some("") => faults.echoed(&path("tableName"), "", Constraint::MinLength(1)),
                Some(_) => {}
            }
            let (member, subject) = raw.subject;
            if subject.is_none() {
                faults.null(&path(member));
            }
            if raw.member == "update" && raw.update.is_none() {
                faults.null(&path("updateExpression"));
            }
            // [DDB-11.4]
            if raw.member == "conditionCheck" && raw.condition.is_none() {
                faults.null(&path("conditionExpression"));
            }
            one_of(
                &mut faults,
                &path("returnValuesOnConditionCheckFailure"),
                raw.on_failure,
                &["ALL_OLD", "NONE"],
            );
        }
        members::check(faults)
    }

    /// What a token stands for: everything but what only shapes the answer.
    fn digest(&self) -> [u8; 16] {
        let text = serde_json::to_vec(&self.transact_items).unwrap_or_default();
        Md5::digest(text).into()
    }
}

pub(super) enum Kind {
    Put,
    Delete,
    Check,
    Update(Update),
}

/// One action, checked as far as that goes without a table.
pub(super) struct Action {
    pub(super) named: String,
    pub(super) target: Named,
    pub(super) kind: Kind,
    /// The item of a put, the key of the others.
    pub(super) subject: Item,
    pub(super) placeholders: Placeholders,
    pub(super) condition: Option<Condition>,
    pub(super) old_wanted: bool,
    /// Whether a false condition means that the item is there already.
    pub(super) insert: bool,
}

impl Action {
    /// The actions of a request, one by one. `[DDB-11.5]`
    pub(super) fn all(engine: &Engine, request: &TransactWriteItemsRequest) -> Result<Vec<Self>, Error> {
        let elements = request.transact_items.iter().flatten();
        elements.map(|element| Self::new(engine, &raw(element)?)).collect()
    }

    fn new(engine: &Engine, raw: &Raw<'_>) -> Result<Self, Error> {
        let layer = engine.options().wording.of(LAYER);
        let expression = raw.condition.is_some() || raw.update.is_some();
        let missing = if raw.member == "update" {
            "UpdateExpression and ConditionExpression are null"
        } else {
            "ConditionExpression is null"
        };
        check_placeholders_wanted(
            layer,
            (raw.names.is_some(), expression),
            (raw.values.is_some(), expression, missing),
        )?;
        let subject = checked(layer, raw.subject.1.cloned().unwrap_or_default())?;
        let mut placeholders = Placeholders::new(layer, raw.names.cloned(), raw.values.cloned())?;
        let kind = match (raw.member, raw.update) {
            ("put", _) => Kind::Put,
            ("delete", _) => Kind::Delete,
            (_, Some(source)) => Kind::Update(Update::compile(source, &mut placeholders)?),
            _ => Kind::Check,
        };
        let condition = match raw.condition {
            Some(source) => {
                Some(Condition::compile(ExpressionKind::ConditionExpression, source, &mut placeholders)?)
            }
            None => None,
        };
        if raw.member == "put" && subject.size() > ITEM_MAX {
            return Err(Error::ItemSize);
        }
        placeholders.check_used()?;
        let named = raw.table.unwrap_or_default().to_string();
        let old_wanted = raw.on_failure == Some("ALL_OLD");
        let target = Named::new(engine, &named);
        Ok(Self { named, target, kind, subject, placeholders, condition, old_wanted, insert: false })
    }

    /// The key of the item that is meant.
    pub(super) fn key(&self, table: &Table) -> Result<Key, Error> {
        let schema = &table.definition.schema;
        match self.kind {
            Kind::Put => schema.check_item(&self.subject),
            _ => schema.check_key(&self.subject),
        }
    }

    /// What the action does to a table; an error that is the action's own
    /// cancels the transaction. `[DDB-11.6]`
    fn plan(&self, table: &Table, key: Key) -> Result<(WritePlan, bool), Error> {
        let paths = self.condition.iter().flat_map(Condition::paths);
        match &self.kind {
            Kind::Put => {
                table.indexes.iter().try_for_each(|index| index.check_item(&self.subject))?;
                check_nested(table, paths)?;
                let plan = table.plan(key, Some(self.subject.clone()));
                let holds = holds(self.condition.as_ref(), plan.old.as_ref(), &self.placeholders);
                Ok((plan, holds))
            }
            Kind::Delete => {
                check_nested(table, paths)?;
                let plan = table.plan(key, None);
                let holds = holds(self.condition.as_ref(), plan.old.as_ref(), &self.placeholders);
                Ok((plan, holds))
            }
            Kind::Check => {
                check_nested(table, paths)?;
                let old = table.store.get(&key).cloned();
                let plan = table.plan(key, old);
                let holds = holds(self.condition.as_ref(), plan.old.as_ref(), &self.placeholders);
                Ok((plan, holds))
            }
            Kind::Update(update) => {
                let schema = &table.definition.schema;
                if let Some(path) =
                    update.targets().find(|path| path.steps.is_empty() && schema.has(&path.name))
                {
                    return Err(Error::UpdatesKey { key: path.name.as_str().into() });
                }
                check_nested(table, update.paths().chain(paths))?;
                let old = table.store.get(&key).cloned();
                if !holds(self.condition.as_ref(), old.as_ref(), &self.placeholders) {
                    return Ok((table.plan(key, old), false));
                }
                let new = update.apply(old.as_ref(), &self.subject, &self.placeholders)?;
                let new = (old.is_some() || update.creates()).then(|| Item::new(new));
                if let Some(new) = &new {
                    check_result(table, new, update)?;
                }
                Ok((table.plan(key, new), true))
            }
        }
    }
}

/// A transaction that was not done. `[DDB-11.7]`
fn cancel<T>(reasons: Vec<CancellationReason>) -> Result<T, Error> {
    Err(Error::TransactionCanceled { reasons: Box::new(reasons.into()) })
}

/// All actions are fine but one.
fn cancel_one<T>(count: usize, place: usize, reason: CancellationReason) -> Result<T, Error> {
    let mut reasons: Vec<_> = (0..count).map(|_| CancellationReason::none()).collect();
    if let Some(slot) = reasons.get_mut(place) {
        *slot = reason;
    }
    cancel(reasons)
}

/// [DDB-15.2]
fn check_replica(table: &Table) -> Result<(), Error> {
    match &table.replica {
        Some(replica) if replica.strong => Err(Error::StrongReplicaTransaction),
        _ => Ok(()),
    }
}

/// The reasons of a transaction that meets another. `[DDB-11.8]`
fn conflicts(held: &[bool]) -> Vec<CancellationReason> {
    let reason = |held: &bool| match held {
        true => CancellationReason::new("TransactionConflict", "Transaction is ongoing for the item.".into()),
        false => CancellationReason::none(),
    };
    held.iter().map(reason).collect()
}

/// The reason of an action that AWS refuses by itself.
fn invalid(error: &Error) -> CancellationReason {
    CancellationReason::new("ValidationError", error.to_string())
}

/// The reason of an action that no bucket has units for. `[CAP-44]`
fn starved(error: &Error) -> CancellationReason {
    let code = match error.shape() {
        "ThrottlingException" => "ThrottlingError",
        _ => "ProvisionedThroughputExceeded",
    };
    CancellationReason::new(code, error.to_string())
}

/// One decision for each action. `[DDB-16.0]`
pub(super) fn permission(actions: usize, permit: &Permit) -> Result<(), Error> {
    match (0..actions).find_map(|index| permit.denial(index)) {
        Some(message) => Err(Error::AccessDenied { message: message.into() }),
        None => Ok(()),
    }
}

pub(super) fn enclosed(request: AuthzRequest, operation: &str) -> AuthzRequest {
    request.with_context("dynamodb:EnclosingOperation", [operation])
}

impl Operation<Engine> for TransactWriteItemsRequest {
    type Output = TransactWriteItemsResult;
    type Target = usize;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<usize, Error> {
        self.check_members()?;
        Ok(self.transact_items.as_ref().map_or(0, Vec::len))
    }

    fn needs(&self, engine: &Engine, _: &usize, _caller: &Caller) -> Vec<AuthzRequest> {
        let need = |element| {
            // What is no action is refused when its turn comes.
            let Ok(raw) = raw(element) else { return AuthzRequest::new("dynamodb:PutItem", "*") };
            let target = Named::new(engine, raw.table.unwrap_or_default());
            let request = leading_keys(target.needs(engine, raw.action), engine, &target.name, raw.subject.1);
            enclosed(request, "TransactWriteItems")
        };
        self.transact_items.iter().flatten().map(need).collect()
    }

    fn permission(&self, actions: &usize, permit: &Permit) -> Result<(), Error> {
        permission(*actions, permit)
    }

    /// [DDB-11.5]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        _actions: usize,
        mut cx: Cx<'_, S>,
    ) -> Result<TransactWriteItemsResult, Error> {
        let actions = Action::all(engine, &self)?;
        write_all(engine, &actions, Whole::of(&self), &mut cx)
    }
}

/// What belongs to a transaction besides its actions.
pub(super) struct Whole {
    pub(super) token: Option<String>,
    pub(super) digest: [u8; 16],
    pub(super) asked: Option<String>,
    pub(super) metrics: Option<String>,
}

impl Whole {
    pub(super) fn of(request: &TransactWriteItemsRequest) -> Self {
        Self {
            token: request.client_request_token.clone(),
            digest: request.digest(),
            asked: request.return_consumed_capacity.clone(),
            metrics: request.return_item_collection_metrics.clone(),
        }
    }
}

/// What is to be done, with whether its condition holds.
type Planned = Vec<(WritePlan, bool)>;

/// Checks everything; `None` if the token's transaction was done.
/// `[DDB-11.5]`
pub(super) fn plan_all<S: Sink<Event>>(
    engine: &mut Engine,
    actions: &[Action],
    whole: &Whole,
    cx: &mut Cx<'_, S>,
) -> Result<Option<Planned>, Error> {
    // [DDB-11.2]
    if actions.iter().map(|action| action.subject.size() + action.placeholders.size()).sum::<u64>() > PAYLOAD
    {
        return Err(Error::PayloadSize);
    }
    for action in actions {
        check_replica(engine.table(&action.target.name)?)?;
    }
    if let Some(token) = &whole.token {
        if engine.is_in_flight(token) {
            return Err(Error::TransactionInProgress);
        }
        if engine.repeated(token, whole.digest)?.is_some() {
            return Ok(None);
        }
    }
    let mut keys = Vec::with_capacity(actions.len());
    let mut seen = BTreeSet::new();
    for action in actions {
        let key = action.key(engine.table(&action.target.name)?);
        // [DDB-11.3] [DDB-11.6]
        if let Err(error @ (Error::EmptyKey { .. } | Error::HashKeySize | Error::RangeKeySize)) = key {
            return Err(error);
        }
        if let Ok(key) = &key
            && !seen.insert((action.target.name.clone(), key.clone()))
        {
            return Err(Error::OneItemTwice);
        }
        keys.push(key);
    }
    // [DDB-11.8]
    let held = |(action, key): (&Action, &Result<Key, Error>)| {
        key.as_ref().is_ok_and(|key| engine.is_held(&action.target.name, key))
    };
    let held: Vec<bool> = actions.iter().zip(&keys).map(held).collect();
    if held.contains(&true) {
        return cancel(conflicts(&held));
    }
    let mut plans = Vec::with_capacity(actions.len());
    let mut failed = false;
    for (place, (action, key)) in actions.iter().zip(keys).enumerate() {
        let table = engine.table(&action.target.name)?;
        match key.and_then(|key| action.plan(table, key)) {
            Ok((plan, holds)) => {
                failed |= !holds;
                plans.push((plan, holds));
            }
            Err(error) => return cancel_one(actions.len(), place, invalid(&error)),
        }
    }
    if failed {
        // [CAP-43] Preparing costs, whoever fails.
        for (action, (plan, _)) in actions.iter().zip(&plans) {
            let table = engine.table_mut(&action.target.name)?;
            let partition = table.store.partition(plan.key.place());
            let draw = Draw { partition, units: Quantity::from_whole(plan.units) };
            // What no bucket has is not asked for twice.
            let _ = table.admit(Demand::Write, &[(None, draw)], |_| None, cx.now, &mut cx.sink);
        }
        let reason = |(action, (plan, holds)): (&Action, (WritePlan, bool))| {
            if holds {
                return CancellationReason::none();
            }
            let mut reason = match action.insert {
                true => CancellationReason::new("DuplicateItem", DUPLICATE.into()),
                false => {
                    let message = "The conditional request failed".into();
                    CancellationReason::new("ConditionalCheckFailed", message)
                }
            };
            reason.item = plan.old.filter(|_| action.old_wanted);
            reason
        };
        return cancel(actions.iter().zip(plans).map(reason).collect());
    }
    for (place, (action, (plan, _))) in actions.iter().zip(&plans).enumerate() {
        let table = engine.table(&action.target.name)?;
        if let Err(throttle) = table.check_write(plan, 2, cx.now) {
            return cancel_one(actions.len(), place, starved(&throttle));
        }
    }
    Ok(Some(plans))
}

/// Does all of this or nothing. `[DDB-11.5]`
pub(super) fn write_all<S: Sink<Event>>(
    engine: &mut Engine,
    actions: &[Action],
    whole: Whole,
    cx: &mut Cx<'_, S>,
) -> Result<TransactWriteItemsResult, Error> {
    let asked = whole.asked.as_deref();
    let Some(plans) = plan_all(engine, actions, &whole, cx)? else {
        let token = whole.token.as_deref().unwrap_or_default();
        let reads = engine.repeated(token, whole.digest)?.unwrap_or_default();
        return replay(engine, &reads, asked, cx);
    };
    let region = engine.home().region.clone();
    let mut seed = cx.seed.expand(b"stream");
    let mut consumed: BTreeMap<String, Consumed> = BTreeMap::new();
    let mut reads: BTreeMap<String, Quantity> = BTreeMap::new();
    let mut metrics = BTreeMap::<String, Vec<_>>::new();
    for (action, (plan, _)) in actions.iter().zip(plans) {
        let table = engine.table_mut(&action.target.name)?;
        // [CAP-40] [CAP-41]
        let units = table.charge_write(&plan, 2, cx.now, &mut cx.sink);
        consumed.entry(action.named.clone()).or_default().add(units);
        // [CAP-42]
        let bytes = |item: &Option<Item>| item.as_ref().map_or(0, Item::size);
        let read = units::read(bytes(&plan.old).max(bytes(&plan.new)), true);
        *reads.entry(action.named.clone()).or_default() += read + read;
        if matches!(action.kind, Kind::Check) {
            continue;
        }
        let asked =
            Asked { table: String::new(), consumed: None, metrics: whole.metrics.clone(), on_failure: None };
        if let Some(one) = collection(table, &plan, &asked) {
            metrics.entry(action.named.clone()).or_default().push(one);
        }
        table.commit(plan, cx.now, region.as_str(), &mut seed, &mut cx.sink);
    }
    if let Some(token) = whole.token {
        engine.remember(token, whole.digest, reads);
    }
    let mut reports = Vec::new();
    for (named, consumed) in consumed {
        let target = Named::new(engine, &named);
        let table = engine.table(&target.name)?;
        reports.extend(report(table, &consumed, asked, &named).map(|one| transactional(one, Demand::Write)));
    }
    Ok(TransactWriteItemsResult {
        consumed_capacity: Some(reports).filter(|reports| !reports.is_empty()),
        item_collection_metrics: Some(metrics).filter(|metrics| !metrics.is_empty()),
    })
}

/// The answer to a call that was made before: nothing happens, and it costs
/// what reading would. `[DDB-11.9]` `[CAP-42]`
fn replay<S: Sink<Event>>(
    engine: &mut Engine,
    reads: &BTreeMap<String, Quantity>,
    asked: Option<&str>,
    cx: &mut Cx<'_, S>,
) -> Result<TransactWriteItemsResult, Error> {
    let mut reports = Vec::new();
    for (named, units) in reads {
        let target = Named::new(engine, named);
        let table = engine.table_mut(&target.name)?;
        let draw = Draw { partition: 0, units: *units };
        table.admit(Demand::Read, &[(None, draw)], |_| None, cx.now, &mut cx.sink)?;
        let consumed = Consumed::of_table(*units);
        reports.extend(report(table, &consumed, asked, named).map(|one| transactional(one, Demand::Read)));
    }
    Ok(TransactWriteItemsResult {
        consumed_capacity: Some(reports).filter(|reports| !reports.is_empty()),
        item_collection_metrics: None,
    })
}

impl TransactGetItemsRequest {
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        one_of(
            &mut faults,
            "returnConsumedCapacity",
            self.return_consumed_capacity.as_deref(),
            members::CONSUMED,
        );
        check_count(&mut faults, self.transact_items.as_ref().map(Vec::len));
        for (index, element) in (1..).zip(self.transact_items.iter().flatten()) {
            let path = format!("transactItems.{index}.member.get");
            let Some(get) = &element.get else {
                faults.null(&path);
                continue;
            };
            if get.table_name.is_none() {
                faults.null(&format!("{path}.tableName"));
            }
            if get.key.is_none() {
                faults.null(&format!("{path}.key"));
            }
        }
        members::check(faults)
    }

    fn gets(&self) -> impl Iterator<Item = &Get> {
        self.transact_items.iter().flatten().filter_map(|element| element.get.as_ref())
    }
}

impl Operation<Engine> for TransactGetItemsRequest {
    type Output = TransactGetItemsResult;
    type Target = usize;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<usize, Error> {
        self.check_members()?;
        Ok(self.gets().count())
    }

    fn needs(&self, engine: &Engine, _: &usize, _caller: &Caller) -> Vec<AuthzRequest> {
        let need = |get: &Get| {
            let target = Named::new(engine, get.table_name.as_deref().unwrap_or_default());
            let request =
                leading_keys(target.needs(engine, "GetItem"), engine, &target.name, get.key.as_ref());
            enclosed(request, "TransactGetItems")
        };
        self.gets().map(need).collect()
    }

    fn permission(&self, gets: &usize, permit: &Permit) -> Result<(), Error> {
        permission(*gets, permit)
    }

    /// [DDB-11.11]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        count: usize,
        mut cx: Cx<'_, S>,
    ) -> Result<TransactGetItemsResult, Error> {
        let layer = engine.options().wording.of(LAYER);
        let mut gets = Vec::with_capacity(count);
        for get in self.gets() {
            let expression = get.projection_expression.is_some();
            let names = get.expression_attribute_names.is_some();
            check_placeholders_wanted(layer, (names, expression), (false, false, ""))?;
            let key = checked(layer, get.key.clone().unwrap_or_default())?;
            let mut placeholders = Placeholders::new(layer, get.expression_attribute_names.clone(), None)?;
            let projection = match &get.projection_expression {
                Some(source) => Some(Projection::compile(source, &mut placeholders)?),
                None => None,
            };
            placeholders.check_used()?;
            let named = get.table_name.clone().unwrap_or_default();
            gets.push(Read { target: Named::new(engine, &named), named, key, projection, filter: None });
        }
        let asked = self.return_consumed_capacity;
        read_all(engine, &gets, asked.as_deref(), &mut cx)
    }
}

/// A read of a transaction, checked as far as that goes without a table.
pub(super) struct Read {
    pub(super) target: Named,
    pub(super) named: String,
    pub(super) key: Item,
    pub(super) projection: Option<Projection>,
    /// What a statement asks besides the key.
    pub(super) filter: Option<(Condition, Placeholders)>,
}

/// Reads all of this as it is at one moment. `[DDB-11.11]`
pub(super) fn read_all<S: Sink<Event>>(
    engine: &mut Engine,
    gets: &[Read],
    asked: Option<&str>,
    cx: &mut Cx<'_, S>,
) -> Result<TransactGetItemsResult, Error> {
    let count = gets.len();
    for Read { target, .. } in gets {
        check_replica(engine.table(&target.name)?)?;
    }
    let (mut keys, mut seen) = (Vec::with_capacity(count), BTreeSet::new());
    for Read { target, key, .. } in gets {
        let key = engine.table(&target.name)?.definition.schema.check_key(key);
        if let Err(error @ (Error::EmptyKey { .. } | Error::HashKeySize | Error::RangeKeySize)) = key {
            return Err(error);
        }
        if let Ok(key) = &key
            && !seen.insert((target.name.clone(), key.clone()))
        {
            return Err(Error::OneItemTwice);
        }
        keys.push(key);
    }
    let held = |(read, key): (&Read, &Result<Key, Error>)| {
        key.as_ref().is_ok_and(|key| engine.is_held(&read.target.name, key))
    };
    let held: Vec<bool> = gets.iter().zip(&keys).map(held).collect();
    if held.contains(&true) {
        return cancel(conflicts(&held));
    }
    let mut found = Vec::with_capacity(count);
    for (place, (read, key)) in gets.iter().zip(keys).enumerate() {
        let Read { target, projection, filter, .. } = read;
        let table = engine.table(&target.name)?;
        let paths = || projection.iter().flat_map(|projection| &projection.paths);
        let filtered = || filter.iter().flat_map(|(filter, _)| filter.paths());
        let item = key.and_then(|key| {
            check_nested(table, paths().chain(filtered()))?;
            // [CAP-39]
            let item = table.store.get(&key).cloned();
            let units = units::read(item.as_ref().map_or(0, Item::size), true);
            let draw = Draw { partition: table.store.partition(key.place()), units: units + units };
            Ok((item, draw))
        });
        match item {
            Ok(one) => found.push(one),
            Err(error) => return cancel_one(count, place, invalid(&error)),
        }
    }
    let mut consumed: BTreeMap<String, Consumed> = BTreeMap::new();
    let mut responses = Vec::with_capacity(count);
    for (place, (read, (item, draw))) in gets.iter().zip(found).enumerate() {
        let Read { target, named, key, projection, filter } = read;
        let table = engine.table_mut(&target.name)?;
        let hash = |name: &str| key.get(name);
        if let Err(error) = table.admit(Demand::Read, &[(None, draw)], hash, cx.now, &mut cx.sink) {
            return cancel_one(count, place, starved(&error));
        }
        consumed.entry(named.clone()).or_default().add(Consumed::of_table(draw.units));
        let passes = |item: &Item| match filter {
            Some((filter, placeholders)) => filter.holds(Some(item), placeholders),
            None => true,
        };
        let item = item.filter(passes).and_then(|item| match projection {
            Some(projection) => Some(projection.of_item(&item)).filter(|item| !item.is_empty()),
            None => Some(item),
        });
        responses.push(ItemResponse { item });
    }
    let mut reports = Vec::new();
    for (named, consumed) in consumed {
        let target = Named::new(engine, &named);
        let table = engine.table(&target.name)?;
        reports.extend(report(table, &consumed, asked, &named).map(|one| transactional(one, Demand::Read)));
    }
    let consumed_capacity = Some(reports).filter(|reports| !reports.is_empty());
    Ok(TransactGetItemsResult { responses, consumed_capacity })
}
