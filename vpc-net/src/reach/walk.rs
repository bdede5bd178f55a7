//! One packet, hop by hop. `[VPC-10.1]`

use super::{Block, End, Mend, Step, Walk};
use crate::filter::{Direction, Identity};
use crate::model::{Destination, Target};
use crate::{Cidr, Flow, Network};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};

/// What a NAT gateway remembers of a connection.
#[derive(Debug, Clone, Copy)]
struct Translation {
    nat: usize,
    inside: IpAddr,
    inside_port: u16,
    outside_port: u16,
}

/// Follows a packet and writes down what happens to it.
pub(super) struct Walker<'n> {
    network: &'n Network,
    flow: Flow,
    is_reply: bool,
    /// The interface that sent it, until something hides it.
    origin: Option<usize>,
    translations: Vec<Translation>,
    steps: Vec<Step>,
    blocks: Vec<Block>,
    end: End,
    /// The VPC whose gateway it left by.
    left: Option<usize>,
    /// Route tables asked so far.
    hops: usize,
}

/// No path that makes sense is longer; one that is goes in circles.
const HOPS_MAX: usize = 32;

impl<'n> Walker<'n> {
    pub(super) fn new(network: &'n Network, flow: Flow) -> Self {
        Self {
            network,
            flow,
            is_reply: false,
            origin: None,
            translations: Vec::new(),
            steps: Vec::new(),
            blocks: Vec::new(),
            end: End::Dropped,
            left: None,
            hops: 0,
        }
    }

    pub(super) fn finish(self) -> Walk {
        Walk { steps: self.steps, blocks: self.blocks, end: self.end }
    }

    fn step(&mut self, at: &str, what: String) {
        self.steps.push(Step { at: at.into(), what, flow: self.flow });
    }

    fn block(
        &mut self,
        code: &'static str,
        at: &str,
        direction: Option<Direction>,
        why: String,
        mend: Option<Mend>,
    ) {
        self.blocks.push(Block { code, at: at.into(), direction, why, mend });
    }

    fn vpc_of(&self, subnet: usize) -> usize {
        self.network.subnets.get(subnet).map_or(usize::MAX, |subnet| subnet.vpc)
    }

    /// Whether nothing but the addressed service looks at it. `[VPC-6.9]`
    /// `[VPC-9.1]`
    fn is_local_service(&self, subnet: usize) -> bool {
        let link = [(169, 253), (169, 254), (169, 123), (169, 250), (169, 251), (170, 2)];
        let fixed = link.into_iter().map(|(c, d)| IpAddr::V4(Ipv4Addr::new(169, 254, c, d)));
        let subnet = self.network.subnets.get(subnet);
        let vpc = subnet.and_then(|subnet| self.network.vpcs.get(subnet.vpc));
        let resolver = vpc.and_then(|vpc| vpc.blocks.first()?.nth(2));
        let router = subnet.and_then(|subnet| subnet.blocks.first()?.nth(1));
        fixed.chain(resolver).chain(router).any(|address| address == self.flow.destination)
    }

    /// Out of an interface.
    pub(super) fn leave_interface(&mut self, at: usize) {
        let Some(interface) = self.network.interfaces.get(at) else { return };
        if self.origin.is_none() && self.hops == 0 {
            self.origin = Some(at);
        }
        if interface.source_dest_check && !interface.has(self.flow.source) && interface.nat.is_none() {
            let why = format!("it checks that it is the source, which is {}", self.flow.source);
            self.block(
                "ENI_SOURCE_DEST_CHECK_RESTRICTION",
                &interface.id,
                Some(Direction::Egress),
                why,
                None,
            );
        }
        if self.is_local_service(interface.subnet) {
            self.end = End::LocalService;
            return self.step(&interface.id, format!("asks the local service {}", self.flow.destination));
        }
        self.groups(at, Direction::Egress);
        self.out_of_subnet(interface.subnet);
    }

