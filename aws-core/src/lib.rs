#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod arn;
mod authz;
mod blob;
mod constraint;
mod cx;
mod engine;
mod error;
mod history;
mod home;
mod ids;
mod iso8601;
#[cfg(feature = "proptest")]
pub mod laws;
mod limit;
pub mod oracle;
mod principal;
mod seed;
mod sink;
mod snapshot;
#[cfg(feature = "proptest")]
pub mod strategy;
mod tags;
mod time;
mod usage;
#[cfg(feature = "proptest")]
pub mod vectors;
mod wildcard;
pub mod wire;

pub use arn::{Arn, ArnError, ArnPattern, ArnRef};
pub use authz::{AuthzRequest, Ground, Permit, Verdict};
pub use blob::Blob;
pub use constraint::{Constraint, Violations};
pub use cx::{Call, Calls, Cx};
pub use engine::{Engine, Operation, needs, perform};
pub use error::{AwsError, ErrorRecord, ErrorRow, Fault, Protocol, Retry, Wording};
pub use history::{Divergence, History, HistoryError, Record, Reply};
pub use home::{AccountId, Home, HomeError, Partition, Region};
pub use iso8601::DateError;
pub use limit::Limit;
pub use principal::{Caller, Principal, SessionFacts};
pub use seed::{Seed, SeedError, SeedStream};
pub use sink::{Recorder, Sink};
pub use snapshot::{Snapshot, SnapshotError};
pub use tags::{TagError, TagLimits, TagSet};
pub use time::{Span, Timestamp, epoch_seconds};
pub use usage::{Quantity, Unit, Usage};
pub use wildcard::Wildcard;

/// What the macros expand to; not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use alloc::format;
    pub use alloc::string::{String, ToString};
    pub use alloc::vec::Vec;
    pub use serde::{self, Deserialize, Serialize};
    pub use serde_json::{Map, Value};
}
