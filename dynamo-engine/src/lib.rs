#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod api;
mod capacity;
mod engine;
mod error;
mod event;
mod expr;
mod item;
mod key;
mod number;
mod ops;
pub mod oracle;
mod packed;
mod partiql;
mod table;
mod value;

pub use api::*;
pub use aws_core;
pub use capacity::{Admission, Demand, Throttle, ThrottledBy, ThrottlingReason};
pub use engine::{Engine, ItemSizeRule, Lag, Options, Wording};
pub use error::{Cancellation, Emptiness, Error, ErrorShape, KeyMismatch, OldItem};
pub use event::{Arm, Event};
pub use expr::{ExpressionFault, ExpressionKind, Fault, Layer, What};
pub use item::{Attributes, Item};
pub use number::{Number, NumberFault};
pub use ops::{Request, Response};
pub use partiql::{Position, StatementFault};
pub use value::{AttributeMap, AttributeValue, Value, ValueFault, ValueType};
