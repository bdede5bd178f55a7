#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod api;
mod ciphertext;
mod context;
mod engine;
mod error;
pub mod esdk;
mod event;
mod key;
pub mod limits;
mod ops;
mod secret;

pub use api::*;
pub use aws_core;
pub use context::{EncryptionContext, canonical_context};
pub use engine::Engine;
pub use error::{Error, ErrorShape};
pub use event::{Event, EventKind};
pub use key::{KeySpec, KeyState, RotationType};
pub use ops::{Request, Response};
