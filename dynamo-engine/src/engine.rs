//! All tables of one account in one Region.

use crate::expr::Layer;
use crate::key::Key;
use crate::table::backup::Backup;
use crate::table::stream::Stream;
use crate::table::{SavedTable, Status, Table};
use crate::{Admission, Error, Event, Request, Response, TransactWriteItemsRequest};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{
    AuthzRequest, Cx, Home, Quantity, SeedStream, Sink, Snapshot, SnapshotError, Span, Timestamp,
};
use serde::{Deserialize, Serialize};

/// DynamoDB for one account in one Region, without I/O, clock or randomness.
///
/// Every API operation is a method. Time, entropy and caller arrive with the
/// call; the same calls give the same replies.
///
/// ```
/// use aws_core::{AwsError, Caller, Calls, Home, Timestamp};
/// use dynamo_engine::{AttributeValue, CreateTableRequest, Engine, Options, PutItemRequest, ValueType};
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("orders", ("id", ValueType::S), None))?;
///
/// let put = PutItemRequest::new("orders", [("id", AttributeValue::s("o-1"))]).condition("attribute_not_exists(id)");
/// dynamo.put_item(calls.cx(), put.clone())?;
/// let refusal = dynamo.put_item(calls.cx(), put).unwrap_err();
/// assert_eq!(refusal.shape(), "ConditionalCheckFailedException");
/// assert_eq!(refusal.to_string(), "The conditional request failed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    home: Home,
    options: Options,
    now: Timestamp,
    tables: BTreeMap<Arc<str>, Table>,
    /// Streams of deleted tables, which can still be read for a day.
    closed_streams: Vec<Stream>,
    /// When tables become active or vanish.
    deadlines: BTreeSet<(Timestamp, Arc<str>)>,
    /// Transactions that were done, by their tokens. `[DDB-11.9]`
    tokens: BTreeMap<String, Token>,
    /// Transactions that are half done, by their names. `[DDB-11.8]`
    prepared: BTreeMap<String, TransactWriteItemsRequest>,
    /// The items that they hold.
    held: BTreeMap<String, Vec<(Arc<str>, Key)>>,
    /// By their ARNs. `[DDB-15.4]`
    backups: BTreeMap<String, Backup>,
    /// By the ARNs of tables and streams.
    policies: BTreeMap<String, ResourcePolicy>,
}

/// A resource policy, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResourcePolicy {
    pub(crate) text: String,
    pub(crate) revision: String,
}

/// A transaction that a token stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    digest: [u8; 16],
    until: Timestamp,
    /// What reading its items costs, by table.
    reads: BTreeMap<String, Quantity>,
}

/// How long a token stands for its transaction. `[DDB-11.9]`
const TOKEN_LIFE: Span = Span::from_minutes(10);

/// Choices that AWS leaves open, varies by Region or raises on request.
///
/// ```
/// use dynamo_engine::Options;
/// assert_eq!(Options::default().creation.as_seconds(), 6);
/// assert_eq!(Options::immediate().creation.as_seconds(), 0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// How long a new table is CREATING. `[DDB-4.4.19]`
    pub creation: Span,
    /// How long a deleted table is DELETING. `[DDB-4.4.19]`
    pub deletion: Span,
    /// How long a table is UPDATING. `[DDB-4.4.19]`
    pub update: Span,
    /// How long a new global index is CREATING, and cannot be read.
    /// `[DDB-4.4.10]` `[DDB-4.4.19]`
    pub index_creation: Span,
    /// How long after its time an expired item is deleted. AWS promises a few
    /// days; ten to thirty minutes are observed. `[DDB-14.3]`
    pub expiry_lag: Span,
    /// How soon time to live may be changed again. `[DDB-14.1]`
    pub ttl_cooldown: Span,
    /// What DescribeEndpoints answers; `None` for AWS's own host.
    pub address: Option<String>,
    /// Partitions of each table and global index. Without it a new on-demand
    /// table has four and a provisioned one what its throughput needs.
    /// `[CAP-3.10]` `[CAP-3.12]`
    pub partitions: Option<usize>,
    /// How provisioned throughput is shared among partitions.
    pub admission: Admission,
    /// Seconds of throughput that a new table may use at once.
    pub initial_burst: u32,
    /// Whether calls are ever throttled.
    pub throttling: bool,
    /// Whether the size of an update's statement counts. `[DDB-2.5.4]`
    pub item_size_rule: ItemSizeRule,
    /// Whether a Query that finds nothing costs a block. `[CAP-14]`
    pub empty_page_minimum: bool,
    /// In whose words bad values and expressions are refused. `[DDB-0.1]`
    pub wording: Wording,
    /// How late writes arrive where they need not be seen at once.
    pub lag: Lag,
}

