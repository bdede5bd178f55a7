//! What is wrong with a policy that AWS would still take, and what is
//! suspicious or superfluous. `[IAM-11.1]`
//!
//! Findings have the codes of IAM Access Analyzer; their texts are ours.

mod arn;
mod condition;
mod elements;
mod principal;
mod variable;

use crate::catalogue::Catalogue;
use crate::document::{Effect, Policy, PolicyKind, Quota, SourceSpan, Statement, Text};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// How bad a finding is, in Access Analyzer's words. `[IAM-11.1]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The policy does not work as it says.
    Error,
    /// It allows more than is safe.
    SecurityWarning,
    /// It may not do what is meant.
    Warning,
    /// It could be written better.
    Suggestion,
}

/// Something found in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Access Analyzer's issue code.
    pub code: &'static str,
    /// What is found, and what would be right.
    pub message: String,
    /// Where.
    pub span: SourceSpan,
    /// What to write instead, where that is clear.
    pub fix: Option<Fix>,
}

/// A change of the text that mends a finding and changes no decision that was
/// meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; an empty span inserts.
    pub span: SourceSpan,
    /// By what.
    pub replacement: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::SecurityWarning => "security warning",
            Severity::Warning => "warning",
            Severity::Suggestion => "suggestion",
        };
        write!(f, "{severity} {}: {}", self.code, self.message)
    }
}

impl Policy {
    /// Looks for faults and doubtful places. With a catalogue also for
    /// actions, condition keys and services that do not exist, and for keys of
    /// the wrong type; without one only for what can be seen without.
    /// `[IAM-11.1]`
    ///
    /// The findings are in the order of their places. None of them changes how
    /// a policy is evaluated.
    ///
    /// ```
    /// use iam_eval::{Policy, PolicyKind, apply};
    ///
    /// let text = r#"{"Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "*"}]}"#;
    /// let policy = Policy::stored(text, PolicyKind::Identity)?;
    /// let findings = policy.lint(None);
    /// let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    /// assert_eq!(codes, ["MISSING_VERSION", "REDUNDANT_ACTION"]);
    /// assert_eq!(
    ///     apply(text, &findings),
    ///     r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"}]}"#
    /// );
    /// # Ok::<(), iam_eval::PolicyError>(())
    /// ```
    #[must_use]
    pub fn lint(&self, catalogue: Option<&Catalogue<'_>>) -> Vec<Finding> {
        let mut lint = Lint { policy: self, catalogue, findings: Vec::new() };
        lint.document();
        for statement in self.statements() {
            lint.statement(statement);
        }
        let mut findings = lint.findings;
        findings.sort_by_key(|finding| (finding.span.start, finding.span.end, finding.code));
        findings
    }
}

/// The text with all fixes of the findings made; of two that overlap the
/// first.
#[must_use]
pub fn apply(text: &str, findings: &[Finding]) -> String {
    let mut fixes: Vec<&Fix> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    fixes.sort_by_key(|fix| fix.span.start);
    let mut fixed = String::new();
    let mut at = 0;
    for fix in fixes {
        if let Some(kept) = text.get(at..fix.span.start) {
            fixed.push_str(kept);
            fixed.push_str(&fix.replacement);
            at = fix.span.end;
        }
    }
    fixed.push_str(text.get(at..).unwrap_or_default());
    fixed
}

struct Lint<'p, 'c> {
    policy: &'p Policy,
    catalogue: Option<&'c Catalogue<'c>>,
    findings: Vec<Finding>,
}

impl Lint<'_, '_> {
    fn tell(&mut self, severity: Severity, code: &'static str, span: SourceSpan, message: impl Into<String>) {
        self.findings.push(Finding { severity, code, message: message.into(), span, fix: None });
    }

    /// Gives the last finding a fix.
    fn mend(&mut self, span: SourceSpan, replacement: impl Into<String>) {
        if let Some(last) = self.findings.last_mut() {
            last.fix = Some(Fix { span, replacement: replacement.into() });
        }
    }

