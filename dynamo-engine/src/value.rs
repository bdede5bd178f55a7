//! Attribute values: as sent, and as stored.

use crate::item::Attributes;
use crate::number::{Number, NumberFault};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use aws_core::Blob;
use core::cmp::Ordering;
use core::fmt;
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Levels that an attribute may nest, itself the first. `[DDB-2.3]`
pub(crate) const DEPTH: usize = 32;

/// An attribute value as a request brings it: unchecked, in AWS's wire form.
///
/// ```
/// use dynamo_engine::AttributeValue;
///
/// let value: AttributeValue = serde_json::from_str(r#"{"L":[{"N":"007"},{"S":"bond"}]}"#)?;
/// assert_eq!(value, AttributeValue::L(vec![AttributeValue::n("007"), AttributeValue::s("bond")]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// Text.
    S(String),
    /// A number, as text.
    N(String),
    /// Bytes.
    B(Blob),
    /// True or false.
    Bool(bool),
    /// `{"NULL": true}`; AWS refuses `false`.
    Null(bool),
    /// A map.
    M(AttributeMap),
    /// A list.
    L(Vec<AttributeValue>),
    /// A set of texts.
    Ss(Vec<String>),
    /// A set of numbers.
    Ns(Vec<String>),
    /// A set of bytes.
    Bs(Vec<Blob>),
    /// No type at all, or several: AWS takes exactly one.
    Typed(Vec<AttributeValue>),
}

impl AttributeValue {
    /// Text.
    #[must_use]
    pub fn s(text: impl Into<String>) -> Self {
        Self::S(text.into())
    }

    /// A number.
    #[must_use]
    pub fn n(number: impl ToString) -> Self {
        Self::N(number.to_string())
    }
}

/// Attributes by name, in the order in which they were sent.
///
/// ```
/// use dynamo_engine::{AttributeMap, AttributeValue};
/// let key = AttributeMap::from([("pk", AttributeValue::s("a")), ("sk", AttributeValue::n(1))]);
/// assert_eq!(serde_json::to_string(&key)?, r#"{"pk":{"S":"a"},"sk":{"N":"1"}}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttributeMap(pub Vec<(String, AttributeValue)>);

impl<K: Into<String>, const N: usize> From<[(K, AttributeValue); N]> for AttributeMap {
    fn from(entries: [(K, AttributeValue); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Into<String>> FromIterator<(K, AttributeValue)> for AttributeMap {
    fn from_iter<I: IntoIterator<Item = (K, AttributeValue)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

/// An attribute value as it is stored: checked, numbers and sets in canonical
/// form. Two are equal exactly when DynamoDB's `=` says so. `[DDB-3.4]`
///
/// ```
/// use dynamo_engine::{AttributeValue, Value};
///
/// let one = Value::try_from(AttributeValue::Ns(vec!["1".into(), "2.0".into()]))?;
/// let two = Value::try_from(AttributeValue::Ns(vec!["2".into(), "1.0".into()]))?;
/// assert_eq!(one, two);
/// let fault = Value::try_from(AttributeValue::n("1e126")).unwrap_err();
/// assert!(fault.to_string().starts_with("Number overflow."));
/// # Ok::<(), dynamo_engine::ValueFault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// Text.
    S(String),
    /// A number.
    N(Number),
    /// Bytes.
    B(Blob),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// A map.
    M(Attributes),
    /// A list.
    L(Vec<Value>),
    /// A set of texts, in byte order.
    Ss(Vec<String>),
    /// A set of numbers, ascending.
    Ns(Vec<Number>),
    /// A set of bytes, in byte order.
    Bs(Vec<Blob>),
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "they are AWS's own tags")]
pub enum ValueType {
    S,
    N,
    B,
    Bool,
    Null,
    M,
    L,
    Ss,
    Ns,
    Bs,
}

impl ValueType {
    /// The tag on the wire.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::M => "M",
            Self::L => "L",
            Self::Ss => "SS",
            Self::Ns => "NS",
            Self::Bs => "BS",
        }
    }

