//! Calls that AWS does not have: what happens inside DynamoDB, step by step,
//! as the owner of a simulation wants it to. They are part of histories.

use super::TransactWriteItemsRequest;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::prepare_transaction`](crate::Engine::prepare_transaction):
/// the first half of a TransactWriteItems, after which its items are held.
///
/// ```
/// use aws_core::{AwsError as _, Caller, Calls, Home, Timestamp};
/// use dynamo_engine::*;
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("seats", ("id", ValueType::S), None))?;
/// let seat = |who: &str| AttributeMap::from([("id", AttributeValue::s("12A")), ("who", AttributeValue::s(who))]);
///
/// let booking = TransactWriteItemsRequest::new([Put::new("seats", seat("ann")).into()]);
/// dynamo.prepare_transaction(calls.cx(), PrepareTransactionRequest::new("t-1", booking))?;
/// // Whoever writes the item meanwhile is told to try again; reads go on.
/// let refusal = dynamo.put_item(calls.cx(), PutItemRequest::new("seats", seat("bob"))).unwrap_err();
/// assert_eq!((refusal.shape(), refusal.to_string().as_str()), ("TransactionConflictException", "Transaction is ongoing for the item"));
/// dynamo.commit_transaction(calls.cx(), CommitTransactionRequest::new("t-1"))?;
/// dynamo.put_item(calls.cx(), PutItemRequest::new("seats", seat("bob")))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PrepareTransactionRequest {
    /// What the two halves have in common; the owner's choice.
    pub transaction_id: String,
    /// What is to be done, all or nothing.
    pub transaction: TransactWriteItemsRequest,
}

impl PrepareTransactionRequest {
    /// Prepares a transaction under this name.
    #[must_use]
    pub fn new(id: impl Into<String>, transaction: TransactWriteItemsRequest) -> Self {
        Self { transaction_id: id.into(), transaction }
    }
}

/// Input of [`Engine::commit_transaction`](crate::Engine::commit_transaction).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CommitTransactionRequest {
    /// As it was prepared.
    pub transaction_id: String,
}

impl CommitTransactionRequest {
    /// Does what was prepared under this name.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { transaction_id: id.into() }
    }
}

/// Input of [`Engine::cancel_transaction`](crate::Engine::cancel_transaction).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CancelTransactionRequest {
    /// As it was prepared.
    pub transaction_id: String,
}

impl CancelTransactionRequest {
    /// Lets go of what was prepared under this name.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { transaction_id: id.into() }
    }
}
