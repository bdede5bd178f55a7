//! Requests and results about queues.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::create_queue`](crate::Engine::create_queue).
///
/// ```
/// use sqs_engine::CreateQueueRequest;
/// let request = CreateQueueRequest::new("orders").attribute("VisibilityTimeout", 60);
/// assert_eq!(request.attributes["VisibilityTimeout"], "60");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CreateQueueRequest {
    /// 1 to 80 letters, digits, hyphens and underscores.
    pub queue_name: String,
    /// Attributes by name, all values text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Tags. The API spells this one member in lower case.
    #[serde(rename = "tags", skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

impl CreateQueueRequest {
    /// A queue with this name and every attribute at its default.
    #[must_use]
    pub fn new(queue_name: impl Into<String>) -> Self {
        Self { queue_name: queue_name.into(), ..Self::default() }
    }

    /// Sets an attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl alloc::string::ToString) -> Self {
        self.attributes.insert(name.into(), value.to_string());
        self
    }
}

/// Output of [`Engine::create_queue`](crate::Engine::create_queue).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateQueueResult {
    /// Names the queue in every other call.
    pub queue_url: String,
}

/// Input of [`Engine::set_queue_attributes`](crate::Engine::set_queue_attributes).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SetQueueAttributesRequest {
    /// The queue.
    pub queue_url: String,
    /// Attributes by name. An empty value removes `Policy`, `RedrivePolicy`,
    /// `RedriveAllowPolicy` and `KmsMasterKeyId`.
    pub attributes: BTreeMap<String, String>,
}

/// Input of [`Engine::get_queue_attributes`](crate::Engine::get_queue_attributes).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetQueueAttributesRequest {
    /// The queue.
    pub queue_url: String,
    /// Which attributes, or `All`. None are returned if none are asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attribute_names: Vec<String>,
}

/// Output of [`Engine::get_queue_attributes`](crate::Engine::get_queue_attributes).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct GetQueueAttributesResult {
    /// What was asked for and is set; the member is absent when empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// Input of [`Engine::get_queue_url`](crate::Engine::get_queue_url).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetQueueUrlRequest {
    /// The queue's name.
    pub queue_name: String,
    /// The account that owns it; the caller's engine's own if absent.
    #[serde(rename = "QueueOwnerAWSAccountId", skip_serializing_if = "Option::is_none")]
    pub queue_owner_aws_account_id: Option<String>,
}

/// Output of [`Engine::get_queue_url`](crate::Engine::get_queue_url).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct GetQueueUrlResult {
    /// Names the queue in every other call.
    pub queue_url: String,
}

/// Input of [`Engine::list_queues`](crate::Engine::list_queues).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListQueuesRequest {
    /// Only queues whose name starts so; case matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_name_prefix: Option<String>,
    /// At most this many, 1 to 1,000. Without it there is never a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Where an earlier page ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Output of [`Engine::list_queues`](crate::Engine::list_queues).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ListQueuesResult {
    /// The queues' URLs; the member is absent when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queue_urls: Vec<String>,
    /// Present if more remain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Input of
/// [`Engine::list_dead_letter_source_queues`](crate::Engine::list_dead_letter_source_queues).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListDeadLetterSourceQueuesRequest {
    /// The dead-letter queue.
    pub queue_url: String,
    /// At most this many, 1 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Where an earlier page ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Output of
/// [`Engine::list_dead_letter_source_queues`](crate::Engine::list_dead_letter_source_queues).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ListDeadLetterSourceQueuesResult {
    /// The source queues' URLs. The API spells this member in lower case,
    /// and it is always present.
    #[serde(rename = "queueUrls")]
    pub queue_urls: Vec<String>,
    /// Present if more remain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Input of [`Engine::delete_queue`](crate::Engine::delete_queue).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteQueueRequest {
    /// The queue.
    pub queue_url: String,
}

/// Input of [`Engine::purge_queue`](crate::Engine::purge_queue).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PurgeQueueRequest {
    /// The queue.
    pub queue_url: String,
}

/// Input of [`Engine::tag_queue`](crate::Engine::tag_queue).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TagQueueRequest {
    /// The queue.
    pub queue_url: String,
    /// Tags to add or overwrite.
    pub tags: BTreeMap<String, String>,
}

/// Input of [`Engine::untag_queue`](crate::Engine::untag_queue).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UntagQueueRequest {
    /// The queue.
    pub queue_url: String,
    /// Keys to remove; those that are not there are ignored.
    pub tag_keys: Vec<String>,
}

/// Input of [`Engine::list_queue_tags`](crate::Engine::list_queue_tags).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListQueueTagsRequest {
    /// The queue.
    pub queue_url: String,
}

/// Output of [`Engine::list_queue_tags`](crate::Engine::list_queue_tags).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ListQueueTagsResult {
    /// The tags; the member is absent when there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}
