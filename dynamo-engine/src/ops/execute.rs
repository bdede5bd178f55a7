//! ExecuteStatement, BatchExecuteStatement, ExecuteTransaction. `[DDB-12.10]`

use super::members::{self, one_of};
use super::statement::{self, Done, Failed, How, refuse};
use super::transact::{Action, Read, Whole, enclosed, permission, read_all, write_all};
use super::{Named, report};
use crate::api::{
    BatchExecuteStatementRequest, BatchExecuteStatementResult, BatchStatementError, BatchStatementResponse,
    ConsumedCapacity, ExecuteStatementRequest, ExecuteStatementResult, ExecuteTransactionRequest,
    ExecuteTransactionResult, ParameterizedStatement,
};
use crate::item::Item;
use crate::partiql::{Statement, StatementFault, Verb};
use crate::table::Consumed;
use crate::value::AttributeValue;
use crate::{Engine, Error, Event, OldItem};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, AwsError as _, Caller, Constraint, Cx, Operation, Permit, Sink, Violations};
use core::fmt::Write as _;
use md5::{Digest as _, Md5};

/// Characters of a statement. `[DDB-12.1]`
const STATEMENT: usize = 8_192;
/// Characters of a NextToken. `[DDB-12.1]`
const NEXT: usize = 32_768;
/// Statements of a batch. `[DDB-12.7]`
const BATCH: usize = 25;
/// Statements of a transaction. `[DDB-12.8]`
const TRANSACTION: usize = 100;
const ON_FAILURE: &[&str] = &["ALL_OLD", "NONE"];

/// [DDB-12.1]
fn check_statement(faults: &mut Violations, path: &str, text: Option<&str>) {
    match text {
        None => faults.null(path),
        Some("") => faults.echoed(path, "", Constraint::MinLength(1)),
        Some(text) if text.chars().count() > STATEMENT => {
            faults.echoed(path, text, Constraint::MaxLength(STATEMENT as u64));
        }
        Some(_) => {}
    }
}

/// [DDB-X130]
fn check_parameters(faults: &mut Violations, path: &str, parameters: Option<&Vec<AttributeValue>>) {
    if parameters.is_some_and(Vec::is_empty) {
        faults.echoed(path, "[]", Constraint::MinLength(1));
    }
}

fn check_count(faults: &mut Violations, path: &str, count: Option<usize>, most: usize) {
    match count {
        None => faults.null(path),
        Some(0) => faults.echoed(path, "[]", Constraint::MinLength(1)),
        Some(count) if count > most => {
            faults.echoed(path, "[...]", Constraint::MaxLength(most as u64));
        }
        Some(_) => {}
    }
}

/// What a statement needs permission for. `[DDB-16.0]`
fn need(engine: &Engine, statement: &Statement) -> AuthzRequest {
    let target = Named::new(engine, &statement.table);
    let request = target.needs_index(engine, statement.action(), statement.index.as_deref());
    let Ok(table) = engine.table(&target.name) else { return request };
    match statement.verb {
        Verb::Select { .. } => {
            let scans = statement::scans(statement, table);
            request.with_context("dynamodb:FullTableScan", [if scans { "true" } else { "false" }])
        }
        _ => request,
    }
}

