//! Why a request is decided as it is.
//!
//! The evaluator itself runs, with a listener that notes which policies each
//! check looked at; what is said here is read off the same statements and the
//! same sums. The form is that of AWS's own newest interface for the purpose
//! `[IAM-10.3]`. It never contradicts the decision `[IAM-15.13]`.

mod change;
mod draft;
mod formula;
mod mend;
mod message;
mod misfit;
mod render;
mod search;

pub use change::Change;
pub use formula::Residual;
pub use misfit::{Misfit, NearMiss, StatementRef};

use crate::context::Fact;
use crate::document::Effect;
use crate::evaluate::{Evaluation, Watch};
use crate::set::{Asked, Compiled, PolicySet};
use crate::{Answer, CheckType, Decision, MatchKind, Policies, Request, Truth};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// A decision with its reasons.
///
/// ```
/// use aws_core::Caller;
/// use iam_eval::{CheckEffect, Context, Policies, Policy, PolicyKind, PolicySet, Request, Subject};
///
/// let set = |text, kind| Policy::parse(text, kind).map(|policy| PolicySet::new([("p", policy)]));
/// let identity = set(
///     r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#,
///     PolicyKind::Identity,
/// )?;
/// let boundary = set(
///     r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:List*","Resource":"*"}}"#,
///     PolicyKind::Boundary,
/// )?;
/// let policies = Policies { identity: Some(&identity), boundary: Some(&boundary), ..Policies::default() };
///
/// let bob = Caller::user("111122223333".parse()?, "bob", "AIDAEXAMPLEBOB");
/// let (subject, context) = (Subject::of(&bob), Context::of(&bob));
/// let why = policies.explain(&Request::new(&subject, "s3:GetObject", "arn:aws:s3:::b/k", &context));
/// assert_eq!(
///     why.message.as_deref(),
///     Some(
///         "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: s3:GetObject \
///          on resource: \"arn:aws:s3:::b/k\" because no permissions boundary allows the s3:GetObject action"
///     )
/// );
/// let effects: Vec<CheckEffect> = why.checks.iter().map(|check| check.effect).collect();
/// assert_eq!(effects, [CheckEffect::Allow, CheckEffect::ImplicitDeny]);
/// assert_eq!(
///     why.mends[0][0].to_string(),
///     "add s3:GetObject to the Action of statement 1 of p (1:37)"
/// );
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// The check that denies, or on which it depends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denied_by: Option<CheckType>,
    /// Who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// For which action.
    pub action: String,
    /// On which resource.
    pub resource: String,
    /// The checks that apply, in AWS's order.
    pub checks: Vec<Check>,
    /// What AWS answers if it is denied. `[IAM-10.1]`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// If it depends: what has to hold for it to be allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residual: Option<Residual>,
    /// The smallest changes that would turn the decision round, each tried
    /// out; of a denial to an allowance and of an allowance to a denial. No
    /// change of one can be left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mends: Vec<Vec<Change>>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Which.
    pub check_type: CheckType,
    /// The node of the organisation; for others nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What comes of it.
    #[serde(rename = "evaluatedEffect")]
    pub effect: CheckEffect,
    /// The statements that concern the request.
    pub matched: Vec<Matched>,
    /// Where it fails for want of an allow: those that would allow but for
    /// little.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near_misses: Vec<NearMiss>,
    #[serde(skip)]
    pub(crate) level: Option<usize>,
}

/// What comes of a check. `[IAM-10.3.3]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum CheckEffect {
    /// It allows.
    Allow,
    /// Nothing in it concerns the request, and nothing has to, because
    /// another check allows.
    NoImpact,
    /// It would have to allow and does not.
    ImplicitDeny,
    /// A statement denies.
    ExplicitDeny,
    /// It hangs on what is not known.
    Depends,
}

/// A statement that concerns the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matched {
    /// Which.
    #[serde(flatten)]
    pub statement: StatementRef,
    /// How it names the caller, in policies that name callers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<MatchKind>,
    /// Whether it concerns it for sure; otherwise it hangs on what is not
    /// known.
    pub certain: bool,
}

/// Which checks there were.
struct Notes(Vec<(CheckType, Option<usize>)>);

impl Watch for Notes {
    const EVERYTHING: bool = true;

    fn check(&mut self, check: CheckType, level: Option<usize>, _: Option<&PolicySet>) {
        self.0.push((check, level));
    }
}

/// Near misses are listed up to this number a check.
const NEAR: usize = 5;

impl<'a> Policies<'a> {
    /// Decides, and tells why. Looks at every statement.
    #[must_use]
    pub fn explain(&self, request: &Request<'_>) -> Explanation {
        let (found, checks) = self.checks(request);
        let Answer { decision, check, .. } = found.answer;
        let mends = match decision {
            Decision::Depends => Vec::new(),
            _ => search::smallest(self, request, found.answer),
        };
        Explanation {
            decision,
            denied_by: check,
            principal: request.subject.arn().map(Into::into),
            action: request.action.into(),
            resource: request.resource.into(),
            message: message::denial(self, request, found.answer, &checks),
            residual: (decision == Decision::Depends).then(|| formula::residual(self, request, &found)),
            checks,
            mends,
        }
    }

