//! Calls and replies as they happened, in a file; and the same calls again.

use crate::hosted::Hosted;
use crate::world::Choices;
use aws_core::{History, Home, Record};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Writes the history. The first line says what the replies hang on besides
/// the calls; each further one is a call.
pub struct Recorder {
    file: Mutex<BufWriter<File>>,
}

/// A call in the file.
#[derive(Serialize, Deserialize)]
struct Line<R> {
    engine: String,
    home: Home,
    record: R,
}

impl Recorder {
    /// A new history; what was in the file is gone.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path, choices: &Choices) -> io::Result<Self> {
        let mut file = BufWriter::new(File::create(path)?);
        writeln!(file, "{}", serde_json::to_string(choices)?)?;
        file.flush()?;
        Ok(Self { file: Mutex::new(file) })
    }

    /// Writes a call down. The caller holds the engine, so that the calls to
    /// each are in their order.
    pub fn write<Q: Serialize, A: Serialize>(&self, engine: &str, home: &Home, record: &Record<Q, A>) {
        let line = Line { engine: engine.into(), home: home.clone(), record };
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let text = serde_json::to_string(&line).unwrap_or_default();
        if let Err(error) = writeln!(file, "{text}").and_then(|()| file.flush()) {
            eprintln!("the history is not whole: {error}");
        }
    }
}

/// What cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] io::Error),
    /// A line is no call.
    #[error("line {line}: {error}")]
    Line {
        /// Which, counted from one.
        line: usize,
        /// Why.
        error: serde_json::Error,
    },
    /// A reply is another one now.
    #[error("line {line}: {engine} answered {recorded} and answers {replayed}")]
    Differs {
        /// Which, counted from one.
        line: usize,
        /// Who was called.
        engine: String,
        /// What the file says.
        recorded: Value,
        /// What the engine says.
        replayed: Value,
    },
    /// An engine that is not here.
    #[error("line {line}: there is no engine {engine}")]
    Engine {
        /// Which, counted from one.
        line: usize,
        /// Its name.
        engine: String,
    },
}

/// Makes every call of a history again, on engines that have seen nothing,
/// and answers how many there were.
///
/// # Errors
/// The first reply that differs, or a line that is none.
pub fn replay(path: &Path) -> Result<usize, ReplayError> {
    let mut lines = BufReader::new(File::open(path)?).lines();
    let bad = |line: usize| move |error| ReplayError::Line { line, error };
    let choices: Choices =
        serde_json::from_str(&lines.next().transpose()?.unwrap_or_default()).map_err(bad(1))?;
    let mut homes = BTreeMap::new();
    let mut calls = 0;
    for (line, text) in (2..).zip(lines) {
        let Line { engine, home, record }: Line<Value> = serde_json::from_str(&text?).map_err(bad(line))?;
        let key = (home.account, home.region.to_string());
        let engines = homes.entry(key).or_insert_with(|| choices.engines(&home));
        match engine.as_str() {
            "dynamo" => again(&mut *engines.dynamo.lock(), line, record)?,
            "sqs" => again(&mut *engines.sqs.lock(), line, record)?,
            "kms" => again(&mut *engines.kms.lock(), line, record)?,
            _ => return Err(ReplayError::Engine { line, engine }),
        }
        calls += 1;
    }
    Ok(calls)
}

fn again<E: Hosted>(engine: &mut E, line: usize, record: Value) -> Result<(), ReplayError> {
    let record: Record<E::Request, Value> =
        serde_json::from_value(record).map_err(|error| ReplayError::Line { line, error })?;
    let history = History { records: vec![record] };
    history.replay(engine).map_err(|difference| ReplayError::Differs {
        line,
        engine: E::NAME.into(),
        recorded: difference.recorded,
        replayed: difference.replayed,
    })
}
