//! An account from a folder of files.

use iam_eval::{Account, ImportError, Level, Policy, PolicyError, PolicyKind, PolicySet};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder cannot be read.
    #[error("{path}: {error}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The export cannot be taken in.
    #[error("{path}: {error}", path = path.display())]
    Export {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: Box<ImportError>,
    },
    /// A policy cannot be read.
    #[error("{path}: {error}", path = path.display())]
    Policy {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: Box<PolicyError>,
    },
    /// `resources.json` is no object of policies.
    #[error("{path}: not an object of policies by ARN: {error}", path = path.display())]
    Resources {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
}

fn read(path: &Path) -> Result<String, LoadError> {
    fs::read_to_string(path).map_err(|error| LoadError::File { path: path.into(), error })
}

/// What is in a folder, in the order of the names; nothing if there is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let failed = |error| LoadError::File { path: folder.into(), error };
    let found: Result<Vec<PathBuf>, _> =
        fs::read_dir(folder).map_err(failed)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut found = found.map_err(failed)?;
    found.sort();
    Ok(found)
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn levels(folder: &Path, kind: PolicyKind) -> Result<Option<Vec<Level>>, LoadError> {
    let mut levels = Vec::new();
    for level in entries(folder)? {
        let mut policies = Vec::new();
        for path in entries(&level)? {
            let policy = Policy::stored(&read(&path)?, kind)
                .map_err(|error| LoadError::Policy { path: path.clone(), error: Box::new(error) })?;
            policies.push((name(&path), policy));
        }
        levels.push(Level { node: name(&level).into(), set: PolicySet::new(policies) });
    }
    Ok((!levels.is_empty()).then_some(levels))
}

/// Loads `account.json` as `aws iam get-account-authorization-details`
/// printed it; `service-control/` and `resource-control/`, each with a folder
/// a level from the root to the account; and `resources.json`, an object of
/// policies by the ARN of their resource.
///
/// # Errors
/// What cannot be read, and why.
pub fn load(folder: &Path) -> Result<Account, LoadError> {
    let path = folder.join("account.json");
    let mut account =
        Account::import(&read(&path)?).map_err(|error| LoadError::Export { path, error: Box::new(error) })?;
    if let Some(levels) = levels(&folder.join("service-control"), PolicyKind::ServiceControl)? {
        account = account.with_service_control(levels);
    }
    if let Some(levels) = levels(&folder.join("resource-control"), PolicyKind::ResourceControl)? {
        account = account.with_resource_control(levels);
    }
    let path = folder.join("resources.json");
    if path.exists() {
        let policies: BTreeMap<String, serde_json::Value> = serde_json::from_str(&read(&path)?)
            .map_err(|error| LoadError::Resources { path: path.clone(), error })?;
        for (arn, document) in policies {
            let kind = if arn.contains(":kms:") { PolicyKind::KmsKey } else { PolicyKind::Resource };
            let policy = Policy::stored(&document.to_string(), kind)
                .map_err(|error| LoadError::Policy { path: path.clone(), error: Box::new(error) })?;
            account = account.with_resource_policy(&arn, PolicySet::new([(arn.as_str(), policy)]));
        }
    }
    Ok(account)
}
