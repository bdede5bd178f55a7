//! One statement, compiled.

use super::principals::{MatchKind, Principals};
use crate::arn_pattern::{ArnMatcher, Resource};
use crate::condition::Condition;
use crate::document::{Effect, Element, PolicyKind, Statement, Version};
use crate::options::Options;
use crate::subject::Subject;
use crate::{Context, Truth};
use alloc::vec::Vec;
use aws_core::Wildcard;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Compiled {
    /// Which policy of the set, and which of its statements.
    pub(crate) policy: u32,
    pub(crate) statement: u32,
    pub(crate) effect: Effect,
    pub(crate) kind: PolicyKind,
    principals: Option<Principals>,
    actions: Actions,
    resources: Resources,
    pub(crate) conditions: Vec<Condition>,
}

#[derive(Debug, Clone, PartialEq)]
struct Actions {
    negated: bool,
    patterns: Vec<Wildcard>,
}

#[derive(Debug, Clone, PartialEq)]
struct Resources {
    negated: bool,
    patterns: Vec<ArnMatcher>,
}

/// What a statement is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) action: &'a str,
    pub(crate) resource: Resource<'a>,
    pub(crate) context: &'a Context,
    pub(crate) has_boundary: bool,
    pub(crate) options: &'a Options,
}

impl Compiled {
    pub(crate) fn new(
        (policy, index): (u32, u32),
        statement: &Statement,
        kind: PolicyKind,
        version: Version,
    ) -> Self {
        // All else is the same in both. [IAM-1.3.2] [IAM-1.3.4] [IAM-6.12.1]
        let variables = version == Version::V2012;
        Self {
            policy,
            statement: index,
            effect: statement.effect,
            kind,
            principals: statement.principal.as_ref().map(Principals::new),
            actions: Actions::new(statement.action.as_ref()),
            resources: Resources::new(statement.resource.as_ref(), kind, variables),
            conditions: statement
                .conditions
                .iter()
                .filter_map(|entry| Condition::compile(entry, variables))
                .collect(),
        }
    }

    /// Whether it concerns the request, and how it names the caller.
    /// `[IAM-8.1]`
    pub(crate) fn concerns(&self, asked: &Asked<'_>) -> (Truth, MatchKind) {
        const NOT: (Truth, MatchKind) = (Truth::No, MatchKind::Account);
        if !self.has_action(asked.action) {
            return NOT;
        }
        let Some(named) = self.names(asked) else { return NOT };
        let resource = self.has_resource(asked);
        if resource == Truth::No {
            return NOT;
        }
        let conditions =
            self.conditions.iter().map(|condition| condition.holds(asked.context, asked.options));
        (resource.and(Truth::all(conditions)), named)
    }

    pub(crate) fn names(&self, asked: &Asked<'_>) -> Option<MatchKind> {
        if !self.kind.has_principal() {
            return Some(MatchKind::Direct);
        }
        // Without a principal it concerns nobody. [IAM-2.2]
        let principals = self.principals.as_ref()?;
        let denies = self.effect == Effect::Deny;
        principals.names(asked.subject, denies, asked.has_boundary, asked.options)
    }

    /// Whatever stands in a pattern but `*` and `?` is text. `[IAM-5.1]`
    /// `[IAM-5.1.3]`
    pub(crate) fn has_action(&self, action: &str) -> bool {
        self.actions.patterns.iter().any(|pattern| pattern.matches(action)) != self.actions.negated
    }

    pub(crate) fn has_resource(&self, asked: &Asked<'_>) -> Truth {
        let any = self
            .resources
            .patterns
            .iter()
            .map(|pattern| pattern.has_resource(&asked.resource, asked.context));
        let any = Truth::any(any);
        if self.resources.negated { any.not() } else { any }
    }

    /// Whether they are excepted, and the patterns.
    pub(crate) fn action_patterns(&self) -> (bool, &[Wildcard]) {
        (self.actions.negated, &self.actions.patterns)
    }

    /// Whether they are excepted, and the patterns.
    pub(crate) fn resource_patterns(&self) -> (bool, &[ArnMatcher]) {
        (self.resources.negated, &self.resources.patterns)
    }

    /// The keys that its resources name as variables, in lower case.
    pub(crate) fn resource_variables(&self) -> impl Iterator<Item = &str> {
        self.resources.patterns.iter().flat_map(ArnMatcher::variables)
    }

    /// What the names of its actions and resources begin with, in lower case;
    /// for the index.
    pub(super) fn prefixes(
        &self,
        statement: &Statement,
    ) -> (Vec<alloc::string::String>, Vec<alloc::string::String>) {
        let prefixes = |element: Option<&Element>, cut: &[&str]| match element {
            Some(element) if !element.negated => element
                .entries
                .iter()
                .map(|entry| {
                    let text = &*entry.value;
                    let end = cut.iter().filter_map(|stop| text.find(stop)).min().unwrap_or(text.len());
                    text.get(..end).unwrap_or_default().to_ascii_lowercase()
                })
                .collect(),
            _ => Vec::from([alloc::string::String::new()]),
        };
        let resource = if self.kind == PolicyKind::Trust { None } else { statement.resource.as_ref() };
        (prefixes(statement.action.as_ref(), &["*", "?"]), prefixes(resource, &["*", "?", "${"]))
    }
}

impl Actions {
    /// No element matches no action.
    fn new(element: Option<&Element>) -> Self {
        let entries = element.map(|element| element.entries.as_slice()).unwrap_or_default();
        Self {
            negated: element.is_some_and(|element| element.negated),
            // `*:*` is everything too. [IAM-5.1.2]
            patterns: entries.iter().map(|entry| Wildcard::ignoring_ascii_case(&entry.value)).collect(),
        }
    }
}

impl Resources {
    fn new(element: Option<&Element>, kind: PolicyKind, variables: bool) -> Self {
        match element {
            // A trust policy hangs on its role, others may on theirs. [IAM-2.1]
            None if kind.has_principal() => Self { negated: false, patterns: Vec::from([ArnMatcher::All]) },
            None => Self { negated: false, patterns: Vec::new() },
            Some(element) => Self {
                negated: element.negated,
                patterns: element
                    .entries
                    .iter()
                    .map(|entry| ArnMatcher::resource(&entry.value, kind, variables))
                    .collect(),
            },
        }
    }
}
