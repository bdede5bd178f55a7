//! A second implementation: a plain map of items, which can be made to err.
//! Calls take effect at a moment of their own while they are under way.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::{ErrorRecord, Timestamp};
use dynamo_engine::oracle::{Answer, Observed};
use dynamo_engine::*;
use std::collections::BTreeMap;

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    None,
    /// ADD adds to what was there when the call began.
    LostUpdate,
    /// A consistent read sees the version before.
    StaleRead,
    /// The items of a transaction are written at two moments.
    TornWrite,
    /// The items of a transaction are read at two moments.
    TornRead,
    /// A token does not keep a transaction from being done again.
    DoneTwice,
    /// A false condition does not stop a put.
    ConditionIgnored,
    /// A true condition is taken for false.
    ConditionRefused,
    /// A put is refused and done.
    RefusedButDone,
    /// A transaction is cancelled and done.
    CancelledButDone,
    /// The last item of a transaction is forgotten.
    HalfDone,
    /// A read sees what was never written.
    Phantom,
    /// What was deleted comes back.
    Resurrected,
    /// ALL_OLD shows the new item.
    WrongOld,
    /// The item that a refusal shows is another one.
    WrongShown,
    /// A write is acknowledged and forgotten.
    LostWrite,
    /// An update returns what it was, not what it is.
    WrongNew,
}

pub(crate) const BUGS: [(Bug, &str); 16] = [
    (Bug::LostUpdate, "H1"),
    (Bug::StaleRead, "H1"),
    (Bug::TornWrite, "H3"),
    (Bug::TornRead, "H3"),
    (Bug::DoneTwice, "H1"),
    (Bug::ConditionIgnored, "H1"),
    (Bug::ConditionRefused, "H1"),
    (Bug::RefusedButDone, "H1"),
    (Bug::CancelledButDone, "H1"),
    (Bug::HalfDone, "H1"),
    (Bug::Phantom, "H2"),
    (Bug::Resurrected, "H1"),
    (Bug::WrongOld, "H1"),
    (Bug::WrongShown, "H1"),
    (Bug::LostWrite, "H1"),
    (Bug::WrongNew, "H1"),
];

/// Numbers that look random and are the same each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Op {
    Get(u8, bool),
    Put(u8, i64),
    PutIf(u8, i64, Option<i64>),
    Add(u8),
    Delete(u8),
    /// Puts one value under several keys, if the first has a value at all.
    WriteAll(Vec<u8>, i64, bool, Option<u64>),
    ReadAll(Vec<u8>),
}

/// A call: when it began, took effect and ended.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) start: i64,
    pub(crate) at: i64,
    pub(crate) end: i64,
    pub(crate) op: Op,
    pub(crate) lost: bool,
}

/// Calls of several clients on a few items.
pub(crate) fn calls(dice: &mut Dice, count: u64, items: u64, overlap: u64) -> Vec<Call> {
    let mut made: Vec<Call> = Vec::new();
    let (mut now, mut token) = (0, 0);
    let mut value = 100;
    for _ in 0..count {
        now += i64::try_from(dice.roll(10)).unwrap() + 1;
        let key = |dice: &mut Dice| u8::try_from(dice.roll(items)).unwrap();
        let keys = |dice: &mut Dice| {
            let first = key(dice);
            vec![first, u8::try_from((u64::from(first) + 1) % items).unwrap()]
        };
        value += 1;
        let op = match dice.roll(12) {
            0..=2 => Op::Get(key(dice), true),
            3 => Op::Get(key(dice), false),
            4 => Op::Put(key(dice), value),
            5 => Op::PutIf(key(dice), value, Some(value - 1 - i64::try_from(dice.roll(8)).unwrap())),
            6 => Op::PutIf(key(dice), value, None),
            7 => Op::Add(key(dice)),
            8 => Op::Delete(key(dice)),
            9 => Op::WriteAll(keys(dice), value, dice.roll(2) == 0, None),
            10 => {
                token += 1;
                Op::WriteAll(keys(dice), value, false, Some(token))
            }
            _ => Op::ReadAll(keys(dice)),
        };
        let took = i64::try_from(dice.roll(overlap)).unwrap();
        let at = now + if took == 0 { 0 } else { i64::try_from(dice.roll(took.unsigned_abs())).unwrap() };
        let call = Call { start: now, at, end: now + took, op, lost: dice.roll(40) == 0 };
        // A client that heard nothing, or is impatient, asks again.
        if let Op::WriteAll(_, _, _, Some(_)) = &call.op {
            let again = Call {
                start: call.end + 40,
                at: call.end + 45,
                end: call.end + 50,
                lost: false,
                ..call.clone()
            };
            made.push(again);
        }
        made.push(call);
    }
    made
}

fn key(key: u8) -> AttributeMap {
    AttributeMap::from([("id", AttributeValue::s(key.to_string()))])
}

