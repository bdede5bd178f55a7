//! JSON that does not fit its operation.

use super::CORAL;
use crate::{AwsError, Protocol, Retry, Wording};
use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// AWS's refusal of a body that is no JSON or has members of other types
/// than the operation's.
///
/// AWS says nothing about malformed JSON; our own [`help`](AwsError::help)
/// has the line and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerializationException {
    current: String,
    classic: String,
    help: String,
}

impl fmt::Display for SerializationException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.current)
    }
}

impl core::error::Error for SerializationException {}

impl AwsError for SerializationException {
    fn shape(&self) -> &'static str {
        "SerializationException"
    }

    fn namespace(&self) -> &'static str {
        CORAL
    }

    fn query_code(&self) -> &'static str {
        "SerializationException"
    }

    fn http_status(&self) -> u16 {
        400
    }

    fn retry(&self) -> Retry {
        Retry::Never
    }

    fn message(&self, wording: Wording, _protocol: Protocol) -> String {
        match wording {
            Wording::Current => self.current.clone(),
            Wording::Classic => self.classic.clone(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(self.help.clone())
    }
}

/// Reads a request's body. An empty body is `{}`, a `null` member is absent
/// and unknown members are ignored, as AWS does it.
///
/// # Errors
/// AWS's SerializationException, in its words.
///
/// ```
/// use aws_core::{AwsError, Wording, Protocol, wire};
/// use serde::Deserialize;
///
/// #[derive(Debug, PartialEq, Deserialize)]
/// #[serde(rename_all = "PascalCase", default)]
/// struct SendMessage { message_body: String, delay_seconds: Option<i64> }
/// # impl Default for SendMessage { fn default() -> Self { Self { message_body: String::new(), delay_seconds: None } } }
///
/// let read = |body: &str| wire::read_json::<SendMessage>(body.as_bytes());
/// assert_eq!(read(r#"{"MessageBody":null,"Spare":[1]}"#)?, SendMessage::default());
/// let error = read(r#"{"MessageBody":5}"#).unwrap_err();
/// assert_eq!(error.to_string(), "NUMBER_VALUE cannot be converted to String");
/// assert_eq!(error.message(Wording::Classic, Protocol::Json), "NUMBER_VALUE can not be converted to a String");
/// # Ok::<(), wire::SerializationException>(())
/// ```
pub fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, SerializationException> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).or_else(|error| {
        if error.is_data()
            && let Ok(mut value) = serde_json::from_slice::<Value>(body)
        {
            drop_nulls(&mut value);
            return serde_json::from_value(value).map_err(|again| exception(&again, &error));
        }
        Err(exception(&error, &error))
    })
}

/// The reader of the value has bounded its depth.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn exception(error: &serde_json::Error, placed: &serde_json::Error) -> SerializationException {
    let (current, classic) =
        if error.is_data() { texts(&error.to_string()).unwrap_or_default() } else { Default::default() };
    SerializationException { current, classic, help: placed.to_string() }
}