    /// The name in texts about ADD and DELETE. `[DDB-6.6.4]`
    pub(crate) const fn long_name(self) -> &'static str {
        match self {
            Self::S => "STRING",
            Self::N => "NUMBER",
            Self::B => "BINARY",
            Self::Bool => "BOOLEAN",
            Self::Null => "NULL",
            Self::M => "MAP",
            Self::L => "LIST",
            Self::Ss => "STRING_SET",
            Self::Ns => "NUMBER_SET",
            Self::Bs => "BINARY_SET",
        }
    }

    /// The type with this tag.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        use ValueType::*;
        [S, N, B, Bool, Null, M, L, Ss, Ns, Bs].into_iter().find(|kind| kind.tag() == tag)
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// Why a value cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueFault {
    /// A number that is none, or out of range. `[DDB-0.3a]`
    Number(NumberFault, String),
    /// A set without members. `[DDB-2.1.2]`
    EmptySet(ValueType),
    /// A set with a member twice; the members sorted up to the repeat, and as
    /// sent. `[DDB-0.3b]`
    Duplicates(ValueType, Vec<String>, Vec<String>),
    /// `{"NULL": false}`. `[DDB-2.1]`
    NullIsFalse,
    /// No type. `[DDB-2.1.1]`
    NoType,
    /// More than one type. `[DDB-2.1.1]`
    ManyTypes,
    /// Nested too deep. `[DDB-2.3]`
    TooDeep,
    /// An attribute without a name. `[DDB-2.6.6]`
    EmptyName,
    /// An attribute with a name of over 65,535 bytes; AWS's text is not known
    /// but for the number. `[DDB-2.6.6]`
    LongName,
}

impl ValueFault {
    /// Whether the single-item writes put `1 validation error detected: `
    /// before it. `[DDB-0.2]`
    #[must_use]
    pub const fn takes_prefix(&self) -> bool {
        !matches!(self, Self::NoType | Self::ManyTypes | Self::TooDeep)
    }
}

impl fmt::Display for ValueFault {
    /// AWS's text; `{:#}` is the classic wording.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const INVALID: &str = "One or more parameter values were invalid: ";
        let classic = f.alternate();
        match self {
            Self::Number(NumberFault::NotNumeric, text) if text.is_empty() && classic => {
                write!(f, "{}", NumberFault::NotNumeric)
            }
            Self::Number(NumberFault::NotNumeric, text) => write!(f, "{}: {text}", NumberFault::NotNumeric),
            Self::Number(fault, _) if classic => write!(f, "{fault:#}"),
            Self::Number(fault, _) => write!(f, "{fault}"),
            Self::EmptySet(ValueType::Ss) => write!(f, "{INVALID}An string set  may not be empty"),
            Self::EmptySet(ValueType::Ns) => write!(f, "{INVALID}An number set  may not be empty"),
            Self::EmptySet(_) => write!(f, "{INVALID}Binary sets should not be empty"),
            Self::Duplicates(ValueType::Ns, ..) if classic => {
                f.write_str("Input collection contains duplicates")
            }
            Self::Duplicates(ValueType::Ns, ..) => write!(f, "{INVALID}Input collection contains duplicates."),
            Self::Duplicates(kind, sorted, sent) => {
                let of_type = if *kind == ValueType::Bs { "of type BS" } else { "" };
                if classic {
                    return write!(
                        f,
                        "{INVALID}Input collection [{}]{of_type} contains duplicates.",
                        sent.join(", ")
                    );
                }
                let gap = if *kind == ValueType::Bs { "\",\"" } else { "\", \"" };
                write!(
                    f,
                    "{INVALID}Input collection [\"{}\"]{of_type} contains duplicates.",
                    sorted.join(gap)
                )
            }
            Self::NullIsFalse => {
                write!(f, "{INVALID}Null attribute value types must have the value of true")
            }
            Self::NoType => f.write_str(
                "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
            ),
            Self::ManyTypes => f.write_str(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
            ),
            Self::TooDeep => f.write_str(
                "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
            ),
            Self::EmptyName => f.write_str("Empty attribute name"),
            Self::LongName => f.write_str(
                "Attribute name is too large, must be less than or equal to 65535 bytes",
            ),
        }
    }
}

impl core::error::Error for ValueFault {}

impl AttributeValue {
    /// Whether it nests deeper than `levels`. Looks no deeper than that.
    pub(crate) fn deeper_than(&self, levels: usize) -> bool {
        let Some(below) = levels.checked_sub(1) else { return true };
        match self {
            Self::M(map) => map.0.iter().any(|(_, value)| value.deeper_than(below)),
            Self::L(list) => list.iter().any(|value| value.deeper_than(below)),
            Self::Typed(all) => all.iter().any(|value| value.deeper_than(levels)),
            _ => false,
        }
    }

