//! From JSON to a policy, as leniently as AWS evaluates stored documents.

use super::{
    ConditionEntry, Effect, Element, Fault, Policy, PolicyError, PolicyKind, PrincipalElement,
    PrincipalEntry, PrincipalType, SourceSpan, Statement, Text, Version,
};
use crate::condition::Operator;
use crate::json::{Kind, Member, Value};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Whether it is the Not-form, where it stands, and what it holds.
type Pair<'m> = (bool, SourceSpan, Vec<&'m Value>);

struct Parser<'a> {
    source: &'a str,
    kind: PolicyKind,
}

pub(super) fn policy(source: &str, kind: PolicyKind, value: &Value) -> Result<Policy, PolicyError> {
    let parser = Parser { source, kind };
    if value.object().is_none() {
        return Err(parser.fault(value, "a policy is a JSON object"));
    }
    // [IAM-1.3.1]
    let version = match value.get("Version").map(|version| (version, version.text())) {
        None | Some((_, Some("2008-10-17"))) => Version::V2008,
        Some((_, Some("2012-10-17"))) => Version::V2012,
        Some((version, _)) => return Err(parser.fault(version, "no such version")),
    };
    let id = match value.get("Id") {
        None => None,
        Some(id) => Some(parser.text(id)?),
    };
    let Some(statements) = value.get("Statement") else {
        return Err(parser.fault(value, "no Statement"));
    };
    let statements =
        statements.items().iter().map(|statement| parser.statement(statement)).collect::<Result<_, _>>()?;
    let has_version = value.get("Version").is_some();
    Ok(Policy { source: source.into(), kind, version, has_version, id, statements })
}

