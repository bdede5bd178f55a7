//! Items: attributes by name, and what they weigh.

use crate::number::Number;
use crate::packed::{self, Entries, Raw, Stops, Weight};
use crate::value::{AttributeMap, AttributeValue, DEPTH, Value, ValueFault};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Checked attributes, sorted by name.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Attributes(Vec<(String, Value)>);

impl Attributes {
    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().and_then(|place| self.0.get(place)).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let place = self.place(name).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    pub(crate) fn insert(&mut self, name: &str, value: Value) {
        match self.place(name) {
            Ok(place) => {
                if let Some(entry) = self.0.get_mut(place) {
                    entry.1 = value;
                }
            }
            Err(place) => self.0.insert(place, (name.into(), value)),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        self.place(name).ok().map(|place| self.0.remove(place).1)
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_str().cmp(name))
    }

    /// All attributes in the byte order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The stored form of what was sent. The depth has been checked. Of a
    /// name that was sent twice the last value counts.
    pub(crate) fn check(sent: AttributeMap) -> Result<Self, ValueFault> {
        let mut all = Vec::with_capacity(sent.0.len());
        for (name, value) in sent.0 {
            check_name(&name)?;
            all.push((name, value.check()?));
        }
        Ok(all.into_iter().collect())
    }
}

impl FromIterator<(String, Value)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(entries: I) -> Self {
        let mut all: Vec<_> = entries.into_iter().collect();
        if !all.is_sorted_by(|(a, _), (b, _)| a < b) {
            all.sort_by(|(a, _), (b, _)| a.cmp(b));
            all.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    core::mem::swap(later, earlier);
                }
                same
            });
        }
        Self(all)
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl From<Attributes> for AttributeMap {
    fn from(attributes: Attributes) -> Self {
        attributes.0.into_iter().map(|(name, value)| (name, AttributeValue::from(value))).collect()
    }
}

/// An item: checked attributes in one shared allocation. Cloning counts a
/// reference; values are read where they stand.
///
/// ```
/// use dynamo_engine::{AttributeMap, AttributeValue, Item, Value};
///
/// let sent = AttributeMap::from([("pk", AttributeValue::s("a")), ("n", AttributeValue::n("0042.10"))]);
/// let item = Item::try_from(sent)?;
/// assert_eq!(item.get("pk"), Some(Value::from("a")));
/// assert_eq!(item.size(), 2 + 1 + 1 + 3); // names and values; 42.10 is two base-100 digits and one
/// assert_eq!(serde_json::to_string(&item)?, r#"{"n":{"N":"42.1"},"pk":{"S":"a"}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Item(Arc<[u8]>);

/// Before the attributes: the size, what they count on a page and how many
/// there are, in four bytes each.
const HEADER: usize = 12;

/// An item as it is put together, name after name.
struct Builder {
    bytes: Vec<u8>,
    weight: Weight,
    stops: Stops,
}

impl Builder {
    fn new(capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(HEADER + capacity);
        bytes.extend_from_slice(&[0; HEADER]);
        Self { bytes, weight: Weight::default(), stops: Stops::default() }
    }

    fn weigh(&mut self, name: &str, value: Weight) {
        self.weight.size += name.len() as u64 + value.size;
        self.weight.page += 1 + value.page;
    }

    /// Begins an attribute.
    fn name(&mut self, name: &str) {
        self.stops.pass(self.bytes.len() - HEADER);
        packed::put_bytes(name.as_bytes(), &mut self.bytes);
    }

    fn value(&mut self, name: &str, value: &Value) {
        self.name(name);
        let weight = packed::put(value, &mut self.bytes);
        self.weigh(name, weight);
    }

    fn raw(&mut self, name: &str, value: Raw<'_>) {
        self.name(name);
        self.bytes.extend_from_slice(value.0);
        self.weigh(name, Weight { size: value.size(), page: value.page() });
    }

    fn build(mut self) -> Item {
        let short = |weight: u64| u32::try_from(weight).unwrap_or(u32::MAX).to_le_bytes();
        let count = self.stops.count() as u64;
        let header = [short(self.weight.size), short(self.weight.page), short(count)].concat();
        self.stops.put(&mut self.bytes);
        if let Some(start) = self.bytes.get_mut(..HEADER) {
            start.copy_from_slice(&header);
        }
        Item(self.bytes.into())
    }
}

