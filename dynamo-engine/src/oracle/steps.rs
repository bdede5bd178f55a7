//! A history as what its calls did to single items.

use super::observe::{Answer, Observed};
use crate::api::{CancellationReason, TransactWriteItem};
use crate::expr::{Condition, ExpressionKind, Layer, Placeholders, Projection, Update};
use crate::item::Item;
use crate::ops::Wanted;
use crate::value::AttributeMap;
use crate::{
    BatchGetItemRequest, BatchWriteItemRequest, DeleteItemRequest, Error, PutItemRequest, Request,
    TransactGetItemsRequest, TransactWriteItemsRequest, UpdateItemRequest,
};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{ErrorRecord, Timestamp};

/// When something was: milliseconds, then what tells calls apart that took no
/// time.
pub(super) type Moment = (i64, usize);

/// After everything.
pub(super) const NEVER: Moment = (i64::MAX, usize::MAX);

/// What a call did to one item, or saw of it.
#[derive(Debug)]
pub(super) struct Step {
    /// Its place in the history.
    pub(super) call: usize,
    pub(super) from: Moment,
    /// `NEVER` if the answer was lost.
    pub(super) to: Moment,
    /// Whether it is one of a transaction.
    pub(super) transaction: bool,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// A read that sees every write that is over.
    Strong(Seen),
    /// A read that may see the past.
    Eventual(Seen),
    Write(Box<Write>),
    /// Nobody can say what this did.
    Unjudged,
}

/// An item as it was returned.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) item: Option<Item>,
    /// With the text that it was asked by.
    pub(super) projection: Option<(String, Projection)>,
}

#[derive(Debug)]
pub(super) struct Write {
    pub(super) change: Change,
    pub(super) condition: Option<Condition>,
    pub(super) placeholders: Placeholders,
    pub(super) key: Item,
    pub(super) came_to: CameTo,
}

#[derive(Debug)]
pub(super) enum Change {
    Put(Item),
    Delete,
    Update(Option<Update>),
    /// Nothing; its condition is all there is.
    Check,
}

#[derive(Debug)]
pub(super) enum CameTo {
    /// It was done, and returned these attributes.
    Done(Option<(Wanted, Option<Item>)>),
    /// Its condition was false; with the item, if that was asked for.
    False(Option<Option<Item>>),
    Lost,
}

/// The steps of every item, in the order of their starts.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) items: BTreeMap<String, Vec<Step>>,
    pub(super) calls: usize,
    pub(super) transactions: usize,
    pub(super) left_out: BTreeMap<String, &'static str>,
}

/// What is learnt of a table before any call is looked at.
#[derive(Default)]
struct Tables {
    keys: BTreeMap<String, Vec<String>>,
    left_out: BTreeMap<String, &'static str>,
}

/// The table that a name or an ARN means.
fn table_name(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    text.rsplit_once(":table/").map_or(text, |(_, name)| name).into()
}

impl Tables {
    fn new(history: &[Observed]) -> Self {
        let mut own = Self::default();
        for observed in history {
            own.look_at(&observed.request);
        }
        own
    }

    fn look_at(&mut self, request: &Request) {
        match request {
            Request::CreateTable(create) => {
                let names = create.key_schema.iter().flatten();
                let names = names.filter_map(|element| element.attribute_name.clone()).collect();
                self.keys.insert(table_name(create.table_name.as_deref()), names);
            }
            Request::GetItem(get) => self.key(get.table_name.as_deref(), get.key.as_ref()),
            Request::UpdateItem(update) => self.key(update.table_name.as_deref(), update.key.as_ref()),
            Request::DeleteItem(delete) => self.key(delete.table_name.as_deref(), delete.key.as_ref()),
            Request::BatchGetItem(get) => {
                for (table, keys) in get.request_items.iter().flatten() {
                    self.key(Some(table), keys.keys.first());
                }
            }
            Request::TransactGetItems(get) => {
                for get in get.transact_items.iter().flatten().filter_map(|one| one.get.as_ref()) {
                    self.key(get.table_name.as_deref(), get.key.as_ref());
                }
            }
            Request::TransactWriteItems(write) => {
                for one in write.transact_items.iter().flatten() {
                    let TransactWriteItem { condition_check, delete, update, .. } = one;
                    if let Some(check) = condition_check {
                        self.key(check.table_name.as_deref(), check.key.as_ref());
                    }
                    if let Some(delete) = delete {
                        self.key(delete.table_name.as_deref(), delete.key.as_ref());
                    }
                    if let Some(update) = update {
                        self.key(update.table_name.as_deref(), update.key.as_ref());
                    }
                }
            }
            Request::DeleteTable(delete) => self.leave_out(delete.table_name.as_deref(), "it is deleted"),
            Request::UpdateTimeToLive(ttl) => {
                self.leave_out(ttl.table_name.as_deref(), "its items may expire")
            }
            Request::ExecuteStatement(_)
            | Request::BatchExecuteStatement(_)
            | Request::ExecuteTransaction(_) => {
                self.left_out.insert("*".into(), "PartiQL statements are not judged");
            }
            _ => {}
        }
    }

