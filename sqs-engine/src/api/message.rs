//! Requests and results about messages.

use crate::{Md5, MessageId};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::Blob;
use serde::{Deserialize, Serialize};

/// A message attribute, or a system attribute when sending.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MessageAttributeValue {
    /// `String`, `Number` or `Binary`, optionally with a custom label after
    /// a dot.
    pub data_type: String,
    /// The value of a `String` or `Number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// The value of a `Binary`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<Blob>,
    /// Not supported by SQS, and refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub string_list_values: Vec<String>,
    /// Not supported by SQS, and refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub binary_list_values: Vec<Blob>,
}

impl MessageAttributeValue {
    /// A `String` attribute.
    #[must_use]
    pub fn string(value: impl Into<String>) -> Self {
        Self { data_type: "String".into(), string_value: Some(value.into()), ..Self::default() }
    }

    /// A `Number` attribute; SQS keeps the text as sent.
    #[must_use]
    pub fn number(value: impl alloc::string::ToString) -> Self {
        Self { data_type: "Number".into(), string_value: Some(value.to_string()), ..Self::default() }
    }

    /// A `Binary` attribute.
    #[must_use]
    pub fn binary(value: impl Into<Blob>) -> Self {
        Self { data_type: "Binary".into(), binary_value: Some(value.into()), ..Self::default() }
    }
}

/// Message attributes by name.
pub type MessageAttributes = BTreeMap<String, MessageAttributeValue>;

/// Input of [`Engine::send_message`](crate::Engine::send_message).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SendMessageRequest {
    /// The queue, by URL or by bare name.
    pub queue_url: String,
    /// At least one character.
    pub message_body: String,
    /// Seconds before the message can be received; the queue's if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_seconds: Option<i64>,
    /// At most ten.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_attributes: MessageAttributes,
    /// Only `AWSTraceHeader`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_system_attributes: MessageAttributes,
    /// FIFO queues only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_deduplication_id: Option<String>,
    /// The group of a FIFO queue, or the tenant of a fair queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_group_id: Option<String>,
}

impl SendMessageRequest {
    /// A message with nothing but a body.
    #[must_use]
    pub fn new(queue_url: impl Into<String>, message_body: impl Into<String>) -> Self {
        Self { queue_url: queue_url.into(), message_body: message_body.into(), ..Self::default() }
    }
}

/// Output of [`Engine::send_message`](crate::Engine::send_message).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SendMessageResult {
    /// Names the message for good, through every redelivery and dead-letter
    /// move.
    pub message_id: MessageId,
    /// MD5 of the body.
    #[serde(rename = "MD5OfMessageBody")]
    pub md5_of_message_body: Md5,
    /// Digest of the attributes, if there are any.
    #[serde(rename = "MD5OfMessageAttributes", default, skip_serializing_if = "Option::is_none")]
    pub md5_of_message_attributes: Option<Md5>,
    /// Digest of the system attributes, if any were sent as a parameter.
    #[serde(rename = "MD5OfMessageSystemAttributes", default, skip_serializing_if = "Option::is_none")]
    pub md5_of_message_system_attributes: Option<Md5>,
    /// FIFO: the message's place in the order, 20 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<String>,
}

/// Input of [`Engine::send_message_batch`](crate::Engine::send_message_batch).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SendMessageBatchRequest {
    /// The queue.
    pub queue_url: String,
    /// One to ten entries; absent is not the same as empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<SendMessageBatchRequestEntry>>,
}

/// One message of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SendMessageBatchRequestEntry {
    /// Names the entry within the batch. Absent is not the same as empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// At least one character.
    pub message_body: String,
    /// Seconds before the message can be received; the queue's if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_seconds: Option<i64>,
    /// At most ten.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_attributes: MessageAttributes,
    /// Only `AWSTraceHeader`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message_system_attributes: MessageAttributes,
    /// FIFO queues only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_deduplication_id: Option<String>,
    /// The group of a FIFO queue, or the tenant of a fair queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_group_id: Option<String>,
}

impl SendMessageBatchRequestEntry {
    /// A message with nothing but a body.
    #[must_use]
    pub fn new(id: impl Into<String>, message_body: impl Into<String>) -> Self {
        Self { id: Some(id.into()), message_body: message_body.into(), ..Self::default() }
    }
}

/// Output of [`Engine::send_message_batch`](crate::Engine::send_message_batch).
pub type SendMessageBatchResult = BatchResult<SendMessageBatchResultEntry>;

/// One message of a batch that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SendMessageBatchResultEntry {
    /// The entry's id.
    pub id: String,
    /// What a single send would have answered.
    #[serde(flatten)]
    pub sent: SendMessageResult,
}

/// Output of any batch: which entries succeeded and which failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", bound(deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct BatchResult<T> {
    /// Entries that succeeded; absent when none did.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub successful: Vec<T>,
    /// Entries that failed; absent when none did.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<BatchResultErrorEntry>,
}

impl<T> BatchResult<T> {
    pub(crate) fn with_capacity(entries: usize) -> Self {
        Self { successful: Vec::with_capacity(entries), failed: Vec::new() }
    }
}

/// One entry of a batch that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BatchResultErrorEntry {
    /// The entry's id.
    pub id: String,
    /// The query code of what went wrong.
    pub code: String,
    /// What went wrong.
    pub message: String,
    /// Whether it was the sender's fault.
    pub sender_fault: bool,
}

