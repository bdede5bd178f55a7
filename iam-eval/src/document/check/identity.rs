//! IAM's own parser: identity policies, boundaries, session policies. The
//! steps are in the order AWS makes them. `[IAM-3.2]`

use super::{
    Fault, Found, STATEMENT, both_of_a_pair, condition_shape, sid_twice, statements, texts, unknown_operator,
};
use crate::PolicyKind;
use crate::condition::Instant;
use crate::json::{Kind, Value};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use aws_core::Partition;

pub(super) fn check(document: &Value, kind: PolicyKind) -> Result<(), Found<'_>> {
    syntax(document)?;
    let statements = statements(document).unwrap_or_default();
    // [IAM-3.2.2] [IAM-1.3.3]
    let version = document.get("Version");
    if version.and_then(Value::text) != Some("2012-10-17") {
        return Err((Fault::Version, version.or(Some(document)), ""));
    }
    legacy(statements)?;
    // [IAM-3.2]
    let principal =
        |statement| ["Principal", "NotPrincipal"].into_iter().find_map(|name| Value::get(statement, name));
    if let Some(principal) = statements.iter().find_map(principal) {
        return Err((Fault::PrincipalInIdentity, Some(principal), ""));
    }
    let held_back = resources(statements, kind == PolicyKind::AwsManaged)?;
    // Documents with `_` were accepted, whatever the text says. [IAM-1.4.2]
    let odd = |text: &str| text.bytes().any(|byte| !byte.is_ascii_alphanumeric() && byte != b'_');
    let sids = || statements.iter().filter_map(|statement| statement.get("Sid"));
    if let Some(sid) = sids().find(|sid| sid.text().is_some_and(odd)) {
        return Err((Fault::SidCharacters, Some(sid), ""));
    }
    // [IAM-3.2.4]
    if let Some(sid) = sid_twice(statements) {
        return Err((Fault::SidTwice, Some(sid), ""));
    }
    // [IAM-3.2.5]
    if let Some(statement) = statements.iter().find(|statement| lacks(statement, ["Action", "NotAction"])) {
        return Err((Fault::NoAction, Some(statement), ""));
    }
    if let Some(fault) = held_back {
        return Err(fault);
    }
    for name in ["Action", "NotAction"] {
        for action in statements.iter().filter_map(|statement| statement.get(name)).flat_map(Value::items) {
            self::action(action.text().unwrap_or_default()).map_err(|fault| (fault, Some(action), ""))?;
        }
    }
    // [IAM-3.2.15]
    match statements.iter().find(|statement| lacks(statement, ["Resource", "NotResource"])) {
        Some(statement) => Err((Fault::NoResource, Some(statement), "")),
        None => Ok(()),
    }
}

/// Neither of a pair, or an empty list.
fn lacks(statement: &Value, pair: [&str; 2]) -> bool {
    pair.into_iter().find_map(|name| statement.get(name)).is_none_or(|value| value.items().is_empty())
}

/// Step 1: members, types, shapes. `[IAM-3.2.1]` `[IAM-1.2.1]`
fn syntax(document: &Value) -> Result<(), Found<'_>> {
    let fault = |value, what| Err((Fault::Syntax, Some(value), what));
    let Some(members) = document.object() else { return fault(document, "a policy is a JSON object") };
    for member in members {
        match &*member.key {
            "Version" if !matches!(member.value.text(), Some("2008-10-17" | "2012-10-17")) => {
                return fault(&member.value, "no such version");
            }
            // [IAM-1.4.1]
            "Id" if member.value.text().is_none() => return fault(&member.value, "Id is a text"),
            "Version" | "Id" | "Statement" | "Conditions" => {}
            _ => return fault(&member.value, "no such element"),
        }
    }
    // [IAM-1.2.3]
    let Some(statements) = statements(document) else { return fault(document, "no statement") };
    for statement in statements {
        let Some(members) = statement.object() else {
            return fault(statement, "a statement is a JSON object");
        };
        if both_of_a_pair(statement) {
            return fault(statement, "an element and its negation");
        }
        if statement.get("Effect").is_none() {
            return fault(statement, "no Effect");
        }
        for member in members {
            let value = &member.value;
            let right = match &*member.key {
                "Effect" => value.text().is_some_and(|word| {
                    word.eq_ignore_ascii_case("allow") || word.eq_ignore_ascii_case("deny")
                }),
                "Sid" => value.text().is_some(),
                "Action" | "NotAction" => texts(value, false),
                "Resource" | "NotResource" => texts(value, true),
                "Principal" | "NotPrincipal" => value.text().is_some() || value.object().is_some(),
                "Condition" => condition_shape(value) && unknown_operator(value).is_none(),
                other => STATEMENT.contains(&other),
            };
            if !right {
                return fault(value, "an element of the wrong form");
            }
        }
    }
    Ok(())
}

