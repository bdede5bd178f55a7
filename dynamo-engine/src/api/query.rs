//! Requests and results of Query and Scan.

use super::{Conditions, ConsumedCapacity};
use crate::item::Item;
use crate::value::AttributeMap;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::query`](crate::Engine::query).
///
/// ```
/// use dynamo_engine::{AttributeValue, QueryRequest};
/// let query = QueryRequest::new("orders", "pk = :pk").value(":pk", AttributeValue::s("a")).index("by-date");
/// assert_eq!(query.index_name.as_deref(), Some("by-date"));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QueryRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The index to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// Which items: an equality on the partition key and a condition on the
    /// sort key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_condition_expression: Option<String>,
    /// Which of them to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_expression: Option<String>,
    /// Which parts of the item to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
    /// What the `:` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_values: Option<AttributeMap>,
    /// What to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub select: Option<String>,
    /// `false` for descending order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_index_forward: Option<bool>,
    /// At most this many are looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusive_start_key: Option<AttributeMap>,
    /// Whether the newest write must be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consistent_read: Option<bool>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
    /// Which attributes to return, from before there were expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes_to_get: Option<Vec<String>>,
    /// Which items to return, from before there were expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_filter: Option<Conditions>,
    /// Which items, from before there were expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_conditions: Option<Conditions>,
    /// `AND`, the default, or `OR`: how those conditions go together. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional_operator: Option<String>,
}

impl QueryRequest {
    /// Reads the items that satisfy the key condition.
    #[must_use]
    pub fn new(table: impl Into<String>, key_condition: impl Into<String>) -> Self {
        Self {
            table_name: Some(table.into()),
            key_condition_expression: Some(key_condition.into()),
            ..Self::default()
        }
    }

    /// Adds a value for the placeholders.
    #[must_use]
    pub fn value(mut self, placeholder: impl Into<String>, value: crate::AttributeValue) -> Self {
        self.expression_attribute_values.get_or_insert_default().0.push((placeholder.into(), value));
        self
    }

    /// Reads an index instead of the table.
    #[must_use]
    pub fn index(mut self, name: impl Into<String>) -> Self {
        self.index_name = Some(name.into());
        self
    }
}

/// Input of [`Engine::scan`](crate::Engine::scan).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ScanRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The index to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// Which items to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_expression: Option<String>,
    /// Which parts of the item to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
    /// What the `:` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_values: Option<AttributeMap>,
    /// What to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub select: Option<String>,
    /// At most this many are looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusive_start_key: Option<AttributeMap>,
    /// Which part of a parallel scan, from zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<i64>,
    /// How many parts there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_segments: Option<i64>,
    /// Whether the newest write must be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consistent_read: Option<bool>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
    /// Which attributes to return, from before there were expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes_to_get: Option<Vec<String>>,
    /// Which items to return, from before there were expressions. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_filter: Option<Conditions>,
    /// `AND`, the default, or `OR`: how those conditions go together. `[DDB-7.2]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional_operator: Option<String>,
}

impl ScanRequest {
    /// Reads all items.
    #[must_use]
    pub fn new(table: impl Into<String>) -> Self {
        Self { table_name: Some(table.into()), ..Self::default() }
    }
}

/// Output of [`Engine::query`](crate::Engine::query) and
/// [`Engine::scan`](crate::Engine::scan).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ReadResult {
    /// The items; absent when only the count was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Item>>,
    /// How many passed the filter.
    pub count: u64,
    /// How many were looked at.
    pub scanned_count: u64,
    /// Where the page ended, unless the data did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_evaluated_key: Option<Item>,
    /// What it cost, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<ConsumedCapacity>,
}
