//! The form of a queue policy. What it allows is for `iam-eval` to say.

use crate::{Error, limits};
use alloc::string::String;
use serde_json::{Map, Value};

const BAD: Error = Error::BadAttribute { name: "Policy" };

/// Members that a policy, and a statement, may have.
const TOP: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Refuses what SQS does not store as a queue's policy. `[SQS-2.2]`
pub(crate) fn check(text: &str) -> Result<(), Error> {
    if text.len() > limits::POLICY_SIZE_MAX.as_usize() {
        return Err(BAD);
    }
    let policy: Map<String, Value> = serde_json::from_str(text).map_err(|_| BAD)?;
    let version_known = match policy.get("Version") {
        None => true,
        Some(version) => matches!(version.as_str(), Some("2008-10-17" | "2012-10-17")),
    };
    if !version_known || policy.keys().any(|name| !TOP.contains(&name.as_str())) {
        return Err(BAD);
    }
    let one;
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => statements.as_slice(),
        Some(statement @ Value::Object(_)) => {
            one = [statement.clone()];
            &one
        }
        _ => return Err(BAD),
    };
    if statements.len() > limits::POLICY_STATEMENTS_MAX.as_usize() {
        return Err(Error::PolicyStatements { count: statements.len() });
    }
    let well_formed = |statement: &Value| {
        statement.as_object().is_some_and(|statement| {
            statement.keys().all(|name| STATEMENT.contains(&name.as_str()))
                && matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny"))
                && (statement.contains_key("Principal") || statement.contains_key("NotPrincipal"))
                && (statement.contains_key("Action") || statement.contains_key("NotAction"))
        })
    };
    if statements.iter().all(well_formed) { Ok(()) } else { Err(BAD) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    /// [SQS-2.2]
    #[test]
    fn forms_that_sqs_stores_and_refuses() {
        let statement = r#"{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}"#;
        assert_eq!(check(&format!(r#"{{"Statement":{statement}}}"#)), Ok(()));
        assert_eq!(
            check(&format!(r#"{{"Version":"2008-10-17","Id":"x","Statement":[{statement}]}}"#)),
            Ok(())
        );
        for bad in [
            "nonsense",
            "[]",
            "{}",
            r#"{"Statement":[]}"#,
            &format!(r#"{{"Version":"2020-01-01","Statement":{statement}}}"#),
            &format!(r#"{{"Colour":"blue","Statement":{statement}}}"#),
            r#"{"Statement":{"Effect":"allow","Principal":"*","Action":"sqs:*"}}"#,
        ] {
            assert_eq!(check(bad), Err(BAD), "{bad}");
        }
        let many = format!(r#"{{"Statement":[{}]}}"#, [statement; 22].join(","));
        assert_eq!(check(&many), Err(Error::PolicyStatements { count: 22 }));
    }
}
