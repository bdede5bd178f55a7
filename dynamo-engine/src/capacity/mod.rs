//! Consumed units, partitions and admission control.
//!
//! What is fact and what is a model of it stands at each item; parameters of
//! models are in [`Options`](crate::Options).

mod bucket;
mod meter;
pub(crate) mod ring;
mod throttle;
pub(crate) mod units;

pub use meter::Admission;
pub(crate) use meter::{Draw, Meter, Rates, partitions};
pub use throttle::{Demand, Throttle, ThrottledBy, ThrottlingReason};