    /// The stored form. The depth has been checked.
    pub(crate) fn check(self) -> Result<Value, ValueFault> {
        Ok(match self {
            Self::S(text) => Value::S(text),
            Self::N(text) => Value::N(number(text)?),
            Self::B(bytes) => Value::B(bytes),
            Self::Bool(value) => Value::Bool(value),
            Self::Null(true) => Value::Null,
            Self::Null(false) => return Err(ValueFault::NullIsFalse),
            Self::M(map) => Value::M(Attributes::check(map)?),
            Self::L(list) => Value::L(list.into_iter().map(Self::check).collect::<Result<_, _>>()?),
            Self::Ss(members) => {
                Value::Ss(set(members, ValueType::Ss, |text| Ok(text.clone()), |text| text.clone())?)
            }
            Self::Ns(members) => {
                Value::Ns(set(members, ValueType::Ns, |text| number(text.clone()), |text| text.clone())?)
            }
            Self::Bs(members) => Value::Bs(set(members, ValueType::Bs, |blob| Ok(blob.clone()), base64)?),
            Self::Typed(all) => {
                // [DDB-2.1.1] What each type holds is looked at before their
                // number.
                let several = !all.is_empty();
                for one in all {
                    one.check()?;
                }
                return Err(if several { ValueFault::ManyTypes } else { ValueFault::NoType });
            }
        })
    }
}

fn number(text: String) -> Result<Number, ValueFault> {
    text.parse().map_err(|fault| ValueFault::Number(fault, text))
}

/// A blob as JSON shows it.
fn base64(blob: &Blob) -> String {
    match serde_json::to_value(blob) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// The members of a set in order, each once. `[DDB-2.1.3]` `[DDB-2.1.5]`
fn set<R, T: Ord>(
    sent: Vec<R>,
    kind: ValueType,
    read: impl Fn(&R) -> Result<T, ValueFault>,
    print: impl Fn(&R) -> String,
) -> Result<Vec<T>, ValueFault> {
    if sent.is_empty() {
        return Err(ValueFault::EmptySet(kind));
    }
    let mut members = sent.iter().map(&read).collect::<Result<Vec<_>, _>>()?;
    members.sort_unstable();
    if members.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        let mut seen: Vec<(T, String)> = Vec::new();
        let mut sorted = None;
        for (index, member) in sent.iter().enumerate() {
            let value = read(member)?;
            match seen.binary_search_by(|(other, _)| other.cmp(&value)) {
                Err(place) => seen.insert(place, (value, print(member))),
                Ok(_) => {
                    let rest = sent.iter().skip(index).map(&print);
                    sorted = Some(seen.into_iter().map(|(_, text)| text).chain(rest).collect());
                    break;
                }
            }
        }
        let sent = sent.iter().map(print).collect();
        return Err(ValueFault::Duplicates(kind, sorted.unwrap_or_default(), sent));
    }
    Ok(members)
}

impl TryFrom<AttributeValue> for Value {
    type Error = ValueFault;

    fn try_from(value: AttributeValue) -> Result<Self, ValueFault> {
        if value.deeper_than(DEPTH) { Err(ValueFault::TooDeep) } else { value.check() }
    }
}

impl From<Value> for AttributeValue {
    fn from(value: Value) -> Self {
        match value {
            Value::S(text) => Self::S(text),
            Value::N(number) => Self::N(number.to_string()),
            Value::B(bytes) => Self::B(bytes),
            Value::Bool(value) => Self::Bool(value),
            Value::Null => Self::Null(true),
            Value::M(map) => Self::M(map.into()),
            Value::L(list) => Self::L(list.into_iter().map(Self::from).collect()),
            Value::Ss(members) => Self::Ss(members),
            Value::Ns(members) => Self::Ns(members.iter().map(Number::to_string).collect()),
            Value::Bs(members) => Self::Bs(members),
        }
    }
}

impl Value {
    /// Its type.
    #[must_use]
    pub const fn kind(&self) -> ValueType {
        match self {
            Self::S(_) => ValueType::S,
            Self::N(_) => ValueType::N,
            Self::B(_) => ValueType::B,
            Self::Bool(_) => ValueType::Bool,
            Self::Null => ValueType::Null,
            Self::M(_) => ValueType::M,
            Self::L(_) => ValueType::L,
            Self::Ss(_) => ValueType::Ss,
            Self::Ns(_) => ValueType::Ns,
            Self::Bs(_) => ValueType::Bs,
        }
    }

