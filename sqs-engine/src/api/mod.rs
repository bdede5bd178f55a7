//! What goes over the wire: requests and results with AWS's member names.
//!
//! Requests are raw on purpose. Their strings and numbers are not checked
//! here, because refusing them in AWS's words and order is the engine's job.
//! A required member that is absent is its default value: SQS treats an
//! empty required string as missing.

mod message;
mod permission;
mod queue;
mod task;

pub use message::*;
pub use permission::*;
pub use queue::*;
pub use task::*;
