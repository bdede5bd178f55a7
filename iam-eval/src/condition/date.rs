//! Moments as policies write them.
//!
//! Years reach from −292275054 to 292278993 `[IAM-3.3.5]`, further than any
//! calendar library goes, so the day's number is reckoned here.

use alloc::format;
use alloc::string::String;

/// A moment, to the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// ISO 8601 if it has a `-` or a `T`, otherwise whole seconds since 1970.
    /// `[IAM-6.6.2]` `[IAM-3.3.5]`
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.contains(['-', 't', 'T']) {
            return iso8601(text);
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = text.parse().ok().filter(|_| digits)?;
        Some(Self { seconds, nanoseconds: 0 })
    }
}

impl Instant {
    /// So many seconds later.
    pub(crate) fn step(self, seconds: i64) -> Self {
        Self { seconds: self.seconds.saturating_add(seconds), ..self }
    }

    /// In a form that is read as this moment again; to the second, and no
    /// earlier than the year 1.
    pub(crate) fn text(self) -> String {
        if self.seconds >= 0 && self.nanoseconds == 0 {
            return format!("{}", self.seconds);
        }
        let at = aws_core::Timestamp::from_seconds(self.seconds.max(-62_135_596_800));
        format!("{}.{:09}Z", format!("{}", at.iso8601()).trim_end_matches('Z'), self.nanoseconds)
    }
}

fn number(text: &str, longest: usize) -> Option<i64> {
    let digits = (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn iso8601(text: &str) -> Option<Instant> {
    let (date, time) = match text.split_once(['t', 'T']) {
        Some((date, time)) => (date, time),
        None => (text, ""),
    };
    let (sign, date) = match date.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, date),
    };
    let mut parts = date.split('-');
    let year = sign * number(parts.next()?, 9)?;
    let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let of_calendar = (-292_275_054..=292_278_993).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && parts.next().is_none();
    if !of_calendar {
        return None;
    }
    let (of_day, nanoseconds) = time_of_day(time)?;
    let seconds = days(year, month, day).checked_mul(86_400)?.checked_add(of_day)?;
    Some(Instant { seconds, nanoseconds })
}

/// Seconds since midnight, in UTC, and nanoseconds. No zone is UTC.
/// `[IAM-6.6.4]`
fn time_of_day(time: &str) -> Option<(i64, u32)> {
    let zone_at = time.find(['Z', 'z', '+', '-']);
    let (clock, zone) = time.split_at_checked(zone_at.unwrap_or(time.len()))?;
    let offset = match zone.split_at_checked(1) {
        None | Some(("Z" | "z", "")) => 0,
        Some((sign @ ("+" | "-"), zone)) => {
            let (hours, minutes) = match zone.split_once(':') {
                Some((hours, minutes)) => (hours, minutes),
                None => (zone, "00"),
            };
            // One digit is refused. [IAM-3.3.5]
            if hours.len() != 2 || minutes.len() != 2 {
                return None;
            }
            let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 3_600 + minutes * 60) * if sign == "+" { 1 } else { -1 }
        }
        Some(_) => return None,
    };
    if clock.is_empty() {
        return Some((-offset, 0));
    }
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut parts = clock.split(':');
    let hour = number(parts.next()?, 2)?;
    let minute = parts.next().map_or(Some(0), |part| number(part, 2))?;
    let second = parts.next().map_or(Some(0), |part| number(part, 2))?;
    if hour > 23 || minute > 59 || second > 59 || parts.next().is_some() {
        return None;
    }
    let nanoseconds = match fraction {
        None => 0,
        Some(digits) => {
            let value = number(digits, 9)?;
            let missing = u32::try_from(9 - digits.len()).ok()?;
            u32::try_from(value * 10i64.pow(missing)).ok()?
        }
    };
    Some((hour * 3_600 + minute * 60 + second - offset, nanoseconds))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. Years begin in
/// March here, so that the leap day is the last; 400 years have 146,097 days.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_core::Timestamp;
    use proptest::prelude::*;

    fn seconds(text: &str) -> i64 {
        Instant::parse(text).unwrap().seconds
    }

    /// [IAM-6.6.1] [IAM-6.6.2] [IAM-6.6.4] [IAM-3.3.5]
    #[test]
    fn forms() {
        assert_eq!(seconds("2026"), 2_026);
        assert_eq!(seconds("1970-01"), 0);
        assert_eq!(seconds("2026-11-21T01:00:00+01:00"), seconds("2026-11-21T00:00:00Z"));
        assert_eq!(seconds("2026-11-21T00:00-01"), seconds("2026-11-21T01:00"));
        assert_eq!(seconds("2024-03-01") - seconds("2024-02-28"), 2 * 86_400);
        assert_eq!(Instant::parse("1970-01-01T00:00:00.05Z").unwrap().nanoseconds, 50_000_000);
        for odd in ["01T", "-292275054", "292278993-12", "2026-1-1T1:2:3"] {
            assert!(Instant::parse(odd).is_some(), "{odd}");
        }
        for bad in [
            "",
            "x",
            "-",
            "1.5",
            "9223372036854775808",
            "292278994-01",
            "-292275055-01",
            "2026-13",
            "2026-01-32",
            "2026-01-01-01",
            "2026-01-01T24:00",
            "2026-01-01T00:00:00+1",
            "2026-01-01T00:00:00.0000000001",
            "2026-01-01T00:00:00Zx",
        ] {
            assert_eq!(Instant::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        /// The calendar of the dates library where it reaches.
        #[test]
        fn agrees_with_the_calendar(second in -62_000_000_000i64..253_000_000_000) {
            let text = format!("{}", Timestamp::from_seconds(second).iso8601());
            prop_assert_eq!(seconds(&text), second);
        }
    }
}
