//! Network ACLs and security groups: which rule decides.

use crate::model::{Acl, AclEntry, Group, GroupRule, Peer, Traffic};
use crate::{Flow, Network};
use core::net::IpAddr;

/// Whether traffic goes out of a subnet or an interface, or into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Into it.
    Ingress,
    /// Out of it.
    Egress,
}

impl Traffic {
    /// `[VPC-5.5]` `[VPC-5.7]` `[VPC-6.5]`
    pub(crate) fn matches(&self, flow: &Flow) -> bool {
        match self {
            Self::All => true,
            Self::Protocol(protocol) => *protocol == flow.protocol,
            Self::Ports(protocol, ports) => {
                *protocol == flow.protocol && ports.contains(&flow.destination_port)
            }
            Self::Icmp(protocol, kind, code) => {
                let (sent_kind, sent_code) = flow.icmp();
                *protocol == flow.protocol
                    && kind.is_none_or(|kind| kind == sent_kind)
                    && code.is_none_or(|code| code == sent_code)
            }
        }
    }
}

impl Acl {
    /// The first entry that matches, in the order of their numbers; `None`
    /// is the last one, which denies. `[VPC-6.2]`
    pub(crate) fn decide(&self, direction: Direction, flow: &Flow) -> Option<&AclEntry> {
        let (entries, address) = match direction {
            Direction::Ingress => (&self.ingress, flow.source),
            Direction::Egress => (&self.egress, flow.destination),
        };
        let matches = |entry: &&AclEntry| entry.block.contains(address) && entry.traffic.matches(flow);
        entries.iter().find(matches)
    }
}

/// What a security group's rule may look at besides the flow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity {
    /// The interface that sent it, if nothing on the way has hidden it.
    pub(crate) origin: Option<usize>,
    /// The VPC it is in.
    pub(crate) vpc: usize,
}

impl Network {
    /// The rule of any of the groups that lets a flow pass; groups only
    /// allow. `[VPC-5.3]`
    pub(crate) fn group_rule<'n>(
        &'n self,
        groups: &[usize],
        direction: Direction,
        flow: &Flow,
        identity: Identity,
    ) -> Option<(&'n Group, usize, &'n GroupRule)> {
        groups.iter().filter_map(|group| self.groups.get(*group)).find_map(|group| {
            let rules = if direction == Direction::Ingress { &group.ingress } else { &group.egress };
            let matches = |rule: &GroupRule| {
                rule.traffic.matches(flow) && self.is_peer(&rule.peer, direction, flow, identity)
            };
            let (at, rule) = rules.iter().enumerate().find(|(_, rule)| matches(rule))?;
            Some((group, at, rule))
        })
    }

    fn is_peer(&self, peer: &Peer, direction: Direction, flow: &Flow, identity: Identity) -> bool {
        let address = if direction == Direction::Ingress { flow.source } else { flow.destination };
        match peer {
            Peer::Block(block) => block.contains(address),
            Peer::PrefixList(list) => self
                .prefix_lists
                .get(*list)
                .is_some_and(|list| list.blocks.iter().any(|block| block.contains(address))),
            Peer::Group(id) => self.is_member(id, direction, address, identity),
        }
    }

    /// A reference means the private addresses of the interfaces that carry
    /// the group; and on the way in, that the sender is one of them and
    /// nothing in between has hidden it. `[VPC-5.12]` `[VPC-10.0]`
    fn is_member(&self, group: &str, direction: Direction, address: IpAddr, identity: Identity) -> bool {
        let at = match direction {
            Direction::Ingress => identity.origin,
            Direction::Egress => self.owner(identity.vpc, address),
        };
        let Some(interface) = at.and_then(|at| self.interfaces.get(at)) else { return false };
        let carries = |at: &usize| self.groups.get(*at).is_some_and(|own| &*own.id == group);
        interface.has(address) && interface.groups.iter().any(carries)
    }
}
