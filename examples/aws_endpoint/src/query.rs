//! The Query protocol: forms in, XML out.

use aws_core::wire::{QueryError, parse_form, xml_text};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The parameters of a form or a query string.
pub type Form = BTreeMap<String, String>;

/// A refusal in this protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faulty {
    /// The code.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong.
    pub message: String,
    /// What the owner may know.
    pub explanation: Option<String>,
}

/// XML in the making.
#[derive(Debug, Default)]
pub struct Xml(String);

impl Xml {
    /// Opens an element.
    pub fn open(&mut self, name: &str) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
    }

    /// Closes it.
    pub fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element that holds a text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        self.0.push_str(&xml_text(text));
        self.close(name);
    }

    /// The answer to an operation.
    pub fn reply(self, operation: &str, namespace: &str, request_id: &str) -> String {
        let result = if self.0.is_empty() {
            String::new()
        } else {
            format!("<{operation}Result>{}</{operation}Result>", self.0)
        };
        format!(
            "<?xml version=\"1.0\"?><{operation}Response xmlns=\"{namespace}\">{result}<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
        )
    }
}

impl Faulty {
    /// As XML.
    pub fn to_xml(&self, namespace: &str, request_id: &str) -> String {
        let mut xml = Xml::default();
        xml.text("Type", if self.status < 500 { "Sender" } else { "Receiver" });
        xml.text("Code", &self.code);
        xml.text("Message", &self.message);
        format!(
            "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"{namespace}\"><Error>{}<Detail/></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
            xml.0
        )
    }
}

/// SQS: the same shapes as in JSON, flattened.
pub mod sqs {
    use super::{Form, Map, Value, Xml};
    use aws_core::wire::{Member, QueryError, Shape, unflatten};
    use serde_json::json;

    /// The XML namespace of its answers.
    pub const NAMESPACE: &str = "http://queue.amazonaws.com/doc/2012-11-05/";

    const fn member(json: &'static str, query: &'static str, shape: Shape) -> Member {
        Member { json, query, shape }
    }

    const fn text(name: &'static str) -> Member {
        member(name, name, Shape::Text)
    }

    const fn number(name: &'static str) -> Member {
        member(name, name, Shape::Integer)
    }

    const fn map(key: &'static str, of: &'static Shape) -> Shape {
        Shape::Map { key, value: "Value", of }
    }

    const TEXTS: Shape = Shape::List(&Shape::Text);

    const ATTRIBUTES: Shape =
        map("Name", &Shape::Struct(&[text("StringValue"), text("BinaryValue"), text("DataType")]));

    /// What an entry of a batch may have; each operation reads its own.
    const ENTRY: &[Member] = &[
        text("Id"),
        text("MessageBody"),
        number("DelaySeconds"),
        member("MessageAttributes", "MessageAttribute", ATTRIBUTES),
        member("MessageSystemAttributes", "MessageSystemAttribute", ATTRIBUTES),
        text("MessageDeduplicationId"),
        text("MessageGroupId"),
        text("ReceiptHandle"),
        number("VisibilityTimeout"),
    ];

    const ENTRIES: Shape = Shape::List(&Shape::Struct(ENTRY));

