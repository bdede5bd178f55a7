//! What AWS refuses when a document is saved.

mod identity;
mod organization;
mod resource;
mod trust;

use super::{Fault, PolicyError, PolicyKind, Position, PrincipalType};
use crate::condition::Operator;
use crate::json::{self, Kind, NotJson, Value};

/// A fault and the value it was found at.
type Found<'a> = (Fault, Option<&'a Value>, &'static str);

/// Reads and checks a new document.
pub(super) fn strictly(source: &str, kind: PolicyKind) -> Result<Value, PolicyError> {
    // [IAM-1.2.8]
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    if let Some((offset, _)) = source.char_indices().find(|(_, c)| !allowed(*c)) {
        let position = Some(Position::of(source, offset));
        return Err(PolicyError { fault: Fault::Characters, kind, position, detail: "" });
    }
    let value = json::read(source).map_err(|fault| not_json(source, kind, fault))?;
    // [IAM-1.2.6]
    if let Some(member) = value.duplicate() {
        let position = Some(member.key_span.position(source));
        return Err(PolicyError {
            fault: json_fault(source, kind),
            kind,
            position,
            detail: "a member comes twice",
        });
    }
    let checked = match kind {
        PolicyKind::Identity | PolicyKind::AwsManaged | PolicyKind::Boundary | PolicyKind::Session => {
            identity::check(&value, kind)
        }
        PolicyKind::Trust => trust::check(&value),
        PolicyKind::ServiceControl => organization::service_control(&value),
        PolicyKind::ResourceControl => organization::resource_control(&value),
        PolicyKind::Resource | PolicyKind::KmsKey | PolicyKind::VpcEndpoint => resource::check(&value, kind),
    };
    match checked {
        Ok(()) => Ok(value),
        Err((fault, at, detail)) => {
            let position = at.map(|value| value.span.position(source));
            Err(PolicyError { fault, kind, position, detail })
        }
    }
}

/// How a text that is no JSON is refused.
pub(super) fn not_json(source: &str, kind: PolicyKind, fault: NotJson) -> PolicyError {
    let position = Some(Position::of(source, fault.offset));
    PolicyError { fault: json_fault(source, kind), kind, position, detail: fault.what }
}

fn json_fault(source: &str, kind: PolicyKind) -> Fault {
    match kind {
        PolicyKind::Identity | PolicyKind::AwsManaged | PolicyKind::Boundary | PolicyKind::Session => {
            Fault::Syntax
        }
        PolicyKind::ServiceControl | PolicyKind::ResourceControl => Fault::Organization,
        // [IAM-3.3.1]
        PolicyKind::Trust => Fault::InvalidJson,
        // [IAM-3.3.8]
        _ if source.starts_with('{') => Fault::InvalidJson,
        _ => Fault::FirstByte,
    }
}

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
const PAIRS: [(&str, &str); 3] =
    [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")];

/// Whether a statement has an element and its negation. `[IAM-1.2.4]`
fn both_of_a_pair(statement: &Value) -> bool {
    PAIRS.iter().any(|(plain, not)| statement.get(plain).is_some() && statement.get(not).is_some())
}

/// A text, or a list of them; `null` in the list where it is allowed.
fn texts(value: &Value, null: bool) -> bool {
    match &value.kind {
        Kind::String(_) => true,
        Kind::Array(items) => {
            items.iter().all(|item| item.text().is_some() || (null && item.kind == Kind::Null))
        }
        _ => false,
    }
}

/// Whether a `Condition` has the right shape: maps of maps of scalars or
/// lists of scalars. Keys are free. `[IAM-3.2.1]`
fn condition_shape(block: &Value) -> bool {
    let scalar = |value: &Value| matches!(value.kind, Kind::String(_) | Kind::Number(_) | Kind::Bool(_));
    block.object().is_some_and(|operators| {
        operators.iter().all(|operator| {
            operator.value.object().is_some_and(|keys| {
                keys.iter().all(|key| match &key.value.kind {
                    Kind::Array(values) => values.iter().all(scalar),
                    _ => scalar(&key.value),
                })
            })
        })
    })
}

/// The first operator with keys that AWS does not know.
fn unknown_operator(block: &Value) -> Option<&str> {
    let operators = block.object().unwrap_or_default().iter();
    let mut with_keys =
        operators.filter(|operator| operator.value.object().is_some_and(|keys| !keys.is_empty()));
    with_keys.find(|operator| Operator::read(&operator.key, true).is_none()).map(|operator| &*operator.key)
}

/// Whether a principal has one of the documented forms. `[IAM-1.5]`
fn principal_form(kind: PrincipalType, name: &str) -> bool {
    match kind {
        PrincipalType::Aws => name == "*" || aws_principal(name),
        PrincipalType::Service => {
            let part = |part: &str| {
                !part.is_empty()
                    && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            };
            name.contains('.') && name.split('.').all(part)
        }
        PrincipalType::Federated => name == "*" || !name.is_empty() && !name.contains(['*', '?', ' ']),
        PrincipalType::CanonicalUser => name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()),
    }
}

/// No form takes wildcards.
fn aws_principal(name: &str) -> bool {
    let account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let id = |text: &str| {
        text.len() > 4
            && (text.starts_with("AIDA") || text.starts_with("AROA"))
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    if account(name) || id(name) {
        return true;
    }
    let Ok(arn) = aws_core::ArnRef::parse(name) else { return false };
    if !account(arn.account) || !arn.region.is_empty() || name.contains(['*', '?']) {
        return false;
    }
    let follows = |start: &str| arn.resource.strip_prefix(start).is_some_and(|rest| !rest.is_empty());
    match arn.service {
        "iam" => arn.resource == "root" || follows("user/") || follows("role/"),
        "sts" => {
            follows("federated-user/")
                || arn.resource.strip_prefix("assumed-role/").is_some_and(|rest| {
                    rest.split_once('/')
                        .is_some_and(|(role, session)| !role.is_empty() && !session.is_empty())
                })
        }
        _ => false,
    }
}

/// The statements, or nothing if `Statement` is not there or is empty.
fn statements(document: &Value) -> Option<&[Value]> {
    document.get("Statement").map(Value::items).filter(|statements| !statements.is_empty())
}

/// The first `Sid` that came before; empty ones may repeat. `[IAM-1.4.2]`
fn sid_twice(statements: &[Value]) -> Option<&Value> {
    let sids = || statements.iter().filter_map(|statement| statement.get("Sid"));
    sids().enumerate().find_map(|(at, sid)| {
        let text = sid.text().filter(|text| !text.is_empty())?;
        sids().take(at).any(|other| other.text() == Some(text)).then_some(sid)
    })
}
