//! The network as paths see it: parsed, resolved, immutable.

use crate::Cidr;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::net::IpAddr;
use core::ops::RangeInclusive;

/// An id, such as `vpc-…`.
pub(crate) type Id = Arc<str>;

#[derive(Debug, Clone)]
pub(crate) struct Vpc {
    pub(crate) id: Id,
    pub(crate) blocks: Vec<Cidr>,
    pub(crate) main_table: Option<usize>,
    pub(crate) internet_gateway: Option<Id>,
}

#[derive(Debug, Clone)]
pub(crate) struct Subnet {
    pub(crate) id: Id,
    pub(crate) vpc: usize,
    pub(crate) blocks: Vec<Cidr>,
    pub(crate) table: Option<usize>,
    pub(crate) acl: Option<usize>,
}

/// A route's destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    Block(Cidr),
    PrefixList(usize),
}

/// Where a route leads. `[VPC-3.4]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Local,
    InternetGateway(Id),
    NatGateway(usize),
    GatewayEndpoint(usize),
    Interface(usize),
    Peering(usize),
    /// Something that paths are not followed through, or that is gone.
    Other(Id),
}

#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) destination: Destination,
    pub(crate) target: Target,
    pub(crate) is_blackhole: bool,
    pub(crate) is_propagated: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct RouteTable {
    pub(crate) id: Id,
    pub(crate) routes: Vec<Route>,
}

/// The protocols and ports that a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Traffic {
    All,
    /// A protocol without ports, or whose ports do not matter.
    Protocol(u8),
    Ports(u8, RangeInclusive<u16>),
    /// Type and code; `None` is any.
    Icmp(u8, Option<u8>, Option<u8>),
}

#[derive(Debug, Clone)]
pub(crate) struct AclEntry {
    pub(crate) number: u32,
    pub(crate) allows: bool,
    pub(crate) block: Cidr,
    pub(crate) traffic: Traffic,
}

#[derive(Debug, Clone)]
pub(crate) struct Acl {
    pub(crate) id: Id,
    /// In the order of their numbers.
    pub(crate) ingress: Vec<AclEntry>,
    pub(crate) egress: Vec<AclEntry>,
}

/// Whom a security group's rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Peer {
    Block(Cidr),
    PrefixList(usize),
    Group(Id),
}

#[derive(Debug, Clone)]
pub(crate) struct GroupRule {
    pub(crate) traffic: Traffic,
    pub(crate) peer: Peer,
}

#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) ingress: Vec<GroupRule>,
    pub(crate) egress: Vec<GroupRule>,
}

#[derive(Debug, Clone)]
pub(crate) struct Interface {
    pub(crate) id: Id,
    pub(crate) subnet: usize,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) prefixes: Vec<Cidr>,
    /// Private and public address.
    pub(crate) public: Vec<(IpAddr, IpAddr)>,
    pub(crate) groups: Vec<usize>,
    pub(crate) source_dest_check: bool,
    pub(crate) is_attached: bool,
    /// The NAT gateway that it is of.
    pub(crate) nat: Option<usize>,
}

impl Interface {
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address) || self.prefixes.iter().any(|prefix| prefix.contains(address))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct NatGateway {
    pub(crate) id: Id,
    pub(crate) subnet: usize,
    pub(crate) is_available: bool,
    pub(crate) is_private: bool,
    pub(crate) address: Option<IpAddr>,
    pub(crate) public: Option<IpAddr>,
}

#[derive(Debug, Clone)]
pub(crate) struct GatewayEndpoint {
    pub(crate) id: Id,
    pub(crate) service: String,
    pub(crate) is_available: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct PrefixList {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) blocks: Vec<Cidr>,
}

#[derive(Debug, Clone)]
pub(crate) struct Peering {
    pub(crate) id: Id,
    pub(crate) is_active: bool,
    pub(crate) same_region: bool,
    pub(crate) ends: [Id; 2],
}