/// How late writes arrive: where AWS promises consistency only eventually,
/// usually within a second. By default at once. `[DDB-5.9]`
///
/// ```
/// use aws_core::{Caller, Cx, Home, Seed, Span, Timestamp};
/// use dynamo_engine::{AttributeValue, CreateTableRequest, Engine, GetItemRequest, Lag, Options, PutItemRequest, ValueType};
///
/// let lag = Lag { reads: Span::from_millis(20), ..Lag::default() };
/// let options = Options { lag, ..Options::immediate() };
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, options);
/// let who = Caller::anonymous();
/// let at = |ms| Cx::new(Timestamp::from_millis(ms), Seed::counter(ms as u64), &who);
/// dynamo.create_table(at(0), CreateTableRequest::on_demand("tab", ("pk", ValueType::S), None))?;
/// dynamo.put_item(at(100), PutItemRequest::new("tab", [("pk", AttributeValue::s("a"))]))?;
/// let get = GetItemRequest::new("tab", [("pk", AttributeValue::s("a"))]);
/// let strong = GetItemRequest { consistent_read: Some(true), ..get.clone() };
/// assert!(dynamo.get_item(at(110), get.clone())?.item.is_none());
/// assert!(dynamo.get_item(at(110), strong)?.item.is_some());
/// assert!(dynamo.get_item(at(120), get)?.item.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lag {
    /// Until reads of a table see a write that need not be consistent.
    pub reads: Span,
    /// Until a global index has a write's entry.
    pub indexes: Span,
    /// Whether each write takes any time up to these, by its call's entropy;
    /// none overtakes another.
    pub sampled: bool,
}

impl Lag {
    /// How long one write takes to the indexes, and to reads.
    pub(crate) fn after(&self, seed: &mut SeedStream) -> (Span, Span) {
        if !self.sampled {
            return (self.indexes, self.reads);
        }
        let mut some = |most: Span| {
            let [one, two] = seed.bytes::<2>();
            let part = i64::from(u16::from_le_bytes([one, two]));
            Span::from_millis(most.as_millis() * part / 65_535)
        };
        (some(self.indexes), some(self.reads))
    }
}

/// AWS moves its operations to a new layer of validation, with other texts,
/// operation by operation and Region by Region. `[DDB-0.1]`
///
/// ```
/// use aws_core::{Caller, Calls, Home, Timestamp};
/// use dynamo_engine::{AttributeValue, CreateTableRequest, Engine, Options, PutItemRequest, ValueType, Wording};
///
/// let says = |wording| {
///     let options = Options { wording, ..Options::immediate() };
///     let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
///     let mut calls = Calls::new(Timestamp::from_seconds(1), Caller::anonymous());
///     dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("tab", ("pk", ValueType::S), None)).unwrap();
///     let twice = AttributeValue::Ss(vec!["b".into(), "a".into(), "b".into()]);
///     let put = PutItemRequest::new("tab", [("pk", AttributeValue::s("x")), ("s", twice)]);
///     dynamo.put_item(calls.cx(), put).unwrap_err().to_string()
/// };
/// assert!(says(Wording::Current).ends_with(r#"Input collection ["a", "b", "b"] contains duplicates."#));
/// assert!(says(Wording::Classic).ends_with("Input collection [b, a, b] contains duplicates."));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Wording {
    /// As `us-east-1` answered in October 2026: the writes and reads of items
    /// from the new layer; Scan, BatchWriteItem and transactions from the old.
    #[default]
    Current,
    /// All from the old one. What the API model asks of members is worded as
    /// today.
    Classic,
    /// All from the new one.
    Framework,
}

