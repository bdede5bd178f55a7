//! Whether ARNs have the form their service gives them.

use super::{Lint, Severity};
use crate::document::Text;
use alloc::format;
use alloc::vec::Vec;

/// Services whose ARNs have no Region, and of these no account either.
const WITHOUT_REGION: [&str; 7] =
    ["iam", "s3", "organizations", "route53", "cloudfront", "waf", "globalaccelerator"];

impl Lint<'_, '_> {
    pub(super) fn resource_arn(&mut self, entry: &Text) {
        let value = &*entry.value;
        if value == "*" || value.starts_with('*') {
            return;
        }
        let fields: Vec<&str> = value.splitn(6, ':').collect();
        let is_free = |field: &str| field.contains(['*', '?', '$']);
        let Some((&prefix, rest)) = fields.split_first() else { return };
        if prefix != "arn" && !is_free(prefix) {
            let message = format!("{value} is no ARN: it does not begin with arn:");
            self.tell(Severity::Error, "INVALID_ARN_PREFIX", entry.span, message);
            return;
        }
        let [partition, service, region, account, resource] = rest else {
            // A star may stand for several fields.
            if !value.contains('*') {
                let message = format!("{value} has {} of the 6 fields of an ARN", fields.len());
                self.tell(Severity::Error, "MISSING_ARN_FIELD", entry.span, message);
            }
            return;
        };
        if !is_free(partition) && aws_core::Partition::from_id(partition).is_none() {
            let message = format!("there is no partition {partition}; aws is meant mostly");
            self.tell(Severity::Error, "INVALID_PARTITION", entry.span, message);
        }
        if service.chars().any(|c| c.is_ascii_uppercase()) {
            let message = format!("the service {service} is written in lower case in ARNs");
            self.tell(Severity::Error, "INVALID_ARN_SERVICE_CASE", entry.span, message);
            let start = entry.span.start + 1 + "arn:".len() + partition.len() + 1;
            // Where the text has escapes the place is not known.
            let span = crate::SourceSpan { start, end: start + service.len() };
            if span.text(self.policy.source()) == *service {
                self.mend(span, service.to_ascii_lowercase());
            }
        }
        if !region.is_empty() && WITHOUT_REGION.contains(service) && !is_free(region) {
            let message = format!("ARNs of {service} have no Region");
            self.tell(Severity::Error, "ARN_REGION_NOT_ALLOWED", entry.span, message);
            self.mend(entry.span, format!("\"arn:{partition}:{service}::{account}:{resource}\""));
        } else if !is_free(region) && !region.is_empty() && !looks_like_region(region) {
            let message = format!("{region} is no Region");
            self.tell(Severity::Error, "INVALID_ARN_REGION", entry.span, message);
        }
        let is_bucket = *service == "s3" && !resource.contains(':') && !resource.starts_with("accesspoint");
        if is_bucket && !account.is_empty() && region.is_empty() && !is_free(account) {
            let message = "ARNs of buckets have no account";
            self.tell(Severity::Error, "ARN_ACCOUNT_NOT_ALLOWED", entry.span, message);
            self.mend(entry.span, format!("\"arn:{partition}:s3:::{resource}\""));
        } else if !is_free(account)
            && !account.is_empty()
            && !matches!(*account, "aws" | "cloudfront" | "aws-managed")
            && account.parse::<aws_core::AccountId>().is_err()
        {
            let message = format!("{account} is no account: 12 digits are wanted");
            self.tell(Severity::Error, "INVALID_ARN_ACCOUNT", entry.span, message);
        }
        if resource.is_empty() {
            let message = format!("{value} names no resource");
            self.tell(Severity::Error, "INVALID_ARN_RESOURCE", entry.span, message);
        }
    }
}

/// `us-east-1` and the like.
fn looks_like_region(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    parts.len() >= 3
        && parts.iter().all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
        && parts.last().is_some_and(|last| last.chars().all(|c| c.is_ascii_digit()))
}
