//! Statements, and what keeps them from concerning a request.

use super::shown;
use crate::document::{Effect, Position, SourceSpan};
use crate::set::{Asked, Compiled, PolicySet};
use crate::{PolicyKind, Truth};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// Where a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementRef {
    /// The document's name, as it was given.
    pub policy: String,
    /// What kind of document it is.
    #[serde(serialize_with = "kind")]
    pub policy_type: PolicyKind,
    /// Which statement, counted from 1.
    pub number: usize,
    /// Its `Sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What it does.
    #[serde(serialize_with = "effect")]
    pub effect: Effect,
    /// Where it begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// The same in bytes.
    #[serde(skip)]
    pub span: SourceSpan,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn effect<S: serde::Serializer>(effect: &Effect, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match effect {
        Effect::Allow => "ALLOW",
        Effect::Deny => "DENY",
    })
}

/// AWS's names where it has them. `[IAM-10.3.7]`
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn kind<S: serde::Serializer>(kind: &PolicyKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match kind {
        PolicyKind::Identity | PolicyKind::AwsManaged => "IDENTITY_BASED_POLICY",
        PolicyKind::Boundary => "PERMISSIONS_BOUNDARY",
        PolicyKind::Session => "SESSION_POLICY",
        PolicyKind::ServiceControl => "SERVICE_CONTROL_POLICY",
        PolicyKind::ResourceControl => "RESOURCE_CONTROL_POLICY",
        PolicyKind::Resource | PolicyKind::Trust | PolicyKind::KmsKey => "RESOURCE_BASED_POLICY",
        PolicyKind::VpcEndpoint => "VPC_ENDPOINT_POLICY",
    })
}

impl StatementRef {
    pub(crate) fn new(set: &PolicySet, statement: &Compiled) -> Option<Self> {
        let (name, policy, written) = set.source(statement)?;
        Some(Self {
            policy: name.into(),
            policy_type: policy.kind(),
            number: statement.statement as usize + 1,
            sid: written.sid.as_ref().map(|sid| (*sid.value).into()),
            effect: written.effect,
            start: written.span.position(policy.source()),
            end: Position::of(policy.source(), written.span.end),
            span: written.span,
        })
    }
}

impl fmt::Display for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, number, start, .. } = self;
        match self.sid.as_deref().filter(|sid| !sid.is_empty()) {
            Some(sid) => write!(f, "statement {sid} of {policy} ({start})"),
            None => write!(f, "statement {number} of {policy} ({start})"),
        }
    }
}

/// Why a statement does not concern a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Misfit {
    /// It names other callers, or none.
    Principal,
    /// It has other actions.
    Action,
    /// It has other resources.
    Resource,
    /// A condition does not hold.
    #[serde(rename_all = "camelCase")]
    Condition {
        /// The operator.
        operator: String,
        /// The key.
        key: String,
        /// The statement's values.
        values: Vec<String>,
        /// The request's; nothing if the key is absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        found: Option<Vec<String>>,
        /// Where the condition stands.
        position: Position,
    },
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principal => f.write_str("it names other principals"),
            Self::Action => f.write_str("it has other actions"),
            Self::Resource => f.write_str("it has other resources"),
            Self::Condition { operator, key, values, found, position } => {
                write!(f, "{operator} {key} {} ({position}) does not hold: ", values.join("|"))?;
                match found {
                    Some(found) => write!(f, "it is {}", found.join("|")),
                    None => f.write_str("it is absent"),
                }
            }
        }
    }
}

/// A statement that would concern the request but for little.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NearMiss {
    /// Which.
    #[serde(flatten)]
    pub statement: StatementRef,
    /// What is in the way; all of it.
    pub misfits: Vec<Misfit>,
}

/// All that keeps a statement from concerning a request.
pub(super) fn misfits(set: &PolicySet, statement: &Compiled, asked: &Asked<'_>) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    if statement.names(asked).is_none() {
        misfits.push(Misfit::Principal);
    }
    if !statement.has_action(asked.action) {
        misfits.push(Misfit::Action);
    }
    if statement.has_resource(asked) != Truth::Yes {
        misfits.push(Misfit::Resource);
    }
    let written = set.source(statement);
    for (at, _) in super::open_conditions(statement, asked) {
        let Some((condition, (policy, entry))) = statement
            .conditions
            .get(at)
            .zip(written.and_then(|(_, policy, written)| Some((policy, written.conditions.get(at)?))))
        else {
            continue;
        };
        misfits.push(Misfit::Condition {
            operator: (*entry.operator.value).into(),
            key: (*entry.key.value).into(),
            values: entry.values.iter().map(|value| (*value.value).into()).collect(),
            found: shown(asked.context.fact(&condition.key)),
            position: entry.span.position(policy.source()),
        });
    }
    misfits
}

/// The statements of that effect with the fewest misfits, at most two each:
/// those that already have the action before those that do not.
pub(super) fn near(set: &PolicySet, asked: &Asked<'_>, effect: Effect, most: usize) -> Vec<NearMiss> {
    let mut near: Vec<(usize, NearMiss)> = Vec::new();
    for statement in set.compiled().iter().filter(|statement| statement.effect == effect) {
        let misfits = misfits(set, statement, asked);
        let other_action = misfits.contains(&Misfit::Action);
        // Other actions of other services are not near.
        if misfits.is_empty() || misfits.len() > 2 || other_action && misfits.len() > 1 {
            continue;
        }
        if let Some(reference) = StatementRef::new(set, statement) {
            let distance = misfits.len() * 2 + usize::from(other_action);
            near.push((distance, NearMiss { statement: reference, misfits }));
        }
    }
    near.sort_by_key(|(distance, _)| *distance);
    near.truncate(most);
    near.into_iter().map(|(_, near)| near).collect()
}
