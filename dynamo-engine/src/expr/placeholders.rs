//! ExpressionAttributeNames and ExpressionAttributeValues.

use super::fault::{ExpressionFault, Fault, Layer, What};
use crate::Error;
use crate::value::{AttributeMap, DEPTH, Value, ValueFault};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// The longest attribute name, in bytes. `[DDB-2.6.6]`
const LONGEST_NAME: usize = 65_535;
/// The longest placeholder with its sign, in bytes. `[DDB-6.1.3]`
const LONGEST_PLACEHOLDER: usize = 255;

/// What the placeholders of a request stand for, and which were used.
#[derive(Debug)]
pub(crate) struct Placeholders {
    layer: Layer,
    names: Vec<Entry<String>>,
    values: Vec<Entry<Value>>,
}

#[derive(Debug)]
struct Entry<T> {
    key: String,
    stands_for: T,
    used: bool,
}

impl Placeholders {
    /// Checks both maps: empty, bad keys, bad values. `[DDB-8.6]`
    pub(crate) fn new(
        layer: Layer,
        names: Option<BTreeMap<String, String>>,
        values: Option<AttributeMap>,
    ) -> Result<Self, Error> {
        let refuse = |what| Err(Error::Invalid { fault: Box::new(Fault { layer, what }) });
        let mut own = Self { layer, names: Vec::new(), values: Vec::new() };
        if let Some(names) = names {
            const MEMBER: &str = "ExpressionAttributeNames";
            if names.is_empty() {
                return refuse(What::EmptyPlaceholders(MEMBER));
            }
            if let Some(key) = names.keys().find(|key| !is_placeholder(key, b'#')) {
                return refuse(What::BadPlaceholder(MEMBER, key.clone()));
            }
            if let Some((key, name)) =
                names.iter().find(|(_, name)| name.is_empty() || name.len() > LONGEST_NAME)
            {
                let too_long = !name.is_empty();
                return refuse(if too_long {
                    What::LongName(key.clone())
                } else {
                    What::BadName(key.clone())
                });
            }
            let entry = |(key, stands_for)| Entry { key, stands_for, used: false };
            own.names = names.into_iter().map(entry).collect();
        }
        if let Some(values) = values {
            const MEMBER: &str = "ExpressionAttributeValues";
            if values.0.is_empty() {
                return refuse(What::EmptyPlaceholders(MEMBER));
            }
            if let Some((key, _)) = values.0.iter().find(|(key, _)| !is_placeholder(key, b':')) {
                return refuse(What::BadPlaceholder(MEMBER, key.clone()));
            }
            for (key, value) in values.0 {
                let checked = if value.deeper_than(DEPTH) { Err(ValueFault::TooDeep) } else { value.check() };
                match checked {
                    Ok(stands_for) => own.values.push(Entry { key, stands_for, used: false }),
                    Err(fault) => return refuse(What::ExpressionValue(key, fault)),
                }
            }
            own.values.sort_by(|a, b| a.key.cmp(&b.key));
        }
        Ok(own)
    }

    /// The attribute name that a name of a path stands for.
    pub(crate) fn name(&mut self, name: &str) -> Result<String, ExpressionFault> {
        if !name.starts_with('#') {
            return Ok(name.into());
        }
        let place = self.names.binary_search_by(|entry| entry.key.as_str().cmp(name));
        match place.ok().and_then(|place| self.names.get_mut(place)) {
            Some(entry) => {
                entry.used = true;
                Ok(entry.stands_for.clone())
            }
            None => Err(ExpressionFault::UndefinedName(name.into())),
        }
    }

    /// The number of the value that a placeholder stands for.
    pub(crate) fn value(&mut self, key: &str) -> Result<usize, ExpressionFault> {
        let place = self.values.binary_search_by(|entry| entry.key.as_str().cmp(key));
        let undefined = || ExpressionFault::UndefinedValue(key.into());
        let place = place.map_err(|_| undefined())?;
        self.values.get_mut(place).map(|entry| entry.used = true).ok_or_else(undefined)?;
        Ok(place)
    }

    /// Adds a value that no placeholder stands for, and gives its number. Only
    /// where no expression names values: they are found by their order.
    pub(crate) fn push(&mut self, value: Value) -> usize {
        self.values.push(Entry { key: String::new(), stands_for: value, used: true });
        self.values.len() - 1
    }

    /// The value with this number.
    pub(crate) fn get(&self, place: usize) -> &Value {
        const NOTHING: &Value = &Value::Null;
        self.values.get(place).map_or(NOTHING, |entry| &entry.stands_for)
    }

    /// Refuses what no expression used, names before values. `[DDB-6.2]`
    pub(crate) fn check_used(&self) -> Result<(), Error> {
        let names = unused(&self.names);
        let what = if !names.is_empty() {
            What::UnusedNames(names)
        } else {
            match unused(&self.values) {
                none if none.is_empty() => return Ok(()),
                values => What::UnusedValues(values),
            }
        };
        Err(Error::Invalid { fault: Box::new(Fault { layer: self.layer, what }) })
    }

    /// Bytes of all values.
    pub(crate) fn size(&self) -> u64 {
        self.values.iter().map(|entry| entry.stands_for.size()).sum()
    }

    pub(crate) fn layer(&self) -> Layer {
        self.layer
    }
}

fn unused<T>(entries: &[Entry<T>]) -> Vec<String> {
    entries.iter().filter(|entry| !entry.used).map(|entry| entry.key.clone()).collect()
}

/// [DDB-6.1.3]
fn is_placeholder(key: &str, sign: u8) -> bool {
    let mut bytes = key.bytes();
    bytes.next() == Some(sign)
        && (2..=LONGEST_PLACEHOLDER).contains(&key.len())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
