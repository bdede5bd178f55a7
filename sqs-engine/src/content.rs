//! What a message may contain, and how large it counts.

use crate::{Error, MessageAttributeValue, MessageAttributes, limits};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use sha2::{Digest as _, Sha256};

/// Refuses bodies with characters that XML cannot hold. `[SQS-4.1]`
pub(crate) fn check_body(body: &str) -> Result<(), Error> {
    if is_clean(body) { Ok(()) } else { Err(Error::BadCharacters) }
}

fn is_clean(text: &str) -> bool {
    // Bytes first, many at once: only texts with a byte 0xEF can hold U+FFFE
    // or U+FFFF.
    let mut rare = false;
    for bytes in text.as_bytes().chunks(64) {
        let control = |byte: u8| (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
        if bytes.iter().fold(false, |found, byte| found | control(*byte)) {
            return false;
        }
        rare |= bytes.iter().fold(false, |found, byte| found | (*byte == 0xef));
    }
    !rare || !text.contains(['\u{fffe}', '\u{ffff}'])
}

/// Bytes a message counts for: body, and of each attribute the name, the
/// type and the value. System attributes and ids do not count. `[SQS-4.3]`
pub(crate) fn size(body: &str, attributes: &MessageAttributes) -> u64 {
    let attributes = attributes.iter().map(|(name, value)| {
        let binary = value.binary_value.as_ref().map_or(0, |value| value.as_ref().len());
        let text = value.string_value.as_ref().map_or(0, |value| value.len());
        name.len() + value.data_type.len() + if value.binary_value.is_some() { binary } else { text }
    });
    (body.len() + attributes.sum::<usize>()) as u64
}

/// What content-based deduplication goes by. `[SQS-10.3]`
pub(crate) fn digest(body: &str) -> Arc<str> {
    let digest = Sha256::digest(body.as_bytes());
    let mut text = String::with_capacity(64);
    for byte in digest {
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    text.into()
}

/// Refuses attributes that SQS does not take. `[SQS-5.1]` to `[SQS-5.5]`
pub(crate) fn check_attributes(attributes: &MessageAttributes) -> Result<(), Error> {
    if attributes.len() > limits::MESSAGE_ATTRIBUTES_MAX.as_usize() {
        return Err(Error::TooManyAttributes { count: attributes.len() });
    }
    attributes.iter().try_for_each(|(name, value)| {
        check_name(name)?;
        check_value(name, value)
    })
}

/// `[SQS-5.2]`
fn check_name(name: &str) -> Result<(), Error> {
    if name.is_empty() {
        return Err(Error::NoAttributeName);
    }
    if name.chars().count() > 256 {
        return Err(Error::AttributeNameLength);
    }
    let reserved = |prefix: &str| {
        name.as_bytes().get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    if reserved("aws.") || reserved("amazon.") {
        return Err(Error::ReservedAttributeName);
    }
    let letters = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !letters || name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return Err(Error::AttributeNameCharacters { name: name.into() });
    }
    Ok(())
}

/// `[SQS-5.3]` `[SQS-5.4]`
fn check_value(name: &str, value: &MessageAttributeValue) -> Result<(), Error> {
    if !value.string_list_values.is_empty() || !value.binary_list_values.is_empty() {
        return Err(Error::AttributeLists);
    }
    if value.data_type.chars().count() > 256 {
        return Err(Error::AttributeTypeLength);
    }
    let base = value.data_type.split('.').next().unwrap_or_default();
    let text = value.string_value.as_deref().unwrap_or_default();
    let missing = value.string_value.is_none() && value.binary_value.is_none();
    let empty = |data_type| Error::EmptyAttribute { name: name.into(), data_type };
    match base {
        _ if missing && matches!(base, "String" | "Number" | "Binary") => {
            Err(Error::NoAttributeValue { name: name.into() })
        }
        "String" if text.is_empty() => Err(empty("String")),
        "String" if !is_clean(text) => Err(Error::AttributeCharacters),
        "Number" if text.is_empty() => Err(empty("Number")),
        "Number" if !is_number(text) => Err(Error::NotANumber { name: name.into() }),
        "Binary" if value.binary_value.as_ref().is_none_or(|value| value.as_ref().is_empty()) => {
            Err(empty("Binary"))
        }
        "String" | "Number" | "Binary" => Ok(()),
        _ => Err(Error::AttributeType { name: name.into() }),
    }
}

/// Up to 38 significant digits and a magnitude of 10⁻¹²⁸ to 10¹²⁶.
/// `[SQS-5.4]`
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let Ok(exponent) = exponent.parse::<i32>() else { return false };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() == 0 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return false;
    }
    let digits = || whole.bytes().chain(fraction.bytes());
    let Some(first) = digits().position(|digit| digit != b'0') else { return true };
    let last = digits().rposition_nonzero().unwrap_or(first);
    let Ok(first_place) = i32::try_from(whole.len()).map(|whole| whole - 1) else { return false };
    let magnitude =
        first_place.saturating_sub(i32::try_from(first).unwrap_or(i32::MAX)).saturating_add(exponent);
    last - first < 38 && (-128..=126).contains(&magnitude)
}

