#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod build;
mod cidr;
mod describe;
mod filter;
mod flow;
mod model;
mod network;
pub mod plan;
mod reach;

pub use aws_core;
pub use build::{BuildError, NetworkBuilder};
pub use cidr::{Cidr, CidrError};
pub use filter::Direction;
pub use flow::Flow;
pub use network::Network;
pub use reach::{Block, End, From, Mend, Step, Trace, UnknownInterface, Walk};