impl ExecuteStatementRequest {
    /// [DDB-12.10]
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        check_statement(&mut faults, "statement", self.statement.as_deref());
        check_parameters(&mut faults, "parameters", self.parameters.as_ref());
        let consumed = self.return_consumed_capacity.as_deref();
        one_of(&mut faults, "returnConsumedCapacity", consumed, members::CONSUMED);
        let on_failure = self.return_values_on_condition_check_failure.as_deref();
        one_of(&mut faults, "returnValuesOnConditionCheckFailure", on_failure, ON_FAILURE);
        if let Some(limit) = self.limit.filter(|limit| *limit < 1) {
            faults.echoed("limit", limit, Constraint::MinValue(1));
        }
        match self.next_token.as_deref() {
            Some("") => faults.echoed("nextToken", "", Constraint::MinLength(1)),
            Some(token) if token.len() > NEXT => {
                faults.echoed("nextToken", token, Constraint::MaxLength(NEXT as u64));
            }
            _ => {}
        }
        members::check(faults)
    }

    fn read(&self) -> Result<Statement, Error> {
        Statement::read(self.statement.as_deref().unwrap_or_default(), self.parameters.as_deref())
    }

    /// What a NextToken is bound to. `[DDB-12.3]`
    fn digest(&self) -> String {
        let mut digest = Md5::new();
        digest.update(self.statement.as_deref().unwrap_or_default());
        digest.update(serde_json::to_vec(&self.parameters).unwrap_or_default());
        let mut text = String::with_capacity(32);
        for byte in digest.finalize() {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// The key that a token stands for. AWS's token is opaque; this one is a
    /// digest of the request and the key in hexadecimal.
    fn start(&self) -> Result<Option<Item>, Error> {
        let Some(token) = self.next_token.as_deref() else { return Ok(None) };
        let Some((digest, key)) = token.split_at_checked(32) else {
            return refuse(StatementFault::BadToken);
        };
        let byte = |pair: &[u8]| {
            let text = core::str::from_utf8(pair).ok()?;
            u8::from_str_radix(text, 16).ok()
        };
        let bytes = key.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>();
        let item = bytes.and_then(|bytes| serde_json::from_slice::<Item>(&bytes).ok());
        let hexadecimal = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        match item.filter(|_| hexadecimal && key.len().is_multiple_of(2)) {
            None => refuse(StatementFault::BadToken),
            Some(_) if digest != self.digest() => refuse(StatementFault::OtherToken),
            Some(item) => Ok(Some(item)),
        }
    }

    fn token(&self, last: &Item) -> String {
        let mut token = self.digest();
        for byte in serde_json::to_vec(last).unwrap_or_default() {
            let _ = write!(token, "{byte:02x}");
        }
        token
    }
}

impl Operation<Engine> for ExecuteStatementRequest {
    type Output = ExecuteStatementResult;
    type Target = Statement;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<Statement, Error> {
        self.check_members()?;
        // What cannot be read has nothing to be permitted.
        self.read()
    }

    fn needs(&self, engine: &Engine, statement: &Statement, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([need(engine, statement)])
    }

    /// [DDB-12.10]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        statement: Statement,
        mut cx: Cx<'_, S>,
    ) -> Result<ExecuteStatementResult, Error> {
        let named = statement.table.clone();
        let name = Named::new(engine, &named).name;
        let how = How {
            limit: self.limit.and_then(|limit| u64::try_from(limit).ok()),
            consistent: self.consistent_read == Some(true),
            start: self.start()?,
            old_wanted: self.return_values_on_condition_check_failure.as_deref() == Some("ALL_OLD"),
        };
        let reads = statement.reads();
        let done = statement::run(engine, statement, how, &mut cx).map_err(|failed| failed.error)?;
        let table = engine.table(&name)?;
        let asked = self.return_consumed_capacity.as_deref();
        Ok(ExecuteStatementResult {
            items: if reads { done.items } else { Some(done.items.unwrap_or_default()) },
            next_token: done.last.as_ref().map(|last| self.token(last)),
            consumed_capacity: report(table, &done.consumed, asked, &named),
            last_evaluated_key: done.last,
        })
    }
}

impl BatchExecuteStatementRequest {
    /// [DDB-12.10]
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        let consumed = self.return_consumed_capacity.as_deref();
        one_of(&mut faults, "returnConsumedCapacity", consumed, members::CONSUMED);
        check_count(&mut faults, "statements", self.statements.as_ref().map(Vec::len), BATCH);
        for (index, one) in (1..).zip(self.statements.iter().flatten()) {
            let path = |member: &str| format!("statements.{index}.member.{member}");
            check_statement(&mut faults, &path("statement"), one.statement.as_deref());
            check_parameters(&mut faults, &path("parameters"), one.parameters.as_ref());
            let on_failure = one.return_values_on_condition_check_failure.as_deref();
            one_of(&mut faults, &path("returnValuesOnConditionCheckFailure"), on_failure, ON_FAILURE);
        }
        members::check(faults)
    }

    fn read(&self) -> Vec<Result<Statement, Error>> {
        let read = |one: &crate::api::BatchStatementRequest| {
            Statement::read(one.statement.as_deref().unwrap_or_default(), one.parameters.as_deref())
        };
        self.statements.iter().flatten().map(read).collect()
    }
}

/// The short name of a refusal, as members of a batch have it. `[DDB-12.7]`
fn code(error: &Error) -> &'static str {
    match error.shape() {
        "ConditionalCheckFailedException" => "ConditionalCheckFailed",
        "DuplicateItemException" => "DuplicateItem",
        "ResourceNotFoundException" => "ResourceNotFound",
        "ProvisionedThroughputExceededException" => "ProvisionedThroughputExceeded",
        "ThrottlingException" => "ThrottlingError",
        "TransactionConflictException" => "TransactionConflict",
        "AccessDeniedException" => "AccessDenied",
        _ => "ValidationError",
    }
}

