//! When items expire.

use super::store::Store;
use crate::item::Item;
use crate::key::Key;
use crate::value::Value;
use alloc::collections::BTreeSet;
use alloc::string::ToString as _;
use alloc::sync::Arc;
use aws_core::{Span, Timestamp};

/// Older times never expire: five years. `[DDB-14.2]`
const OLDEST: Span = Span::from_days(5 * 365);

/// The items of a table that will expire, by when.
#[derive(Debug)]
pub(crate) struct Expiry {
    attribute: Arc<str>,
    due: BTreeSet<(Timestamp, Key)>,
}

impl Expiry {
    /// Of all that a table holds.
    pub(crate) fn of(attribute: &str, store: &Store, now: Timestamp) -> Self {
        let mut expiry = Self { attribute: attribute.into(), due: BTreeSet::new() };
        for (key, item) in store.iter() {
            expiry.add(key, item, now);
        }
        expiry
    }

    /// The first instant after an item's time, if it has one. `[DDB-14.2]`
    fn time(&self, item: &Item) -> Option<Timestamp> {
        let Value::N(number) = item.get(&self.attribute)? else { return None };
        // Whole milliseconds are as fine as the clock is; what is no number
        // of seconds in reach of it never comes.
        let seconds: f64 = number.to_string().parse().ok()?;
        let millis = seconds * 1_000.0;
        (millis.abs() < 9.0e15).then(|| Timestamp::from_millis(millis as i64 + 1))
    }

    pub(crate) fn add(&mut self, key: &Key, item: &Item, now: Timestamp) {
        if let Some(at) = self.time(item).filter(|at| now - OLDEST <= *at) {
            self.due.insert((at, key.clone()));
        }
    }

    pub(crate) fn remove(&mut self, key: &Key, item: &Item) {
        if let Some(at) = self.time(item) {
            self.due.remove(&(at, key.clone()));
        }
    }

    /// The item that expires first, and when.
    pub(crate) fn first(&self) -> Option<(Timestamp, &Key)> {
        self.due.first().map(|(at, key)| (*at, key))
    }
}
