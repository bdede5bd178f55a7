//! Quotas as named constants.

use core::fmt;

/// One AWS quota.
///
/// ```
/// use aws_core::Limit;
/// const DELAY: Limit = Limit::new("Message delay", 900, "seconds", false);
/// assert_eq!(DELAY.to_string(), "Message delay: 900 seconds");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// AWS's name for it.
    pub name: &'static str,
    /// Its value.
    pub value: u64,
    /// What the value counts.
    pub unit: &'static str,
    /// Whether AWS raises it on request.
    pub adjustable: bool,
}

impl Limit {
    /// A quota.
    #[must_use]
    pub const fn new(name: &'static str, value: u64, unit: &'static str, adjustable: bool) -> Self {
        Self { name, value, unit, adjustable }
    }

    /// The value where a signed number is wanted.
    #[must_use]
    pub const fn as_i64(self) -> i64 {
        if self.value > i64::MAX as u64 { i64::MAX } else { self.value.cast_signed() }
    }

    /// The value where a count of things in memory is wanted.
    #[must_use]
    pub const fn as_usize(self) -> usize {
        if self.value > usize::MAX as u64 { usize::MAX } else { self.value as usize }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.name, self.value, self.unit)
    }
}
