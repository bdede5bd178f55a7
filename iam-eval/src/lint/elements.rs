//! Actions and resources.

use super::{Lint, Severity, without};
use crate::document::{Effect, Element, PolicyKind, Statement};
use alloc::format;
use alloc::vec::Vec;
use aws_core::Wildcard;

/// Actions that give a role to a service, and that make roles of services.
const PASS_ROLE: &str = "iam:PassRole";
const CREATE_SLR: &str = "iam:CreateServiceLinkedRole";

/// The codes for how such an action is allowed too widely. `[IAM-11.1]`
const PASS_ROLE_CODES: [&str; 5] = [
    "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
    "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOTACTION",
    "PASS_ROLE_WITH_NOTRESOURCE",
    "PASS_ROLE_WITH_NOTACTION_AND_NOTRESOURCE",
];
const CREATE_SLR_CODES: [&str; 5] = [
    "CREATE_SLR_WITH_STAR_IN_RESOURCE",
    "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
    "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOTACTION",
    "CREATE_SLR_WITH_NOTRESOURCE",
    "CREATE_SLR_WITH_NOTACTION_AND_NOTRESOURCE",
];

impl Lint<'_, '_> {
    pub(super) fn elements(&mut self, statement: &Statement) {
        let kind = self.policy.kind();
        match &statement.action {
            None => {
                self.tell(Severity::Error, "MISSING_ACTION", statement.span, "no Action and no NotAction")
            }
            Some(action) if action.entries.is_empty() => {
                self.tell(Severity::Suggestion, "EMPTY_ARRAY_ACTION", action.span, "no action is named");
            }
            Some(action) => self.actions(action),
        }
        match &statement.resource {
            None if kind != PolicyKind::Trust => {
                self.tell(
                    Severity::Error,
                    "MISSING_RESOURCE",
                    statement.span,
                    "no Resource and no NotResource",
                );
            }
            Some(resource) if kind == PolicyKind::Trust => {
                let code = "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE";
                self.tell(Severity::Error, code, resource.span, "a trust policy is about its own role");
            }
            Some(resource) if resource.entries.is_empty() => {
                self.tell(
                    Severity::Suggestion,
                    "EMPTY_ARRAY_RESOURCE",
                    resource.span,
                    "no resource is named",
                );
            }
            Some(resource) => self.resources(resource),
            None => {}
        }
        if statement.effect == Effect::Allow && !kind.has_principal() {
            let asks = |key: &str| {
                statement.conditions.iter().any(|condition| condition.key.value.eq_ignore_ascii_case(key))
            };
            if !asks("iam:PassedToService") {
                self.too_wide(statement, PASS_ROLE, Severity::SecurityWarning, PASS_ROLE_CODES);
            }
            if !asks("iam:AWSServiceName") {
                self.too_wide(statement, CREATE_SLR, Severity::Warning, CREATE_SLR_CODES);
            }
        }
    }

    fn actions(&mut self, action: &Element) {
        for entry in &action.entries {
            let value = &*entry.value;
            if value == "*" {
                continue;
            }
            let Some((service, name)) = value.split_once(':') else {
                self.tell(
                    Severity::Error,
                    "INVALID_ACTION",
                    entry.span,
                    format!("{value} is no action: service:Name is wanted"),
                );
                continue;
            };
            if service.contains(['*', '?']) {
                let message = format!("{value} concerns several services");
                self.tell(Severity::Suggestion, "WILDCARD_IN_SERVICE_NAME", entry.span, message);
                continue;
            }
            let Some(catalogue) = self.catalogue else { continue };
            match catalogue.service(service) {
                None => {
                    let message = format!("there is no service {service}");
                    self.tell(Severity::Error, "INVALID_SERVICE_IN_ACTION", entry.span, message);
                }
                Some(known) if name != "*" && !crate::Catalogue::has_match(known, name) => {
                    let message = format!("{service} has no action that {value} matches");
                    self.tell(Severity::Error, "INVALID_ACTION", entry.span, message);
                }
                Some(_) => {}
            }
        }
        let wildcards: Vec<Wildcard> =
            action.entries.iter().map(|entry| Wildcard::ignoring_ascii_case(&entry.value)).collect();
        self.redundant(action, "REDUNDANT_ACTION", |at, by| {
            let (Some(one), Some(other)) = (action.entries.get(at), wildcards.get(by)) else { return false };
            other.matches(&one.value)
        });
    }

    fn resources(&mut self, resource: &Element) {
        for entry in &resource.entries {
            self.resource_arn(entry);
        }
        let wildcards: Vec<Wildcard> =
            resource.entries.iter().map(|entry| Wildcard::new(&entry.value)).collect();
        self.redundant(resource, "REDUNDANT_RESOURCE", |at, by| {
            let (Some(one), Some(other)) = (resource.entries.get(at), wildcards.get(by)) else {
                return false;
            };
            // A wildcard in one field does not reach into the next.
            let fields = |text: &str| text.split(':').count();
            let aligned = other.as_str() == "*"
                || fields(&one.value) == fields(other.as_str())
                    && one
                        .value
                        .split(':')
                        .zip(other.as_str().split(':'))
                        .all(|(one, other)| Wildcard::new(other).matches(one));
            !other.as_str().contains('$')
                && !other.as_str().contains('?')
                && aligned
                && other.matches(&one.value)
        });
    }

    /// Entries that another of the list covers.
    fn redundant(&mut self, element: &Element, code: &'static str, covers: impl Fn(usize, usize) -> bool) {
        let count = element.entries.len();
        for (at, entry) in element.entries.iter().enumerate() {
            // Of two that cover each other the later one goes.
            let by = (0..count).find(|by| *by != at && covers(at, *by) && (*by < at || !covers(*by, at)));
            let Some(other) = by.and_then(|by| element.entries.get(by)) else { continue };
            let message = format!("{} is in {} already", entry.value, other.value);
            self.tell(Severity::Suggestion, code, entry.span, message);
            let gap = without(self.policy.source(), entry.span);
            self.mend(gap, "");
        }
    }

    /// Whether an action that hands over power is allowed on everything.
    fn too_wide(
        &mut self,
        statement: &Statement,
        wanted: &str,
        severity: Severity,
        codes: [&'static str; 5],
    ) {
        let [star, star_both, star_not_action, not_resource, neither] = codes;
        let (Some(action), Some(resource)) = (&statement.action, &statement.resource) else { return };
        let matching =
            |entry: &&crate::document::Text| Wildcard::ignoring_ascii_case(&entry.value).matches(wanted);
        let by = action.entries.iter().find(matching);
        if by.is_some() == action.negated {
            return;
        }
        let literal = by.is_some_and(|entry| entry.value.eq_ignore_ascii_case(wanted));
        let everything = || resource.entries.iter().any(|entry| &*entry.value == "*");
        let (code, words) = match (resource.negated, action.negated) {
            (true, true) => (neither, "on all resources but those named"),
            (true, false) => (not_resource, "on all resources but those named"),
            (false, true) if everything() => (star_not_action, "on all resources"),
            (false, false) if everything() => (if literal { star } else { star_both }, "on all resources"),
            _ => return,
        };
        let span = by.map_or(action.span, |entry| entry.span);
        self.tell(severity, code, span, format!("{wanted} is allowed {words}; name the roles"));
    }
}
