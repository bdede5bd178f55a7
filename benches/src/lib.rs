//! Home of the benches: see the folder `benches`. What is here is shared with
//! the rivals' package.

pub mod iam;
