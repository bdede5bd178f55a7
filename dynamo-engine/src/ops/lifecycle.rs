//! DescribeTable, DeleteTable, ListTables.

use super::{Named, members};
use crate::api::{
    DeleteTableRequest, DeleteTableResult, DescribeTableRequest, DescribeTableResult, ListTablesRequest,
    ListTablesResult,
};
use crate::table::Status;
use crate::{Engine, Error, Event};
use alloc::string::ToString;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Violations};
use core::ops::Bound;

/// [DDB-4.1.4]
fn resolve(engine: &Engine, name: Option<&str>) -> Result<Named, Error> {
    let mut faults = Violations::new();
    members::table_name(&mut faults, name);
    members::check(faults)?;
    Ok(Named::new(engine, name.unwrap_or_default()))
}

impl Operation<Engine> for DescribeTableRequest {
    type Output = DescribeTableResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        resolve(engine, self.table_name.as_deref())
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "DescribeTable")])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        _cx: Cx<'_, S>,
    ) -> Result<DescribeTableResult, Error> {
        Ok(DescribeTableResult { table: engine.any_table(&target.name)?.describe(true) })
    }
}

impl Operation<Engine> for DeleteTableRequest {
    type Output = DeleteTableResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        resolve(engine, self.table_name.as_deref())
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "DeleteTable")])
    }

    /// [DDB-4.4.5]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<DeleteTableResult, Error> {
        let table = engine.any_table(&target.name)?;
        match table.definition.status {
            Status::Creating(_) => return Err(Error::TableCreating { table: (*target.name).into() }),
            Status::Deleting(_) => {
                return Ok(DeleteTableResult { table_description: table.describe_deleted() });
            }
            Status::Updating(_) => return Err(Error::TableUpdating { table: (*target.name).into() }),
            Status::Active if table.definition.protected => return Err(Error::Protected),
            Status::Active => {}
        }
        let mut table_description = table.describe_deleted();
        table_description.table_status = "DELETING".into();
        engine.delete_table_now(&target.name, &mut cx.sink);
        Ok(DeleteTableResult { table_description })
    }
}

impl Operation<Engine> for ListTablesRequest {
    type Output = ListTablesResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        let mut faults = Violations::new();
        if let Some(name) = &self.exclusive_start_table_name {
            members::new_name(&mut faults, "exclusiveStartTableName", name);
        }
        match self.limit {
            Some(limit) if limit < 1 => faults.echoed("limit", limit, Constraint::MinValue(1)),
            Some(limit) if limit > 100 => faults.echoed("limit", limit, Constraint::MaxValue(100)),
            _ => {}
        }
        members::check(faults)
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:ListTables", "*")])
    }

    /// [DDB-4.4.12]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        _cx: Cx<'_, S>,
    ) -> Result<ListTablesResult, Error> {
        let from = match self.exclusive_start_table_name.as_deref() {
            Some(name) => Bound::Excluded(name),
            None => Bound::Unbounded,
        };
        let limit = usize::try_from(self.limit.unwrap_or(100)).unwrap_or(100);
        let mut names =
            engine.tables().range::<str, _>((from, Bound::Unbounded)).map(|(name, _)| name.to_string());
        let table_names: Vec<_> = names.by_ref().take(limit).collect();
        let more = names.next().is_some();
        let last_evaluated_table_name = table_names.last().filter(|_| more).cloned();
        Ok(ListTablesResult { table_names, last_evaluated_table_name })
    }
}
