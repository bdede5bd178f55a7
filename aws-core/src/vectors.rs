//! Test vectors as data files.
//!
//! A file holds cases, a case holds steps or an input and what to expect. A
//! step is a history record: a request, and the reply it must get. What is
//! expected says only what matters:
//!
//! | written | means |
//! |---|---|
//! | a member that is absent | not compared |
//! | `"$name"` | any value at its first appearance, that same value later; in a request, that value |
//! | `{"$absent": true}` | there must be no such member |
//! | `{"$present": true}` | there must be one, whatever it is |
//! | `{"$unordered": […]}` | these items in any order |
//! | `{"$repeat": ["a", 1024]}` | the text so many times over |
//! | `{"$concat": […]}` | the parts one after the other |

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A vector file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VectorFile {
    /// The engine and the version of its schema, such as `sqs/1`.
    pub schema: String,
    /// Notes for readers.
    #[serde(default)]
    pub about: Option<String>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Unique within the engine.
    pub id: String,
    /// The rules it shows.
    pub rules: Vec<String>,
    /// Where the expectation comes from.
    pub source: String,
    /// How sure that is: `recorded`, `doc`, `model`, `reported`, `inferred`.
    pub confidence: String,
    /// Why the case exists.
    #[serde(default)]
    pub why: String,
    /// Calls and replies, for stateful engines.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What a pure function is given.
    #[serde(default)]
    pub input: Value,
    /// What it must answer.
    #[serde(default)]
    pub expect: Value,
    /// Whatever else the engine's schema has.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One call of a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// When it is made, in milliseconds.
    pub start: i64,
    /// When it is answered; our engines answer at once.
    #[serde(default)]
    pub end: Option<i64>,
    /// Who makes it, if not the schema's usual caller.
    #[serde(default)]
    pub caller: Option<Value>,
    /// Its entropy, if not the step's number.
    #[serde(default)]
    pub seed: Option<Value>,
    /// What was decided about it.
    #[serde(default)]
    pub permit: Option<Value>,
    /// The request.
    pub request: Value,
    /// The reply it must get: `{"ok": …}` or `{"err": …}`.
    pub reply: Value,
}

/// The values that a case has captured so far.
///
/// ```
/// use aws_core::vectors::Captures;
/// use serde_json::json;
///
/// let mut captures = Captures::default();
/// captures.matches(&json!({"Id": "$id"}), &json!({"Id": "m-1", "Size": 3})).unwrap();
/// assert_eq!(captures.fill(&json!({"Delete": "$id"})), json!({"Delete": "m-1"}));
/// let wrong = captures.matches(&json!({"Id": "$id"}), &json!({"Id": "m-2"})).unwrap_err();
/// assert_eq!(wrong, r#"at .Id: expected "m-1" (captured as $id), found "m-2""#);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Captures(BTreeMap<String, Value>);

impl Captures {
    /// A request with captured values in place of their names, and long texts
    /// written out.
    #[must_use]
    pub fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let captured = text.strip_prefix('$').and_then(|name| self.0.get(name));
                captured.unwrap_or(value).clone()
            }
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(members) => self.written_out(members).unwrap_or_else(|| {
                members.iter().map(|(name, value)| (name.clone(), self.fill(value))).collect()
            }),
            scalar => scalar.clone(),
        }
    }

    /// `$repeat` and `$concat` as the text they stand for.
    fn written_out(&self, members: &Map<String, Value>) -> Option<Value> {
        if let Some([text, times]) = members.get("$repeat").and_then(Value::as_array).map(Vec::as_slice) {
            let times = usize::try_from(times.as_u64()?).ok()?;
            return Some(text.as_str()?.repeat(times).into());
        }
        let parts = members.get("$concat")?.as_array()?;
        let mut text = String::new();
        for part in parts {
            text.push_str(self.fill(part).as_str()?);
        }
        Some(text.into())
    }

    /// Compares what came with what was expected, and captures.
    ///
    /// # Errors
    /// Where they differ and how.
    pub fn matches(&mut self, expected: &Value, actual: &Value) -> Result<(), String> {
        self.compare(expected, Some(actual), "")
    }

    fn compare(&mut self, expected: &Value, actual: Option<&Value>, path: &str) -> Result<(), String> {
        let place = if path.is_empty() { "." } else { path };
        if let Value::Object(members) = expected {
            if members.contains_key("$absent") {
                return actual
                    .map_or(Ok(()), |actual| Err(format!("at {place}: expected nothing, found {actual}")));
            }
            if members.contains_key("$present") {
                return actual.map_or_else(
                    || Err(format!("at {place}: expected something, found nothing")),
                    |_| Ok(()),
                );
            }
        }
        let Some(actual) = actual else {
            return Err(format!("at {place}: expected {}, found nothing", short(expected)));
        };
        let differs = |expected: &Value, why: &str| {
            Err(format!("at {place}: expected {}{why}, found {}", short(expected), short(actual)))
        };
        match (expected, actual) {
            (Value::String(name), _) if name.len() > 1 && name.starts_with('$') => {
                let known =
                    self.0.entry(name.trim_start_matches('$').into()).or_insert_with(|| actual.clone());
                if known == actual {
                    Ok(())
                } else {
                    differs(&known.clone(), &format!(" (captured as {name})"))
                }
            }
            (Value::Array(wanted), Value::Array(items)) => {
                if wanted.len() != items.len() {
                    return Err(format!(
                        "at {place}: expected {} items, found {}",
                        wanted.len(),
                        short(actual)
                    ));
                }
                let mut pairs = wanted.iter().zip(items).enumerate();
                pairs.try_for_each(|(index, (wanted, item))| {
                    self.compare(wanted, Some(item), &format!("{path}[{index}]"))
                })
            }
            (Value::Object(wanted), _) if wanted.contains_key("$unordered") => {
                let wanted = wanted.get("$unordered").and_then(Value::as_array).map(Vec::as_slice);
                self.compare_unordered(wanted.unwrap_or_default(), actual, place)
            }
            (Value::Object(wanted), _)
                if wanted.contains_key("$repeat") || wanted.contains_key("$concat") =>
            {
                let text = self.fill(expected);
                if text == *actual { Ok(()) } else { differs(&text, "") }
            }
            (Value::Object(wanted), Value::Object(found)) => wanted.iter().try_for_each(|(name, wanted)| {
                self.compare(wanted, found.get(name), &format!("{path}.{name}"))
            }),
            _ if expected == actual => Ok(()),
            _ => differs(expected, ""),
        }
    }

    fn compare_unordered(&mut self, wanted: &[Value], actual: &Value, place: &str) -> Result<(), String> {
        let mut left: Vec<&Value> = actual.as_array().into_iter().flatten().collect();
        if left.len() != wanted.len() {
            return Err(format!("at {place}: expected {} items, found {}", wanted.len(), short(actual)));
        }
        for wanted in wanted {
            let found = left.iter().position(|item| self.clone().matches(wanted, item).is_ok());
            let Some(index) = found else {
                return Err(format!(
                    "at {place}: expected an item {}, found {}",
                    short(wanted),
                    short(actual)
                ));
            };
            self.matches(wanted, left.swap_remove(index))?;
        }
        Ok(())
    }
}