fn item(id: u8, value: Option<i64>) -> Option<Item> {
    let mut item = key(id);
    item.0.push(("v".into(), AttributeValue::n(value?)));
    Some(item.try_into().unwrap())
}

fn reply<T: serde::de::DeserializeOwned>(member: &str, value: Option<Item>) -> T {
    let value = value.map(|item| (member.to_string(), serde_json::to_value(item).unwrap()));
    serde_json::from_value(value.into_iter().collect::<serde_json::Map<_, _>>().into()).unwrap()
}

fn refused(shape: &str, members: serde_json::Value) -> Answer {
    let serde_json::Value::Object(members) = members else { return Answer::Done };
    let message = "no".into();
    Answer::Refused(ErrorRecord { shape: shape.into(), code: shape.into(), status: 400, message, members })
}

impl Op {
    pub(crate) fn request(&self) -> Request {
        let value = |value: i64| AttributeValue::n(value);
        match self {
            Self::Get(id, strong) => {
                GetItemRequest { consistent_read: Some(*strong), ..GetItemRequest::new("tab", key(*id)) }
                    .into()
            }
            Self::Put(id, new) => PutItemRequest {
                return_values: Some("ALL_OLD".into()),
                ..PutItemRequest::new("tab", item(*id, Some(*new)).unwrap())
            }
            .into(),
            Self::PutIf(id, new, old) => {
                let put = PutItemRequest {
                    return_values_on_condition_check_failure: Some("ALL_OLD".into()),
                    ..PutItemRequest::new("tab", item(*id, Some(*new)).unwrap())
                };
                match old {
                    Some(old) => {
                        let mut put = put.condition("v = :v");
                        put.expression_attribute_values = Some(AttributeMap::from([(":v", value(*old))]));
                        put.into()
                    }
                    None => put.condition("attribute_not_exists(id)").into(),
                }
            }
            Self::Add(id) => UpdateItemRequest {
                return_values: Some("UPDATED_NEW".into()),
                ..UpdateItemRequest::new("tab", key(*id), "ADD v :v")
            }
            .value(":v", value(1))
            .into(),
            Self::Delete(id) => DeleteItemRequest {
                return_values: Some("ALL_OLD".into()),
                ..DeleteItemRequest::new("tab", key(*id))
            }
            .into(),
            Self::WriteAll(ids, new, guarded, token) => {
                let put = |(place, id): (usize, &u8)| {
                    let mut put = Put::new("tab", item(*id, Some(*new)).unwrap());
                    put.condition_expression =
                        (*guarded && place == 0).then(|| "attribute_exists(id)".into());
                    TransactWriteItem::from(put)
                };
                TransactWriteItemsRequest {
                    client_request_token: token.map(|token| token.to_string()),
                    ..TransactWriteItemsRequest::new(ids.iter().enumerate().map(put))
                }
                .into()
            }
            Self::ReadAll(ids) => {
                let get = |id: &u8| TransactGetItem::from(Get::new("tab", key(*id)));
                TransactGetItemsRequest::new(ids.iter().map(get)).into()
            }
        }
    }
}

/// The plain map, with its past.
pub(crate) struct Plain {
    bug: Bug,
    dice: Dice,
    now: BTreeMap<u8, Option<i64>>,
    /// Every version of each item with the moment from when it holds.
    past: BTreeMap<u8, Vec<(i64, Option<i64>)>>,
    tokens: Vec<u64>,
    /// Writes of parts of transactions that come later.
    late: Vec<(i64, u8, i64)>,
}

impl Plain {
    pub(crate) fn new(bug: Bug, seed: u64) -> Self {
        let (now, past) = (BTreeMap::new(), BTreeMap::new());
        Self { bug, dice: Dice::new(seed), now, past, tokens: Vec::new(), late: Vec::new() }
    }

    fn errs(&mut self, bug: Bug) -> bool {
        self.bug == bug && self.dice.roll(4) == 0
    }

    fn get(&self, id: u8) -> Option<i64> {
        self.now.get(&id).copied().flatten()
    }

    fn as_of(&self, id: u8, at: i64) -> Option<i64> {
        self.past.get(&id)?.iter().rev().find(|(from, _)| *from <= at)?.1
    }

    fn set(&mut self, at: i64, id: u8, value: Option<i64>) {
        self.now.insert(id, value);
        self.past.entry(id).or_insert_with(|| vec![(i64::MIN, None)]).push((at, value));
    }

