//! Requests and results about tables.

use crate::value::ValueType;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::create_table`](crate::Engine::create_table).
///
/// ```
/// use dynamo_engine::{CreateTableRequest, GlobalSecondaryIndex, ValueType};
///
/// let table = CreateTableRequest::on_demand("orders", ("customer", ValueType::S), Some(("order", ValueType::N)))
///     .index(GlobalSecondaryIndex::all("by-status", "status", None), [("status", ValueType::S)])
///     .stream("NEW_AND_OLD_IMAGES");
/// assert_eq!(table.attribute_definitions.map(|all| all.len()), Some(3));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CreateTableRequest {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The types of all key attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_definitions: Option<Vec<AttributeDefinition>>,
    /// The partition key and, perhaps, the sort key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_schema: Option<Vec<KeySchemaElement>>,
    /// `PROVISIONED` or `PAY_PER_REQUEST`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_mode: Option<String>,
    /// Units a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Indexes with keys of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_secondary_indexes: Option<Vec<GlobalSecondaryIndex>>,
    /// Indexes that share the partition key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_secondary_indexes: Option<Vec<LocalSecondaryIndex>>,
    /// Whether writes make stream records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_specification: Option<StreamSpecification>,
    /// Whether the table cannot be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_protection_enabled: Option<bool>,
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_class: Option<String>,
    /// Encryption; not modelled, refused unless it is off.
    #[serde(rename = "SSESpecification", skip_serializing_if = "Option::is_none")]
    pub sse_specification: Option<serde_json::Value>,
    /// Its tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<super::Tag>>,
    /// Ceilings of on-demand throughput.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_throughput: Option<super::OnDemandThroughput>,
    /// What the table can serve at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<WarmThroughputRequest>,
    /// Its resource policy, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<String>,
    /// Vector indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector_indexes: Option<Vec<super::VectorIndex>>,
    /// The table whose replica this is to be; not modelled, refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_table_source_arn: Option<serde_json::Value>,
    /// How a global table's settings travel; not modelled, refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_table_settings_replication_mode: Option<serde_json::Value>,
}

impl CreateTableRequest {
    /// A table that is paid by the request.
    #[must_use]
    pub fn on_demand(
        name: impl Into<String>,
        hash: (&str, ValueType),
        sort: Option<(&str, ValueType)>,
    ) -> Self {
        let keys = core::iter::once((hash, "HASH")).chain(sort.map(|sort| (sort, "RANGE")));
        let keys: Vec<_> = keys.collect();
        Self {
            table_name: Some(name.into()),
            key_schema: Some(
                keys.iter().map(|((name, _), kind)| KeySchemaElement::new(*name, *kind)).collect(),
            ),
            attribute_definitions: Some(
                keys.iter().map(|((name, kind), _)| AttributeDefinition::new(*name, *kind)).collect(),
            ),
            billing_mode: Some("PAY_PER_REQUEST".into()),
            ..Self::default()
        }
    }

    /// The same with so many read and write units a second.
    #[must_use]
    pub fn provisioned(mut self, read: i64, write: i64) -> Self {
        self.billing_mode = Some("PROVISIONED".into());
        self.provisioned_throughput = Some(ProvisionedThroughput::new(read, write));
        self
    }

    /// Adds a global index and the types of its key attributes, where the
    /// table does not know them yet.
    #[must_use]
    pub fn index<'n>(
        mut self,
        index: GlobalSecondaryIndex,
        types: impl IntoIterator<Item = (&'n str, ValueType)>,
    ) -> Self {
        let types = types.into_iter().map(|(name, kind)| AttributeDefinition::new(name, kind));
        self.attribute_definitions.get_or_insert_default().extend(types);
        self.global_secondary_indexes.get_or_insert_default().push(index);
        self
    }

