//! Where a resource lives: partition, Region, account.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A group of Regions with its own accounts and its own ARNs.
///
/// ```
/// use aws_core::Partition;
/// assert_eq!(Partition::of_region("cn-north-1"), Partition::AwsCn);
/// assert_eq!(Partition::AwsCn.dns_suffix(), "amazonaws.com.cn");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Partition {
    /// The commercial Regions.
    #[default]
    #[serde(rename = "aws")]
    Aws,
    /// China.
    #[serde(rename = "aws-cn")]
    AwsCn,
    /// AWS GovCloud (US).
    #[serde(rename = "aws-us-gov")]
    AwsUsGov,
    /// US isolated, top secret.
    #[serde(rename = "aws-iso")]
    AwsIso,
    /// US isolated, secret.
    #[serde(rename = "aws-iso-b")]
    AwsIsoB,
    /// European isolated.
    #[serde(rename = "aws-iso-e")]
    AwsIsoE,
    /// US isolated, further.
    #[serde(rename = "aws-iso-f")]
    AwsIsoF,
    /// AWS European Sovereign Cloud.
    #[serde(rename = "aws-eusc")]
    AwsEusc,
}

/// Partition, id, DNS suffix and the prefix that its Regions begin with.
const PARTITIONS: [(Partition, &str, &str, &str); 8] = [
    (Partition::Aws, "aws", "amazonaws.com", ""),
    (Partition::AwsCn, "aws-cn", "amazonaws.com.cn", "cn-"),
    (Partition::AwsUsGov, "aws-us-gov", "amazonaws.com", "us-gov-"),
    (Partition::AwsIso, "aws-iso", "c2s.ic.gov", "us-iso-"),
    (Partition::AwsIsoB, "aws-iso-b", "sc2s.sgov.gov", "us-isob-"),
    (Partition::AwsIsoE, "aws-iso-e", "cloud.adc-e.uk", "eu-isoe-"),
    (Partition::AwsIsoF, "aws-iso-f", "csp.hci.ic.gov", "us-isof-"),
    (Partition::AwsEusc, "aws-eusc", "amazonaws.eu", "eusc-"),
];

impl Partition {
    fn row(self) -> (Self, &'static str, &'static str, &'static str) {
        PARTITIONS.into_iter().find(|row| row.0 == self).unwrap_or((self, "aws", "amazonaws.com", ""))
    }

    /// The second part of an ARN.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().1
    }

    /// What the endpoints' names end in.
    #[must_use]
    pub fn dns_suffix(self) -> &'static str {
        self.row().2
    }

    /// The partition with this id.
    ///
    /// ```
    /// use aws_core::Partition;
    /// assert_eq!(Partition::from_id("aws-eusc"), Some(Partition::AwsEusc));
    /// assert_eq!(Partition::from_id("awss"), None);
    /// ```
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        PARTITIONS.into_iter().find(|row| row.1 == id).map(|row| row.0)
    }

    /// The partition of a Region, by the prefix of its name.
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        PARTITIONS
            .into_iter()
            .find(|row| !row.3.is_empty() && region.starts_with(row.3))
            .map_or(Self::Aws, |row| row.0)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A Region's name, such as `us-east-1`.
///
/// Any name of the right form is taken, because AWS opens new Regions.
///
/// ```
/// use aws_core::{Partition, Region};
/// let region: Region = "us-gov-west-1".parse()?;
/// assert_eq!(region.partition(), Partition::AwsUsGov);
/// assert!("US East".parse::<Region>().is_err());
/// # Ok::<(), aws_core::HomeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(Arc<str>);

impl Region {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition it is in.
    #[must_use]
    pub fn partition(&self) -> Partition {
        Partition::of_region(&self.0)
    }
}

impl FromStr for Region {
    type Err = HomeError;

    fn from_str(text: &str) -> Result<Self, HomeError> {
        let mut parts = text.split('-');
        let lower = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
        let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let well_formed =
            parts.next_back().is_some_and(number) && parts.clone().count() >= 2 && parts.all(lower);
        if well_formed { Ok(Self(text.into())) } else { Err(HomeError::Region(text.into())) }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account's id: twelve decimal digits, leading zeros included.
///
/// ```
/// use aws_core::AccountId;
/// let account: AccountId = "000000000042".parse()?;
/// assert_eq!(account.to_string(), "000000000042");
/// assert_eq!(
///     "42".parse::<AccountId>().unwrap_err().to_string(),
///     "`42` is no account id; expected twelve digits, such as 111122223333",
/// );
/// # Ok::<(), aws_core::HomeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(u64);

impl FromStr for AccountId {
    type Err = HomeError;

    fn from_str(text: &str) -> Result<Self, HomeError> {
        let twelve_digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if twelve_digits { text.parse().ok() } else { None };
        number.map(Self).ok_or_else(|| HomeError::Account(text.into()))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! as_text {
    ($($name:ident),+) => { $(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )+ };
}

as_text!(Region, AccountId);

/// Where an engine's resources live: one account in one Region.
///
/// ```
/// use aws_core::Home;
/// let home = Home::new("eu-west-1", "111122223333")?;
/// assert_eq!(home.arn("sqs", "orders"), "arn:aws:sqs:eu-west-1:111122223333:orders");
/// # Ok::<(), aws_core::HomeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Home {
    /// The Region, which also says the partition.
    pub region: Region,
    /// The account.
    pub account: AccountId,
}

impl Home {
    /// Reads both names.
    ///
    /// # Errors
    /// Says which of them is wrong, and what would be right.
    pub fn new(region: &str, account: &str) -> Result<Self, HomeError> {
        Ok(Self { region: region.parse()?, account: account.parse()? })
    }

    /// The partition the Region is in.
    #[must_use]
    pub fn partition(&self) -> Partition {
        self.region.partition()
    }

    /// The ARN of a resource here.
    #[must_use]
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition(), self.region, self.account)
    }
}

/// A text that is no Region or account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HomeError {
    /// Not a Region's name.
    #[error("`{0}` is no Region name; expected lower-case words and a number, such as us-east-1")]
    Region(String),
    /// Not an account id.
    #[error("`{0}` is no account id; expected twelve digits, such as 111122223333")]
    Account(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn every_partition_is_found_by_its_id() {
        for (partition, id, _, prefix) in PARTITIONS {
            assert_eq!(Partition::from_id(id), Some(partition));
            assert_eq!(Partition::of_region(&format!("{prefix}east-1")), partition, "{prefix}");
            assert_eq!(serde_json::to_string(&partition).unwrap(), format!("\"{id}\""));
        }
    }

    #[test]
    fn regions_and_accounts_that_are_none() {
        for text in ["", "us", "us-east", "us-east-", "-1", "us--1", "us-east-1a", "US-EAST-1", "us_east-1"] {
            assert_eq!(text.parse::<Region>().unwrap_err(), HomeError::Region(text.to_string()));
        }
        for text in ["us-east-1", "ap-southeast-7", "us-isob-east-1", "eusc-de-east-1", "mx-central-1"] {
            assert_eq!(text.parse::<Region>().unwrap().as_str(), text);
        }
        for text in ["", "1", "1111222233334", "11112222333x", "１11122223333", "+11122223333"] {
            assert_eq!(text.parse::<AccountId>().unwrap_err(), HomeError::Account(text.to_string()));
        }
    }
}
