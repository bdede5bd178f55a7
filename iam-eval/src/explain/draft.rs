//! Policies and context that changes are tried on.

use super::{Change, StatementRef};
use crate::document::{Element, PrincipalElement, PrincipalEntry, SourceSpan, Statement, Text};
use crate::set::{Compiled, PolicySet};
use crate::{
    Answer, CheckType, Context, Effect, Level, Policies, Policy, PolicyKind, PrincipalType, Request, Truth,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Owned copies.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    base: Policies<'a>,
    resource_control: Option<Vec<Level>>,
    service_control: Option<Vec<Level>>,
    endpoint: Option<PolicySet>,
    resource: Option<PolicySet>,
    identity: Option<PolicySet>,
    boundary: Option<PolicySet>,
    session: Option<PolicySet>,
    pub(super) context: Context,
}

impl<'a> Draft<'a> {
    /// A copy of everything.
    pub(super) fn whole(policies: &Policies<'a>, request: &Request<'_>) -> Self {
        Self::of(policies, request, |_, _| true)
    }

    /// A copy of the statements that concern the request or nearly do; the
    /// others cannot matter but through another context, for which a result
    /// is checked against the whole.
    pub(super) fn reduced(policies: &Policies<'a>, request: &Request<'_>) -> Self {
        let asked = policies.asked(request);
        Self::of(policies, request, |set, statement| {
            statement.concerns(&asked).0 != Truth::No
                || super::misfit::misfits(set, statement, &asked).len() <= 2
        })
    }

    fn of(
        policies: &Policies<'a>,
        request: &Request<'_>,
        keep: impl Fn(&PolicySet, &Compiled) -> bool,
    ) -> Self {
        let set = |set: Option<&PolicySet>| set.map(|set| set.filtered(|statement| keep(set, statement)));
        let levels = |levels: Option<&[Level]>| {
            levels.map(|levels| {
                let level = |level: &Level| Level {
                    node: level.node.clone(),
                    set: level.set.filtered(|statement| keep(&level.set, statement)),
                };
                levels.iter().map(level).collect()
            })
        };
        Self {
            base: *policies,
            resource_control: levels(policies.resource_control),
            service_control: levels(policies.service_control),
            endpoint: set(policies.endpoint),
            resource: set(policies.resource),
            identity: set(policies.identity),
            boundary: set(policies.boundary),
            session: set(policies.session),
            context: request.context.clone(),
        }
    }

    pub(super) fn policies(&self) -> Policies<'_> {
        Policies {
            resource_control: self.resource_control.as_deref(),
            service_control: self.service_control.as_deref(),
            endpoint: self.endpoint.as_ref(),
            resource: self.resource.as_ref(),
            identity: self.identity.as_ref(),
            boundary: self.boundary.as_ref(),
            session: self.session.as_ref(),
            ..self.base
        }
    }

    pub(super) fn decide(&self, request: &Request<'_>) -> Answer {
        self.policies().decide(&self.request(request))
    }

    /// The request with the draft's context.
    pub(super) fn request<'r>(&'r self, request: &Request<'r>) -> Request<'r> {
        Request { context: &self.context, ..*request }
    }

    fn set_mut(&mut self, check: CheckType) -> Option<&mut Option<PolicySet>> {
        match check {
            CheckType::VpcEndpoint => Some(&mut self.endpoint),
            CheckType::Resource => Some(&mut self.resource),
            CheckType::Principal => Some(&mut self.identity),
            CheckType::PermissionsBoundary => Some(&mut self.boundary),
            CheckType::Session => Some(&mut self.session),
            CheckType::Credentials | CheckType::ResourceControlPolicy | CheckType::ServiceControlPolicy => {
                None
            }
        }
    }

    fn sets_mut(&mut self) -> impl Iterator<Item = &mut PolicySet> {
        let levels = self.resource_control.iter_mut().chain(&mut self.service_control).flatten();
        let own = [&mut self.endpoint, &mut self.resource, &mut self.identity, &mut self.boundary];
        levels.map(|level| &mut level.set).chain(own.into_iter().flatten()).chain(self.session.iter_mut())
    }

    /// Makes the change.
    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::SetKey { key, value } => {
                let list = crate::context::holds_list(&key.to_ascii_lowercase());
                if list {
                    self.context.set_list(key, [value.as_str()]);
                } else {
                    self.context.set(key, value.as_str());
                }
            }
            Change::RemoveKey { key } => {
                self.context = core::mem::take(&mut self.context).without(key);
            }
            Change::AddAction { statement, action, .. } => {
                self.edit(statement, |written| push(&mut written.action, action));
            }
            Change::AddResource { statement, resource, .. } => {
                self.edit(statement, |written| push(&mut written.resource, resource));
            }
            Change::AddPrincipal { statement, principal } => self.edit(statement, |written| {
                let element = written.principal.get_or_insert_with(|| PrincipalElement {
                    negated: false,
                    span: SourceSpan::default(),
                    entries: Vec::new(),
                });
                let name = text(principal);
                element.entries.push(PrincipalEntry { kind: Some(PrincipalType::Aws), name });
            }),
            Change::RemoveStatement { statement } => {
                for set in self.sets_mut() {
                    set.edit(&statement.policy, |statements| {
                        statements.retain(|written| written.span != statement.span);
                    });
                }
            }
            Change::AddStatement { check, target, statement } => {
                let kind = kind_of(*check, self.resource.as_ref());
                let document = alloc::format!("{{\"Version\":\"2012-10-17\",\"Statement\":{statement}}}");
                let Ok(policy) = Policy::stored(&document, kind) else { return };
                let levels = match check {
                    CheckType::ResourceControlPolicy => self.resource_control.as_mut(),
                    CheckType::ServiceControlPolicy => self.service_control.as_mut(),
                    _ => None,
                };
                let level = levels.and_then(|levels| {
                    levels.iter_mut().find(|level| Some(&*level.node) == target.as_deref())
                });
                if let Some(level) = level {
                    level.set = level.set.with("added", policy);
                } else if let Some(set) = self.set_mut(*check) {
                    let old = set.take().unwrap_or_else(|| PolicySet::new(<[(&str, Policy); 0]>::default()));
                    *set = Some(old.with("added", policy));
                }
            }
        }
    }

    fn edit(&mut self, at: &StatementRef, mut change: impl FnMut(&mut Statement)) {
        for set in self.sets_mut() {
            set.edit(&at.policy, |statements| {
                statements.iter_mut().filter(|written| written.span == at.span).for_each(&mut change);
            });
        }
    }
}

