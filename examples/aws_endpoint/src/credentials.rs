//! Who has which keys.

use aws_core::{AccountId, Caller, Seed, Span, Timestamp};
use iam_eval::Account;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{PoisonError, RwLock};

/// What an access key stands for.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Who signs with it.
    pub caller: Caller,
    /// What they sign with.
    pub secret: String,
    /// The token that goes with temporary ones.
    pub token: Option<String>,
    /// When temporary ones end.
    pub expires: Option<Timestamp>,
}

/// All access keys that are known.
#[derive(Debug, Default)]
pub struct Credentials {
    known: RwLock<HashMap<String, Credential>>,
    /// Whether keys that are not known are refused.
    strict: bool,
}

/// The long-term keys of a user, as `credentials.json` lists them by access
/// key id.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LongTerm {
    user_name: String,
    secret_access_key: String,
}

/// What cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// The file is no object of users and secrets by access key id.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A user that the account does not have.
    #[error("there is no user {0}")]
    NoSuchUser(String),
}

impl Credentials {
    /// No keys; `strict` if unknown ones are refused.
    pub fn new(strict: bool) -> Self {
        Self { known: RwLock::default(), strict }
    }

    /// Adds the keys that a file lists of an account's users.
    ///
    /// # Errors
    /// A file that is none, or names somebody whom the account does not know.
    pub fn load(&self, path: &Path, account: &Account) -> Result<(), CredentialsError> {
        let listed: BTreeMap<String, LongTerm> = serde_json::from_slice(&std::fs::read(path)?)?;
        for (id, LongTerm { user_name, secret_access_key: secret }) in listed {
            let member = account.member(&user_name);
            let caller =
                member.map(|member| member.caller()).ok_or(CredentialsError::NoSuchUser(user_name))?;
            self.add(id, Credential { caller, secret, token: None, expires: None });
        }
        Ok(())
    }

    /// Makes an access key known.
    pub fn add(&self, id: String, credential: Credential) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(id, credential);
    }

    /// What an access key stands for, if it is known.
    pub fn get(&self, id: &str) -> Option<Credential> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Who signs with a key that is not known: nobody where keys are strict;
    /// else the root user of the account that the key spells, or of the
    /// default one.
    pub fn stranger(&self, id: &str, default: AccountId) -> Option<Caller> {
        (!self.strict).then(|| Caller::root(id.parse().unwrap_or(default)))
    }

    /// New temporary credentials for a caller, and their access key id.
    pub fn issue(&self, caller: Caller, lasting: Span, now: Timestamp, seed: &Seed) -> (String, Credential) {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut random = seed.expand(b"credentials");
        let mut letters = |count: usize| -> String {
            (0..count)
                .map(|_| usize::try_from(random.below(32)).unwrap_or_default())
                .filter_map(|at| ALPHABET.get(at))
                .map(|byte| char::from(*byte))
                .collect()
        };
        let id = format!("ASIA{}", letters(16));
        let (secret, token) = (letters(40), Some(letters(200)));
        let credential = Credential { caller, secret, token, expires: Some(now + lasting) };
        self.add(id.clone(), credential.clone());
        (id, credential)
    }
}