    fn key(&mut self, table: Option<&str>, key: Option<&AttributeMap>) {
        let Some(key) = key else { return };
        let names = || key.0.iter().map(|(name, _)| name.clone()).collect();
        self.keys.entry(table_name(table)).or_insert_with(names);
    }

    fn leave_out(&mut self, table: Option<&str>, why: &'static str) {
        self.left_out.insert(table_name(table), why);
    }

    /// What names the item, and its key.
    fn item(&self, table: &str, attributes: &Item) -> Option<(String, Item)> {
        let names = self.keys.get(table)?;
        if self.left_out.contains_key(table) || self.left_out.contains_key("*") {
            return None;
        }
        let key = attributes.only(names.iter().map(String::as_str));
        if key.len() != names.len() {
            return None;
        }
        let text = serde_json::to_string(&key).unwrap_or_default();
        Some((format!("{table} {text}"), key))
    }
}

/// When a call was under way, and its place in the history.
#[derive(Clone, Copy)]
struct When {
    call: usize,
    from: Moment,
    to: Moment,
    transaction: bool,
}

/// Whether a refusal leaves open if something happened.
fn is_open(error: &ErrorRecord) -> bool {
    error.status >= 500
}

fn compile(
    placeholders: &mut Placeholders,
    condition: Option<&str>,
    update: Option<&str>,
) -> Result<(Option<Condition>, Option<Update>), Error> {
    let update = update.map(|source| Update::compile(source, placeholders)).transpose()?;
    let kind = ExpressionKind::ConditionExpression;
    let condition = condition.map(|source| Condition::compile(kind, source, placeholders)).transpose()?;
    Ok((condition, update))
}

/// A write as it was asked for.
struct Asked<'r> {
    table: Option<&'r str>,
    subject: Option<&'r AttributeMap>,
    put: bool,
    check: bool,
    update: Option<&'r str>,
    condition: Option<&'r str>,
    names: Option<&'r BTreeMap<String, String>>,
    values: Option<&'r AttributeMap>,
    /// Whether it has parameters from before there were expressions.
    legacy: bool,
}

impl Ledger {
    pub(super) fn new(history: &[Observed]) -> Self {
        let tables = Tables::new(history);
        let mut own = Self { left_out: tables.left_out.clone(), ..Self::default() };
        let tokens = tokens(history);
        for (call, observed) in history.iter().enumerate() {
            let start = observed.start.as_millis();
            let (from, mut to) = match observed.end {
                Some(end) => ((start, 0), (end.as_millis(), usize::MAX)),
                None => ((start, call + 1), (start, call + 1)),
            };
            let mut answer = &observed.answer;
            let mut open = match answer {
                Answer::Lost => true,
                Answer::Refused(error) => is_open(error),
                _ => false,
            };
            if open {
                to = NEVER;
            }
            let transaction =
                matches!(observed.request, Request::TransactGetItems(_) | Request::TransactWriteItems(_));
            let mut when = When { call, from, to, transaction };
            match tokens.get(&call) {
                Some(Part::Repeats) => continue,
                Some(Part::Through(until)) => (when.to, open, answer) = (*until, false, &Answer::Done),
                None => {}
            }
            let before: usize = own.calls;
            own.take(&tables, when, open, &observed.request, answer);
            own.transactions += usize::from(transaction && own.calls > before);
        }
        own
    }