/// A value, or its beginning if it is long.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Collects what all cases came to, so that every failure is seen at once.
///
/// ```
/// use aws_core::vectors::Report;
/// let mut report = Report::default();
/// report.add("one", "recorded", Ok(()));
/// report.add("two", "doc", Err("at .Id: …".into()));
/// let text = report.finish().unwrap_err();
/// assert!(text.starts_with("1 of 2 cases failed"));
/// ```
#[derive(Debug, Default)]
pub struct Report {
    counts: BTreeMap<String, (usize, usize)>,
    failures: Vec<String>,
}

impl Report {
    /// Adds a case's result.
    pub fn add(&mut self, id: &str, confidence: &str, result: Result<(), String>) {
        let (passed, failed) = self.counts.entry(confidence.into()).or_default();
        match result {
            Ok(()) => *passed += 1,
            Err(why) => {
                *failed += 1;
                self.failures.push(format!("{id} ({confidence}): {why}"));
            }
        }
    }

    /// How many cases passed, by confidence.
    #[must_use]
    pub fn summary(&self) -> String {
        let count = |(name, (passed, failed)): (&String, &(usize, usize))| {
            format!("{name}: {passed} passed, {failed} failed")
        };
        self.counts.iter().map(count).collect::<Vec<_>>().join("; ")
    }

    /// The summary, if every case passed.
    ///
    /// # Errors
    /// All failures.
    pub fn finish(self) -> Result<String, String> {
        let all: usize = self.counts.values().map(|(passed, failed)| passed + failed).sum();
        match self.failures.len() {
            _ if all == 0 => Err("there are no cases".into()),
            0 => Ok(self.summary()),
            failed => Err(format!(
                "{failed} of {all} cases failed\n{}\n{}",
                self.failures.join("\n"),
                self.summary()
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compare(expected: Value, actual: Value) -> Result<(), String> {
        Captures::default().matches(&expected, &actual)
    }

    #[test]
    fn absent_members_are_not_compared_and_others_are() {
        assert_eq!(compare(json!({"a": 1}), json!({"a": 1, "b": 2})), Ok(()));
        assert!(compare(json!({"a": 1, "b": 2}), json!({"a": 1})).is_err());
        assert!(
            compare(json!({"a": {"b": [1, 2]}}), json!({"a": {"b": [1, 3]}}))
                .unwrap_err()
                .starts_with("at .a.b[1]:")
        );
        assert!(compare(json!([1]), json!([1, 2])).is_err());
    }

    #[test]
    fn absence_and_presence() {
        assert_eq!(compare(json!({"a": {"$absent": true}}), json!({})), Ok(()));
        assert!(compare(json!({"a": {"$absent": true}}), json!({"a": null})).is_err());
        assert_eq!(compare(json!({"a": {"$present": true}}), json!({"a": null})), Ok(()));
        assert!(compare(json!({"a": {"$present": true}}), json!({})).is_err());
    }

    #[test]
    fn long_texts_and_unordered_lists() {
        let text = json!({"$concat": [{"$repeat": ["ab", 3]}, "!"]});
        assert_eq!(Captures::default().fill(&text), json!("ababab!"));
        assert_eq!(compare(text, json!("ababab!")), Ok(()));
        assert_eq!(compare(json!({"$unordered": [1, {"a": 2}]}), json!([{"a": 2, "b": 0}, 1])), Ok(()));
        assert!(compare(json!({"$unordered": [1, 1]}), json!([1, 2])).is_err());
    }
}
