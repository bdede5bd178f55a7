//! Requests and results that change tables, their tags, their time to live
//! and their backups.

use super::{
    AttributeDefinition, GlobalSecondaryIndex, ProvisionedThroughput, StreamSpecification, TableDescription,
};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::update_table`](crate::Engine::update_table).
///
/// ```
/// use aws_core::{Caller, Calls, Home, Timestamp};
/// use dynamo_engine::*;
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("orders", ("id", ValueType::S), None))?;
/// let item = [("id", AttributeValue::s("o-1")), ("status", AttributeValue::s("new"))];
/// dynamo.put_item(calls.cx(), PutItemRequest::new("orders", item))?;
///
/// // A new index holds what was there before it.
/// let index = GlobalSecondaryIndex::all("by-status", "status", None);
/// let update = UpdateTableRequest::new("orders").create_index(index, [("status", ValueType::S)]);
/// dynamo.update_table(calls.cx(), update)?;
/// let query = QueryRequest::new("orders", "#s = :s").index("by-status").value(":s", AttributeValue::s("new"));
/// let query = QueryRequest { expression_attribute_names: Some([("#s".into(), "status".into())].into()), ..query };
/// assert_eq!(dynamo.query(calls.cx(), query)?.count, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpdateTableRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The types of the key attributes of new indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_definitions: Option<Vec<AttributeDefinition>>,
    /// `PROVISIONED` or `PAY_PER_REQUEST`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_mode: Option<String>,
    /// Units a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Changes of global indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_secondary_index_updates: Option<Vec<GlobalSecondaryIndexUpdate>>,
    /// Whether writes make stream records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_specification: Option<StreamSpecification>,
    /// Whether the table cannot be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_protection_enabled: Option<bool>,
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_class: Option<String>,
    /// Encryption; not modelled, refused.
    #[serde(rename = "SSESpecification", skip_serializing_if = "Option::is_none")]
    pub sse_specification: Option<serde_json::Value>,
    /// Replicas; not modelled, refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replica_updates: Option<serde_json::Value>,
    /// Ceilings of on-demand throughput.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_throughput: Option<super::OnDemandThroughput>,
    /// What the table can serve at once; it only grows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<super::WarmThroughputRequest>,
    /// How replicas agree; not modelled, refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multi_region_consistency: Option<serde_json::Value>,
    /// Vector indexes that come and go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector_index_updates: Option<Vec<super::VectorIndexUpdate>>,
    /// Witnesses of a global table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_table_witness_updates: Option<serde_json::Value>,
    /// How a global table's settings travel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_table_settings_replication_mode: Option<serde_json::Value>,
    /// Whether a replica may leave its global table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disassociation_protection_enabled: Option<serde_json::Value>,
}

impl UpdateTableRequest {
    /// Changes this table.
    #[must_use]
    pub fn new(table: impl Into<String>) -> Self {
        Self { table_name: Some(table.into()), ..Self::default() }
    }

    /// Adds a global index, with the types of its keys.
    #[must_use]
    pub fn create_index<'n>(
        mut self,
        index: GlobalSecondaryIndex,
        types: impl IntoIterator<Item = (&'n str, crate::ValueType)>,
    ) -> Self {
        let types = types.into_iter().map(|(name, kind)| AttributeDefinition::new(name, kind));
        self.attribute_definitions.get_or_insert_default().extend(types);
        let update =
            GlobalSecondaryIndexUpdate { create: Some(index), ..GlobalSecondaryIndexUpdate::default() };
        self.global_secondary_index_updates.get_or_insert_default().push(update);
        self
    }
}

/// One change of a global index.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GlobalSecondaryIndexUpdate {
    /// A new index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<GlobalSecondaryIndex>,
    /// Other throughput.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<UpdateGlobalSecondaryIndexAction>,
    /// An index that goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<DeleteGlobalSecondaryIndexAction>,
}

/// Other throughput of an index.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpdateGlobalSecondaryIndexAction {
    /// The index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// Units a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Limits on demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_throughput: Option<serde_json::Value>,
    /// Warm throughput.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<serde_json::Value>,
}

/// An index that goes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteGlobalSecondaryIndexAction {
    /// The index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
}

