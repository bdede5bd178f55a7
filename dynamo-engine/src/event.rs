//! What the engine tells whoever listens.

use crate::api::{ReplicaMessage, StreamRecord};
use crate::capacity::{Demand, Throttle};
use crate::table::index::IndexDefinition;
use alloc::boxed::Box;
use alloc::sync::Arc;
use aws_core::Quantity;
use serde::{Deserialize, Serialize};

/// What of a table units are taken from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Arm {
    /// The table itself.
    Table,
    /// A global index, with buckets of its own.
    Global(Arc<str>),
    /// A local index, on the table's buckets.
    Local(Arc<str>),
}

impl Arm {
    pub(crate) fn of(index: &IndexDefinition) -> Self {
        let name = index.name.clone();
        if index.global { Self::Global(name) } else { Self::Local(name) }
    }
}

/// Something that happened to a table.
///
/// ```
/// use aws_core::{Caller, Cx, Home, Recorder, Seed, Timestamp};
/// use dynamo_engine::{Arm, AttributeValue, CreateTableRequest, Engine, Event, Options, PutItemRequest, ValueType};
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let (now, who) = (Timestamp::from_seconds(0), Caller::anonymous());
/// let table = CreateTableRequest::on_demand("orders", ("pk", ValueType::S), None);
/// dynamo.create_table(Cx::new(now, Seed::counter(1), &who), table)?;
/// let mut log = Recorder::default();
/// let put = PutItemRequest::new("orders", [("pk", AttributeValue::s("a"))]);
/// dynamo.put_item(Cx::new(now, Seed::counter(2), &who).sink(&mut log), put)?;
/// // An on-demand table begins with four partitions; the hash of the key says which is used.
/// assert!(matches!(&log.events[0].1, Event::Consumed { arm: Arm::Table, partition: 0..4, .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Event {
    /// A replica was written: a message for the other Regions. `[DDB-15.1]`
    Replicate(Box<ReplicaMessage>),
    /// Units were taken from a partition.
    Consumed {
        /// The table.
        table: Arc<str>,
        /// It, or one of its indexes.
        arm: Arm,
        /// The partition, counted from zero.
        partition: usize,
        /// Read or write units.
        demand: Demand,
        /// How many.
        units: Quantity,
    },
    /// A call was refused because a bucket was empty.
    Throttled(Throttle),
    /// An item changed in a table with a stream.
    Changed {
        /// The table.
        table: Arc<str>,
        /// The record.
        record: StreamRecord,
    },
    /// A table can be used.
    TableActive {
        /// Its name.
        table: Arc<str>,
    },
    /// A table is gone.
    TableDeleted {
        /// Its name.
        table: Arc<str>,
    },
}
