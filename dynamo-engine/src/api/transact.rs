//! Requests and results of transactions.

use super::{ConsumedCapacity, ItemCollectionMetrics};
use crate::item::Item;
use crate::value::AttributeMap;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::transact_write_items`](crate::Engine::transact_write_items).
///
/// ```
/// use aws_core::{AwsError as _, Caller, Calls, Home, Timestamp};
/// use dynamo_engine::*;
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("accounts", ("id", ValueType::S), None))?;
/// let account = |id: &str, left: i64| {
///     PutItemRequest::new("accounts", [("id", AttributeValue::s(id)), ("left", AttributeValue::n(left.to_string()))])
/// };
/// dynamo.put_item(calls.cx(), account("a", 10))?;
/// dynamo.put_item(calls.cx(), account("b", 0))?;
///
/// let key = |id: &str| AttributeMap::from([("id", AttributeValue::s(id))]);
/// let one = AttributeMap::from([(":n", AttributeValue::n("11"))]);
/// let take = Update {
///     condition_expression: Some("#l >= :n".into()),
///     expression_attribute_names: Some([("#l".into(), "left".into())].into()),
///     ..Update::new("accounts", key("a"), "SET #l = #l - :n", one.clone())
/// };
/// let give = Update {
///     expression_attribute_names: Some([("#l".into(), "left".into())].into()),
///     ..Update::new("accounts", key("b"), "SET #l = #l + :n", one)
/// };
/// let refusal = dynamo.transact_write_items(calls.cx(), TransactWriteItemsRequest::new([take.into(), give.into()])).unwrap_err();
/// assert_eq!(refusal.to_string(), "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransactWriteItemsRequest {
    /// What to do, all or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transact_items: Option<Vec<TransactWriteItem>>,
    /// What makes the call idempotent for ten minutes. `[DDB-11.9]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_token: Option<String>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
    /// `NONE` or `SIZE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_item_collection_metrics: Option<String>,
}

impl TransactWriteItemsRequest {
    /// Does all of this or nothing.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = TransactWriteItem>) -> Self {
        Self { transact_items: Some(items.into_iter().collect()), ..Self::default() }
    }
}

/// One action of a transaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransactWriteItem {
    /// Something that must be true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_check: Option<ConditionCheck>,
    /// A put.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put: Option<Put>,
    /// A delete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<Delete>,
    /// An update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<Update>,
}

impl From<ConditionCheck> for TransactWriteItem {
    fn from(check: ConditionCheck) -> Self {
        Self { condition_check: Some(check), ..Self::default() }
    }
}

impl From<Put> for TransactWriteItem {
    fn from(put: Put) -> Self {
        Self { put: Some(put), ..Self::default() }
    }
}

impl From<Delete> for TransactWriteItem {
    fn from(delete: Delete) -> Self {
        Self { delete: Some(delete), ..Self::default() }
    }
}

impl From<Update> for TransactWriteItem {
    fn from(update: Update) -> Self {
        Self { update: Some(update), ..Self::default() }
    }
}

/// Something that must be true of an item that is not written.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ConditionCheck {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The key attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<AttributeMap>,
    /// What must be true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
    /// What the `:` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_values: Option<AttributeMap>,
    /// `ALL_OLD` to get the item that failed the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
}

/// A put of a transaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Put {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The whole item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<AttributeMap>,
    /// What must be true of the item that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
    /// What the `:` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_values: Option<AttributeMap>,
    /// `ALL_OLD` to get the item that failed the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
}

impl Put {
    /// Puts the item in the place of what is there.
    #[must_use]
    pub fn new(table: impl Into<String>, item: impl Into<AttributeMap>) -> Self {
        Self { table_name: Some(table.into()), item: Some(item.into()), ..Self::default() }
    }
}

/// A delete of a transaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Delete {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The key attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<AttributeMap>,
    /// What must be true of the item that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
    /// What the `:` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_values: Option<AttributeMap>,
    /// `ALL_OLD` to get the item that failed the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
}

/// An update of a transaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Update {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The key attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<AttributeMap>,
    /// What to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_expression: Option<String>,
    /// What must be true of the item that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
    /// What the `:` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_values: Option<AttributeMap>,
    /// `ALL_OLD` to get the item that failed the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
}

impl Update {
    /// Changes the item with this key.
    #[must_use]
    pub fn new(
        table: impl Into<String>,
        key: impl Into<AttributeMap>,
        update: impl Into<String>,
        values: AttributeMap,
    ) -> Self {
        Self {
            table_name: Some(table.into()),
            key: Some(key.into()),
            update_expression: Some(update.into()),
            expression_attribute_values: Some(values),
            ..Self::default()
        }
    }
}

/// Output of [`Engine::transact_write_items`](crate::Engine::transact_write_items).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct TransactWriteItemsResult {
    /// What it cost, by table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
    /// The sizes of item collections, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_collection_metrics: Option<BTreeMap<String, Vec<ItemCollectionMetrics>>>,
}

/// Input of [`Engine::transact_get_items`](crate::Engine::transact_get_items).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransactGetItemsRequest {
    /// What to get.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transact_items: Option<Vec<TransactGetItem>>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
}

impl TransactGetItemsRequest {
    /// Reads all of these as they are at one moment.
    #[must_use]
    pub fn new(gets: impl IntoIterator<Item = TransactGetItem>) -> Self {
        Self { transact_items: Some(gets.into_iter().collect()), ..Self::default() }
    }
}

/// One read of a transaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransactGetItem {
    /// The read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub get: Option<Get>,
}

/// What to get of one item.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Get {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The key attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<AttributeMap>,
    /// Which parts of the item to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
}

impl Get {
    /// Reads the item with this key.
    #[must_use]
    pub fn new(table: impl Into<String>, key: impl Into<AttributeMap>) -> Self {
        Self { table_name: Some(table.into()), key: Some(key.into()), ..Self::default() }
    }
}

impl From<Get> for TransactGetItem {
    fn from(get: Get) -> Self {
        Self { get: Some(get) }
    }
}

/// Output of [`Engine::transact_get_items`](crate::Engine::transact_get_items).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct TransactGetItemsResult {
    /// The items, in the order of the request.
    pub responses: Vec<ItemResponse>,
    /// What it cost, by table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
}

/// An item that was found, or nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ItemResponse {
    /// The item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
}

/// Why one action of a transaction was not done. `[DDB-11.7]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CancellationReason {
    /// `None`, `ConditionalCheckFailed`, `ValidationError`,
    /// `TransactionConflict`, `ThrottlingError` and so on.
    pub code: String,
    /// What is wrong, unless nothing is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
    /// The item that failed a condition, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub item: Option<Item>,
}

impl CancellationReason {
    pub(crate) fn none() -> Self {
        Self { code: "None".into(), message: None, item: None }
    }

    pub(crate) fn new(code: &str, message: String) -> Self {
        Self { code: code.into(), message: Some(message), item: None }
    }
}
