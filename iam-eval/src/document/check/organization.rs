//! Policies of organizations. AWS answers one text for every fault.

use super::{Fault, Found, STATEMENT, both_of_a_pair, condition_shape, statements, texts, unknown_operator};
use crate::json::Value;

/// The full language since September 2025, but no principals. `[IAM-2.3]`
pub(super) fn service_control(document: &Value) -> Result<(), Found<'_>> {
    let statements = common(document)?;
    for statement in statements {
        if let Some(value) = ["Principal", "NotPrincipal"].into_iter().find_map(|name| statement.get(name)) {
            return refuse(value, "a service control policy names no principal");
        }
        one_of(statement, ["Action", "NotAction"], "no action")?;
        one_of(statement, ["Resource", "NotResource"], "no resource")?;
    }
    Ok(())
}

/// Only denials, for everybody, of named services. `[IAM-2.4]` `[IAM-1.3.5]`
pub(super) fn resource_control(document: &Value) -> Result<(), Found<'_>> {
    let statements = common(document)?;
    if document.get("Version").and_then(Value::text) != Some("2012-10-17") {
        return refuse(document, "a resource control policy has version 2012-10-17");
    }
    for statement in statements {
        if statement.get("Effect").and_then(Value::text) != Some("Deny") {
            return refuse(statement, "a resource control policy only denies");
        }
        if let Some(value) = ["NotPrincipal", "NotAction"].into_iter().find_map(|name| statement.get(name)) {
            return refuse(value, "NotPrincipal and NotAction are not known here");
        }
        if statement.get("Principal").and_then(Value::text) != Some("*") {
            return refuse(statement, "a resource control policy concerns everybody");
        }
        let actions = one_of(statement, ["Action", "NotAction"], "no action")?;
        if let Some(value) = actions.items().iter().find(|entry| entry.text() == Some("*")) {
            return refuse(value, "a resource control policy names services");
        }
        one_of(statement, ["Resource", "NotResource"], "no resource")?;
    }
    Ok(())
}

fn refuse<'a, T>(value: &'a Value, detail: &'static str) -> Result<T, Found<'a>> {
    Err((Fault::Organization, Some(value), detail))
}

fn one_of<'a>(statement: &'a Value, pair: [&str; 2], missing: &'static str) -> Result<&'a Value, Found<'a>> {
    match pair.into_iter().find_map(|name| statement.get(name)) {
        Some(value) if texts(value, false) && !value.items().is_empty() => Ok(value),
        _ => refuse(statement, missing),
    }
}

fn common(document: &Value) -> Result<&[Value], Found<'_>> {
    let Some(members) = document.object() else { return refuse(document, "a policy is a JSON object") };
    if let Some(member) =
        members.iter().find(|member| !["Version", "Id", "Statement"].contains(&&*member.key))
    {
        return refuse(&member.value, "no such element");
    }
    if let Some(version) = document.get("Version")
        && !matches!(version.text(), Some("2008-10-17" | "2012-10-17"))
    {
        return refuse(version, "no such version");
    }
    let Some(statements) = statements(document) else { return refuse(document, "no statement") };
    for statement in statements {
        let Some(members) = statement.object() else {
            return refuse(statement, "a statement is a JSON object");
        };
        if let Some(member) = members.iter().find(|member| !STATEMENT.contains(&&*member.key)) {
            return refuse(&member.value, "no such element");
        }
        if both_of_a_pair(statement) {
            return refuse(statement, "an element and its negation");
        }
        if !matches!(statement.get("Effect").and_then(Value::text), Some("Allow" | "Deny")) {
            return refuse(statement, "an effect is Allow or Deny");
        }
        if let Some(block) = statement.get("Condition")
            && (!condition_shape(block) || unknown_operator(block).is_some())
        {
            return refuse(block, "a condition of the wrong form");
        }
    }
    Ok(statements)
}
