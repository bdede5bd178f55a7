//! Address ranges of conditions.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses; bits behind the mask do not count. `[IAM-6.9.2]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Net {
    V4 { bits: u32, length: u32 },
    V6 { bits: u128, length: u32 },
}

impl Net {
    /// An address, or a range; without a length exactly the address.
    /// `[IAM-6.9.1]`
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => {
                let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
                (address, Some(length.parse().ok().filter(|_| digits)?))
            }
            None => (text, None),
        };
        let net = match address.parse().ok()? {
            IpAddr::V4(address) => Self::V4 { bits: address.to_bits(), length: length.unwrap_or(32) },
            IpAddr::V6(address) => Self::V6 { bits: address.to_bits(), length: length.unwrap_or(128) },
        };
        match net {
            Self::V4 { length: 33.., .. } | Self::V6 { length: 129.., .. } => None,
            net => Some(net),
        }
    }

    /// The other family is never inside; a mapped address is IPv6.
    /// `[IAM-6.9.3]` `[IAM-6.9.4]` `[IAM-6.9.5]`
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4 { bits, length }, IpAddr::V4(address)) => {
                (bits ^ address.to_bits()).checked_shr(32 - length).unwrap_or(0) == 0
            }
            (Self::V6 { bits, length }, IpAddr::V6(address)) => {
                (bits ^ address.to_bits()).checked_shr(128 - length).unwrap_or(0) == 0
            }
            _ => false,
        }
    }

    /// The first address, without the bits behind the mask.
    pub(crate) fn first(self) -> IpAddr {
        match self {
            Self::V4 { bits, length } => {
                let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(bits & mask))
            }
            Self::V6 { bits, length } => {
                let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(bits & mask))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [IAM-6.9.1] [IAM-6.9.2] [IAM-6.9.3] [IAM-6.9.4]
    #[test]
    fn inside_and_outside() {
        let inside = |net: &str, address: &str| Net::parse(net).unwrap().contains(address.parse().unwrap());
        for (net, address) in [
            ("203.0.113.77/24", "203.0.113.9"),
            ("0.0.0.0/0", "203.0.113.9"),
            ("::/0", "2001:db8::1"),
            ("10.0.0.1", "10.0.0.1"),
            ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
            ("::ffff:192.0.2.0/120", "::ffff:192.0.2.7"),
        ] {
            assert!(inside(net, address), "{net} {address}");
        }
        for (net, address) in [
            ("0.0.0.0/0", "2001:db8::1"),
            ("::/0", "203.0.113.9"),
            ("10.0.0.1", "10.0.0.2"),
            ("192.0.2.7/32", "::ffff:192.0.2.7"),
        ] {
            assert!(!inside(net, address), "{net} {address}");
        }
        for bad in
            ["", "10.0.0.0/33", "::/129", "10.0.0", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.*", "1.2.3.4/8 "]
        {
            assert_eq!(Net::parse(bad), None, "{bad}");
        }
    }
}
