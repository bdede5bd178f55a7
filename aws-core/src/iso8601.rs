//! AWS's date forms: printing and reading a [`Timestamp`].

use crate::{Span, Timestamp};
use alloc::string::String;
use core::fmt::{self, Display};
use core::str::FromStr;
use jiff::SignedDuration;
use jiff::civil::{DateTime, date};
use jiff::fmt::temporal::Pieces;

/// A text that is none of AWS's date forms.
///
/// ```
/// use aws_core::Timestamp;
/// let error = "2013-13-01".parse::<Timestamp>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "\"2013-13-01\" is not a date; expected one like 2013-05-24T13:28:06.419Z, 2013-05-24, \
///      20130524T132806Z, Fri, 24 May 2013 13:28:06 GMT or 1369402086.419",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a date; expected one like 2013-05-24T13:28:06.419Z, 2013-05-24, 20130524T132806Z, \
     Fri, 24 May 2013 13:28:06 GMT or 1369402086.419"
)]
pub struct DateError {
    /// What was read, cut after 64 characters.
    pub text: String,
}

/// The latest and earliest milliseconds that a four-digit year can say.
const FIRST: i64 = -62_167_219_200_000; // 0000-01-01T00:00:00Z
const LAST: i64 = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z
const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

impl Timestamp {
    /// As most AWS services print it: `2013-05-24T13:28:06.419Z`, always
    /// three digits. Times outside the years 0 to 9999 print as the nearest.
    ///
    /// ```
    /// use aws_core::Timestamp;
    /// let at = Timestamp::from_millis(1_369_402_086_419);
    /// assert_eq!(at.iso8601_millis().to_string(), "2013-05-24T13:28:06.419Z");
    /// ```
    #[must_use]
    pub fn iso8601_millis(self) -> impl Display {
        Form { at: self, millis: true, basic: false }
    }

    /// As IAM and policies print it, to the second: `2013-05-24T13:28:06Z`.
    ///
    /// ```
    /// use aws_core::Timestamp;
    /// let at = Timestamp::from_millis(1_369_402_086_999);
    /// assert_eq!(at.iso8601().to_string(), "2013-05-24T13:28:06Z"); // rounded to the past
    /// ```
    #[must_use]
    pub fn iso8601(self) -> impl Display {
        Form { at: self, millis: false, basic: false }
    }

    /// As `X-Amz-Date` has it: `20130524T132806Z`.
    ///
    /// ```
    /// use aws_core::Timestamp;
    /// assert_eq!(Timestamp::from_seconds(1_369_402_086).amz_date().to_string(), "20130524T132806Z");
    /// ```
    #[must_use]
    pub fn amz_date(self) -> impl Display {
        Form { at: self, millis: false, basic: true }
    }

    /// As the HTTP `Date` header has it: `Fri, 24 May 2013 13:28:06 GMT`.
    ///
    /// ```
    /// use aws_core::Timestamp;
    /// assert_eq!(Timestamp::from_seconds(1_369_402_086).http_date().to_string(), "Fri, 24 May 2013 13:28:06 GMT");
    /// ```
    #[must_use]
    pub fn http_date(self) -> impl Display {
        struct Http(Timestamp);
        impl Display for Http {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let civil = self.0.civil();
                let day = match civil.weekday() {
                    jiff::civil::Weekday::Monday => "Mon",
                    jiff::civil::Weekday::Tuesday => "Tue",
                    jiff::civil::Weekday::Wednesday => "Wed",
                    jiff::civil::Weekday::Thursday => "Thu",
                    jiff::civil::Weekday::Friday => "Fri",
                    jiff::civil::Weekday::Saturday => "Sat",
                    jiff::civil::Weekday::Sunday => "Sun",
                };
                let month = usize::try_from(civil.month()).ok().and_then(|month| MONTHS.get(month - 1));
                let (year, month) = (civil.year(), month.copied().unwrap_or_default());
                let time = (civil.hour(), civil.minute(), civil.second());
                let (hour, minute, second) = time;
                write!(f, "{day}, {:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT", civil.day())
            }
        }
        Http(self)
    }

    /// As AWS JSON has it: seconds since the epoch with milliseconds as a
    /// fraction, without trailing zeros.
    ///
    /// ```
    /// use aws_core::Timestamp;
    /// assert_eq!(Timestamp::from_millis(1_369_402_086_419).epoch_seconds().to_string(), "1369402086.419");
    /// assert_eq!(Timestamp::from_millis(-1_500).epoch_seconds().to_string(), "-1.5");
    /// assert_eq!(Timestamp::from_seconds(7).epoch_seconds().to_string(), "7");
    /// ```
    #[must_use]
    pub fn epoch_seconds(self) -> impl Display {
        struct Epoch(i64);
        impl Display for Epoch {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (whole, rest) = (self.0.unsigned_abs() / 1_000, self.0.unsigned_abs() % 1_000);
                let sign = if self.0 < 0 { "-" } else { "" };
                match rest {
                    0 => write!(f, "{sign}{whole}"),
                    rest if rest % 100 == 0 => write!(f, "{sign}{whole}.{}", rest / 100),
                    rest if rest % 10 == 0 => write!(f, "{sign}{whole}.{:02}", rest / 10),
                    rest => write!(f, "{sign}{whole}.{rest:03}"),
                }
            }
        }
        Epoch(self.as_millis())
    }

    fn civil(self) -> DateTime {
        let millis = self.as_millis().clamp(FIRST, LAST);
        // Not through jiff's own timestamps, which end some hours before the
        // year 10000 does: policies love that year's eve.
        EPOCH.checked_add(SignedDuration::from_millis(millis)).unwrap_or(EPOCH)
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

struct Form {
    at: Timestamp,
    millis: bool,
    basic: bool,
}

impl Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.at.civil();
        let (year, month, day) = (civil.year(), civil.month(), civil.day());
        let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
        if self.basic {
            return write!(f, "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z");
        }
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.millis {
            write!(f, ".{:03}", civil.millisecond())?;
        }
        f.write_str("Z")
    }
}

