//! DescribeLimits, DescribeEndpoints.

use crate::api::{
    DescribeEndpointsRequest, DescribeEndpointsResult, DescribeLimitsRequest, DescribeLimitsResult, Endpoint,
};
use crate::{Engine, Error, Event};
use alloc::format;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink};

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