    /// Does all calls, in the order of their effects, and says what was seen.
    pub(crate) fn run(mut self, mut calls: Vec<Call>) -> Vec<Observed> {
        calls.sort_by_key(|call| call.at);
        let mut seen: Vec<Observed> = Vec::new();
        for call in &calls {
            let due: Vec<_> = self.late.iter().copied().filter(|(at, ..)| *at <= call.at).collect();
            self.late.retain(|(at, ..)| *at > call.at);
            for (at, id, value) in due {
                self.set(at, id, Some(value));
            }
            let answer = self.call(call);
            seen.push(Observed {
                start: Timestamp::from_millis(call.start),
                end: Some(Timestamp::from_millis(call.end)),
                request: call.op.request(),
                answer: if call.lost { Answer::Lost } else { answer },
            });
        }
        seen.sort_by_key(|one| one.start);
        seen
    }

    fn call(&mut self, call: &Call) -> Answer {
        let at = call.at;
        match &call.op {
            Op::Get(id, strong) => {
                let mut value = self.get(*id);
                let versions = self.past.get(id).map_or(0, Vec::len);
                if versions > 1
                    && (!*strong && self.dice.roll(3) == 0 || *strong && self.errs(Bug::StaleRead))
                {
                    let back = if *strong {
                        2
                    } else {
                        1 + usize::try_from(self.dice.roll(versions as u64)).unwrap()
                    };
                    value = self.past[id][versions - back].1;
                }
                if !*strong && self.errs(Bug::Phantom) {
                    value = Some(-7);
                }
                Answer::Got(reply("Item", item(*id, value)))
            }
            Op::Put(id, new) => {
                let old = self.get(*id);
                if !self.errs(Bug::LostWrite) {
                    self.set(at, *id, Some(*new));
                }
                let shown = if self.errs(Bug::WrongOld) { Some(*new) } else { old };
                Answer::Wrote(reply("Attributes", item(*id, shown)))
            }
            Op::PutIf(id, new, wanted) => {
                let old = self.get(*id);
                let mut holds = old == *wanted;
                if !holds && self.errs(Bug::ConditionIgnored) || holds && self.errs(Bug::ConditionRefused) {
                    holds = !holds;
                }
                if holds || self.errs(Bug::RefusedButDone) {
                    self.set(at, *id, Some(*new));
                }
                if holds {
                    return Answer::Wrote(WriteItemResult::default());
                }
                let shown = if self.errs(Bug::WrongShown) { Some(-9) } else { old };
                let members =
                    item(*id, shown).map(|item| ("Item".to_string(), serde_json::to_value(item).unwrap()));
                let members: serde_json::Map<_, _> = members.into_iter().collect();
                refused("ConditionalCheckFailedException", members.into())
            }
            Op::Add(id) => {
                let old =
                    if self.bug == Bug::LostUpdate { self.as_of(*id, call.start) } else { self.get(*id) };
                let new = old.unwrap_or(0) + 1;
                self.set(at, *id, Some(new));
                let shown = if self.errs(Bug::WrongNew) { new - 1 } else { new };
                let attributes = AttributeMap::from([("v", AttributeValue::n(shown))]);
                Answer::Wrote(reply("Attributes", Some(attributes.try_into().unwrap())))
            }
            Op::Delete(id) => {
                let old = self.get(*id);
                self.set(at, *id, None);
                if self.errs(Bug::Resurrected)
                    && let Some(old) = old
                {
                    self.late.push((call.end + 5, *id, old));
                }
                Answer::Wrote(reply("Attributes", item(*id, old)))
            }
            Op::WriteAll(ids, new, guarded, token) => {
                if let Some(token) = token {
                    if self.tokens.contains(token) && self.bug != Bug::DoneTwice {
                        return Answer::Done;
                    }
                    self.tokens.push(*token);
                }
                let cancelled = *guarded && self.get(ids[0]).is_none();
                if !cancelled || self.errs(Bug::CancelledButDone) {
                    let last = ids.len() - 1;
                    for (place, id) in ids.iter().enumerate() {
                        if place == last && self.errs(Bug::HalfDone) {
                            continue;
                        }
                        if place == last && self.bug == Bug::TornWrite && call.end > at {
                            self.late.push((call.end, *id, *new));
                        } else {
                            self.set(at, *id, Some(*new));
                        }
                    }
                }
                if !cancelled {
                    return Answer::Done;
                }
                let reasons = serde_json::json!([{"Code": "ConditionalCheckFailed", "Message": "no"}, {"Code": "None"}]);
                refused("TransactionCanceledException", serde_json::json!({"CancellationReasons": reasons}))
            }
            Op::ReadAll(ids) => {
                let value = |(place, id): (usize, &u8)| {
                    let early = place == 0 && self.bug == Bug::TornRead;
                    let value = if early { self.as_of(*id, call.start) } else { self.get(*id) };
                    match item(*id, value) {
                        Some(item) => serde_json::json!({"Item": item}),
                        None => serde_json::json!({}),
                    }
                };
                let responses: Vec<_> = ids.iter().enumerate().map(value).collect();
                Answer::GotAll(serde_json::from_value(serde_json::json!({"Responses": responses})).unwrap())
            }
        }
    }
}
