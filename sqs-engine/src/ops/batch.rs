//! What the three batch operations share. `[SQS-7.7]`

use crate::{BatchResultErrorEntry, Error, limits};
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use aws_core::{AwsError as _, Fault};

/// One entry of a batch request.
pub(super) trait Entry {
    /// The entry type's name in the API.
    const NAME: &'static str;

    /// Absent is not the same as empty.
    fn id(&self) -> Option<&str>;
}

/// Refuses what is wrong with the batch itself, in AWS's order.
pub(super) fn check<E: Entry>(entries: &[E]) -> Result<(), Error> {
    if entries.is_empty() {
        return Err(Error::EmptyBatch { entry: E::NAME });
    }
    if entries.len() > limits::BATCH_ENTRIES_MAX.as_usize() {
        return Err(Error::BatchTooLong { count: entries.len() });
    }
    for (index, entry) in (1..).zip(entries) {
        if entry.id().is_none() {
            return Err(Error::MissingInEntry { entry: E::NAME, index, member: Box::new("Id") });
        }
    }
    let letters = |id: &str| {
        (1..=80).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if !entries.iter().all(|entry| letters(entry.id().unwrap_or_default())) {
        return Err(Error::BadEntryId);
    }
    let mut seen = BTreeSet::new();
    match entries.iter().find(|entry| !seen.insert(entry.id())) {
        Some(entry) => Err(Error::RepeatedId { id: entry.id().unwrap_or_default().into() }),
        None => Ok(()),
    }
}

/// An entry that failed.
pub(super) fn failed(id: String, error: &Error) -> BatchResultErrorEntry {
    BatchResultErrorEntry {
        id,
        code: error.query_code().into(),
        message: error.to_string(),
        sender_fault: error.fault() == Fault::Client,
    }
}
