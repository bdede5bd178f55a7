//! The operations, one file per family.
//!
//! Each request type implements [`aws_core::Operation`]: what is checked
//! before permission, what must be permitted, and the rest. `[DDB-16.0]`

mod account;
mod backup;
mod batch;
mod create;
mod execute;
mod item;
mod legacy;
mod lifecycle;
mod members;
mod page;
mod policy;
pub(crate) mod prepare;
mod query;
mod replica;
mod scan;
mod statement;
mod stream;
mod tags;
pub(crate) mod transact;
mod ttl;
mod update_table;
mod vector;
mod write;

pub(crate) use item::Wanted;

use crate::api::{Capacity, ConsumedCapacity};
use crate::capacity::Demand;
use crate::expr::{Fault, Layer, What};
use crate::item::Item;
use crate::table::{Consumed, Table};
use crate::value::{AttributeMap, DEPTH};
use crate::*;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Quantity};

aws_core::operations! {
    /// Any call's input.
    ///
    /// ```
    /// use dynamo_engine::{AttributeValue, GetItemRequest, Request};
    /// let request = Request::from(GetItemRequest::new("t", [("pk", AttributeValue::s("a"))]));
    /// assert_eq!(request.name(), "GetItem");
    /// let text = r#"{"GetItem":{"TableName":"t","Key":{"pk":{"S":"a"}}}}"#;
    /// assert_eq!(serde_json::to_string(&request)?, text);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub enum Request -> Response for Engine {
        /// Runs up to 25 PartiQL statements, each by itself. `[DDB-12.7]`
        ///
        /// # Errors
        /// Reads and writes together, one item twice; what is wrong with a
        /// statement by itself is its own answer.
        BatchExecuteStatement(BatchExecuteStatementRequest) -> BatchExecuteStatementResult
            = batch_execute_statement;
        /// Gets up to 100 items by their keys. `[DDB-10.1]`
        ///
        /// # Errors
        /// Keys and projections that DynamoDB does not take, or no such table.
        BatchGetItem(BatchGetItemRequest) -> BatchGetItemResult = batch_get_item;
        /// Puts and deletes up to 25 items, each on its own. `[DDB-10.3]`
        ///
        /// # Errors
        /// Any bad request of the batch refuses it whole.
        BatchWriteItem(BatchWriteItemRequest) -> BatchWriteItemResult = batch_write_item;
        /// Lets go of a transaction that was prepared. Not AWS's. `[DDB-11.8]`
        ///
        /// # Errors
        /// Nothing was prepared under the name.
        CancelTransaction(CancelTransactionRequest) -> () = cancel_transaction;
        /// Does what was prepared. Not AWS's. `[DDB-11.8]`
        ///
        /// # Errors
        /// Nothing was prepared under the name, or there are no units for it.
        CommitTransaction(CommitTransactionRequest) -> TransactWriteItemsResult = commit_transaction;
        /// Backs a table up. `[DDB-15.4]`
        ///
        /// # Errors
        /// No such table, or not now.
        CreateBackup(CreateBackupRequest) -> CreateBackupResult = create_backup;
        /// Creates a table. `[DDB-4.2]`
        ///
        /// # Errors
        /// Definitions that do not fit together, and a name that is taken.
        CreateTable(CreateTableRequest) -> CreateTableResult = create_table;
        /// Deletes a backup. `[DDB-15.4]`
        ///
        /// # Errors
        /// No such backup.
        DeleteBackup(DeleteBackupRequest) -> BackupResult = delete_backup;
        /// Deletes an item, if the condition holds. `[DDB-8.2]`
        ///
        /// # Errors
        /// Bad keys and expressions, a false condition, throttling.
        DeleteItem(DeleteItemRequest) -> WriteItemResult = delete_item;
        /// Takes a resource policy away.
        ///
        /// # Errors
        /// No such table or stream, another revision.
        DeleteResourcePolicy(DeleteResourcePolicyRequest) -> ResourcePolicyRevision = delete_resource_policy;
        /// Deletes a table with everything in it. `[DDB-4.4.5]`
        ///
        /// # Errors
        /// No such table, or it is protected or changing.
        DeleteTable(DeleteTableRequest) -> DeleteTableResult = delete_table;
        /// Brings another Region's write to a replica. Not AWS's.
        /// `[DDB-15.1]`
        ///
        /// # Errors
        /// No such table, or it is no replica.
        DeliverReplicaMessage(DeliverReplicaMessageRequest) -> DeliverReplicaMessageResult
            = deliver_replica_message;
        /// Describes a backup. `[DDB-15.4]`
        ///
        /// # Errors
        /// No such backup.
        DescribeBackup(DescribeBackupRequest) -> BackupResult = describe_backup;
        /// Says whether a table can be restored. `[DDB-15.4]`
        ///
        /// # Errors
        /// No such table.
        DescribeContinuousBackups(DescribeContinuousBackupsRequest) -> DescribeContinuousBackupsResult
            = describe_continuous_backups;
        /// Says where to call.
        ///
        /// # Errors
        /// None.
        DescribeEndpoints(DescribeEndpointsRequest) -> DescribeEndpointsResult = describe_endpoints;
        /// Says what an account may provision. `[DDB-4.4.17]`
        ///
        /// # Errors
        /// None.
        DescribeLimits(DescribeLimitsRequest) -> DescribeLimitsResult = describe_limits;
        /// Describes a stream and its shards. `[DDB-13.8]`
        ///
        /// # Errors
        /// No such stream.
        DescribeStream(DescribeStreamRequest) -> DescribeStreamResult = describe_stream;
        /// Describes a table. `[DDB-4.4.1]`
        ///
        /// # Errors
        /// No such table.
        DescribeTable(DescribeTableRequest) -> DescribeTableResult = describe_table;
        /// Says whether items expire. `[DDB-14.4]`
        ///
        /// # Errors
        /// No such table.
        DescribeTimeToLive(DescribeTimeToLiveRequest) -> DescribeTimeToLiveResult = describe_time_to_live;
        /// Runs a PartiQL statement. `[DDB-12.3]`
        ///
        /// # Errors
        /// Statements that are not well formed, false conditions, throttling.
        ExecuteStatement(ExecuteStatementRequest) -> ExecuteStatementResult = execute_statement;
        /// Runs up to 100 PartiQL statements, all or none. `[DDB-12.8]`
        ///
        /// # Errors
        /// Statements that are not well formed, or a cancellation that says
        /// which failed.
        ExecuteTransaction(ExecuteTransactionRequest) -> ExecuteTransactionResult = execute_transaction;
        /// Gets an item. `[DDB-8.3]`
        ///
        /// # Errors
        /// Bad keys and projections, throttling.
        GetItem(GetItemRequest) -> GetItemResult = get_item;
        /// Reads a shard of a stream. `[DDB-13.7]`
        ///
        /// # Errors
        /// An iterator that is none, expired or points to trimmed records.
        GetRecords(GetRecordsRequest) -> GetRecordsResult = get_records;
        /// Reads a resource policy.
        ///
        /// # Errors
        /// No such table or stream, or it has none.
        GetResourcePolicy(GetResourcePolicyRequest) -> GetResourcePolicyResult = get_resource_policy;
        /// Says where in a shard to read. `[DDB-13.6]`
        ///
        /// # Errors
        /// No such stream or shard.
        GetShardIterator(GetShardIteratorRequest) -> GetShardIteratorResult = get_shard_iterator;
        /// Another Region begins to write an item. Not AWS's. `[DDB-15.2]`
        ///
        /// # Errors
        /// No such table, or no replica with strong consistency.
        HoldReplicaItem(HoldReplicaItemRequest) -> () = hold_replica_item;
        /// Makes a table a replica. Not AWS's. `[DDB-15.1]`
        ///
        /// # Errors
        /// No such table; it is one already; what strong consistency does not
        /// go with.
        JoinGlobalTable(JoinGlobalTableRequest) -> () = join_global_table;
        /// The backups of this account and Region. `[DDB-15.4]`
        ///
        /// # Errors
        /// A bad page size or kind.
        ListBackups(ListBackupsRequest) -> ListBackupsResult = list_backups;
        /// The streams of this account and Region. `[DDB-13.8]`
        ///
        /// # Errors
        /// A bad page size.
        ListStreams(ListStreamsRequest) -> ListStreamsResult = list_streams;
        /// The tables of this account and Region. `[DDB-4.4.12]`
        ///
        /// # Errors
        /// A bad page size or name.
        ListTables(ListTablesRequest) -> ListTablesResult = list_tables;
        /// Reads a table's tags. `[DDB-4.4.15]`
        ///
        /// # Errors
        /// Not the ARN of a table.
        ListTagsOfResource(ListTagsOfResourceRequest) -> ListTagsOfResourceResult = list_tags_of_resource;
        /// Checks a transaction and holds its items until it is committed or
        /// cancelled. Not AWS's. `[DDB-11.8]`
        ///
        /// # Errors
        /// As TransactWriteItems; the name is in use.
        PrepareTransaction(PrepareTransactionRequest) -> () = prepare_transaction;
        /// Puts an item in the place of what is there, if the condition
        /// holds. `[DDB-8.1]`
        ///
        /// # Errors
        /// Bad values and expressions, a false condition, throttling.
        PutItem(PutItemRequest) -> WriteItemResult = put_item;
        /// Gives a table or stream a resource policy.
        ///
        /// # Errors
        /// No such table or stream, another revision, no JSON.
        PutResourcePolicy(PutResourcePolicyRequest) -> ResourcePolicyRevision = put_resource_policy;
        /// Reads the items of one partition key in order. `[DDB-9.14]`
        ///
        /// # Errors
        /// Bad conditions, start keys and projections, throttling.
        Query(QueryRequest) -> ReadResult = query;
        /// Makes a table of a backup. `[DDB-15.4]`
        ///
        /// # Errors
        /// No such backup, or the name is taken.
        RestoreTableFromBackup(RestoreTableFromBackupRequest) -> RestoreTableResult = restore_table_from_backup;
        /// Makes a table of what another was at some time. `[DDB-15.4]`
        ///
        /// # Errors
        /// Its past is not kept, or not so far back; the name is taken.
        RestoreTableToPointInTime(RestoreTableToPointInTimeRequest) -> RestoreTableResult
            = restore_table_to_point_in_time;
        /// Reads all items. `[DDB-9.15]`
        ///
        /// # Errors
        /// Bad filters, start keys and projections, throttling.
        Scan(ScanRequest) -> ReadResult = scan;
        /// Finds the items nearest to a vector. `[DDB-5.10]`
        ///
        /// # Errors
        /// No such index, one that is being filled, vectors of another length.
        SearchVectors(SearchVectorsRequest) -> SearchVectorsResult = search_vectors;
        /// Adds tags. `[DDB-4.4.15]`
        ///
        /// # Errors
        /// Tags that DynamoDB does not take, or too many.
        TagResource(TagResourceRequest) -> () = tag_resource;
        /// Gets up to 100 items as they are at one moment. `[DDB-11.11]`
        ///
        /// # Errors
        /// Bad keys and projections, or a cancellation that says which.
        TransactGetItems(TransactGetItemsRequest) -> TransactGetItemsResult = transact_get_items;
        /// Writes up to 100 items, all or none. `[DDB-11.1]`
        ///
        /// # Errors
        /// Bad actions, or a cancellation that says which failed.
        TransactWriteItems(TransactWriteItemsRequest) -> TransactWriteItemsResult = transact_write_items;
        /// Removes tags. `[DDB-4.4.15]`
        ///
        /// # Errors
        /// No keys, or not the ARN of a table.
        UntagResource(UntagResourceRequest) -> () = untag_resource;
        /// Keeps a table's past, or not any more. `[DDB-15.4]`
        ///
        /// # Errors
        /// No such table.
        UpdateContinuousBackups(UpdateContinuousBackupsRequest) -> DescribeContinuousBackupsResult
            = update_continuous_backups;
        /// Changes an item or makes one, if the condition holds. `[DDB-8.4]`
        ///
        /// # Errors
        /// Bad keys and expressions, a false condition, throttling.
        UpdateItem(UpdateItemRequest) -> WriteItemResult = update_item;
        /// Changes a table: how it is paid, its global indexes, its stream.
        /// `[DDB-4.4.6]`
        ///
        /// # Errors
        /// Changes that do not go together, or change nothing.
        UpdateTable(UpdateTableRequest) -> UpdateTableResult = update_table;
        /// Lets items expire, or not any more. `[DDB-14.1]`
        ///
        /// # Errors
        /// It is so already, or was changed a moment ago.
        UpdateTimeToLive(UpdateTimeToLiveRequest) -> UpdateTimeToLiveResult = update_time_to_live;
    }
}