impl Wording {
    /// The layer that an operation answers from, if today it is this one.
    pub(crate) fn of(self, today: Layer) -> Layer {
        match (self, today) {
            (Self::Current, layer) => layer,
            (Self::Classic, _) => Layer::Classic,
            (Self::Framework, Layer::Classic) => Layer::Bare,
            (Self::Framework, layer) => layer,
        }
    }
}

/// What UpdateItem holds against the limit of 400 KB. `[DDB-2.5.4]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemSizeRule {
    /// The item and the statement: 22 Regions, `us-east-1` among them.
    Statement,
    /// The item alone: ten Regions, `eu-west-1` among them.
    Flat,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            creation: Span::from_seconds(6),
            deletion: Span::from_seconds(6),
            update: Span::from_seconds(6),
            index_creation: Span::from_minutes(8),
            expiry_lag: Span::from_minutes(10),
            ttl_cooldown: Span::from_minutes(30),
            address: None,
            partitions: None,
            admission: Admission::Global,
            initial_burst: 0,
            throttling: true,
            item_size_rule: ItemSizeRule::Statement,
            empty_page_minimum: true,
            wording: Wording::Current,
            lag: Lag::default(),
        }
    }
}

impl Options {
    /// The default ones, but tables and indexes are there and gone at once.
    #[must_use]
    pub fn immediate() -> Self {
        let (creation, deletion) = (Span::ZERO, Span::ZERO);
        Self { creation, deletion, update: Span::ZERO, index_creation: Span::ZERO, ..Self::default() }
    }
}

impl Engine {
    /// An engine without tables.
    #[must_use]
    pub fn new(home: Home) -> Self {
        Self::with_options(home, Options::default())
    }

    /// An engine without tables, with other choices than the default ones.
    #[must_use]
    pub fn with_options(home: Home, options: Options) -> Self {
        Self {
            home,
            options,
            now: Timestamp::from_millis(i64::MIN),
            tables: BTreeMap::new(),
            closed_streams: Vec::new(),
            deadlines: BTreeSet::new(),
            tokens: BTreeMap::new(),
            prepared: BTreeMap::new(),
            held: BTreeMap::new(),
            backups: BTreeMap::new(),
            policies: BTreeMap::new(),
        }
    }

    /// The account and Region the tables are in.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The choices made for it.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The table that the data plane can use. `[DDB-4.1.3]` `[DDB-4.4.4]`
    pub(crate) fn table(&self, name: &str) -> Result<&Table, Error> {
        self.tables.get(name).filter(|table| table.is_active()).ok_or(Error::UnknownTable)
    }

    pub(crate) fn table_mut(&mut self, name: &str) -> Result<&mut Table, Error> {
        self.tables.get_mut(name).filter(|table| table.is_active()).ok_or(Error::UnknownTable)
    }

    /// The table in whatever state, to the control plane.
    pub(crate) fn any_table(&self, name: &str) -> Result<&Table, Error> {
        self.tables.get(name).ok_or_else(|| Error::TableNotFound { table: name.into() })
    }

    pub(crate) fn tables(&self) -> &BTreeMap<Arc<str>, Table> {
        &self.tables
    }

    pub(crate) fn backups(&self) -> &BTreeMap<String, Backup> {
        &self.backups
    }

    pub(crate) fn backups_mut(&mut self) -> &mut BTreeMap<String, Backup> {
        &mut self.backups
    }

    pub(crate) fn policies(&self) -> &BTreeMap<String, ResourcePolicy> {
        &self.policies
    }

    pub(crate) fn policies_mut(&mut self) -> &mut BTreeMap<String, ResourcePolicy> {
        &mut self.policies
    }

