//! Requests and results of backups and of point-in-time recovery.

use super::{
    GlobalSecondaryIndex, IndexProjection, KeySchemaElement, LocalSecondaryIndex, ProvisionedThroughput,
    StreamSpecification, TableDescription, TimeToLiveDescription,
};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::create_backup`](crate::Engine::create_backup).
///
/// ```
/// use aws_core::{Caller, Calls, Home, Timestamp};
/// use dynamo_engine::*;
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("tab", ("pk", ValueType::S), None))?;
/// let put = |n: i64| PutItemRequest::new("tab", [("pk", AttributeValue::s("a")), ("n", AttributeValue::n(n))]);
/// dynamo.put_item(calls.cx(), put(1))?;
/// let backup = dynamo.create_backup(calls.cx(), CreateBackupRequest::new("tab", "nightly"))?.backup_details;
/// dynamo.put_item(calls.cx(), put(2))?;
///
/// dynamo.restore_table_from_backup(calls.cx(), RestoreTableFromBackupRequest::new("old", backup.backup_arn))?;
/// let found = dynamo.get_item(calls.cx(), GetItemRequest::new("old", [("pk", AttributeValue::s("a"))]))?;
/// assert_eq!(found.item.unwrap().get("n"), Some(Value::from(1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CreateBackupRequest {
    /// The table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// What the backup is called; names need not differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup_name: Option<String>,
}

impl CreateBackupRequest {
    /// Backs a table up.
    #[must_use]
    pub fn new(table: impl Into<String>, backup: impl Into<String>) -> Self {
        Self { table_name: Some(table.into()), backup_name: Some(backup.into()) }
    }
}

/// Output of [`Engine::create_backup`](crate::Engine::create_backup).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct CreateBackupResult {
    /// The backup.
    pub backup_details: BackupDetails,
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct BackupDetails {
    /// Its ARN.
    pub backup_arn: String,
    /// Its name.
    pub backup_name: String,
    /// The size of the table, in bytes.
    pub backup_size_bytes: u64,
    /// `CREATING`, `AVAILABLE` or `DELETED`.
    pub backup_status: String,
    /// `USER`.
    pub backup_type: String,
    /// When it was made.
    pub backup_creation_date_time: f64,
}

/// Input of [`Engine::describe_backup`](crate::Engine::describe_backup).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DescribeBackupRequest {
    /// The backup's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup_arn: Option<String>,
}

/// Input of [`Engine::delete_backup`](crate::Engine::delete_backup).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteBackupRequest {
    /// The backup's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup_arn: Option<String>,
}

/// Output of [`Engine::describe_backup`](crate::Engine::describe_backup) and
/// [`Engine::delete_backup`](crate::Engine::delete_backup).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct BackupResult {
    /// The backup and what it is of.
    pub backup_description: BackupDescription,
}

/// A backup and the table that it is of.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct BackupDescription {
    /// The backup.
    pub backup_details: BackupDetails,
    /// The table as it was.
    pub source_table_details: SourceTableDetails,
    /// Its indexes, stream and time to live.
    pub source_table_feature_details: SourceTableFeatureDetails,
}

/// A table that was backed up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct SourceTableDetails {
    /// Its name.
    pub table_name: String,
    /// Its id.
    pub table_id: String,
    /// Its ARN.
    pub table_arn: String,
    /// Its size.
    pub table_size_bytes: u64,
    /// Its keys.
    pub key_schema: Vec<KeySchemaElement>,
    /// When it was made.
    pub table_creation_date_time: f64,
    /// Units a second; zeros on demand.
    pub provisioned_throughput: ProvisionedThroughput,
    /// How many items it had.
    pub item_count: u64,
    /// `PROVISIONED` or `PAY_PER_REQUEST`.
    pub billing_mode: String,
}

/// What a table that was backed up had besides items.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct SourceTableFeatureDetails {
    /// Local indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_secondary_indexes: Option<Vec<SecondaryIndexInfo>>,
    /// Global indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_secondary_indexes: Option<Vec<SecondaryIndexInfo>>,
    /// Its stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_description: Option<StreamSpecification>,
    /// Its time to live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_to_live_description: Option<TimeToLiveDescription>,
}

/// An index of a table that was backed up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct SecondaryIndexInfo {
    /// Its name.
    pub index_name: String,
    /// Its keys.
    pub key_schema: Vec<KeySchemaElement>,
    /// What it holds.
    pub projection: IndexProjection,
    /// Units a second, of a global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<ProvisionedThroughput>,
}

/// Input of [`Engine::list_backups`](crate::Engine::list_backups).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListBackupsRequest {
    /// Of this table only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// So many at most, up to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Made at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_range_lower_bound: Option<f64>,
    /// Made before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_range_upper_bound: Option<f64>,
    /// Where the page before ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusive_start_backup_arn: Option<String>,
    /// `USER`, `SYSTEM`, `AWS_BACKUP` or `ALL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup_type: Option<String>,
}