    /// What a request may have.
    const REQUEST: &[Member] = &[
        text("QueueName"),
        text("QueueUrl"),
        text("QueueOwnerAWSAccountId"),
        text("QueueNamePrefix"),
        text("NextToken"),
        number("MaxResults"),
        text("Label"),
        member("AWSAccountIds", "AWSAccountId", TEXTS),
        member("Actions", "ActionName", TEXTS),
        member("TagKeys", "TagKey", TEXTS),
        member("Tags", "Tag", map("Key", &Shape::Text)),
        member("Attributes", "Attribute", map("Name", &Shape::Text)),
        member("AttributeNames", "AttributeName", TEXTS),
        member("MessageAttributeNames", "MessageAttributeName", TEXTS),
        member("MessageSystemAttributeNames", "MessageSystemAttributeName", TEXTS),
        member("MessageAttributes", "MessageAttribute", ATTRIBUTES),
        member("MessageSystemAttributes", "MessageSystemAttribute", ATTRIBUTES),
        text("MessageBody"),
        number("DelaySeconds"),
        text("MessageDeduplicationId"),
        text("MessageGroupId"),
        number("MaxNumberOfMessages"),
        number("VisibilityTimeout"),
        number("WaitTimeSeconds"),
        text("ReceiveRequestAttemptId"),
        text("ReceiptHandle"),
        member("Entries", "SendMessageBatchRequestEntry", ENTRIES),
        member("Entries", "DeleteMessageBatchRequestEntry", ENTRIES),
        member("Entries", "ChangeMessageVisibilityBatchRequestEntry", ENTRIES),
        text("SourceArn"),
        text("DestinationArn"),
        number("MaxNumberOfMessagesPerSecond"),
        text("TaskHandle"),
    ];

    /// The request that a form means.
    ///
    /// # Errors
    /// What cannot be a number.
    pub fn request(operation: &str, form: &Form) -> Result<Value, QueryError> {
        let parameters: Vec<_> = form.clone().into_iter().collect();
        let mut members = unflatten(&parameters, REQUEST)?;
        // The only member that two operations spell differently.
        if operation == "CreateQueue"
            && let Some(members) = members.as_object_mut()
            && let Some(tags) = members.remove("Tags")
        {
            members.insert("tags".into(), tags);
        }
        Ok(json!({ operation: members }))
    }

    /// The elements that a reply means.
    pub fn reply(operation: &str, reply: &Value) -> Xml {
        let mut xml = Xml::default();
        elements(&mut xml, operation, reply);
        xml
    }

    fn elements(xml: &mut Xml, operation: &str, value: &Value) {
        let Some(object) = value.as_object() else { return };
        for (name, value) in object {
            match (name.as_str(), value) {
                ("QueueUrls" | "queueUrls", Value::Array(urls)) => each(xml, "QueueUrl", operation, urls),
                ("Messages", Value::Array(all)) => each(xml, "Message", operation, all),
                ("Results", Value::Array(all)) => each(xml, "Result", operation, all),
                ("Failed", Value::Array(all)) => each(xml, "BatchResultErrorEntry", operation, all),
                ("Successful", Value::Array(all)) => {
                    each(xml, &format!("{operation}ResultEntry"), operation, all);
                }
                ("Attributes", Value::Object(map)) => pairs(xml, "Attribute", "Name", map),
                ("MessageAttributes", Value::Object(map)) => pairs(xml, "MessageAttribute", "Name", map),
                ("Tags", Value::Object(map)) => pairs(xml, "Tag", "Key", map),
                (name, Value::String(text)) => xml.text(name, text),
                (name, value) => xml.text(name, &value.to_string()),
            }
        }
    }

    fn each(xml: &mut Xml, name: &str, operation: &str, all: &[Value]) {
        for one in all {
            match one {
                Value::String(text) => xml.text(name, text),
                one => {
                    xml.open(name);
                    elements(xml, operation, one);
                    xml.close(name);
                }
            }
        }
    }

    fn pairs(xml: &mut Xml, name: &str, key: &str, map: &Map<String, Value>) {
        for (of, value) in map {
            xml.open(name);
            xml.text(key, of);
            match value {
                Value::Object(_) => {
                    xml.open("Value");
                    elements(xml, "", value);
                    xml.close("Value");
                }
                value => xml.text("Value", value.as_str().unwrap_or_default()),
            }
            xml.close(name);
        }
    }
}

/// The members of a form or a query string.
///
/// # Errors
/// They are not UTF-8.
pub fn form(text: &str) -> Result<Form, QueryError> {
    Ok(parse_form(text)?.into_iter().collect())
}