    /// Refuses to touch an item that a prepared transaction holds.
    /// `[DDB-11.8]`
    pub(crate) fn check_free(&self, table: &str, key: &Key) -> Result<(), Error> {
        let replica = self.tables.get(table).and_then(|table| table.replica.as_ref());
        // [DDB-15.2]
        if replica.is_some_and(|replica| replica.held.contains_key(key)) {
            return Err(Error::ReplicatedWriteConflict);
        }
        if self.is_held(table, key) { Err(Error::TransactionConflict) } else { Ok(()) }
    }

    pub(crate) fn is_held(&self, table: &str, key: &Key) -> bool {
        self.held.values().flatten().any(|(other, held)| **other == *table && held == key)
    }

    pub(crate) fn is_prepared(&self, id: &str) -> bool {
        self.prepared.contains_key(id)
    }

    /// Whether the transaction of a token is prepared and not over.
    /// `[DDB-11.9]`
    pub(crate) fn is_in_flight(&self, token: &str) -> bool {
        self.prepared.values().any(|transaction| transaction.client_request_token.as_deref() == Some(token))
    }

    /// Holds the items of a transaction.
    pub(crate) fn hold(
        &mut self,
        id: String,
        transaction: TransactWriteItemsRequest,
        keys: Vec<(Arc<str>, Key)>,
    ) {
        self.held.insert(id.clone(), keys);
        self.prepared.insert(id, transaction);
    }

    /// Lets go of them.
    pub(crate) fn release(&mut self, id: &str) -> Option<TransactWriteItemsRequest> {
        self.held.remove(id);
        self.prepared.remove(id)
    }

    /// What the transaction of a token costs to repeat, if it was done.
    /// `[DDB-11.9]`
    ///
    /// # Errors
    /// The token stands for another one.
    pub(crate) fn repeated(
        &self,
        token: &str,
        digest: [u8; 16],
    ) -> Result<Option<BTreeMap<String, Quantity>>, Error> {
        let Some(known) = self.tokens.get(token).filter(|known| self.now < known.until) else {
            return Ok(None);
        };
        if known.digest != digest {
            return Err(Error::OtherParameters);
        }
        Ok(Some(known.reads.clone()))
    }

    /// A transaction was done under this token.
    pub(crate) fn remember(&mut self, token: String, digest: [u8; 16], reads: BTreeMap<String, Quantity>) {
        let now = self.now;
        self.tokens.retain(|_, known| now < known.until);
        self.tokens.insert(token, Token { digest, until: now + TOKEN_LIFE, reads });
    }

    /// All streams that can be read, oldest first.
    pub(crate) fn streams(&self) -> impl Iterator<Item = &Stream> {
        let closed = self.closed_streams.iter().filter(|stream| stream.is_readable(self.now));
        closed.chain(self.tables.values().filter_map(|table| table.stream.as_ref()))
    }

    /// Adds a table, which becomes active when its time has come.
    pub(crate) fn add_table<S: Sink<Event>>(&mut self, mut table: Table, sink: &mut S) {
        let name = table.definition.name.clone();
        // What a restored table begins with is everywhere at once.
        table.lag = self.options.lag;
        table.lag_again(Default::default(), Default::default(), table.lag.reads > Span::ZERO);
        self.tables.insert(name.clone(), table);
        self.schedule(name, self.options.creation, sink);
    }

    /// Begins to delete a table.
    pub(crate) fn delete_table_now<S: Sink<Event>>(&mut self, name: &str, sink: &mut S) {
        let until = self.now + self.options.deletion;
        let Some(table) = self.tables.get_mut(name) else { return };
        table.definition.status = Status::Deleting(until);
        let name = table.definition.name.clone();
        self.schedule(name, self.options.deletion, sink);
    }

    /// A stream gets no more records, but can be read for a day.
    /// `[DDB-13.9]`
    pub(crate) fn close_stream(&mut self, stream: Option<Stream>, at: Timestamp) {
        let Some(mut stream) = stream else { return };
        stream.closed = Some(at);
        self.closed_streams.retain(|stream| stream.is_readable(at));
        self.closed_streams.push(stream);
    }

