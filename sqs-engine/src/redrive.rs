//! Where messages go that nobody could process.

use crate::{Error, RedriveFault, limits};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A queue's `RedrivePolicy`. `[SQS-9.1]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RedrivePolicy {
    /// The text as it was sent, which is how it reads back.
    pub(crate) text: Arc<str>,
    pub(crate) target_arn: Arc<str>,
    pub(crate) max_receive_count: u32,
}

/// What AWS says of a redrive policy's target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetFault {
    NotSameType,
    Missing,
    NotAllowed,
}

impl RedrivePolicy {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let fault = |reason: String| fault("RedrivePolicy", text, reason);
        let policy: Map<String, Value> = serde_json::from_str(text).map_err(|_| Error::RedriveNotJson)?;
        // [SQS-9.1] maxReceiveCount is looked for first.
        let missing =
            |name: &str| fault(format!("Redrive policy does not contain mandatory attribute: {name}."));
        let count = policy.get("maxReceiveCount").ok_or_else(|| missing("maxReceiveCount"))?;
        let target = policy.get("deadLetterTargetArn").ok_or_else(|| missing("deadLetterTargetArn"))?;
        if policy.len() > 2 {
            return Err(fault(
                "Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn].".into(),
            ));
        }
        let count_text = as_text(count);
        let max_receive_count =
            count_text.parse().ok().filter(|count| (1..=1_000).contains(count)).ok_or_else(|| {
                fault(format!(
                    "Invalid value for maxReceiveCount: {count_text}, valid values are from 1 to 1000 both inclusive."
                ))
            })?;
        let target = target.as_str().unwrap_or_default();
        let mut parts = target.splitn(6, ':');
        let qualified = parts.next() == Some("arn") && parts.clone().count() == 5;
        if !qualified || parts.clone().any(str::is_empty) {
            return Err(fault("Dead-letter target ARN should be fully qualified ARN.".into()));
        }
        if parts.nth(1) != Some("sqs") {
            return Err(fault("Only SQS queues are valid resources for deadLetterTargetArn.".into()));
        }
        Ok(Self { text: text.into(), target_arn: target.into(), max_receive_count })
    }

    /// The refusal of a target that cannot be one.
    pub(crate) fn refuse(&self, why: TargetFault) -> Error {
        let reason = match why {
            // [SQS-9.1] Two full stops, as AWS prints it.
            TargetFault::NotSameType => "Dead-letter queue must be same type of queue as the source..",
            TargetFault::Missing => "Dead letter target does not exist.",
            // [SQS-9.6] AWS's text is not known.
            TargetFault::NotAllowed => {
                "The dead-letter queue's redrive allow policy does not permit this source queue."
            }
        };
        fault("RedrivePolicy", &self.text, reason.into())
    }
}

/// A dead-letter queue's `RedriveAllowPolicy`. `[SQS-9.6]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RedriveAllowPolicy {
    /// The text as it was sent.
    pub(crate) text: Arc<str>,
    permission: Permission,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Permission {
    AllowAll,
    DenyAll,
    ByQueue(Vec<String>),
}

impl RedriveAllowPolicy {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Form {
            redrive_permission: String,
            source_queue_arns: Option<Vec<String>>,
        }
        let form: Form = serde_json::from_str(text).map_err(|_| Error::BadAllowPolicy)?;
        let fault = |reason: &str| {
            let Error::Redrive { fault } = fault("RedriveAllowPolicy", text, reason.into()) else {
                return Error::BadAllowPolicy;
            };
            Error::RedriveAllow { fault }
        };
        let arns = form.source_queue_arns.unwrap_or_default();
        let permission = match form.redrive_permission.as_str() {
            "allowAll" | "denyAll" if !arns.is_empty() => {
                return Err(fault(
                    "Amazon SQS can't create the redrive allow policy. To specify one or more source queue ARNs, you must set redrivePermission to byQueue.",
                ));
            }
            "allowAll" => Permission::AllowAll,
            "denyAll" => Permission::DenyAll,
            "byQueue" if arns.is_empty() => {
                return Err(fault(
                    "Amazon SQS can't create the redrive allow policy. When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values.",
                ));
            }
            "byQueue" if arns.len() > limits::REDRIVE_SOURCES_MAX.as_usize() => {
                return Err(fault(
                    "Amazon SQS can't create the redrive allow policy. The maximum number of source queue ARNs you can specify is 10.",
                ));
            }
            "byQueue" => Permission::ByQueue(arns),
            _ => return Err(Error::BadAllowPolicy),
        };
        Ok(Self { text: text.into(), permission })
    }

    /// Whether the queue with this ARN may use the owner as its dead-letter
    /// queue.
    pub(crate) fn allows(&self, source_arn: &str) -> bool {
        match &self.permission {
            Permission::AllowAll => true,
            Permission::DenyAll => false,
            Permission::ByQueue(arns) => arns.iter().any(|arn| arn == source_arn),
        }
    }
}

fn fault(parameter: &'static str, policy: &str, reason: String) -> Error {
    Error::Redrive {
        fault: Box::new(RedriveFault { policy: policy.into(), parameter, reason: reason.into() }),
    }
}

/// A number or a numeric text, as text.
fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| format!("{value}"), String::from)
}