    /// Makes every change a stream record of this view type.
    #[must_use]
    pub fn stream(mut self, view_type: impl Into<String>) -> Self {
        let stream_view_type = Some(view_type.into());
        self.stream_specification =
            Some(StreamSpecification { stream_enabled: Some(true), stream_view_type });
        self
    }
}

/// The type of a key attribute.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AttributeDefinition {
    /// The attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_name: Option<String>,
    /// `S`, `N` or `B`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_type: Option<String>,
}

impl AttributeDefinition {
    /// This attribute is of this type.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: ValueType) -> Self {
        Self { attribute_name: Some(name.into()), attribute_type: Some(kind.tag().into()) }
    }
}

/// One attribute of a key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KeySchemaElement {
    /// The attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_name: Option<String>,
    /// `HASH` or `RANGE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_type: Option<String>,
}

impl KeySchemaElement {
    /// This attribute is the `HASH` or `RANGE` key.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { attribute_name: Some(name.into()), key_type: Some(kind.into()) }
    }
}

/// What a table is to serve at once. `[CAP-4.11]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WarmThroughputRequest {
    /// Reads a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_units_per_second: Option<i64>,
    /// Writes a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_units_per_second: Option<i64>,
}

/// Units a second.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ProvisionedThroughput {
    /// Reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_capacity_units: Option<i64>,
    /// Writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_capacity_units: Option<i64>,
}

impl ProvisionedThroughput {
    /// So many of each.
    #[must_use]
    pub const fn new(read: i64, write: i64) -> Self {
        Self { read_capacity_units: Some(read), write_capacity_units: Some(write) }
    }
}

/// A global secondary index.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GlobalSecondaryIndex {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// Its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_schema: Option<Vec<KeySchemaElement>>,
    /// What of the item it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection: Option<IndexProjection>,
    /// Units a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Ceilings of on-demand throughput; not modelled, refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_throughput: Option<serde_json::Value>,
    /// Warm throughput; not modelled, refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<serde_json::Value>,
}

impl GlobalSecondaryIndex {
    /// An index that holds whole items.
    #[must_use]
    pub fn all(name: impl Into<String>, hash: &str, sort: Option<&str>) -> Self {
        let hash = KeySchemaElement::new(hash, "HASH");
        let keys = core::iter::once(hash).chain(sort.map(|sort| KeySchemaElement::new(sort, "RANGE")));
        Self {
            index_name: Some(name.into()),
            key_schema: Some(keys.collect()),
            projection: Some(IndexProjection {
                projection_type: Some("ALL".into()),
                non_key_attributes: None,
            }),
            ..Self::default()
        }
    }
}

/// A local secondary index.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LocalSecondaryIndex {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// Its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_schema: Option<Vec<KeySchemaElement>>,
    /// What of the item it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection: Option<IndexProjection>,
}

/// What of an item an index holds. AWS calls the shape Projection.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IndexProjection {
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection_type: Option<String>,
    /// What `INCLUDE` includes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub non_key_attributes: Option<Vec<String>>,
}

/// Whether writes make stream records.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StreamSpecification {
    /// Whether they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_enabled: Option<bool>,
    /// `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` or `NEW_AND_OLD_IMAGES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_view_type: Option<String>,
}

/// Input of [`Engine::describe_table`](crate::Engine::describe_table).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DescribeTableRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
}

impl DescribeTableRequest {
    /// Describes this table.
    #[must_use]
    pub fn new(table: impl Into<String>) -> Self {
        Self { table_name: Some(table.into()) }
    }
}

/// Input of [`Engine::delete_table`](crate::Engine::delete_table).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteTableRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
}

impl DeleteTableRequest {
    /// Deletes this table.
    #[must_use]
    pub fn new(table: impl Into<String>) -> Self {
        Self { table_name: Some(table.into()) }
    }
}

/// Input of [`Engine::list_tables`](crate::Engine::list_tables).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListTablesRequest {
    /// Where the last page ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusive_start_table_name: Option<String>,
    /// At most this many, 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// Output of [`Engine::list_tables`](crate::Engine::list_tables).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ListTablesResult {
    /// The names, in order.
    pub table_names: Vec<String>,
    /// Where the page ended, if there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_evaluated_table_name: Option<String>,
}

