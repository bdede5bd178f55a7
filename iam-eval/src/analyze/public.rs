//! Whether a resource's policy is public, as S3 means it.

use crate::PolicySet;
use crate::condition::{Base, Net, Operand};
use crate::document::{ConditionEntry, Effect, PrincipalEntry, PrincipalType, Statement};
use core::net::IpAddr;

/// Keys whose fixed values keep a policy from being public.
const FIXING: [&str; 13] = [
    "aws:principalorgid",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgpaths",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
    "aws:sourceip",
];

/// Whether one of its statements allows to everybody without a condition that
/// fixes who or from where. `[IAM-9.5]`
pub(crate) fn is_public(set: &PolicySet) -> bool {
    set.compiled().iter().any(|compiled| {
        let Some((_, _, written)) = set.source(compiled) else { return false };
        compiled.effect == Effect::Allow
            && to_everybody(written)
            && !compiled.conditions.iter().zip(&written.conditions).any(|(condition, entry)| {
                fixes(&condition.key, condition.operator.base, &condition.values, entry)
            })
    })
}

fn to_everybody(statement: &Statement) -> bool {
    let star = |entry: &PrincipalEntry| {
        &*entry.name.value == "*" && matches!(entry.kind, None | Some(PrincipalType::Aws))
    };
    statement
        .principal
        .as_ref()
        .is_some_and(|principal| principal.negated || principal.entries.iter().any(star))
}

fn fixes(key: &str, base: Base, values: &[Operand], entry: &ConditionEntry) -> bool {
    let operator = &*entry.operator.value;
    let weak = operator.ends_with("IfExists") || operator.starts_with("ForAllValues");
    if weak || base.negated() || !FIXING.contains(&key) || values.is_empty() {
        return false;
    }
    values.iter().zip(&entry.values).all(|(operand, text)| match operand {
        Operand::Net(net) => is_narrow(*net),
        Operand::Text(_) | Operand::Arn(_) => {
            let text = &*text.value;
            // Sessions of one role are fixed by the role's id.
            let of_role = key == "aws:userid" && text.starts_with("AROA") && text.ends_with(":*");
            of_role || !text.contains(['*', '?']) && !text.contains("${")
        }
        _ => false,
    })
}

/// Broader ranges than /8, or /32 of IPv6, fix nothing; private ones do.
fn is_narrow(net: Net) -> bool {
    let private = matches!(net.first(), IpAddr::V4(address) if address.is_private());
    private
        || match net {
            Net::V4 { length, .. } => length >= 8,
            Net::V6 { length, .. } => length >= 32,
        }
}
