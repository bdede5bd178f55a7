//! From `describe-*` documents to a network.

use crate::describe::{self, Document, IpPermission};
use crate::model::{
    Acl, AclEntry, Destination, GatewayEndpoint, Group, GroupRule, Id, Interface, NatGateway, Peer, Peering,
    PrefixList, Route, RouteTable, Subnet, Target, Traffic, Vpc,
};
use crate::{Cidr, Network};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::net::IpAddr;
use serde_json::Value;

/// What is wrong with the documents: all of it, not only the first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} faults in the network's description: {}", .faults.len(), .faults.join("; "))]
pub struct BuildError {
    /// One line a fault: which object, what it says and what would be right.
    pub faults: Vec<String>,
}

/// Collects documents and makes a [`Network`] of them.
///
/// The order of documents and of objects in them does not matter.
///
/// ```
/// use vpc_net::NetworkBuilder;
///
/// let error = NetworkBuilder::default()
///     .json(r#"{"Subnets": [{"SubnetId": "subnet-a", "VpcId": "vpc-x", "CidrBlock": "10.0.0.0/33"}]}"#)?
///     .build()
///     .unwrap_err();
/// assert_eq!(error.faults.len(), 2); // an unknown VPC, and a block that is none
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct NetworkBuilder {
    document: Document,
}

impl NetworkBuilder {
    /// Adds a document as `aws ec2 describe-*` prints it, or several merged
    /// into one.
    ///
    /// # Errors
    /// Text that is no JSON of that form, with line and column.
    pub fn json(self, text: &str) -> Result<Self, serde_json::Error> {
        Ok(self.add(serde_json::from_str(text)?))
    }

    /// Adds a document that is JSON already.
    ///
    /// # Errors
    /// JSON of another form.
    pub fn value(self, value: Value) -> Result<Self, serde_json::Error> {
        Ok(self.add(serde_json::from_value(value)?))
    }

    fn add(mut self, more: Document) -> Self {
        let all = &mut self.document;
        all.vpcs.extend(more.vpcs);
        all.subnets.extend(more.subnets);
        all.route_tables.extend(more.route_tables);
        all.network_acls.extend(more.network_acls);
        all.security_groups.extend(more.security_groups);
        all.network_interfaces.extend(more.network_interfaces);
        all.internet_gateways.extend(more.internet_gateways);
        all.nat_gateways.extend(more.nat_gateways);
        all.vpc_endpoints.extend(more.vpc_endpoints);
        all.prefix_lists.extend(more.prefix_lists);
        all.vpc_peering_connections.extend(more.vpc_peering_connections);
        self
    }

    /// The network.
    ///
    /// # Errors
    /// Everything that is named and not there, and everything that does not
    /// parse.
    pub fn build(self) -> Result<Network, BuildError> {
        let mut build = Build::default();
        let network = build.network(self.document);
        if build.faults.is_empty() { Ok(network) } else { Err(BuildError { faults: build.faults }) }
    }
}

/// Places of objects by their ids.
type Index = BTreeMap<String, usize>;

fn index<'i>(ids: impl Iterator<Item = &'i String>) -> Index {
    ids.cloned().zip(0..).collect()
}

#[derive(Default)]
struct Build {
    faults: Vec<String>,
}

impl Build {
    fn fault(&mut self, of: &str, what: &str) {
        self.faults.push(format!("{of}: {what}"));
    }

    fn block(&mut self, of: &str, text: &str) -> Option<Cidr> {
        text.parse().map_err(|error: crate::CidrError| self.fault(of, &error.to_string())).ok()
    }

    fn address(&mut self, of: &str, text: &str) -> Option<IpAddr> {
        let fault = format!("{text:?} is no address; expected one such as 10.0.0.4");
        text.parse().map_err(|_| self.fault(of, &fault)).ok()
    }

    fn find(&mut self, of: &str, index: &Index, id: &str) -> Option<usize> {
        let found = index.get(id).copied();
        if found.is_none() {
            self.fault(of, &format!("{id} is not among the documents"));
        }
        found
    }

