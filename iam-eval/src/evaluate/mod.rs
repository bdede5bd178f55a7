//! The only evaluator. What it fulfils whatever policies say: `[IAM-15]`.

mod applies;
mod grant;
mod path;

pub use applies::supports_resource_control;
pub use grant::{Grant, GrantConstraint};
pub(crate) use path::{Own, Path};

use crate::arn_pattern::Resource;
use crate::document::PolicyKind;
use crate::options::Options;
use crate::set::{Asked, Compiled, PolicySet, Tally};
use crate::subject::{Subject, SubjectKind};
use crate::{Context, MatchKind, Truth};
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::AccountId;
use serde::Serialize;

/// One action on one resource.
///
/// A call to an AWS API may need several; see [`Policies::decide_all`].
///
/// ```
/// use aws_core::Caller;
/// use iam_eval::{Context, Decision, Policies, Policy, PolicyKind, PolicySet, Request, Subject};
///
/// let account = "111122223333".parse()?;
/// let bob = Caller::user(account, "bob", "AIDAEXAMPLEBOB");
/// let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*",
///     "Resource":"arn:aws:s3:::home/${aws:username}/*"}}"#;
/// let identity = PolicySet::new([("own-files", Policy::parse(text, PolicyKind::Identity)?)]);
/// let policies = Policies { identity: Some(&identity), ..Policies::default() };
///
/// let (subject, context) = (Subject::of(&bob), Context::of(&bob));
/// let ask = |key| Request::new(&subject, "s3:GetObject", key, &context).owned_by(account);
/// assert_eq!(policies.decide(&ask("arn:aws:s3:::home/bob/notes")).decision, Decision::Allowed);
/// assert_eq!(policies.decide(&ask("arn:aws:s3:::home/eve/notes")).decision, Decision::ImplicitDeny);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub subject: &'a Subject,
    /// `service:Operation`, in any case.
    pub action: &'a str,
    /// The resource's ARN; `*` or nothing for actions without one; a wildcard
    /// ARN where the service sends one `[IAM-5.2.10]`.
    pub resource: &'a str,
    /// The account that owns the resource. If absent, the ARN's account, and
    /// if it has none, the caller's own `[IAM-9.11]`.
    pub owner: Option<AccountId>,
    /// Whether the owner manages its organisation: resource control policies
    /// do not bind it `[IAM-8.2]`.
    pub owner_manages_organization: bool,
    /// What else is known.
    pub context: &'a Context,
}

impl<'a> Request<'a> {
    /// `action` on `resource`.
    #[must_use]
    pub fn new(subject: &'a Subject, action: &'a str, resource: &'a str, context: &'a Context) -> Self {
        Self { subject, action, resource, owner: None, owner_manages_organization: false, context }
    }

    /// Names the account that owns the resource.
    #[must_use]
    pub fn owned_by(mut self, account: AccountId) -> Self {
        self.owner = Some(account);
        self
    }

    /// The account that owns the resource, as far as it is known.
    #[must_use]
    pub fn resource_account(&self) -> Option<AccountId> {
        let of_arn = || Resource::new(self.resource).account().and_then(|account| account.parse().ok());
        self.owner.or_else(of_arn).or(self.subject.account)
    }

    pub(crate) fn service(&self) -> &'a str {
        self.action.split_once(':').map_or(self.action, |(service, _)| service)
    }

    pub(crate) fn is(&self, action: &str) -> bool {
        self.action.eq_ignore_ascii_case(action)
    }
}

/// One node of an organisation with the policies attached to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The root, an organisational unit or an account, as explanations name
    /// it.
    pub node: Arc<str>,
    /// What is attached.
    pub set: PolicySet,
}