/// Input of [`Engine::receive_message`](crate::Engine::receive_message).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReceiveMessageRequest {
    /// The queue.
    pub queue_url: String,
    /// System attributes wanted; the older spelling.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attribute_names: Vec<String>,
    /// System attributes wanted, or `All`. Both spellings add up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub message_system_attribute_names: Vec<String>,
    /// Message attributes wanted: names, `prefix.*`, or `All`, `.*`, `*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub message_attribute_names: Vec<String>,
    /// 1 to 10; 1 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_number_of_messages: Option<i64>,
    /// Seconds, 0 to 43,200; the queue's if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility_timeout: Option<i64>,
    /// Seconds to wait for a message, 0 to 20; the queue's if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_time_seconds: Option<i64>,
    /// Makes a receive from a FIFO queue repeatable; ignored elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receive_request_attempt_id: Option<String>,
}

impl ReceiveMessageRequest {
    /// A short poll for up to ten messages.
    #[must_use]
    pub fn up_to_ten(queue_url: impl Into<String>) -> Self {
        Self {
            queue_url: queue_url.into(),
            max_number_of_messages: Some(10),
            wait_time_seconds: Some(0),
            ..Self::default()
        }
    }
}

/// What a finished receive returns.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ReceiveMessageResult {
    /// The messages; the member is absent when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
}

/// A delivered message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Message {
    /// The message's id.
    pub message_id: MessageId,
    /// Names this delivery; needed to delete the message.
    pub receipt_handle: String,
    /// MD5 of the body.
    #[serde(rename = "MD5OfBody")]
    pub md5_of_body: Md5,
    /// The body as sent.
    pub body: Arc<str>,
    /// System attributes that were asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<SystemAttribute, String>,
    /// Digest of the message attributes *returned*, if any are.
    #[serde(rename = "MD5OfMessageAttributes", default, skip_serializing_if = "Option::is_none")]
    pub md5_of_message_attributes: Option<Md5>,
    /// Message attributes that were asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub message_attributes: MessageAttributes,
}

/// The system attributes of a delivered message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SystemAttribute {
    /// The X-Ray header sent with the message.
    #[serde(rename = "AWSTraceHeader")]
    AwsTraceHeader,
    /// When the message was first received, in milliseconds.
    ApproximateFirstReceiveTimestamp,
    /// How often the message was received, dead-letter moves included.
    ApproximateReceiveCount,
    /// The queue a dead letter came from.
    DeadLetterQueueSourceArn,
    /// FIFO: what the message is deduplicated by.
    MessageDeduplicationId,
    /// The message's group or tenant.
    MessageGroupId,
    /// Who sent it.
    SenderId,
    /// When it was sent, in milliseconds.
    SentTimestamp,
    /// FIFO: its place in the order.
    SequenceNumber,
}

impl SystemAttribute {
    /// Every name, in alphabetic order.
    pub const ALL: [Self; 9] = [
        Self::AwsTraceHeader,
        Self::ApproximateFirstReceiveTimestamp,
        Self::ApproximateReceiveCount,
        Self::DeadLetterQueueSourceArn,
        Self::MessageDeduplicationId,
        Self::MessageGroupId,
        Self::SenderId,
        Self::SentTimestamp,
        Self::SequenceNumber,
    ];

    /// The name as AWS spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwsTraceHeader => "AWSTraceHeader",
            Self::ApproximateFirstReceiveTimestamp => "ApproximateFirstReceiveTimestamp",
            Self::ApproximateReceiveCount => "ApproximateReceiveCount",
            Self::DeadLetterQueueSourceArn => "DeadLetterQueueSourceArn",
            Self::MessageDeduplicationId => "MessageDeduplicationId",
            Self::MessageGroupId => "MessageGroupId",
            Self::SenderId => "SenderId",
            Self::SentTimestamp => "SentTimestamp",
            Self::SequenceNumber => "SequenceNumber",
        }
    }
}

/// Input of [`Engine::delete_message`](crate::Engine::delete_message).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteMessageRequest {
    /// The queue.
    pub queue_url: String,
    /// From the delivery.
    pub receipt_handle: String,
}

/// Input of [`Engine::delete_message_batch`](crate::Engine::delete_message_batch).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteMessageBatchRequest {
    /// The queue.
    pub queue_url: String,
    /// One to ten entries; absent is not the same as empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<DeleteMessageBatchRequestEntry>>,
}

/// One deletion of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeleteMessageBatchRequestEntry {
    /// Names the entry within the batch. Absent is not the same as empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// From the delivery.
    pub receipt_handle: String,
}

/// One entry of a batch that succeeded and has nothing else to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BatchResultEntry {
    /// The entry's id.
    pub id: String,
}

/// Input of
/// [`Engine::change_message_visibility`](crate::Engine::change_message_visibility).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ChangeMessageVisibilityRequest {
    /// The queue.
    pub queue_url: String,
    /// From the delivery.
    pub receipt_handle: String,
    /// Seconds from now, 0 to 43,200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility_timeout: Option<i64>,
}

/// Input of
/// [`Engine::change_message_visibility_batch`](crate::Engine::change_message_visibility_batch).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ChangeMessageVisibilityBatchRequest {
    /// The queue.
    pub queue_url: String,
    /// One to ten entries; absent is not the same as empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<ChangeMessageVisibilityBatchRequestEntry>>,
}

/// One change of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ChangeMessageVisibilityBatchRequestEntry {
    /// Names the entry within the batch. Absent is not the same as empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// From the delivery.
    pub receipt_handle: String,
    /// Seconds from now, 0 to 43,200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility_timeout: Option<i64>,
}
