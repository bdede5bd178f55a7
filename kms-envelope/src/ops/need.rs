//! What a call on a key needs permission for. `[KMS-9.3]`

use crate::engine::Target;
use crate::{EncryptionContext, Engine};
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller};

/// `kms:<action>` on a key, with the condition keys that KMS sets.
pub(super) fn on_key(
    engine: &Engine,
    target: &Target,
    caller: &Caller,
    action: &str,
    context: Option<&EncryptionContext>,
) -> AuthzRequest {
    let Ok(key) = engine.key(&target.key) else { return AuthzRequest::new(format!("kms:{action}"), "*") };
    let facts = &key.facts;
    let mut request = AuthzRequest::new(format!("kms:{action}"), &*key.arn)
        .with_resource_policy(Some(&*facts.policy))
        .with_context("kms:KeySpec", [facts.spec.name()])
        .with_context("kms:KeyUsage", [facts.spec.usage()])
        .with_context("kms:KeyOrigin", ["AWS_KMS"])
        .with_context("kms:MultiRegion", [facts.multi_region.to_string()]);
    if let Some(account) = caller.account() {
        request = request.with_context("kms:CallerAccount", [account.to_string()]);
    }
    if let Some(alias) = &target.alias {
        request = request.with_context("kms:RequestAlias", [&**alias]);
    }
    let aliases: Vec<&str> =
        engine.aliases.iter().filter(|(_, alias)| alias.key == target.key).map(|(name, _)| &**name).collect();
    if !aliases.is_empty() {
        request = request.with_context("kms:ResourceAliases", aliases);
    }
    for (name, value) in &facts.tags {
        request = request.with_context(format!("aws:ResourceTag/{name}"), [value.as_str()]);
    }
    if let Some(context) = context {
        request = request.with_context("kms:EncryptionAlgorithm", ["SYMMETRIC_DEFAULT"]);
        if !context.is_empty() {
            request = request.with_context("kms:EncryptionContextKeys", context.keys().map(String::as_str));
        }
        for (name, value) in context {
            request = request.with_context(format!("kms:EncryptionContext:{name}"), [value.as_str()]);
        }
    }
    request
}

/// One entry.
pub(super) fn one(
    engine: &Engine,
    target: &Target,
    caller: &Caller,
    action: &str,
    context: Option<&EncryptionContext>,
) -> Vec<AuthzRequest> {
    Vec::from([on_key(engine, target, caller, action, context)])
}