/// The policies that bind a request, layer by layer. A layer that is `None` is
/// not there; one that is there and empty allows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    /// Resource control policies of the resource's organisation, from the
    /// root to the account. AWS's own `RCPFullAWSAccess`, which is attached
    /// everywhere, need not be there `[IAM-8.3.3]`.
    pub resource_control: Option<&'a [Level]>,
    /// Service control policies of the caller's organisation, from the root
    /// to the account. Every level must allow `[IAM-8.3.1]`.
    pub service_control: Option<&'a [Level]>,
    /// The policy of the VPC endpoint the request came through `[IAM-9.9]`.
    pub endpoint: Option<&'a PolicySet>,
    /// The resource's own policy; for `sts:AssumeRole` the role's trust
    /// policy, for KMS the key policy.
    pub resource: Option<&'a PolicySet>,
    /// Grants on the key.
    pub grants: &'a [Grant],
    /// Policies of the user and its groups, or of the role. For a federated
    /// session those of the user that issued it.
    pub identity: Option<&'a PolicySet>,
    /// The permissions boundary.
    pub boundary: Option<&'a PolicySet>,
    /// Policies passed when the session was made.
    pub session: Option<&'a PolicySet>,
    /// Whether the bucket restricts public access: if its policy is public,
    /// only its own account and AWS services pass `[IAM-9.5]`.
    pub restricts_public_access: bool,
    /// Answers to what AWS leaves open.
    pub options: Options,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Decision {
    /// Allowed.
    Allowed,
    /// It depends on context keys that are not known.
    Depends,
    /// Denied because nothing allows it `[IAM-8.7]`.
    ImplicitDeny,
    /// Denied by a statement.
    ExplicitDeny,
}

/// The checks AWS makes, in its order. `[IAM-10.3.3]` `[IAM-10.3.4]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum CheckType {
    /// What the caller's kind of credentials may not do at all, whatever
    /// policies say. Not one of AWS's names.
    Credentials,
    /// A level of resource control policies.
    ResourceControlPolicy,
    /// A level of service control policies.
    ServiceControlPolicy,
    /// The VPC endpoint's policy.
    VpcEndpoint,
    /// The resource's own policy, and grants.
    Resource,
    /// The caller's own policies.
    Principal,
    /// Its boundary.
    PermissionsBoundary,
    /// The session's policies.
    Session,
}

/// A decision and the check that denies, or on which it depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// What is decided.
    pub decision: Decision,
    /// The first check that fails, explicit denials before implicit ones
    /// `[IAM-10.1.8]`.
    pub check: Option<CheckType>,
    /// Which level of the organisation, counted from the root.
    pub level: Option<usize>,
}

impl Answer {
    /// Whether the request is allowed for sure.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.decision == Decision::Allowed
    }
}

/// Who listens to an evaluation.
pub(crate) trait Watch {
    /// Whether every statement is to be looked at, also where nothing can
    /// change any more.
    const EVERYTHING: bool;
    fn check(&mut self, check: CheckType, level: Option<usize>, set: Option<&PolicySet>);
}

impl Watch for () {
    const EVERYTHING: bool = false;
    fn check(&mut self, _: CheckType, _: Option<usize>, _: Option<&PolicySet>) {}
}

