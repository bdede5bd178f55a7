//! How many calls a FIFO queue takes.

use crate::FifoThroughput;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use aws_core::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// The calls that share a quota: those of a batch operation count as its
/// single one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Action {
    Send,
    Receive,
    Delete,
}

/// What is left of a queue's quotas. `[SQS-7.11]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Throughput {
    actions: BTreeMap<Action, Bucket>,
    groups: BTreeMap<Arc<str>, Bucket>,
}

/// Calls that may still be made. It holds a second's worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bucket {
    /// Thousandths of a call that were left then.
    left: u64,
    at: Timestamp,
}

impl Bucket {
    fn full(rate: u32, at: Timestamp) -> Self {
        Self { left: u64::from(rate) * 1_000, at }
    }

    /// What the bucket holds now; a millisecond brings a thousandth of a
    /// second's calls.
    fn filled(self, rate: u32, now: Timestamp) -> Self {
        let millis = u64::try_from(now.since(self.at).as_millis()).unwrap_or_default();
        let full = Self::full(rate, now);
        let left = self.left.saturating_add(millis.saturating_mul(u64::from(rate)));
        Self { left: left.min(full.left), at: now }
    }

    fn take(self) -> Option<Self> {
        Some(Self { left: self.left.checked_sub(1_000)?, at: self.at })
    }
}

impl Throughput {
    /// Whether a call may be made, which then counts.
    pub(crate) fn call(&mut self, action: Action, rate: u32, now: Timestamp) -> bool {
        let bucket = self.actions.entry(action).or_insert_with(|| Bucket::full(rate, now));
        let taken = bucket.filled(rate, now).take();
        taken.is_some_and(|taken| {
            *bucket = taken;
            true
        })
    }

    /// Whether a call may send to all these groups; only then it counts.
    pub(crate) fn groups(&mut self, groups: &BTreeSet<&str>, rule: FifoThroughput, now: Timestamp) -> bool {
        let rate = rule.group_calls;
        let filled = |bucket: Option<&Bucket>| {
            bucket.map_or_else(|| Bucket::full(rate, now), |bucket| bucket.filled(rate, now))
        };
        if groups.iter().any(|group| filled(self.groups.get(*group)).take().is_none()) {
            return false;
        }
        for group in groups {
            if let Some(taken) = filled(self.groups.get(*group)).take() {
                self.groups.insert((*group).into(), taken);
            }
        }
        // A bucket that is full again says nothing. Looking at all of them
        // when their number has doubled costs each call the same on average.
        if self.groups.len() >= 1_024 && self.groups.len().is_power_of_two() {
            self.groups.retain(|_, bucket| now < bucket.at + Span::from_seconds(1));
        }
        true
    }
}