    /// A table is UPDATING for so long.
    pub(crate) fn schedule_update<S: Sink<Event>>(&mut self, name: &str, span: Span, sink: &mut S) {
        if let Some(name) = self.tables.get(name).map(|table| table.definition.name.clone()) {
            self.schedule(name, span, sink);
        }
    }

    fn schedule<S: Sink<Event>>(&mut self, name: Arc<str>, span: Span, sink: &mut S) {
        if span <= Span::ZERO {
            self.fire(&name, self.now, sink);
        } else {
            self.deadlines.insert((self.now + span, name));
        }
    }

    /// The table whose item is deleted next because it expired, and when.
    /// `[DDB-14.5]`
    fn next_expiry(&self) -> Option<(Timestamp, Arc<str>)> {
        let lag = self.options.expiry_lag;
        let due = |(name, table): (&Arc<str>, &Table)| {
            let (at, _) = table.expiry.as_ref()?.first()?;
            Some((at + lag, name.clone()))
        };
        self.tables.iter().filter(|(_, table)| table.is_active()).filter_map(due).min()
    }

    /// When a table becomes active or vanishes next, or an item expires.
    fn next_event(&self) -> Option<Timestamp> {
        let expired = self.next_expiry().map(|(at, _)| at);
        let status = self.deadlines.first().map(|(at, _)| *at);
        status.into_iter().chain(expired).min()
    }

    /// When the next write arrives where it need not be at once, and of which
    /// table.
    fn next_arrival(&self) -> Option<(Timestamp, Arc<str>)> {
        if self.options.lag == Lag::default() {
            return None;
        }
        let due = |(name, table): (&Arc<str>, &Table)| Some((table.next_arrival()?, name.clone()));
        self.tables.iter().filter_map(due).min()
    }

    /// A table's time has come. `[DDB-4.4.4]`
    fn fire<S: Sink<Event>>(&mut self, name: &Arc<str>, at: Timestamp, sink: &mut S) {
        let Some(table) = self.tables.get_mut(name) else { return };
        match table.definition.status {
            Status::Creating(_) => {
                table.definition.status = Status::Active;
                sink.event(at, || Event::TableActive { table: name.clone() });
            }
            Status::Updating(_) => {
                table.definition.status = Status::Active;
                for index in &mut table.indexes {
                    index.definition.creating = false;
                }
                for index in &mut table.definition.vectors {
                    index.creating = false;
                }
                sink.event(at, || Event::TableActive { table: name.clone() });
            }
            Status::Active => {}
            Status::Deleting(_) => {
                // [DDB-13.9] Its stream stays readable for a day.
                let table = self.tables.remove(name);
                if let Some(table) = &table {
                    self.policies.remove(&*table.definition.arn);
                }
                let stream = table.and_then(|table| table.stream);
                self.close_stream(stream, at);
                sink.event(at, || Event::TableDeleted { table: name.clone() });
            }
        }
    }
}

/// The engine's state as data.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    home: Home,
    options: Options,
    now: Timestamp,
    tables: Vec<SavedTable>,
    closed_streams: Vec<Stream>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tokens: BTreeMap<String, Token>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    prepared: BTreeMap<String, TransactWriteItemsRequest>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    backups: BTreeMap<String, Backup>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    policies: BTreeMap<String, ResourcePolicy>,
}

/// The layout of [`Saved`].
const FORMAT: u32 = 1;

impl aws_core::Engine for Engine {
    const NAME: &'static str = "dynamo";
    type Request = Request;
    type Response = Response;
    type Error = Error;
    type Event = Event;
    type Snapshot = Snapshot;
    type Secret = ();

    fn apply<S: Sink<Event>>(&mut self, cx: Cx<'_, S>, request: Request) -> Result<Response, Error> {
        request.perform(self, cx)
    }

    fn authz<S>(&self, cx: &Cx<'_, S>, request: &Request) -> Result<Vec<AuthzRequest>, Error> {
        request.needs(self, cx.caller)
    }