/// Bytes of an item. `[DDB-2.5.1]`
pub(crate) const ITEM_MAX: u64 = 409_600;

/// The table that a call names, which may not exist. Public because
/// `Operation::Target` is; nobody outside can name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub(crate) name: Arc<str>,
    /// The ARN that was given, if it was one.
    arn: Option<Box<str>>,
}

impl Named {
    /// A name or an ARN of this account and Region. `[DDB-1.9]`
    fn new(engine: &Engine, text: &str) -> Self {
        if text.starts_with("arn:")
            && let Some((home, name)) = text.split_once(":table/")
        {
            let own = engine.home().arn("dynamodb", "");
            // A table of somebody else is not in this engine.
            let name = if own.trim_end_matches(':') == home { name } else { "" };
            return Self { name: name.into(), arn: Some(text.into()) };
        }
        let known = engine.tables().get_key_value(text).map(|(name, _)| name.clone());
        Self { name: known.unwrap_or_else(|| text.into()), arn: None }
    }

    fn arn(&self, engine: &Engine) -> String {
        match &self.arn {
            Some(arn) => String::from(&**arn),
            None => engine.home().arn("dynamodb", &format!("table/{}", self.name)),
        }
    }

    /// What must be allowed to do `action` with it. `[DDB-16.0]`
    fn needs(&self, engine: &Engine, action: &str) -> AuthzRequest {
        let arn = self.arn(engine);
        let policy = engine.policies().get(&arn).map(|policy| policy.text.clone());
        AuthzRequest::new(format!("dynamodb:{action}"), arn).with_resource_policy(policy)
    }

