//! DescribeLimits, DescribeEndpoints, DescribeContinuousBackups.

use super::{Named, members};
use crate::api::{
    ContinuousBackupsDescription, DescribeContinuousBackupsRequest, DescribeContinuousBackupsResult,
    DescribeEndpointsRequest, DescribeEndpointsResult, DescribeLimitsRequest, DescribeLimitsResult, Endpoint,
    PointInTimeRecoveryDescription,
};
use crate::{Engine, Error, Event};
use alloc::format;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink, Span, Violations};

/// How long a table says that it has no backups. Observed, not published.
/// `[DDB-15.4]`
const BACKUPS_BEGIN: Span = Span::from_seconds(10);

impl Operation<Engine> for DescribeLimitsRequest {
    type Output = DescribeLimitsResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        Ok(())
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:DescribeLimits", "*")])
    }

    /// The quotas that accounts begin with. `[DDB-4.4.17]`
    fn perform<S: Sink<Event>>(
        self,
        _engine: &mut Engine,
        (): (),
        _cx: Cx<'_, S>,
    ) -> Result<DescribeLimitsResult, Error> {
        Ok(DescribeLimitsResult {
            account_max_read_capacity_units: 80_000,
            account_max_write_capacity_units: 80_000,
            table_max_read_capacity_units: 40_000,
            table_max_write_capacity_units: 40_000,
        })
    }
}

impl Operation<Engine> for DescribeEndpointsRequest {
    type Output = DescribeEndpointsResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        Ok(())
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:DescribeEndpoints", "*")])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        _cx: Cx<'_, S>,
    ) -> Result<DescribeEndpointsResult, Error> {
        let (region, suffix) = (&engine.home().region, engine.home().partition().dns_suffix());
        let own = || format!("dynamodb.{region}.{suffix}");
        let address = engine.options().address.clone().unwrap_or_else(own);
        Ok(DescribeEndpointsResult {
            endpoints: Vec::from([Endpoint { address, cache_period_in_minutes: 1_440 }]),
        })
    }
}

impl Operation<Engine> for DescribeContinuousBackupsRequest {
    type Output = DescribeContinuousBackupsResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        let mut faults = Violations::new();
        members::table_name(&mut faults, self.table_name.as_deref());
        members::check(faults)?;
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "DescribeContinuousBackups")])
    }

    /// [DDB-15.4]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        cx: Cx<'_, S>,
    ) -> Result<DescribeContinuousBackupsResult, Error> {
        let Ok(table) = engine.any_table(&target.name) else {
            return Err(Error::NoTableToBackUp { table: (*target.name).into() });
        };
        let begun = cx.now >= table.definition.created + BACKUPS_BEGIN;
        let status = if begun { "ENABLED" } else { "DISABLED" };
        Ok(DescribeContinuousBackupsResult {
            continuous_backups_description: ContinuousBackupsDescription {
                continuous_backups_status: status.into(),
                point_in_time_recovery_description: PointInTimeRecoveryDescription {
                    point_in_time_recovery_status: "DISABLED".into(),
                },
            },
        })
    }
}
