//! Blocks of addresses, as AWS writes them.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A block of IPv4 or IPv6 addresses.
///
/// Host bits are cleared when it is read, never refused, as EC2 does it.
/// `[VPC-1.3]`
///
/// ```
/// use vpc_net::Cidr;
///
/// let block: Cidr = "100.68.0.18/18".parse()?;
/// assert_eq!(block.to_string(), "100.68.0.0/18");
/// assert!(block.contains("100.68.63.255".parse()?));
/// assert!("0.0.0.0/0".parse::<Cidr>()?.covers(&block));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    base: IpAddr,
    length: u8,
}

/// A text that is no block. `[VPC-1.4]`
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no CIDR block; expected an address, a slash and a prefix length, such as 10.0.0.0/16")]
pub struct CidrError {
    /// What was read.
    pub text: alloc::string::String,
}

impl Cidr {
    /// The block of this length that holds an address; a length that is too
    /// long means the address alone.
    ///
    /// ```
    /// use vpc_net::Cidr;
    /// assert_eq!(Cidr::new("10.0.2.5".parse()?, 24).to_string(), "10.0.2.0/24");
    /// # Ok::<(), core::net::AddrParseError>(())
    /// ```
    #[must_use]
    pub fn new(address: IpAddr, length: u8) -> Self {
        let base = match address {
            IpAddr::V4(address) => {
                let bits = u32::from(address) & mask(u32::MAX.into(), length, 32) as u32;
                IpAddr::V4(Ipv4Addr::from(bits))
            }
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from(u128::from(address) & mask(u128::MAX, length, 128)))
            }
        };
        Self { base, length: length.min(Self::width(address)) }
    }

    /// The block of one address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self { base: address, length: Self::width(address) }
    }

    fn width(address: IpAddr) -> u8 {
        if address.is_ipv4() { 32 } else { 128 }
    }

    /// The first address.
    #[must_use]
    pub fn base(&self) -> IpAddr {
        self.base
    }

    /// The prefix length.
    #[must_use]
    pub fn length(&self) -> u8 {
        self.length
    }

    /// Whether it is a block of IPv4 addresses.
    #[must_use]
    pub fn is_ipv4(&self) -> bool {
        self.base.is_ipv4()
    }

    /// Whether the address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.base.is_ipv4() == address.is_ipv4() && Self::new(address, self.length).base == self.base
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.length <= other.length && self.contains(other.base)
    }

    /// Whether they have an address in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// The address so many after the first; `None` beyond the last.
    ///
    /// ```
    /// use vpc_net::Cidr;
    /// let vpc: Cidr = "10.0.0.0/16".parse()?;
    /// assert_eq!(vpc.nth(2), Some("10.0.0.2".parse()?)); // the resolver
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn nth(&self, n: u128) -> Option<IpAddr> {
        let address = match self.base {
            IpAddr::V4(base) => {
                IpAddr::V4(Ipv4Addr::from(u32::from(base).checked_add(u32::try_from(n).ok()?)?))
            }
            IpAddr::V6(base) => IpAddr::V6(Ipv6Addr::from(u128::from(base).checked_add(n)?)),
        };
        self.contains(address).then_some(address)
    }

    /// How many addresses of a subnet of this size can be used: all but the
    /// first four and the last. Saturates. `[VPC-1.23]`
    ///
    /// ```
    /// use vpc_net::Cidr;
    /// assert_eq!("10.0.0.0/28".parse::<Cidr>()?.usable_addresses(), 11);
    /// # Ok::<(), vpc_net::CidrError>(())
    /// ```
    #[must_use]
    pub fn usable_addresses(&self) -> u128 {
        let bits = u32::from(Self::width(self.base) - self.length);
        let all = 1_u128.checked_shl(bits).unwrap_or(u128::MAX);
        all.saturating_sub(5)
    }
}

/// The upper `length` of `width` bits set.
fn mask(all: u128, length: u8, width: u32) -> u128 {
    let host = width.saturating_sub(u32::from(length));
    all & u128::MAX.checked_shl(host).unwrap_or(0)
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let parse = || {
            let (address, length) = text.split_once('/')?;
            let address: IpAddr = address.parse().ok()?;
            let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
            let length: u8 = if digits { length.parse().ok()? } else { return None };
            (length <= Self::width(address)).then(|| Self::new(address, length))
        };
        parse().ok_or_else(|| CidrError { text: text.into() })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.length)
    }
}

impl fmt::Debug for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cidr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
