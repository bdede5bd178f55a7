//! AddPermission, RemovePermission: statements of the queue's policy by
//! label. `[SQS-3.8]`

use super::billed;
use crate::engine::Target;
use crate::{AddPermissionRequest, Engine, Error, Event, RemovePermissionRequest, limits, policy};
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink};
use serde_json::{Map, Value, json};

/// The policy's statements and the policy without them.
fn read(text: Option<&str>, arn: &str) -> (Map<String, Value>, Vec<Value>) {
    let fresh = || {
        let id = format!("{arn}/SQSDefaultPolicy");
        Map::from_iter([("Version".into(), json!("2008-10-17")), ("Id".into(), json!(id))])
    };
    let mut policy = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(fresh);
    let statements = match policy.remove("Statement") {
        Some(Value::Array(statements)) => statements,
        Some(statement) => Vec::from([statement]),
        None => Vec::new(),
    };
    (policy, statements)
}

/// One value is a scalar, several are a list.
fn one_or_list(mut values: Vec<String>) -> Value {
    match (values.pop(), values.is_empty()) {
        (Some(one), true) => Value::from(one),
        (last, _) => values.into_iter().chain(last).map(Value::from).collect(),
    }
}

fn has_label(statement: &Value, label: &str) -> bool {
    statement.get("Sid").and_then(Value::as_str) == Some(label)
}

/// What nobody but the queue's owner may do.
const OWNERS_ONLY: [&str; 10] = [
    "AddPermission",
    "CancelMessageMoveTask",
    "CreateQueue",
    "DeleteQueue",
    "ListMessageMoveTasks",
    "ListQueueTags",
    "RemovePermission",
    "SetQueueAttributes",
    "StartMessageMoveTask",
    "TagQueue",
];

impl Operation<Engine> for AddPermissionRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        let given = [
            ("QueueUrl", self.queue_url.is_empty()),
            ("Label", self.label.is_empty()),
            ("Actions", self.actions.is_empty()),
        ];
        match given.into_iter().find(|(_, empty)| *empty) {
            Some((parameter, _)) => Err(Error::Missing { parameter }),
            None => Target::find(engine, &self.queue_url, caller),
        }
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "AddPermission")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed(0));
        if self.actions.len() > limits::POLICY_ACTIONS_MAX.as_usize() {
            return Err(Error::PolicyActions { count: self.actions.len() });
        }
        if let Some(action) = self.actions.iter().find(|action| OWNERS_ONLY.contains(&action.as_str())) {
            return Err(Error::OwnersAction { action: action.as_str().into() });
        }
        if self.aws_account_ids.is_empty() {
            return Err(Error::NoPrincipal);
        }
        let partition = engine.home().partition();
        let queue = engine.queue_mut(target.place()?)?;
        let (mut document, mut statements) = read(queue.attributes.policy.as_deref(), &queue.arn);
        if statements.iter().any(|statement| has_label(statement, &self.label)) {
            return Err(Error::LabelExists { label: self.label.into() });
        }
        let root = |account: &String| format!("arn:{partition}:iam::{account}:root");
        let action = |action: &String| format!("SQS:{action}");
        statements.push(json!({
            "Sid": self.label,
            "Effect": "Allow",
            "Principal": {"AWS": one_or_list(self.aws_account_ids.iter().map(root).collect())},
            "Action": one_or_list(self.actions.iter().map(action).collect()),
            "Resource": &*queue.arn,
        }));
        document.insert("Statement".into(), Value::Array(statements));
        let text = Value::Object(document).to_string();
        policy::check(&text)?;
        queue.attributes.policy = Some(text.into());
        queue.modified_at = cx.now;
        Ok(())
    }
}

impl Operation<Engine> for RemovePermissionRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        for (parameter, value) in [("QueueUrl", &self.queue_url), ("Label", &self.label)] {
            if value.is_empty() {
                return Err(Error::Missing { parameter });
            }
        }
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "RemovePermission")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed(0));
        let queue = engine.queue_mut(target.place()?)?;
        let (mut document, mut statements) = read(queue.attributes.policy.as_deref(), &queue.arn);
        let before = statements.len();
        statements.retain(|statement| !has_label(statement, &self.label));
        if statements.len() == before {
            return Err(Error::NoSuchLabel { label: self.label.into() });
        }
        queue.attributes.policy = if statements.is_empty() {
            None
        } else {
            document.insert("Statement".into(), Value::Array(statements));
            Some(Value::Object(document).to_string().into())
        };
        queue.modified_at = cx.now;
        Ok(())
    }
}
