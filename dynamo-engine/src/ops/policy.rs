//! PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: kept as text,
//! handed to whoever decides. `[DDB-16.0]`

use super::members;
use crate::api::{
    DeleteResourcePolicyRequest, GetResourcePolicyRequest, GetResourcePolicyResult, PutResourcePolicyRequest,
    ResourcePolicyRevision,
};
use crate::engine::ResourcePolicy;
use crate::{Engine, Error, Event};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Violations};

/// Bytes of a policy.
const POLICY: usize = 20 * 1_024;

/// The ARN of a table or stream that is there.
fn resource(engine: &Engine, arn: Option<&str>) -> Result<String, Error> {
    let mut faults = Violations::new();
    match arn {
        None => faults.null("resourceArn"),
        Some("") => faults.echoed("resourceArn", "", Constraint::MinLength(1)),
        Some(_) => {}
    }
    members::check(faults)?;
    let arn = arn.unwrap_or_default();
    let tables = || engine.tables().values().map(|table| &*table.definition.arn);
    let streams = || engine.streams().map(|stream| &*stream.arn);
    match tables().chain(streams()).find(|known| *known == arn) {
        Some(_) => Ok(arn.to_string()),
        None => Err(Error::ResourceArnNotFound { arn: arn.into() }),
    }
}

/// A policy's text, if it can be one.
pub(super) fn checked(text: String) -> Result<String, Error> {
    if text.len() > POLICY {
        return Err(Error::PolicyTooLong);
    }
    match serde_json::from_str(&text) {
        Ok(serde_json::Value::Object(_)) => Ok(text),
        _ => Err(Error::BadPolicy),
    }
}

/// Refuses another revision than the one that is there.
fn check_revision(arn: &str, expected: Option<&str>, there: Option<&ResourcePolicy>) -> Result<(), Error> {
    let revision = there.map_or("NO_POLICY", |there| there.revision.as_str());
    match expected {
        Some(expected) if expected != revision => Err(Error::NoPolicy { arn: arn.into() }),
        _ => Ok(()),
    }
}

impl Operation<Engine> for PutResourcePolicyRequest {
    type Output = ResourcePolicyRevision;
    type Target = String;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<String, Error> {
        let mut faults = Violations::new();
        if self.policy.is_none() {
            faults.null("policy");
        }
        members::check(faults)?;
        resource(engine, self.resource_arn.as_deref())
    }

    fn needs(&self, _engine: &Engine, arn: &String, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:PutResourcePolicy", arn.as_str())])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        arn: String,
        cx: Cx<'_, S>,
    ) -> Result<ResourcePolicyRevision, Error> {
        let text = checked(self.policy.unwrap_or_default())?;
        let there = engine.policies().get(&arn);
        check_revision(&arn, self.expected_revision_id.as_deref(), there)?;
        // [DDB-16.0] The same text again makes no new revision.
        let revision = match there {
            Some(there) if there.text == text => there.revision.clone(),
            _ => cx.now.as_millis().to_string(),
        };
        engine.policies_mut().insert(arn, ResourcePolicy { text, revision: revision.clone() });
        Ok(ResourcePolicyRevision { revision_id: Some(revision) })
    }
}

impl Operation<Engine> for GetResourcePolicyRequest {
    type Output = GetResourcePolicyResult;
    type Target = String;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<String, Error> {
        resource(engine, self.resource_arn.as_deref())
    }

    fn needs(&self, _engine: &Engine, arn: &String, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:GetResourcePolicy", arn.as_str())])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        arn: String,
        _cx: Cx<'_, S>,
    ) -> Result<GetResourcePolicyResult, Error> {
        match engine.policies().get(&arn) {
            Some(there) => Ok(GetResourcePolicyResult {
                policy: there.text.clone(),
                revision_id: there.revision.clone(),
            }),
            None => Err(Error::NoPolicy { arn: arn.into() }),
        }
    }
}

impl Operation<Engine> for DeleteResourcePolicyRequest {
    type Output = ResourcePolicyRevision;
    type Target = String;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<String, Error> {
        resource(engine, self.resource_arn.as_deref())
    }

    fn needs(&self, _engine: &Engine, arn: &String, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:DeleteResourcePolicy", arn.as_str())])
    }

    /// Deleting what is not there is fine.
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        arn: String,
        _cx: Cx<'_, S>,
    ) -> Result<ResourcePolicyRevision, Error> {
        check_revision(&arn, self.expected_revision_id.as_deref(), engine.policies().get(&arn))?;
        let revision_id = engine.policies_mut().remove(&arn).map(|there| there.revision);
        Ok(ResourcePolicyRevision { revision_id })
    }
}
