//! The ring that partition keys are hashed to.

use core::ops::{Range, RangeInclusive};
use md5::{Digest, Md5};

/// A place on the ring: the whole digest, leading bits first.
pub(crate) type Place = u128;

/// Where key bytes are on the ring: as scans of AWS's tables show.
/// `[CAP-3.2]`
pub(crate) fn place(parts: &[&[u8]]) -> Place {
    let mut digest = Md5::new();
    digest.update(b"Outliers");
    for part in parts {
        digest.update(part);
    }
    Place::from_be_bytes(digest.finalize().into())
}

/// Which of `count` equal arcs of the ring a place is in.
pub(crate) fn arc(place: Place, count: usize) -> usize {
    let scaled = (place >> 64) * (count as u128);
    usize::try_from(scaled >> 64).unwrap_or(0)
}

/// The leading halves of the places in an arc.
pub(crate) fn arc_leads(arc: usize, count: usize) -> RangeInclusive<u64> {
    let (arc, count) = (arc as u128, count as u128);
    let edge = |arc: u128| (arc << 64).div_ceil(count);
    let lead = |place: u128| u64::try_from(place).unwrap_or(u64::MAX);
    lead(edge(arc))..=lead(edge(arc + 1).saturating_sub(1))
}

/// The part of the ring that a segment of a parallel scan covers; no end means
/// the end of the ring. `[CAP-3.2]`
pub(crate) fn segment(segment: u64, total: u64) -> Range<Option<Place>> {
    segment_start(segment, total)..segment_start(segment + 1, total)
}

/// `None` is past the end.
fn segment_start(segment: u64, total: u64) -> Option<Place> {
    if segment >= total {
        return None;
    }
    let (segment, total) = (u128::from(segment), u128::from(total));
    if total <= 4_096 {
        return Some((segment * 4_096).div_ceil(total) << 116);
    }
    // 2^128 = whole * total + rest, so that nothing overflows.
    let (whole, rest) = (u128::MAX / total, u128::MAX % total + 1);
    Some(whole * segment + (rest * segment).div_ceil(total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Number;
    use alloc::vec::Vec;

    fn number(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        text.parse::<Number>().unwrap().encode(&mut out);
        out
    }

    /// `[CAP-3.2]` `[CAP-A17]` Recorded segments.
    #[test]
    fn recorded_segments() {
        let at = |bytes: &[u8]| place(&[bytes]);
        for (key, at_segment) in [("3635", 0), ("228", 0), ("1668", 1), ("3435", 4)] {
            assert_eq!(at(key.as_bytes()) >> 116, at_segment, "{key}");
        }
        for (key, at_segment, prefix) in
            [("251", 1, 0x001c_c67a), ("2388", 4095, 0xfff5_d337), ("-999.9", 1675, 0x68b1_43a8)]
        {
            assert_eq!((at(&number(key)) >> 116, at(&number(key)) >> 96), (at_segment, prefix), "{key}");
        }
    }

    /// `[CAP-3.2]` `[CAP-A17]` Recorded orders of scans.
    #[test]
    fn recorded_orders() {
        let strings = ["2", "8", "9", "1", "6", "hello", "0", "5", "4", "äáöü", "aardman", "7", "3", "zapf"];
        assert!(strings.is_sorted_by_key(|key| place(&[key.as_bytes()])));
        let numbers =
            ["7", "999.9", "8", "3", "2", "-999.9", "9", "4", "-0.09", "6", "1", "0", "0.012345", "5"];
        assert!(numbers.is_sorted_by_key(|key| place(&[&number(key)])));
    }

    #[test]
    fn segments_cover_the_ring_once() {
        for total in [1, 2, 3, 7, 4_095, 4_096, 4_097, 999_999, 1_000_000] {
            assert_eq!(segment(0, total).start, Some(0));
            assert_eq!(segment(total - 1, total).end, None);
            for number in [1, 2, total / 2] {
                if number < total && number > 0 {
                    assert_eq!(segment(number - 1, total).end, segment(number, total).start);
                    assert!(segment(number - 1, total).start < segment(number, total).start || total > 4_096);
                }
            }
        }
        assert_eq!((arc(0, 3), arc(u128::MAX, 3), arc(u128::MAX / 2, 4)), (0, 2, 1));
    }
}
