//! Whether a resource's policy is public, as S3 means it.

use super::values::Value;
use crate::PolicySet;
use crate::condition::{Base, Net, Operand};
use crate::document::{ConditionEntry, Effect, PrincipalEntry, PrincipalType, Statement};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use aws_core::Caller;
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

/// Somebody of an account that no policy names, and nobody.
pub(super) fn strangers() -> Vec<Caller> {
    let account = "999999999998".parse().map(|account| Caller::user(account, "stranger", "AIDASTRANGER"));
    account.into_iter().chain([Caller::anonymous()]).collect()
}

/// What the keys that fix may be for a stranger: absent, or of its own; an
/// address may be any in a range that is too broad to fix anything.
pub(super) fn foreign(set: &PolicySet) -> BTreeMap<String, Vec<Value>> {
    let own = |text: &str| Vec::from([Value::Absent, Value::One(text.into())]);
    let mut limits: BTreeMap<String, Vec<Value>> = FIXING
        .into_iter()
        .filter(|key| !matches!(*key, "aws:principalarn" | "aws:principalaccount" | "aws:userid"))
        .map(|key| {
            let value = match key {
                "aws:principalorgid" => "o-stranger00",
                "aws:sourcevpc" => "vpc-0stranger",
                "aws:sourcevpce" => "vpce-0stranger",
                "aws:sourceip" => "198.51.100.77",
                "aws:sourcearn" | "s3:dataaccesspointarn" => "arn:aws:sns:us-east-1:999999999998:stranger",
                _ => "999999999998",
            };
            (key.to_string(), own(value))
        })
        .collect();
    let paths = Value::Many(Vec::from(["o-stranger00/r-stra/ou-stra-00000000/".to_string()]));
    limits.insert("aws:principalorgpaths".into(), Vec::from([Value::Absent, paths]));
    let broad = set.compiled().iter().flat_map(|one| &one.conditions).flat_map(|condition| &condition.values);
    let broad = broad.filter_map(|operand| match operand {
        Operand::Net(net) if !is_narrow(*net) => Some(Value::One(net.first().to_string())),
        _ => None,
    });
    limits.entry("aws:sourceip".into()).or_default().extend(broad);
    limits
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
