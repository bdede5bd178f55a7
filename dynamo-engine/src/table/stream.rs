//! Streams: the changes of a table, in order, for 24 hours.

use crate::api::{Change, Identity, SequenceNumberRange, Shard, StreamRecord};
use crate::item::Item;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{SeedStream, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long records are kept. `[DDB-13.5]`
pub(crate) const RETENTION: Span = Span::from_hours(24);

/// What the records of a stream show. `[DDB-13.1]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum View {
    KeysOnly,
    NewImage,
    OldImage,
    NewAndOldImages,
}

impl View {
    pub(crate) const ALL: [Self; 4] = [Self::NewImage, Self::OldImage, Self::NewAndOldImages, Self::KeysOnly];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::KeysOnly => "KEYS_ONLY",
            Self::NewImage => "NEW_IMAGE",
            Self::OldImage => "OLD_IMAGE",
            Self::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }
}

/// A stream and its records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stream {
    pub(crate) arn: Arc<str>,
    pub(crate) label: String,
    pub(crate) table: Arc<str>,
    pub(crate) view: View,
    pub(crate) created: Timestamp,
    /// Since when no more records come.
    pub(crate) closed: Option<Timestamp>,
    /// One for each partition of the table.
    pub(crate) shards: Vec<ShardLog>,
    /// The number of the next record.
    pub(crate) next: u64,
    /// Whether DynamoDB itself makes the change that is recorded now.
    #[serde(skip)]
    pub(crate) by_service: bool,
}

/// One shard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShardLog {
    pub(crate) id: String,
    /// The number from which on its records would be found.
    first: u64,
    records: VecDeque<(u64, Timestamp, StreamRecord)>,
    /// The number of the last record, trimmed or not.
    last: Option<u64>,
}

/// The decimal form of a record's number. `[DDB-13.4]`
pub(crate) fn sequence(number: u64) -> String {
    format!("1{number:020}")
}

/// The number of a record from its decimal form.
pub(crate) fn number(sequence: &str) -> Option<u64> {
    let digits = sequence.strip_prefix('1').filter(|digits| digits.len() == 20)?;
    digits.parse().ok()
}

impl Stream {
    pub(crate) fn new(
        table: (&Arc<str>, &str),
        view: View,
        partitions: usize,
        created: Timestamp,
        seed: &mut SeedStream,
    ) -> Self {
        let label = label(created);
        let mut ids: Vec<String> = (0..partitions)
            .map(|_| {
                let suffix = seed.next_u64() >> 32;
                format!("shardId-{:020}-{suffix:08x}", created.as_millis().max(0))
            })
            .collect();
        ids.sort();
        let shard = |id| ShardLog { id, first: 0, records: VecDeque::new(), last: None };
        Self {
            arn: format!("{}/stream/{label}", table.1).into(),
            label,
            table: table.0.clone(),
            view,
            created,
            closed: None,
            shards: ids.into_iter().map(shard).collect(),
            next: 0,
            by_service: false,
        }
    }

    /// Whether it can still be read. `[DDB-13.9]`
    pub(crate) fn is_readable(&self, now: Timestamp) -> bool {
        self.closed.is_none_or(|closed| now.since(closed) < RETENTION)
    }

    /// Records a change of the item with this key, if it is one. `[DDB-13.3]`
    /// `[DDB-20.5]`
    pub(crate) fn record(
        &mut self,
        shard: usize,
        keys: Item,
        (old, new): (Option<&Item>, Option<&Item>),
        at: Timestamp,
        (region, seed): (&str, &mut SeedStream),
    ) -> Option<&StreamRecord> {
        let event_name = match (old, new) {
            (None, None) => return None,
            (None, Some(_)) => "INSERT",
            (Some(_), None) => "REMOVE",
            (Some(old), Some(new)) if old == new => return None,
            (Some(_), Some(_)) => "MODIFY",
        };
        let shows = |image: View, item: Option<&Item>| {
            item.filter(|_| self.view == image || self.view == View::NewAndOldImages).cloned()
        };
        let (new_image, old_image) = (shows(View::NewImage, new), shows(View::OldImage, old));
        // [DDB-13.2]
        let size_bytes = keys.size() + new_image.iter().chain(&old_image).map(Item::size).sum::<u64>();
        let number = self.next;
        self.next += 1;
        let record = StreamRecord {
            event_id: seed.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect(),
            event_name: event_name.into(),
            event_version: "1.1".into(),
            event_source: "aws:dynamodb".into(),
            aws_region: region.into(),
            dynamodb: Change {
                approximate_creation_date_time: at.as_seconds() as f64,
                keys,
                new_image,
                old_image,
                sequence_number: sequence(number),
                size_bytes,
                stream_view_type: self.view.name().into(),
            },
            user_identity: self
                .by_service
                .then(|| Identity { kind: "Service".into(), principal_id: "dynamodb.amazonaws.com".into() }),
        };
        let shard = self.shards.get_mut(shard)?;
        shard.trim(at);
        shard.last = Some(number);
        shard.records.push_back((number, at, record));
        shard.records.back().map(|(_, _, record)| record)
    }
}

impl ShardLog {
    /// Forgets what is older than a day.
    fn trim(&mut self, now: Timestamp) {
        while let Some((number, at, _)) = self.records.front()
            && now.since(*at) >= RETENTION
        {
            self.first = number + 1;
            self.records.pop_front();
        }
    }

    /// The records from a number on that are younger than a day, with their
    /// numbers; `None` if some of them were trimmed.
    pub(crate) fn from(
        &self,
        number: u64,
        now: Timestamp,
    ) -> Option<impl Iterator<Item = (u64, &StreamRecord)>> {
        let old = |at: &Timestamp| now.since(*at) >= RETENTION;
        let start = self.records.partition_point(|(other, _, _)| *other < number);
        let trimmed = number < self.first && self.first > 0;
        if trimmed || self.records.get(start).is_some_and(|(_, at, _)| old(at)) {
            return None;
        }
        Some(self.records.range(start..).map(|(number, _, record)| (*number, record)))
    }

    /// The number of the oldest record that can be read and is not older than
    /// asked for in seconds, or of the next.
    pub(crate) fn horizon(&self, now: Timestamp, next: u64, since: Option<f64>) -> u64 {
        let young = |record: &StreamRecord| {
            since.is_none_or(|since| record.dynamodb.approximate_creation_date_time >= since)
        };
        let kept = self.records.iter().find(|(_, at, record)| now.since(*at) < RETENTION && young(record));
        kept.map_or(next, |(number, _, _)| *number)
    }

    /// The shard as AWS describes it.
    pub(crate) fn describe(&self, closed: bool) -> Shard {
        Shard {
            shard_id: self.id.clone(),
            sequence_number_range: SequenceNumberRange {
                starting_sequence_number: Some(sequence(self.first)),
                ending_sequence_number: closed.then(|| sequence(self.last.unwrap_or(self.first))),
            },
            parent_shard_id: None,
        }
    }
}

/// A time as stream labels print it. `[DDB-4.1.1]`
fn label(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(time) => time.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
        Err(_) => at.as_millis().to_string(),
    }
}