impl Operation<Engine> for BatchExecuteStatementRequest {
    type Output = BatchExecuteStatementResult;
    type Target = Vec<Result<Statement, Error>>;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<Self::Target, Error> {
        self.check_members()?;
        Ok(self.read())
    }

    /// One decision for each statement that can be read.
    fn needs(&self, engine: &Engine, statements: &Self::Target, _caller: &Caller) -> Vec<AuthzRequest> {
        let enclose = |request| enclosed(request, "BatchExecuteStatement");
        statements.iter().flatten().map(|statement| enclose(need(engine, statement))).collect()
    }

    fn permission(&self, statements: &Self::Target, permit: &Permit) -> Result<(), Error> {
        permission(statements.iter().flatten().count(), permit)
    }

    /// [DDB-12.7] [DDB-12.10]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        statements: Self::Target,
        mut cx: Cx<'_, S>,
    ) -> Result<BatchExecuteStatementResult, Error> {
        let readable = || statements.iter().flatten();
        if readable().any(Statement::reads) && !readable().all(Statement::reads) {
            return refuse(StatementFault::Mixed);
        }
        let mut seen = Vec::new();
        for statement in readable() {
            let name = Named::new(engine, &statement.table).name;
            let Ok(table) = engine.table(&name) else { continue };
            let Some(key) = statement::target(statement, table) else { continue };
            if seen.contains(&(name.clone(), key.clone())) {
                return Err(Error::DuplicateKeys);
            }
            seen.push((name, key));
        }
        let mut responses = Vec::with_capacity(statements.len());
        // By table: what was done, what failing cost, and whether any was done.
        let mut bills: BTreeMap<String, (Consumed, u64, bool)> = BTreeMap::new();
        for (one, statement) in self.statements.iter().flatten().zip(statements) {
            let named = statement.as_ref().map(|statement| statement.table.clone()).unwrap_or_default();
            let how = How {
                consistent: one.consistent_read == Some(true),
                old_wanted: one.return_values_on_condition_check_failure.as_deref() == Some("ALL_OLD"),
                ..How::default()
            };
            let ran = match statement {
                Err(error) => Err(error.into()),
                Ok(statement) => member(engine, statement, how, &mut cx),
            };
            let bill = bills.entry(named.clone()).or_default();
            responses.push(match ran {
                Ok(Done { items, consumed, .. }) => {
                    bill.0.add(consumed);
                    bill.2 = true;
                    let item = items.and_then(|items| items.into_iter().next());
                    BatchStatementResponse { error: None, table_name: Some(named), item }
                }
                Err(Failed { error, units }) => {
                    bill.1 += units;
                    let item = match &error {
                        Error::ConditionFailed { item: OldItem(item) }
                        | Error::DuplicateItem { item: OldItem(item) } => item.clone(),
                        _ => None,
                    };
                    let code = code(&error);
                    // [DDB-12.7] What ran and failed names its table.
                    let ran = matches!(code, "ConditionalCheckFailed" | "DuplicateItem");
                    BatchStatementResponse {
                        error: Some(BatchStatementError {
                            code: Some(code.into()),
                            message: Some(error.to_string()),
                            item,
                        }),
                        table_name: Some(named).filter(|_| ran),
                        item: None,
                    }
                }
            });
        }
        let asked = self.return_consumed_capacity.as_deref();
        let mut reports: Vec<ConsumedCapacity> = Vec::new();
        for (named, (consumed, failed, any)) in bills {
            if !any {
                continue;
            }
            let name = Named::new(engine, &named).name;
            let table = engine.table(&name)?;
            // [CAP-46] What failed counts in the total alone.
            reports.extend(report(table, &consumed, asked, &named).map(|mut report| {
                report.capacity_units += failed as f64;
                report
            }));
        }
        let consumed_capacity = Some(reports).filter(|reports| !reports.is_empty());
        Ok(BatchExecuteStatementResult { responses, consumed_capacity })
    }
}

/// Runs a statement of a batch: a read must name a key and no index.
/// `[DDB-12.7]`
fn member<S: Sink<Event>>(
    engine: &mut Engine,
    statement: Statement,
    how: How,
    cx: &mut Cx<'_, S>,
) -> Result<Done, Failed> {
    if let Verb::Select { exists: false, .. } = statement.verb {
        let name = Named::new(engine, &statement.table).name;
        let table = engine.table(&name)?;
        if statement.index.is_some() || statement::target(&statement, table).is_none() {
            return Ok(refuse(StatementFault::NoKeyInBatch)?);
        }
    }
    statement::run(engine, statement, how, cx)
}