impl Item {
    /// An item of these attributes.
    #[must_use]
    pub fn new(attributes: Attributes) -> Self {
        let mut builder = Builder::new(256);
        for (name, value) in attributes.iter() {
            builder.value(name, value);
        }
        builder.build()
    }

    fn header(&self, at: usize) -> u64 {
        let bytes = self.0.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(bytes)))
    }

    /// What AWS says it weighs, in bytes: names and values, sets without any
    /// overhead. `[DDB-2.4]` `[DDB-2.4.3]`
    #[must_use]
    pub fn size(&self) -> u64 {
        self.header(0)
    }

    fn body(&self) -> Entries<'_> {
        let count = usize::try_from(self.header(8)).unwrap_or_default();
        Entries::new(count, self.0.get(HEADER..).unwrap_or_default())
    }

    /// Its attributes where they stand, in the byte order of their names.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, Raw<'_>)> {
        self.body().iter()
    }

    /// Its attributes by themselves.
    #[must_use]
    pub fn attributes(&self) -> Attributes {
        self.entries().map(|(name, value)| (String::from(name), value.value())).collect()
    }

    /// How many attributes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::try_from(self.header(8)).unwrap_or_default()
    }

    /// Whether it has no attributes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.len() <= HEADER
    }

    /// An attribute where it stands.
    pub(crate) fn raw(&self, name: &str) -> Option<Raw<'_>> {
        self.body().get(name)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        self.raw(name).map(Raw::value)
    }

    /// The item with only the attributes of these names.
    pub(crate) fn only<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        let mut builder = Builder::new(self.0.len());
        for name in names {
            if let Some(value) = self.raw(name) {
                builder.raw(name, value);
            }
        }
        builder.build()
    }

    /// The item of what `pick` takes of each attribute.
    pub(crate) fn picked(&self, mut pick: impl FnMut(&str, Raw<'_>) -> Pick) -> Self {
        let mut builder = Builder::new(self.0.len());
        for (name, value) in self.entries() {
            match pick(name, value) {
                Pick::Nothing => {}
                Pick::All => builder.raw(name, value),
                Pick::Part(part) => builder.value(name, &part),
            }
        }
        builder.build()
    }

    /// What it counts towards the megabyte of a page, without the table's sort
    /// key. `[DDB-9.7]`
    pub(crate) fn page_size(&self, sort_key: Option<&str>) -> u64 {
        let key = sort_key.and_then(|name| self.raw(name));
        let body = self.header(4) - key.map_or(0, |key| 1 + key.page());
        let sort = key.map_or(0, Raw::size);
        2 + body + (1 + (1 + body) / 3_072) * (18 + sort)
    }
}

/// What is taken of an attribute.
pub(crate) enum Pick {
    Nothing,
    All,
    Part(Value),
}

impl Default for Item {
    /// An item without attributes.
    fn default() -> Self {
        Builder::new(0).build()
    }
}

impl TryFrom<AttributeMap> for Item {
    type Error = ValueFault;

    /// Checks in AWS's order: an empty name at the top, the depth, then the
    /// values as they were sent. `[DDB-2.3]` Of a name that was sent twice
    /// the last value counts.
    fn try_from(sent: AttributeMap) -> Result<Self, ValueFault> {
        sent.0.iter().try_for_each(|(name, _)| check_name(name))?;
        if sent.0.iter().any(|(_, value)| value.deeper_than(DEPTH)) {
            return Err(ValueFault::TooDeep);
        }
        let entries = &sent.0;
        let room = |(name, value): &(String, AttributeValue)| name.len() + value.room() + 12;
        let mut builder = Builder::new(entries.iter().map(room).sum());
        let mut put = |(name, value): &(String, AttributeValue)| {
            builder.name(name);
            let weight = packed::put_sent(value, &mut builder.bytes)?;
            builder.weigh(name, weight);
            Ok(())
        };
        if entries.is_sorted_by(|(a, _), (b, _)| a < b) {
            entries.iter().try_for_each(put)?;
            return Ok(builder.build());
        }
        let mut order: Vec<&(String, AttributeValue)> = entries.iter().collect();
        order.sort_by(|(a, _), (b, _)| a.cmp(b));
        let last = |pair: &[&(String, AttributeValue)]| !matches!(pair, [(a, _), (b, _)] if a == b);
        let count = order.len();
        let kept = (0..count).filter(|at| order.get(*at..at + 2).is_none_or(last));
        let fine = kept.filter_map(|at| order.get(at)).try_for_each(|entry| put(entry));
        let twice = order.windows(2).any(|pair| !last(pair));
        if fine.is_err() || twice {
            // What is wrong is told in the order in which it was sent, and of
            // values that do not count too.
            let mut scratch = Vec::new();
            for (_, value) in entries {
                packed::put_sent(value, &mut scratch)?;
            }
        }
        Ok(builder.build())
    }
}

