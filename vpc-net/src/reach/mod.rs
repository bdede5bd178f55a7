//! Whether a packet arrives and its answer comes back, and why.

mod mend;
mod walk;

pub use mend::Mend;

use crate::filter::Direction;
use crate::{Flow, Network};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;
use walk::Walker;

/// Where a packet comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A network interface, by its id.
    Interface(String),
    /// Somewhere outside.
    Internet,
}

/// Where a packet's walk ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum End {
    /// At a network interface.
    Interface {
        /// Its id.
        id: String,
    },
    /// Outside, through the VPC's internet gateway.
    Internet,
    /// At an AWS service, through a gateway endpoint.
    Service {
        /// The endpoint's id.
        endpoint: String,
        /// The service's name.
        service: String,
    },
    /// At a service that answers on the link or at the VPC's resolver, which
    /// nothing filters. `[VPC-6.9]`
    LocalService,
    /// Nowhere.
    Dropped,
}

/// Something that let the packet pass or changed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The component's id.
    pub at: String,
    /// What it did.
    pub what: String,
    /// The packet as it left.
    pub flow: Flow,
}

/// Something that stops the packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    /// The code that Reachability Analyzer has for it; ours where it has
    /// none. `[VPC-11.1]`
    pub code: &'static str,
    /// The component's id.
    pub at: String,
    /// Which of its rules, for which direction.
    pub direction: Option<Direction>,
    /// Why, with the rule and the packet.
    pub why: String,
    /// The smallest change that lets the packet pass here, if there is one.
    pub mend: Option<Mend>,
}

/// One way: there or back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Walk {
    /// What it passed, in order.
    pub steps: Vec<Step>,
    /// Everything that stops it. Filters are looked at even after one of
    /// them has stopped it, so that all are known at once.
    pub blocks: Vec<Block>,
    /// Where it ends; where it would end if nothing but filters stops it.
    pub end: End,
}

/// A packet's way, and its answer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The packet as it set out.
    pub flow: Flow,
    /// There.
    pub forward: Walk,
    /// Back; absent where there is nothing to answer.
    pub reply: Option<Walk>,
}

impl Trace {
    /// Whether the packet arrives and its answer comes back. `[VPC-10.13]`
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.blocks().next().is_none()
    }

    /// Everything that stops it, there and back.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.forward.blocks.iter().chain(self.reply.iter().flat_map(|reply| &reply.blocks))
    }

    /// The changes that let it pass: one for each block that has one.
    pub fn mends(&self) -> impl Iterator<Item = &Mend> {
        self.blocks().filter_map(|block| block.mend.as_ref())
    }
}

/// The packet's sender is not part of the network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no network interface {id}; expected one of the network's, such as {such_as}")]
pub struct UnknownInterface {
    /// What was asked for.
    pub id: String,
    /// One that is there.
    pub such_as: String,
}

impl Network {
    /// Follows one packet hop by hop, and its answer.
    ///
    /// Each hop is judged as AWS does: on the way out the source/destination
    /// check, the security groups, the network ACL of the subnet, its route
    /// table and the gateway; on the way in the network ACL, the security
    /// groups and the interface. The answer passes security groups by state
    /// and everything else afresh. `[VPC-10.1]`
    ///
    /// # Errors
    /// A sender that is not in the network.
    ///
    /// ```
    /// use vpc_net::{Flow, From, NetworkBuilder};
    ///
    /// let network = NetworkBuilder::default().json(include_str!("../../tests/golden/network.json"))?.build()?;
    /// let flow = Flow::tcp("10.0.2.30".parse()?, 61_500, "10.0.3.40".parse()?, 5_432);
    /// let trace = network.trace(&From::Interface("eni-app".into()), flow)?;
    /// let block = trace.blocks().next().unwrap();
    /// assert_eq!((block.code, block.at.as_str()), ("SUBNET_ACL_RESTRICTION", "acl-c"));
    ///
    /// // The engine knows what would mend it, and that it does.
    /// let mended = trace.mends().fold(network.clone(), |network, mend| network.with(mend));
    /// assert!(mended.trace(&From::Interface("eni-app".into()), flow)?.is_reachable());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn trace(&self, from: &From, flow: Flow) -> Result<Trace, UnknownInterface> {
        let mut there = Walker::new(self, flow);
        let sender = match from {
            From::Internet => {
                there.enter_from_outside();
                None
            }
            From::Interface(id) => {
                let at = self.interface(id).ok_or_else(|| UnknownInterface {
                    id: id.clone(),
                    such_as: self
                        .interfaces
                        .first()
                        .map(|first| String::from(&*first.id))
                        .unwrap_or_default(),
                })?;
                there.leave_interface(at);
                Some(at)
            }
        };
        let back = there.answer(sender);
        Ok(Trace { flow, forward: there.finish(), reply: back })
    }
}

impl fmt::Display for Trace {
    /// The way there and back, a line a step, and what stops it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_reachable() { "reachable" } else { "not reachable" };
        writeln!(f, "{}: {verdict}", self.flow)?;
        let ways =
            core::iter::once(("there", &self.forward)).chain(self.reply.iter().map(|back| ("back", back)));
        for (way, walk) in ways {
            writeln!(f, "  {way}")?;
            for step in &walk.steps {
                writeln!(f, "    {:<24} {}", step.at, step.what)?;
            }
            for block in &walk.blocks {
                writeln!(f, "    {:<24} STOPPED, {}: {}", block.at, block.code, block.why)?;
                if let Some(mend) = &block.mend {
                    writeln!(f, "    {:<24} would pass if you {mend}", "")?;
                }
            }
        }
        Ok(())
    }
}
