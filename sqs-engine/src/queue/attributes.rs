//! A queue's attributes: ranges, defaults, refusals and how they read back.

use crate::redrive::{RedriveAllowPolicy, RedrivePolicy};
use crate::{Error, policy};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::ops::RangeInclusive;
use serde::{Deserialize, Serialize};

/// The attributes that a caller can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attributes {
    pub(crate) visibility_timeout_seconds: u32,
    pub(crate) delay_seconds: u32,
    pub(crate) maximum_message_size: u32,
    pub(crate) retention_seconds: u32,
    pub(crate) wait_time_seconds: u32,
    pub(crate) policy: Option<Arc<str>>,
    pub(crate) redrive: Option<RedrivePolicy>,
    pub(crate) redrive_allow: Option<RedriveAllowPolicy>,
    kms_key: Option<Arc<str>>,
    kms_reuse_seconds: u32,
    sqs_managed_sse: bool,
    /// What only FIFO queues have; says of which type the queue is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fifo: Option<FifoAttributes>,
}

/// The attributes of FIFO queues. `[SQS-2.0]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct FifoAttributes {
    /// `ContentBasedDeduplication`.
    pub(crate) content_based: bool,
    /// `DeduplicationScope` is `messageGroup`, not `queue`.
    pub(crate) scope_is_group: bool,
    /// `FifoThroughputLimit` is `perMessageGroupId`, not `perQueue`.
    pub(crate) limit_is_group: bool,
}

impl FifoAttributes {
    /// `[SQS-10.7]`
    pub(crate) fn has_high_throughput(self) -> bool {
        self.scope_is_group && self.limit_is_group
    }
}

impl Default for Attributes {
    /// [SQS-2.1]
    fn default() -> Self {
        Self {
            visibility_timeout_seconds: 30,
            delay_seconds: 0,
            maximum_message_size: 1_048_576,
            retention_seconds: 345_600,
            wait_time_seconds: 0,
            policy: None,
            redrive: None,
            redrive_allow: None,
            kms_key: None,
            kms_reuse_seconds: 300,
            sqs_managed_sse: true,
            fifo: None,
        }
    }
}

/// Attributes that read back without being set. `[SQS-2.0]`
const COMPUTED: [&str; 6] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