    fn step(&mut self, name: String, when: When, what: What) {
        let When { call, from, to, transaction } = when;
        self.items.entry(name).or_default().push(Step { call, from, to, transaction, what });
    }

    fn take(&mut self, tables: &Tables, when: When, open: bool, request: &Request, answer: &Answer) {
        match (request, answer) {
            (Request::GetItem(get), Answer::Got(got)) => {
                self.calls += 1;
                let projection = get.projection_expression.as_deref();
                let names = get.expression_attribute_names.as_ref();
                let plain = get.attributes_to_get.is_none();
                let strong = get.consistent_read == Some(true);
                let key = plain.then_some(get.key.as_ref()).flatten();
                self.read(
                    tables,
                    when,
                    get.table_name.as_deref(),
                    key,
                    (projection, names),
                    strong,
                    got.item.as_ref(),
                );
            }
            (Request::BatchGetItem(get), Answer::GotBatch(got)) => {
                self.calls += 1;
                self.batch_get(tables, when, get, got);
            }
            (Request::TransactGetItems(get), Answer::GotAll(got)) => {
                self.calls += 1;
                self.transact_get(tables, when, get, &got.responses);
            }
            (Request::Query(_) | Request::Scan(_), Answer::Read(page)) => {
                self.calls += 1;
                self.page(tables, when, request, page.items.as_deref().unwrap_or_default());
            }
            (Request::PutItem(put), answer) => {
                self.write_one(tables, when, open, put.into(), wanted_put(put), answer)
            }
            (Request::UpdateItem(update), answer) => {
                self.write_one(tables, when, open, update.into(), wanted_update(update), answer);
            }
            (Request::DeleteItem(delete), answer) => {
                self.write_one(tables, when, open, delete.into(), wanted_delete(delete), answer);
            }
            (Request::BatchWriteItem(write), answer) => self.batch_write(tables, when, open, write, answer),
            (Request::TransactWriteItems(write), answer) => {
                self.transact_write(tables, when, open, write, answer);
            }
            _ => {}
        }
    }

    #[expect(clippy::too_many_arguments, reason = "it is what a read consists of")]
    fn read(
        &mut self,
        tables: &Tables,
        when: When,
        table: Option<&str>,
        key: Option<&AttributeMap>,
        (projection, names): (Option<&str>, Option<&BTreeMap<String, String>>),
        strong: bool,
        got: Option<&Item>,
    ) {
        let Some(key) = key.and_then(|key| Item::try_from(key.clone()).ok()) else { return };
        let Some((name, _)) = tables.item(&table_name(table), &key) else { return };
        let projection = match projection {
            None => None,
            Some(source) => {
                let Ok(mut placeholders) = Placeholders::new(Layer::Bare, names.cloned(), None) else {
                    return;
                };
                let Ok(projection) = Projection::compile(source, &mut placeholders) else { return };
                Some((format!("{source} {names:?}"), projection))
            }
        };
        let seen = Seen { item: got.cloned(), projection };
        self.step(name, when, if strong { What::Strong(seen) } else { What::Eventual(seen) });
    }

    fn batch_get(
        &mut self,
        tables: &Tables,
        when: When,
        get: &BatchGetItemRequest,
        got: &crate::BatchGetItemResult,
    ) {
        for (table, asked) in get.request_items.iter().flatten() {
            // Which of the items is whose cannot be told without their keys.
            if asked.projection_expression.is_some() || asked.attributes_to_get.is_some() {
                continue;
            }
            let found = got.responses.get(table).map(Vec::as_slice).unwrap_or_default();
            let left: &[AttributeMap] = match got.unprocessed_keys.get(table) {
                Some(keys) => &keys.keys,
                None => &[],
            };
            let short = table_name(Some(table));
            let name_of = |item: &Item| tables.item(&short, item).map(|(name, _)| name);
            let found: BTreeMap<_, _> =
                found.iter().filter_map(|item| Some((name_of(item)?, item))).collect();
            let item = |key: &AttributeMap| Item::try_from(key.clone()).ok();
            let left: Vec<_> = left.iter().filter_map(|key| name_of(&item(key)?)).collect();
            for key in &asked.keys {
                let Some(name) = item(key).and_then(|key| name_of(&key)) else { continue };
                if !left.contains(&name) {
                    let got = found.get(&name).copied();
                    let strong = asked.consistent_read == Some(true);
                    self.read(tables, when, Some(table), Some(key), (None, None), strong, got);
                }
            }
        }
    }