    fn needs_index(&self, engine: &Engine, action: &str, index: Option<&str>) -> AuthzRequest {
        match index {
            None => self.needs(engine, action),
            Some(index) => {
                let mut own = self.needs(engine, action);
                own.resources = Vec::from([format!("{}/index/{index}", self.arn(engine))]);
                own
            }
        }
    }
}

/// The partition key values of a call, as policies see them.
fn leading_keys(
    request: AuthzRequest,
    engine: &Engine,
    name: &str,
    keys: Option<&AttributeMap>,
) -> AuthzRequest {
    let hash = engine.table(name).ok().map(|table| table.definition.schema.hash.name.clone());
    let value = keys.zip(hash).and_then(|(keys, hash)| {
        keys.0.iter().find(|(name, _)| **name == *hash).and_then(|(_, value)| match value {
            AttributeValue::S(text) | AttributeValue::N(text) => Some(text.clone()),
            _ => None,
        })
    });
    match value {
        Some(value) => request.with_context("dynamodb:LeadingKeys", [value]),
        None => request,
    }
}

/// The refusal of a request in the words of its layer.
fn refuse<T>(layer: Layer, what: What) -> Result<T, Error> {
    Err(Error::Invalid { fault: Box::new(Fault { layer, what }) })
}

/// The stored form of an item or key.
fn checked(layer: Layer, sent: AttributeMap) -> Result<Item, Error> {
    Item::try_from(sent).or_else(|fault| refuse(layer, What::Value(fault)))
}