    /// Security groups of an interface. Answers pass by state. `[VPC-5.15]`
    fn groups(&mut self, at: usize, direction: Direction) {
        let network = self.network;
        let Some(interface) = network.interfaces.get(at) else { return };
        if interface.groups.is_empty() {
            return;
        }
        let word = if direction == Direction::Ingress { "in" } else { "out" };
        if self.is_reply {
            return self.step(&interface.id, format!("security groups let the answer {word} by state"));
        }
        let vpc = self.vpc_of(interface.subnet);
        let identity = Identity { origin: self.origin, vpc };
        if let Some((group, rule, _)) = network.group_rule(&interface.groups, direction, &self.flow, identity)
        {
            let what = format!("{} ({}) rule {} lets it {word}", group.id, group.name, rule + 1);
            return self.step(&interface.id, what);
        }
        let named: Vec<&str> = interface
            .groups
            .iter()
            .filter_map(|group| network.groups.get(*group))
            .map(|group| &*group.id)
            .collect();
        let why = format!("no {direction:?} rule of {} matches {}", named.join(", "), self.flow);
        let why = why.replace("Ingress", "inbound").replace("Egress", "outbound");
        let mend = named.first().map(|group| Mend::group(group, direction, &self.flow));
        self.block("ENI_SG_RULES_MISMATCH", &interface.id, Some(direction), why, mend);
    }

    /// The network ACL of a subnet. `[VPC-6.2]` `[VPC-6.7]`
    fn acl(&mut self, subnet: usize, direction: Direction) {
        let network = self.network;
        let Some(acl) = network.subnets.get(subnet).and_then(|subnet| network.acls.get(subnet.acl?)) else {
            return;
        };
        let (way, word) = match direction {
            Direction::Ingress => ("inbound", "in"),
            Direction::Egress => ("outbound", "out"),
        };
        let denied_by = match acl.decide(direction, &self.flow) {
            Some(entry) if entry.allows => {
                return self.step(&acl.id, format!("{way} entry {} lets it {word}", entry.number));
            }
            entry => entry.map(|entry| entry.number),
        };
        let entry =
            denied_by.filter(|number| *number < 32_767).map_or("*".into(), |number| format!("{number}"));
        let why = format!("{way} entry {entry} denies {}", self.flow);
        let mend = Mend::acl(acl, denied_by, direction, &self.flow, self.is_reply);
        self.block("SUBNET_ACL_RESTRICTION", &acl.id, Some(direction), why, mend);
    }

    /// Out of a subnet, or to a neighbour in it. `[VPC-10.2]`
    fn out_of_subnet(&mut self, at: usize) {
        let Some(subnet) = self.network.subnets.get(at) else { return };
        if subnet.blocks.iter().any(|block| block.contains(self.flow.destination)) {
            return self.arrive_in(subnet.vpc, false);
        }
        self.acl(at, Direction::Egress);
        self.route(at);
    }

    fn route(&mut self, at: usize) {
        let network = self.network;
        self.hops += 1;
        let Some(subnet) = network.subnets.get(at) else { return };
        if self.hops > HOPS_MAX {
            let why = format!("{} goes round in circles", self.flow);
            return self.block("ROUTING_LOOP", &subnet.id, None, why, None);
        }
        let to = self.flow.destination;
        // [VPC-3.8]
        if Cidr::new(IpAddr::V4(Ipv4Addr::new(169, 254, 168, 0)), 22).contains(to) {
            self.end = End::LocalService;
            return;
        }
        let Some(table) = network.table_of(subnet) else {
            let why = format!("{} has no route table", subnet.id);
            return self.block("NO_ROUTE_TO_DESTINATION", &subnet.id, None, why, None);
        };
        let Some(chosen) = network.choose(table, to) else {
            let why = format!("none of its {} routes matches {to}", table.routes.len());
            return self.block("NO_ROUTE_TO_DESTINATION", &table.id, None, why, None);
        };
        let named = match &chosen.route.destination {
            Destination::Block(block) => format!("{block}"),
            Destination::PrefixList(list) => network
                .prefix_lists
                .get(*list)
                .map_or_else(String::new, |list| format!("{} ({})", list.id, list.name)),
        };
        let target = self.name(&chosen.route.target);
        if chosen.route.is_blackhole {
            let why = format!("route {named} leads to {target}, which is gone");
            return self.block("BAD_STATE_ROUTE", &table.id, None, why, None);
        }
        self.step(&table.id, format!("route {named} leads to {target}"));
        match &chosen.route.target {
            Target::Local => self.arrive_in(subnet.vpc, true),
            Target::InternetGateway(id) => self.out_of_gateway(subnet.vpc, id),
            Target::NatGateway(nat) => self.through_nat(*nat, at),
            Target::GatewayEndpoint(endpoint) => self.enter_service(*endpoint),
            Target::Interface(interface) => self.through_interface(*interface),
            Target::Peering(peering) => self.through_peering(*peering, subnet.vpc),
            Target::Other(id) => {
                let why = format!("paths through {id} are not followed");
                self.block("UNKNOWN_RESOURCE", id, None, why, None);
            }
        }
    }