    /// DynamoDB's order: two texts, two numbers or two blobs; anything else
    /// has none. `[DDB-3.1]` `[DDB-3.3]`
    ///
    /// ```
    /// use dynamo_engine::Value;
    /// assert!(Value::from("a").order(&Value::from("b")).is_some_and(|order| order.is_lt()));
    /// assert_eq!(Value::from("a").order(&Value::from(1)), None);
    /// ```
    #[must_use]
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::S(a), Self::S(b)) => Some(a.cmp(b)),
            (Self::N(a), Self::N(b)) => Some(a.cmp(b)),
            (Self::B(a), Self::B(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// Characters, bytes or members: what `size()` counts. `[DDB-6.3f]`
    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Self::S(text) => Some(text.encode_utf16().count()),
            Self::B(bytes) => Some(bytes.as_ref().len()),
            Self::M(map) => Some(map.len()),
            Self::L(list) => Some(list.len()),
            Self::Ss(members) => Some(members.len()),
            Self::Ns(members) => Some(members.len()),
            Self::Bs(members) => Some(members.len()),
            Self::N(_) | Self::Bool(_) | Self::Null => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::S(text.into())
    }
}

impl<T: Into<Number>> From<T> for Value {
    fn from(number: T) -> Self {
        Self::N(number.into())
    }
}

impl Serialize for AttributeValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self::Typed(all) = self else {
            let mut map = serializer.serialize_map(Some(1))?;
            self.entry(&mut map)?;
            return map.end();
        };
        let mut map = serializer.serialize_map(Some(all.len()))?;
        for one in all {
            one.entry(&mut map)?;
        }
        map.end()
    }
}

impl AttributeValue {
    fn entry<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self {
            Self::S(text) => map.serialize_entry("S", text),
            Self::N(text) => map.serialize_entry("N", text),
            Self::B(bytes) => map.serialize_entry("B", bytes),
            Self::Bool(value) => map.serialize_entry("BOOL", value),
            Self::Null(value) => map.serialize_entry("NULL", value),
            Self::M(members) => map.serialize_entry("M", members),
            Self::L(list) => map.serialize_entry("L", list),
            Self::Ss(members) => map.serialize_entry("SS", members),
            Self::Ns(members) => map.serialize_entry("NS", members),
            Self::Bs(members) => map.serialize_entry("BS", members),
            Self::Typed(_) => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for AttributeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tags;
        impl<'de> Visitor<'de> for Tags {
            type Value = AttributeValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a structure such as {\"S\": \"text\"}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AttributeValue, A::Error> {
                let mut all = Vec::new();
                // A member that is null counts as absent, an unknown one too.
                while let Some(tag) = map.next_key::<Box<str>>()? {
                    all.extend(match &*tag {
                        "S" => map.next_value::<Option<_>>()?.map(AttributeValue::S),
                        "N" => map.next_value::<Option<_>>()?.map(AttributeValue::N),
                        "B" => map.next_value::<Option<_>>()?.map(AttributeValue::B),
                        "BOOL" => map.next_value::<Option<_>>()?.map(AttributeValue::Bool),
                        "NULL" => map.next_value::<Option<_>>()?.map(AttributeValue::Null),
                        "M" => map.next_value::<Option<_>>()?.map(AttributeValue::M),
                        "L" => map.next_value::<Option<_>>()?.map(AttributeValue::L),
                        "SS" => map.next_value::<Option<_>>()?.map(AttributeValue::Ss),
                        "NS" => map.next_value::<Option<_>>()?.map(AttributeValue::Ns),
                        "BS" => map.next_value::<Option<_>>()?.map(AttributeValue::Bs),
                        _ => map.next_value::<de::IgnoredAny>().map(|_| None)?,
                    });
                }
                match all.pop() {
                    Some(only) if all.is_empty() => Ok(only),
                    last => {
                        all.extend(last);
                        Ok(AttributeValue::Typed(all))
                    }
                }
            }
        }
        deserializer.deserialize_map(Tags)
    }
}

impl Serialize for AttributeMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for AttributeMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = AttributeMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AttributeMap, A::Error> {
                let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(0).min(64));
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(AttributeMap(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::S(text) => map.serialize_entry("S", text),
            Self::N(number) => map.serialize_entry("N", &number.to_string()),
            Self::B(bytes) => map.serialize_entry("B", bytes),
            Self::Bool(value) => map.serialize_entry("BOOL", value),
            Self::Null => map.serialize_entry("NULL", &true),
            Self::M(members) => map.serialize_entry("M", members),
            Self::L(list) => map.serialize_entry("L", list),
            Self::Ss(members) => map.serialize_entry("SS", members),
            Self::Ns(members) => {
                map.serialize_entry("NS", &members.iter().map(Number::to_string).collect::<Vec<_>>())
            }
            Self::Bs(members) => map.serialize_entry("BS", members),
        }?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        AttributeValue::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}
