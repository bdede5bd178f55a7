//! Decisions in the shape of the IAM Policy Simulator.

use crate::context::Fact;
use crate::document::{Effect, Policy, Position};
use crate::explain::CheckEffect;
use crate::set::{Compiled, PolicySet};
use crate::{Catalogue, CheckType, Context, Decision, Policies, Request, Truth};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// `EvalDecision`. `[IAM-10.2.1]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EvalDecision {
    /// Allowed.
    Allowed,
    /// Nothing allows it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

/// An `EvaluationResult`: one action on all its resources. `[IAM-10.2.1]`
/// `[IAM-10.2.5]`
///
/// ```
/// use aws_core::Caller;
/// use iam_eval::{Context, EvalDecision, Policies, Policy, PolicyKind, PolicySet, Subject};
///
/// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*",
///     "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}"#;
/// let identity = PolicySet::new([("PolicyInputList.1", Policy::parse(text, PolicyKind::Identity)?)]);
/// let policies = Policies { identity: Some(&identity), ..Policies::default() };
/// let bob = Caller::user("111122223333".parse()?, "bob", "AIDAEXAMPLEBOB");
/// let (subject, context) = (Subject::of(&bob), Context::of(&bob));
/// let result = policies.simulate(&subject, "s3:GetObject", &["arn:aws:s3:::a/k", "arn:aws:s3:::b/k"], &context, None);
/// assert_eq!(result.eval_decision, EvalDecision::ImplicitDeny);
/// assert_eq!(result.missing_context_values, ["aws:SecureTransport"]);
///
/// let known = context.with("aws:SecureTransport", "true");
/// let result = policies.simulate(&subject, "s3:GetObject", &["arn:aws:s3:::a/k"], &known, None);
/// assert_eq!(result.eval_decision, EvalDecision::Allowed);
/// assert_eq!(result.matched_statements[0].start_position.to_string(), "1:41");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EvaluationResult {
    /// The action.
    pub eval_action_name: String,
    /// The form of the action's ARNs where a catalogue tells it, else `*`; of
    /// a single resource its own.
    pub eval_resource_name: String,
    /// The worst of all resources.
    pub eval_decision: EvalDecision,
    /// The statements that concern any of the resources.
    pub matched_statements: Vec<MatchedStatement>,
    /// The keys that are not given and would matter.
    pub missing_context_values: Vec<String>,
    /// Where there are service control policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizations_decision_detail: Option<OrganizationsDecisionDetail>,
    /// Where there is a boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
    /// Across accounts: what each side decides.
    pub eval_decision_details: BTreeMap<&'static str, EvalDecision>,
    /// Each resource for itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_specific_results: Vec<ResourceSpecificResult>,
}

/// A `ResourceSpecificResult`. `[IAM-10.2.1]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceSpecificResult {
    /// The resource.
    pub eval_resource_name: String,
    /// What is decided of it.
    pub eval_resource_decision: EvalDecision,
    /// The statements that concern it.
    pub matched_statements: Vec<MatchedStatement>,
    /// The keys that are not given and would matter.
    pub missing_context_values: Vec<String>,
    /// Across accounts: what each side decides.
    pub eval_decision_details: BTreeMap<&'static str, EvalDecision>,
    /// Where there is a boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
}

/// `OrganizationsDecisionDetail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationsDecisionDetail {
    /// Whether all service control policies let it pass.
    pub allowed_by_organizations: bool,
}

/// `PermissionsBoundaryDecisionDetail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PermissionsBoundaryDecisionDetail {
    /// Whether the boundary lets it pass.
    pub allowed_by_permissions_boundary: bool,
}

/// A `Statement` of the simulator: where one stands. `[IAM-10.2.2]`
/// `[IAM-10.2.3]`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MatchedStatement {
    /// The policy's name.
    pub source_policy_id: String,
    /// `IAM Policy`, `Permissions Boundary Policy` or `Resource Policy`.
    pub source_policy_type: &'static str,
    /// Just after what precedes the statement.
    pub start_position: Position,
    /// Just after its closing brace.
    pub end_position: Position,
}