    fn name(&self, target: &Target) -> String {
        let network = self.network;
        let id = match target {
            Target::Local => Some("local"),
            Target::InternetGateway(id) | Target::Other(id) => Some(&**id),
            Target::NatGateway(at) => network.nats.get(*at).map(|nat| &*nat.id),
            Target::GatewayEndpoint(at) => network.endpoints.get(*at).map(|endpoint| &*endpoint.id),
            Target::Interface(at) => network.interfaces.get(*at).map(|interface| &*interface.id),
            Target::Peering(at) => network.peerings.get(*at).map(|peering| &*peering.id),
        };
        id.unwrap_or_default().into()
    }

    /// To whoever owns the destination. `[VPC-10.3]`
    fn arrive_in(&mut self, vpc: usize, crosses_subnets: bool) {
        let to = self.flow.destination;
        let Some(at) = self.network.owner(vpc, to) else {
            let id = self.network.vpcs.get(vpc).map(|vpc| vpc.id.clone()).unwrap_or_default();
            let why = format!("no network interface has {to}");
            return self.block("UNASSIGNED_ADDRESS", &id, None, why, None);
        };
        let Some(interface) = self.network.interfaces.get(at) else { return };
        if crosses_subnets {
            self.acl(interface.subnet, Direction::Ingress);
        }
        self.arrive_at(at);
    }

    /// At the interface that has the destination.
    fn arrive_at(&mut self, at: usize) {
        let network = self.network;
        let Some(interface) = network.interfaces.get(at) else { return };
        if let Some(nat) = interface.nat {
            return self.back_through_nat(nat);
        }
        self.groups(at, Direction::Ingress);
        if !interface.has(self.flow.destination) {
            let why = format!("it is not {}", self.flow.destination);
            self.block("ENI_ADDRESS_RESTRICTION", &interface.id, Some(Direction::Ingress), why, None);
        }
        self.end = End::Interface { id: String::from(&*interface.id) };
        self.step(&interface.id, format!("receives {}", self.flow));
    }

    /// Out of a VPC's internet gateway. `[VPC-4.2]` `[VPC-4.4]` `[VPC-10.6]`
    fn out_of_gateway(&mut self, vpc: usize, id: &str) {
        let to = self.flow.destination;
        if let Some(code) = not_public(to, true) {
            let why = format!("{to} is no address of the internet");
            return self.block(code, id, Some(Direction::Egress), why, None);
        }
        if to.is_ipv4() {
            let Some(public) = self.public_of(vpc, self.flow.source) else {
                let why = format!("{} has no public address", self.flow.source);
                return self.block(
                    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
                    id,
                    Some(Direction::Egress),
                    why,
                    None,
                );
            };
            self.flow.source = public;
        }
        self.origin = None;
        self.step(id, format!("sends it out as {}", self.flow));
        self.left = Some(vpc);
        // [VPC-4.5]
        if self.owns_public(vpc, to) {
            return self.enter_gateway(vpc);
        }
        self.end = End::Internet;
    }

    fn public_of(&self, vpc: usize, private: IpAddr) -> Option<IpAddr> {
        let nat = self
            .network
            .nats
            .iter()
            .find(|nat| nat.address == Some(private) && self.vpc_of(nat.subnet) == vpc);
        if let Some(nat) = nat {
            return nat.public.filter(|_| !nat.is_private);
        }
        let owner = self.network.interfaces.get(self.network.owner(vpc, private)?)?;
        owner.public.iter().find(|(inside, _)| *inside == private).map(|(_, public)| *public)
    }

    fn owns_public(&self, vpc: usize, public: IpAddr) -> bool {
        let of_nat =
            |nat: &crate::model::NatGateway| nat.public == Some(public) && self.vpc_of(nat.subnet) == vpc;
        self.network.owner_of_public(vpc, public).is_some() || self.network.nats.iter().any(of_nat)
    }

    /// From outside: the VPC is the one that has the address.
    pub(super) fn enter_from_outside(&mut self) {
        self.hops = 1;
        let to = self.flow.destination;
        let vpcs = 0..self.network.vpcs.len();
        let public = vpcs.clone().find(|vpc| self.owns_public(*vpc, to));
        let v6 = || vpcs.clone().find(|vpc| to.is_ipv6() && self.network.is_in_vpc(*vpc, to));
        match public.or_else(v6) {
            Some(vpc) => self.enter_gateway(vpc),
            None => {
                let why = format!("no network interface has the public address {to}");
                self.block(
                    "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
                    "internet",
                    Some(Direction::Ingress),
                    why,
                    None,
                );
            }
        }
    }

