//! What was heard while the pipeline ran.

use aws_core::{Quantity, Recorder, Timestamp, Unit};
use sqs_engine::{Event, EventKind, MessageId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Everything the report is made from.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Each message's life, in order; complete when the run is over.
    pub(crate) lives: BTreeMap<MessageId, Vec<Moment>>,
    /// The same while the pipeline runs, when it is found often.
    living: HashMap<MessageId, Vec<Moment>>,
    /// How often each piece of work was done.
    pub(crate) worked: HashMap<(&'static str, String), u32>,
    /// Attempts that failed.
    pub(crate) failed: BTreeMap<&'static str, u64>,
    /// Depths of the queues over time.
    pub(crate) samples: Vec<Sample>,
    /// What went wrong.
    pub(crate) incidents: BTreeMap<Fault, Incident>,
    /// Writes by partition over time.
    pub(crate) capacity: Vec<Capacity>,
    /// Requests as AWS would bill them.
    pub(crate) billed: Quantity,
}

/// Something that happened to a message.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) queue: Arc<str>,
    pub(crate) kind: EventKind,
}

/// What went wrong, in the order in which the report tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A call that a policy of the organisation denies.
    Denied,
    /// A way through the network that does not work.
    Path,
    /// A partition that is asked for more than its share.
    HotKey,
    /// A message that does not open under the context its reader knows.
    Context,
}

/// Something that went wrong, and why, in the engine's words.
#[derive(Debug, Clone)]
pub(crate) struct Incident {
    pub(crate) first: Timestamp,
    pub(crate) times: u64,
    pub(crate) why: String,
}

/// Units that a partition gave within a sample.
#[derive(Debug, Clone)]
pub(crate) struct Capacity {
    pub(crate) at: Timestamp,
    pub(crate) arm: String,
    pub(crate) partition: usize,
    pub(crate) units: Quantity,
}

/// How many messages a queue held at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) at: Timestamp,
    pub(crate) queue: &'static str,
    /// Those that could be received.
    pub(crate) waiting: u64,
    /// Those in flight or delayed too.
    pub(crate) all: u64,
}

impl Ledger {
    pub(crate) fn hear(&mut self, log: Recorder<Event>) {
        self.billed += log.total(Unit::Requests);
        for (at, event) in log.events {
            if let EventKind::Redriven { target, message_id } = &event.kind {
                let (queue, kind) = (target.clone(), event.kind.clone());
                self.living.entry(*message_id).or_default().push(Moment { at, queue, kind });
            }
            if let Some(id) = event.message_id {
                self.living.entry(id).or_default().push(Moment { at, queue: event.queue, kind: event.kind });
            }
        }
    }

    /// Nothing more will be heard.
    pub(crate) fn close(&mut self) {
        self.lives = std::mem::take(&mut self.living).into_iter().collect();
    }

    /// Keeps the first explanation of a fault, and counts the others.
    pub(crate) fn fault(&mut self, at: Timestamp, fault: Fault, why: impl FnOnce() -> String) {
        let incident =
            self.incidents.entry(fault).or_insert_with(|| Incident { first: at, times: 0, why: why() });
        incident.times += 1;
    }

    pub(crate) fn worked(&mut self, service: &'static str, key: &str) {
        *self.worked.entry((service, key.into())).or_default() += 1;
    }

    pub(crate) fn failed(&mut self, service: &'static str) {
        *self.failed.entry(service).or_default() += 1;
    }

    pub(crate) fn sample(&mut self, at: Timestamp, queue: &'static str, waiting: u64, all: u64) {
        self.samples.push(Sample { at, queue, waiting, all });
    }
}
