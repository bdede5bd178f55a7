//! DynamoDB's number: 38 decimal digits, exact.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

/// Significant digits of a number. `[DDB-2.2.2]`
const DIGITS: u32 = 38;
/// The largest and smallest exponent of the leading digit. `[DDB-2.2.2]`
/// `[DDB-2.2.3]`
const EXPONENTS: core::ops::RangeInclusive<i64> = -130..=125;
const TEN_19: u128 = 10_000_000_000_000_000_000;

/// A number as DynamoDB keeps it: a sign, 38 decimal digits and the power of
/// ten of the first of them. Equal values are equal whatever their spelling.
///
/// ```
/// use dynamo_engine::Number;
///
/// let n: Number = "0042.1200".parse()?;
/// assert_eq!(n.to_string(), "42.12"); // AWS prints plain decimals, never exponents
/// assert_eq!("1e3".parse::<Number>()?, Number::from(1000));
/// assert_eq!("9.99".parse::<Number>()?.checked_add("0.01".parse()?)?, Number::from(10));
/// // 51 digits would be needed; AWS calls that an overflow. [DDB-2.2.7]
/// assert!("1e50".parse::<Number>()?.checked_add(Number::from(1)).is_err());
/// # Ok::<(), dynamo_engine::NumberFault>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Number {
    negative: bool,
    /// The exponent of the leading digit; 0 for zero.
    magnitude: i16,
    /// 38 digits, the leading one not zero; 0 for zero.
    digits: u128,
}

/// Why a text is no number, or a sum has no answer. `[DDB-0.3a]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberFault {
    /// Not a decimal number at all.
    NotNumeric,
    /// Its magnitude is above 125, or a sum needs more than 38 digits.
    Overflow {
        /// Whether the exponent wraps in the 32 bits that AWS's classic
        /// validation counted it in, which made it an underflow.
        wraps: bool,
    },
    /// Its magnitude is below -130.
    Underflow,
    /// It has more than 38 significant digits.
    TooManyDigits,
}

impl fmt::Display for NumberFault {
    /// AWS's text; `{:#}` is the classic wording.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotNumeric => "The parameter cannot be converted to a numeric value",
            Self::Overflow { wraps } if !(*wraps && f.alternate()) => {
                "Number overflow. Attempting to store a number with magnitude larger than supported range"
            }
            Self::Overflow { .. } | Self::Underflow => {
                "Number underflow. Attempting to store a number with magnitude smaller than supported range"
            }
            Self::TooManyDigits => "Attempting to store more than 38 significant digits in a Number",
        })
    }
}