    /// Into a VPC's internet gateway. `[VPC-4.3]` `[VPC-4.4]`
    fn enter_gateway(&mut self, vpc: usize) {
        let network = self.network;
        let to = self.flow.destination;
        let Some(id) = network.vpcs.get(vpc).and_then(|vpc| vpc.internet_gateway.clone()) else {
            let id = network.vpcs.get(vpc).map(|vpc| vpc.id.clone()).unwrap_or_default();
            return self.block(
                "NO_ROUTE_TO_DESTINATION",
                &id,
                None,
                "it has no internet gateway".into(),
                None,
            );
        };
        if let Some(code) = not_public(self.flow.source, false) {
            let why = format!("{} is no address of the internet", self.flow.source);
            return self.block(code, &id, Some(Direction::Ingress), why, None);
        }
        let nat =
            network.nats.iter().position(|nat| nat.public == Some(to) && self.vpc_of(nat.subnet) == vpc);
        if let Some(nat) = nat {
            let Some(gateway) = network.nats.get(nat) else { return };
            if let Some(address) = gateway.address {
                self.flow.destination = address;
            }
            self.step(&id, format!("brings it in as {}", self.flow));
            self.acl(gateway.subnet, Direction::Ingress);
            return self.back_through_nat(nat);
        }
        let owner = if to.is_ipv4() {
            network.owner_of_public(vpc, to)
        } else {
            network.owner(vpc, to).map(|at| (at, to))
        };
        let attached = |at: usize| network.interfaces.get(at).is_some_and(|interface| interface.is_attached);
        let Some((at, private)) = owner.filter(|(at, _)| attached(*at)) else {
            let why = format!("no attached network interface has the public address {to}");
            return self.block(
                "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
                &id,
                Some(Direction::Ingress),
                why,
                None,
            );
        };
        self.flow.destination = private;
        self.step(&id, format!("brings it in as {}", self.flow));
        if let Some(interface) = network.interfaces.get(at) {
            self.acl(interface.subnet, Direction::Ingress);
        }
        self.arrive_at(at);
    }

    /// Through a NAT gateway. `[VPC-4.9]` `[VPC-10.7]`
    fn through_nat(&mut self, at: usize, from: usize) {
        let network = self.network;
        let Some(nat) = network.nats.get(at) else { return };
        if self.translations.iter().any(|translation| translation.nat == at) && !self.is_reply {
            let why = "its own subnet's route leads back to it".into();
            return self.block("ROUTING_LOOP", &nat.id, None, why, None);
        }
        if nat.subnet != from {
            self.acl(nat.subnet, Direction::Ingress);
        }
        if !matches!(self.flow.protocol, 1 | 6 | 17) {
            let why = format!("it translates TCP, UDP and ICMP, not protocol {}", self.flow.protocol);
            return self.block("NGW_PROTOCOL_RESTRICTION", &nat.id, None, why, None);
        }
        let Some(address) = nat.address else {
            return self.block("BAD_STATE", &nat.id, None, "it has no address".into(), None);
        };
        // The port is any from 1024; ours is the sender's own if it can be.
        let outside_port = self.flow.source_port.max(1_024);
        let Flow { source: inside, source_port: inside_port, .. } = self.flow;
        self.translations.push(Translation { nat: at, inside, inside_port, outside_port });
        self.flow.source = address;
        if matches!(self.flow.protocol, 6 | 17) {
            self.flow.source_port = outside_port;
        }
        self.origin = None;
        self.step(&nat.id, format!("translates it to {}", self.flow));
        self.out_of_subnet(nat.subnet);
    }

    /// Back to whom a NAT gateway translated; nobody else comes in.
    /// `[VPC-4.15]`
    fn back_through_nat(&mut self, at: usize) {
        let Some(nat) = self.network.nats.get(at) else { return };
        let known = self.translations.iter().rposition(|translation| {
            let port = self.flow.protocol == 1 || translation.outside_port == self.flow.destination_port;
            self.is_reply && translation.nat == at && port
        });
        let Some(translation) = known.map(|known| self.translations.remove(known)) else {
            let why = "it lets nothing in that it did not let out".into();
            return self.block("UNSOLICITED_TRAFFIC", &nat.id, Some(Direction::Ingress), why, None);
        };
        self.flow.destination = translation.inside;
        if matches!(self.flow.protocol, 6 | 17) {
            self.flow.destination_port = translation.inside_port;
        }
        self.step(&nat.id, format!("translates it back to {}", self.flow));
        self.out_of_subnet(nat.subnet);
    }