/// Output of [`Engine::list_backups`](crate::Engine::list_backups).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ListBackupsResult {
    /// The backups, oldest first.
    pub backup_summaries: Vec<BackupSummary>,
    /// Where the page ended, unless the list did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_evaluated_backup_arn: Option<String>,
}

/// A backup in a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct BackupSummary {
    /// The table's name.
    pub table_name: String,
    /// The table's id.
    pub table_id: String,
    /// The table's ARN.
    pub table_arn: String,
    /// The backup's ARN.
    pub backup_arn: String,
    /// The backup's name.
    pub backup_name: String,
    /// When it was made.
    pub backup_creation_date_time: f64,
    /// `AVAILABLE`.
    pub backup_status: String,
    /// `USER`.
    pub backup_type: String,
    /// Bytes.
    pub backup_size_bytes: u64,
}

/// Input of [`Engine::restore_table_from_backup`](crate::Engine::restore_table_from_backup).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RestoreTableFromBackupRequest {
    /// The new table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_table_name: Option<String>,
    /// What to restore.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup_arn: Option<String>,
    /// What is otherwise than it was.
    #[serde(flatten)]
    pub overrides: RestoreOverrides,
}

impl RestoreTableFromBackupRequest {
    /// Makes a table of what a backup holds.
    #[must_use]
    pub fn new(table: impl Into<String>, backup: impl Into<String>) -> Self {
        let (target_table_name, backup_arn) = (Some(table.into()), Some(backup.into()));
        Self { target_table_name, backup_arn, ..Self::default() }
    }
}

/// What of a restored table is otherwise than it was: indexes can be left out,
/// not added.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RestoreOverrides {
    /// How it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_mode_override: Option<String>,
    /// Units a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput_override: Option<ProvisionedThroughput>,
    /// The global indexes that it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_secondary_index_override: Option<Vec<GlobalSecondaryIndex>>,
    /// The local indexes that it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_secondary_index_override: Option<Vec<LocalSecondaryIndex>>,
    /// Ceilings of on-demand throughput.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_throughput_override: Option<super::OnDemandThroughput>,
    /// Encryption; not modelled, refused.
    #[serde(rename = "SSESpecificationOverride", skip_serializing_if = "Option::is_none")]
    pub sse_specification_override: Option<serde_json::Value>,
    /// Vector indexes; not modelled, refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector_index_override: Option<serde_json::Value>,
}

/// Input of [`Engine::restore_table_to_point_in_time`](crate::Engine::restore_table_to_point_in_time).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RestoreTableToPointInTimeRequest {
    /// The table, by its ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_table_arn: Option<String>,
    /// The table, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_table_name: Option<String>,
    /// The new table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_table_name: Option<String>,
    /// As late as can be: five minutes ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_latest_restorable_time: Option<bool>,
    /// As it was after this second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore_date_time: Option<f64>,
    /// What is otherwise than it was.
    #[serde(flatten)]
    pub overrides: RestoreOverrides,
}

/// Output of both restores.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct RestoreTableResult {
    /// The new table.
    pub table_description: TableDescription,
}

/// Where a table was restored from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct RestoreSummary {
    /// The backup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_backup_arn: Option<String>,
    /// The table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_table_arn: Option<String>,
    /// As it was at this time.
    pub restore_date_time: f64,
    /// Whether it goes on.
    pub restore_in_progress: bool,
}

/// Input of [`Engine::update_continuous_backups`](crate::Engine::update_continuous_backups).
///
/// ```
/// use dynamo_engine::UpdateContinuousBackupsRequest;
/// let on = UpdateContinuousBackupsRequest::new("tab", true);
/// assert_eq!(
///     serde_json::to_string(&on)?,
///     r#"{"TableName":"tab","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpdateContinuousBackupsRequest {
    /// The table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// Whether its past is kept, and for how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point_in_time_recovery_specification: Option<PointInTimeRecoverySpecification>,
}

impl UpdateContinuousBackupsRequest {
    /// Switches point-in-time recovery on or off.
    #[must_use]
    pub fn new(table: impl Into<String>, enabled: bool) -> Self {
        let specification = PointInTimeRecoverySpecification {
            point_in_time_recovery_enabled: Some(enabled),
            ..PointInTimeRecoverySpecification::default()
        };
        Self { table_name: Some(table.into()), point_in_time_recovery_specification: Some(specification) }
    }
}

/// Whether a table's past is kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PointInTimeRecoverySpecification {
    /// Whether it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point_in_time_recovery_enabled: Option<bool>,
    /// For 1 to 35 days; 35 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_period_in_days: Option<i64>,
}

/// Ceilings of on-demand throughput, in units a second. `[CAP-4.10]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OnDemandThroughput {
    /// Reads; -1 for no ceiling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_read_request_units: Option<i64>,
    /// Writes; -1 for no ceiling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_write_request_units: Option<i64>,
}
