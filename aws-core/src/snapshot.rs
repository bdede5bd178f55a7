//! The envelope an engine's state travels in.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// An engine's whole state as plain JSON, labelled and sealed with a digest.
///
/// ```
/// use aws_core::{Snapshot, SnapshotError};
///
/// let snapshot = Snapshot::take("demo", 1, "0.1.0", &vec![1, 2, 3]);
/// let text = serde_json::to_string(&snapshot).unwrap();
/// let back: Snapshot = serde_json::from_str(&text).unwrap();
/// assert_eq!(back.clone().open::<Vec<i32>>("demo", 1)?, [1, 2, 3]);
///
/// let other = back.open::<Vec<i32>>("sqs", 1).unwrap_err();
/// assert_eq!(other.to_string(), "the snapshot is of engine `demo`; expected `sqs`");
/// # Ok::<(), SnapshotError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    engine: String,
    format: u32,
    #[serde(rename = "crate")]
    crate_version: String,
    sha256: String,
    state: Value,
}

impl Snapshot {
    /// Wraps `state` for `engine`, whose layout of it is number `format`.
    ///
    /// A state that is made of structs, lists and maps with text keys always
    /// serialises. One that does not leaves a snapshot without a digest,
    /// which [`open`](Self::open) refuses.
    #[must_use]
    pub fn take(engine: &str, format: u32, crate_version: &str, state: &impl Serialize) -> Self {
        let state = serde_json::to_value(state).ok();
        let sha256 = state.as_ref().map(digest).unwrap_or_default();
        let state = state.unwrap_or_default();
        Self { engine: engine.into(), format, crate_version: crate_version.into(), sha256, state }
    }

    /// Unwraps the state.
    ///
    /// # Errors
    /// Refuses another engine, a newer format, a wrong digest and a state
    /// that does not decode, each with its own error. Invariants across the
    /// state are for the engine's `restore` to check.
    pub fn open<T: DeserializeOwned>(self, engine: &str, format: u32) -> Result<T, SnapshotError> {
        if self.engine != engine {
            return Err(SnapshotError::Engine { found: self.engine, expected: engine.into() });
        }
        if self.format > format {
            return Err(SnapshotError::Format { found: self.format, newest: format });
        }
        let computed = digest(&self.state);
        if self.sha256 != computed {
            return Err(SnapshotError::Digest { stated: self.sha256, computed });
        }
        serde_json::from_value(self.state).map_err(|error| SnapshotError::State(error.to_string()))
    }

    /// The state as JSON, to look at.
    #[must_use]
    pub fn state(&self) -> &Value {
        &self.state
    }

    /// The digest of the state's canonical JSON, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// Why a snapshot cannot be restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It is of another engine.
    #[error("the snapshot is of engine `{found}`; expected `{expected}`")]
    Engine {
        /// The engine it names.
        found: String,
        /// The engine that was asked to restore it.
        expected: String,
    },
    /// It was written by a newer version.
    #[error("the snapshot has format {found}; this version reads up to {newest}")]
    Format {
        /// The format it names.
        found: u32,
        /// The newest this version reads.
        newest: u32,
    },
    /// It was changed after it was taken.
    #[error("the snapshot's state has SHA-256 {computed}; its label says {stated}")]
    Digest {
        /// What the label says.
        stated: String,
        /// What the state has.
        computed: String,
    },
    /// The secret does not open what it should have sealed.
    #[error("the snapshot's secrets were sealed under another secret, or changed since")]
    Secret,
    /// The state does not decode.
    #[error("the snapshot's state cannot be read: {0}")]
    State(String),
    /// The state decodes, but cannot be one that the engine was in.
    #[error("the snapshot's state breaks an invariant: {0}")]
    Invariant(String),
}

/// SHA-256 of the canonical form, in hexadecimal.
fn digest(state: &Value) -> String {
    let mut hash = Sha256::new();
    canonical(state, &mut |bytes| hash.update(bytes));
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Canonical JSON: no white space, members in byte order of their names.
///
/// Written here because the order of `serde_json`'s own maps depends on a
/// feature that any crate of a build may switch on.
fn canonical(value: &Value, out: &mut impl FnMut(&[u8])) {
    match value {
        Value::Array(items) => {
            out(b"[");
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out(b",");
                }
                canonical(item, out);
            }
            out(b"]");
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            out(b"{");
            for (index, (name, item)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out(b",");
                }
                out(Value::String(name.clone()).to_string().as_bytes());
                out(b":");
                canonical(item, out);
            }
            out(b"}");
        }
        scalar => out(format!("{scalar}").as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn canonical_form_sorts_members_and_drops_white_space() {
        let value: Value = serde_json::from_str("{ \"b\": [1, \"x\\n\"], \"a\": null }").unwrap();
        let mut bytes = Vec::new();
        canonical(&value, &mut |part| bytes.extend_from_slice(part));
        assert_eq!(String::from_utf8(bytes).unwrap(), r#"{"a":null,"b":[1,"x\n"]}"#);
    }

    #[test]
    fn every_refusal_has_its_own_error() {
        let good = Snapshot::take("demo", 2, "0.1.0", &json!({"a": 1}));

        let newer = good.clone().open::<Value>("demo", 1).unwrap_err();
        assert_eq!(newer, SnapshotError::Format { found: 2, newest: 1 });

        let mut forged = good.clone();
        forged.state = json!({"a": 2});
        assert!(matches!(forged.open::<Value>("demo", 2).unwrap_err(), SnapshotError::Digest { .. }));

        let odd = good.open::<Vec<u8>>("demo", 2).unwrap_err();
        assert!(matches!(odd, SnapshotError::State(_)));
    }

    #[test]
    fn digest_is_of_the_canonical_form() {
        // printf '{"a":1}' | sha256sum
        let taken = Snapshot::take("demo", 1, "0.1.0", &json!({"a": 1}));
        assert_eq!(taken.sha256(), "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
    }
}
