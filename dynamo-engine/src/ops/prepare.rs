//! The halves of a transaction. `[DDB-11.8]`

use super::transact::{self, Action};
use crate::api::{
    CancelTransactionRequest, CommitTransactionRequest, PrepareTransactionRequest, TransactWriteItemsResult,
};
use crate::key::Key;
use crate::{Engine, Error, Event, TransactWriteItemsRequest};
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Permit, Sink};

/// The items that a transaction holds, of tables that are there.
pub(crate) fn keys(
    engine: &Engine,
    transaction: &TransactWriteItemsRequest,
) -> Result<Vec<(Arc<str>, Key)>, Error> {
    let mut keys = Vec::new();
    for action in Action::all(engine, transaction)? {
        if let Ok(table) = engine.any_table(&action.target.name) {
            keys.push((action.target.name.clone(), action.key(table)?));
        }
    }
    Ok(keys)
}

impl Operation<Engine> for PrepareTransactionRequest {
    type Output = ();
    type Target = usize;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<usize, Error> {
        self.transaction.resolve(engine, caller)
    }

    fn needs(&self, engine: &Engine, actions: &usize, caller: &Caller) -> Vec<AuthzRequest> {
        self.transaction.needs(engine, actions, caller)
    }

    fn permission(&self, actions: &usize, permit: &Permit) -> Result<(), Error> {
        self.transaction.permission(actions, permit)
    }

    /// [DDB-11.5] Everything is checked; nothing is done, and nothing charged
    /// but what fails. A token whose transaction is over makes it fine too.
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        _actions: usize,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        if engine.is_prepared(&self.transaction_id) {
            return Err(Error::AlreadyPrepared { id: self.transaction_id.into() });
        }
        let actions = Action::all(engine, &self.transaction)?;
        let whole = transact::Whole::of(&self.transaction);
        if transact::plan_all(engine, &actions, &whole, &mut cx)?.is_some() {
            let keys = keys(engine, &self.transaction)?;
            engine.hold(self.transaction_id, self.transaction, keys);
        }
        Ok(())
    }
}

impl Operation<Engine> for CommitTransactionRequest {
    type Output = TransactWriteItemsResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        Ok(())
    }

    /// What was prepared was permitted.
    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::new()
    }

    /// Nobody else can have changed the items; only a deleted table or an item
    /// that expired makes it fail now, as does a want of units, and then it is
    /// cancelled.
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        mut cx: Cx<'_, S>,
    ) -> Result<TransactWriteItemsResult, Error> {
        let Some(transaction) = engine.release(&self.transaction_id) else {
            return Err(Error::NotPrepared { id: self.transaction_id.into() });
        };
        let actions = Action::all(engine, &transaction)?;
        transact::write_all(engine, &actions, transact::Whole::of(&transaction), &mut cx)
    }
}

impl Operation<Engine> for CancelTransactionRequest {
    type Output = ();
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        Ok(())
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::new()
    }

    fn perform<S: Sink<Event>>(self, engine: &mut Engine, (): (), _cx: Cx<'_, S>) -> Result<(), Error> {
        match engine.release(&self.transaction_id) {
            Some(_) => Ok(()),
            None => Err(Error::NotPrepared { id: self.transaction_id.into() }),
        }
    }
}