    fn transact_get(
        &mut self,
        tables: &Tables,
        when: When,
        get: &TransactGetItemsRequest,
        got: &[crate::ItemResponse],
    ) {
        let gets = get.transact_items.iter().flatten().filter_map(|one| one.get.as_ref());
        for (get, got) in gets.zip(got) {
            let projection = get.projection_expression.as_deref();
            let names = get.expression_attribute_names.as_ref();
            let (table, key) = (get.table_name.as_deref(), get.key.as_ref());
            self.read(tables, when, table, key, (projection, names), true, got.item.as_ref());
        }
    }

    /// Each item of a page is a read by itself; what is not there says
    /// nothing, because a filter or a limit may have left it out.
    fn page(&mut self, tables: &Tables, when: When, request: &Request, items: &[Item]) {
        let (table, strong, plain) = match request {
            Request::Query(query) => (
                query.table_name.as_deref(),
                query.consistent_read,
                query.index_name.is_none()
                    && query.projection_expression.is_none()
                    && query.attributes_to_get.is_none(),
            ),
            Request::Scan(scan) => (
                scan.table_name.as_deref(),
                scan.consistent_read,
                scan.index_name.is_none()
                    && scan.projection_expression.is_none()
                    && scan.attributes_to_get.is_none(),
            ),
            _ => return,
        };
        if !plain {
            return;
        }
        for item in items {
            let Some((name, _)) = tables.item(&table_name(table), item) else { continue };
            let seen = Seen { item: Some(item.clone()), projection: None };
            let what = if strong == Some(true) { What::Strong(seen) } else { What::Eventual(seen) };
            self.step(name, when, what);
        }
    }

    fn write_one(
        &mut self,
        tables: &Tables,
        when: When,
        open: bool,
        asked: Asked<'_>,
        wanted: Option<Wanted>,
        answer: &Answer,
    ) {
        let came_to = match answer {
            Answer::Wrote(result) => CameTo::Done(wanted.map(|wanted| (wanted, result.attributes.clone()))),
            Answer::Done => CameTo::Done(None),
            _ if open => CameTo::Lost,
            Answer::Refused(error) if error.shape == "ConditionalCheckFailedException" => {
                CameTo::False(shown(error.members.get("Item")))
            }
            _ => return,
        };
        self.calls += 1;
        self.write(tables, when, asked, came_to);
    }

    fn write(&mut self, tables: &Tables, when: When, asked: Asked<'_>, came_to: CameTo) {
        let Some(subject) = asked.subject.and_then(|subject| Item::try_from(subject.clone()).ok()) else {
            return;
        };
        let Some((name, key)) = tables.item(&table_name(asked.table), &subject) else { return };
        let read = || {
            let names = asked.names.cloned();
            let mut placeholders = Placeholders::new(Layer::Bare, names, asked.values.cloned())?;
            let (condition, update) = compile(&mut placeholders, asked.condition, asked.update)?;
            Ok::<_, Error>((placeholders, condition, update))
        };
        let what = match read() {
            Ok((placeholders, condition, update)) if !asked.legacy => {
                let change = match (asked.put, asked.check) {
                    (true, _) => Change::Put(subject),
                    (_, true) => Change::Check,
                    _ if asked.update.is_some() || update.is_some() => Change::Update(update),
                    _ => Change::Delete,
                };
                What::Write(Box::new(Write { change, condition, placeholders, key, came_to }))
            }
            _ => What::Unjudged,
        };
        self.step(name, when, what);
    }

    fn batch_write(
        &mut self,
        tables: &Tables,
        when: When,
        open: bool,
        write: &BatchWriteItemRequest,
        answer: &Answer,
    ) {
        let left = match answer {
            Answer::WroteBatch(result) => Some(&result.unprocessed_items),
            Answer::Done => None,
            _ if open => None,
            _ => return,
        };
        self.calls += 1;
        for (table, requests) in write.request_items.iter().flatten() {
            for request in requests {
                if left.and_then(|left| left.get(table)).is_some_and(|left| left.contains(request)) {
                    continue;
                }
                let put = request.put_request.as_ref();
                let delete = request.delete_request.as_ref();
                let subject = put.map(|put| &put.item).or(delete.map(|delete| &delete.key));
                let asked = Asked::plain(Some(table), subject, put.is_some());
                self.write(tables, when, asked, if open { CameTo::Lost } else { CameTo::Done(None) });
            }
        }
    }

