//! Requests and results about streams.

use super::KeySchemaElement;
use crate::item::Item;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::describe_stream`](crate::Engine::describe_stream).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DescribeStreamRequest {
    /// The stream.
    pub stream_arn: String,
    /// At most this many shards, 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusive_start_shard_id: Option<String>,
    /// Only the children of a shard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard_filter: Option<ShardFilter>,
}

/// Which shards to describe.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ShardFilter {
    /// `CHILD_SHARDS`.
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Of which shard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard_id: Option<String>,
}

/// Output of [`Engine::describe_stream`](crate::Engine::describe_stream).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct DescribeStreamResult {
    /// The stream.
    pub stream_description: StreamDescription,
}

/// A stream, as AWS describes it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct StreamDescription {
    /// Its ARN.
    pub stream_arn: String,
    /// The time of its creation.
    pub stream_label: String,
    /// `ENABLED` or `DISABLED`.
    pub stream_status: String,
    /// What its records show.
    pub stream_view_type: String,
    /// When it was created, in seconds.
    pub creation_request_date_time: f64,
    /// The table.
    pub table_name: String,
    /// The table's key.
    pub key_schema: Vec<KeySchemaElement>,
    /// Its shards, in the order of their ids.
    pub shards: Vec<Shard>,
    /// Where the page ended, if there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_evaluated_shard_id: Option<String>,
}

/// A shard of a stream: the changes of one partition.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct Shard {
    /// Its id.
    pub shard_id: String,
    /// Which records it holds.
    pub sequence_number_range: SequenceNumberRange,
    /// The shard it goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_shard_id: Option<String>,
}

/// The records of a shard.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct SequenceNumberRange {
    /// The first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starting_sequence_number: Option<String>,
    /// The last, once the shard is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending_sequence_number: Option<String>,
}

/// Input of [`Engine::get_shard_iterator`](crate::Engine::get_shard_iterator).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetShardIteratorRequest {
    /// The stream.
    pub stream_arn: String,
    /// The shard.
    pub shard_id: String,
    /// `TRIM_HORIZON`, `LATEST`, `AT_SEQUENCE_NUMBER`,
    /// `AFTER_SEQUENCE_NUMBER` or `AT_TIMESTAMP`.
    pub shard_iterator_type: String,
    /// Where, for the two that say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<String>,
    /// When, in seconds, for `AT_TIMESTAMP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<f64>,
}

/// Output of [`Engine::get_shard_iterator`](crate::Engine::get_shard_iterator).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct GetShardIteratorResult {
    /// What GetRecords takes.
    pub shard_iterator: String,
}

/// Input of [`Engine::get_records`](crate::Engine::get_records).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetRecordsRequest {
    /// Where to read.
    pub shard_iterator: String,
    /// At most this many, 1 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// Output of [`Engine::get_records`](crate::Engine::get_records).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct GetRecordsResult {
    /// The records, in the order in which they were written.
    pub records: Vec<StreamRecord>,
    /// Where to go on; absent at the end of a closed shard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_shard_iterator: Option<String>,
}

/// Input of [`Engine::list_streams`](crate::Engine::list_streams).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListStreamsRequest {
    /// Only streams of this table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// At most this many, 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusive_start_stream_arn: Option<String>,
}

/// Output of [`Engine::list_streams`](crate::Engine::list_streams).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ListStreamsResult {
    /// The streams.
    pub streams: Vec<StreamSummary>,
    /// Where the page ended, if it is full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_evaluated_stream_arn: Option<String>,
}

/// A stream in a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct StreamSummary {
    /// Its ARN.
    pub stream_arn: String,
    /// The table.
    pub table_name: String,
    /// The time of its creation.
    pub stream_label: String,
}

/// One change of one item. `[DDB-13.1]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StreamRecord {
    /// Unique: 32 hexadecimal digits.
    #[serde(rename = "eventID")]
    pub event_id: String,
    /// `INSERT`, `MODIFY` or `REMOVE`.
    pub event_name: String,
    /// `1.1`.
    pub event_version: String,
    /// `aws:dynamodb`.
    pub event_source: String,
    /// The Region.
    pub aws_region: String,
    /// The change.
    pub dynamodb: Change,
    /// Who made it, if it was DynamoDB itself. `[DDB-13.10]`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user_identity: Option<Identity>,
}

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identity {
    /// `Service`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// `dynamodb.amazonaws.com`.
    #[serde(rename = "PrincipalId")]
    pub principal_id: String,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Change {
    /// When, in whole seconds.
    pub approximate_creation_date_time: f64,
    /// The item's key.
    pub keys: Item,
    /// The item afterwards, if the view type shows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub new_image: Option<Item>,
    /// The item before, if the view type shows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub old_image: Option<Item>,
    /// Grows within a shard; compare as an integer.
    pub sequence_number: String,
    /// Bytes of the key and the images. `[DDB-13.2]`
    pub size_bytes: u64,
    /// What the record shows.
    pub stream_view_type: String,
}
