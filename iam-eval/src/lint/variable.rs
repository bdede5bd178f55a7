//! Variables that are not written as variables.

use super::{Lint, Severity};
use crate::document::{Statement, Text, Version};
use alloc::format;
use alloc::vec::Vec;

impl Lint<'_, '_> {
    pub(super) fn variables(&mut self, statement: &Statement) {
        let actions = statement.action.iter().flat_map(|element| &element.entries);
        for entry in actions.filter(|entry| entry.value.contains("${")) {
            let message = "variables mean nothing in actions";
            self.tell(Severity::Error, "VARIABLE_UNSUPPORTED_IN_ELEMENT", entry.span, message);
        }
        let resources = statement.resource.iter().flat_map(|element| &element.entries);
        let values = statement.conditions.iter().flat_map(|entry| &entry.values);
        let texts: Vec<&Text> = resources.chain(values).collect();
        for text in texts.into_iter().filter(|text| text.value.contains("${")) {
            if self.policy.version() == Version::V2008 && self.policy.has_version() {
                let message = "variables mean nothing in a policy of this Version; 2012-10-17 is wanted";
                self.tell(Severity::Error, "VARIABLE_UNSUPPORTED_IN_VERSION", text.span, message);
            }
            self.variable(text);
        }
    }

    fn variable(&mut self, text: &Text) {
        for part in text.value.split("${").skip(1) {
            let Some((name, _)) = part.split_once('}') else {
                let message = "a variable is not closed by }";
                self.tell(Severity::Error, "MISSING_BRACE_IN_VARIABLE", text.span, message);
                return;
            };
            let (key, default) = name.split_once(',').map_or((name, None), |(key, rest)| (key, Some(rest)));
            let key = key.trim();
            if matches!(key, "*" | "?" | "$") {
                continue;
            }
            if key.is_empty() {
                self.tell(Severity::Error, "EMPTY_VARIABLE", text.span, "a variable names no key");
            } else if key.contains(char::is_whitespace) {
                let message = format!("the variable {key} has a blank in its name");
                self.tell(Severity::Error, "UNSUPPORTED_SPACE_IN_VARIABLE", text.span, message);
            }
            let quoted = |default: &str| {
                let default = default.trim();
                default.len() >= 2 && default.starts_with('\'') && default.ends_with('\'')
            };
            if default.is_some_and(|default| !quoted(default)) {
                let message = format!("the default of the variable {key} is not in single quotes");
                self.tell(Severity::Error, "MISSING_QUOTE_IN_VARIABLE", text.span, message);
            }
        }
    }
}
