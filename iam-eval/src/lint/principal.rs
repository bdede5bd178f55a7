//! Whom statements name.

use super::{Lint, Severity};
use crate::document::{Effect, PolicyKind, PrincipalType, Statement};
use alloc::format;
use alloc::vec::Vec;

/// Keys that say on whose behalf a service calls. `[IAM-9.3]`
const ON_BEHALF: [&str; 4] = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];

impl Lint<'_, '_> {
    pub(super) fn principals(&mut self, statement: &Statement) {
        let kind = self.policy.kind();
        let Some(principal) = &statement.principal else {
            if kind.has_principal() {
                self.tell(
                    Severity::Error,
                    "MISSING_PRINCIPAL",
                    statement.span,
                    "no Principal and no NotPrincipal",
                );
            }
            return;
        };
        if !kind.has_principal() {
            let message = "a policy of this kind names no principals: it concerns whoever has it";
            self.tell(Severity::Error, "UNSUPPORTED_PRINCIPAL", principal.span, message);
            return;
        }
        if principal.entries.is_empty() {
            self.tell(Severity::Suggestion, "EMPTY_ARRAY_PRINCIPAL", principal.span, "nobody is named");
        }
        if principal.negated && kind == PolicyKind::Trust {
            let code = "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL";
            self.tell(Severity::Error, code, principal.span, "a trust policy names whom it trusts");
        } else if principal.negated && statement.effect == Effect::Allow {
            let message = "everybody else in the world is allowed, the anonymous too; name who is meant";
            self.tell(Severity::SecurityWarning, "ALLOW_WITH_NOTPRINCIPAL", principal.span, message);
        }
        let keys: Vec<&str> = statement.conditions.iter().map(|entry| &*entry.key.value).collect();
        let guarded = ON_BEHALF.iter().any(|wanted| keys.iter().any(|key| key.eq_ignore_ascii_case(wanted)));
        for entry in &principal.entries {
            let name = &*entry.name.value;
            let named_by_wildcard = name != "*" && name.contains('*');
            match entry.kind {
                Some(PrincipalType::Aws) if named_by_wildcard => {
                    let message = format!("{name}: a wildcard in a principal matches nothing");
                    self.tell(Severity::Error, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", entry.name.span, message);
                }
                Some(PrincipalType::Service) if !name.contains('.') => {
                    let message = format!("{name} is no service: {name}.amazonaws.com is meant");
                    self.tell(Severity::Error, "INVALID_SERVICE_PRINCIPAL_FORMAT", entry.name.span, message);
                    self.mend(entry.name.span, format!("\"{name}.amazonaws.com\""));
                }
                Some(PrincipalType::Service)
                    if kind == PolicyKind::Resource && statement.effect == Effect::Allow && !guarded =>
                {
                    let message = format!(
                        "{name} is allowed on behalf of anybody; say of whom with aws:SourceArn or aws:SourceAccount"
                    );
                    self.tell(
                        Severity::SecurityWarning,
                        "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
                        entry.name.span,
                        message,
                    );
                }
                Some(PrincipalType::Federated) if kind == PolicyKind::Trust => {
                    self.identity_provider(statement, name, entry.name.span, &keys);
                }
                _ => {}
            }
        }
    }

    /// Tokens of others than the own users must be told apart.
    fn identity_provider(
        &mut self,
        statement: &Statement,
        name: &str,
        span: crate::SourceSpan,
        keys: &[&str],
    ) {
        let provider = name.rsplit_once(":oidc-provider/").map_or(name, |(_, provider)| provider);
        if statement.effect != Effect::Allow || name.contains(":saml-provider/") {
            return;
        }
        let has = |claim: &str| {
            let wanted = format!("{provider}:{claim}");
            keys.iter().any(|key| key.eq_ignore_ascii_case(&wanted))
        };
        if provider == "token.actions.githubusercontent.com" && !has("sub") {
            let message = "workflows of any repository may assume the role; name yours with the key :sub";
            self.tell(Severity::SecurityWarning, "MISSING_GITHUB_REPO_CONDITION_KEY", span, message);
        } else if !has("aud") && !has("sub") && !has("app_id") && !has("amr") {
            let message =
                format!("anybody with a token of {provider} may assume the role; ask for :aud or :sub");
            self.tell(Severity::SecurityWarning, "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", span, message);
        }
    }
}
