#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod item;
mod number;
mod value;

pub use aws_core;
pub use item::{Attributes, Item};
pub use number::{Number, NumberFault};
pub use value::{AttributeMap, AttributeValue, Value, ValueFault, ValueType};
