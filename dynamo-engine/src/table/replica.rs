//! A table as one of several replicas: who wrote each item last. `[DDB-15.1]`

use crate::api::ReplicaMessage;
use crate::item::Item;
use crate::key::Key;
use alloc::collections::BTreeMap;
use alloc::string::String;
use aws_core::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// When and where an item was written; the greatest wins everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stamp {
    pub(crate) at: Timestamp,
    pub(crate) region: String,
    /// Tells the writes of one Region apart that share a millisecond.
    pub(crate) serial: u64,
}

impl Stamp {
    pub(crate) fn of(message: &ReplicaMessage) -> Self {
        Self { at: message.written_at, region: message.region.clone(), serial: message.serial }
    }
}

/// What makes a table a replica.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Replica {
    /// Whether writes are to be seen everywhere at once. `[DDB-15.2]`
    pub(crate) strong: bool,
    pub(crate) serial: u64,
    /// Of each item that was ever written, those deleted too.
    pub(crate) stamps: BTreeMap<Key, (Item, Stamp)>,
    /// Items that other Regions are writing.
    pub(crate) held: BTreeMap<Key, (Item, String)>,
}

/// The same as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedReplica {
    pub(crate) strong: bool,
    pub(crate) serial: u64,
    pub(crate) stamps: alloc::vec::Vec<(Item, Stamp)>,
    pub(crate) held: alloc::vec::Vec<(Item, String)>,
}

impl Replica {
    pub(crate) fn new(strong: bool) -> Self {
        Self { strong, serial: 0, stamps: BTreeMap::new(), held: BTreeMap::new() }
    }

    /// Stamps a write of this Region: it is the latest there is here, however
    /// far the clocks are apart.
    pub(crate) fn stamp(&mut self, key: &Key, keys: &Item, now: Timestamp, region: &str) -> Stamp {
        self.serial += 1;
        let mut stamp = Stamp { at: now, region: region.into(), serial: self.serial };
        if let Some((_, last)) = self.stamps.get(key).filter(|(_, last)| *last >= stamp) {
            stamp.at = last.at + Span::from_millis(1);
        }
        self.stamps.insert(key.clone(), (keys.clone(), stamp.clone()));
        stamp
    }

    pub(crate) fn save(&self) -> SavedReplica {
        SavedReplica {
            strong: self.strong,
            serial: self.serial,
            stamps: self.stamps.values().cloned().collect(),
            held: self.held.values().cloned().collect(),
        }
    }

    pub(crate) fn load(saved: SavedReplica, key: impl Fn(&Item) -> Option<Key>) -> Self {
        let stamps = saved.stamps.into_iter().filter_map(|(keys, stamp)| Some((key(&keys)?, (keys, stamp))));
        let stamps = stamps.collect();
        let held = saved.held.into_iter().filter_map(|(keys, region)| Some((key(&keys)?, (keys, region))));
        let held = held.collect();
        Self { strong: saved.strong, serial: saved.serial, stamps, held }
    }
}