impl Policies<'_> {
    /// Decides. Looks only at statements that may concern the request and
    /// allocates nothing, but for variables in patterns.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Answer {
        self.evaluate(request, &mut ()).answer
    }

    /// Decides a call that needs several things: all must be allowed, and the
    /// worst answer counts, with the place of the request that gave it
    /// `[IAM-5.1.6]`.
    ///
    /// ```
    /// use aws_core::Caller;
    /// use iam_eval::{Context, Decision, Policies, Request, Subject};
    ///
    /// let root = Caller::root("111122223333".parse()?);
    /// let (subject, context) = (Subject::of(&root), Context::of(&root));
    /// let requests = ["ec2:RunInstances", "sts:AssumeRole"]
    ///     .map(|action| Request::new(&subject, action, "arn:aws:iam::111122223333:role/r", &context));
    /// let (at, answer) = Policies::default().decide_all(&requests).unwrap();
    /// assert_eq!((at, answer.decision), (1, Decision::ImplicitDeny)); // roles may not be assumed by root accounts
    /// # Ok::<(), aws_core::HomeError>(())
    /// ```
    #[must_use]
    pub fn decide_all(&self, requests: &[Request<'_>]) -> Option<(usize, Answer)> {
        let answers = requests.iter().map(|request| self.decide(request)).enumerate();
        // Of equal answers the first.
        answers.reduce(|worst, other| if other.1.decision > worst.1.decision { other } else { worst })
    }

    pub(crate) fn asked<'r>(&'r self, request: &Request<'r>) -> Asked<'r> {
        Asked {
            subject: request.subject,
            action: request.action,
            resource: Resource::new(request.resource),
            context: request.context,
            has_boundary: self.boundary.is_some(),
            options: &self.options,
        }
    }

    /// Goes through the checks in AWS's order. `[IAM-8.3]`
    pub(crate) fn evaluate<W: Watch>(&self, request: &Request<'_>, watch: &mut W) -> Evaluation {
        let asked = self.asked(request);
        let mut found = Evaluation::new(self.path(request));
        if let Some(answer) = applies::whatever_policies_say(request) {
            found.settled = Some(answer);
            if !W::EVERYTHING {
                found.conclude();
                return found;
            }
        }
        let rcps = self.resource_control.filter(|_| applies::resource_control(request, &self.options));
        let scps = self.service_control.filter(|_| applies::service_control(request.subject));
        let levels = [(CheckType::ResourceControlPolicy, rcps), (CheckType::ServiceControlPolicy, scps)];
        for (check, levels) in levels {
            for (at, level) in levels.unwrap_or_default().iter().enumerate() {
                let tally = level.set.tally(&asked);
                watch.check(check, Some(at), Some(&level.set));
                // AWS's own RCPFullAWSAccess is everywhere. [IAM-8.3.3]
                let allow = if check == CheckType::ResourceControlPolicy { Truth::Yes } else { tally.direct };
                if found.gate(check, Some(at), tally.deny, allow) && !W::EVERYTHING {
                    return found;
                }
            }
        }
        if let Some(set) = self.endpoint {
            let tally = set.tally(&asked);
            watch.check(CheckType::VpcEndpoint, None, Some(set));
            if found.gate(CheckType::VpcEndpoint, None, tally.deny, tally.any_allow()) && !W::EVERYTHING {
                return found;
            }
        }
        found.resource = self.resource.map_or_else(Tally::nothing, |set| set.tally(&asked));
        self.add_grants(request, &mut found.resource);
        if self.restricts_public_access && self.is_shut_out_as_public(request) {
            found.resource = Tally { deny: found.resource.deny, ..Tally::nothing() };
        }
        if self.resource.is_some() || !self.grants.is_empty() || found.path.needs_resource() {
            watch.check(CheckType::Resource, None, self.resource);
        }
        if found.gate(CheckType::Resource, None, found.resource.deny, Truth::Yes) && !W::EVERYTHING {
            return found;
        }
        let own = [
            (CheckType::Principal, self.identity),
            (CheckType::PermissionsBoundary, self.boundary),
            (CheckType::Session, self.session),
        ];
        if found.path.has_principal_side() {
            for (check, set) in own {
                let tally = set.map_or_else(Tally::nothing, |set| set.tally(&asked));
                let missing = check != CheckType::Principal && set.is_none();
                // A federated session without policies may do nothing. [IAM-8.2]
                let empty_session =
                    check == CheckType::Session && request.subject.kind == SubjectKind::Federated;
                if !missing || empty_session {
                    watch.check(check, None, set);
                }
                let allow = if missing && !empty_session { Truth::Yes } else { tally.direct };
                match check {
                    CheckType::Principal => found.own.identity = allow,
                    CheckType::PermissionsBoundary => found.own.boundary = allow,
                    _ => found.own.session = allow,
                }
                if found.gate(check, None, tally.deny, Truth::Yes) && !W::EVERYTHING {
                    return found;
                }
            }
        }
        found.conclude();
        found
    }
}