impl ExecuteTransactionRequest {
    /// [DDB-12.10]
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        let consumed = self.return_consumed_capacity.as_deref();
        one_of(&mut faults, "returnConsumedCapacity", consumed, members::CONSUMED);
        let count = self.transact_statements.as_ref().map(Vec::len);
        check_count(&mut faults, "transactStatements", count, TRANSACTION);
        match self.client_request_token.as_deref() {
            Some("") => faults.echoed("clientRequestToken", "", Constraint::MinLength(1)),
            Some(token) if token.chars().count() > 36 => {
                faults.echoed("clientRequestToken", token, Constraint::MaxLength(36));
            }
            _ => {}
        }
        for (index, one) in (1..).zip(self.transact_statements.iter().flatten()) {
            let path = |member: &str| format!("transactStatements.{index}.member.{member}");
            check_statement(&mut faults, &path("statement"), one.statement.as_deref());
            check_parameters(&mut faults, &path("parameters"), one.parameters.as_ref());
            let on_failure = one.return_values_on_condition_check_failure.as_deref();
            one_of(&mut faults, &path("returnValuesOnConditionCheckFailure"), on_failure, ON_FAILURE);
        }
        members::check(faults)
    }

    /// Statement by statement: read, RETURNING, an index; then reads and
    /// writes together. `[DDB-12.10]`
    fn read(&self) -> Result<Vec<Statement>, Error> {
        let mut statements = Vec::new();
        for (place, one) in self.transact_statements.iter().flatten().enumerate() {
            let ParameterizedStatement { statement, parameters, .. } = one;
            let statement = Statement::read(statement.as_deref().unwrap_or_default(), parameters.as_deref())?;
            if statement.returning().is_some() {
                return refuse(StatementFault::ReturningInTransaction(place));
            }
            if statement.index.is_some() {
                return refuse(StatementFault::IndexInTransaction);
            }
            statements.push(statement);
        }
        if statements.iter().any(Statement::reads) && !statements.iter().all(Statement::reads) {
            return refuse(StatementFault::MixedTransaction);
        }
        Ok(statements)
    }
}

impl Operation<Engine> for ExecuteTransactionRequest {
    type Output = ExecuteTransactionResult;
    type Target = Vec<Statement>;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<Vec<Statement>, Error> {
        self.check_members()?;
        self.read()
    }

    fn needs(&self, engine: &Engine, statements: &Vec<Statement>, _caller: &Caller) -> Vec<AuthzRequest> {
        let enclose = |request| enclosed(request, "ExecuteTransaction");
        statements.iter().map(|statement| enclose(need(engine, statement))).collect()
    }

    fn permission(&self, statements: &Vec<Statement>, permit: &Permit) -> Result<(), Error> {
        permission(statements.len(), permit)
    }

    /// [DDB-12.8] [DDB-12.10]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        statements: Vec<Statement>,
        mut cx: Cx<'_, S>,
    ) -> Result<ExecuteTransactionResult, Error> {
        let asked = self.return_consumed_capacity.clone();
        if statements.iter().all(Statement::reads) {
            let reads = statements.into_iter().map(|statement| Read::of_statement(engine, statement));
            let reads = reads.collect::<Result<Vec<_>, _>>()?;
            let done = read_all(engine, &reads, asked.as_deref(), &mut cx)?;
            let (responses, consumed_capacity) = (done.responses, done.consumed_capacity);
            return Ok(ExecuteTransactionResult { responses, consumed_capacity });
        }
        let wanted = self
            .transact_statements
            .iter()
            .flatten()
            .map(|one| one.return_values_on_condition_check_failure.as_deref() == Some("ALL_OLD"));
        let actions = statements.into_iter().zip(wanted);
        let actions = actions.map(|(statement, wanted)| Action::of_statement(engine, statement, wanted));
        let actions = actions.collect::<Result<Vec<_>, _>>()?;
        let text = serde_json::to_vec(&self.transact_statements).unwrap_or_default();
        // [DDB-12.8] Its tokens are not those of TransactWriteItems.
        let token = self.client_request_token.map(|token| format!("ExecuteTransaction {token}"));
        let whole = Whole { token, digest: Md5::digest(text).into(), asked, metrics: None };
        let done = write_all(engine, &actions, whole, &mut cx)?;
        Ok(ExecuteTransactionResult { responses: Vec::new(), consumed_capacity: done.consumed_capacity })
    }
}