    fn network(&mut self, document: Document) -> Network {
        let vpcs = index(document.vpcs.iter().map(|vpc| &vpc.vpc_id));
        let subnets = index(document.subnets.iter().map(|subnet| &subnet.subnet_id));
        let lists = index(document.prefix_lists.iter().map(|list| &list.prefix_list_id));
        let groups = index(document.security_groups.iter().map(|group| &group.group_id));
        let nats = index(document.nat_gateways.iter().map(|nat| &nat.nat_gateway_id));
        let interfaces =
            index(document.network_interfaces.iter().map(|interface| &interface.network_interface_id));
        let endpoints = index(document.vpc_endpoints.iter().map(|endpoint| &endpoint.vpc_endpoint_id));
        let peerings =
            index(document.vpc_peering_connections.iter().map(|peering| &peering.vpc_peering_connection_id));

        let mut network = Network {
            vpcs: document.vpcs.iter().map(|vpc| self.vpc(vpc)).collect(),
            prefix_lists: document.prefix_lists.iter().map(|list| self.prefix_list(list)).collect(),
            endpoints: document.vpc_endpoints.iter().map(endpoint).collect(),
            peerings: document.vpc_peering_connections.iter().map(peering).collect(),
            ..Network::default()
        };
        for subnet in &document.subnets {
            let vpc = self.find(&subnet.subnet_id, &vpcs, &subnet.vpc_id).unwrap_or(usize::MAX);
            let mut blocks = Vec::new();
            if !subnet.cidr_block.is_empty() {
                blocks.extend(self.block(&subnet.subnet_id, &subnet.cidr_block));
            }
            for association in &subnet.ipv6_cidr_block_association_set {
                blocks.extend(self.block(&subnet.subnet_id, &association.ipv6_cidr_block));
            }
            let id: Id = subnet.subnet_id.as_str().into();
            network.subnets.push(Subnet { id, vpc, blocks, table: None, acl: None });
        }
        for gateway in &document.internet_gateways {
            for attachment in &gateway.attachments {
                let vpc = self.find(&gateway.internet_gateway_id, &vpcs, &attachment.vpc_id);
                if let Some(vpc) = vpc.and_then(|vpc| network.vpcs.get_mut(vpc)) {
                    vpc.internet_gateway = Some(gateway.internet_gateway_id.as_str().into());
                }
            }
        }
        for nat in &document.nat_gateways {
            let made = self.nat(nat, &subnets);
            network.nats.push(made);
        }
        for group in &document.security_groups {
            let made = self.group(group, &lists);
            network.groups.push(made);
        }
        for interface in &document.network_interfaces {
            let made = self.interface(interface, &subnets, &groups);
            network.interfaces.push(made);
        }
        for interface in &mut network.interfaces {
            let of = |nat: &NatGateway| {
                nat.address.is_some_and(|address| interface.has(address)) && nat.subnet == interface.subnet
            };
            interface.nat = network.nats.iter().position(of);
        }
        for acl in &document.network_acls {
            let made = self.acl(acl);
            for association in &acl.associations {
                if let Some(subnet) = self.find(&acl.network_acl_id, &subnets, &association.subnet_id)
                    && let Some(subnet) = network.subnets.get_mut(subnet)
                {
                    subnet.acl = Some(network.acls.len());
                }
            }
            network.acls.push(made);
        }
        let targets =
            Targets { nats: &nats, interfaces: &interfaces, endpoints: &endpoints, peerings: &peerings };
        for table in &document.route_tables {
            let vpc = self.find(&table.route_table_id, &vpcs, &table.vpc_id);
            let place = network.tables.len();
            for association in &table.associations {
                if association.main
                    && let Some(vpc) = vpc.and_then(|vpc| network.vpcs.get_mut(vpc))
                {
                    vpc.main_table = Some(place);
                }
                if let Some(subnet) = &association.subnet_id
                    && let Some(subnet) = self.find(&table.route_table_id, &subnets, subnet)
                    && let Some(subnet) = network.subnets.get_mut(subnet)
                {
                    subnet.table = Some(place);
                }
            }
            let made = self.table(table, &lists, &targets, &network);
            network.tables.push(made);
        }
        network.index();
        network
    }

