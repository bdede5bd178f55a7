//! A network: immutable, shareable, asked for paths.

use crate::Cidr;
use crate::model::{
    Acl, Destination, GatewayEndpoint, Group, Id, Interface, NatGateway, Peering, PrefixList, Route,
    RouteTable, Subnet, Target, Vpc,
};
use alloc::collections::BTreeMap;
use core::net::IpAddr;

/// A snapshot of VPCs and everything in them, from
/// [`NetworkBuilder`](crate::NetworkBuilder).
#[derive(Debug, Clone, Default)]
pub struct Network {
    pub(crate) vpcs: alloc::vec::Vec<Vpc>,
    pub(crate) subnets: alloc::vec::Vec<Subnet>,
    pub(crate) tables: alloc::vec::Vec<RouteTable>,
    pub(crate) acls: alloc::vec::Vec<Acl>,
    pub(crate) groups: alloc::vec::Vec<Group>,
    pub(crate) interfaces: alloc::vec::Vec<Interface>,
    pub(crate) nats: alloc::vec::Vec<NatGateway>,
    pub(crate) endpoints: alloc::vec::Vec<GatewayEndpoint>,
    pub(crate) prefix_lists: alloc::vec::Vec<PrefixList>,
    pub(crate) peerings: alloc::vec::Vec<Peering>,
    /// Interfaces by VPC and private address.
    pub(crate) owners: BTreeMap<(usize, IpAddr), usize>,
    pub(crate) ids: BTreeMap<Id, usize>,
}

/// A route that was chosen, and why it and no other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen<'n> {
    pub(crate) route: &'n Route,
    /// The block that matched: the destination, or the prefix list's entry.
    pub(crate) block: Cidr,
}

impl Network {
    pub(crate) fn index(&mut self) {
        for (at, interface) in self.interfaces.iter().enumerate() {
            self.ids.insert(interface.id.clone(), at);
            let Some(vpc) = self.subnets.get(interface.subnet).map(|subnet| subnet.vpc) else { continue };
            for address in &interface.addresses {
                self.owners.insert((vpc, *address), at);
            }
        }
    }

    /// The interface with this id.
    pub(crate) fn interface(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    /// The interface that owns a private address in a VPC.
    pub(crate) fn owner(&self, vpc: usize, address: IpAddr) -> Option<usize> {
        let by_prefix = || {
            let in_vpc = |interface: &&Interface| {
                self.subnets.get(interface.subnet).is_some_and(|subnet| subnet.vpc == vpc)
            };
            let mut all = self.interfaces.iter();
            all.position(|interface| in_vpc(&interface) && interface.has(address))
        };
        self.owners.get(&(vpc, address)).copied().or_else(by_prefix)
    }

    /// The interface that a public address is of, with its private address.
    pub(crate) fn owner_of_public(&self, vpc: usize, address: IpAddr) -> Option<(usize, IpAddr)> {
        self.interfaces.iter().enumerate().find_map(|(at, interface)| {
            let in_vpc = self.subnets.get(interface.subnet).is_some_and(|subnet| subnet.vpc == vpc);
            let (private, _) = interface.public.iter().find(|(_, public)| in_vpc && *public == address)?;
            Some((at, *private))
        })
    }

    /// The table that a subnet uses. `[VPC-3.1]`
    pub(crate) fn table_of(&self, subnet: &Subnet) -> Option<&RouteTable> {
        let main = || self.vpcs.get(subnet.vpc)?.main_table;
        self.tables.get(subnet.table.or_else(main)?)
    }

    /// The part of a route's destination that an address is in.
    fn matches(&self, route: &Route, address: IpAddr) -> Option<Cidr> {
        match &route.destination {
            Destination::Block(block) => block.contains(address).then_some(*block),
            Destination::PrefixList(list) => {
                let entries = self.prefix_lists.get(*list)?.blocks.iter();
                entries.filter(|entry| entry.contains(address)).max_by_key(|entry| entry.length()).copied()
            }
        }
    }

    /// The route that carries an address: the longest match; of equal ones
    /// static before prefix list before propagated. Propagated routes do not
    /// count where a local one matches. Blocks of the two versions have no
    /// address in common. `[VPC-3.15]` `[VPC-3.14]` `[VPC-3.20]` `[VPC-3.9]`
    pub(crate) fn choose<'n>(&'n self, table: &'n RouteTable, address: IpAddr) -> Option<Chosen<'n>> {
        let matching = || {
            let with_block = |route: &'n Route| Some(Chosen { route, block: self.matches(route, address)? });
            table.routes.iter().filter_map(with_block)
        };
        let is_local = matching().any(|chosen| chosen.route.target == Target::Local);
        let rank = |chosen: &Chosen<'_>| {
            let kind = match (&chosen.route.destination, chosen.route.is_propagated) {
                (Destination::Block(_), false) => 2,
                (Destination::PrefixList(_), false) => 1,
                (_, true) => 0,
            };
            (chosen.block.length(), kind)
        };
        matching().filter(|chosen| !(is_local && chosen.route.is_propagated)).max_by_key(rank)
    }

    /// Whether an address is the VPC's own. `[VPC-1.7]`
    pub(crate) fn is_in_vpc(&self, vpc: usize, address: IpAddr) -> bool {
        self.vpcs.get(vpc).is_some_and(|vpc| vpc.blocks.iter().any(|block| block.contains(address)))
    }
}
