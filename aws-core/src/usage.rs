//! What AWS would bill or count against a quota.

use core::fmt;
use core::iter::Sum;
use core::ops::{Add, AddAssign};
use serde::{Deserialize, Serialize};

/// What is being counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Unit {
    /// API requests as billed. SQS counts each started 64 KiB of payload as
    /// one request.
    Requests,
    /// DynamoDB read capacity or read request units.
    ReadUnits,
    /// DynamoDB write capacity or write request units.
    WriteUnits,
    /// DynamoDB stream read requests.
    StreamReads,
    /// KMS requests with symmetric keys.
    KmsSymmetricRequests,
    /// KMS requests with asymmetric keys.
    KmsAsymmetricRequests,
    /// Bytes that crossed a metered boundary.
    Bytes,
}

/// An exact amount in thousandths, because half a read unit is a thing.
///
/// ```
/// use aws_core::Quantity;
/// let half = Quantity::from_thousandths(500);
/// assert_eq!((half + half).whole(), 1);
/// assert_eq!(half.to_string(), "0.5");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(u64);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A whole number of units.
    #[must_use]
    pub const fn from_whole(units: u64) -> Self {
        Self(units.saturating_mul(1_000))
    }

    /// A number of thousandths of a unit.
    #[must_use]
    pub const fn from_thousandths(thousandths: u64) -> Self {
        Self(thousandths)
    }

    /// Thousandths of a unit.
    #[must_use]
    pub const fn thousandths(self) -> u64 {
        self.0
    }

    /// Whole units, rounded down.
    #[must_use]
    pub const fn whole(self) -> u64 {
        self.0 / 1_000
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, mut rest) = (self.0 / 1_000, self.0 % 1_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let mut width = 3;
        while rest.is_multiple_of(10) {
            rest /= 10;
            width -= 1;
        }
        write!(f, "{whole}.{rest:0width$}")
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Quantity {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Add::add)
    }
}

/// One metered amount.
///
/// ```
/// use aws_core::{Unit, Usage};
/// let sent = Usage::new(Unit::Requests, 2);
/// assert_eq!(sent.quantity.whole(), 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// What is counted.
    pub unit: Unit,
    /// How much.
    pub quantity: Quantity,
}

impl Usage {
    /// `units` whole units.
    #[must_use]
    pub const fn new(unit: Unit, units: u64) -> Self {
        Self { unit, quantity: Quantity::from_whole(units) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn prints_only_the_digits_that_matter() {
        for (thousandths, text) in [(0, "0"), (500, "0.5"), (1_000, "1"), (1_050, "1.05"), (20_001, "20.001")]
        {
            assert_eq!(Quantity::from_thousandths(thousandths).to_string(), text);
        }
    }
}