/// AWS's reader says where it is when it turns to a statement, and that is
/// after what it read last: the bracket of the list or the statement before.
/// A statement without a list it has entered already. `[IAM-10.2.3]`
fn start(policy: &Policy, at: usize) -> Position {
    let (source, statements) = (policy.source(), policy.statements());
    let own = statements.get(at).map_or(0, |statement| statement.span.start);
    let after = match at.checked_sub(1).and_then(|before| statements.get(before)) {
        Some(before) => before.span.end,
        None => {
            let head = source.get(..own).unwrap_or_default().trim_end();
            if head.ends_with('[') { head.len() } else { own + 1 }
        }
    };
    Position::of(source, after)
}

fn matched(set: &PolicySet, statement: &Compiled, kind: &'static str) -> Option<MatchedStatement> {
    let (name, policy, written) = set.source(statement)?;
    // A managed policy is called by its name.
    let name = if name.starts_with("arn:") { name.rsplit('/').next().unwrap_or(name) } else { name };
    Some(MatchedStatement {
        source_policy_id: name.into(),
        source_policy_type: kind,
        start_position: start(policy, statement.statement as usize),
        end_position: Position::of(policy.source(), written.span.end),
    })
}

impl From<Decision> for EvalDecision {
    /// What depends is not allowed.
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Allowed => Self::Allowed,
            Decision::ExplicitDeny => Self::ExplicitDeny,
            Decision::Depends | Decision::ImplicitDeny => Self::ImplicitDeny,
        }
    }
}

impl Policies<'_> {
    /// Simulates an action on resources as `SimulatePrincipalPolicy` and
    /// `SimulateCustomPolicy` answer; without resources on `*`. Other than
    /// AWS's simulator it knows all layers, trust policies among them; service
    /// and resource control policies show only in
    /// `OrganizationsDecisionDetail` and the decision. `[IAM-10.2]`
    #[must_use]
    pub fn simulate(
        &self,
        subject: &crate::Subject,
        action: &str,
        resources: &[&str],
        context: &Context,
        catalogue: Option<&Catalogue<'_>>,
    ) -> EvaluationResult {
        let resources = if resources.is_empty() { &["*"][..] } else { resources };
        let one = |resource: &&str| self.simulate_one(&Request::new(subject, action, resource, context));
        let (results, organizations): (Vec<_>, Vec<_>) = resources.iter().map(one).unzip();
        let worst = results.iter().map(|result| result.eval_resource_decision).max();
        let mut details = BTreeMap::new();
        for (side, decision) in results.iter().flat_map(|result| &result.eval_decision_details) {
            let known = details.entry(*side).or_insert(*decision);
            *known = (*known).max(*decision);
        }
        let boundary = results.iter().filter_map(|result| result.permissions_boundary_decision_detail);
        EvaluationResult {
            eval_action_name: action.into(),
            eval_resource_name: match resources {
                [only] => (*only).into(),
                _ => template(action, catalogue),
            },
            eval_decision: worst.unwrap_or(EvalDecision::ImplicitDeny),
            matched_statements: union(results.iter().map(|result| &result.matched_statements)),
            missing_context_values: union(results.iter().map(|result| &result.missing_context_values)),
            organizations_decision_detail: self.service_control.map(|_| OrganizationsDecisionDetail {
                allowed_by_organizations: organizations.iter().all(|allowed| *allowed),
            }),
            permissions_boundary_decision_detail: boundary
                .min_by_key(|detail| detail.allowed_by_permissions_boundary),
            eval_decision_details: details,
            // On everything there is nothing specific.
            resource_specific_results: if resources == ["*"] { Vec::new() } else { results },
        }
    }

    /// One resource, and whether the organisation lets it pass.
    fn simulate_one(&self, request: &Request<'_>) -> (ResourceSpecificResult, bool) {
        let decision = self.decide(request).decision;
        let (_, checks) = self.checks(request);
        let mut statements = Vec::new();
        let mut missing = Vec::new();
        let mut details = BTreeMap::new();
        let across = request.resource_account() != request.subject.account();
        let partial = request.context.clone().partial();
        let open = Request { context: &partial, ..*request };
        for check in &checks {
            let kind = match check.check_type {
                CheckType::Resource => "Resource Policy",
                CheckType::Principal | CheckType::Session => "IAM Policy",
                CheckType::PermissionsBoundary => "Permissions Boundary Policy",
                _ => continue,
            };
            let Some(set) = self.set_of(check.check_type, check.level) else { continue };
            let concerned: Vec<_> = self.concerned(set, request);
            // Where one denies the others do not matter. [IAM-10.2.7]
            let denied = concerned.iter().any(|(one, ..)| one.effect == Effect::Deny);
            let shown = concerned.iter().filter(|(one, ..)| !denied || one.effect == Effect::Deny);
            statements.extend(shown.filter_map(|(one, ..)| matched(set, one, kind)));
            for (statement, concerns, _) in self.concerned(set, &open) {
                if concerns == Truth::Maybe {
                    missing.extend(unknown(set, statement, &partial));
                }
            }
            if across && matches!(check.check_type, CheckType::Resource | CheckType::Principal) {
                details.insert(kind, effect(check.effect));
            }
        }
        let of = |wanted: CheckType| checks.iter().filter(move |check| check.check_type == wanted);
        let passes = |effect: CheckEffect| matches!(effect, CheckEffect::Allow | CheckEffect::NoImpact);
        let boundary = of(CheckType::PermissionsBoundary).next();
        let result = ResourceSpecificResult {
            eval_resource_name: request.resource.into(),
            eval_resource_decision: decision.into(),
            matched_statements: statements,
            missing_context_values: union(core::iter::once(&missing)),
            eval_decision_details: details,
            permissions_boundary_decision_detail: boundary.map(|check| PermissionsBoundaryDecisionDetail {
                allowed_by_permissions_boundary: passes(check.effect),
            }),
        };
        (result, of(CheckType::ServiceControlPolicy).all(|check| passes(check.effect)))
    }
}

