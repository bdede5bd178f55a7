//! The Query protocol's parameters: a JSON value flattened by rules that
//! each operation's shape gives.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use serde_json::{Map, Number, Value};

/// What a member is, as far as flattening cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A string, a blob in base64, or a date.
    Text,
    /// A whole number; without quotes in JSON.
    Integer,
    /// `true` or `false`; without quotes in JSON.
    Boolean,
    /// A flattened list: `Name.1`, `Name.2`, …
    List(&'static Shape),
    /// A flattened map: `Name.1.<key>`, `Name.1.<value>`, …
    Map {
        /// What the parameter calls keys, such as `Name`.
        key: &'static str,
        /// What it calls values, such as `Value`.
        value: &'static str,
        /// What the values are.
        of: &'static Shape,
    },
    /// Members with names of their own.
    Struct(&'static [Member]),
}

/// One member of a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its name in JSON, such as `AttributeNames`.
    pub json: &'static str,
    /// Its name in parameters, such as `AttributeName`.
    pub query: &'static str,
    /// What it is.
    pub shape: Shape,
}

/// Parameters that do not fit the operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A number or truth value that is none.
    #[error("{text:?} of parameter {parameter} is no {expected}")]
    Value {
        /// The parameter's whole name.
        parameter: String,
        /// What was sent, cut after 64 characters.
        text: String,
        /// `whole number` or `true or false`.
        expected: &'static str,
    },
    /// Form data that is no UTF-8 once decoded.
    #[error("parameter {place} is not UTF-8 once percent-decoded")]
    Encoding {
        /// Which one, counted from one.
        place: usize,
    },
}

/// Reads `application/x-www-form-urlencoded` text, in its order. A stray
/// percent sign stands for itself.
///
/// # Errors
/// A name or value that is not UTF-8.
///
/// ```
/// let read = aws_core::wire::parse_form("Action=SendMessage&MessageBody=a%20b+c%26&Empty")?;
/// assert_eq!(read[1], ("MessageBody".to_string(), "a b c&".to_string()));
/// assert_eq!(read[2], ("Empty".to_string(), String::new()));
/// # Ok::<(), aws_core::wire::QueryError>(())
/// ```
pub fn parse_form(text: &str) -> Result<Vec<(String, String)>, QueryError> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let decode = |text: &str, place| decode(text).ok_or(QueryError::Encoding { place });
    (1..)
        .zip(pairs)
        .map(|(place, pair)| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name, place)?, decode(value, place)?))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let hex = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        match byte {
            b'+' => out.push(b' '),
            b'%' => match (hex(ahead.next()), hex(ahead.next())) {
                (Some(high), Some(low)) => {
                    out.push(high * 16 + low);
                    bytes = ahead;
                }
                _ => out.push(byte),
            },
            _ => out.push(byte),
        }
    }
    String::from_utf8(out).ok()
}

/// Prints parameters as form data; [`parse_form`] reads them back.
///
/// ```
/// use aws_core::wire::{parse_form, print_form};
/// let sent = [("Tag.1.Key".to_string(), "a b&=%é".to_string())];
/// assert_eq!(print_form(&sent), "Tag.1.Key=a%20b%26%3D%25%C3%A9");
/// assert_eq!(parse_form(&print_form(&sent))?, sent);
/// # Ok::<(), aws_core::wire::QueryError>(())
/// ```
#[must_use]
pub fn print_form(parameters: &[(String, String)]) -> String {
    let mut out = String::new();
    let encode = |text: &str, out: &mut String| {
        for byte in text.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    out.push(char::from(byte));
                }
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
    };
    for (index, (name, value)) in parameters.iter().enumerate() {
        if index > 0 {
            out.push('&');
        }
        encode(name, &mut out);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

/// Parameters by the dots in their names.
#[derive(Default)]
struct Node<'p> {
    text: Option<&'p str>,
    named: BTreeMap<&'p str, Node<'p>>,
}

impl<'p> Node<'p> {
    /// Children whose names are numbers, in the order of the numbers.
    fn numbered(&self) -> Vec<(u64, &Node<'p>)> {
        let number = |name: &str| name.parse::<u64>().ok();
        let mut all: Vec<_> =
            self.named.iter().filter_map(|(name, node)| Some((number(name)?, node))).collect();
        all.sort_unstable_by_key(|(number, _)| *number);
        all
    }

