//! What AWS answers when it denies.

use super::Check;
use crate::document::{Effect, PolicyKind};
use crate::{Answer, CheckType, Decision, Policies, Request};
use alloc::format;
use alloc::string::String;

/// The text of the AccessDenied answer. `[IAM-10.1]`
pub(super) fn denial(
    policies: &Policies<'_>,
    request: &Request<'_>,
    answer: Answer,
    checks: &[Check],
) -> Option<String> {
    let explicit = match answer.decision {
        Decision::ExplicitDeny => true,
        Decision::ImplicitDeny => false,
        Decision::Allowed | Decision::Depends => return None,
    };
    // [IAM-10.1.9]
    let lower = request.action.starts_with("sqs:").then(|| request.action.to_ascii_lowercase());
    let action = lower.as_deref().unwrap_or(request.action);
    // [IAM-8.8.7]
    if answer.check == Some(CheckType::Credentials) && request.is("sts:AssumeRole") {
        return Some("Roles may not be assumed by root accounts.".into());
    }
    let who = request.subject.arn().unwrap_or("anonymous");
    let mut text = format!("User: {who} is not authorized to perform: {action}");
    let s3 = request.service().eq_ignore_ascii_case("s3");
    match request.resource {
        "" | "*" => {}
        // [IAM-10.1.4]
        resource if s3 => text.push_str(&format!(" on resource: \"{resource}\"")),
        resource => text.push_str(&format!(" on resource: {resource}")),
    }
    // STS gives no reason. [IAM-10.1.7]
    let Some(check) = answer.check.filter(|_| !request.is("sts:AssumeRole")) else { return Some(text) };
    let trust = policies
        .resource
        .and_then(|set| set.policies().next())
        .is_some_and(|(_, policy)| policy.kind() == PolicyKind::Trust);
    let layer = match check {
        CheckType::Credentials => return Some(text),
        CheckType::ResourceControlPolicy => "resource control policy",
        CheckType::ServiceControlPolicy => "service control policy",
        CheckType::VpcEndpoint => "VPC endpoint policy",
        CheckType::Resource if trust => "role trust policy",
        CheckType::Resource => "resource-based policy",
        CheckType::Principal => "identity-based policy",
        CheckType::PermissionsBoundary => "permissions boundary",
        CheckType::Session => "session policy",
    };
    if !explicit {
        text.push_str(&format!(" because no {layer} allows the {action} action"));
        return Some(text);
    }
    let article = if check == CheckType::Principal { "an" } else { "a" };
    text.push_str(&format!(" with an explicit deny in {article} {layer}"));
    // [IAM-10.1.1]
    let named = !matches!(check, CheckType::VpcEndpoint | CheckType::Resource);
    if named && policies.options.name_policies_in_denials {
        let here = checks.iter().find(|one| one.check_type == check && one.level == answer.level);
        let denying = here.and_then(|one| {
            one.matched.iter().find(|matched| matched.certain && matched.statement.effect == Effect::Deny)
        });
        let arn = denying.map(|matched| &matched.statement.policy).filter(|name| name.starts_with("arn:"));
        if let Some(arn) = arn {
            text.push_str(&format!(": {arn}"));
        }
    }
    Some(text)
}
