//! UpdateTimeToLive, DescribeTimeToLive. `[DDB-14.1]` `[DDB-14.4]`

use super::{Named, members};
use crate::api::{
    DescribeTimeToLiveRequest, DescribeTimeToLiveResult, TimeToLiveDescription, UpdateTimeToLiveRequest,
    UpdateTimeToLiveResult,
};
use crate::table::Status;
use crate::table::expiry::Expiry;
use crate::{Engine, Error, Event};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Violations};

fn resolve(engine: &Engine, name: Option<&str>) -> Result<Named, Error> {
    let mut faults = Violations::new();
    members::table_name(&mut faults, name);
    members::check(faults)?;
    Ok(Named::new(engine, name.unwrap_or_default()))
}

impl UpdateTimeToLiveRequest {
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        match &self.time_to_live_specification {
            None => faults.null("timeToLiveSpecification"),
            Some(asked) => {
                const NAME: &str = "timeToLiveSpecification.attributeName";
                match asked.attribute_name.as_deref() {
                    None => faults.null(NAME),
                    Some("") => faults.echoed(NAME, "", Constraint::MinLength(1)),
                    Some(name) if name.len() > 255 => faults.echoed(NAME, name, Constraint::MaxLength(255)),
                    Some(_) => {}
                }
                if asked.enabled.is_none() {
                    faults.null("timeToLiveSpecification.enabled");
                }
            }
        }
        members::check(faults)
    }
}

impl Operation<Engine> for UpdateTimeToLiveRequest {
    type Output = UpdateTimeToLiveResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        resolve(engine, self.table_name.as_deref())
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "UpdateTimeToLive")])
    }

    /// [DDB-14.1]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        cx: Cx<'_, S>,
    ) -> Result<UpdateTimeToLiveResult, Error> {
        self.check_members()?;
        let asked = self.time_to_live_specification.unwrap_or_default();
        let (name, enable) =
            (asked.attribute_name.as_deref().unwrap_or_default(), asked.enabled == Some(true));
        if let Status::Creating(_) = engine.any_table(&target.name)?.definition.status {
            return Err(Error::TableCreating { table: (*target.name).into() });
        }
        let cooldown = engine.options().ttl_cooldown;
        let table = engine.table_mut(&target.name)?;
        let current = table.definition.expires_by.as_deref();
        match (enable, current) {
            (_, Some(current)) if current != name => {
                return Err(Error::OtherTimeToLive { attribute: current.into() });
            }
            (true, Some(_)) => return Err(Error::TimeToLiveIsOn),
            (false, None) => return Err(Error::TimeToLiveIsOff),
            _ => {}
        }
        if table.definition.ttl_changed.is_some_and(|at| cx.now < at + cooldown) {
            return Err(Error::TimeToLiveTooSoon);
        }
        table.definition.ttl_changed = Some(cx.now);
        table.definition.expires_by = enable.then(|| name.into());
        table.expiry = enable.then(|| Expiry::of(name, &table.store, cx.now));
        Ok(UpdateTimeToLiveResult { time_to_live_specification: asked })
    }
}

impl Operation<Engine> for DescribeTimeToLiveRequest {
    type Output = DescribeTimeToLiveResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        resolve(engine, self.table_name.as_deref())
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "DescribeTimeToLive")])
    }

    /// [DDB-14.4]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        _cx: Cx<'_, S>,
    ) -> Result<DescribeTimeToLiveResult, Error> {
        let table = engine.any_table(&target.name)?;
        if !table.is_active() {
            return Err(Error::TimeToLiveUnknown { state: table.definition.status.name() });
        }
        let attribute_name = table.definition.expires_by.as_deref().map(Into::into);
        let status = if attribute_name.is_some() { "ENABLED" } else { "DISABLED" };
        let description = TimeToLiveDescription { time_to_live_status: status.into(), attribute_name };
        Ok(DescribeTimeToLiveResult { time_to_live_description: description })
    }
}