fn effect(effect: CheckEffect) -> EvalDecision {
    match effect {
        CheckEffect::Allow => EvalDecision::Allowed,
        CheckEffect::ExplicitDeny => EvalDecision::ExplicitDeny,
        CheckEffect::NoImpact | CheckEffect::ImplicitDeny | CheckEffect::Depends => {
            EvalDecision::ImplicitDeny
        }
    }
}

/// The keys a statement names that are not known, as it writes them.
fn unknown(set: &PolicySet, statement: &Compiled, context: &Context) -> Vec<String> {
    let is_unknown = |key: &str| context.fact(&key.to_ascii_lowercase()) == Fact::Unknown;
    let variables = statement.conditions.iter().flat_map(crate::condition::Condition::variables);
    let mut keys: Vec<String> = variables
        .chain(statement.resource_variables())
        .filter(|key| is_unknown(key))
        .map(String::from)
        .collect();
    if let Some((_, _, written)) = set.source(statement) {
        let named = written.conditions.iter().map(|entry| &*entry.key.value);
        keys.extend(named.filter(|key| is_unknown(key)).map(String::from));
    }
    keys
}

/// All of them, each once, in order.
fn union<'a, T: Ord + Clone + 'a>(lists: impl Iterator<Item = &'a Vec<T>>) -> Vec<T> {
    let mut all: Vec<T> = lists.flatten().cloned().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The ARN's form if the action has one type of resource. `[IAM-10.2.5]`
fn template(action: &str, catalogue: Option<&Catalogue<'_>>) -> String {
    let known = catalogue.and_then(|catalogue| catalogue.action(action));
    match known.map(|action| action.resources()).as_deref() {
        Some([resource, ..]) => resource.arn.into(),
        _ => "*".into(),
    }
}
