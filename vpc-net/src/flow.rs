//! One packet's header.

use core::fmt;
use core::net::IpAddr;
use serde::Serialize;

/// A packet's addresses, protocol and ports: the first one of a connection.
///
/// ```
/// use vpc_net::Flow;
/// let flow = Flow::tcp("10.0.1.20".parse()?, 40_000, "10.0.2.30".parse()?, 8_080);
/// assert_eq!(flow.to_string(), "tcp 10.0.1.20:40000 -> 10.0.2.30:8080");
/// assert_eq!(flow.reply().to_string(), "tcp 10.0.2.30:8080 -> 10.0.1.20:40000");
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Flow {
    /// Who sends it.
    pub source: IpAddr,
    /// Who it is for.
    pub destination: IpAddr,
    /// The protocol's number: 6 is TCP, 17 UDP, 1 ICMP, 58 ICMPv6.
    pub protocol: u8,
    /// TCP and UDP only.
    pub source_port: u16,
    /// TCP and UDP; of ICMP the type times 256 plus the code.
    pub destination_port: u16,
}

impl Flow {
    /// A TCP connection.
    #[must_use]
    pub fn tcp(source: IpAddr, source_port: u16, destination: IpAddr, destination_port: u16) -> Self {
        Self { source, destination, protocol: 6, source_port, destination_port }
    }

    /// A UDP request.
    #[must_use]
    pub fn udp(source: IpAddr, source_port: u16, destination: IpAddr, destination_port: u16) -> Self {
        Self { source, destination, protocol: 17, source_port, destination_port }
    }

    /// An ICMP echo request, of the addresses' version.
    #[must_use]
    pub fn ping(source: IpAddr, destination: IpAddr) -> Self {
        let (protocol, kind) = if destination.is_ipv4() { (1, 8) } else { (58, 128) };
        Self { source, destination, protocol, source_port: 0, destination_port: kind << 8 }
    }

    /// ICMP's type and code.
    pub(crate) fn icmp(&self) -> (u8, u8) {
        let [kind, code] = self.destination_port.to_be_bytes();
        (kind, code)
    }

    /// What answers it.
    #[must_use]
    pub fn reply(&self) -> Self {
        let mut reply = Self {
            source: self.destination,
            destination: self.source,
            source_port: self.destination_port,
            destination_port: self.source_port,
            ..*self
        };
        match (self.protocol, self.icmp().0) {
            (1, 8) => (reply.source_port, reply.destination_port) = (0, 0),
            (58, 128) => (reply.source_port, reply.destination_port) = (0, 129 << 8),
            _ => {}
        }
        reply
    }
}

/// A protocol's usual name, or its number.
pub(crate) struct Protocol(pub(crate) u8);

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("icmp"),
            6 => f.write_str("tcp"),
            17 => f.write_str("udp"),
            58 => f.write_str("icmpv6"),
            other => write!(f, "protocol {other}"),
        }
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, destination, source_port, destination_port, .. } = self;
        let protocol = Protocol(self.protocol);
        match self.protocol {
            6 | 17 => write!(f, "{protocol} {source}:{source_port} -> {destination}:{destination_port}"),
            _ => write!(f, "{protocol} {source} -> {destination}"),
        }
    }
}