    /// [DDB-H3] Of a cancelled one, what its reasons say.
    fn transact_write(
        &mut self,
        tables: &Tables,
        when: When,
        open: bool,
        write: &TransactWriteItemsRequest,
        answer: &Answer,
    ) {
        let reasons: Option<Vec<CancellationReason>> = match answer {
            Answer::Refused(error) if error.shape == "TransactionCanceledException" => {
                let reasons = error.members.get("CancellationReasons").cloned().unwrap_or_default();
                serde_json::from_value(reasons).ok()
            }
            Answer::Refused(_) if !open => return,
            _ => None,
        };
        let cancelled = matches!(answer, Answer::Refused(_)) && !open;
        if cancelled {
            let codes = || reasons.iter().flatten().map(|reason| reason.code.as_str());
            if !codes().all(|code| code == "None" || code == "ConditionalCheckFailed")
                || codes().all(|code| code == "None")
            {
                return;
            }
        }
        self.calls += 1;
        for (place, one) in write.transact_items.iter().flatten().enumerate() {
            let Some(mut asked) = Asked::of(one) else { continue };
            let came_to = match reasons.as_ref().filter(|_| cancelled).and_then(|all| all.get(place)) {
                Some(reason) if reason.code == "ConditionalCheckFailed" => {
                    CameTo::False(reason.item.clone().map(Some))
                }
                Some(_) => {
                    // Its condition held, and nothing was done.
                    (asked.put, asked.update, asked.check) = (false, None, true);
                    CameTo::Done(None)
                }
                None if open => CameTo::Lost,
                None => CameTo::Done(None),
            };
            if asked.check && asked.condition.is_none() {
                continue;
            }
            self.write(tables, when, asked, came_to);
        }
    }
}

/// The item that a refusal shows, if it shows one.
fn shown(item: Option<&serde_json::Value>) -> Option<Option<Item>> {
    serde_json::from_value(item?.clone()).ok().map(Some)
}

/// What a transaction's token makes of a call. `[DDB-H4]`
enum Part {
    /// It is the one that counts, and is under way until then.
    Through(Moment),
    /// It is the same transaction as an earlier call.
    Repeats,
}

/// Calls that share a token and its ten minutes are one transaction, which is
/// done once between the first call and the first success.
fn tokens(history: &[Observed]) -> BTreeMap<usize, Part> {
    let mut parts = BTreeMap::new();
    let mut groups: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
    for (call, observed) in history.iter().enumerate() {
        let Request::TransactWriteItems(write) = &observed.request else { continue };
        let Some(token) = write.client_request_token.as_deref() else { continue };
        let text = serde_json::to_string(&write.transact_items).unwrap_or_default();
        groups.entry((token, text)).or_default().push(call);
    }
    for calls in groups.into_values().filter(|calls| calls.len() > 1) {
        let of = |call: usize| history.get(call);
        let done = |call: usize| of(call).is_some_and(|one| matches!(one.answer, Answer::Done));
        // Calls whose answers were lost may have been the one that did it.
        let lost = |call: usize| {
            of(call).is_some_and(|one| match &one.answer {
                Answer::Lost => true,
                Answer::Refused(error) => is_open(error),
                _ => false,
            })
        };
        let Some(earliest) = calls.iter().copied().find(|call| lost(*call) || done(*call)) else { continue };
        let end = |one: &Observed| one.end.unwrap_or(one.start).as_millis();
        let until = calls.iter().filter(|call| done(**call)).filter_map(|call| of(*call)).map(end).min();
        let fresh = |call: usize| {
            let life = until.map(|until| Timestamp::from_millis(until) + aws_core::Span::from_minutes(10));
            of(call).is_some_and(|one| life.is_none_or(|life| one.start < life))
        };
        for call in calls.iter().copied().filter(|call| (lost(*call) || done(*call)) && fresh(*call)) {
            match until {
                _ if call != earliest => parts.insert(call, Part::Repeats),
                Some(until) => parts.insert(call, Part::Through((until, usize::MAX))),
                None => None,
            };
        }
    }
    parts
}

