//! Requests and results about several items.

use super::{ConsumedCapacity, ItemCollectionMetrics};
use crate::item::Item;
use crate::value::AttributeMap;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::batch_get_item`](crate::Engine::batch_get_item).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchGetItemRequest {
    /// What to get, by table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_items: Option<BTreeMap<String, KeysAndAttributes>>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
}

/// What to get from one table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KeysAndAttributes {
    /// The keys.
    pub keys: Vec<AttributeMap>,
    /// Whether the newest write must be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consistent_read: Option<bool>,
    /// Which parts of the item to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
    /// Which attributes to return, from before there were expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes_to_get: Option<Vec<String>>,
}

/// Output of [`Engine::batch_get_item`](crate::Engine::batch_get_item).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct BatchGetItemResult {
    /// The items that are there, by table.
    pub responses: BTreeMap<String, Vec<Item>>,
    /// What to ask for again.
    pub unprocessed_keys: BTreeMap<String, KeysAndAttributes>,
    /// What it cost, by table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
}

/// Input of [`Engine::batch_write_item`](crate::Engine::batch_write_item).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchWriteItemRequest {
    /// What to write, by table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_items: Option<BTreeMap<String, Vec<WriteRequest>>>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
    /// `NONE` or `SIZE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_item_collection_metrics: Option<String>,
}

/// One put or one delete.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WriteRequest {
    /// A put.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put_request: Option<PutRequest>,
    /// A delete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_request: Option<DeleteRequest>,
}

/// A put of a batch.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PutRequest {
    /// The whole item.
    pub item: AttributeMap,
}

/// A delete of a batch.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteRequest {
    /// The key attributes.
    pub key: AttributeMap,
}

/// Output of [`Engine::batch_write_item`](crate::Engine::batch_write_item).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct BatchWriteItemResult {
    /// What to ask for again.
    pub unprocessed_items: BTreeMap<String, Vec<WriteRequest>>,
    /// The sizes of item collections, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_collection_metrics: Option<BTreeMap<String, Vec<ItemCollectionMetrics>>>,
    /// What it cost, by table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
}
