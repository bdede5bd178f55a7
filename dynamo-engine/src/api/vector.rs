//! Vector indexes and their search.

use super::IndexProjection;
use crate::item::Item;
use crate::value::{AttributeMap, AttributeValue};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A vector index. `[DDB-5.10]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VectorIndex {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// The attribute that holds the vectors: lists of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector_attribute: Option<VectorAttribute>,
    /// The attributes that a search can ask equality of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_schema: Option<Vec<SearchSchemaElement>>,
    /// What a search can return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection: Option<IndexProjection>,
    /// Numbers in a vector, 1 to 4,096.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<i64>,
    /// `COSINE`, `EUCLIDEAN` or `DOT_PRODUCT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_function: Option<String>,
}

impl VectorIndex {
    /// An index of all attributes.
    #[must_use]
    pub fn all(
        name: impl Into<String>,
        attribute: impl Into<String>,
        dimensions: i64,
        distance: impl Into<String>,
    ) -> Self {
        Self {
            index_name: Some(name.into()),
            vector_attribute: Some(VectorAttribute { attribute_name: Some(attribute.into()) }),
            search_schema: None,
            projection: Some(IndexProjection {
                projection_type: Some("ALL".into()),
                non_key_attributes: None,
            }),
            dimensions: Some(dimensions),
            distance_function: Some(distance.into()),
        }
    }
}

/// The attribute that holds vectors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VectorAttribute {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_name: Option<String>,
}

/// An attribute that a search can ask equality of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SearchSchemaElement {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_name: Option<String>,
    /// `HASH` or `INLINE_FILTER`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_schema_element_type: Option<String>,
}

/// A vector index that comes or goes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VectorIndexUpdate {
    /// One to make.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<VectorIndex>,
    /// One to delete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<DeleteVectorIndexAction>,
}

/// A vector index to delete.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteVectorIndexAction {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
}

/// A vector index as AWS describes it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct VectorIndexDescription {
    /// What it is.
    #[serde(flatten)]
    pub index: VectorIndex,
    /// `CREATING` or `ACTIVE`.
    pub index_status: String,
    /// Whether it is being filled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backfilling: Option<bool>,
    /// Items that have a vector.
    pub item_count: u64,
    /// Its ARN.
    pub index_arn: String,
}

/// Input of [`Engine::search_vectors`](crate::Engine::search_vectors).
///
/// ```
/// use aws_core::{Caller, Calls, Home, Timestamp};
/// use dynamo_engine::*;
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// let table = CreateTableRequest {
///     vector_indexes: Some(vec![VectorIndex::all("by-look", "look", 2, "EUCLIDEAN")]),
///     ..CreateTableRequest::on_demand("pictures", ("id", ValueType::S), None)
/// };
/// dynamo.create_table(calls.cx(), table)?;
/// for (id, x, y) in [("far", 9, 9), ("near", 1, 1), ("nearer", 0, 1)] {
///     let look = AttributeValue::L(vec![AttributeValue::n(x), AttributeValue::n(y)]);
///     dynamo.put_item(calls.cx(), PutItemRequest::new("pictures", [("id", AttributeValue::s(id)), ("look", look)]))?;
/// }
/// let search = SearchVectorsRequest::new("pictures", "by-look", [0.0, 0.0], 2);
/// let found = dynamo.search_vectors(calls.cx(), search)?.search_results;
/// assert_eq!((found[0].item.get("id"), found[0].score), (Some(Value::from("nearer")), 1.0));
/// assert_eq!(found[1].item.get("id"), Some(Value::from("near")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SearchVectorsRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The vector index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// What to be near to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_vector: Option<Vec<AttributeValue>>,
    /// How many to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<i64>,
    /// Equalities of attributes of the search schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_condition_expression: Option<String>,
    /// Which parts to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection_expression: Option<String>,
    /// What the `#` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_names: Option<BTreeMap<String, String>>,
    /// What the `:` placeholders stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression_attribute_values: Option<AttributeMap>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
}

impl SearchVectorsRequest {
    /// The items nearest to a vector.
    #[must_use]
    pub fn new(
        table: impl Into<String>,
        index: impl Into<String>,
        vector: impl IntoIterator<Item = f64>,
        top: i64,
    ) -> Self {
        Self {
            table_name: Some(table.into()),
            index_name: Some(index.into()),
            search_vector: Some(vector.into_iter().map(AttributeValue::n).collect()),
            top_k: Some(top),
            ..Self::default()
        }
    }
}

/// Output of [`Engine::search_vectors`](crate::Engine::search_vectors).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct SearchVectorsResult {
    /// The nearest first.
    pub search_results: Vec<SearchResult>,
    /// What it cost, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<VectorCapacity>,
}

/// An item that was found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct SearchResult {
    /// What the index has of it.
    pub item: Item,
    /// How near it is: small is near, but for `DOT_PRODUCT`.
    pub score: f64,
}

/// What a search cost.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct VectorCapacity {
    /// Bytes looked at. AWS does not say how it counts them: here four for
    /// each number of each vector that the condition leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector_search_request_bytes: Option<f64>,
}
