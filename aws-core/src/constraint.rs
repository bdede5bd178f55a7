//! Constraint violations in AWS's words: `N validation errors detected: …`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What a member of a request must satisfy.
///
/// The texts are those of AWS's own validation, shared by every service that
/// answers `ValidationException`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint<'a> {
    /// The member is required.
    NotNull,
    /// At least so many characters, bytes or items.
    MinLength(u64),
    /// At most so many characters, bytes or items.
    MaxLength(u64),
    /// A number not below this.
    MinValue(i64),
    /// A number not above this.
    MaxValue(i64),
    /// A regular expression, printed as AWS writes it.
    Pattern(&'a str),
    /// One of these names, in the order in which AWS lists them.
    Enum(&'a [&'a str]),
    /// What each item of a list must satisfy.
    EachMember(&'a [Constraint<'a>]),
    /// What each key of a map must satisfy.
    EachKey(&'a [Constraint<'a>]),
    /// What each value of a map must satisfy.
    EachValue(&'a [Constraint<'a>]),
}

impl fmt::Display for Constraint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNull => f.write_str("Member must not be null"),
            Self::MinLength(n) => write!(f, "Member must have length greater than or equal to {n}"),
            Self::MaxLength(n) => write!(f, "Member must have length less than or equal to {n}"),
            Self::MinValue(n) => write!(f, "Member must have value greater than or equal to {n}"),
            Self::MaxValue(n) => write!(f, "Member must have value less than or equal to {n}"),
            Self::Pattern(pattern) => write!(f, "Member must satisfy regular expression pattern: {pattern}"),
            Self::Enum(names) => write!(f, "Member must satisfy enum value set: [{}]", names.join(", ")),
            Self::EachMember(all) => nested(f, "Member", all),
            Self::EachKey(all) => nested(f, "Map keys", all),
            Self::EachValue(all) => nested(f, "Map value", all),
        }
    }
}

fn nested(f: &mut fmt::Formatter<'_>, what: &str, all: &[Constraint<'_>]) -> fmt::Result {
    write!(f, "{what} must satisfy constraint: [")?;
    for (index, constraint) in all.iter().enumerate() {
        let gap = if index == 0 { "" } else { ", " };
        write!(f, "{gap}{constraint}")?;
    }
    f.write_str("]")
}

/// The violations of one request, in the order in which they were found.
///
/// AWS has two forms, sometimes in one text. The classic one echoes the value
/// at its lower-camel path; the one that AWS moves to since June 2026 names
/// the member in upper camel, echoes nothing, and names no member at all where
/// an enum is broken. Secrets and blobs were never echoed.
///
/// ```
/// use aws_core::{Constraint, Violations};
///
/// let mut faults = Violations::new();
/// faults.echoed("returnConsumedCapacity", "BAD", Constraint::Enum(&["INDEXES", "TOTAL", "NONE"]));
/// faults.null("tableName");
/// assert_eq!(
///     faults.check().unwrap_err(),
///     "2 validation errors detected: Value 'BAD' at 'returnConsumedCapacity' failed to satisfy \
///      constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value null at \
///      'tableName' failed to satisfy constraint: Member must not be null",
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(Vec<String>);

impl Violations {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// `Value '<value>' at '<path>' …`: the classic form.
    pub fn echoed(&mut self, path: &str, value: impl fmt::Display, constraint: Constraint<'_>) {
        self.0.push(format!("Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"));
    }

    /// `Value null at '<path>' …`: a required member is absent.
    pub fn null(&mut self, path: &str) {
        let constraint = Constraint::NotNull;
        self.0.push(format!("Value null at '{path}' failed to satisfy constraint: {constraint}"));
    }

    /// `Value at '<path>' …`: the new form, and the classic one of values that
    /// AWS does not repeat.
    pub fn silent(&mut self, path: &str, constraint: Constraint<'_>) {
        self.0.push(format!("Value at '{path}' failed to satisfy constraint: {constraint}"));
    }

    /// `Failed to satisfy constraint: …`: the new form of a broken enum.
    pub fn unnamed(&mut self, constraint: Constraint<'_>) {
        self.0.push(format!("Failed to satisfy constraint: {constraint}"));
    }

    /// Whether nothing was found.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing found, or the whole message.
    ///
    /// # Errors
    /// `1 validation error detected: …`, or `N validation errors detected: …`
    /// with the violations joined by `; `.
    pub fn check(self) -> Result<(), String> {
        let plural = match self.0.len() {
            0 => return Ok(()),
            1 => "",
            _ => "s",
        };
        Err(format!("{} validation error{plural} detected: {}", self.0.len(), self.0.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(add: impl FnOnce(&mut Violations)) -> String {
        let mut faults = Violations::new();
        add(&mut faults);
        faults.check().unwrap_err()
    }

    /// Texts recorded on DynamoDB and KMS.
    #[test]
    fn recorded_texts() {
        let min = Constraint::MinLength(1);
        assert_eq!(
            one(|f| f.silent("TableName", min)),
            "1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1"
        );
        assert_eq!(
            one(|f| f.unnamed(Constraint::Enum(&[
                "ALL_OLD",
                "UPDATED_OLD",
                "ALL_NEW",
                "UPDATE_NEW",
                "NONE"
            ]))),
            "1 validation error detected: Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"
        );
        assert_eq!(
            one(|f| f.echoed("limit", 0, Constraint::MinValue(1))),
            "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"
        );
        assert_eq!(
            one(|f| f.echoed(
                "requestItems",
                "{T=[...]}",
                Constraint::EachValue(&[Constraint::MaxLength(25), Constraint::MinLength(1)])
            )),
            "1 validation error detected: Value '{T=[...]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]"
        );
        assert_eq!(
            one(|f| {
                f.echoed("globalSecondaryIndexes.1.member.indexName", "g1", Constraint::MinLength(3));
                f.echoed("localSecondaryIndexes.1.member.indexName", "l1", Constraint::MinLength(3));
            }),
            "2 validation errors detected: Value 'g1' at 'globalSecondaryIndexes.1.member.indexName' failed to satisfy constraint: Member must have length greater than or equal to 3; Value 'l1' at 'localSecondaryIndexes.1.member.indexName' failed to satisfy constraint: Member must have length greater than or equal to 3"
        );
        assert_eq!(Violations::new().check(), Ok(()));
    }
}