/// AWS's two wordings for what serde says of a wrong type.
fn texts(said: &str) -> Option<(String, String)> {
    let both = |text: &str| Some((text.to_string(), text.to_string()));
    let said = said.rsplit_once(" at line ").map_or(said, |(before, _)| before);
    let Some(mismatch) = said.strip_prefix("invalid type: ") else {
        // What a type says for itself is AWS's text; what serde says is not.
        let serdes = ["invalid ", "unknown ", "missing ", "duplicate ", "data did not match"];
        return both(if serdes.iter().any(|prefix| said.starts_with(prefix)) { "" } else { said });
    };
    let (found, expected) = mismatch.split_once(", expected ")?;
    let wanted = match expected {
        "a string" | "string" => Some(("String", "a String")),
        "a boolean" => Some(("Boolean", "a Boolean")),
        "i8" | "i16" | "i32" | "u8" | "u16" | "u32" => Some(("Integer", "an Integer")),
        "i64" | "u64" | "usize" => Some(("Long", "a Long")),
        "f32" | "f64" => Some(("Double", "a Double")),
        _ => None,
    };
    let token = match found.split([' ', '`']).next()? {
        "map" => {
            let text = "Start of structure or map found where not expected";
            return Some((text.to_string(), format!("{text}.")));
        }
        "sequence" => {
            let java = match expected.strip_prefix("a map") {
                Some(of) => format!("java.util.Map{of}"),
                None => format!("class java.lang.{}", wanted.map_or("Object", |(name, _)| name)),
            };
            return both(&format!("Unrecognized collection type {java}"));
        }
        "boolean" if found.contains("true") => "TRUE_VALUE",
        "boolean" => "FALSE_VALUE",
        "integer" => "NUMBER_VALUE",
        "floating" => "DECIMAL_VALUE",
        "string" => "STRING_VALUE",
        _ => return None,
    };
    match wanted {
        Some(("Boolean", _)) => both("Unexpected token received from parser"),
        Some((current, classic)) => Some((
            format!("{token} cannot be converted to {current}"),
            format!("{token} can not be converted to {classic}"),
        )),
        None if expected == "base64" => both("only base-64-encoded strings are convertible to bytes"),
        None if expected.starts_with("struct ") || expected.starts_with("a structure") => {
            both("Unexpected value type in payload")
        }
        None => both("Unexpected field type"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Blob;
    use alloc::collections::BTreeMap;
    use alloc::vec::Vec;
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Sample {
        text: String,
        count: Option<i64>,
        small: i32,
        ratio: f64,
        flag: bool,
        list: Vec<String>,
        map: BTreeMap<String, String>,
        blob: Blob,
        of: Inner,
    }

    #[derive(Debug, Default, Deserialize)]
    struct Inner {}

    fn says(body: &str) -> String {
        read_json::<Sample>(body.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn each_wrong_type_has_awss_text() {
        assert_eq!(says(r#"{"text":true}"#), "TRUE_VALUE cannot be converted to String");
        assert_eq!(says(r#"{"text":1.5}"#), "DECIMAL_VALUE cannot be converted to String");
        assert_eq!(says(r#"{"text":["a"]}"#), "Unrecognized collection type class java.lang.String");
        assert_eq!(says(r#"{"text":{}}"#), "Start of structure or map found where not expected");
        assert_eq!(says(r#"{"count":"1"}"#), "STRING_VALUE cannot be converted to Long");
        assert_eq!(says(r#"{"small":"1"}"#), "STRING_VALUE cannot be converted to Integer");
        assert_eq!(says(r#"{"ratio":"1"}"#), "STRING_VALUE cannot be converted to Double");
        assert_eq!(says(r#"{"flag":"maybe"}"#), "Unexpected token received from parser");
        assert_eq!(says(r#"{"list":"a"}"#), "Unexpected field type");
        assert_eq!(says(r#"{"map":[]}"#), "Unrecognized collection type java.util.Map");
        assert_eq!(says(r#"{"of":"a"}"#), "Unexpected value type in payload");
        assert_eq!(says(r#"{"blob":5}"#), "only base-64-encoded strings are convertible to bytes");
        let length = "Base64 encoded length is expected a multiple of 4 bytes but found: 5";
        assert_eq!(says(r#"{"blob":"YWJjZ"}"#), length);
        let character = "Invalid last non-pad Base64 character dectected";
        assert_eq!(says(r#"{"blob":"YWJjZA=*"}"#), character);
    }

    #[test]
    fn malformed_json_has_no_text_but_a_place() {
        for body in ["{", "nonsense", "{\"text\":\"\\ud800\"}", "\u{feff}{}"] {
            let error = read_json::<Sample>(body.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), "", "{body}");
            assert!(error.help().is_some_and(|help| help.contains("line 1 column")), "{body}");
        }
        assert_eq!(
            super::super::json_error_body(&read_json::<Sample>(b"{").unwrap_err(), Wording::Current),
            br##"{"__type":"com.amazon.coral.service#SerializationException"}"##
        );
    }

    #[test]
    fn depth_is_bounded() {
        let body = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read_json::<Sample>(format!("{{\"list\":{body}}}").as_bytes()).is_err());
        // What is skipped is skipped without going down.
        assert!(read_json::<Sample>(format!("{{\"spare\":{body}}}").as_bytes()).is_ok());
        assert!(read_json::<Sample>(&[0xff, 0xfe]).is_err());
    }

    #[test]
    fn nulls_are_absent_members_at_every_depth() {
        let read =
            read_json::<Sample>(br#"{"text":null,"count":null,"list":null,"map":{"a":null}}"#).unwrap();
        assert!(read.map.is_empty() && read.list.is_empty());
    }
}
