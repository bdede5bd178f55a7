//! What the example programs share: see the folders beside `src`.

pub mod account;
