//! Everything the engines know, in a file.

use crate::hosted::Hosted;
use crate::world::{Engines, Shard, World};
use aws_core::{Home, Seed, Snapshot, SnapshotError};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::{fs, io};

#[derive(Serialize, Deserialize)]
struct State {
    /// How many calls there were: those to come must not draw the entropy of
    /// those that were.
    calls: u64,
    homes: Vec<Saved>,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    home: Home,
    dynamo: Snapshot,
    sqs: Snapshot,
    kms: Snapshot,
}

/// What cannot be saved or loaded.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] io::Error),
    /// The file is no state.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// What is in it cannot be trusted. Key material is sealed under the
    /// `--seed` that the state was saved with.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

/// Writes all engines into a file, key material sealed under the world's seed.
///
/// # Errors
/// The file cannot be written.
pub fn save(world: &World, path: &Path) -> Result<(), StateError> {
    let seal = world.seed().derive(b"state");
    let save = |(home, engines): (Home, std::sync::Arc<Engines>)| Saved {
        home,
        dynamo: snapshot(&engines.dynamo, &()),
        sqs: snapshot(&engines.sqs, &()),
        kms: snapshot(&engines.kms, &seal),
    };
    let state = State { calls: world.calls(), homes: world.all().into_iter().map(save).collect() };
    // A state that is half written must not take the place of a whole one.
    let beside = path.with_extension("new");
    fs::write(&beside, serde_json::to_vec(&state)?)?;
    fs::rename(beside, path)?;
    Ok(())
}

fn snapshot<E: Hosted>(shard: &Shard<E>, secret: &E::Secret) -> Snapshot {
    shard.lock().snapshot(secret)
}

/// Puts back what was saved. The options of the engines are those they were
/// saved with.
///
/// # Errors
/// A file that is none, or was changed, or was saved under another seed.
pub fn load(world: &World, path: &Path) -> Result<(), StateError> {
    let seal: Seed = world.seed().derive(b"state");
    let state: State = serde_json::from_slice(&fs::read(path)?)?;
    world.go_on_after(state.calls);
    for saved in state.homes {
        let engines = Engines {
            dynamo: Shard::new(aws_core::Engine::restore(saved.dynamo, &())?),
            sqs: Shard::new(aws_core::Engine::restore(saved.sqs, &())?),
            kms: Shard::new(aws_core::Engine::restore(saved.kms, &seal)?),
        };
        world.place(saved.home, engines);
    }
    Ok(())
}