impl core::error::Error for NumberFault {}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self { negative: false, magnitude: 0, digits: 0 };

    /// Whether it is zero.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.digits == 0
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// From a coefficient of at most 39 digits times a power of ten.
    fn scaled(negative: bool, coefficient: u128, exponent: i64) -> Result<Self, NumberFault> {
        if coefficient == 0 {
            return Ok(Self::ZERO);
        }
        let count = coefficient.ilog10() + 1;
        let magnitude = exponent + i64::from(count) - 1;
        if magnitude > *EXPONENTS.end() {
            return Err(NumberFault::Overflow { wraps: magnitude >= i64::from(i32::MAX) });
        }
        if magnitude < *EXPONENTS.start() {
            return Err(NumberFault::Underflow);
        }
        let digits = if count <= DIGITS {
            coefficient * 10_u128.pow(DIGITS - count)
        } else if coefficient.is_multiple_of(10) {
            coefficient / 10
        } else {
            return Err(NumberFault::TooManyDigits);
        };
        Ok(Self { negative, magnitude: i16::try_from(magnitude).unwrap_or_default(), digits })
    }

    /// The coefficient without trailing zeros and the exponent of its last
    /// digit.
    fn trimmed(&self) -> (u128, i64) {
        let (mut coefficient, mut last) = (self.digits, i64::from(self.magnitude) - i64::from(DIGITS) + 1);
        if coefficient == 0 {
            return (0, 0);
        }
        for step in [16_u32, 8, 4, 2, 1] {
            while coefficient.is_multiple_of(10_u128.pow(step)) {
                coefficient /= 10_u128.pow(step);
                last += i64::from(step);
            }
        }
        (coefficient, last)
    }

    /// The sum, exactly.
    ///
    /// # Errors
    /// [`NumberFault::Overflow`] when the sum is out of range or needs more
    /// than 38 digits, [`NumberFault::Underflow`] when it is too small.
    /// `[DDB-2.2.7]`
    pub fn checked_add(self, other: Self) -> Result<Self, NumberFault> {
        const TOO_LONG: NumberFault = NumberFault::Overflow { wraps: false };
        if self.is_zero() || other.is_zero() {
            return Ok(if self.is_zero() { other } else { self });
        }
        let ((a, a_last), (b, b_last)) = (self.trimmed(), other.trimmed());
        let last = a_last.min(b_last);
        // A digit stands at `last` and none below it, so the sum has as many
        // digits as reach up from there; one of 39 may vanish by a borrow.
        if i64::from(self.magnitude.max(other.magnitude)) - last > i64::from(DIGITS) {
            return Err(TOO_LONG);
        }
        let units = |coefficient: u128, from: i64| {
            let shift = u32::try_from(from - last).unwrap_or(u32::MAX);
            10_u128.checked_pow(shift).and_then(|power| coefficient.checked_mul(power)).ok_or(TOO_LONG)
        };
        let (a, b) = (units(a, a_last)?, units(b, b_last)?);
        let (negative, sum) = if self.negative == other.negative {
            (self.negative, a.checked_add(b).ok_or(TOO_LONG)?)
        } else if a >= b {
            (self.negative, a - b)
        } else {
            (other.negative, b - a)
        };
        let (mut sum, mut last) = (sum, last);
        while sum != 0 && sum.is_multiple_of(10) {
            sum /= 10;
            last += 1;
        }
        Self::scaled(negative, sum, last).map_err(|fault| match fault {
            NumberFault::TooManyDigits => TOO_LONG,
            fault => fault,
        })
    }

    /// The difference, exactly.
    ///
    /// # Errors
    /// As [`checked_add`](Self::checked_add).
    pub fn checked_sub(self, other: Self) -> Result<Self, NumberFault> {
        self.checked_add(other.negated())
    }

    fn negated(self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..self }
    }

    /// The 38 digits, leading first.
    fn decimal(&self) -> [u8; 38] {
        let mut out = [0; 38];
        let halves = [self.digits / TEN_19, self.digits % TEN_19];
        for (slot, half) in out.chunks_exact_mut(19).zip(halves) {
            let mut half = u64::try_from(half).unwrap_or_default();
            for digit in slot.iter_mut().rev() {
                *digit = (half % 10) as u8;
                half /= 10;
            }
        }
        out
    }

    /// The base-100 digits that are stored, aligned at the decimal point, and
    /// the power of 100 of the first of them. `[DDB-2.4.2]`
    fn pairs(&self) -> (i64, impl Iterator<Item = u8>) {
        let decimal = self.decimal();
        let used = decimal.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
        let magnitude = i64::from(self.magnitude);
        // An even exponent stands in the right half of its pair.
        let lead = usize::from(magnitude.rem_euclid(2) == 0 && used > 0);
        let count = (used + lead).div_ceil(2);
        let at = move |place: usize| {
            place.checked_sub(lead).and_then(|place| decimal.get(place)).copied().unwrap_or(0)
        };
        let pairs = (0..count).map(move |pair| at(2 * pair) * 10 + at(2 * pair + 1));
        (magnitude.div_euclid(2), pairs)
    }

    /// Bytes that a stored number takes: one, one for each base-100 digit and
    /// one for a minus. `[DDB-2.4.2]`
    ///
    /// ```
    /// use dynamo_engine::Number;
    /// assert_eq!("123456789".parse::<Number>()?.size(), 6);
    /// assert_eq!("-0.15".parse::<Number>()?.size(), 3);
    /// # Ok::<(), dynamo_engine::NumberFault>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> u64 {
        let (_, pairs) = self.pairs();
        1 + pairs.count() as u64 + u64::from(self.negative)
    }

    /// Appends bytes that sort as the numbers do, and that the hash ring is
    /// computed from. `[CAP-3.2]` `[DDB-20.1]`
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        if self.is_zero() {
            return out.push(0x80);
        }
        let (power, pairs) = self.pairs();
        let first = u8::try_from(0xC0 + power + 1).unwrap_or(0xFF);
        if !self.negative {
            out.push(first);
            return out.extend(pairs.map(|pair| pair + 1));
        }
        out.push(!first);
        let start = out.len();
        out.extend(pairs.map(|pair| 101 - pair));
        if out.len() - start < 20 {
            out.push(0x66);
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |n: &Self| if n.is_zero() { 0_i8 } else { 1 - 2 * i8::from(n.negative) };
        let size = |n: &Self| (n.magnitude, n.digits);
        sign(self).cmp(&sign(other)).then_with(|| {
            if self.negative { size(other).cmp(&size(self)) } else { size(self).cmp(&size(other)) }
        })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Number {
    type Err = NumberFault;

    /// Reads what AWS accepts: sign, digits, point, digits, exponent.
    /// `[DDB-2.2.1]`
    fn from_str(text: &str) -> Result<Self, NumberFault> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return Err(NumberFault::NotNumeric);
        }
        // Leading zeros do not count, nor do trailing ones, which are held
        // back until another digit follows.
        let (mut coefficient, mut held, mut count) = (0_u128, 0_i64, 0_i64);
        let mut too_long = false;
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = u128::from(byte - b'0');
            if count == 0 && digit == 0 {
                continue;
            }
            count += 1;
            if digit == 0 {
                held += 1;
                continue;
            }
            too_long |= count > i64::from(DIGITS);
            if !too_long {
                coefficient = coefficient * 10_u128.pow(u32::try_from(held).unwrap_or(0) + 1) + digit;
            }
            held = 0;
        }
        let last = exponent.saturating_sub(fraction.len() as i64);
        // [DDB-2.2.4] Of a zero AWS looks at the exponent as written.
        let magnitude = last.saturating_add(count.max(1) - 1);
        if magnitude > *EXPONENTS.end() {
            let wraps = magnitude >= i64::from(i32::MAX) && exponent <= i64::from(i32::MAX);
            return Err(NumberFault::Overflow { wraps });
        }
        if magnitude < *EXPONENTS.start() {
            return Err(NumberFault::Underflow);
        }
        if too_long {
            return Err(NumberFault::TooManyDigits);
        }
        Self::scaled(negative, coefficient, last + held)
    }
}

