//! Changes that may turn a decision round.

use super::draft::statement;
use super::misfit::{Misfit, StatementRef, near};
use super::{Change, Check, CheckEffect};
use crate::condition::{Base, Condition, Net, Operand};
use crate::document::{ConditionEntry, Effect};
use crate::set::{Compiled, PolicySet};
use crate::{CheckType, Context, Policies, Request, Truth};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Statements of one check that are thought about.
const STATEMENTS: usize = 4;

/// Changes that may let a denied request pass, the smaller first.
pub(super) fn openings(policies: &Policies<'_>, request: &Request<'_>, checks: &[Check]) -> Vec<Change> {
    let mut changes = Vec::new();
    for check in checks {
        let set = policies.set_of(check.check_type, check.level);
        match check.effect {
            CheckEffect::ExplicitDeny => {
                if let Some(set) = set {
                    denials(policies, request, set, check, &mut changes);
                }
            }
            CheckEffect::ImplicitDeny => {
                if let Some(set) = set {
                    near_allows(policies, request, set, &mut changes);
                }
                // A control policy of the resource never has to allow.
                if let Some(statement) =
                    statement(Effect::Allow, request, check.check_type, policies.resource)
                {
                    let target = check.target.clone();
                    changes.push(Change::AddStatement { check: check.check_type, target, statement });
                }
            }
            CheckEffect::Allow | CheckEffect::NoImpact | CheckEffect::Depends => {}
        }
    }
    changes
}

/// Changes that may bar an allowed request.
pub(super) fn closings(policies: &Policies<'_>, request: &Request<'_>, checks: &[Check]) -> Vec<Change> {
    let mut changes = Vec::new();
    for check in checks {
        let Some(set) = policies.set_of(check.check_type, check.level) else { continue };
        for (statement, concerns, _) in policies.concerned(set, request).into_iter().take(STATEMENTS) {
            if concerns != Truth::Yes || statement.effect != Effect::Allow {
                continue;
            }
            changes.extend(
                StatementRef::new(set, statement).map(|statement| Change::RemoveStatement { statement }),
            );
            for (condition, entry) in conditions(set, statement) {
                changes.extend(other_values(condition, entry, policies, request, false));
            }
        }
        // Denials that do not concern it yet.
        let asked = policies.asked(request);
        for miss in near(set, &asked, Effect::Deny, STATEMENTS) {
            changes.extend(of_misfits(policies, request, set, &miss.statement, &miss.misfits));
        }
    }
    changes
}

/// What spares the request from a statement that denies it.
fn denials(
    policies: &Policies<'_>,
    request: &Request<'_>,
    set: &PolicySet,
    check: &Check,
    changes: &mut Vec<Change>,
) {
    let concerned = policies.concerned(set, request).into_iter();
    let denying = concerned
        .filter(|(statement, concerns, _)| statement.effect == Effect::Deny && *concerns == Truth::Yes);
    for (statement, _, _) in denying.take(STATEMENTS) {
        for (condition, entry) in conditions(set, statement) {
            changes.extend(other_values(condition, entry, policies, request, false));
        }
        let Some(reference) = StatementRef::new(set, statement) else { continue };
        let Some((_, _, written)) = set.source(statement) else { continue };
        if written.action.as_ref().is_some_and(|element| element.negated) {
            changes.push(Change::AddAction {
                statement: reference.clone(),
                element: "NotAction",
                action: request.action.into(),
            });
        }
        if written.resource.as_ref().is_some_and(|element| element.negated) {
            changes.push(Change::AddResource {
                statement: reference.clone(),
                element: "NotResource",
                resource: request.resource.into(),
            });
        }
        changes.push(Change::RemoveStatement { statement: reference });
    }
    // Behind a denial there may still be no allow.
    let allows = check.matched.iter().any(|matched| matched.statement.effect == Effect::Allow);
    let gate = matches!(check.check_type, CheckType::ServiceControlPolicy | CheckType::VpcEndpoint);
    if gate && !allows {
        near_allows(policies, request, set, changes);
        if let Some(statement) = statement(Effect::Allow, request, check.check_type, policies.resource) {
            let target = check.target.clone();
            changes.push(Change::AddStatement { check: check.check_type, target, statement });
        }
    }
}

/// What makes statements allow that nearly do.
fn near_allows(policies: &Policies<'_>, request: &Request<'_>, set: &PolicySet, changes: &mut Vec<Change>) {
    let asked = policies.asked(request);
    for miss in near(set, &asked, Effect::Allow, STATEMENTS) {
        changes.extend(of_misfits(policies, request, set, &miss.statement, &miss.misfits));
    }
}

