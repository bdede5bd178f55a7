//! Requests and results of PartiQL.

use super::{ConsumedCapacity, ItemResponse};
use crate::item::Item;
use crate::value::AttributeValue;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Input of [`Engine::execute_statement`](crate::Engine::execute_statement).
///
/// ```
/// use aws_core::{AwsError as _, Caller, Calls, Home, Timestamp};
/// use dynamo_engine::*;
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("music", ("artist", ValueType::S), Some(("song", ValueType::S))))?;
/// let mut run = |statement: &str| dynamo.execute_statement(calls.cx(), ExecuteStatementRequest::new(statement));
///
/// run("INSERT INTO music VALUE {'artist': 'Acme Band', 'song': 'PartiQL Rocks', 'awards': 1}")?;
/// // An UPDATE makes nothing: what is not there fails its condition.
/// assert_eq!(run("UPDATE music SET awards = 2 WHERE artist = 'x' AND song = 'y'").unwrap_err().shape(), "ConditionalCheckFailedException");
/// run("UPDATE music SET awards = awards + 1 SET tags = <<'live'>> WHERE artist = 'Acme Band' AND song = 'PartiQL Rocks'")?;
/// let found = run("SELECT awards, tags FROM music WHERE artist = 'Acme Band' AND begins_with(song, 'Parti')")?;
/// assert_eq!(serde_json::to_string(&found.items)?, r#"[{"awards":{"N":"2"},"tags":{"SS":["live"]}}]"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExecuteStatementRequest {
    /// The statement, of up to 8,192 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// What the question marks stand for, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<AttributeValue>>,
    /// Whether a read sees every write before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consistent_read: Option<bool>,
    /// Where a page goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
    /// How many items to look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// `ALL_OLD` or `NONE`: what a false condition gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
}

impl ExecuteStatementRequest {
    /// Runs this statement.
    #[must_use]
    pub fn new(statement: impl Into<String>) -> Self {
        Self { statement: Some(statement.into()), ..Self::default() }
    }

    /// With a value for the next question mark.
    #[must_use]
    pub fn parameter(mut self, value: AttributeValue) -> Self {
        self.parameters.get_or_insert_default().push(value);
        self
    }
}

/// Output of [`Engine::execute_statement`](crate::Engine::execute_statement).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExecuteStatementResult {
    /// What was read, or what RETURNING asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Item>>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// What it cost, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<ConsumedCapacity>,
    /// Where the page ended, unless the data did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_evaluated_key: Option<Item>,
}

/// Input of [`Engine::batch_execute_statement`](crate::Engine::batch_execute_statement).
///
/// ```
/// use dynamo_engine::{BatchExecuteStatementRequest, BatchStatementRequest};
/// let batch = BatchExecuteStatementRequest::new([BatchStatementRequest::new("SELECT * FROM t WHERE pk = 'a'")]);
/// assert_eq!(serde_json::to_string(&batch)?, r#"{"Statements":[{"Statement":"SELECT * FROM t WHERE pk = 'a'"}]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchExecuteStatementRequest {
    /// Up to 25 statements, all reads or all writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statements: Option<Vec<BatchStatementRequest>>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
}

impl BatchExecuteStatementRequest {
    /// Runs these statements, each by itself.
    #[must_use]
    pub fn new(statements: impl IntoIterator<Item = BatchStatementRequest>) -> Self {
        Self { statements: Some(statements.into_iter().collect()), ..Self::default() }
    }
}

/// A statement of a batch.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchStatementRequest {
    /// The statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// What the question marks stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<AttributeValue>>,
    /// Whether a read sees every write before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consistent_read: Option<bool>,
    /// `ALL_OLD` or `NONE`: what a false condition gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
}

impl BatchStatementRequest {
    /// A statement without parameters.
    #[must_use]
    pub fn new(statement: impl Into<String>) -> Self {
        Self { statement: Some(statement.into()), ..Self::default() }
    }
}

/// Output of [`Engine::batch_execute_statement`](crate::Engine::batch_execute_statement).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchExecuteStatementResult {
    /// One answer for each statement.
    pub responses: Vec<BatchStatementResponse>,
    /// What they cost by table, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
}

/// What a statement of a batch came to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchStatementResponse {
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<BatchStatementError>,
    /// The table, of a statement that ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The item that was read, or what RETURNING asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
}

/// Why a statement of a batch was not done.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchStatementError {
    /// `ConditionalCheckFailed`, `DuplicateItem`, `ValidationError`,
    /// `ResourceNotFound` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The item that failed a condition, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
}

/// Input of [`Engine::execute_transaction`](crate::Engine::execute_transaction).
///
/// ```
/// use dynamo_engine::{ExecuteTransactionRequest, ParameterizedStatement};
/// let all = ExecuteTransactionRequest::new([
///     ParameterizedStatement::new("EXISTS(SELECT * FROM t WHERE pk = 'a' AND n > 1)"),
///     ParameterizedStatement::new("UPDATE t SET n = n - 1 WHERE pk = 'b'"),
/// ]);
/// assert_eq!(all.transact_statements.map(|all| all.len()), Some(2));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExecuteTransactionRequest {
    /// Up to 100 statements, all reads or all writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transact_statements: Option<Vec<ParameterizedStatement>>,
    /// What makes the call idempotent for ten minutes. `[DDB-12.8]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_token: Option<String>,
    /// `NONE`, `TOTAL` or `INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_consumed_capacity: Option<String>,
}

impl ExecuteTransactionRequest {
    /// Runs all of these or none.
    #[must_use]
    pub fn new(statements: impl IntoIterator<Item = ParameterizedStatement>) -> Self {
        Self { transact_statements: Some(statements.into_iter().collect()), ..Self::default() }
    }
}

/// A statement of a transaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ParameterizedStatement {
    /// The statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// What the question marks stand for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<AttributeValue>>,
    /// `ALL_OLD` or `NONE`: what a false condition gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_values_on_condition_check_failure: Option<String>,
}

impl ParameterizedStatement {
    /// A statement without parameters.
    #[must_use]
    pub fn new(statement: impl Into<String>) -> Self {
        Self { statement: Some(statement.into()), ..Self::default() }
    }
}

/// Output of [`Engine::execute_transaction`](crate::Engine::execute_transaction).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExecuteTransactionResult {
    /// What was read, statement by statement; empty if all of them write.
    pub responses: Vec<ItemResponse>,
    /// What they cost by table, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
}