/// Output of [`Engine::update_table`](crate::Engine::update_table).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct UpdateTableResult {
    /// The table as it changes.
    pub table_description: TableDescription,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Tag {
    /// 1 to 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Up to 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Tag {
    /// This key has this value.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: Some(key.into()), value: Some(value.into()) }
    }
}

/// Input of [`Engine::tag_resource`](crate::Engine::tag_resource).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TagResourceRequest {
    /// The table's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_arn: Option<String>,
    /// Tags to add or overwrite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
}

/// Input of [`Engine::untag_resource`](crate::Engine::untag_resource).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UntagResourceRequest {
    /// The table's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_arn: Option<String>,
    /// Keys to remove; those that are not there are ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_keys: Option<Vec<String>>,
}

/// Input of [`Engine::list_tags_of_resource`](crate::Engine::list_tags_of_resource).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListTagsOfResourceRequest {
    /// The table's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_arn: Option<String>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Output of [`Engine::list_tags_of_resource`](crate::Engine::list_tags_of_resource).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ListTagsOfResourceResult {
    /// All tags, by their keys.
    pub tags: Vec<Tag>,
    /// Where the page ended; there are never more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Whether items expire, and by which attribute. `[DDB-14.1]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TimeToLiveSpecification {
    /// Whether they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// A number: the second since the epoch at which the item expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_name: Option<String>,
}

/// Input of [`Engine::update_time_to_live`](crate::Engine::update_time_to_live).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpdateTimeToLiveRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_to_live_specification: Option<TimeToLiveSpecification>,
}

/// Output of [`Engine::update_time_to_live`](crate::Engine::update_time_to_live).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct UpdateTimeToLiveResult {
    /// What was done.
    pub time_to_live_specification: TimeToLiveSpecification,
}

/// Input of [`Engine::describe_time_to_live`](crate::Engine::describe_time_to_live).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DescribeTimeToLiveRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
}

/// Output of [`Engine::describe_time_to_live`](crate::Engine::describe_time_to_live).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct DescribeTimeToLiveResult {
    /// Whether items expire.
    pub time_to_live_description: TimeToLiveDescription,
}

/// Whether items expire, and by which attribute.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct TimeToLiveDescription {
    /// `ENABLED` or `DISABLED`.
    pub time_to_live_status: String,
    /// By which attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_name: Option<String>,
}

/// Input of [`Engine::describe_continuous_backups`](crate::Engine::describe_continuous_backups).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DescribeContinuousBackupsRequest {
    /// The table, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
}

/// Output of [`Engine::describe_continuous_backups`](crate::Engine::describe_continuous_backups).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct DescribeContinuousBackupsResult {
    /// Whether the table can be restored.
    pub continuous_backups_description: ContinuousBackupsDescription,
}

/// Whether a table can be restored.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ContinuousBackupsDescription {
    /// `ENABLED`, or `DISABLED` for a table's first seconds.
    pub continuous_backups_status: String,
    /// To any second.
    pub point_in_time_recovery_description: PointInTimeRecoveryDescription,
}

/// Whether a table can be restored to any second.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct PointInTimeRecoveryDescription {
    /// `ENABLED` or `DISABLED`.
    pub point_in_time_recovery_status: String,
    /// How long the past is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_period_in_days: Option<i64>,
    /// The earliest time to restore to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest_restorable_date_time: Option<f64>,
    /// The latest time to restore to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_restorable_date_time: Option<f64>,
}

/// Input of [`Engine::describe_limits`](crate::Engine::describe_limits).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeLimitsRequest {}

/// Output of [`Engine::describe_limits`](crate::Engine::describe_limits).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct DescribeLimitsResult {
    /// Of all tables.
    pub account_max_read_capacity_units: u64,
    /// Of all tables.
    pub account_max_write_capacity_units: u64,
    /// Of one table.
    pub table_max_read_capacity_units: u64,
    /// Of one table.
    pub table_max_write_capacity_units: u64,
}

/// Input of [`Engine::describe_endpoints`](crate::Engine::describe_endpoints).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeEndpointsRequest {}

/// Output of [`Engine::describe_endpoints`](crate::Engine::describe_endpoints).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct DescribeEndpointsResult {
    /// One.
    pub endpoints: Vec<Endpoint>,
}

/// Where to call.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Endpoint {
    /// A host, and perhaps a port.
    pub address: String,
    /// How long to believe it.
    pub cache_period_in_minutes: i64,
}