/// Reads any of AWS's date forms: ISO 8601 with `Z` or an offset, a date
/// alone (its midnight in UTC), the basic form of `X-Amz-Date`, the HTTP
/// form, and epoch seconds with an optional fraction. A finer fraction than
/// milliseconds is cut off towards the past.
///
/// ```
/// use aws_core::Timestamp;
///
/// let at = Timestamp::from_millis(1_369_402_086_419);
/// assert_eq!("2013-05-24T15:28:06.4199+02:00".parse(), Ok(at));
/// assert_eq!("1369402086.419".parse(), Ok(at));
/// assert_eq!("2013-05-24".parse::<Timestamp>()?.as_seconds(), 1_369_353_600);
/// # Ok::<(), aws_core::DateError>(())
/// ```
impl FromStr for Timestamp {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        read_epoch(text)
            .or_else(|| read_iso(text))
            .or_else(|| read_http(text))
            .ok_or_else(|| DateError { text: text.chars().take(64).collect() })
    }
}

fn digits(text: &str) -> Option<i64> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// `-12.5`: floored to whole milliseconds.
fn read_epoch(text: &str) -> Option<Timestamp> {
    let (negative, magnitude) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = magnitude.split_once('.').map_or((magnitude, None), |(w, f)| (w, Some(f)));
    let mut millis = digits(whole)?.checked_mul(1_000)?;
    let mut finer = false;
    if let Some(fraction) = fraction {
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut scale = 100;
        for digit in fraction.bytes().map(|byte| i64::from(byte - b'0')) {
            millis = millis.checked_add(digit * scale)?;
            finer |= scale == 0 && digit > 0;
            scale /= 10;
        }
    }
    let millis = if negative { millis.checked_neg()?.checked_sub(i64::from(finer))? } else { millis };
    Some(Timestamp::from_millis(millis))
}

/// `2013-05-24T13:28:06.419Z`, with an offset, to the minute, in the basic
/// form, or a date alone. A leap second reads as the second before it.
fn read_iso(text: &str) -> Option<Timestamp> {
    if text.len() > 64 || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let pieces = Pieces::parse(text).ok()?;
    let offset = match (pieces.time(), pieces.offset()) {
        _ if pieces.time_zone_annotation().is_some() => return None,
        (None, None) => 0,
        (Some(_), Some(offset)) => offset.to_numeric_offset().seconds(),
        _ => return None,
    };
    let civil = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    Some(at_utc(civil) - Span::from_seconds(i64::from(offset)))
}

/// `Fri, 24 May 2013 13:28:06 GMT`.
fn read_http(text: &str) -> Option<Timestamp> {
    if text.len() > 64 || !text.is_ascii() {
        return None;
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Timestamp::from_millis(at.as_millisecond()))
}

fn at_utc(civil: DateTime) -> Timestamp {
    let nanos = civil.duration_since(EPOCH).as_nanos().div_euclid(1_000_000);
    Timestamp::from_millis(nanos.try_into().unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn read(text: &str) -> Option<i64> {
        text.parse::<Timestamp>().ok().map(Timestamp::as_millis)
    }

    #[test]
    fn every_form_reads_as_the_same_instant() {
        for text in [
            "2013-05-24T13:28:06Z",
            "2013-05-24T13:28:06.000Z",
            "2013-05-24T13:28:06+00:00",
            "2013-05-24T08:28:06-05:00",
            "20130524T132806Z",
            "Fri, 24 May 2013 13:28:06 GMT",
            "1369402086",
            "1369402086.0",
        ] {
            assert_eq!(read(text), Some(1_369_402_086_000), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            " ",
            "-",
            ".5",
            "5.",
            "1e3",
            "2013-02-29",
            "2013-05-24T",
            "20130524",
            "20130524T132861Z",
            "2013-05-24T25:00:00Z",
            "2013-05-24T13:28:06",
            "2013-05-24T13:28:06Z[UTC]",
            "Thu, 24 May 2013 13:28:06 GMT",
            "99999999999999999999",
            "２０１３-05-24",
        ] {
            // Eight digits alone are epoch seconds, as everywhere in AWS.
            let expected = (text == "20130524").then_some(20_130_524_000);
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn the_years_eve_that_policies_love_reads_back() {
        let eve = "9999-12-31T23:59:59Z";
        assert_eq!(read(eve), Some(253_402_300_799_000));
        assert_eq!(eve.parse::<Timestamp>().unwrap().iso8601().to_string(), eve);
        assert_eq!(read("2016-12-31T23:59:60Z"), read("2016-12-31T23:59:59Z"));
    }

    #[test]
    fn fractions_are_cut_towards_the_past() {
        assert_eq!(read("1.9999"), Some(1_999));
        assert_eq!(read("-1.9999"), Some(-2_000));
        assert_eq!(read("1969-12-31T23:59:58.0001Z"), Some(-2_000));
        assert_eq!(read("2024-02-29T12:00:00.1239Z"), Some(1_709_208_000_123));
    }

    #[test]
    fn the_ends_of_time_print_as_the_nearest_four_digit_year() {
        assert_eq!(Timestamp::MAX.iso8601_millis().to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_millis(i64::MIN).iso8601().to_string(), "0000-01-01T00:00:00Z");
        assert_eq!(Timestamp::from_millis(i64::MIN).epoch_seconds().to_string(), "-9223372036854775.808");
        assert_eq!(Timestamp::MAX.http_date().to_string(), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
