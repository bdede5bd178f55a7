//! A token bucket.

use aws_core::{Quantity, Timestamp};
use serde::{Deserialize, Serialize};

/// Units that may be used, filling up at a constant rate. `[CAP-4.2]`
///
/// A call is let in while there is anything left, however much it needs, and
/// may leave a debt: a table of one write unit a second takes an item of 400
/// KB. `[CAP-9.1]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bucket {
    /// Thousandths of a unit a second: millionths a millisecond.
    rate: i64,
    /// The most it holds, in millionths.
    most: i64,
    /// What it held at `at`, in millionths.
    held: i64,
    at: Timestamp,
}

impl Bucket {
    /// A bucket of so many thousandths of a unit a second that holds what
    /// `seconds` bring and starts with what `start` seconds bring.
    pub(crate) fn new(rate: u64, seconds: u32, start: u32, at: Timestamp) -> Self {
        let rate = i64::try_from(rate).unwrap_or(i64::MAX);
        let of = |seconds: u32| rate.saturating_mul(1_000).saturating_mul(i64::from(seconds));
        Self { rate, most: of(seconds), held: of(start.min(seconds)), at }
    }

    fn held(&self, now: Timestamp) -> i64 {
        let gained = self.rate.saturating_mul(now.since(self.at).as_millis());
        self.held.saturating_add(gained).min(self.most)
    }

    /// Whether a call is let in.
    pub(crate) fn admits(&self, now: Timestamp) -> bool {
        self.held(now) > 0
    }

    /// Thousandths of a unit that are left; below zero is a debt.
    pub(crate) fn left(&self, now: Timestamp) -> i64 {
        self.held(now).div_euclid(1_000)
    }

    /// When it lets a call in again.
    pub(crate) fn opens(&self, now: Timestamp) -> Timestamp {
        let debt = self.held(now).min(0).saturating_neg();
        let wait = if self.rate == 0 { i64::MAX } else { (debt / self.rate).saturating_add(1) };
        now + aws_core::Span::from_millis(wait)
    }

    pub(crate) fn take(&mut self, now: Timestamp, units: Quantity) {
        let units = i64::try_from(units.thousandths()).unwrap_or(i64::MAX).saturating_mul(1_000);
        self.held = self.held(now).saturating_sub(units);
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_core::Span;

    /// `[CAP-4.1]` `[CAP-4.2]` `[CAP-A3]` 150 units a second, idle for five minutes,
    /// then 200 a second: the 45,000 saved last 900 seconds.
    #[test]
    fn the_documented_burst() {
        let start = Timestamp::EPOCH;
        let mut bucket = Bucket::new(150_000, 300, 0, start);
        let mut now = start + Span::from_seconds(300);
        let begin = now;
        while bucket.admits(now) {
            bucket.take(now, Quantity::from_whole(2));
            now += Span::from_millis(10);
        }
        let lasted = (now - begin).as_millis();
        assert!((899_000..=901_000).contains(&lasted), "{lasted}");
        assert!(bucket.opens(now) > now && bucket.admits(bucket.opens(now)));
    }

    /// `[CAP-9.1]`
    #[test]
    fn a_large_call_leaves_a_debt() {
        let mut bucket = Bucket::new(1_000, 300, 1, Timestamp::EPOCH);
        bucket.take(Timestamp::EPOCH, Quantity::from_whole(400));
        assert_eq!(bucket.left(Timestamp::EPOCH), -399_000);
        assert!(!bucket.admits(Timestamp::from_seconds(399)) && bucket.admits(Timestamp::from_seconds(400)));
    }
}
