#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod account;
mod analyze;
mod arn_pattern;
mod assume;
mod catalogue;
mod condition;
mod context;
mod document;
mod evaluate;
mod explain;
mod json;
mod lint;
mod options;
mod pattern;
mod set;
mod simulate;
mod subject;
mod truth;

pub use account::{Account, Escalation, Gain, ImportError, Member, MemberKind, Need};
pub use analyze::{Analysis, Witness, access_not_granted, no_new_access, no_public_access, superfluous};
pub use assume::{AssumeError, AssumeRole};
pub use aws_core;
pub use catalogue::{AccessLevel, Action, Catalogue, CatalogueError, Key, KeyType, ResourceType, Service};
pub use context::Context;
pub use document::{
    ConditionEntry, Effect, Element, Fault, Policy, PolicyError, PolicyKind, Position, PrincipalElement,
    PrincipalEntry, PrincipalType, Quota, QuotaError, SourceSpan, Statement, Text, Version,
};
pub use evaluate::{
    Answer, CheckType, Decision, Grant, GrantConstraint, Level, Policies, Request, supports_resource_control,
};
pub use explain::{
    Change, Check, CheckEffect, Explanation, Matched, Misfit, NearMiss, Residual, StatementRef,
};
pub use lint::{Finding, Fix, Severity, apply};
pub use options::{MultiValued, NotPrincipalMode, Options};
pub use set::{MatchKind, PolicySet};
pub use simulate::{
    EvalDecision, EvaluationResult, MatchedStatement, OrganizationsDecisionDetail,
    PermissionsBoundaryDecisionDetail, ResourceSpecificResult,
};
pub use subject::Subject;
pub use truth::Truth;