impl From<Item> for AttributeMap {
    fn from(item: Item) -> Self {
        item.attributes().into()
    }
}

impl From<&Item> for AttributeMap {
    fn from(item: &Item) -> Self {
        item.attributes().into()
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.attributes(), f)
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries().map(|(name, value)| (name, value.value())))
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        AttributeMap::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

/// The longest attribute name, in bytes. `[DDB-2.6.6]`
const LONGEST_NAME: usize = 65_535;

/// Refuses what is no name of an attribute. `[DDB-2.6.6]`
pub(crate) fn check_name(name: &str) -> Result<(), ValueFault> {
    match name.len() {
        0 => Err(ValueFault::EmptyName),
        length if length > LONGEST_NAME => Err(ValueFault::LongName),
        _ => Ok(()),
    }
}

/// The size of attributes with their names. `[DDB-2.4]`
pub(crate) fn size_of(attributes: &Attributes) -> u64 {
    attributes.iter().map(|(name, value)| name.len() as u64 + value.size()).sum()
}

impl Value {
    /// What AWS says it weighs, in bytes. `[DDB-2.4]`
    ///
    /// ```
    /// use dynamo_engine::Value;
    /// let list: Value = serde_json::from_str(r#"{"L":[{"N":"1"},{"BOOL":true}]}"#)?;
    /// assert_eq!(list.size(), 3 + (1 + 2) + (1 + 1));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::S(text) => text.len() as u64,
            Self::N(number) => number.size(),
            Self::B(bytes) => bytes.as_ref().len() as u64,
            Self::Bool(_) | Self::Null => 1,
            Self::Ss(members) => members.iter().map(|text| text.len() as u64).sum(),
            Self::Ns(members) => members.iter().map(Number::size).sum(),
            Self::Bs(members) => members.iter().map(|bytes| bytes.as_ref().len() as u64).sum(),
            Self::L(list) => 3 + list.iter().map(|value| 1 + value.size()).sum::<u64>(),
            Self::M(map) => 3 + map.len() as u64 + size_of(map),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use serde_json::json;

    fn item(value: serde_json::Value) -> Result<Item, ValueFault> {
        serde_json::from_value::<AttributeMap>(value).unwrap().try_into()
    }

    fn says(value: serde_json::Value) -> (std::string::String, std::string::String) {
        let fault = item(json!({"x": value})).unwrap_err();
        (fault.to_string(), format!("{fault:#}"))
    }

    /// `[DDB-2.4]` `[DDB-2.4.3]` `[DDB-X27]` Recorded to the byte.
    #[test]
    fn sizes() {
        let recorded = json!({
            "a": {"S": "a".repeat(10)}, "b": {"S": "b".repeat(999)}, "c": {"N": "12.3456"},
            "d": {"B": "AAA="}, "e": {"BS": ["AAA=", "AQ==", "Ag=="]},
        });
        assert_eq!(item(recorded).unwrap().size(), 1_024);
        let nested = json!({"id": {"S": "a"}, "m": {"M": {"k": {"L": [{"N": "1"}, {"BOOL": true}]}}}});
        assert_eq!(item(nested).unwrap().size(), 17);
    }