fn text(value: &str) -> Text {
    Text { value: value.into(), span: SourceSpan::default() }
}

fn push(element: &mut Option<Element>, entry: &str) {
    let element = element.get_or_insert_with(|| Element {
        negated: false,
        span: SourceSpan::default(),
        entries: Vec::new(),
    });
    element.entries.push(text(entry));
}

/// The kind of document a check reads.
fn kind_of(check: CheckType, resource: Option<&PolicySet>) -> PolicyKind {
    match check {
        CheckType::ResourceControlPolicy => PolicyKind::ResourceControl,
        CheckType::ServiceControlPolicy => PolicyKind::ServiceControl,
        CheckType::VpcEndpoint => PolicyKind::VpcEndpoint,
        CheckType::Resource => {
            let kind = resource.and_then(|set| set.policies().next().map(|(_, policy)| policy.kind()));
            kind.unwrap_or(PolicyKind::Resource)
        }
        CheckType::PermissionsBoundary => PolicyKind::Boundary,
        CheckType::Session => PolicyKind::Session,
        CheckType::Credentials | CheckType::Principal => PolicyKind::Identity,
    }
}

/// A statement as JSON.
pub(super) fn statement(
    effect: Effect,
    request: &Request<'_>,
    kind: CheckType,
    resource: Option<&PolicySet>,
) -> Option<String> {
    let kind = kind_of(kind, resource);
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let principal = match (kind, kind.has_principal()) {
        (_, false) => String::new(),
        (PolicyKind::ResourceControl, true) => "\"Principal\":\"*\",".into(),
        (_, true) => {
            let arn = request.subject.outer.as_deref().or(request.subject.arn());
            match (request.subject.account, arn) {
                (Some(_), Some(arn)) => alloc::format!("\"Principal\":{{\"AWS\":{}}},", quoted(arn)),
                (None, Some(name)) => alloc::format!("\"Principal\":{{\"Service\":{}}},", quoted(name)),
                _ => "\"Principal\":\"*\",".into(),
            }
        }
    };
    let resource = match (kind, request.resource) {
        (PolicyKind::Trust, _) => String::new(),
        (_, "") => ",\"Resource\":\"*\"".into(),
        (_, resource) => alloc::format!(",\"Resource\":{}", quoted(resource)),
    };
    let action = quoted(request.action);
    Some(alloc::format!("{{\"Effect\":\"{effect}\",{principal}\"Action\":{action}{resource}}}"))
}