/// The stored form of one value.
fn checked_value(layer: Layer, sent: AttributeValue) -> Result<Value, Error> {
    let checked = if sent.deeper_than(DEPTH) { Err(ValueFault::TooDeep) } else { sent.check() };
    checked.or_else(|fault| refuse(layer, What::Value(fault)))
}

/// Refuses expression and legacy parameters together. `[DDB-7.1]`
fn check_legacy(
    layer: Layer,
    legacy: &[(&'static str, bool)],
    expressions: &[(&'static str, bool)],
) -> Result<(), Error> {
    let given = |all: &[(&'static str, bool)]| -> Vec<&'static str> {
        all.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect()
    };
    let (legacy, expressions) = (given(legacy), given(expressions));
    if legacy.is_empty() || expressions.is_empty() {
        return Ok(());
    }
    refuse(layer, What::Mixed(legacy, expressions))
}

/// Refuses placeholders without any expression to use them. `[DDB-6.2]`
fn check_placeholders_wanted(
    layer: Layer,
    names: (bool, bool),
    values: (bool, bool, &'static str),
) -> Result<(), Error> {
    if names.0 && !names.1 {
        return refuse(layer, What::NamesWithoutExpression);
    }
    if values.0 && !values.1 {
        return refuse(layer, What::ValuesWithoutExpression(values.2));
    }
    Ok(())
}

fn units(quantity: Quantity) -> f64 {
    quantity.thousandths() as f64 / 1_000.0
}

/// What a call cost, as far as it asks: the table's arm is there even when
/// only an index was read. `[DDB-16.1]` `[CAP-7]` `[CAP-19]` `[CAP-21]` `[CAP-38]`
fn report(table: &Table, consumed: &Consumed, asked: Option<&str>, named: &str) -> Option<ConsumedCapacity> {
    let detailed = match asked {
        Some("TOTAL") => false,
        Some("INDEXES") => true,
        _ => return None,
    };
    let indexes = |global: bool| {
        let mut parts = BTreeMap::new();
        for (place, quantity) in &consumed.indexes {
            let Some(index) = table.indexes.get(*place).filter(|index| index.definition.global == global)
            else {
                continue;
            };
            let name = index.definition.name.to_string();
            parts.insert(name, Capacity { capacity_units: units(*quantity), ..Capacity::default() });
        }
        Some(parts).filter(|parts| detailed && !parts.is_empty())
    };
    Some(ConsumedCapacity {
        table_name: named.into(),
        capacity_units: units(consumed.total()),
        table: detailed.then(|| Capacity { capacity_units: units(consumed.table), ..Capacity::default() }),
        local_secondary_indexes: indexes(false),
        global_secondary_indexes: indexes(true),
        ..ConsumedCapacity::default()
    })
}

/// The same of a transaction, which says what kind of units they are.
/// `[CAP-39]` `[CAP-40]`
fn transactional(mut report: ConsumedCapacity, demand: Demand) -> ConsumedCapacity {
    let reads = demand == Demand::Read;
    let kinds = |units: f64| if reads { (Some(units), None) } else { (None, Some(units)) };
    (report.read_capacity_units, report.write_capacity_units) = kinds(report.capacity_units);
    let locals = report.local_secondary_indexes.iter_mut().flatten();
    let globals = report.global_secondary_indexes.iter_mut().flatten();
    let arms = report.table.iter_mut().chain(locals.chain(globals).map(|(_, arm)| arm));
    for arm in arms {
        (arm.read_capacity_units, arm.write_capacity_units) = kinds(arm.capacity_units);
    }
    report
}