    fn document(&mut self) {
        let (policy, kind) = (self.policy, self.policy.kind());
        let source = policy.source();
        let start = source.find('{').unwrap_or_default();
        if !policy.has_version() {
            let span = SourceSpan { start, end: start + 1 };
            self.tell(Severity::Warning, "MISSING_VERSION", span, "without Version variables mean nothing");
            let after = SourceSpan { start: start + 1, end: start + 1 };
            self.mend(after, r#""Version": "2012-10-17", "#);
        }
        let mut seen: Vec<&str> = Vec::new();
        for sid in policy.statements().iter().filter_map(|statement| statement.sid.as_ref()) {
            if sid.value.is_empty() {
                self.tell(Severity::Suggestion, "EMPTY_SID_VALUE", sid.span, "an empty Sid says nothing");
                if let Some(member) = self.sid_member(sid.span) {
                    self.mend(member, "");
                }
            } else if seen.contains(&&*sid.value) {
                let message = format!("Sid {} is there twice", sid.value);
                match kind {
                    PolicyKind::Resource | PolicyKind::KmsKey | PolicyKind::VpcEndpoint => {
                        self.tell(Severity::Warning, "UNIQUE_SIDS_RECOMMENDED", sid.span, message);
                    }
                    _ => self.tell(Severity::Error, "UNIQUE_SIDS_REQUIRED", sid.span, message),
                }
            }
            seen.push(&sid.value);
        }
        let quota = match kind {
            PolicyKind::Identity | PolicyKind::Boundary => {
                Some((Quota::ManagedPolicy, Severity::Warning, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"))
            }
            PolicyKind::ServiceControl => {
                Some((Quota::ServiceControl, Severity::Error, "POLICY_SIZE_EXCEEDS_SCP_QUOTA"))
            }
            PolicyKind::Trust => Some((
                Quota::TrustPolicy { limit: 2048 },
                Severity::Warning,
                "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
            )),
            _ => None,
        };
        if let Some((quota, severity, code)) = quota
            && let Err(error) = quota.check([policy])
        {
            self.tell(severity, code, SourceSpan { start, end: source.len() }, error.to_string());
        }
        let names: Vec<_> = match kind {
            // What is superfluous hangs on who is named, and everybody is.
            PolicyKind::ServiceControl | PolicyKind::ResourceControl => Vec::new(),
            // Whoever names nobody allows nothing; that is said elsewhere.
            kind if policy.statements().iter().any(|one| kind.has_principal() != one.principal.is_some()) => {
                Vec::new()
            }
            // Large ones would take long.
            _ if policy.statements().len() > 30 => Vec::new(),
            _ => crate::superfluous(&crate::PolicySet::new([("policy", policy.clone())])),
        };
        let mut dropped: Vec<&Statement> = Vec::new();
        for (_, number) in names {
            let Some(statement) = policy.statements().get(number - 1) else { continue };
            // Of two that are the same one is needed.
            if dropped.iter().any(|other| same(other, statement)) || statement.effect == Effect::Deny {
                continue;
            }
            dropped.push(statement);
            let message = format!("what statement {number} allows is allowed without it");
            self.tell(Severity::Suggestion, "REDUNDANT_STATEMENT", statement.span, message);
            if dropped.len() == 1 && policy.statements().len() > 1 {
                // Each may hang on the others; one at a time is safe.
                self.mend(without(policy.source(), statement.span), "");
            }
        }
    }

    /// The whole member whose value stands there, with a comma.
    fn sid_member(&self, value: SourceSpan) -> Option<SourceSpan> {
        let head = self.policy.source().get(..value.start)?;
        let start = head.rfind("\"Sid\"")?;
        Some(without(self.policy.source(), SourceSpan { start, end: value.end }))
    }

    fn statement(&mut self, statement: &Statement) {
        self.elements(statement);
        self.principals(statement);
        for entry in &statement.conditions {
            self.condition(statement, entry);
        }
        self.variables(statement);
    }
}

/// Whether two statements say the same, but for their places.
fn same(one: &Statement, other: &Statement) -> bool {
    let values =
        |texts: &[Text]| -> Vec<String> { texts.iter().map(|text| text.value.to_string()).collect() };
    let element = |element: &Option<crate::document::Element>| {
        element.as_ref().map(|element| (element.negated, values(&element.entries)))
    };
    one.effect == other.effect
        && element(&one.action) == element(&other.action)
        && element(&one.resource) == element(&other.resource)
        && one.conditions.len() == other.conditions.len()
        && one.conditions.iter().zip(&other.conditions).all(|(one, other)| {
            one.operator.value == other.operator.value
                && one.key.value == other.key.value
                && values(&one.values) == values(&other.values)
        })
}

/// Leaves out one entry of a list, with the comma before or after it.
fn without(source: &str, span: SourceSpan) -> SourceSpan {
    let before = source.get(..span.start).unwrap_or_default();
    let after = source.get(span.end..).unwrap_or_default();
    let blanks_before = before.len() - before.trim_end().len();
    let blanks_after = after.len() - after.trim_start().len();
    if before.trim_end().ends_with(',') {
        SourceSpan { start: span.start - blanks_before - 1, end: span.end }
    } else if after.trim_start().starts_with(',') {
        let rest = after.get(blanks_after + 1..).unwrap_or_default();
        let gap = rest.len() - rest.trim_start().len();
        SourceSpan { start: span.start, end: span.end + blanks_after + 1 + gap }
    } else {
        span
    }
}
