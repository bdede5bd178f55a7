//! Questions about policies that no single request asks.
//!
//! They are answered without a solver: a search over the parts of the
//! statements, in which patterns are decided by automata run side by side,
//! numbers, dates and addresses at the ends of their ranges, and sets member
//! by member. Every witness is run through the evaluator before it is given;
//! where a search had to be given up, or a relation between two keys through a
//! variable could not be made true, the answer is that it is not known.

mod language;
mod public;
mod search;
mod values;

pub(crate) use public::is_public;

use crate::arn_pattern::ArnMatcher;
use crate::context::Context;
use crate::document::{Effect, PrincipalType};
use crate::options::Options;
use crate::set::{Compiled, PolicySet};
use crate::subject::Subject;
use crate::{Policies, PolicyKind, Request, Truth};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use aws_core::{AccountId, Caller, Principal, Wildcard};
use core::fmt;
use search::{Budget, Draft, Search, State};
use values::Value;

/// The answer to a question about policies. `[IAM-11.2]`
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Analysis {
    /// No such request exists.
    Pass,
    /// One exists: this.
    Fail(Box<Witness>),
    /// It is not known.
    Unknown,
}

/// A request that shows why the answer is no. It was run through the
/// evaluator.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// Who asks; nobody in particular for policies that name no principals.
    pub caller: Option<Caller>,
    /// The action, in lower case.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The context keys that matter.
    pub context: Context,
    /// The statement that allows it: policy and number, counted from 1.
    pub allowed_by: (String, usize),
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(caller) = &self.caller {
            let who = Subject::of(caller);
            write!(f, "{} may perform ", who.arn().unwrap_or("anybody"))?;
        }
        write!(f, "{} on {}", self.action, self.resource)?;
        let context = self.context.to_string();
        if !context.is_empty() {
            write!(f, " with {context}")?;
        }
        let (policy, number) = &self.allowed_by;
        write!(f, ", by statement {number} of {policy}")
    }
}

/// Whether `new` allows nothing that `old` does not. `[IAM-11.2.1]`
///
/// ```
/// use iam_eval::{Analysis, Policy, PolicyKind, PolicySet, no_new_access};
///
/// let set = |resource: &str| {
///     let text = format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:Get*","Resource":"{resource}"}}}}"#);
///     Policy::parse(&text, PolicyKind::Identity).map(|policy| PolicySet::new([("p", policy)]))
/// };
/// let (old, new) = (set("arn:aws:s3:::logs-*")?, set("arn:aws:s3:::logs-2026/*")?);
/// assert_eq!(no_new_access(&old, &new), Analysis::Pass);
///
/// let Analysis::Fail(witness) = no_new_access(&new, &old) else { panic!() };
/// assert_eq!(witness.to_string(), "s3:get on arn:aws:s3:::logs-, by statement 1 of p");
/// # Ok::<(), iam_eval::PolicyError>(())
/// ```
pub fn no_new_access(old: &PolicySet, new: &PolicySet) -> Analysis {
    new_access(old, new, &mut Budget::of(1))
}

fn new_access(old: &PolicySet, new: &PolicySet, budget: &mut Budget) -> Analysis {
    let nobody = Subject::of(&Caller::anonymous());
    let callers = callers(&[old, new]);
    let mut unsure = false;
    for caller in &callers {
        let subject = caller.as_ref().map_or_else(|| nobody.clone(), Subject::of);
        let test = |draft: &Draft| {
            let context = context(draft, caller.as_ref());
            let by = allows(new, &subject, draft, &context)?;
            allows(old, &subject, draft, &context).is_none().then(|| witness(draft, caller, context, by))
        };
        let mut search = Search::new(
            Options::default(),
            limits(caller.as_ref()),
            variables(&[old, new]),
            &mut *budget,
            test,
        );
        for allow in of(new, Effect::Allow, &subject) {
            let base = State::default().concerned(allow);
            let denies = of(new, Effect::Deny, &subject);
            // Either nothing of the old allows it …
            let clauses = denies.iter().copied().chain(of(old, Effect::Allow, &subject)).collect();
            if let Some(witness) = search.run(base.clone(), clauses) {
                return Analysis::Fail(Box::new(witness));
            }
            // … or something of the old denies it.
            for deny in of(old, Effect::Deny, &subject) {
                if let Some(witness) = search.run(base.clone().concerned(deny), denies.clone()) {
                    return Analysis::Fail(Box::new(witness));
                }
            }
        }
        unsure |= search.is_unsure();
    }
    if unsure { Analysis::Unknown } else { Analysis::Pass }
}

