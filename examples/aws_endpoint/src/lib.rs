//! An AWS-compatible endpoint: the engines behind real AWS clients.
//!
//! No AWS semantics live here. HTTP is axum's; what a call means, and what is
//! wrong with it, the engines say. What is left is this crate: who called
//! ([`sigv4`], [`credentials`]), which engine is meant ([`http`]), how a
//! protocol spells it ([`json`], [`query`]), whether it is allowed
//! ([`access`]), and how time passes ([`clock`]).

pub mod access;
pub mod clock;
pub mod credentials;
pub mod encoding;
pub mod history;
pub mod hosted;
pub mod http;
pub mod json;
pub mod query;
pub mod sigv4;
pub mod state;
pub mod sts;
pub mod world;

use std::sync::Arc;
use world::World;

/// Every route, over a world.
pub fn router(world: Arc<World>) -> axum::Router {
    axum::Router::new().fallback(http::serve).with_state(world)
}