/// Output of [`Engine::create_table`](crate::Engine::create_table).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct CreateTableResult {
    /// The table.
    pub table_description: TableDescription,
}

/// Output of [`Engine::delete_table`](crate::Engine::delete_table).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct DeleteTableResult {
    /// What is left of the table.
    pub table_description: TableDescription,
}

/// Output of [`Engine::describe_table`](crate::Engine::describe_table).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct DescribeTableResult {
    /// The table.
    pub table: TableDescription,
}

/// A table, as AWS describes it. `[DDB-4.4.1]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct TableDescription {
    /// The types of all key attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_definitions: Option<Vec<AttributeDefinition>>,
    /// Its name.
    pub table_name: String,
    /// Its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_schema: Option<Vec<KeySchemaElement>>,
    /// `CREATING`, `ACTIVE` or `DELETING`.
    pub table_status: String,
    /// When it was created, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_date_time: Option<f64>,
    /// Units a second; zero when paid by the request.
    pub provisioned_throughput: ThroughputDescription,
    /// Bytes of all items.
    pub table_size_bytes: u64,
    /// How many items there are.
    pub item_count: u64,
    /// Its ARN.
    pub table_arn: String,
    /// Its id, a UUID.
    pub table_id: String,
    /// How it is paid, when by the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_mode_summary: Option<BillingModeSummary>,
    /// Its local indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_secondary_indexes: Option<Vec<IndexDescription>>,
    /// Its global indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_secondary_indexes: Option<Vec<IndexDescription>>,
    /// Whether writes make stream records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_specification: Option<StreamSpecification>,
    /// The newest stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_stream_label: Option<String>,
    /// The newest stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_stream_arn: Option<String>,
    /// Whether it cannot be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_protection_enabled: Option<bool>,
    /// What it can serve at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<WarmThroughput>,
    /// Its class, once one was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_class_summary: Option<TableClassSummary>,
    /// Vector indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector_indexes: Option<Vec<super::VectorIndexDescription>>,
    /// Ceilings of on-demand throughput, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_throughput: Option<super::OnDemandThroughput>,
    /// Where it was restored from, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore_summary: Option<super::RestoreSummary>,
}

/// An index, as AWS describes it. `[DDB-4.4.2]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct IndexDescription {
    /// Its name.
    pub index_name: String,
    /// Its keys.
    pub key_schema: Vec<KeySchemaElement>,
    /// What of the item it holds.
    pub projection: IndexProjection,
    /// `CREATING`, `ACTIVE` or `DELETING`; global indexes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_status: Option<String>,
    /// Whether it is being filled; only while it is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backfilling: Option<bool>,
    /// Units a second; global indexes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<ThroughputDescription>,
    /// Bytes of all entries.
    pub index_size_bytes: u64,
    /// How many entries there are.
    pub item_count: u64,
    /// Its ARN.
    pub index_arn: String,
    /// What it can serve at once; global indexes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<WarmThroughput>,
}

/// Units a second.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ThroughputDescription {
    /// How often they were decreased today.
    pub number_of_decreases_today: u64,
    /// Reads.
    pub read_capacity_units: u64,
    /// Writes.
    pub write_capacity_units: u64,
}

/// What a table or index can serve at once.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct WarmThroughput {
    /// Reads.
    pub read_units_per_second: u64,
    /// Writes.
    pub write_units_per_second: u64,
    /// Whether it is being raised.
    pub status: String,
}

/// A table's class.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct TableClassSummary {
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
    pub table_class: String,
}

/// How a table is paid.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct BillingModeSummary {
    /// `PAY_PER_REQUEST`.
    pub billing_mode: String,
    /// Since when, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_update_to_pay_per_request_date_time: Option<f64>,
}