/// Step 3: the effect's case and dates. `[IAM-3.2.3]` `[IAM-3.3.5]`
fn legacy(statements: &[Value]) -> Result<(), Found<'_>> {
    for statement in statements {
        let effect = statement.get("Effect");
        if !matches!(effect.and_then(Value::text), Some("Allow" | "Deny")) {
            return Err((Fault::Legacy, effect, "the case of the effect"));
        }
        let operators = statement.get("Condition").and_then(Value::object).unwrap_or_default();
        let base = |operator: &str| operator.rsplit(':').next().unwrap_or_default().starts_with("Date");
        for operator in operators.iter().filter(|operator| base(&operator.key)) {
            for key in operator.value.object().unwrap_or_default() {
                for value in key.value.items() {
                    let text = match &value.kind {
                        Kind::String(text) | Kind::Number(text) => text,
                        _ => return Err((Fault::Legacy, Some(value), "no date")),
                    };
                    if Instant::parse(text).is_none() {
                        return Err((Fault::Legacy, Some(value), "no date"));
                    }
                }
            }
        }
    }
    Ok(())
}

/// The resource pass: what the old parser refuses is refused now, a fault of
/// form is held back. `[IAM-3.2.R]`
fn resources(statements: &[Value], aws_own: bool) -> Result<Option<Found<'_>>, Found<'_>> {
    let entries = statements.iter().flat_map(|statement| {
        ["Resource", "NotResource"].into_iter().filter_map(|name| statement.get(name)).flat_map(Value::items)
    });
    for entry in entries {
        let Some(text) = entry.text().filter(|text| *text != "*") else { continue };
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let short = fields.len() < 6 && text.contains("::");
        if fields.first() == Some(&"arn") && fields.len() > 1 && (short || fields.get(2) == Some(&"")) {
            return Err((Fault::Legacy, Some(entry), "an ARN the old parser does not read"));
        }
        if let Err(fault) = resource(text, &fields, aws_own) {
            return Ok(Some((fault, Some(entry), "")));
        }
    }
    Ok(None)
}

const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// What of S3 has a Region.
const S3_REGIONAL: [&str; 2] = ["accesspoint/", "access-grants/"];

/// AWS's own policies name kinds of things that others may not.
const AWS_PATHS: [&str; 2] = ["root", "role-template/"];

fn resource(text: &str, fields: &[&str], aws_own: bool) -> Result<(), Fault> {
    let field = |at: usize| fields.get(at).copied();
    // [IAM-3.2.6]
    let Some(partition) = field(1) else { return Err(Fault::NotArn(text.into())) };
    // [IAM-3.2.7]
    if partition != "*" && Partition::from_id(partition).is_none() {
        let [service, region, account, resource] = [2, 3, 4, 5].map(|at| field(at).unwrap_or("*"));
        let arn: Box<str> = format!("arn:{partition}:{service}:{region}:{account}:{resource}").into();
        return Err(Fault::Partition { partition: partition.into(), arn });
    }
    // [IAM-3.2.8]
    let Some(service) = field(2) else { return Err(Fault::ResourceVendor) };
    let with_region = field(3).is_some_and(|region| !region.is_empty());
    let path = field(5).unwrap_or_default();
    match service {
        // [IAM-3.2.9]
        "iam" if with_region => Err(Fault::IamRegion(text.into())),
        // [IAM-3.2.11]
        "iam" if aws_own && AWS_PATHS.iter().any(|start| path.starts_with(start)) => Ok(()),
        "iam" if path != "*" && !IAM_PATHS.iter().any(|start| path.starts_with(start)) => Err(Fault::IamPath),
        // [IAM-3.2.10]
        "s3" if with_region && !S3_REGIONAL.iter().any(|start| path.starts_with(start)) => {
            Err(Fault::S3Region(text.into()))
        }
        _ => Ok(()),
    }
}

fn action(text: &str) -> Result<(), Fault> {
    if text == "*" {
        return Ok(());
    }
    // [IAM-3.2.12]
    let Some((vendor, name)) = text.split_once(':') else { return Err(Fault::NoVendor) };
    // [IAM-3.2.13]
    if name.contains(':') {
        return Err(Fault::TwoColons);
    }
    // [IAM-3.2.14]
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if vendor != "*" && (vendor.is_empty() || !vendor.bytes().all(letter)) {
        return Err(Fault::Vendor(vendor.into()));
    }
    Ok(())
}
