//! Requests and results about single items.

use super::{AttributeValueUpdate, ExpectedAttributeValue};
use crate::item::Item;
use crate::value::AttributeMap;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::put_item`](crate::Engine::put_item).
///
/// ```
/// use dynamo_engine::{AttributeValue, PutItemRequest};
/// let put = PutItemRequest::new("orders", [("pk", AttributeValue::s("a"))]).condition("attribute_not_exists(pk)");
/// assert_eq!(put.condition_expression.as_deref(), Some("attribute_not_exists(pk)"));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PutItemRequest {
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
    /// What to return of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values: Option<String>,
    /// `ALL_OLD` to get the item that failed the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
    /// `NONE` or `SIZE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_item_collection_metrics: Option<String>,
    /// What must be true of the item that is there, from before there were
    /// expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<BTreeMap<String, ExpectedAttributeValue>>,
    /// `AND`, the default, or `OR`: how those conditions go together. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional_operator: Option<String>,
}

impl PutItemRequest {
    /// Puts `item` into `table`.
    #[must_use]
    pub fn new(table: impl Into<String>, item: impl Into<AttributeMap>) -> Self {
        Self { table_name: Some(table.into()), item: Some(item.into()), ..Self::default() }
    }

    /// Only if this is true of the item that is there.
    #[must_use]
    pub fn condition(mut self, expression: impl Into<String>) -> Self {
        self.condition_expression = Some(expression.into());
        self
    }
}

/// Input of [`Engine::get_item`](crate::Engine::get_item).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetItemRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The key attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<AttributeMap>,
    /// Whether the newest write must be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consistent_read: Option<bool>,
    /// Which parts of the item to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
    /// Which attributes to return, from before there were expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes_to_get: Option<Vec<String>>,
}

impl GetItemRequest {
    /// Gets the item with this key.
    #[must_use]
    pub fn new(table: impl Into<String>, key: impl Into<AttributeMap>) -> Self {
        Self { table_name: Some(table.into()), key: Some(key.into()), ..Self::default() }
    }
}

/// Input of [`Engine::update_item`](crate::Engine::update_item).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpdateItemRequest {
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
    /// What to return of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values: Option<String>,
    /// `ALL_OLD` to get the item that failed the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
    /// `NONE` or `SIZE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_item_collection_metrics: Option<String>,
    /// What to change, from before there were expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_updates: Option<BTreeMap<String, AttributeValueUpdate>>,
    /// What must be true of the item that is there, from before there were
    /// expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<BTreeMap<String, ExpectedAttributeValue>>,
    /// `AND`, the default, or `OR`: how those conditions go together. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional_operator: Option<String>,
}

impl UpdateItemRequest {
    /// Updates the item with this key.
    #[must_use]
    pub fn new(table: impl Into<String>, key: impl Into<AttributeMap>, update: impl Into<String>) -> Self {
        Self {
            table_name: Some(table.into()),
            key: Some(key.into()),
            update_expression: Some(update.into()),
            ..Self::default()
        }
    }

    /// Adds a value for the placeholders.
    #[must_use]
    pub fn value(mut self, placeholder: impl Into<String>, value: crate::AttributeValue) -> Self {
        self.expression_attribute_values.get_or_insert_default().0.push((placeholder.into(), value));
        self
    }
}

/// Input of [`Engine::delete_item`](crate::Engine::delete_item).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteItemRequest {
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
    /// What to return of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values: Option<String>,
    /// `ALL_OLD` to get the item that failed the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
    /// `NONE` or `SIZE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_item_collection_metrics: Option<String>,
    /// What must be true of the item that is there, from before there were
    /// expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<BTreeMap<String, ExpectedAttributeValue>>,
    /// `AND`, the default, or `OR`: how those conditions go together. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional_operator: Option<String>,
}

impl DeleteItemRequest {
    /// Deletes the item with this key.
    #[must_use]
    pub fn new(table: impl Into<String>, key: impl Into<AttributeMap>) -> Self {
        Self { table_name: Some(table.into()), key: Some(key.into()), ..Self::default() }
    }
}

/// Output of [`Engine::get_item`](crate::Engine::get_item).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct GetItemResult {
    /// The item, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
    /// What it cost, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<ConsumedCapacity>,
}

/// Output of the writes of one item.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct WriteItemResult {
    /// What ReturnValues asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Item>,
    /// The size of the item collection, if asked for and the table has a
    /// local index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_collection_metrics: Option<ItemCollectionMetrics>,
    /// What it cost, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<ConsumedCapacity>,
}

/// How large an item collection is. `[DDB-5.7]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ItemCollectionMetrics {
    /// The partition key.
    pub item_collection_key: Item,
    /// From and to, in gigabytes.
    #[serde(rename = "SizeEstimateRangeGB")]
    pub size_estimate_range_gb: [f64; 2],
}

/// What a call cost. `[DDB-16.1]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ConsumedCapacity {
    /// The table, as the request named it.
    pub table_name: String,
    /// In all.
    pub capacity_units: f64,
    /// The same, if a transaction read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_capacity_units: Option<f64>,
    /// The same, if a transaction wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_capacity_units: Option<f64>,
    /// The table's own part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Capacity>,
    /// The parts of the local indexes that were touched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_secondary_indexes: Option<BTreeMap<String, Capacity>>,
    /// The parts of the global indexes that were touched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_secondary_indexes: Option<BTreeMap<String, Capacity>>,
}

/// The cost of one table or index.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Capacity {
    /// Read or write units.
    pub capacity_units: f64,
    /// The same, if a transaction read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_capacity_units: Option<f64>,
    /// The same, if a transaction wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_capacity_units: Option<f64>,
}
