//! Policies of resources, keys and VPC endpoints, in S3's words.
//! `[IAM-3.3.8]`

use super::{
    Fault, Found, STATEMENT, both_of_a_pair, condition_shape, principal_form, statements, texts,
    unknown_operator,
};
use crate::document::{PolicyKind, PrincipalType};
use crate::json::Value;

pub(super) fn check(document: &Value, kind: PolicyKind) -> Result<(), Found<'_>> {
    let Some(members) = document.object() else { return Err((Fault::FirstByte, Some(document), "")) };
    for member in members {
        match &*member.key {
            "Version" if !matches!(member.value.text(), Some("2008-10-17" | "2012-10-17")) => {
                return Err((Fault::VersionString, Some(&member.value), ""));
            }
            "Version" | "Id" | "Statement" => {}
            other => return Err((Fault::Unknown(other.into()), Some(&member.value), "")),
        }
    }
    if document.get("Statement").is_none() {
        return Err((Fault::Missing("Statement"), Some(document), ""));
    }
    let Some(statements) = statements(document) else {
        return Err((Fault::StatementEmpty, Some(document), ""));
    };
    statements.iter().try_for_each(|statement| self::statement(statement, kind))
}

fn statement(statement: &Value, policy: PolicyKind) -> Result<(), Found<'_>> {
    let Some(members) = statement.object() else {
        return Err((Fault::TrustSyntax, Some(statement), "a statement is a JSON object"));
    };
    if let Some(member) = members.iter().find(|member| !STATEMENT.contains(&&*member.key)) {
        return Err((Fault::Unknown(member.key.clone()), Some(&member.value), ""));
    }
    if both_of_a_pair(statement) {
        return Err((Fault::TrustSyntax, Some(statement), "an element and its negation"));
    }
    match statement.get("Effect") {
        None => return Err((Fault::Missing("Effect"), Some(statement), "")),
        Some(effect) => match effect.text().unwrap_or_default() {
            "Allow" | "Deny" => {}
            other => return Err((Fault::Effect(other.into()), Some(effect), "")),
        },
    }
    // Endpoint policies know no NotPrincipal. [IAM-2.1]
    let not = statement.get("NotPrincipal").filter(|_| policy != PolicyKind::VpcEndpoint);
    match statement.get("Principal").or(not) {
        None => return Err((Fault::Missing("Principal"), Some(statement), "")),
        Some(value) => principal(value)?,
    }
    let action = ["Action", "NotAction"].into_iter().find_map(|name| statement.get(name));
    match action {
        None => return Err((Fault::Missing("Action"), Some(statement), "")),
        Some(value) if !texts(value, false) || value.items().is_empty() => {
            return Err((Fault::Action, Some(value), ""));
        }
        Some(value) => {
            let odd = |entry: &&Value| {
                let text = entry.text().unwrap_or_default();
                text != "*" && text.matches(':').count() != 1
            };
            if let Some(entry) = value.items().iter().find(odd) {
                return Err((Fault::Action, Some(entry), ""));
            }
        }
    }
    // Some services have no resource in theirs: the policy hangs on it.
    let resource = ["Resource", "NotResource"].into_iter().find_map(|name| statement.get(name));
    if let Some(value) = resource {
        let odd = |entry: &&Value| entry.text().is_none_or(|text| text != "*" && !text.starts_with("arn:"));
        if !texts(value, false) || value.items().iter().any(|entry| odd(&entry)) {
            return Err((Fault::Resource, Some(value), ""));
        }
    }
    let Some(block) = statement.get("Condition") else { return Ok(()) };
    if let Some(operator) = unknown_operator(block) {
        return Err((Fault::ConditionType(operator.into()), Some(block), ""));
    }
    if condition_shape(block) {
        Ok(())
    } else {
        Err((Fault::TrustSyntax, Some(block), "a condition's shape"))
    }
}

fn principal(principal: &Value) -> Result<(), Found<'_>> {
    if principal.text() == Some("*") {
        return Ok(());
    }
    let Some(kinds) = principal.object() else { return Err((Fault::PrincipalUnnamed, Some(principal), "")) };
    if kinds.is_empty() {
        return Err((Fault::PrincipalEmpty, Some(principal), ""));
    }
    for member in kinds {
        let kind = PrincipalType::from_name(&member.key);
        let odd =
            |name: &&Value| !kind.is_some_and(|kind| principal_form(kind, name.text().unwrap_or_default()));
        if let Some(name) = member.value.items().iter().find(odd) {
            return Err((Fault::PrincipalUnnamed, Some(name), ""));
        }
    }
    Ok(())
}