/// The place of the last digit that is not zero.
trait LastNonzero {
    fn rposition_nonzero(self) -> Option<usize>;
}

impl<I: Iterator<Item = u8>> LastNonzero for I {
    fn rposition_nonzero(self) -> Option<usize> {
        self.enumerate().filter(|(_, digit)| *digit != b'0').last().map(|(index, _)| index)
    }
}

/// Only the X-Ray header is a system attribute to send. `[SQS-5.6]`
pub(crate) fn check_system_attributes(attributes: &MessageAttributes) -> Result<(), Error> {
    attributes.iter().try_for_each(|(name, value)| {
        if name != "AWSTraceHeader" || value.data_type != "String" {
            return Err(Error::SystemAttribute { name: name.as_str().into() });
        }
        if value.string_value.as_deref().unwrap_or_default().is_empty() {
            return Err(Error::EmptyAttribute { name: name.as_str().into(), data_type: "String" });
        }
        Ok(())
    })
}

/// Group and deduplication ids: 1 to 128 letters, digits and punctuation.
/// `[SQS-7.5]`
pub(crate) fn check_id(value: Option<&str>, parameter: &'static str) -> Result<(), Error> {
    match value {
        Some(value) if !(1..=128).contains(&value.len()) || !value.bytes().all(|b| b.is_ascii_graphic()) => {
            Err(Error::BadToken128 { value: Box::from(value), parameter })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [SQS-4.1]
    #[test]
    fn characters_that_are_not_xml_are_refused() {
        for good in ["\t\n\r ", "\u{7f}", "\u{d7ff}\u{e000}\u{fffd}\u{10000}", "ﬀ", "\u{10ffff}"] {
            assert_eq!(check_body(good), Ok(()), "{good:?}");
        }
        for bad in ["\0", "\u{8}", "\u{b}", "\u{c}", "\u{13}", "\u{1f}", "x\u{fffe}", "x\u{ffff}y"] {
            assert_eq!(check_body(bad), Err(Error::BadCharacters), "{bad:?}");
        }
    }

    /// [SQS-5.4]
    #[test]
    fn numbers() {
        for good in
            ["0", "-1", "+1", "1.5", ".5", "5.", "1e10", "1E-128", "9e126", "000", "1234567890123456789012"]
        {
            assert!(is_number(good), "{good}");
        }
        let digits39 = "1".repeat(39);
        for bad in
            ["", ".", "-", "1x", "1e", "e5", "1e127", "1e-129", "0x10", "1 ", "NaN", "1.2.3", &digits39]
        {
            assert!(!is_number(bad), "{bad}");
        }
        assert!(is_number(&alloc::format!("{}{}", "1".repeat(38), "0".repeat(20))));
    }
}
