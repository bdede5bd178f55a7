//! Whom and what the layers bind, and what no policy decides.

use super::{Answer, CheckType, Decision, Request};
use crate::options::Options;
use crate::subject::{Subject, SubjectKind};

/// Services whose resources resource control policies bind, as of September
/// 2026. `[IAM-13.1]`
const RESOURCE_CONTROL: [&str; 62] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// Whether resource control policies bind the resources of a service, named
/// as in its actions. `[IAM-8.2]`
///
/// ```
/// assert!(iam_eval::supports_resource_control("S3"));
/// assert!(!iam_eval::supports_resource_control("ec2"));
/// ```
#[must_use]
pub fn supports_resource_control(service: &str) -> bool {
    RESOURCE_CONTROL.iter().any(|known| known.eq_ignore_ascii_case(service))
}

/// `[IAM-8.2]`
pub(super) fn resource_control(request: &Request<'_>, options: &Options) -> bool {
    !request.owner_manages_organization
        && !request.subject.service_linked
        && !request.is("kms:RetireGrant")
        && (!options.rcp_services_only || supports_resource_control(request.service()))
}

/// `[IAM-8.2]` `[IAM-8.3.5]` `[IAM-9.1]`
pub(super) fn service_control(subject: &Subject) -> bool {
    subject.account.is_some() && !subject.management && !subject.service_linked
}

/// Whether the resource's policy must allow even in the resource's own
/// account: role trust and key policies. Passing tags is an action of its own
/// on the role. `[IAM-8.4]` `[IAM-8.8.4]` `[IAM-9.4.5]`
pub(super) fn needs_resource_policy(request: &Request<'_>) -> bool {
    let assumes = [
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession",
        "sts:SetSourceIdentity",
    ];
    // A wildcard ARN stands for no key, as when one is made.
    let key = |resource: &str| resource.strip_prefix("key/").is_some_and(|id| id != "*");
    let of_key = request.service().eq_ignore_ascii_case("kms")
        && aws_core::ArnRef::parse(request.resource).is_ok_and(|arn| key(arn.resource));
    of_key || assumes.iter().any(|action| request.is(action))
}

/// What is answered before any policy is read.
pub(super) fn whatever_policies_say(request: &Request<'_>) -> Option<Answer> {
    let answer = |decision, check| Some(Answer { decision, check, level: None });
    let refused = || answer(Decision::ImplicitDeny, Some(CheckType::Credentials));
    // Also against an explicit denial. [IAM-9.7]
    if request.is("sts:GetCallerIdentity") {
        return answer(Decision::Allowed, None);
    }
    let service = request.service();
    let of = |name: &str| service.eq_ignore_ascii_case(name);
    match request.subject.kind {
        // [IAM-8.8.7]
        SubjectKind::Root if request.is("sts:AssumeRole") || request.is("sts:AssumeRoot") => refused(),
        // [IAM-9.8]
        SubjectKind::Federated if of("iam") || of("sts") => refused(),
        // Sessions of GetSessionToken. [IAM-9.7]
        SubjectKind::User if request.subject.temporary => {
            let sts = of("sts") && !request.is("sts:AssumeRole");
            let iam = of("iam") && !request.subject.mfa;
            if sts || iam { refused() } else { None }
        }
        _ => None,
    }
}