    fn advance<S: Sink<Event>>(&mut self, now: Timestamp, mut sink: S) {
        if now <= self.now {
            return;
        }
        self.now = now;
        let region = self.home.region.clone();
        // In the order of their times, so that a table deletes nothing after
        // it is gone.
        loop {
            // [DDB-5.9] What is late arrives before anything else happens at
            // its time.
            let others = self.next_event();
            if let Some((at, name)) = self.next_arrival().filter(|(at, _)| *at <= now)
                && others.is_none_or(|other| at <= other)
            {
                if let Some(table) = self.tables.get_mut(&name) {
                    table.arrive(at);
                }
                continue;
            }
            let deadline = self.deadlines.first().map(|(at, _)| *at).filter(|at| *at <= now);
            let expired = self.next_expiry().filter(|(at, _)| *at <= now);
            match (deadline, expired) {
                (Some(at), expired) if expired.as_ref().is_none_or(|(other, _)| at <= *other) => {
                    if let Some((at, name)) = self.deadlines.pop_first() {
                        self.fire(&name, at, &mut sink);
                    }
                }
                (_, Some((at, name))) => {
                    let Some(table) = self.tables.get_mut(&name) else { break };
                    let Some(key) = table.expiry.as_ref().and_then(|expiry| expiry.first()) else { break };
                    let key = key.1.clone();
                    table.expire(key, at, region.as_str(), &mut sink);
                }
                (_, None) => break,
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        let arrival = self.next_arrival().map(|(at, _)| at);
        self.next_event().into_iter().chain(arrival).min()
    }

    fn snapshot(&self, (): &()) -> Snapshot {
        let saved = Saved {
            home: self.home.clone(),
            options: self.options.clone(),
            now: self.now,
            tables: self.tables.values().map(Table::save).collect(),
            closed_streams: self.closed_streams.clone(),
            tokens: self.tokens.clone(),
            prepared: self.prepared.clone(),
            backups: self.backups.clone(),
            policies: self.policies.clone(),
        };
        Snapshot::take(Self::NAME, FORMAT, env!("CARGO_PKG_VERSION"), &saved)
    }

    fn restore(snapshot: Snapshot, (): &()) -> Result<Self, SnapshotError> {
        let saved: Saved = snapshot.open(Self::NAME, FORMAT)?;
        let mut engine = Self::with_options(saved.home, saved.options);
        engine.now = saved.now;
        engine.closed_streams = saved.closed_streams;
        engine.tokens = saved.tokens;
        engine.backups = saved.backups;
        engine.policies = saved.policies;
        for table in saved.tables {
            let table =
                Table::load(table, saved.now, &engine.options.lag).map_err(SnapshotError::Invariant)?;
            let name = table.definition.name.clone();
            if let Status::Creating(at) | Status::Updating(at) | Status::Deleting(at) =
                table.definition.status
            {
                engine.deadlines.insert((at, name.clone()));
            }
            engine.tables.insert(name, table);
        }
        for (id, transaction) in saved.prepared {
            let keys = crate::ops::prepare::keys(&engine, &transaction)
                .map_err(|error| SnapshotError::Invariant(format!("{error}")))?;
            engine.hold(id, transaction, keys);
        }
        aws_core::Engine::verify(&engine).map_err(SnapshotError::Invariant)?;
        Ok(engine)
    }

    fn verify(&self) -> Result<(), String> {
        for (name, table) in &self.tables {
            table.verify()?;
            if *name != table.definition.name {
                return Err(format!("table {name} calls itself {}", table.definition.name));
            }
            if let Status::Creating(at) | Status::Updating(at) | Status::Deleting(at) =
                table.definition.status
                && (at <= self.now || !self.deadlines.contains(&(at, name.clone())))
            {
                return Err(format!("table {name} waits for a time that nobody watches"));
            }
        }
        let waiting = self.tables.values().filter(|table| table.definition.status != Status::Active).count();
        if waiting != self.deadlines.len() {
            return Err("a deadline belongs to no table".into());
        }
        Ok(())
    }

    fn access_denied(message: &str) -> Error {
        Error::AccessDenied { message: message.into() }
    }
}