    fn vpc(&mut self, vpc: &describe::Vpc) -> Vpc {
        let in_use = |state: &str| state.is_empty() || state == "associated";
        let more = vpc.cidr_block_association_set.iter();
        let more = more.filter(|one| in_use(&one.cidr_block_state.state)).map(|one| one.cidr_block.clone());
        let v6 = vpc.ipv6_cidr_block_association_set.iter();
        let v6 =
            v6.filter(|one| in_use(&one.ipv6_cidr_block_state.state)).map(|one| one.ipv6_cidr_block.clone());
        let mut blocks = Vec::new();
        for text in core::iter::once(vpc.cidr_block.clone()).chain(more).chain(v6) {
            if let Some(block) = self.block(&vpc.vpc_id, &text).filter(|block| !blocks.contains(block)) {
                blocks.push(block);
            }
        }
        Vpc { id: vpc.vpc_id.as_str().into(), blocks, main_table: None, internet_gateway: None }
    }

    fn prefix_list(&mut self, list: &describe::PrefixList) -> PrefixList {
        let texts = list.cidrs.iter().chain(list.entries.iter().map(|entry| &entry.cidr));
        let blocks = texts.filter_map(|text| self.block(&list.prefix_list_id, text)).collect();
        PrefixList { id: list.prefix_list_id.as_str().into(), name: list.prefix_list_name.clone(), blocks }
    }

    fn nat(&mut self, nat: &describe::NatGateway, subnets: &Index) -> NatGateway {
        let of = &nat.nat_gateway_id;
        let first = nat.nat_gateway_addresses.first();
        let private = first.and_then(|first| first.private_ip.clone());
        let public = first.and_then(|first| first.public_ip.clone());
        NatGateway {
            id: of.as_str().into(),
            subnet: self.find(of, subnets, &nat.subnet_id).unwrap_or(usize::MAX),
            is_available: nat.state == "available",
            is_private: nat.connectivity_type == "private",
            address: private.and_then(|text| self.address(of, &text)),
            public: public.and_then(|text| self.address(of, &text)),
        }
    }

    fn interface(
        &mut self,
        interface: &describe::NetworkInterface,
        subnets: &Index,
        groups: &Index,
    ) -> Interface {
        let of = interface.network_interface_id.as_str();
        let mut addresses = Vec::new();
        let mut public = Vec::new();
        for one in &interface.private_ip_addresses {
            let Some(address) = self.address(of, &one.private_ip_address) else { continue };
            addresses.push(address);
            if let Some(association) = &one.association
                && let Some(outside) = self.address(of, &association.public_ip)
            {
                public.push((address, outside));
            }
        }
        if let Some(text) = &interface.private_ip_address
            && let Some(address) = self.address(of, text)
            && !addresses.contains(&address)
        {
            addresses.push(address);
            if let Some(association) = &interface.association
                && let Some(outside) = self.address(of, &association.public_ip)
            {
                public.push((address, outside));
            }
        }
        for one in &interface.ipv6_addresses {
            addresses.extend(self.address(of, &one.ipv6_address));
        }
        let prefixes =
            interface.ipv4_prefixes.iter().filter_map(|one| self.block(of, &one.ipv4_prefix)).collect();
        Interface {
            id: of.into(),
            subnet: self.find(of, subnets, &interface.subnet_id).unwrap_or(usize::MAX),
            addresses,
            prefixes,
            public,
            groups: interface
                .groups
                .iter()
                .filter_map(|group| self.find(of, groups, &group.group_id))
                .collect(),
            source_dest_check: interface.source_dest_check.unwrap_or(true),
            is_attached: interface.attachment.as_ref().is_some_and(|one| one.status != "detached"),
            nat: None,
        }
    }

    fn group(&mut self, group: &describe::SecurityGroup, lists: &Index) -> Group {
        let mut rules = |permissions: &[IpPermission]| -> Vec<GroupRule> {
            permissions
                .iter()
                .flat_map(|permission| self.group_rules(&group.group_id, permission, lists))
                .collect()
        };
        let (ingress, egress) = (rules(&group.ip_permissions), rules(&group.ip_permissions_egress));
        Group { id: group.group_id.as_str().into(), name: group.group_name.clone(), ingress, egress }
    }

