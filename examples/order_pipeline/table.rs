//! The table of orders: written once each, counted, streamed.

use crate::access::{Access, Actor};
use crate::driven::Driven;
use crate::orders::Order;
use crate::world::{Settings, WorldError};
use aws_core::{Home, Quantity, Seed, Timestamp};
use dynamo_engine::{
    Arm, AttributeMap, AttributeValue, CreateTableRequest, DescribeStreamRequest, Engine, Error, Event,
    GetRecordsRequest, GetShardIteratorRequest, GlobalSecondaryIndex, Options, ProvisionedThroughput,
    PutItemRequest, QueryRequest, Request, Response, StreamRecord, Throttle, UpdateItemRequest, ValueType,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The table's name.
pub(crate) const TABLE: &str = "orders";
/// Its index by customer.
const BY_CUSTOMER: &str = "by-customer";
/// Write units a second of the table and of its index, for each thousand
/// orders.
pub(crate) const WRITES: i64 = 16;
/// Read units a second of the table and of its index, likewise.
pub(crate) const READS: i64 = 8;
/// Partitions of each; every one has its share of the units.
pub(crate) const PARTITIONS: usize = 4;

/// What became of a write.
pub(crate) enum Written {
    Stored,
    /// The order was there already.
    Duplicate,
    Throttled(Box<Throttle>),
}

/// Units that a partition of the table or of its index gave.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Used {
    pub(crate) units: Quantity,
    pub(crate) throttled: u64,
}

/// What the engine is told to be like: a table is there at once, and each
/// partition has its share of the units.
pub(crate) fn options() -> Options {
    Options {
        partitions: Some(PARTITIONS),
        admission: dynamo_engine::Admission::Even,
        ..Options::immediate()
    }
}

/// The table, and what it cost.
pub(crate) struct OrderTable {
    pub(crate) dynamo: Driven<Engine>,
    iterators: Vec<String>,
    /// Writes by arm and partition, since the last look and in all.
    pub(crate) lately: BTreeMap<(String, usize), Used>,
    pub(crate) in_all: BTreeMap<(String, usize), Used>,
}

impl OrderTable {
    pub(crate) fn new(
        home: Home,
        seed: &Seed,
        settings: Settings,
        now: Timestamp,
        owner: &Actor,
        scale: usize,
        access: &Rc<RefCell<Access>>,
    ) -> Result<Self, WorldError> {
        let (reads, writes) =
            (READS * i64::try_from(scale).unwrap_or(1), WRITES * i64::try_from(scale).unwrap_or(1));
        let dynamo = Driven::new(Engine::with_options(home, options()), seed, (), settings, access);
        let (lately, in_all) = Default::default();
        let mut table = Self { dynamo, iterators: Vec::new(), lately, in_all };
        let index = GlobalSecondaryIndex {
            provisioned_throughput: Some(ProvisionedThroughput::new(reads, writes)),
            ..GlobalSecondaryIndex::all(BY_CUSTOMER, "customer", Some("day"))
        };
        let create = CreateTableRequest::on_demand(TABLE, ("id", ValueType::S), None)
            .provisioned(reads, writes)
            .index(index, [("customer", ValueType::S), ("day", ValueType::S)])
            .stream("NEW_IMAGE");
        let Response::CreateTable(made) = table.call(now, owner, create)? else { return Ok(table) };
        let stream_arn = made.table_description.latest_stream_arn.unwrap_or_default();
        let describe = DescribeStreamRequest { stream_arn: stream_arn.clone(), ..Default::default() };
        let Response::DescribeStream(stream) = table.call(now, owner, describe)? else { return Ok(table) };
        for shard in stream.stream_description.shards {
            let request = GetShardIteratorRequest {
                stream_arn: stream_arn.clone(),
                shard_id: shard.shard_id,
                shard_iterator_type: "TRIM_HORIZON".into(),
                ..GetShardIteratorRequest::default()
            };
            if let Response::GetShardIterator(iterator) = table.call(now, owner, request)? {
                table.iterators.push(iterator.shard_iterator);
            }
        }
        Ok(table)
    }

