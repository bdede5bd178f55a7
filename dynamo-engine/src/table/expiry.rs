//! When items expire.

use super::store::Store;
use crate::item::Item;
use crate::key::Key;
use crate::value::Value;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString as _;
use alloc::sync::Arc;
use aws_core::{Span, Timestamp};

/// Older times never expire: five years. `[DDB-14.2]`
const OLDEST: Span = Span::from_days(5 * 365);

/// The items of a table that will expire, by when: at their time, but not
/// before DynamoDB knows of it.
#[derive(Debug)]
pub(crate) struct Expiry {
    attribute: Arc<str>,
    due: BTreeSet<(Timestamp, Key)>,
    by_key: BTreeMap<Key, Timestamp>,
}

impl Expiry {
    /// Of all that a table holds, of which DynamoDB learns now.
    pub(crate) fn of(attribute: &str, store: &Store, now: Timestamp) -> Self {
        let mut expiry = Self { attribute: attribute.into(), due: BTreeSet::new(), by_key: BTreeMap::new() };
        for (key, item) in store.iter() {
            expiry.add(key, item, now);
        }
        expiry
    }

    /// The same after a restart: `late` lists by their places the items that
    /// were learnt of after their time.
    pub(crate) fn again(
        attribute: &str,
        store: &Store,
        now: Timestamp,
        late: &BTreeMap<usize, Timestamp>,
    ) -> Self {
        let mut expiry = Self { attribute: attribute.into(), due: BTreeSet::new(), by_key: BTreeMap::new() };
        for (place, (key, item)) in store.iter().enumerate() {
            let time = expiry.time(item).filter(|at| now - OLDEST <= *at);
            if let Some(at) = time.map(|time| late.get(&place).copied().unwrap_or(time)) {
                expiry.enter(key, at);
            }
        }
        expiry
    }

    /// The items that were learnt of after their time.
    pub(crate) fn late(&self, store: &Store) -> BTreeMap<usize, Timestamp> {
        let late = |(place, (key, item)): (usize, (&Key, &Item))| {
            let at = *self.by_key.get(key)?;
            (self.time(item) != Some(at)).then_some((place, at))
        };
        store.iter().enumerate().filter_map(late).collect()
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
            self.enter(key, at.max(now + Span::from_millis(1)));
        }
    }

    fn enter(&mut self, key: &Key, at: Timestamp) {
        self.due.insert((at, key.clone()));
        self.by_key.insert(key.clone(), at);
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        if let Some(at) = self.by_key.remove(key) {
            self.due.remove(&(at, key.clone()));
        }
    }

    /// The item that expires first, and when.
    pub(crate) fn first(&self) -> Option<(Timestamp, &Key)> {
        self.due.first().map(|(at, key)| (*at, key))
    }
}