/// Attributes that a queue of their type reads back when they are set.
/// `[SQS-2.0]`
const SETTABLE: [&str; 15] = [
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

/// Every name that can be asked for.
pub(crate) fn is_readable(name: &str) -> bool {
    COMPUTED.contains(&name) || SETTABLE.contains(&name)
}

impl Attributes {
    /// The defaults of a FIFO queue.
    pub(crate) fn fifo() -> Self {
        Self { fifo: Some(FifoAttributes::default()), ..Self::default() }
    }

    /// These attributes with the given ones changed. `[SQS-2.2]`
    pub(crate) fn with(&self, given: &BTreeMap<String, String>) -> Result<Self, Error> {
        let mut new = self.clone();
        for (name, value) in given {
            new.set(name, value)?;
        }
        let asks =
            |name: &str, wanted: &dyn Fn(&str) -> bool| given.get(name).is_some_and(|value| wanted(value));
        if asks("KmsMasterKeyId", &|key| !key.is_empty()) {
            if asks("SqsManagedSseEnabled", &|on| on.eq_ignore_ascii_case("true")) {
                return Err(Error::TwoEncryptions);
            }
            new.sqs_managed_sse = false;
        } else if new.sqs_managed_sse {
            new.kms_key = None;
        }
        if new.fifo.is_some_and(|fifo| fifo.limit_is_group && !fifo.scope_is_group) {
            return Err(Error::LimitNeedsScope);
        }
        Ok(new)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        match name {
            "VisibilityTimeout" => {
                self.visibility_timeout_seconds = number("VisibilityTimeout", value, 0..=43_200)?
            }
            "DelaySeconds" => self.delay_seconds = number("DelaySeconds", value, 0..=900)?,
            "MaximumMessageSize" => {
                self.maximum_message_size = number("MaximumMessageSize", value, 1_024..=1_048_576)?;
            }
            "MessageRetentionPeriod" => {
                self.retention_seconds = number("MessageRetentionPeriod", value, 60..=1_209_600)?;
            }
            "ReceiveMessageWaitTimeSeconds" => {
                self.wait_time_seconds = number("ReceiveMessageWaitTimeSeconds", value, 0..=20)?;
            }
            "KmsDataKeyReusePeriodSeconds" => {
                self.kms_reuse_seconds = number("KmsDataKeyReusePeriodSeconds", value, 60..=86_400)?;
            }
            "KmsMasterKeyId" => self.kms_key = text(value),
            "SqsManagedSseEnabled" => self.sqs_managed_sse = boolean("SqsManagedSseEnabled", value)?,
            "Policy" => {
                self.policy = text(value);
                self.policy.as_deref().map_or(Ok(()), policy::check)?;
            }
            "RedrivePolicy" => {
                self.redrive = text(value).as_deref().map(RedrivePolicy::parse).transpose()?;
            }
            "RedriveAllowPolicy" => {
                self.redrive_allow = text(value).as_deref().map(RedriveAllowPolicy::parse).transpose()?;
            }
            _ => return self.set_fifo(name, value),
        }
        Ok(())
    }

    /// Attributes that only FIFO queues have. `[SQS-2.2]`
    fn set_fifo(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let unknown = || Error::UnknownAttribute { name: name.into() };
        let either = |name, one, other| match value {
            value if value == one => Ok(false),
            value if value == other => Ok(true),
            _ => Err(Error::BadAttribute { name }),
        };
        match (name, &mut self.fifo) {
            ("FifoQueue", Some(_)) if boolean("FifoQueue", value)? => {}
            ("FifoQueue", Some(_)) => return Err(Error::QueueTypeIsFixed),
            ("ContentBasedDeduplication", Some(fifo)) => {
                fifo.content_based = boolean("ContentBasedDeduplication", value)?
            }
            ("DeduplicationScope", Some(fifo)) => {
                fifo.scope_is_group = either("DeduplicationScope", "queue", "messageGroup")?;
            }
            ("FifoThroughputLimit", Some(fifo)) => {
                fifo.limit_is_group = either("FifoThroughputLimit", "perQueue", "perMessageGroupId")?;
            }
            ("DeduplicationScope", None) => return Err(Error::OnlyFifo { name: "DeduplicationScope" }),
            ("FifoThroughputLimit", None) => return Err(Error::OnlyFifo { name: "FifoThroughputLimit" }),
            _ => return Err(unknown()),
        }
        Ok(())
    }

    /// An attribute that was set, as it reads back; `None` if it is not set.
    pub(crate) fn read(&self, name: &str) -> Option<String> {
        match name {
            "VisibilityTimeout" => Some(self.visibility_timeout_seconds.to_string()),
            "DelaySeconds" => Some(self.delay_seconds.to_string()),
            "MaximumMessageSize" => Some(self.maximum_message_size.to_string()),
            "MessageRetentionPeriod" => Some(self.retention_seconds.to_string()),
            "ReceiveMessageWaitTimeSeconds" => Some(self.wait_time_seconds.to_string()),
            "KmsDataKeyReusePeriodSeconds" => {
                self.kms_key.as_ref().map(|_| self.kms_reuse_seconds.to_string())
            }
            "KmsMasterKeyId" => self.kms_key.as_deref().map(String::from),
            "SqsManagedSseEnabled" => Some(self.sqs_managed_sse.to_string()),
            "Policy" => self.policy.as_deref().map(String::from),
            "FifoQueue" => self.fifo.map(|_| "true".into()),
            "ContentBasedDeduplication" => self.fifo.map(|fifo| fifo.content_based.to_string()),
            "DeduplicationScope" => {
                self.fifo.map(|fifo| if fifo.scope_is_group { "messageGroup" } else { "queue" }.into())
            }
            "FifoThroughputLimit" => self
                .fifo
                .map(|fifo| if fifo.limit_is_group { "perMessageGroupId" } else { "perQueue" }.into()),
            "RedrivePolicy" => self.redrive.as_ref().map(|policy| String::from(&*policy.text)),
            "RedriveAllowPolicy" => self.redrive_allow.as_ref().map(|policy| String::from(&*policy.text)),
            _ => None,
        }
    }

    /// Every attribute that is set.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        SETTABLE.into_iter().filter_map(|name| Some((name, self.read(name)?)))
    }

    /// The first of the `given` attributes that differs from this queue's,
    /// which has them as `self`. `[SQS-3.1]`
    pub(crate) fn first_difference<'g>(
        &self,
        given: &'g BTreeMap<String, String>,
        asked: &Self,
    ) -> Option<&'g str> {
        given.keys().map(String::as_str).find(|name| self.read(name) != asked.read(name))
    }
}

/// A number in digits only, within its range.
fn number(name: &'static str, value: &str, range: RangeInclusive<u32>) -> Result<u32, Error> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { value.parse().ok() } else { None };
    number.filter(|number| range.contains(number)).ok_or(Error::BadAttribute { name })
}

/// `true` or `false` in any case. `[SQS-2.0]`
fn boolean(name: &'static str, value: &str) -> Result<bool, Error> {
    if value.eq_ignore_ascii_case("true") {
        Ok(true)
    } else if value.eq_ignore_ascii_case("false") {
        Ok(false)
    } else {
        Err(Error::BadAttribute { name })
    }
}

/// An empty value removes the attribute. `[SQS-2.0]`
fn text(value: &str) -> Option<Arc<str>> {
    if value.is_empty() { None } else { Some(value.into()) }
}