fn of_misfits(
    policies: &Policies<'_>,
    request: &Request<'_>,
    set: &PolicySet,
    at: &StatementRef,
    misfits: &[Misfit],
) -> Vec<Change> {
    let mut changes = Vec::new();
    let found = set.compiled().iter().find(|statement| {
        set.source(statement).is_some_and(|(name, _, written)| name == at.policy && written.span == at.span)
    });
    let Some((statement, (_, _, written))) = found.and_then(|found| Some((found, set.source(found)?))) else {
        return changes;
    };
    for misfit in misfits {
        match misfit {
            Misfit::Principal => {
                let subject = request.subject;
                // The role rather than one of its sessions.
                let arn = subject.outer.as_deref().or(subject.arn()).filter(|_| subject.account.is_some());
                if let Some(arn) = arn.filter(|_| written.principal.as_ref().is_some_and(|one| !one.negated))
                {
                    changes.push(Change::AddPrincipal { statement: at.clone(), principal: arn.into() });
                }
            }
            Misfit::Action if written.action.as_ref().is_some_and(|element| !element.negated) => {
                changes.push(Change::AddAction {
                    statement: at.clone(),
                    element: "Action",
                    action: request.action.into(),
                });
            }
            Misfit::Resource if written.resource.as_ref().is_some_and(|element| !element.negated) => {
                changes.push(Change::AddResource {
                    statement: at.clone(),
                    element: "Resource",
                    resource: request.resource.into(),
                });
            }
            Misfit::Action | Misfit::Resource => {}
            Misfit::Condition { .. } => {
                for (condition, entry) in conditions(set, statement) {
                    let holds = condition.holds(request.context, &policies.options);
                    if holds != Truth::Yes {
                        changes.extend(other_values(condition, entry, policies, request, true));
                    }
                }
            }
        }
    }
    changes
}

fn conditions<'s>(
    set: &'s PolicySet,
    statement: &'s Compiled,
) -> impl Iterator<Item = (&'s Condition, &'s ConditionEntry)> {
    let written = set.source(statement).map(|(_, _, written)| written.conditions.as_slice());
    statement.conditions.iter().zip(written.unwrap_or_default())
}

/// A value of the key under which the condition holds, or does not.
fn other_values(
    condition: &Condition,
    entry: &ConditionEntry,
    policies: &Policies<'_>,
    request: &Request<'_>,
    shall_hold: bool,
) -> Option<Change> {
    let key = &*entry.key.value;
    let wanted = Truth::from(shall_hold);
    let fits = |context: &Context| condition.holds(context, &policies.options) == wanted;
    let values = entry.values.iter().zip(&condition.values).flat_map(|(text, operand)| {
        let text = &*text.value;
        match (condition.operator.base, operand) {
            (Base::Ip { .. }, Operand::Net(net)) => Vec::from([net.first().to_string(), outside(*net)]),
            (Base::Numeric(_), Operand::Number(number)) => around(number),
            (Base::Date(_), _) => {
                Vec::from([text.into(), "1970-01-01T00:00:00Z".into(), "9999-12-31T23:59:59Z".into()])
            }
            (Base::Bool, _) => Vec::from(["true".into(), "false".into()]),
            (Base::Null, _) => Vec::from(["x".into()]),
            (Base::String { .. } | Base::Arn { .. }, _) => {
                let filled = |with: &str| text.replace('*', with).replace('?', "x");
                Vec::from([filled(""), filled("x"), format!("other-{}", filled("x"))])
            }
            _ => Vec::from([String::from(text)]),
        }
    });
    for value in values {
        let mut context = request.context.clone();
        let list = condition.operator.qualifier.is_some() || crate::context::holds_list(&condition.key);
        if list {
            context.set_list(key, [value.as_str()]);
        } else {
            context.set(key, value.as_str());
        }
        if fits(&context) {
            return Some(Change::SetKey { key: key.into(), value });
        }
    }
    fits(&request.context.clone().without(key)).then(|| Change::RemoveKey { key: key.into() })
}

fn outside(net: Net) -> String {
    match net {
        Net::V4 { .. } => "192.0.2.1".into(),
        Net::V6 { .. } => "2001:db8::1".into(),
    }
}

/// A whole number and its neighbours.
fn around(number: &str) -> Vec<String> {
    let mut values = Vec::from([number.to_string()]);
    if let Ok(number) = number.parse::<i64>() {
        values.extend(
            [number.checked_add(1), number.checked_sub(1)].into_iter().flatten().map(|n| n.to_string()),
        );
    }
    values
}
