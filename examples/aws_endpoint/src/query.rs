//! The Query protocol: forms in, XML out.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

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

    /// An element that holds a text. A carriage return would not survive a
    /// parser if it stood there as such.
    pub fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        self.0.push_str(&quick_xml::escape::escape(text).replace('\r', "&#xD;"));
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
    use super::{Map, Value, Xml, json};
    use std::collections::BTreeMap;

    /// The XML namespace of its answers.
    pub const NAMESPACE: &str = "http://queue.amazonaws.com/doc/2012-11-05/";

    /// How a flattened list or map is called in a form, and in JSON.
    enum Shape {
        /// `Name.1=value`.
        List(&'static str),
        /// `Attribute.1.Name=…`, `Attribute.1.Value=…`; of plain values or
        /// of structures.
        Map(&'static str, &'static str, &'static str),
        /// `Entry.1.Member=…`.
        Entries,
        /// A number.
        Number,
    }

    fn shape(operation: &str, name: &str) -> Option<Shape> {
        Some(match name {
            "AttributeName" => Shape::List("AttributeNames"),
            "MessageAttributeName" => Shape::List("MessageAttributeNames"),
            "MessageSystemAttributeName" => Shape::List("MessageSystemAttributeNames"),
            "ActionName" => Shape::List("Actions"),
            "AWSAccountId" => Shape::List("AWSAccountIds"),
            "TagKey" => Shape::List("TagKeys"),
            "Attribute" => Shape::Map("Attributes", "Name", "Value"),
            "MessageAttribute" => Shape::Map("MessageAttributes", "Name", "Value"),
            "MessageSystemAttribute" => Shape::Map("MessageSystemAttributes", "Name", "Value"),
            "Tag" if operation == "CreateQueue" => Shape::Map("tags", "Key", "Value"),
            "Tag" => Shape::Map("Tags", "Key", "Value"),
            "SendMessageBatchRequestEntry"
            | "DeleteMessageBatchRequestEntry"
            | "ChangeMessageVisibilityBatchRequestEntry" => Shape::Entries,
            "DelaySeconds"
            | "MaxNumberOfMessages"
            | "VisibilityTimeout"
            | "WaitTimeSeconds"
            | "MaxResults"
            | "MaxNumberOfMessagesPerSecond" => Shape::Number,
            _ => return None,
        })
    }

    /// The members after a prefix, by the part of their names up to the next
    /// dot.
    fn grouped(form: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeMap<String, String>> {
        let mut groups: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
        for (name, value) in form {
            let (head, rest) = name.split_once('.').unwrap_or((name, ""));
            groups.entry(head).or_default().insert(rest.into(), value.clone());
        }
        groups
    }

    /// What the numbers of a flattened list stand for, in their order.
    fn numbered(form: &BTreeMap<String, String>) -> Vec<BTreeMap<String, String>> {
        let mut numbered: Vec<_> = grouped(form)
            .into_iter()
            .filter_map(|(number, members)| Some((number.parse::<usize>().ok()?, members)))
            .collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, members)| members).collect()
    }

    fn structure(operation: &str, form: &BTreeMap<String, String>) -> Result<Value, String> {
        let mut object = Map::new();
        for (name, members) in grouped(form) {
            let plain = || members.get("").cloned().unwrap_or_default();
            match shape(operation, name) {
                None => _ = object.insert(name.into(), plain().into()),
                Some(Shape::Number) => {
                    let number: i64 = plain().parse().map_err(|_| {
                        format!(
                            "Value {} for parameter {name} is invalid. Reason: Must be an integer.",
                            plain()
                        )
                    })?;
                    object.insert(name.into(), number.into());
                }
                Some(Shape::List(plural)) => {
                    let values = numbered(&members)
                        .into_iter()
                        .map(|entry| entry.get("").cloned().unwrap_or_default());
                    object.insert(plural.into(), values.collect());
                }
                Some(Shape::Map(plural, key, value)) => {
                    let mut map = Map::new();
                    for entry in numbered(&members) {
                        let name = entry.get(key).cloned().unwrap_or_default();
                        let of = match entry.get(value) {
                            Some(text) => text.clone().into(),
                            None => {
                                let prefix = format!("{value}.");
                                let inner = entry.iter().filter_map(|(name, text)| {
                                    Some((name.strip_prefix(&prefix)?.to_string(), text.clone()))
                                });
                                inner
                                    .map(|(name, text)| (name, Value::from(text)))
                                    .collect::<Map<_, _>>()
                                    .into()
                            }
                        };
                        map.insert(name, of);
                    }
                    object.insert(plural.into(), map.into());
                }
                Some(Shape::Entries) => {
                    let entries: Result<Vec<_>, _> =
                        numbered(&members).iter().map(|entry| structure(operation, entry)).collect();
                    object.insert("Entries".into(), entries?.into());
                }
            }
        }
        Ok(object.into())
    }

    /// The request that a form means.
    ///
    /// # Errors
    /// What cannot be a number.
    pub fn request(operation: &str, form: &BTreeMap<String, String>) -> Result<Value, String> {
        let members = form.iter().filter(|(name, _)| {
            !matches!(name.as_str(), "Action" | "Version") && !name.starts_with("X-Amz-")
        });
        let members: BTreeMap<_, _> = members.map(|(name, value)| (name.clone(), value.clone())).collect();
        Ok(json!({ operation: structure(operation, &members)? }))
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
pub fn form(text: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}
