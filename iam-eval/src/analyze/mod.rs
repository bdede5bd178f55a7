//! Questions about policies that no single request asks.

mod public;

pub(crate) use public::is_public;
