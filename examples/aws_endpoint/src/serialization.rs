//! What AWS says of JSON that has other types than it expects.

/// The text of a SerializationException for what serde found wrong; `None`
/// where AWS says nothing.
pub fn message(error: &serde_json::Error) -> Option<String> {
    if !error.is_data() {
        return None;
    }
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let Some((found, expected)) =
        text.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    else {
        return Some(text.into());
    };
    let token = || match found {
        "boolean `true`" => "TRUE_VALUE",
        "boolean `false`" => "FALSE_VALUE",
        found if found.starts_with("floating point") => "DECIMAL_VALUE",
        found if found.starts_with("integer") => "NUMBER_VALUE",
        _ => "STRING_VALUE",
    };
    Some(match (found, kind(expected)) {
        ("sequence", Kind::Map(shape)) => format!("Unrecognized collection type {shape}"),
        ("sequence", kind) => format!("Unrecognized collection type class {}", kind.class()),
        ("map", _) => "Start of structure or map found where not expected.".into(),
        (_, Kind::List | Kind::Map(_)) => "Unexpected field type".into(),
        (_, Kind::Structure) => "Unexpected value type in payload".into(),
        (_, Kind::Boolean) => "Unexpected token received from parser".into(),
        (_, Kind::String) => format!("{} cannot be converted to String", token()),
        (_, Kind::Number(class)) => format!("{} cannot be converted to {class}", token()),
    })
}

enum Kind {
    String,
    Boolean,
    Number(&'static str),
    List,
    Map(&'static str),
    Structure,
}

impl Kind {
    fn class(&self) -> String {
        match self {
            Self::String => "java.lang.String".into(),
            Self::Boolean => "java.lang.Boolean".into(),
            Self::Number(class) => format!("java.lang.{class}"),
            Self::List | Self::Map(_) | Self::Structure => "java.util.List".into(),
        }
    }
}

fn kind(expected: &str) -> Kind {
    match expected {
        "a boolean" => Kind::Boolean,
        "i32" => Kind::Number("Integer"),
        "i64" | "u64" => Kind::Number("Long"),
        "f64" => Kind::Number("Double"),
        "a sequence" => Kind::List,
        "a map" => {
            Kind::Map("java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>")
        }
        expected if expected.starts_with("struct ") || expected.contains("attribute value") => {
            Kind::Structure
        }
        _ => Kind::String,
    }
}
