//! Calls that AWS does not have: what happens inside DynamoDB, step by step,
//! as the owner of a simulation wants it to. They are part of histories.

use super::TransactWriteItemsRequest;
use crate::item::Item;
use crate::value::AttributeMap;
use alloc::string::String;
use aws_core::Timestamp;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::prepare_transaction`](crate::Engine::prepare_transaction):
/// the first half of a TransactWriteItems, after which its items are held.
///
/// ```
/// use aws_core::{AwsError as _, Caller, Calls, Home, Timestamp};
/// use dynamo_engine::*;
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("seats", ("id", ValueType::S), None))?;
/// let seat = |who: &str| AttributeMap::from([("id", AttributeValue::s("12A")), ("who", AttributeValue::s(who))]);
///
/// let booking = TransactWriteItemsRequest::new([Put::new("seats", seat("ann")).into()]);
/// dynamo.prepare_transaction(calls.cx(), PrepareTransactionRequest::new("t-1", booking))?;
/// // Whoever writes the item meanwhile is told to try again; reads go on.
/// let refusal = dynamo.put_item(calls.cx(), PutItemRequest::new("seats", seat("bob"))).unwrap_err();
/// assert_eq!((refusal.shape(), refusal.to_string().as_str()), ("TransactionConflictException", "Transaction is ongoing for the item"));
/// dynamo.commit_transaction(calls.cx(), CommitTransactionRequest::new("t-1"))?;
/// dynamo.put_item(calls.cx(), PutItemRequest::new("seats", seat("bob")))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PrepareTransactionRequest {
    /// What the two halves have in common; the owner's choice.
    pub transaction_id: String,
    /// What is to be done, all or nothing.
    pub transaction: TransactWriteItemsRequest,
}

impl PrepareTransactionRequest {
    /// Prepares a transaction under this name.
    #[must_use]
    pub fn new(id: impl Into<String>, transaction: TransactWriteItemsRequest) -> Self {
        Self { transaction_id: id.into(), transaction }
    }
}

/// Input of [`Engine::commit_transaction`](crate::Engine::commit_transaction).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CommitTransactionRequest {
    /// As it was prepared.
    pub transaction_id: String,
}

impl CommitTransactionRequest {
    /// Does what was prepared under this name.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { transaction_id: id.into() }
    }
}

/// Input of [`Engine::cancel_transaction`](crate::Engine::cancel_transaction).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CancelTransactionRequest {
    /// As it was prepared.
    pub transaction_id: String,
}

impl CancelTransactionRequest {
    /// Lets go of what was prepared under this name.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { transaction_id: id.into() }
    }
}

/// Input of [`Engine::join_global_table`](crate::Engine::join_global_table):
/// makes the table a replica, in each Region's engine.
///
/// Every write then makes an [`Event::Replicate`](crate::Event::Replicate),
/// which the owner delivers to the other Regions' engines when and in what
/// order it likes.
///
/// ```
/// use aws_core::{Caller, Calls, Home, Recorder, Timestamp};
/// use dynamo_engine::*;
///
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// let mut regions = Vec::new();
/// for region in ["eu-west-1", "us-east-1"] {
///     let mut dynamo = Engine::with_options(Home::new(region, "111122223333")?, Options::immediate());
///     dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("tab", ("pk", ValueType::S), None))?;
///     dynamo.join_global_table(calls.cx(), JoinGlobalTableRequest::new("tab"))?;
///     regions.push(dynamo);
/// }
/// // Both write the item, and hear of each other only later.
/// let mut log = Recorder::default();
/// for (dynamo, who) in regions.iter_mut().zip(["ann", "bob"]) {
///     let item = [("pk", AttributeValue::s("seat")), ("who", AttributeValue::s(who))];
///     dynamo.put_item(calls.cx().sink(&mut log), PutItemRequest::new("tab", item))?;
/// }
/// for (_, event) in log.events {
///     if let Event::Replicate(message) = event {
///         for dynamo in &mut regions {
///             dynamo.deliver_replica_message(calls.cx(), DeliverReplicaMessageRequest::new((*message).clone()))?;
///         }
///     }
/// }
/// let get = GetItemRequest::new("tab", [("pk", AttributeValue::s("seat"))]);
/// let [one, two] = [0, 1].map(|at| regions[at].get_item(calls.cx(), get.clone()).unwrap().item);
/// assert!(one.is_some() && one == two);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct JoinGlobalTableRequest {
    /// The table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// `EVENTUAL`, or `STRONG`: then the owner holds an item in the other
    /// Regions, lets the write happen, and delivers it before it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multi_region_consistency: Option<String>,
}

impl JoinGlobalTableRequest {
    /// Makes a table a replica that hears of others eventually.
    #[must_use]
    pub fn new(table: impl Into<String>) -> Self {
        Self { table_name: Some(table.into()), multi_region_consistency: None }
    }
}

/// A write on its way to other Regions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReplicaMessage {
    /// The table.
    pub table_name: String,
    /// The Region that wrote.
    pub region: String,
    /// When, as far as the last writer wins by it.
    pub written_at: Timestamp,
    /// Tells the writes of a Region apart.
    pub serial: u64,
    /// The item's key.
    pub keys: Item,
    /// The item; absent if it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
}

/// Input of [`Engine::deliver_replica_message`](crate::Engine::deliver_replica_message).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeliverReplicaMessageRequest {
    /// What another Region wrote.
    pub message: ReplicaMessage,
}

impl DeliverReplicaMessageRequest {
    /// Delivers a message.
    #[must_use]
    pub fn new(message: ReplicaMessage) -> Self {
        Self { message }
    }
}

/// Output of [`Engine::deliver_replica_message`](crate::Engine::deliver_replica_message).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeliverReplicaMessageResult {
    /// Whether it was the last write of the item.
    pub applied: bool,
}

/// Input of [`Engine::hold_replica_item`](crate::Engine::hold_replica_item):
/// another Region begins to write the item of a table with strong consistency;
/// writes here fail until its message comes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HoldReplicaItemRequest {
    /// The table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<AttributeMap>,
    /// The Region that writes.
    pub region: String,
}

impl HoldReplicaItemRequest {
    /// This Region begins to write this item.
    #[must_use]
    pub fn new(table: impl Into<String>, key: impl Into<AttributeMap>, region: impl Into<String>) -> Self {
        Self { table_name: Some(table.into()), key: Some(key.into()), region: region.into() }
    }
}
