//! Why a call was throttled.

use crate::value::Value;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{Quantity, Timestamp};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Whether a call reads or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Demand {
    /// It reads.
    Read,
    /// It writes.
    Write,
}

/// What had no units left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThrottledBy {
    /// The provisioned throughput of the table or index.
    Provisioned,
    /// The partition that holds the key.
    Partition,
    /// The ceiling of a table that is paid by the request. `[CAP-4.10]`
    Ceiling,
}

/// One entry of an error's ThrottlingReasons. `[CAP-5.1]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThrottlingReason {
    /// Such as `TableWriteKeyRangeThroughputExceeded`.
    pub reason: String,
    /// The ARN of the table or index.
    pub resource: String,
}

/// Why a call was throttled: AWS's reasons, and what AWS does not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Throttle {
    /// What the error says.
    pub reasons: Vec<ThrottlingReason>,
    /// The table.
    pub table: Arc<str>,
    /// The index, if not the table itself.
    pub index: Option<Arc<str>>,
    /// Whether the table is paid by the request.
    pub on_demand: bool,
    /// Whether the call reads or writes.
    pub demand: Demand,
    /// What had no units left.
    pub by: ThrottledBy,
    /// The partition of the table or index, counted from zero.
    pub partition: usize,
    /// The partition key that led there, if the call has one.
    pub key: Option<Value>,
    /// Units that the call asked for there.
    pub asked: Quantity,
    /// Thousandths of a unit that were left; below zero is a debt.
    pub left: i64,
    /// When a call would be let in again, if no other comes first.
    pub opens: Timestamp,
}

impl fmt::Display for Throttle {
    /// AWS's text. `[CAP-5.3]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.by == ThrottledBy::Ceiling {
            return f
                .write_str("Throughput exceeds the maximum OnDemandThroughput configured on table or index");
        }
        f.write_str(match (self.on_demand, self.index.is_some()) {
            (false, false) => {
                "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."
            }
            (false, true) => {
                "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API"
            }
            (true, true) if self.demand == Demand::Write => {
                "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically scaling your index so please try again shortly."
            }
            (true, _) => {
                "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
            }
        })
    }
}