    /// `[CAP-X9]` `[CAP-X10]` Every type at once, recorded at 4,096 bytes.
    #[test]
    fn a_recorded_item_of_every_type() {
        let value = |bb: usize| {
            json!({
                "a": {"S": "a".repeat(10)}, "bb": {"S": "b".repeat(bb)}, "ccc": {"N": "12.3456"},
                "dddd": {"B": "AAA="}, "eeeee": {"BS": ["AAA=", "AQ==", "Ag=="]}, "ffffff": {"NULL": true},
                "ggggggg": {"BOOL": false}, "hhhhhhhh": {"L": [{"S": "a"}, {"S": "aa"}, {"S": "bb"}, {"S": "ccc"}]},
                "iiiiiiiii": {"M": {"aa": {"S": "aa"}, "bbb": {"S": "bbb"}}},
            })
        };
        assert_eq!(item(value(3_999)).unwrap().size(), 4_096);
        assert_eq!(item(value(4_000)).unwrap().size(), 4_097);
    }

    /// `[DDB-9.7]` Recorded: 25 items that count 1,048,576 together.
    #[test]
    fn pages() {
        let row = |length: usize| {
            let row = json!({"a": {"S": "a".repeat(10)}, "b": {"S": "01"}, "e": {"S": "e".repeat(length)}});
            item(row).unwrap().page_size(Some("b"))
        };
        assert_eq!(24 * row(41_645) + row(41_646), 1_048_576);
        let long = |length: usize| {
            let row = json!({"a": {"S": "aa"}, "b": {"S": "0000001"}, "e": {"S": "e".repeat(length)}});
            item(row).unwrap().page_size(Some("b"))
        };
        assert_eq!(11 * long(86_647) + long(86_639), 1_048_576);
    }

    /// `[DDB-0.3a]` `[DDB-0.3b]` `[DDB-2.1]` `[DDB-2.1.1]` `[DDB-2.1.2]`
    #[test]
    fn both_wordings() {
        let input = "One or more parameter values were invalid: Input collection";
        for (value, new, old) in [
            (
                json!({"N": ""}),
                "The parameter cannot be converted to a numeric value: ",
                "The parameter cannot be converted to a numeric value",
            ),
            (
                json!({"N": "abc"}),
                "The parameter cannot be converted to a numeric value: abc",
                "The parameter cannot be converted to a numeric value: abc",
            ),
            (
                json!({"SS": ["b", "a", "b"]}),
                &format!("{input} [\"a\", \"b\", \"b\"] contains duplicates."),
                &format!("{input} [b, a, b] contains duplicates."),
            ),
            (
                json!({"BS": ["/w==", "AA==", "AA=="]}),
                &format!("{input} [\"AA==\",\"/w==\",\"AA==\"]of type BS contains duplicates."),
                &format!("{input} [/w==, AA==, AA==]of type BS contains duplicates."),
            ),
            (
                json!({"NS": ["2", "1", "2.0"]}),
                &format!("{input} contains duplicates."),
                "Input collection contains duplicates",
            ),
            (
                json!({"SS": []}),
                "One or more parameter values were invalid: An string set  may not be empty",
                "One or more parameter values were invalid: An string set  may not be empty",
            ),
        ] {
            assert_eq!(says(value), (new.to_string(), old.to_string()));
        }
        assert!(says(json!({"S": "a", "N": "1"})).0.starts_with("Supplied AttributeValue has more than one"));
        assert!(says(json!({"S": "a", "N": "x"})).0.starts_with("The parameter cannot be converted"));
        assert!(says(json!({"dog": "cat", "S": null})).0.starts_with("Supplied AttributeValue is empty"));
    }

    /// `[DDB-2.3]` `[DDB-X24]`
    #[test]
    fn depth() {
        let nested = |levels: usize| {
            let wrap = |value, _| AttributeValue::M(AttributeMap::from([("m", value)]));
            let value = (0..levels).fold(AttributeValue::s("leaf"), wrap);
            Item::try_from(AttributeMap::from([("x", value)]))
        };
        assert_eq!(nested(31).unwrap().raw("x").map(|value| value.depth()), Some(32));
        assert_eq!(nested(32), Err(ValueFault::TooDeep));
        assert_eq!(nested(40_000 / 50), Err(ValueFault::TooDeep));
    }

    #[test]
    fn the_last_of_two_values_counts() {
        let twice = AttributeMap::from([
            ("b", AttributeValue::n(1)),
            ("a", AttributeValue::n(2)),
            ("b", AttributeValue::n(3)),
        ]);
        assert_eq!(Item::try_from(twice).unwrap().get("b"), Some(Value::from(3)));
    }
}
