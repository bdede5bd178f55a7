//! Tags: keys and values on resources and sessions.

use alloc::collections::BTreeMap;
use alloc::string::String;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How many tags and how long; most services agree on the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagLimits {
    /// Tags of one resource.
    pub count: usize,
    /// Characters of a key.
    pub key: usize,
    /// Characters of a value.
    pub value: usize,
}

impl Default for TagLimits {
    /// 50 tags, keys of 1 to 128 and values of 0 to 256 characters.
    fn default() -> Self {
        Self { count: 50, key: 128, value: 256 }
    }
}

/// What is wrong with a tag; each service has its own words for it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TagError {
    /// A key is empty or too long.
    #[error("the key {key:?} has {found} characters; 1 to {max} are allowed")]
    KeyLength {
        /// The key.
        key: String,
        /// Its characters.
        found: usize,
        /// The most there may be.
        max: usize,
    },
    /// A value is too long.
    #[error("the value of {key:?} has {found} characters; at most {max} are allowed")]
    ValueLength {
        /// The key.
        key: String,
        /// The value's characters.
        found: usize,
        /// The most there may be.
        max: usize,
    },
    /// `aws:` in any case begins the keys that AWS sets itself.
    #[error("the key {key:?} begins with aws:, which is reserved")]
    Reserved {
        /// The key.
        key: String,
    },
    /// Only letters, digits, white space and `_ . : / = + - @` are allowed.
    #[error("{text:?} holds {found:?}; letters, digits, spaces and _ . : / = + - @ are allowed")]
    Character {
        /// The key or value.
        text: String,
        /// What it may not hold.
        found: char,
    },
    /// More tags than a resource may have.
    #[error("there would be {found} tags; at most {max} are allowed")]
    Count {
        /// How many there would be.
        found: usize,
        /// The most there may be.
        max: usize,
    },
}

/// The tags of a resource, by key. Keys are case-sensitive.
///
/// ```
/// use aws_core::{TagError, TagLimits, TagSet};
///
/// let mut tags = TagSet::default();
/// tags.merge([("team".into(), "red".into())], TagLimits::default()).unwrap();
/// tags.merge([("team".into(), "blue".into()), ("Team".into(), "".into())], TagLimits::default()).unwrap();
/// assert_eq!(tags.get("team"), Some("blue"));
/// assert_eq!(tags.len(), 2);
/// let refused = tags.merge([("AWS:x".into(), "".into())], TagLimits::default());
/// assert!(matches!(refused, Err(TagError::Reserved { .. })));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TagSet(BTreeMap<String, String>);

impl TagSet {
    /// Adds tags; a key that is there gets the new value.
    ///
    /// # Errors
    /// The first tag that breaks a rule; then nothing is changed.
    pub fn merge(
        &mut self,
        tags: impl IntoIterator<Item = (String, String)>,
        limits: TagLimits,
    ) -> Result<(), TagError> {
        let mut merged = self.0.clone();
        for (key, value) in tags {
            check(&key, &value, limits)?;
            merged.insert(key, value);
        }
        if merged.len() > limits.count {
            return Err(TagError::Count { found: merged.len(), max: limits.count });
        }
        self.0 = merged;
        Ok(())
    }

    /// Takes tags away; keys that are not there are passed over.
    pub fn remove<'a>(&mut self, keys: impl IntoIterator<Item = &'a str>) {
        for key in keys {
            self.0.remove(key);
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// All tags, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
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
}

fn check(key: &str, value: &str, limits: TagLimits) -> Result<(), TagError> {
    let found = key.chars().count();
    if found == 0 || found > limits.key {
        return Err(TagError::KeyLength { key: key.into(), found, max: limits.key });
    }
    let found = value.chars().count();
    if found > limits.value {
        return Err(TagError::ValueLength { key: key.into(), found, max: limits.value });
    }
    if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
        return Err(TagError::Reserved { key: key.into() });
    }
    for text in [key, value] {
        if let Some(found) = text.chars().find(|&c| !allowed(c)) {
            return Err(TagError::Character { text: text.into(), found });
        }
    }
    Ok(())
}

fn allowed(c: char) -> bool {
    c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn bounds() {
        let one = |key: &str, value: &str| {
            TagSet::default().merge([(key.into(), value.into())], TagLimits::default())
        };
        assert_eq!(one(&"k".repeat(128), &"v".repeat(256)), Ok(()));
        assert!(matches!(one(&"k".repeat(129), ""), Err(TagError::KeyLength { found: 129, .. })));
        assert!(matches!(one("", ""), Err(TagError::KeyLength { found: 0, .. })));
        assert!(matches!(one("k", &"é".repeat(257)), Err(TagError::ValueLength { found: 257, .. })));
        assert!(matches!(one("a*", ""), Err(TagError::Character { found: '*', .. })));
        assert_eq!(one("awsome", "é 1_.:/=+-@"), Ok(()));
    }

    #[test]
    fn a_refused_merge_changes_nothing() {
        let mut tags = TagSet::default();
        let fifty = (0..50).map(|n| (format!("k{n}"), String::new()));
        tags.merge(fifty, TagLimits::default()).unwrap();
        let before = tags.clone();
        let over =
            tags.merge([("k1".into(), "new".into()), ("more".into(), String::new())], TagLimits::default());
        assert_eq!(over, Err(TagError::Count { found: 51, max: 50 }));
        assert_eq!(tags, before);
        tags.remove(["k1", "not there"]);
        assert_eq!(tags.len(), 49);
    }
}