/// What an evaluation found, and the answer that follows.
#[derive(Debug, Clone)]
pub(crate) struct Evaluation {
    pub(crate) path: Path,
    /// Answered whatever policies say.
    settled: Option<Answer>,
    denied: Option<(CheckType, Option<usize>)>,
    /// The first check that may deny explicitly.
    may_deny: Option<(CheckType, Option<usize>)>,
    /// The first gate that does not let it through, and the first that may
    /// not.
    shut: Option<(CheckType, Option<usize>)>,
    ajar: Option<(CheckType, Option<usize>)>,
    pub(crate) resource: Tally,
    pub(crate) own: Own<Truth>,
    pub(crate) answer: Answer,
}

impl Evaluation {
    fn new(path: Path) -> Self {
        Self {
            path,
            settled: None,
            denied: None,
            may_deny: None,
            shut: None,
            ajar: None,
            resource: Tally::nothing(),
            own: Own { identity: Truth::No, boundary: Truth::Yes, session: Truth::Yes },
            answer: Answer { decision: Decision::ImplicitDeny, check: None, level: None },
        }
    }

    /// Passes a gate; answers whether it is an explicit denial, after which
    /// nothing matters.
    fn gate(&mut self, check: CheckType, level: Option<usize>, deny: Truth, allow: Truth) -> bool {
        let here = Some((check, level));
        match deny {
            Truth::Yes => self.denied = self.denied.or(here),
            Truth::Maybe => self.may_deny = self.may_deny.or(here),
            Truth::No => {}
        }
        match allow {
            Truth::No => self.shut = self.shut.or(here),
            Truth::Maybe => self.ajar = self.ajar.or(here),
            Truth::Yes => {}
        }
        if deny == Truth::Yes {
            self.conclude();
        }
        deny == Truth::Yes
    }

    fn conclude(&mut self) {
        let answer = |decision, at: Option<(CheckType, Option<usize>)>| Answer {
            decision,
            check: at.map(|(check, _)| check),
            level: at.and_then(|(_, level)| level),
        };
        self.answer = if let Some(settled) = self.settled {
            settled
        } else if self.denied.is_some() {
            answer(Decision::ExplicitDeny, self.denied)
        } else if self.shut.is_some() {
            answer(Decision::ImplicitDeny, self.shut)
        } else {
            let bar = || self.path.bar(self).map(|check| (check, None));
            match self.path.opens(&self.resource, &self.own) {
                Truth::No => answer(Decision::ImplicitDeny, bar()),
                Truth::Yes if self.may_deny.is_none() && self.ajar.is_none() => {
                    answer(Decision::Allowed, None)
                }
                Truth::Yes => answer(Decision::Depends, self.may_deny.or(self.ajar)),
                Truth::Maybe => answer(Decision::Depends, self.may_deny.or(self.ajar).or_else(bar)),
            }
        };
    }
}

impl Policies<'_> {
    fn path(&self, request: &Request<'_>) -> Path {
        let required =
            match self.resource.and_then(|set| set.policies().next()).map(|(_, policy)| policy.kind()) {
                Some(PolicyKind::Trust | PolicyKind::KmsKey) => true,
                Some(_) => false,
                None => applies::needs_resource_policy(request),
            };
        Path::of(request, required)
    }

    fn add_grants(&self, request: &Request<'_>, tally: &mut Tally) {
        for grant in self.grants {
            if let Some(kind) = grant.allows(request) {
                tally.add(crate::Effect::Allow, Truth::Yes, kind);
            }
        }
    }

    /// `[IAM-9.5]`
    fn is_shut_out_as_public(&self, request: &Request<'_>) -> bool {
        let own = request.subject.account.is_some() && request.subject.account == request.resource_account();
        let service = request.subject.kind == SubjectKind::Service;
        !own && !service && self.resource.is_some_and(crate::analyze::is_public)
    }

    /// The statements of a set that concern a request, in order.
    pub(crate) fn concerned<'s>(
        &self,
        set: &'s PolicySet,
        request: &Request<'_>,
    ) -> Vec<(&'s Compiled, Truth, MatchKind)> {
        let asked = self.asked(request);
        let each = set.compiled().iter().map(|statement| {
            let (concerns, kind) = statement.concerns(&asked);
            (statement, concerns, kind)
        });
        each.filter(|(_, concerns, _)| *concerns != Truth::No).collect()
    }
}
