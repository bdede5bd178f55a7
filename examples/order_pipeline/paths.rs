//! The ways from the API's interfaces to what it calls.

use crate::world::WorldError;
use std::collections::BTreeMap;
use std::net::IpAddr;
use vpc_net::{Flow, From, Mend, Network, NetworkBuilder, Trace};

/// The network as `aws ec2 describe-*` prints it.
const NETWORK: &str = include_str!("../data/pipeline/network.json");

/// Interfaces of the API, one in each zone, with their addresses.
pub(crate) const API: [(&str, &str); 2] = [("eni-api-a", "10.20.1.10"), ("eni-api-b", "10.20.2.10")];

/// What the API calls, and the address of it that a zone's API is told.
pub(crate) const SERVICES: [(&str, [&str; 2]); 3] = [
    ("DynamoDB", ["52.119.224.10", "52.119.224.10"]),
    ("SQS", ["10.20.11.20", "10.20.11.20"]),
    ("KMS", ["10.20.11.30", "10.20.11.30"]),
];

/// The network, and the ways that were asked for already.
pub(crate) struct Paths {
    network: Network,
    known: BTreeMap<(usize, usize), Trace>,
}

impl Paths {
    /// The network as it is, or with what is wrong with it mended.
    pub(crate) fn new(mended: bool) -> Result<Self, WorldError> {
        let network = NetworkBuilder::default().json(NETWORK)?.build()?;
        let mut paths = Self { network, known: BTreeMap::new() };
        if mended {
            paths.mend()?;
        }
        Ok(paths)
    }

    /// Makes every change that the network's own explanations ask for.
    fn mend(&mut self) -> Result<(), WorldError> {
        for instance in 0..API.len() {
            for service in 0..SERVICES.len() {
                let mends: Vec<Mend> = self.trace(instance, service)?.mends().cloned().collect();
                self.network = mends.iter().fold(self.network.clone(), |network, mend| network.with(mend));
                self.known.clear();
            }
        }
        Ok(())
    }

    /// The way from an instance of the API to a service, and back.
    pub(crate) fn trace(&mut self, instance: usize, service: usize) -> Result<&Trace, WorldError> {
        let found = match self.known.remove(&(instance, service)) {
            Some(trace) => trace,
            None => {
                let (id, from) = API.get(instance).copied().unwrap_or_default();
                let (_, to) = SERVICES.get(service).copied().unwrap_or_default();
                let to = to.get(instance).copied().unwrap_or_default();
                let (from, to): (IpAddr, IpAddr) = (from.parse()?, to.parse()?);
                self.network.trace(&From::Interface(id.into()), Flow::tcp(from, 40_000, to, 443))?
            }
        };
        Ok(self.known.entry((instance, service)).or_insert(found))
    }

    /// The first way of an instance's that does not work.
    pub(crate) fn blocked(&mut self, instance: usize) -> Result<Option<&Trace>, WorldError> {
        for service in 0..SERVICES.len() {
            if !self.trace(instance, service)?.is_reachable() {
                return self.trace(instance, service).map(Some);
            }
        }
        Ok(None)
    }

    /// Every way, with a name for people.
    pub(crate) fn all(&mut self) -> Result<Vec<(String, Trace)>, WorldError> {
        let mut ways = Vec::new();
        for (instance, (id, _)) in API.iter().enumerate() {
            for (service, (name, _)) in SERVICES.iter().enumerate() {
                ways.push((format!("{id} to {name}"), self.trace(instance, service)?.clone()));
            }
        }
        Ok(ways)
    }
}
