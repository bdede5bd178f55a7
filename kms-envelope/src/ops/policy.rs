//! GetKeyPolicy, PutKeyPolicy. What a policy allows is for `iam-eval` to
//! say. `[KMS-4.15]`

use super::{billed, need};
use crate::engine::Target;
use crate::{Engine, Error, Event, GetKeyPolicyRequest, GetKeyPolicyResult, PutKeyPolicyRequest, limits};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink};
use serde_json::{Map, Value};

/// Refuses what KMS does not store as a key policy.
pub(super) fn check(text: &str) -> Result<(), Error> {
    let max = limits::POLICY_MAX;
    if text.len() > max.as_usize() {
        return Err(Error::Quota { name: max.name, max: max.value });
    }
    let policy: Map<String, Value> = serde_json::from_str(text).map_err(|_| Error::MalformedPolicy)?;
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(statement) => Vec::from([statement]),
        None => Vec::new(),
    };
    let has_principal =
        |statement: &&Value| statement.get("Principal").is_some() || statement.get("NotPrincipal").is_some();
    if !statements.is_empty() && statements.iter().all(has_principal) {
        Ok(())
    } else {
        Err(Error::MalformedPolicy)
    }
}

fn check_name(name: Option<&str>) -> Result<(), Error> {
    if name.unwrap_or("default") == "default" { Ok(()) } else { Err(Error::NoSuchPolicy) }
}

impl Operation<Engine> for GetKeyPolicyRequest {
    type Output = GetKeyPolicyResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        let name = self.policy_name.as_deref().unwrap_or("default");
        let need = need::on_key(engine, target, caller, "GetKeyPolicy", None);
        Vec::from([need.with_context("kms:PolicyName", [name])])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<GetKeyPolicyResult, Error> {
        cx.sink.usage(billed());
        check_name(self.policy_name.as_deref())?;
        let policy = engine.key(&target.key)?.facts.policy.to_string();
        Ok(GetKeyPolicyResult { policy, policy_name: "default".into() })
    }
}

impl Operation<Engine> for PutKeyPolicyRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "PutKeyPolicy", None)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed());
        check_name(self.policy_name.as_deref())?;
        check(&self.policy)?;
        engine.change(&target.key, &mut cx.sink, |key| {
            key.facts.policy = self.policy.into();
            Ok(())
        })
    }
}
