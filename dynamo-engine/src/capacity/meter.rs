//! Admission control of one table or index.

use super::bucket::Bucket;
use super::throttle::{Demand, ThrottledBy};
use crate::api::OnDemandThroughput;
use alloc::vec::Vec;
use aws_core::{Quantity, Timestamp};
use serde::{Deserialize, Serialize};

/// How provisioned throughput is shared among partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Admission {
    /// A bucket for the whole table, and for each partition its limit of 3,000
    /// read and 1,000 write units a second: how AWS does it since 2019.
    /// `[CAP-4.a]`
    Global,
    /// Each partition has an equal share of the throughput and a burst of its
    /// own, and no partition helps another: how AWS did it until 2017.
    /// `[CAP-4.b]`
    Even,
}

/// Throughput in units a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rates {
    pub(crate) read: u64,
    pub(crate) write: u64,
}

/// What a partition can serve in a second. `[CAP-3.6]`
const PARTITION: Rates = Rates { read: 3_000, write: 1_000 };
/// Seconds of unused throughput that are saved. `[CAP-4.1]`
const BURST: u32 = 300;
/// Partitions of a new on-demand table. `[CAP-3.12]`
const ON_DEMAND_PARTITIONS: usize = 4;

/// Units that one call takes from one partition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw {
    pub(crate) partition: usize,
    pub(crate) units: Quantity,
}

/// The buckets of one table or global index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Meter {
    read: Buckets,
    write: Buckets,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Buckets {
    whole: Option<Bucket>,
    partitions: Vec<Bucket>,
    /// Whether the whole is a ceiling of what is paid by the request.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    ceiling: bool,
}

/// A bucket that lets nothing in.
pub(crate) struct Full {
    pub(crate) by: ThrottledBy,
    pub(crate) left: i64,
    pub(crate) opens: Timestamp,
}

/// How many partitions a new table or index has. `[CAP-3.10]` `[CAP-3.12]`
pub(crate) fn partitions(provisioned: Option<Rates>) -> usize {
    let Some(rates) = provisioned else { return ON_DEMAND_PARTITIONS };
    let thousandths = rates.read.saturating_mul(1_000) / PARTITION.read
        + rates.write.saturating_mul(1_000) / PARTITION.write;
    // A table of 10^12 units would have 10^9 partitions; nobody can pay it.
    usize::try_from(thousandths.div_ceil(1_000).clamp(1, 10_000)).unwrap_or(1)
}

impl Meter {
    /// Buckets of a table or index with so much throughput, none if it is paid
    /// by the request.
    pub(crate) fn new(
        provisioned: Option<Rates>,
        partitions: usize,
        admission: Admission,
        initial_burst: u32,
        at: Timestamp,
    ) -> Self {
        let side = |rate: Option<u64>, cap: u64| {
            let start = initial_burst.max(1);
            let (whole, one) = match (rate, admission) {
                (Some(rate), Admission::Even) => {
                    let share = rate.saturating_mul(1_000) / (partitions.max(1) as u64);
                    (None, Bucket::new(share, BURST, start, at))
                }
                (rate, _) => {
                    let whole = rate.map(|rate| Bucket::new(rate.saturating_mul(1_000), BURST, start, at));
                    // [CAP-4.3] No burst lifts a partition over its limit.
                    (whole, Bucket::new(cap * 1_000, 1, 1, at))
                }
            };
            Buckets { whole, partitions: (0..partitions).map(|_| one.clone()).collect(), ceiling: false }
        };
        Self {
            read: side(provisioned.map(|rates| rates.read), PARTITION.read),
            write: side(provisioned.map(|rates| rates.write), PARTITION.write),
        }
    }

    /// Buckets that never empty.
    pub(crate) fn unlimited(partitions: usize, at: Timestamp) -> Self {
        let bottomless = Bucket::new(u64::MAX, 1, 1, at);
        let side = || {
            let partitions = (0..partitions).map(|_| bottomless.clone()).collect();
            Buckets { whole: None, partitions, ceiling: false }
        };
        Self { read: side(), write: side() }
    }