/// Whether the policies allow none of these actions on any of these
/// resources; an empty list stands for all. Both may have wildcards.
/// `[IAM-11.2.2]`
///
/// ```
/// use iam_eval::{Analysis, Policy, PolicyKind, PolicySet, access_not_granted};
///
/// let text = r#"{"Version":"2012-10-17","Statement":[
///     {"Effect":"Allow","Action":"s3:*","Resource":"*"},
///     {"Effect":"Deny","Action":"s3:Delete*","Resource":"*",
///      "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}]}"#;
/// let set = PolicySet::new([("p", Policy::parse(text, PolicyKind::Identity)?)]);
/// assert_eq!(access_not_granted(&set, &["iam:*"], &[]), Analysis::Pass);
/// // Long-term keys say nothing about a second factor.
/// let Analysis::Fail(witness) = access_not_granted(&set, &["s3:DeleteBucket"], &[]) else { panic!() };
/// assert_eq!(witness.context.get("aws:MultiFactorAuthPresent"), None);
/// # Ok::<(), iam_eval::PolicyError>(())
/// ```
pub fn access_not_granted(set: &PolicySet, actions: &[&str], resources: &[&str]) -> Analysis {
    let nobody = Subject::of(&Caller::anonymous());
    let actions: Vec<Wildcard> = actions.iter().map(|action| Wildcard::ignoring_ascii_case(action)).collect();
    let resources: Vec<ArnMatcher> = resources
        .iter()
        .map(|resource| ArnMatcher::resource(resource, PolicyKind::Identity, false))
        .collect();
    let (mut unsure, mut budget) = (false, Budget::of(1));
    for caller in &callers(&[set]) {
        let subject = caller.as_ref().map_or_else(|| nobody.clone(), Subject::of);
        let test = |draft: &Draft| {
            let context = context(draft, caller.as_ref());
            allows(set, &subject, draft, &context).map(|by| witness(draft, caller, context, by))
        };
        let mut search =
            Search::new(Options::default(), limits(caller.as_ref()), variables(&[set]), &mut budget, test);
        for allow in of(set, Effect::Allow, &subject) {
            let mut state = State::default().concerned(allow);
            if !actions.is_empty() {
                state = state.one_action(&actions);
            }
            if !resources.is_empty() {
                state = state.one_resource(&resources);
            }
            if let Some(witness) = search.run(state, of(set, Effect::Deny, &subject)) {
                return Analysis::Fail(Box::new(witness));
            }
        }
        unsure |= search.is_unsure();
    }
    if unsure { Analysis::Unknown } else { Analysis::Pass }
}

/// Whether a resource's policy grants nothing to the public: to somebody of no
/// account, organisation, network or resource that the policy could know.
/// `[IAM-11.2.3]`
///
/// ```
/// use iam_eval::{Analysis, Policy, PolicyKind, PolicySet, no_public_access};
///
/// let set = |condition: &str| {
///     let text = format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":"*",
///         "Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{condition}}}}}"#);
///     Policy::parse(&text, PolicyKind::Resource).map(|policy| PolicySet::new([("b", policy)]))
/// };
/// assert_eq!(no_public_access(&set(r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#)?), Analysis::Pass);
/// assert!(matches!(no_public_access(&set(r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#)?), Analysis::Fail(_)));
/// # Ok::<(), iam_eval::PolicyError>(())
/// ```
pub fn no_public_access(set: &PolicySet) -> Analysis {
    let (mut unsure, mut budget) = (false, Budget::of(1));
    for caller in public::strangers() {
        let subject = Subject::of(&caller);
        let caller = Some(caller);
        let test = |draft: &Draft| {
            let context = context(draft, caller.as_ref());
            allows(set, &subject, draft, &context).map(|by| witness(draft, &caller, context, by))
        };
        let mut limits = limits(caller.as_ref());
        limits.extend(public::foreign(set));
        let mut search = Search::new(Options::default(), limits, variables(&[set]), &mut budget, test);
        for allow in of(set, Effect::Allow, &subject) {
            if let Some(witness) =
                search.run(State::default().concerned(allow), of(set, Effect::Deny, &subject))
            {
                return Analysis::Fail(Box::new(witness));
            }
        }
        unsure |= search.is_unsure();
    }
    if unsure { Analysis::Unknown } else { Analysis::Pass }
}

