//! The smallest change that lets a packet pass.

use crate::filter::Direction;
use crate::flow::Protocol;
use crate::model::{AclEntry, GroupRule, Peer, Traffic};
use crate::{Cidr, Flow, Network};
use alloc::string::String;
use core::fmt;
use serde::Serialize;

/// A change of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum Mend {
    /// An entry of a network ACL, before the one that denies.
    AclEntry {
        /// The network ACL.
        acl: String,
        /// Its number: free, and below what denies.
        number: u32,
        /// Into the subnet or out of it.
        direction: Direction,
        /// The protocol.
        protocol: u8,
        /// The lowest port.
        from_port: u16,
        /// The highest port.
        to_port: u16,
        /// The other side.
        block: Cidr,
    },
    /// A rule of a security group.
    GroupRule {
        /// The group.
        group: String,
        /// Into the interface or out of it.
        direction: Direction,
        /// The protocol.
        protocol: u8,
        /// The port.
        port: u16,
        /// The other side.
        block: Cidr,
    },
}

/// The first of the ports that systems take for the near end of their
/// connections, whatever the system. `[VPC-6.6]`
const EPHEMERAL: u16 = 1_024;

impl Mend {
    /// An entry that lets a flow pass. For answers all ephemeral ports,
    /// because the next connection has another one.
    pub(super) fn acl(
        acl: &crate::model::Acl,
        denied_by: Option<u32>,
        direction: Direction,
        flow: &Flow,
        is_reply: bool,
    ) -> Option<Self> {
        let (entries, other) = match direction {
            Direction::Ingress => (&acl.ingress, flow.source),
            Direction::Egress => (&acl.egress, flow.destination),
        };
        let below = denied_by.filter(|number| *number < 32_767).unwrap_or(32_767);
        let taken = |number: &u32| entries.iter().any(|entry| entry.number == *number);
        // As a person would: the next hundred if there is room, else just
        // before what denies.
        let hundreds = (1..327).map(|hundred| hundred * 100).find(|number| *number < below && !taken(number));
        let number = hundreds.or_else(|| (1..below).rev().find(|number| !taken(number)))?;
        let port = flow.destination_port;
        let wide = is_reply && matches!(flow.protocol, 6 | 17) && port >= EPHEMERAL;
        let (from_port, to_port) = if wide { (EPHEMERAL, u16::MAX) } else { (port, port) };
        let (acl, protocol, block) = (String::from(&*acl.id), flow.protocol, Cidr::of(other));
        Some(Self::AclEntry { acl, number, direction, protocol, from_port, to_port, block })
    }

    pub(super) fn group(group: &str, direction: Direction, flow: &Flow) -> Self {
        let other = if direction == Direction::Ingress { flow.source } else { flow.destination };
        Self::GroupRule {
            group: group.into(),
            direction,
            protocol: flow.protocol,
            port: flow.destination_port,
            block: Cidr::of(other),
        }
    }
}

/// What a rule for this protocol and these ports matches.
fn traffic(protocol: u8, from_port: u16, to_port: u16) -> Traffic {
    match protocol {
        6 | 17 => Traffic::Ports(protocol, from_port..=to_port),
        1 | 58 => {
            let [kind, code] = from_port.to_be_bytes();
            Traffic::Icmp(protocol, Some(kind), Some(code))
        }
        other => Traffic::Protocol(other),
    }
}

impl Network {
    /// The network after a change. An id that is not there changes nothing.
    #[must_use]
    pub fn with(mut self, mend: &Mend) -> Self {
        match mend {
            Mend::AclEntry { acl, number, direction, protocol, from_port, to_port, block } => {
                let entry = AclEntry {
                    number: *number,
                    allows: true,
                    block: *block,
                    traffic: traffic(*protocol, *from_port, *to_port),
                };
                if let Some(acl) = self.acls.iter_mut().find(|one| &*one.id == acl.as_str()) {
                    let entries =
                        if *direction == Direction::Ingress { &mut acl.ingress } else { &mut acl.egress };
                    entries.push(entry);
                    entries.sort_by_key(|entry| entry.number);
                }
            }
            Mend::GroupRule { group, direction, protocol, port, block } => {
                let rule = GroupRule { traffic: traffic(*protocol, *port, *port), peer: Peer::Block(*block) };
                if let Some(group) = self.groups.iter_mut().find(|one| &*one.id == group.as_str()) {
                    let rules =
                        if *direction == Direction::Ingress { &mut group.ingress } else { &mut group.egress };
                    rules.push(rule);
                }
            }
        }
        self
    }
}

impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |direction: &Direction| {
            if *direction == Direction::Ingress { ("inbound", "from") } else { ("outbound", "to") }
        };
        let ports = |protocol: u8, from: u16, to: u16| match protocol {
            6 | 17 if from == to => alloc::format!(" port {from}"),
            6 | 17 => alloc::format!(" ports {from}-{to}"),
            _ => String::new(),
        };
        match self {
            Self::AclEntry { acl, number, direction, protocol, from_port, to_port, block } => {
                let (way, word) = side(direction);
                let ports = ports(*protocol, *from_port, *to_port);
                write!(
                    f,
                    "add {way} entry {number} to {acl}: allow {}{ports} {word} {block}",
                    Protocol(*protocol)
                )
            }
            Self::GroupRule { group, direction, protocol, port, block } => {
                let (way, word) = side(direction);
                let ports = ports(*protocol, *port, *port);
                write!(f, "add an {way} rule to {group}: {}{ports} {word} {block}", Protocol(*protocol))
            }
        }
    }
}
