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

/// A number as DynamoDB keeps it: a sign, up to 38 decimal digits and a power
/// of ten. Equal values are equal whatever their spelling.
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
    /// The exponent of the last digit; 0 for zero.
    exponent: i16,
    /// The digits, the last one not zero; 0 for zero.
    coefficient: u128,
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
    pub const ZERO: Self = Self { negative: false, exponent: 0, coefficient: 0 };

    /// Whether it is zero.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.coefficient == 0
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
        let count = digits(coefficient);
        let magnitude = exponent + i64::from(count) - 1;
        if magnitude > *EXPONENTS.end() {
            return Err(NumberFault::Overflow { wraps: magnitude >= i64::from(i32::MAX) });
        }
        if magnitude < *EXPONENTS.start() {
            return Err(NumberFault::Underflow);
        }
        let (coefficient, exponent) = trimmed(coefficient, exponent);
        if digits(coefficient) > DIGITS {
            return Err(NumberFault::TooManyDigits);
        }
        Ok(Self { negative, exponent: i16::try_from(exponent).unwrap_or_default(), coefficient })
    }

    /// The sign, the exponent of the last digit and the digits.
    pub(crate) fn parts(&self) -> (bool, i16, u128) {
        (self.negative, self.exponent, self.coefficient)
    }

    /// The number with these parts, which were one's.
    pub(crate) fn from_parts(negative: bool, exponent: i16, coefficient: u128) -> Self {
        Self { negative, exponent, coefficient }
    }

    /// The exponent of the leading digit; 0 for zero.
    fn magnitude(&self) -> i64 {
        if self.is_zero() { 0 } else { i64::from(self.exponent) + i64::from(digits(self.coefficient)) - 1 }
    }

    /// The coefficient without trailing zeros and the exponent of its last
    /// digit.
    fn trimmed(&self) -> (u128, i64) {
        (self.coefficient, i64::from(self.exponent))
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
        if self.magnitude().max(other.magnitude()) - last > i64::from(DIGITS) {
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

    /// Its digits, leading first, at the end of so much room.
    fn decimal(&self) -> ([u8; 39], usize) {
        let (mut out, mut at) = ([0; 39], 39);
        let mut put = |mut rest: u64, least: usize| {
            let mut count = 0;
            while rest != 0 || count < least {
                at -= 1;
                if let Some(slot) = out.get_mut(at) {
                    *slot = (rest % 10) as u8;
                }
                rest /= 10;
                count += 1;
            }
        };
        match u64::try_from(self.coefficient) {
            Ok(short) => put(short, 0),
            Err(_) => {
                let half = |part: u128| u64::try_from(part).unwrap_or_default();
                let high = self.coefficient / TEN_19;
                put(half(self.coefficient % TEN_19), 19);
                match u64::try_from(high) {
                    Ok(high) => put(high, 0),
                    Err(_) => {
                        put(half(high % TEN_19), 19);
                        put(half(high / TEN_19), 0);
                    }
                }
            }
        }
        (out, at)
    }

    /// How many base-100 digits are stored, aligned at the decimal point, and
    /// whether the first is half of one. `[DDB-2.4.2]`
    fn pair_count(&self) -> (u64, usize) {
        if self.is_zero() {
            return (0, 0);
        }
        // An even exponent stands in the right half of its pair.
        let lead = usize::from(self.magnitude().rem_euclid(2) == 0);
        let used = u64::from(digits(self.coefficient));
        ((used + lead as u64).div_ceil(2), lead)
    }

    /// The base-100 digits that are stored and the power of 100 of the first
    /// of them. `[DDB-2.4.2]`
    fn pairs(&self) -> (i64, impl Iterator<Item = u8>) {
        let (decimal, start) = self.decimal();
        let (count, lead) = self.pair_count();
        let count = usize::try_from(count).unwrap_or_default();
        let at = move |place: usize| {
            place.checked_sub(lead).and_then(|place| decimal.get(start + place)).copied().unwrap_or(0)
        };
        let pairs = (0..count).map(move |pair| at(2 * pair) * 10 + at(2 * pair + 1));
        (self.magnitude().div_euclid(2), pairs)
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
        1 + self.pair_count().0 + u64::from(self.negative)
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
        sign(self).cmp(&sign(other)).then_with(|| {
            let size = if self.exponent == other.exponent {
                self.coefficient.cmp(&other.coefficient)
            } else {
                // Both with as many digits as there can be.
                let full =
                    |n: &Self| n.coefficient * 10_u128.pow(DIGITS.saturating_sub(digits(n.coefficient)));
                self.magnitude().cmp(&other.magnitude()).then_with(|| full(self).cmp(&full(other)))
            };
            if self.negative { size.reverse() } else { size }
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

/// How many decimal digits.
fn digits(coefficient: u128) -> u32 {
    match u64::try_from(coefficient) {
        Ok(short) => short.checked_ilog10().map_or(0, |log| log + 1),
        Err(_) => coefficient.ilog10() + 1,
    }
}

/// Without the zeros at its end.
fn trimmed(mut coefficient: u128, mut exponent: i64) -> (u128, i64) {
    if let Ok(mut short) = u64::try_from(coefficient) {
        while short.is_multiple_of(10) && short != 0 {
            short /= 10;
            exponent += 1;
        }
        return (u128::from(short), exponent);
    }
    while coefficient.is_multiple_of(10) && coefficient != 0 {
        coefficient /= 10;
        exponent += 1;
    }
    (coefficient, exponent)
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
        let (decimal, start) = self.decimal();
        let used = (decimal.len() - start) as i64;
        let digit = |place: i64| {
            let digit = usize::try_from(place).ok().and_then(|place| decimal.get(start + place)).copied();
            char::from(b'0' + digit.unwrap_or(0))
        };
        let point = self.magnitude() + 1;
        let mut text = String::with_capacity(24);
        if self.negative {
            text.push('-');
        }
        if point <= 0 {
            text.push('0');
        }
        text.extend((0..point).map(digit));
        if used > point {
            text.push('.');
            text.extend((point..used).map(digit));
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