impl<'r> Asked<'r> {
    fn plain(table: Option<&'r str>, subject: Option<&'r AttributeMap>, put: bool) -> Self {
        let (update, condition, names, values) = (None, None, None, None);
        Self { table, subject, put, check: false, update, condition, names, values, legacy: false }
    }

    fn of(one: &'r TransactWriteItem) -> Option<Self> {
        if let Some(put) = &one.put {
            return Some(Self {
                condition: put.condition_expression.as_deref(),
                names: put.expression_attribute_names.as_ref(),
                values: put.expression_attribute_values.as_ref(),
                ..Self::plain(put.table_name.as_deref(), put.item.as_ref(), true)
            });
        }
        if let Some(delete) = &one.delete {
            return Some(Self {
                condition: delete.condition_expression.as_deref(),
                names: delete.expression_attribute_names.as_ref(),
                values: delete.expression_attribute_values.as_ref(),
                ..Self::plain(delete.table_name.as_deref(), delete.key.as_ref(), false)
            });
        }
        if let Some(update) = &one.update {
            return Some(Self {
                update: update.update_expression.as_deref(),
                condition: update.condition_expression.as_deref(),
                names: update.expression_attribute_names.as_ref(),
                values: update.expression_attribute_values.as_ref(),
                ..Self::plain(update.table_name.as_deref(), update.key.as_ref(), false)
            });
        }
        let check = one.condition_check.as_ref()?;
        Some(Self {
            check: true,
            condition: check.condition_expression.as_deref(),
            names: check.expression_attribute_names.as_ref(),
            values: check.expression_attribute_values.as_ref(),
            ..Self::plain(check.table_name.as_deref(), check.key.as_ref(), false)
        })
    }
}

impl<'r> From<&'r PutItemRequest> for Asked<'r> {
    fn from(put: &'r PutItemRequest) -> Self {
        Self {
            condition: put.condition_expression.as_deref(),
            names: put.expression_attribute_names.as_ref(),
            values: put.expression_attribute_values.as_ref(),
            legacy: put.expected.is_some(),
            ..Self::plain(put.table_name.as_deref(), put.item.as_ref(), true)
        }
    }
}

impl<'r> From<&'r DeleteItemRequest> for Asked<'r> {
    fn from(delete: &'r DeleteItemRequest) -> Self {
        Self {
            condition: delete.condition_expression.as_deref(),
            names: delete.expression_attribute_names.as_ref(),
            values: delete.expression_attribute_values.as_ref(),
            legacy: delete.expected.is_some(),
            ..Self::plain(delete.table_name.as_deref(), delete.key.as_ref(), false)
        }
    }
}

impl<'r> From<&'r UpdateItemRequest> for Asked<'r> {
    fn from(update: &'r UpdateItemRequest) -> Self {
        Self {
            // An update without an expression makes the item, if nothing else.
            update: update.update_expression.as_deref(),
            condition: update.condition_expression.as_deref(),
            names: update.expression_attribute_names.as_ref(),
            values: update.expression_attribute_values.as_ref(),
            legacy: update.expected.is_some()
                || update.attribute_updates.is_some()
                || update.update_expression.is_none(),
            ..Self::plain(update.table_name.as_deref(), update.key.as_ref(), false)
        }
    }
}

fn wanted_put(put: &PutItemRequest) -> Option<Wanted> {
    (put.return_values.as_deref() == Some("ALL_OLD")).then_some(Wanted::AllOld)
}

fn wanted_delete(delete: &DeleteItemRequest) -> Option<Wanted> {
    (delete.return_values.as_deref() == Some("ALL_OLD")).then_some(Wanted::AllOld)
}

fn wanted_update(update: &UpdateItemRequest) -> Option<Wanted> {
    let asked = update.return_values.as_deref()?;
    let names = update.expression_attribute_names.clone();
    let mut placeholders =
        Placeholders::new(Layer::Bare, names, update.expression_attribute_values.clone()).ok()?;
    let compiled = Update::compile(update.update_expression.as_deref()?, &mut placeholders).ok()?;
    Some(Wanted::new(Some(asked), compiled.targets().cloned()))
}