/// Statements that could be left out: an allowing one whose every request
/// another allows or a denial denies, a denying one that bars nothing that
/// anything allows. Policy and number, counted from 1. Each is superfluous by
/// itself; of two that are the same both are listed. Of very tangled policies
/// some are left out.
///
/// ```
/// use iam_eval::{Policy, PolicyKind, PolicySet, superfluous};
///
/// let text = r#"{"Version":"2012-10-17","Statement":[
///     {"Effect":"Allow","Action":"sqs:*","Resource":"*"},
///     {"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:*:*:orders"},
///     {"Effect":"Deny","Action":"sns:*","Resource":"*"}]}"#;
/// let set = PolicySet::new([("p", Policy::parse(text, PolicyKind::Identity)?)]);
/// assert_eq!(superfluous(&set), [("p".to_string(), 2), ("p".to_string(), 3)]);
/// # Ok::<(), iam_eval::PolicyError>(())
/// ```
#[must_use]
pub fn superfluous(set: &PolicySet) -> Vec<(String, usize)> {
    let without = |left_out: &Compiled| {
        set.filtered(|one| (one.policy, one.statement) != (left_out.policy, left_out.statement))
    };
    let mut budget = Budget::of(4);
    let idle = |one: &&Compiled| {
        let without = without(one);
        let answer = match one.effect {
            Effect::Allow => new_access(&without, set, &mut budget),
            Effect::Deny => new_access(set, &without, &mut budget),
        };
        answer == Analysis::Pass
    };
    set.compiled().iter().filter(idle).filter_map(|one| place(set, one)).collect()
}

fn place(set: &PolicySet, statement: &Compiled) -> Option<(String, usize)> {
    let (name, _, _) = set.source(statement)?;
    Some((name.to_string(), statement.statement as usize + 1))
}

/// The statements of that effect that name the caller.
fn of<'s>(set: &'s PolicySet, effect: Effect, subject: &Subject) -> Vec<&'s Compiled> {
    let context = Context::new();
    let policies = Policies::default();
    let request = Request::new(subject, "", "", &context);
    let asked = policies.asked(&request);
    set.compiled()
        .iter()
        .filter(|statement| statement.effect == effect && statement.names(&asked).is_some())
        .collect()
}

/// The statement that allows the request, if no other denies it.
fn allows(set: &PolicySet, subject: &Subject, draft: &Draft, context: &Context) -> Option<(String, usize)> {
    let policies = Policies::default();
    let request = Request::new(subject, &draft.action, &draft.resource, context);
    let concerned = policies.concerned(set, &request);
    if concerned.iter().any(|(statement, _, _)| statement.effect == Effect::Deny) {
        return None;
    }
    let (statement, ..) = concerned.into_iter().find(|(_, concerns, _)| *concerns == Truth::Yes)?;
    place(set, statement)
}

fn context(draft: &Draft, caller: Option<&Caller>) -> Context {
    let mut context = caller.map_or_else(Context::new, Context::of);
    for (key, value) in &draft.keys {
        value.put(key, &mut context);
    }
    context
}

fn witness(draft: &Draft, caller: &Option<Caller>, context: Context, allowed_by: (String, usize)) -> Witness {
    let Draft { action, resource, .. } = draft.clone();
    Witness { caller: caller.clone(), action, resource, context, allowed_by }
}

/// Keys that variables of the policies name.
fn variables(sets: &[&PolicySet]) -> Vec<String> {
    let statements = sets.iter().flat_map(|set| set.compiled());
    let named = statements.flat_map(|statement| {
        let conditions = statement.conditions.iter().flat_map(crate::condition::Condition::variables);
        statement.resource_variables().chain(conditions)
    });
    named.map(String::from).collect()
}

