//! The parser of trust policies, which speaks like those of other services'
//! resource policies. `[IAM-3.3.1]` `[IAM-3.3.3]`

use super::{
    Fault, Found, STATEMENT, both_of_a_pair, condition_shape, principal_form, sid_twice, statements, texts,
    unknown_operator,
};
use crate::document::PrincipalType;
use crate::json::Value;
use alloc::boxed::Box;

pub(super) fn check(document: &Value) -> Result<(), Found<'_>> {
    let Some(members) = document.object() else { return Err((Fault::InvalidJson, Some(document), "")) };
    for member in members {
        match &*member.key {
            "Version" if !matches!(member.value.text(), Some("2008-10-17" | "2012-10-17")) => {
                return Err((Fault::VersionString, Some(&member.value), ""));
            }
            "Version" | "Id" | "Statement" => {}
            other => return Err((Fault::Unknown(other.into()), Some(&member.value), "")),
        }
    }
    let Some(statements) = statements(document) else {
        return Err((Fault::StatementEmpty, Some(document), ""));
    };
    for statement in statements {
        self::statement(statement)?;
    }
    match sid_twice(statements) {
        Some(sid) => Err((Fault::TrustSidTwice, Some(sid), "")),
        None => Ok(()),
    }
}

fn statement(statement: &Value) -> Result<(), Found<'_>> {
    let Some(members) = statement.object() else {
        return Err((Fault::TrustSyntax, Some(statement), "a statement is a JSON object"));
    };
    if let Some(member) = members.iter().find(|member| !STATEMENT.contains(&&*member.key)) {
        return Err((Fault::Unknown(member.key.clone()), Some(&member.value), ""));
    }
    let Some(effect) = statement.get("Effect") else {
        return Err((Fault::Missing("Effect"), Some(statement), ""));
    };
    let word = effect.text().unwrap_or_default();
    if !matches!(word, "Allow" | "Deny") {
        return Err((Fault::Effect(word.into()), Some(effect), ""));
    }
    if let Some(not) = statement.get("NotPrincipal") {
        let fault = if word == "Allow" { Fault::AllowNotPrincipal } else { Fault::TrustNotPrincipal };
        return Err((fault, Some(not), ""));
    }
    let Some(principal) = statement.get("Principal") else {
        return Err((Fault::Missing("Principal"), Some(statement), ""));
    };
    self::principal(principal, statement.get("Condition").is_some())?;
    let condition = statement.get("Condition");
    let shape = condition.is_none_or(|block| condition_shape(block) && unknown_operator(block).is_none());
    if !shape || both_of_a_pair(statement) {
        return Err((Fault::TrustSyntax, Some(statement), "a condition, or an element and its negation"));
    }
    let Some(action) = ["Action", "NotAction"].into_iter().find_map(|name| statement.get(name)) else {
        return Err((Fault::Missing("Action"), Some(statement), ""));
    };
    if !texts(action, false) || action.items().is_empty() {
        return Err((Fault::Missing("Action"), Some(action), ""));
    }
    // [IAM-3.3.2]
    let of_sts = |entry: &&Value| {
        let service = entry.text().unwrap_or_default().split_once(':').map(|(service, _)| service);
        !service.is_some_and(|service| service.eq_ignore_ascii_case("sts"))
    };
    if let Some(entry) = action.items().iter().find(of_sts) {
        return Err((Fault::TrustAction, Some(entry), ""));
    }
    if let Some(resource) = statement.get("Resource") {
        return Err((Fault::Prohibited("Resource"), Some(resource), ""));
    }
    match statement.get("NotResource") {
        Some(resource) => Err((Fault::TrustNotResource, Some(resource), "")),
        None => Ok(()),
    }
}

fn principal(principal: &Value, with_condition: bool) -> Result<(), Found<'_>> {
    let Some(kinds) = principal.object() else {
        return Err((Fault::PrincipalNotObject, Some(principal), ""));
    };
    if kinds.is_empty() {
        return Err((Fault::PrincipalEmpty, Some(principal), ""));
    }
    for member in kinds {
        let Some(kind) = PrincipalType::from_name(&member.key) else {
            return Err((Fault::PrincipalKind(member.key.clone()), Some(&member.value), ""));
        };
        if kind == PrincipalType::CanonicalUser {
            return Err((Fault::PrincipalKind(member.key.clone()), Some(&member.value), ""));
        }
        for name in member.value.items() {
            let text = name.text().unwrap_or_default();
            if !principal_form(kind, text) {
                let kind: Box<str> = member.key.to_ascii_uppercase().into();
                return Err((Fault::Principal { kind, value: text.into() }, Some(name), ""));
            }
            if text == "cognito-identity.amazonaws.com" && kind == PrincipalType::Federated && !with_condition
            {
                return Err((Fault::CognitoCondition, Some(name), ""));
            }
        }
    }
    Ok(())
}