    /// Into a service by its gateway endpoint. `[VPC-4.19]` `[VPC-10.8]`
    fn enter_service(&mut self, at: usize) {
        let Some(endpoint) = self.network.endpoints.get(at) else { return };
        let is_echo = self.flow.protocol == 1 && self.flow.icmp().0 == 8;
        if self.flow.protocol != 6 && !is_echo {
            let why = "it passes TCP and ICMP echo only".into();
            return self.block("VPCE_GATEWAY_PROTOCOL_RESTRICTION", &endpoint.id, None, why, None);
        }
        let (endpoint, service) = (String::from(&*endpoint.id), endpoint.service.clone());
        self.step(&endpoint, format!("hands it to {service}"));
        self.end = End::Service { endpoint, service };
    }

    /// Through an interface that is a route's target. `[VPC-3.24]`
    fn through_interface(&mut self, at: usize) {
        let Some(interface) = self.network.interfaces.get(at) else { return };
        let to = self.flow.destination;
        self.acl(interface.subnet, Direction::Ingress);
        if interface.has(to) {
            return self.arrive_at(at);
        }
        self.groups(at, Direction::Ingress);
        if interface.source_dest_check {
            let why = format!("it checks that it is the destination, which is {to}");
            self.block(
                "ENI_SOURCE_DEST_CHECK_RESTRICTION",
                &interface.id,
                Some(Direction::Ingress),
                why,
                None,
            );
        }
        self.origin = None;
        self.step(&interface.id, format!("passes {} on", self.flow));
        self.groups(at, Direction::Egress);
        self.out_of_subnet(interface.subnet);
    }

    /// `[VPC-4.27]` `[VPC-10.4]`
    fn through_peering(&mut self, at: usize, from: usize) {
        let network = self.network;
        let Some(peering) = network.peerings.get(at) else { return };
        let own = network.vpcs.get(from).map(|vpc| vpc.id.clone()).unwrap_or_default();
        let other = peering.ends.iter().find(|end| **end != own);
        let vpc = other.and_then(|other| network.vpcs.iter().position(|vpc| vpc.id == *other));
        let Some(vpc) = vpc else {
            let why = "the VPC at its other end is not among the documents".into();
            return self.block("UNKNOWN_DESTINATION", &peering.id, None, why, None);
        };
        if !network.is_in_vpc(vpc, self.flow.destination) {
            let why = format!("{} is not in the VPC at its other end", self.flow.destination);
            return self.block("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", &peering.id, None, why, None);
        }
        if !peering.same_region {
            self.origin = None;
        }
        self.step(&peering.id, "takes it to the VPC at its other end".into());
        self.arrive_in(vpc, true);
    }

    /// The way back, if there is anything to answer.
    pub(super) fn answer(&self, sender: Option<usize>) -> Option<Walk> {
        let mut back = Self { is_reply: true, ..Self::new(self.network, self.flow.reply()) };
        back.translations.clone_from(&self.translations);
        match &self.end {
            End::Dropped | End::LocalService => return None,
            End::Interface { id } => back.leave_interface(self.network.interface(id)?),
            End::Internet => {
                back.hops = 1;
                back.enter_gateway(self.left?);
            }
            End::Service { .. } => {
                let interface = self.network.interfaces.get(sender?)?;
                back.arrive_in(self.vpc_of(interface.subnet), true);
            }
        }
        // An answer that arrives at somebody else is lost.
        let home = match sender.and_then(|at| self.network.interfaces.get(at)) {
            Some(interface) => End::Interface { id: String::from(&*interface.id) },
            None => End::Internet,
        };
        if back.blocks.is_empty() && back.end != home {
            let why = format!("the answer {} does not come back to the sender", back.flow);
            back.block("ASYMMETRIC_PATH", "reply", None, why, None);
        }
        Some(back.finish())
    }
}

/// The code for an address that an internet gateway drops. `[VPC-4.4]`
fn not_public(address: IpAddr, egress: bool) -> Option<&'static str> {
    let IpAddr::V4(address) = address else { return None };
    let shared = Cidr::new(IpAddr::V4(Ipv4Addr::new(100, 64, 0, 0)), 10).contains(IpAddr::V4(address));
    match (address.is_private(), shared, egress) {
        (true, _, true) => Some("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
        (true, _, false) => Some("IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"),
        (_, true, true) => Some("IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"),
        (_, true, false) => Some("IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"),
        _ => None,
    }
}
