//! The vector files of a folder, for the tests of every crate.
#![expect(clippy::disallowed_methods, reason = "tests read their data from disk")]

use aws_core::vectors::VectorFile;
use std::path::{Path, PathBuf};

/// Reads every `.json` file of a folder, in the order of their names, or says
/// in which place of which file it cannot.
pub(crate) fn load_dir(folder: impl AsRef<Path>) -> Result<Vec<(PathBuf, VectorFile)>, String> {
    let folder = folder.as_ref();
    let fault = |path: &Path, what: &dyn ToString| format!("{}: {}", path.display(), what.to_string());
    let entries = std::fs::read_dir(folder).map_err(|error| fault(folder, &error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| fault(folder, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|error| fault(&path, &error))?;
        let file = serde_json::from_str(&text)
            .map_err(|error| format!("{}:{}:{}: {error}", path.display(), error.line(), error.column()))?;
        files.push((path, file));
    }
    Ok(files)
}