    fn group_rules(&mut self, of: &str, permission: &IpPermission, lists: &Index) -> Vec<GroupRule> {
        let Some(traffic) = self.group_traffic(of, permission) else { return Vec::new() };
        let mut peers = Vec::new();
        for range in &permission.ip_ranges {
            peers.extend(self.block(of, &range.cidr_ip).map(Peer::Block));
        }
        for range in &permission.ipv6_ranges {
            peers.extend(self.block(of, &range.cidr_ipv6).map(Peer::Block));
        }
        for list in &permission.prefix_list_ids {
            peers.extend(self.find(of, lists, &list.prefix_list_id).map(Peer::PrefixList));
        }
        // A group of another account is not among the documents: it matches
        // nobody here, which is what a stale rule does.
        for pair in &permission.user_id_group_pairs {
            peers.push(Peer::Group(pair.group_id.as_str().into()));
        }
        peers.into_iter().map(|peer| GroupRule { traffic: traffic.clone(), peer }).collect()
    }

    /// `[VPC-5.5]` `[VPC-5.6]` `[VPC-5.7]`
    fn group_traffic(&mut self, of: &str, permission: &IpPermission) -> Option<Traffic> {
        let port = |port: Option<i32>| port.and_then(|port| u16::try_from(port).ok());
        let part = |part: Option<i32>| part.and_then(|part| u8::try_from(part).ok());
        let protocol = match permission.ip_protocol.as_str() {
            "-1" => return Some(Traffic::All),
            "tcp" => 6,
            "udp" => 17,
            "icmp" => 1,
            "icmpv6" => 58,
            number => match number.parse() {
                Ok(number) => number,
                Err(_) => {
                    self.fault(
                        of,
                        &format!(
                            "{number:?} is no protocol; expected tcp, udp, icmp, icmpv6, a number or -1"
                        ),
                    );
                    return None;
                }
            },
        };
        Some(match protocol {
            6 | 17 => match (port(permission.from_port), port(permission.to_port)) {
                (Some(from), Some(to)) => Traffic::Ports(protocol, from..=to),
                _ => Traffic::Ports(protocol, 0..=u16::MAX),
            },
            1 | 58 => Traffic::Icmp(protocol, part(permission.from_port), part(permission.to_port)),
            other => Traffic::Protocol(other),
        })
    }

    fn acl(&mut self, acl: &describe::NetworkAcl) -> Acl {
        let mut made =
            Acl { id: acl.network_acl_id.as_str().into(), ingress: Vec::new(), egress: Vec::new() };
        for entry in &acl.entries {
            let text = entry.cidr_block.as_ref().or(entry.ipv6_cidr_block.as_ref());
            let Some(text) = text else {
                self.fault(&acl.network_acl_id, &format!("entry {} has no block", entry.rule_number));
                continue;
            };
            let Some(block) = self.block(&acl.network_acl_id, text) else { continue };
            let Some(traffic) = self.acl_traffic(&acl.network_acl_id, entry) else { continue };
            let allows = entry.rule_action == "allow";
            let entries = if entry.egress { &mut made.egress } else { &mut made.ingress };
            entries.push(AclEntry { number: entry.rule_number, allows, block, traffic });
        }
        // [VPC-17.4]
        made.ingress.sort_by_key(|entry| entry.number);
        made.egress.sort_by_key(|entry| entry.number);
        made
    }