/// What a caller's identity fixes: it cannot be wished otherwise.
fn limits(caller: Option<&Caller>) -> BTreeMap<String, Vec<Value>> {
    let Some(caller) = caller else { return BTreeMap::new() };
    let context = Context::of(caller);
    // Credentials of either kind may be used, and services may forward calls.
    let free = ["aws:multifactorauthpresent", "aws:tokenissuetime", "aws:viaawsservice"];
    let fixed = context.iter().map(|(key, values)| {
        let folded = key.to_ascii_lowercase();
        let value = match values.as_slice() {
            [one] if !crate::context::holds_list(&folded) => Value::One((*one).into()),
            values => Value::Many(values.iter().map(|value| (*value).into()).collect()),
        };
        (folded, Vec::from([value]))
    });
    let mut limits: BTreeMap<String, Vec<Value>> =
        fixed.filter(|(key, _)| !free.contains(&key.as_str())).collect();
    let mut lacks = |key: &str| {
        limits.entry(key.into()).or_insert_with(|| Vec::from([Value::Absent]));
    };
    if caller.username().is_none() {
        lacks("aws:username");
    }
    // Nobody, and a service, is of no account.
    if context.get("aws:PrincipalAccount").is_none() {
        for key in ["account", "arn", "orgid", "orgpaths"] {
            lacks(&alloc::format!("aws:principal{key}"));
        }
    }
    limits
}

/// Callers that policies can tell apart: those they name, somebody else of
/// each account, somebody of no account they know, a service, nobody.
fn callers(sets: &[&PolicySet]) -> Vec<Option<Caller>> {
    let documents = || sets.iter().flat_map(|set| set.policies());
    if !documents().any(|(_, policy)| policy.kind().has_principal()) {
        return Vec::from([None]);
    }
    let mut callers = public::strangers();
    let principals =
        documents().flat_map(|(_, policy)| policy.statements()).filter_map(|one| one.principal.as_ref());
    for entry in principals.flat_map(|principal| &principal.entries) {
        let name = &*entry.name.value;
        match entry.kind {
            Some(PrincipalType::Service) => callers.push(Caller::service(name)),
            Some(PrincipalType::Federated) => callers.push(Caller::new(Principal::WebIdentity {
                provider: name.into(),
                subject: "subject".into(),
            })),
            Some(PrincipalType::Aws) => callers.extend(named(name)),
            _ => {}
        }
    }
    let mut different: Vec<Option<Caller>> = Vec::new();
    for caller in callers.into_iter().map(Some) {
        if !different.contains(&caller) {
            different.push(caller);
        }
    }
    different
}

/// The callers that a principal's name stands for.
fn named(name: &str) -> Vec<Caller> {
    let somebody = |account: AccountId| {
        Vec::from([
            Caller::user(account, "somebody", "AIDASOMEBODY"),
            Caller::role_session(account, "something", "AROASOMETHING", "session"),
            Caller::root(account),
        ])
    };
    if let Ok(account) = name.parse() {
        return somebody(account);
    }
    let Ok(arn) = aws_core::ArnRef::parse(name) else { return Vec::new() };
    let Ok(account) = arn.account.parse::<AccountId>() else { return Vec::new() };
    let split = |path: &str| -> (String, String) {
        match path.rsplit_once('/') {
            Some((path, name)) => (alloc::format!("/{path}/"), name.into()),
            None => ("/".into(), path.into()),
        }
    };
    let mut callers = somebody(account);
    if let Some((path, name)) = arn.resource.strip_prefix("user/").map(split) {
        let unique_id = alloc::format!("AIDA{name}");
        callers.push(Caller::new(Principal::User { account, path, name, unique_id }));
    }
    if let Some((path, role)) = arn.resource.strip_prefix("role/").map(split) {
        let (unique_id, session) = (alloc::format!("AROA{role}"), "session".into());
        callers.push(Caller::new(Principal::RoleSession { account, path, role, unique_id, session }));
    }
    if let Some((role, session)) =
        arn.resource.strip_prefix("assumed-role/").and_then(|rest| rest.split_once('/'))
    {
        callers.push(Caller::role_session(account, role, "AROASOMETHING", session));
    }
    if let Some(name) = arn.resource.strip_prefix("federated-user/") {
        callers.push(Caller::new(Principal::FederatedUser { account, name: name.into() }));
    }
    callers
}