impl Parser<'_> {
    fn fault(&self, value: &Value, detail: &'static str) -> PolicyError {
        let fault = match self.kind {
            PolicyKind::ServiceControl | PolicyKind::ResourceControl => Fault::Organization,
            PolicyKind::Identity | PolicyKind::AwsManaged | PolicyKind::Boundary | PolicyKind::Session => {
                Fault::Syntax
            }
            _ => Fault::TrustSyntax,
        };
        PolicyError { fault, kind: self.kind, position: Some(value.span.position(self.source)), detail }
    }

    fn text(&self, value: &Value) -> Result<Text, PolicyError> {
        match value.text() {
            Some(text) => Ok(Text { value: text.into(), span: value.span }),
            None => Err(self.fault(value, "a text is needed here")),
        }
    }

    fn statement(&self, value: &Value) -> Result<Statement, PolicyError> {
        let Some(members) = value.object() else {
            return Err(self.fault(value, "a statement is a JSON object"));
        };
        // Of two effects the last wins. [IAM-1.2.6]
        let effect = match value.get("Effect").map(|effect| (effect, effect.text())) {
            // The case is checked when a document is saved. [IAM-1.2.2]
            Some((_, Some(word))) if word.eq_ignore_ascii_case("allow") => Effect::Allow,
            Some((_, Some(word))) if word.eq_ignore_ascii_case("deny") => Effect::Deny,
            Some((effect, _)) => return Err(self.fault(effect, "an effect is Allow or Deny")),
            None => return Err(self.fault(value, "no Effect")),
        };
        let sid = match value.get("Sid") {
            None => None,
            Some(sid) => Some(self.text(sid)?),
        };
        Ok(Statement {
            span: value.span,
            sid,
            effect,
            principal: self.principal(value, members)?,
            action: self.element(value, members, "Action", "NotAction")?,
            resource: self.element(value, members, "Resource", "NotResource")?,
            conditions: match value.get("Condition") {
                None => Vec::new(),
                Some(block) => self.conditions(block)?,
            },
        })
    }

    /// Which of a pair is there, with all members of that name: lists given
    /// twice are merged. `[IAM-1.2.4]` `[IAM-1.2.6]`
    fn pair<'m>(
        &self,
        statement: &Value,
        members: &'m [Member],
        plain: &str,
        not: &str,
    ) -> Result<Option<Pair<'m>>, PolicyError> {
        let all = |name: &str| members.iter().filter(|member| &*member.key == name).collect::<Vec<_>>();
        let (found, negated) = match (all(plain), all(not)) {
            (plain, not) if !plain.is_empty() && !not.is_empty() => {
                return Err(self.fault(statement, "an element and its negation"));
            }
            (plain, not) if plain.is_empty() => (not, true),
            (plain, _) => (plain, false),
        };
        let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(None) };
        let span = SourceSpan { start: first.key_span.start, end: last.value.span.end };
        Ok(Some((negated, span, found.iter().map(|member| &member.value).collect())))
    }

    fn element(
        &self,
        statement: &Value,
        members: &[Member],
        plain: &str,
        not: &str,
    ) -> Result<Option<Element>, PolicyError> {
        let Some((negated, span, values)) = self.pair(statement, members, plain, not)? else {
            return Ok(None);
        };
        // `null` in a list of resources is passed over. [IAM-1.2.5]
        let entries = values
            .iter()
            .flat_map(|value| value.items())
            .filter(|value| value.kind != Kind::Null)
            .map(|value| self.text(value))
            .collect::<Result<_, _>>()?;
        Ok(Some(Element { negated, span, entries }))
    }

    fn principal(
        &self,
        statement: &Value,
        members: &[Member],
    ) -> Result<Option<PrincipalElement>, PolicyError> {
        let Some((negated, span, values)) = self.pair(statement, members, "Principal", "NotPrincipal")?
        else {
            return Ok(None);
        };
        let mut entries = Vec::new();
        for value in values {
            match (value.text(), value.object()) {
                (Some("*"), _) => entries.push(PrincipalEntry { kind: None, name: self.text(value)? }),
                (_, Some(kinds)) => {
                    for member in kinds {
                        let Some(kind) = PrincipalType::from_name(&member.key) else {
                            return Err(self.fault(&member.value, "no such kind of principal"));
                        };
                        for name in member.value.items() {
                            entries.push(PrincipalEntry { kind: Some(kind), name: self.text(name)? });
                        }
                    }
                }
                _ => return Err(self.fault(value, "a principal is \"*\" or a map")),
            }
        }
        Ok(Some(PrincipalElement { negated, span, entries }))
    }

    fn conditions(&self, block: &Value) -> Result<Vec<ConditionEntry>, PolicyError> {
        let Some(operators) = block.object() else {
            return Err(self.fault(block, "Condition is a map of operators"));
        };
        let mut entries = Vec::new();
        for operator in operators {
            let Some(keys) = operator.value.object() else {
                return Err(self.fault(&operator.value, "an operator holds a map of keys"));
            };
            // An operator without keys says nothing, also an unknown one. [IAM-6.1.5]
            if !keys.is_empty() && Operator::read(&operator.key, false).is_none() {
                return Err(self.fault(&operator.value, "no such operator"));
            }
            for key in keys {
                let values = key.value.items().iter().map(|value| self.scalar(value));
                entries.push(ConditionEntry {
                    operator: Text { value: operator.key.clone(), span: operator.key_span },
                    key: Text { value: key.key.clone(), span: key.key_span },
                    values: values.collect::<Result<_, _>>()?,
                    span: SourceSpan { start: key.key_span.start, end: key.value.span.end },
                });
            }
        }
        Ok(entries)
    }

    /// Numbers and booleans count as the text that writes them. `[IAM-1.2.10]`
    fn scalar(&self, value: &Value) -> Result<Text, PolicyError> {
        let text: Box<str> = match &value.kind {
            Kind::String(text) | Kind::Number(text) => text.clone(),
            Kind::Bool(true) => "true".into(),
            Kind::Bool(false) => "false".into(),
            _ => return Err(self.fault(value, "a condition's value is a text, number or boolean")),
        };
        Ok(Text { value: text, span: value.span })
    }
}
