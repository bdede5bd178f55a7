//! Points and lengths of time, as the engines count them.

use core::fmt;
use core::ops::{Add, AddAssign, Sub};
use serde::{Deserialize, Serialize};

/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Engines never read a clock. The owner says what time it is with every
/// call, so a test can jump twelve hours and a replay runs at any speed.
/// Arithmetic saturates: there is no time after [`Timestamp::MAX`].
///
/// ```
/// use aws_core::{Span, Timestamp};
///
/// let sent = Timestamp::from_millis(1_700_000_000_123);
/// let visible = sent + Span::from_seconds(30);
/// assert_eq!(visible - sent, Span::from_millis(30_000));
/// // SQS prints creation times in whole seconds, rounded down.
/// assert_eq!(visible.as_seconds(), 1_700_000_030);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// The last representable instant; later than anything AWS will say.
    pub const MAX: Self = Self(i64::MAX);

    /// From milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded towards the past.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// The length from `earlier` to here, zero if `earlier` is later.
    ///
    /// ```
    /// use aws_core::{Span, Timestamp};
    /// let (a, b) = (Timestamp::from_seconds(1), Timestamp::from_seconds(3));
    /// assert_eq!(b.since(a), Span::from_seconds(2));
    /// assert_eq!(a.since(b), Span::ZERO);
    /// ```
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        let length = self.0.saturating_sub(earlier.0);
        Span(if length < 0 { 0 } else { length })
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Timestamp {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Timestamp {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Timestamp {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

/// A length of time in milliseconds; may be negative.
///
/// ```
/// use aws_core::Span;
/// assert_eq!(Span::from_minutes(5), Span::from_seconds(300));
/// assert!(Span::from_hours(12) < Span::from_days(1));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// From minutes.
    #[must_use]
    pub const fn from_minutes(minutes: i64) -> Self {
        Self::from_seconds(minutes.saturating_mul(60))
    }

    /// From hours.
    #[must_use]
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_minutes(hours.saturating_mul(60))
    }

    /// From days of 24 hours.
    #[must_use]
    pub const fn from_days(days: i64) -> Self {
        Self::from_hours(days.saturating_mul(24))
    }

    /// Milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds, rounded towards negative infinity.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// Timestamps as AWS JSON has them: a number of seconds, milliseconds as its
/// fraction. For `#[serde(with = "aws_core::epoch_seconds")]`.
///
/// ```
/// use aws_core::Timestamp;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Key { #[serde(with = "aws_core::epoch_seconds")] created: Timestamp }
///
/// let key = Key { created: Timestamp::from_millis(1_700_000_000_125) };
/// let text = serde_json::to_string(&key)?;
/// assert_eq!(text, r#"{"created":1700000000.125}"#);
/// assert_eq!(serde_json::from_str::<Key>(&text)?.created, key.created);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub mod epoch_seconds {
    use crate::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    /// As a number of seconds.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        // Exact up to the year 10000: a double holds 2^53 milliseconds.
        serializer.serialize_f64(at.as_millis() as f64 / 1_000.0)
    }

    /// From a number of seconds.
    ///
    /// # Errors
    /// Anything that is no number.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        let millis = seconds * 1_000.0;
        // Half away from zero; `f64::round` needs std.
        Ok(Timestamp::from_millis((millis + if millis < 0.0 { -0.5 } else { 0.5 }) as i64))
    }

    /// The same for a member that may be absent.
    pub mod option {
        use crate::Timestamp;
        use serde::{Deserializer, Serializer};

        /// As a number of seconds.
        ///
        /// # Errors
        /// The serializer's.
        pub fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
            match at {
                Some(at) => super::serialize(at, serializer),
                None => serializer.serialize_none(),
            }
        }

        /// From a number of seconds.
        ///
        /// # Errors
        /// Anything that is no number.
        pub fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            super::deserialize(deserializer).map(Some)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        assert_eq!(Timestamp::MAX + Span::from_days(1), Timestamp::MAX);
        assert_eq!(Timestamp::from_millis(i64::MIN) - Span::from_millis(1), Timestamp::from_millis(i64::MIN));
        assert_eq!(Span::from_days(i64::MAX), Span::from_millis(i64::MAX));
    }

    #[test]
    fn seconds_round_towards_the_past() {
        assert_eq!(Timestamp::from_millis(1_999).as_seconds(), 1);
        assert_eq!(Timestamp::from_millis(-1).as_seconds(), -1);
    }
}