    /// What AWS answers if the request is denied, without looking for changes
    /// that would let it pass. `[IAM-10.1]`
    ///
    /// ```
    /// use aws_core::Caller;
    /// use iam_eval::{Context, Policies, Request, Subject};
    ///
    /// let bob = Caller::user("111122223333".parse()?, "bob", "AIDAEXAMPLEBOB");
    /// let (subject, context) = (Subject::of(&bob), Context::of(&bob));
    /// let request = Request::new(&subject, "sqs:ListQueues", "*", &context);
    /// assert_eq!(
    ///     Policies::default().denial(&request).unwrap(),
    ///     "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: sqs:listqueues \
    ///      because no identity-based policy allows the sqs:listqueues action" // SQS does not shout
    /// );
    /// # Ok::<(), aws_core::HomeError>(())
    /// ```
    #[must_use]
    pub fn denial(&self, request: &Request<'_>) -> Option<String> {
        let (found, checks) = self.checks(request);
        message::denial(self, request, found.answer, &checks)
    }

    /// The checks, and what the evaluation found.
    pub(crate) fn checks(&self, request: &Request<'_>) -> (Evaluation, Vec<Check>) {
        let mut notes = Notes(Vec::new());
        let found = self.evaluate(request, &mut notes);
        let asked = self.asked(request);
        let checks = notes.0.into_iter().map(|(check, level)| self.check(check, level, &asked, &found));
        (found.clone(), checks.collect())
    }

    /// The policies of a check.
    pub(crate) fn set_of(&self, check: CheckType, level: Option<usize>) -> Option<&'a PolicySet> {
        let of_level =
            |levels: Option<&'a [crate::Level]>| level.and_then(|at| levels?.get(at)).map(|level| &level.set);
        match check {
            CheckType::Credentials => None,
            CheckType::ResourceControlPolicy => of_level(self.resource_control),
            CheckType::ServiceControlPolicy => of_level(self.service_control),
            CheckType::VpcEndpoint => self.endpoint,
            CheckType::Resource => self.resource,
            CheckType::Principal => self.identity,
            CheckType::PermissionsBoundary => self.boundary,
            CheckType::Session => self.session,
        }
    }

    pub(crate) fn node_of(&self, check: CheckType, level: Option<usize>) -> Option<&'a str> {
        let levels = match check {
            CheckType::ResourceControlPolicy => self.resource_control,
            CheckType::ServiceControlPolicy => self.service_control,
            _ => None,
        };
        level.and_then(|at| levels?.get(at)).map(|level| &*level.node)
    }

    fn check(&self, check: CheckType, level: Option<usize>, asked: &Asked<'_>, found: &Evaluation) -> Check {
        let set = self.set_of(check, level);
        let mut matched = Vec::new();
        let (mut denies, mut allows) = (Truth::No, Truth::No);
        let statements = set.into_iter().flat_map(|set| set.compiled().iter().map(move |one| (set, one)));
        for (set, statement) in statements {
            let (concerns, through) = statement.concerns(asked);
            if concerns == Truth::No {
                continue;
            }
            match statement.effect {
                Effect::Deny => denies = denies.or(concerns),
                Effect::Allow => allows = allows.or(concerns),
            }
            if let Some(reference) = StatementRef::new(set, statement) {
                let through = statement.kind.has_principal().then_some(through);
                matched.push(Matched { statement: reference, through, certain: concerns == Truth::Yes });
            }
        }
        if check == CheckType::Resource {
            // Grants too; not what only delegates, nor what is shut out.
            allows = found.path.grants(&found.resource);
        }
        let needed = match check {
            // AWS's own RCPFullAWSAccess allows. [IAM-8.3.3]
            CheckType::ResourceControlPolicy => false,
            CheckType::Resource => found.path.needs_resource(),
            CheckType::Principal | CheckType::PermissionsBoundary | CheckType::Session => {
                !found.path.spares(found, check)
            }
            _ => true,
        };
        let effect = match (denies, allows) {
            (Truth::Yes, _) => CheckEffect::ExplicitDeny,
            (Truth::Maybe, _) => CheckEffect::Depends,
            (Truth::No, Truth::Yes) => CheckEffect::Allow,
            (Truth::No, Truth::Maybe) => CheckEffect::Depends,
            (Truth::No, Truth::No) if check == CheckType::ResourceControlPolicy => CheckEffect::Allow,
            (Truth::No, Truth::No) if needed => CheckEffect::ImplicitDeny,
            (Truth::No, Truth::No) => CheckEffect::NoImpact,
        };
        let near_misses = match (effect, set) {
            (CheckEffect::ImplicitDeny, Some(set)) => misfit::near(set, asked, Effect::Allow, NEAR),
            _ => Vec::new(),
        };
        Check {
            check_type: check,
            target: self.node_of(check, level).map(Into::into),
            effect,
            matched,
            near_misses,
            level,
        }
    }
}

/// What a context holds under a key, for people.
pub(crate) fn shown(fact: Fact<'_>) -> Option<Vec<String>> {
    match fact {
        Fact::One(value) => Some(Vec::from([value.into()])),
        Fact::Many(values) => Some(values.iter().map(|value| (**value).into()).collect()),
        Fact::Absent | Fact::Unknown => None,
    }
}

/// The conditions of a statement that do not hold for sure.
pub(crate) fn open_conditions<'s>(
    statement: &'s Compiled,
    asked: &'s Asked<'_>,
) -> impl Iterator<Item = (usize, Truth)> + 's {
    let each = statement.conditions.iter().enumerate();
    each.map(|(at, condition)| (at, condition.holds(asked.context, asked.options)))
        .filter(|(_, holds)| *holds != Truth::Yes)
}
