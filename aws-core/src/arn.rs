//! Amazon Resource Names.

use crate::Wildcard;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The six parts of an ARN, borrowed from its text.
///
/// A part may be empty: S3 buckets name neither Region nor account. The
/// resource is all that follows the fifth colon, colons included.
///
/// ```
/// use aws_core::ArnRef;
///
/// let arn = ArnRef::parse("arn:aws:logs:us-east-1:111122223333:log-group:x:*")?;
/// assert_eq!((arn.service, arn.resource), ("logs", "log-group:x:*"));
/// assert_eq!(arn.to_string(), "arn:aws:logs:us-east-1:111122223333:log-group:x:*");
/// # Ok::<(), aws_core::ArnError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArnRef<'a> {
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// The service's namespace, such as `sqs`.
    pub service: &'a str,
    /// The Region, empty for global resources.
    pub region: &'a str,
    /// The account, empty for a few services.
    pub account: &'a str,
    /// What the service calls the resource.
    pub resource: &'a str,
}

impl<'a> ArnRef<'a> {
    /// Splits the text.
    ///
    /// # Errors
    /// Says which part is missing.
    pub fn parse(text: &'a str) -> Result<Self, ArnError> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return Err(ArnError::new(text, "does not begin with `arn:`"));
        }
        let mut part = |missing| parts.next().ok_or_else(|| ArnError::new(text, missing));
        let arn = Self {
            partition: part("ends before the partition")?,
            service: part("ends before the service")?,
            region: part("ends before the Region")?,
            account: part("ends before the account")?,
            resource: part("ends before the resource")?,
        };
        match arn {
            Self { partition: "", .. } => Err(ArnError::new(text, "has an empty partition")),
            Self { service: "", .. } => Err(ArnError::new(text, "has an empty service")),
            Self { resource: "", .. } => Err(ArnError::new(text, "has an empty resource")),
            arn => Ok(arn),
        }
    }
}

impl fmt::Display for ArnRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// An ARN that owns its text.
///
/// ```
/// use aws_core::Arn;
/// let arn: Arn = "arn:aws:s3:::bucket/key".parse()?;
/// assert_eq!(arn.parts().account, "");
/// assert_eq!(arn.as_str(), "arn:aws:s3:::bucket/key");
/// # Ok::<(), aws_core::ArnError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn(Box<str>);

impl Arn {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its parts.
    #[must_use]
    pub fn parts(&self) -> ArnRef<'_> {
        ArnRef::parse(&self.0).unwrap_or(ArnRef {
            partition: "",
            service: "",
            region: "",
            account: "",
            resource: "",
        })
    }
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        ArnRef::parse(text).map(|_| Self(text.into()))
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Arn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Arn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A text that is no ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` {what}; expected arn:partition:service:region:account:resource")]
pub struct ArnError {
    text: Box<str>,
    what: &'static str,
}

impl ArnError {
    fn new(text: &str, what: &'static str) -> Self {
        Self { text: text.into(), what }
    }
}

/// An ARN with wildcards, compared part by part as `ArnLike` does: a `*` in
/// one of the first five parts never reaches across a colon, one in the
/// resource may. Case matters.
///
/// ```
/// use aws_core::{ArnPattern, ArnRef};
///
/// let topics: ArnPattern = "arn:aws:sns:*:111122223333:order-*".parse()?;
/// assert!(topics.matches(ArnRef::parse("arn:aws:sns:eu-west-1:111122223333:order-paid")?));
/// assert!(!topics.matches(ArnRef::parse("arn:aws:sns:eu-west-1:999999999999:order-paid")?));
/// // A lone `*` is no ARN, but as a pattern it stands for every one.
/// assert!("*".parse::<ArnPattern>()?.matches(ArnRef::parse("arn:aws:s3:::b")?));
/// # Ok::<(), aws_core::ArnError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArnPattern {
    text: Box<str>,
    /// `None` for a lone `*`.
    parts: Option<[Wildcard; 5]>,
}

impl ArnPattern {
    /// Whether every part of the ARN matches its part of the pattern.
    #[must_use]
    pub fn matches(&self, arn: ArnRef<'_>) -> bool {
        let texts = [arn.partition, arn.service, arn.region, arn.account, arn.resource];
        // The account and the service decide most, but a part costs little.
        self.parts.as_ref().is_none_or(|parts| parts.iter().zip(texts).all(|(part, text)| part.matches(text)))
    }

    /// The pattern as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for ArnPattern {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        if text == "*" {
            return Ok(Self { text: text.into(), parts: None });
        }
        let arn = ArnRef::parse(text)?;
        let parts = [arn.partition, arn.service, arn.region, arn.account, arn.resource].map(Wildcard::new);
        Ok(Self { text: text.into(), parts: Some(parts) })
    }
}

impl fmt::Display for ArnPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn what_is_wrong_is_said() {
        for (text, what) in [
            ("", "does not begin with `arn:`"),
            ("ARN:aws:s3:::b", "does not begin with `arn:`"),
            ("arn:aws:s3", "ends before the Region"),
            ("arn:aws:s3::", "ends before the resource"),
            ("arn::s3:::b", "has an empty partition"),
            ("arn:aws::::b", "has an empty service"),
            ("arn:aws:s3:::", "has an empty resource"),
        ] {
            let expected =
                alloc::format!("`{text}` {what}; expected arn:partition:service:region:account:resource");
            assert_eq!(ArnRef::parse(text).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_star_stays_in_its_part_except_in_the_resource() {
        let matches = |pattern: &str, arn: &str| {
            pattern.parse::<ArnPattern>().unwrap().matches(ArnRef::parse(arn).unwrap())
        };
        assert!("arn:aws:s*:b".parse::<ArnPattern>().is_err());
        assert!(!matches("arn:aws:sns:*:topic:x", "arn:aws:sns:us-east-1:111122223333:topic"));
        assert!(matches("arn:aws:logs:*:*:group:*", "arn:aws:logs:us-east-1:111122223333:group:a:b:c"));
        assert!(matches("arn:aws:iam::111122223333:role/?", "arn:aws:iam::111122223333:role/x"));
        assert!(!matches("arn:aws:iam::111122223333:role/?", "arn:aws:iam::111122223333:role/xy"));
        assert!(!matches("arn:aws:iam::111122223333:role/X", "arn:aws:iam::111122223333:role/x"));
    }
}
