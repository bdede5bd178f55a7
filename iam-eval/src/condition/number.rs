//! Decimal numbers of any length.

use core::cmp::Ordering;

/// A decimal number, borrowed from its text and never rounded.
/// `[IAM-6.5.2]`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal<'a> {
    negative: bool,
    /// Digits without zeros at the outer ends, before and after the point.
    whole: &'a str,
    fraction: &'a str,
    /// The first digit stands for ten to this power; meaningless for zero.
    magnitude: i64,
}

impl<'a> Decimal<'a> {
    /// `-12.50e3` and the like; blanks, signs alone and anything else are no
    /// numbers.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (digits, exponent) = match rest.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, integer(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !numeric(whole) || !numeric(fraction) || whole.len() + fraction.len() == 0 {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let length = |text: &str| i64::try_from(text.len()).ok();
        let magnitude = if whole.is_empty() {
            let significant = fraction.trim_start_matches('0');
            exponent.checked_sub(length(fraction)? - length(significant)? + 1)?
        } else {
            exponent.checked_add(length(whole)? - 1)?
        };
        Some(Self { negative, whole, fraction, magnitude })
    }

    fn digits(self) -> impl Iterator<Item = u8> + 'a {
        self.whole.bytes().chain(self.fraction.bytes()).skip_while(|digit| *digit == b'0')
    }

    fn is_zero(self) -> bool {
        self.digits().next().is_none()
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return if other.negative { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if self.negative { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (negative, _) => {
                let size = self.magnitude.cmp(&other.magnitude).then_with(|| digits(self, other));
                if negative { size.reverse() } else { size }
            }
        }
    }
}

/// Digit by digit from the first, missing ones being zeros.
fn digits(a: Decimal<'_>, b: Decimal<'_>) -> Ordering {
    let (mut a, mut b) = (a.digits(), b.digits());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => match one.unwrap_or(b'0').cmp(&other.unwrap_or(b'0')) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
        }
    }
}

fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    // An exponent of more digits would overflow what it is added to.
    (digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    fn compare(a: &str, b: &str) -> Ordering {
        Decimal::parse(a).unwrap().compare(Decimal::parse(b).unwrap())
    }

    /// [IAM-6.5.2]
    #[test]
    fn exactly_as_decimals() {
        for (a, b) in [("10", "10.0"), ("1e1", "10"), ("-0", "0.000"), ("0012.50", "1.25e1"), ("100e-2", "1")]
        {
            assert_eq!(compare(a, b), Ordering::Equal, "{a} {b}");
        }
        for (less, more) in [
            ("9007199254740992", "9007199254740993"),
            ("-1", "0"),
            ("-2", "-1.999999999999999999999999999999"),
            ("0.0009", "0.001"),
            ("9", "10"),
            ("99e-3", "0.1"),
        ] {
            assert_eq!(compare(less, more), Ordering::Less, "{less} {more}");
            assert_eq!(compare(more, less), Ordering::Greater, "{less} {more}");
        }
        for bad in ["", "-", ".", "1.2.3", " 1", "1 ", "0x1", "1e", "e1", "NaN", "1e9999999999999999999"] {
            assert!(Decimal::parse(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn as_integers_scaled(a in -999_999i64..999_999, b in -999_999i64..999_999, s in 0u32..6) {
            let text = |n: i64| {
                let unit = 10i64.pow(s);
                format!("{}{}.{:0width$}", if n < 0 { "-" } else { "" }, n.abs() / unit, n.abs() % unit, width = s as usize)
            };
            let text = |n| if s == 0 { format!("{n}") } else { text(n) };
            prop_assert_eq!(compare(&text(a), &text(b)), a.cmp(&b));
            prop_assert_eq!(compare(&format!("{a}e-{s}"), &text(b)), a.cmp(&b));
        }
    }
}