    /// Sets the ceilings of what is paid by the request, or takes them away.
    /// `[CAP-4.10]`
    pub(crate) fn limit(&mut self, ceiling: Option<OnDemandThroughput>, at: Timestamp) {
        let ceiling = ceiling.unwrap_or_default();
        let units = |units: Option<i64>| units.and_then(|units| u64::try_from(units).ok());
        for (side, units) in [
            (&mut self.read, units(ceiling.max_read_request_units)),
            (&mut self.write, units(ceiling.max_write_request_units)),
        ] {
            if units.is_some() || side.ceiling {
                side.whole = units.map(|units| Bucket::new(units.saturating_mul(1_000), 1, 1, at));
                side.ceiling = units.is_some();
            }
        }
    }

    fn side(&self, demand: Demand) -> &Buckets {
        match demand {
            Demand::Read => &self.read,
            Demand::Write => &self.write,
        }
    }

    /// Whether the whole and this partition let a call in. `[CAP-9.2]`
    pub(crate) fn admits(&self, demand: Demand, partition: usize, now: Timestamp) -> Result<(), Full> {
        let side = self.side(demand);
        let full = |by, bucket: &Bucket| Full { by, left: bucket.left(now), opens: bucket.opens(now) };
        if let Some(whole) = side.whole.as_ref().filter(|whole| !whole.admits(now)) {
            let by = if side.ceiling { ThrottledBy::Ceiling } else { ThrottledBy::Provisioned };
            return Err(full(by, whole));
        }
        match side.partitions.get(partition).filter(|bucket| !bucket.admits(now)) {
            Some(bucket) => Err(full(ThrottledBy::Partition, bucket)),
            None => Ok(()),
        }
    }

    /// Takes what was admitted.
    pub(crate) fn take(&mut self, demand: Demand, draw: Draw, now: Timestamp) {
        let side = match demand {
            Demand::Read => &mut self.read,
            Demand::Write => &mut self.write,
        };
        for bucket in side.whole.iter_mut().chain(side.partitions.get_mut(draw.partition)) {
            bucket.take(now, draw.units);
        }
    }

    /// How many partitions it watches.
    pub(crate) fn partitions(&self) -> usize {
        self.read.partitions.len().min(self.write.partitions.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[CAP-3.10]` `[CAP-3.12]`
    #[test]
    fn partition_counts() {
        let count = |read, write| partitions(Some(Rates { read, write }));
        assert_eq!((count(1, 1), count(3_000, 0), count(0, 3_200), count(5, 5)), (1, 1, 4, 1));
        assert_eq!((count(3_000, 1_000), count(3_001, 1_000), partitions(None)), (2, 2, 4));
    }

    /// `[CAP-4.a]` `[CAP-4.b]` `[CAP-A2]` Four partitions, 400 units; loads of 50, 50, 50 and 150 a
    /// second. Even shares throttle the last once its start is used up, the
    /// global bucket nobody.
    #[test]
    fn a_skewed_load_under_both_kinds_of_admission() {
        let throttled = |admission| {
            let rates = Some(Rates { read: 400, write: 400 });
            let mut meter = Meter::new(rates, 4, admission, 0, Timestamp::EPOCH);
            let mut refused = [0; 4];
            for tick in 0..6_000_i64 {
                let now = Timestamp::from_millis(tick * 10);
                for (partition, every) in [(0, 2), (1, 2), (2, 2), (3, 2)] {
                    for _ in 0..if partition == 3 { 3 } else { 1 } {
                        if tick % every == 0 {
                            match meter.admits(Demand::Write, partition, now) {
                                Ok(()) => meter.take(
                                    Demand::Write,
                                    Draw { partition, units: Quantity::from_whole(1) },
                                    now,
                                ),
                                Err(full) => {
                                    assert_eq!(full.by, ThrottledBy::Partition);
                                    refused[partition] += 1;
                                }
                            }
                        }
                    }
                }
            }
            refused
        };
        assert_eq!(throttled(Admission::Global), [0; 4]);
        let even = throttled(Admission::Even);
        assert!(even[..3] == [0; 3] && even[3] > 2_000, "{even:?}");
    }
}