    fn try_call(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        request: impl Into<Request>,
    ) -> Result<Result<Response, Error>, WorldError> {
        let (reply, log) = self.dynamo.call(now, actor, request)?;
        for (_, event) in log.events {
            match event {
                Event::Consumed { arm, partition, demand: dynamo_engine::Demand::Write, units, .. } => {
                    let name = arm_name(&arm);
                    for used in [&mut self.lately, &mut self.in_all] {
                        used.entry((name.clone(), partition)).or_default().units += units;
                    }
                }
                Event::Throttled(throttle) => {
                    let name = throttle.index.as_deref().unwrap_or("table").to_string();
                    for used in [&mut self.lately, &mut self.in_all] {
                        used.entry((name.clone(), throttle.partition)).or_default().throttled += 1;
                    }
                }
                _ => {}
            }
        }
        Ok(reply)
    }

    fn call(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        request: impl Into<Request>,
    ) -> Result<Response, WorldError> {
        Ok(self.try_call(now, actor, request)??)
    }

    fn write(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        request: impl Into<Request>,
    ) -> Result<Written, WorldError> {
        match self.try_call(now, actor, request)? {
            Ok(_) => Ok(Written::Stored),
            Err(Error::ConditionFailed { .. }) => Ok(Written::Duplicate),
            Err(Error::ThroughputExceeded { throttle }) => Ok(Written::Throttled(throttle)),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores an order, once.
    pub(crate) fn put(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        order: &Order,
        envelope: Vec<u8>,
    ) -> Result<Written, WorldError> {
        let item = AttributeMap(vec![
            ("id".into(), AttributeValue::s(order.id())),
            ("customer".into(), AttributeValue::s(&order.customer_id)),
            ("day".into(), AttributeValue::s(&order.order_date)),
            ("total".into(), AttributeValue::n(order.total())),
            ("envelope".into(), AttributeValue::B(envelope.into())),
        ]);
        self.write(now, actor, PutItemRequest::new(TABLE, item).condition("attribute_not_exists(id)"))
    }

    /// Counts an order: in one item for all, which remembers every one, or in
    /// one for each customer, which does not.
    pub(crate) fn count(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        order: &Order,
        in_one: bool,
        remembers: bool,
    ) -> Result<Written, WorldError> {
        let id = if in_one { "TOTAL".into() } else { format!("TOTAL#{}", order.customer_id) };
        let key = [("id", AttributeValue::s(id))];
        let request = if in_one && remembers {
            let entry = AttributeValue::M(AttributeMap(vec![
                ("order".into(), AttributeValue::s(order.id())),
                ("customer".into(), AttributeValue::s(&order.customer_id)),
                ("total".into(), AttributeValue::n(order.total())),
            ]));
            UpdateItemRequest::new(
                TABLE,
                key,
                "SET entries = list_append(if_not_exists(entries, :none), :entry) ADD orders :one, revenue :total",
            )
            .value(":entry", AttributeValue::L(vec![entry]))
            .value(":none", AttributeValue::L(vec![]))
        } else {
            UpdateItemRequest::new(TABLE, key, "ADD orders :one, revenue :total")
        };
        let request =
            request.value(":one", AttributeValue::n(1)).value(":total", AttributeValue::n(order.total()));
        self.write(now, actor, request)
    }

    /// What the stream has that was not read before.
    pub(crate) fn read_stream(
        &mut self,
        now: Timestamp,
        actor: &Actor,
    ) -> Result<Vec<StreamRecord>, WorldError> {
        let mut records = Vec::new();
        let mut next = Vec::new();
        for shard_iterator in std::mem::take(&mut self.iterators) {
            let request = GetRecordsRequest { shard_iterator, limit: None };
            if let Response::GetRecords(read) = self.call(now, actor, request)? {
                records.extend(read.records);
                next.extend(read.next_shard_iterator);
            }
        }
        self.iterators = next;
        Ok(records)
    }

    /// How many orders a customer has, by the index.
    pub(crate) fn orders_of(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        customer: &str,
    ) -> Result<usize, WorldError> {
        let mut query = QueryRequest::new(TABLE, "customer = :customer")
            .index(BY_CUSTOMER)
            .value(":customer", AttributeValue::s(customer));
        let mut count = 0;
        while let Response::Query(page) = self.call(now, actor, query.clone())? {
            count += usize::try_from(page.count).unwrap_or_default();
            match page.last_evaluated_key {
                Some(key) => query.exclusive_start_key = Some(key.into()),
                None => break,
            }
        }
        Ok(count)
    }
}

fn arm_name(arm: &Arm) -> String {
    match arm {
        Arm::Table => "table".into(),
        Arm::Global(name) | Arm::Local(name) => name.to_string(),
    }
}
