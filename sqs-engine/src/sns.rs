//! What a topic sends to a subscribed queue.

use crate::{MessageAttributeValue, MessageAttributes, SendMessageRequest};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::Timestamp;
use serde_json::{Value, json};

/// A notification of an SNS topic. `[SQS-15]`
///
/// ```
/// use sqs_engine::SnsNotification;
/// use sqs_engine::aws_core::Timestamp;
///
/// let notification = SnsNotification::new("arn:aws:sns:us-east-1:111122223333:orders", "id-1", "hello", Timestamp::from_millis(0));
/// let send = notification.envelope("https://sqs.us-east-1.amazonaws.com/111122223333/q");
/// let body: serde_json::Value = serde_json::from_str(&send.message_body)?;
/// assert_eq!(body["Message"], "hello");
/// assert_eq!(notification.raw("q").message_body, "hello");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SnsNotification {
    /// The topic's ARN; of a FIFO topic it ends with `.fifo`.
    pub topic_arn: String,
    /// The notification's id.
    pub message_id: String,
    /// Its subject.
    pub subject: Option<String>,
    /// What was published.
    pub message: String,
    /// When.
    pub timestamp: Timestamp,
    /// What was published with it.
    pub attributes: MessageAttributes,
    /// Group and deduplication id, of FIFO topics.
    pub fifo: Option<(String, String)>,
    /// The number a FIFO topic gives it.
    pub sequence_number: Option<String>,
    /// Signature, and where the certificate is, of standard topics.
    pub signature: (String, String),
    /// Where the subscription can be ended.
    pub unsubscribe_url: String,
}

impl SnsNotification {
    /// A notification without subject and attributes.
    #[must_use]
    pub fn new(topic_arn: &str, message_id: &str, message: &str, timestamp: Timestamp) -> Self {
        Self {
            topic_arn: topic_arn.into(),
            message_id: message_id.into(),
            subject: None,
            message: message.into(),
            timestamp,
            attributes: MessageAttributes::new(),
            fifo: None,
            sequence_number: None,
            signature: (String::new(), String::new()),
            unsubscribe_url: String::new(),
        }
    }

    /// What the queue gets without raw delivery: the notification as JSON.
    /// Queues get it in the form in which SNS writes it, a member a line.
    #[must_use]
    pub fn envelope(&self, queue_url: &str) -> SendMessageRequest {
        let mut members: Vec<(&str, Value)> =
            Vec::from([("Type", json!("Notification")), ("MessageId", json!(self.message_id))]);
        if let Some(number) = &self.sequence_number {
            members.push(("SequenceNumber", json!(number)));
        }
        members.push(("TopicArn", json!(self.topic_arn)));
        if let Some(subject) = &self.subject {
            members.push(("Subject", json!(subject)));
        }
        members.push(("Message", json!(self.message)));
        members.push(("Timestamp", json!(format!("{}", self.timestamp.iso8601_millis()))));
        // FIFO topics do not sign. [SQS-15]
        if self.fifo.is_none() {
            members.push(("SignatureVersion", json!("1")));
            members.push(("Signature", json!(self.signature.0)));
            members.push(("SigningCertURL", json!(self.signature.1)));
        }
        members.push(("UnsubscribeURL", json!(self.unsubscribe_url)));
        let mut lines: Vec<String> =
            members.iter().map(|(name, value)| format!("  \"{name}\" : {value}")).collect();
        if !self.attributes.is_empty() {
            let each = self
                .attributes
                .iter()
                .map(|(name, value)| format!("    {} : {}", json!(name), attribute(value)));
            lines.push(format!(
                "  \"MessageAttributes\" : {{\n{}\n  }}",
                each.collect::<Vec<_>>().join(",\n")
            ));
        }
        let mut send = SendMessageRequest::new(queue_url, format!("{{\n{}\n}}", lines.join(",\n")));
        self.pass_ids(&mut send);
        send
    }

    /// What the queue gets with raw delivery: the message and its attributes.
    #[must_use]
    pub fn raw(&self, queue_url: &str) -> SendMessageRequest {
        let mut send = SendMessageRequest::new(queue_url, self.message.as_str());
        send.message_attributes = self.attributes.clone();
        self.pass_ids(&mut send);
        send
    }

    fn pass_ids(&self, send: &mut SendMessageRequest) {
        if let Some((group, dedup)) = &self.fifo {
            send.message_group_id = Some(group.clone());
            send.message_deduplication_id = Some(dedup.clone());
        }
    }
}

fn attribute(value: &MessageAttributeValue) -> Value {
    let text = match (&value.string_value, &value.binary_value) {
        (Some(text), _) => json!(text),
        (None, Some(bytes)) => serde_json::to_value(bytes).unwrap_or_default(),
        (None, None) => Value::Null,
    };
    json!({"Type": value.data_type, "Value": text})
}