    /// `[VPC-6.5]`
    fn acl_traffic(&mut self, of: &str, entry: &describe::AclEntry) -> Option<Traffic> {
        if entry.protocol == "-1" {
            return Some(Traffic::All);
        }
        let Ok(protocol) = entry.protocol.parse::<u8>() else {
            self.fault(of, &format!("{:?} is no protocol number; expected 0 to 255 or -1", entry.protocol));
            return None;
        };
        let part = |part: i16| u8::try_from(part).ok();
        Some(match (protocol, &entry.port_range, &entry.icmp_type_code) {
            (6 | 17, Some(range), _) => Traffic::Ports(protocol, range.from..=range.to),
            (1 | 58, _, Some(icmp)) => Traffic::Icmp(protocol, part(icmp.r#type), part(icmp.code)),
            (protocol, ..) => Traffic::Protocol(protocol),
        })
    }

    fn table(
        &mut self,
        table: &describe::RouteTable,
        lists: &Index,
        targets: &Targets<'_>,
        network: &Network,
    ) -> RouteTable {
        let of = table.route_table_id.as_str();
        let mut routes = Vec::new();
        for route in &table.routes {
            let block = route.destination_cidr_block.as_ref().or(route.destination_ipv6_cidr_block.as_ref());
            let destination = match (block, &route.destination_prefix_list_id) {
                (Some(text), _) => self.block(of, text).map(Destination::Block),
                (None, Some(list)) => self.find(of, lists, list).map(Destination::PrefixList),
                (None, None) => {
                    self.fault(of, "a route has no destination");
                    None
                }
            };
            let Some(destination) = destination else { continue };
            let (target, is_gone) = targets.of(route, network);
            // [VPC-3.19] The state may be stale or absent in old exports.
            let is_blackhole = route.state == "blackhole" || is_gone;
            let is_propagated =
                matches!(route.origin.as_str(), "EnableVgwRoutePropagation" | "Advertisement");
            routes.push(Route { destination, target, is_blackhole, is_propagated });
        }
        RouteTable { id: of.into(), routes }
    }
}

/// What routes can lead to.
struct Targets<'i> {
    nats: &'i Index,
    interfaces: &'i Index,
    endpoints: &'i Index,
    peerings: &'i Index,
}

impl Targets<'_> {
    /// The target, and whether it is gone. `[VPC-3.4]` `[VPC-3.19]`
    fn of(&self, route: &describe::Route, network: &Network) -> (Target, bool) {
        let known = |index: &Index, id: &str| index.get(id).copied();
        let other = |id: &str| Target::Other(id.into());
        if let Some(id) = &route.nat_gateway_id {
            return match known(self.nats, id) {
                Some(nat) => {
                    let gone = network.nats.get(nat).is_none_or(|nat| !nat.is_available);
                    (Target::NatGateway(nat), gone)
                }
                None => (other(id), true),
            };
        }
        if let Some(id) = &route.network_interface_id {
            return known(self.interfaces, id).map_or((other(id), true), |at| (Target::Interface(at), false));
        }
        if let Some(id) = &route.vpc_peering_connection_id {
            return match known(self.peerings, id) {
                Some(at) => {
                    let gone = network.peerings.get(at).is_none_or(|peering| !peering.is_active);
                    (Target::Peering(at), gone)
                }
                None => (other(id), false),
            };
        }
        if let Some(id) = &route.gateway_id {
            if id == "local" {
                return (Target::Local, false);
            }
            if id.starts_with("igw-") {
                let attached = |vpc: &Vpc| vpc.internet_gateway.as_deref() == Some(id);
                return (Target::InternetGateway(id.as_str().into()), !network.vpcs.iter().any(attached));
            }
            return match known(self.endpoints, id) {
                Some(at) => {
                    let gone = network.endpoints.get(at).is_none_or(|endpoint| !endpoint.is_available);
                    (Target::GatewayEndpoint(at), gone)
                }
                None => (other(id), id.starts_with("vpce-")),
            };
        }
        let rest = [
            &route.transit_gateway_id,
            &route.egress_only_internet_gateway_id,
            &route.carrier_gateway_id,
            &route.local_gateway_id,
            &route.core_network_arn,
        ];
        match rest.into_iter().flatten().next() {
            Some(id) => (other(id), false),
            // [VPC-17.5] A target that was deleted.
            None => (other("a target that is gone"), true),
        }
    }
}

fn endpoint(endpoint: &describe::VpcEndpoint) -> GatewayEndpoint {
    GatewayEndpoint {
        id: endpoint.vpc_endpoint_id.as_str().into(),
        service: endpoint.service_name.clone(),
        is_available: matches!(endpoint.state.as_str(), "available" | "Available" | ""),
    }
}

fn peering(peering: &describe::Peering) -> Peering {
    let (accepter, requester) = (&peering.accepter_vpc_info, &peering.requester_vpc_info);
    Peering {
        id: peering.vpc_peering_connection_id.as_str().into(),
        is_active: peering.status.code == "active",
        same_region: accepter.region == requester.region,
        ends: [accepter.vpc_id.as_str().into(), requester.vpc_id.as_str().into()],
    }
}