fn read_exponent(text: &str) -> Result<i64, NumberFault> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberFault::NotNumeric);
    }
    let value = digits.bytes().fold(0_i64, |value, byte| {
        value.saturating_mul(10).saturating_add(i64::from(byte - b'0')).min(i64::MAX / 4)
    });
    Ok(if negative { -value } else { value })
}

impl fmt::Display for Number {
    /// The canonical text: plain decimal. `[DDB-2.2.5]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = self.decimal();
        let used = decimal.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
        let digit = |place: i64| {
            let digit = usize::try_from(place).ok().and_then(|place| decimal.get(place)).copied();
            char::from(b'0' + digit.unwrap_or(0))
        };
        let point = i64::from(self.magnitude) + 1;
        let mut text = String::new();
        if self.negative {
            text.push('-');
        }
        if point <= 0 {
            text.push('0');
        }
        text.extend((0..point).map(digit));
        if used as i64 > point {
            text.push('.');
            text.extend((point..used as i64).map(digit));
        }
        f.write_str(&text)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! from_integers {
    ($($t:ty),+) => { $(
        impl From<$t> for Number {
            fn from(value: $t) -> Self {
                let value = i128::from(value);
                Self::scaled(value < 0, value.unsigned_abs(), 0).unwrap_or_default()
            }
        }
    )+ };
}

from_integers!(i32, i64, u32, u64);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::{format, vec};

    fn n(text: &str) -> Number {
        text.parse().unwrap()
    }

    /// `[DDB-2.2.1]` `[DDB-2.2.5]` `[DDB-X1]` `[DDB-X2]` `[DDB-X3]`
    #[test]
    fn canonical_texts() {
        let long = format!("1{}", "0".repeat(125));
        let cases = [
            ("1.0", "1"),
            ("1.10", "1.1"),
            ("100.000", "100"),
            ("1e3", "1000"),
            ("-3e2", "-300"),
            ("123e-2", "1.23"),
            ("-0.0", "0"),
            ("0e5", "0"),
            (".5", "0.5"),
            ("1e-20", "0.00000000000000000001"),
            ("0042.1200", "42.12"),
            ("+1.5", "1.5"),
            ("5.", "5"),
            ("1.e5", "100000"),
            ("1e125", &long),
            ("-17.4E37", "-174000000000000000000000000000000000000"),
            ("0001.23", "1.23"),
            ("0.0e126", "0"),
            ("0e125", "0"),
            ("0.1e126", &long),
        ];
        for (text, canonical) in cases {
            assert_eq!(n(text).to_string(), canonical, "{text}");
            assert_eq!(n(canonical), n(text));
        }
    }

    /// `[DDB-2.2.1]` `[DDB-2.2.2]` `[DDB-2.2.3]` `[DDB-2.2.4]`
    #[test]
    fn refused_texts() {
        for text in
            ["", " 1", "1 ", "1+2", "1.2.3", "+e2", "1e", "0x10", "NaN", "Infinity", ".", "1e5.0", "--1"]
        {
            assert_eq!(text.parse::<Number>(), Err(NumberFault::NotNumeric), "{text}");
        }
        let over = NumberFault::Overflow { wraps: false };
        for (text, fault) in [
            ("1e126", over),
            ("-1e126", over),
            ("1e-131", NumberFault::Underflow),
            ("0e126", over),
            ("0e-131", NumberFault::Underflow),
            ("1e2147483646", over),
            ("1e2147483647", NumberFault::Overflow { wraps: true }),
            ("1e99999999999999999999", over),
            ("123456789012345678901234567890123456789", NumberFault::TooManyDigits),
            ("0.000123456789012345678901234567890123456789", NumberFault::TooManyDigits),
        ] {
            assert_eq!(text.parse::<Number>(), Err(fault), "{text}");
        }
        let largest = format!("9.{}E+125", "9".repeat(37));
        assert!(n(&largest) > n("1e125") && n("1E-130") > Number::ZERO);
        assert_eq!(n(&format!("{}000", "9".repeat(38))).to_string().len(), 41);
        let wrapped = NumberFault::Overflow { wraps: true };
        assert!(wrapped.to_string().starts_with("Number overflow"));
        assert!(format!("{wrapped:#}").starts_with("Number underflow"));
    }

