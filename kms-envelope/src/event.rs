//! What the engine tells whoever listens.

use alloc::sync::Arc;
use serde::{Deserialize, Serialize};

/// Something that happened to a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The key's id.
    pub key: Arc<str>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EventKind {
    /// The key was created.
    Created,
    /// The key has new material, because its period is over or somebody asked
    /// for it.
    Rotated,
    /// The key's waiting period is over: it is gone, with its aliases.
    Deleted,
}
