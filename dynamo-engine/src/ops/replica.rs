//! Global tables: replicas that the owner of several engines brings together.
//! `[DDB-15.1]` `[DDB-15.2]`

use super::{Named, checked, members};
use crate::api::{
    DeliverReplicaMessageRequest, DeliverReplicaMessageResult, HoldReplicaItemRequest, JoinGlobalTableRequest,
};
use crate::expr::Layer;
use crate::table::replica::{Replica, Stamp};
use crate::{Engine, Error, Event};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink, Violations};

fn table(engine: &Engine, name: Option<&str>) -> Result<Named, Error> {
    let mut faults = Violations::new();
    members::table_name(&mut faults, name);
    members::check(faults)?;
    Ok(Named::new(engine, name.unwrap_or_default()))
}

fn bad<T>(what: &str) -> Result<T, Error> {
    Err(Error::BadTable { what: what.into() })
}

impl Operation<Engine> for JoinGlobalTableRequest {
    type Output = ();
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        table(engine, self.table_name.as_deref())
    }

    fn needs(&self, _engine: &Engine, _target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::new()
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        _cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        let table = engine.table_mut(&target.name)?;
        let strong = self.multi_region_consistency.as_deref() == Some("STRONG");
        if strong {
            let local = table.indexes.iter().any(|index| !index.definition.global);
            if table.store.count() > 0 || local || table.expiry.is_some() {
                return bad(
                    "A table with strong MultiRegionConsistency must be empty, without local indexes and time to live",
                );
            }
        }
        if table.replica.is_some() {
            return bad("The table is a replica already");
        }
        table.replica = Some(Replica::new(strong));
        Ok(())
    }
}

impl Operation<Engine> for DeliverReplicaMessageRequest {
    type Output = DeliverReplicaMessageResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        table(engine, Some(&self.message.table_name))
    }

    fn needs(&self, _engine: &Engine, _target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::new()
    }

    /// The last writer wins, in whatever order messages come and however
    /// often. Replicated writes are not throttled, but cost their units.
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<DeliverReplicaMessageResult, Error> {
        let region = engine.home().region.clone();
        let table = engine.table_mut(&target.name)?;
        let key = table.definition.schema.check_key(&self.message.keys)?;
        let Some(replica) = &mut table.replica else { return bad("The table is no replica") };
        let stamp = Stamp::of(&self.message);
        if replica.held.get(&key).is_some_and(|(_, by)| *by == self.message.region) {
            replica.held.remove(&key);
        }
        if replica.stamps.get(&key).is_some_and(|(_, last)| *last >= stamp) {
            return Ok(DeliverReplicaMessageResult { applied: false });
        }
        replica.stamps.insert(key.clone(), (self.message.keys, stamp));
        let plan = table.plan(key, self.message.item);
        table.charge_write(&plan, 1, cx.now, &mut cx.sink);
        table.receive(plan, cx.now, region.as_str(), &mut cx.seed.expand(b"stream"), &mut cx.sink);
        Ok(DeliverReplicaMessageResult { applied: true })
    }
}

impl Operation<Engine> for HoldReplicaItemRequest {
    type Output = ();
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        table(engine, self.table_name.as_deref())
    }

    fn needs(&self, _engine: &Engine, _target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::new()
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        _cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        let keys = checked(Layer::Bare, self.key.unwrap_or_default())?;
        let table = engine.table_mut(&target.name)?;
        let key = table.definition.schema.check_key(&keys)?;
        match &mut table.replica {
            Some(replica) if replica.strong => {
                replica.held.insert(key, (keys, self.region));
                Ok(())
            }
            _ => bad("The table is no replica with strong MultiRegionConsistency"),
        }
    }
}
