#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod api;
mod consumer;
mod content;
mod delivery;
mod digest;
mod engine;
mod error;
mod event;
pub mod limits;
mod metrics;
mod move_task;
mod ops;
pub mod oracle;
mod policy;
mod poll;
mod queue;
mod receipt;
mod redrive;
mod sns;

pub use api::*;
pub use aws_core;
pub use consumer::{Batch, MappedQueue, Mapping, MappingError, MappingSettings, Outcome};
pub use delivery::{Delivery, FairQueues};
pub use digest::{Md5, MessageId, NotHex};
pub use engine::{Engine, FifoThroughput, OlderHandle, Options};
pub use error::{Error, ErrorShape, RedriveFault};
pub use event::{Event, EventKind};
pub use metrics::{Gauges, Metrics};
pub use move_task::TaskStatus;
pub use ops::{Request, Response};
pub use poll::{Receive, WaitToken};
pub use sns::SnsNotification;