    /// `[DDB-2.4.2]` `[DDB-X28]` Recorded sizes, and the aligned reading of
    /// those that are not.
    #[test]
    fn sizes() {
        for (text, size) in [
            ("0", 1),
            ("-0", 1),
            ("1", 2),
            ("12", 2),
            ("15", 2),
            ("0042", 2),
            ("100", 2),
            ("0.15", 2),
            ("0.0000001", 2),
            ("1E125", 2),
            ("1E-100", 2),
            ("123", 3),
            ("1234", 3),
            ("1010", 3),
            ("1.5", 3),
            ("1.200", 3),
            ("12345", 4),
            ("123456", 4),
            ("12.3456", 4),
            ("1.234", 4),
            ("100.5", 4),
            ("3.14159", 5),
            ("1234567", 5),
            ("123456789", 6),
            ("1234567890123456789", 11),
            ("12345678901234567890123456789012345678", 20),
            ("-42", 3),
            ("-0.15", 3),
            ("-12345", 5),
            ("-1E125", 3),
            ("120", 3),
            ("0.012", 3),
            ("12340", 4),
        ] {
            assert_eq!(n(text).size(), size, "{text}");
        }
    }

    /// `[CAP-3.2]`
    #[test]
    fn key_bytes() {
        let bytes = |text: &str| {
            let mut out = vec![];
            n(text).encode(&mut out);
            out
        };
        assert_eq!(bytes("0"), [0x80]);
        assert_eq!(bytes("251"), [0xc2, 0x03, 0x34]);
        assert_eq!(bytes("2388"), [0xc2, 0x18, 0x59]);
        assert_eq!(bytes("-999.9"), [0x3d, 0x5c, 0x02, 0x0b, 0x66]);
        assert_eq!(bytes("0.0001").first(), Some(&0xbf));
    }

    /// `[DDB-2.2.7]` `[DDB-X75]`
    #[test]
    fn sums() {
        for (a, b, sum) in [
            ("1", "2", "3"),
            ("0.1", "0.2", "0.3"),
            ("5", "-5", "0"),
            ("-1", "0.5", "-0.5"),
            ("1e38", "-1", "99999999999999999999999999999999999999"),
            ("0", "-7", "-7"),
            ("5e37", "5e37", "100000000000000000000000000000000000000"),
            ("1.1e-129", "-1e-129", "1e-130"),
        ] {
            assert_eq!(n(a).checked_add(n(b)), Ok(n(sum)), "{a} + {b}");
            assert_eq!(n(b).checked_add(n(a)), Ok(n(sum)), "{b} + {a}");
        }
        let over = Err(NumberFault::Overflow { wraps: false });
        for (a, b) in [("1e50", "1"), ("9e125", "9e125"), ("1e38", "1"), ("1e39", "-1"), ("4e38", "1")] {
            assert_eq!(n(a).checked_add(n(b)), over, "{a} + {b}");
        }
        assert_eq!(n("1.1e-130").checked_add(n("-1e-130")), Err(NumberFault::Underflow));
        assert_eq!(n("3").checked_sub(n("5")), Ok(n("-2")));
    }

    proptest::proptest! {
        /// `[DDB-20.1]` The bytes sort as the numbers, and the text reads back.
        #[test]
        fn bytes_sort_as_numbers(a in "-?[0-9]{1,20}(\\.[0-9]{1,15})?(e-?[0-9]{1,2})?", b in "-?[0-9]{1,4}(\\.[0-9]{1,3})?") {
            let bytes = |number: &Number| {
                let mut out = vec![];
                number.encode(&mut out);
                out
            };
            let (a, b) = (n(&a), n(&b));
            proptest::prop_assert_eq!(bytes(&a).cmp(&bytes(&b)), a.cmp(&b));
            proptest::prop_assert_eq!(a == b, a.to_string() == b.to_string());
            proptest::prop_assert_eq!(n(&a.to_string()), a);
            if let Ok(sum) = a.checked_add(b) {
                proptest::prop_assert_eq!(sum.checked_sub(b), Ok(a));
            }
        }
    }
}
