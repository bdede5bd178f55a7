//! What reads and writes cost.

use aws_core::Quantity;

/// Bytes of one write unit. `[CAP-1]`
const WRITE: u64 = 1_024;
/// Bytes of one read unit. `[CAP-1]`
const READ: u64 = 4_096;

/// Write units of so many bytes: each started kilobyte, at least one.
/// `[CAP-26]`
pub(crate) const fn write(bytes: u64) -> u64 {
    let units = bytes.div_ceil(WRITE);
    if units == 0 { 1 } else { units }
}

/// Read units of so many bytes: each started 4 KB, at least one; half of that
/// when eventually consistent, halved after rounding. `[CAP-2]` `[CAP-4]`
pub(crate) const fn read(bytes: u64, consistent: bool) -> Quantity {
    let units = bytes.div_ceil(READ);
    let units = if units == 0 { 1 } else { units };
    Quantity::from_thousandths(units * if consistent { 1_000 } else { 500 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[CAP-X4]` `[CAP-X5]` `[CAP-X11]` `[CAP-X12]` `[CAP-X13]` `[CAP-X47]`
    #[test]
    fn rounding() {
        for (bytes, half_units) in [(0, 1), (4_096, 1), (4_097, 2), (8_192, 2), (8_193, 3), (409_600, 100)] {
            assert_eq!(read(bytes, false).thousandths(), half_units * 500);
            assert_eq!(read(bytes, true).thousandths(), half_units * 1_000);
        }
        for (bytes, units) in [(0, 1), (1, 1), (1_024, 1), (1_025, 2), (2_049, 3), (409_600, 400)] {
            assert_eq!(write(bytes), units);
        }
    }
}