    fn read(&self, shape: &Shape, path: &str) -> Result<Option<Value>, QueryError> {
        let fault = |text: &str, expected| QueryError::Value {
            parameter: path.into(),
            text: text.chars().take(64).collect(),
            expected,
        };
        match (shape, self.text) {
            (Shape::Text, text) => Ok(text.map(Value::from)),
            (Shape::Integer | Shape::Boolean, None | Some("")) => Ok(None),
            (Shape::Integer, Some(text)) => match text.parse::<i64>() {
                Ok(number) => Ok(Some(Value::Number(Number::from(number)))),
                Err(_) => Err(fault(text, "whole number")),
            },
            (Shape::Boolean, Some(text)) => match text {
                "true" | "True" | "1" => Ok(Some(Value::Bool(true))),
                "false" | "False" | "0" => Ok(Some(Value::Bool(false))),
                _ => Err(fault(text, "true or false")),
            },
            (Shape::List(of), _) => {
                let mut items = Vec::new();
                for (number, node) in self.numbered() {
                    items.extend(node.read(of, &format!("{path}.{number}"))?);
                }
                Ok((!items.is_empty()).then_some(Value::Array(items)))
            }
            (Shape::Map { key, value, of }, _) => {
                let mut members = Map::new();
                for (number, node) in self.numbered() {
                    let name = node.named.get(key).and_then(|node| node.text).unwrap_or_default();
                    let held = match node.named.get(value) {
                        Some(node) => node.read(of, &format!("{path}.{number}.{value}"))?,
                        None => None,
                    };
                    let empty =
                        || if **of == Shape::Text { Value::from("") } else { Value::Object(Map::new()) };
                    members.insert(name.to_string(), held.unwrap_or_else(empty));
                }
                Ok((!members.is_empty()).then_some(Value::Object(members)))
            }
            (Shape::Struct(of), _) => {
                let mut members = Map::new();
                for member in *of {
                    let Some(node) = self.named.get(member.query) else { continue };
                    let dot = if path.is_empty() { "" } else { "." };
                    if let Some(value) = node.read(&member.shape, &format!("{path}{dot}{}", member.query))? {
                        members.insert(member.json.into(), value);
                    }
                }
                Ok(Some(Value::Object(members)))
            }
        }
    }
}

/// The JSON form of a Query request: parameters back into members.
///
/// Unknown parameters are ignored, list places need not be dense, and of two
/// parameters with one name the last counts. The work is bounded by the
/// parameters sent, whatever numbers stand in them.
///
/// # Errors
/// A number or truth value that is none.
///
/// ```
/// use aws_core::wire::{Member, Shape, parse_form, unflatten};
///
/// const RECEIVE: &[Member] = &[
///     Member { json: "MaxNumberOfMessages", query: "MaxNumberOfMessages", shape: Shape::Integer },
///     Member { json: "AttributeNames", query: "AttributeName", shape: Shape::List(&Shape::Text) },
/// ];
/// let sent = parse_form("Action=ReceiveMessage&AttributeName.2=SentTimestamp&AttributeName.1=All&MaxNumberOfMessages=5")?;
/// assert_eq!(
///     unflatten(&sent, RECEIVE)?,
///     serde_json::json!({"AttributeNames": ["All", "SentTimestamp"], "MaxNumberOfMessages": 5}),
/// );
/// # Ok::<(), aws_core::wire::QueryError>(())
/// ```
pub fn unflatten(parameters: &[(String, String)], of: &'static [Member]) -> Result<Value, QueryError> {
    let depth = depth(&Shape::Struct(of));
    let mut root = Node::default();
    for (name, value) in parameters {
        let mut node = &mut root;
        // No shape looks deeper, so neither does a hostile name.
        for part in name.split('.').take(depth) {
            node = node.named.entry(part).or_default();
        }
        if name.split('.').count() <= depth {
            node.text = Some(value);
        }
    }
    Ok(root.read(&Shape::Struct(of), "")?.unwrap_or_default())
}

/// How many dotted parts a parameter of this shape can have.
fn depth(shape: &Shape) -> usize {
    match shape {
        Shape::Text | Shape::Integer | Shape::Boolean => 0,
        Shape::List(of) => 1 + depth(of),
        Shape::Map { of, .. } => 2 + depth(of),
        Shape::Struct(of) => 1 + of.iter().map(|member| depth(&member.shape)).max().unwrap_or_default(),
    }
}

/// The parameters of a JSON request; [`unflatten`] reads them back. What the
/// shape does not know is left out.
///
/// ```
/// use aws_core::wire::{Member, Shape, flatten};
///
/// const CREATE: &[Member] = &[Member {
///     json: "Attributes",
///     query: "Attribute",
///     shape: Shape::Map { key: "Name", value: "Value", of: &Shape::Text },
/// }];
/// let flat = flatten(&serde_json::json!({"Attributes": {"DelaySeconds": "5"}}), CREATE);
/// assert_eq!(flat[0], ("Attribute.1.Name".to_string(), "DelaySeconds".to_string()));
/// assert_eq!(flat[1], ("Attribute.1.Value".to_string(), "5".to_string()));
/// ```
#[must_use]
pub fn flatten(value: &Value, of: &'static [Member]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    write(value, &Shape::Struct(of), "", &mut out);
    out
}

fn write(value: &Value, shape: &Shape, path: &str, out: &mut Vec<(String, String)>) {
    match (shape, value) {
        (Shape::Text, Value::String(text)) => out.push((path.into(), text.clone())),
        (Shape::Integer, Value::Number(number)) => out.push((path.into(), number.to_string())),
        (Shape::Boolean, Value::Bool(truth)) => out.push((path.into(), truth.to_string())),
        (Shape::List(of), Value::Array(items)) => {
            for (number, item) in (1..).zip(items) {
                write(item, of, &format!("{path}.{number}"), out);
            }
        }
        (Shape::Map { key, value, of }, Value::Object(members)) => {
            for (number, (name, held)) in (1..).zip(members) {
                out.push((format!("{path}.{number}.{key}"), name.clone()));
                write(held, of, &format!("{path}.{number}.{value}"), out);
            }
        }
        (Shape::Struct(of), Value::Object(members)) => {
            for member in *of {
                if let Some(held) = members.get(member.json) {
                    let dot = if path.is_empty() { "" } else { "." };
                    write(held, &member.shape, &format!("{path}{dot}{}", member.query), out);
                }
            }
        }
        _ => {}
    }
}
