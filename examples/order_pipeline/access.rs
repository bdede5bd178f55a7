//! Who may do what: every call is decided before it is made.

use crate::world::WorldError;
use aws_core::{AccountId, AuthzRequest, Caller, Ground, Permit, Timestamp, Verdict};
use iam_eval::{
    Answer, Context, Explanation, Level, Policies, Policy, PolicyKind, PolicySet, Request, Subject,
};
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// The organisation everything belongs to.
const ORGANIZATION: &str = "o-exampleorgid";
/// The Region.
const REGION: &str = "us-east-1";
/// The VPC that the pipeline runs in.
pub(crate) const VPC: &str = "vpc-orders";
/// One that was left behind.
pub(crate) const OLD_VPC: &str = "vpc-before-the-move";

/// Somebody who makes calls, from somewhere.
pub(crate) struct Actor {
    pub(crate) caller: Caller,
    subject: Subject,
    context: Context,
    /// The same with the second of its last call.
    lately: RefCell<(Timestamp, Context)>,
    identity: Option<PolicySet>,
}

impl Actor {
    /// The root user of the account, from a desk.
    pub(crate) fn owner(account: AccountId) -> Self {
        Self::new(Caller::root(account), None)
    }

    /// A session of a role, in a VPC.
    pub(crate) fn role(account: AccountId, name: &str, id: &str, vpc: &str) -> Result<Self, WorldError> {
        let text = match name {
            "order-api" => include_str!("../data/pipeline/policies/role-order-api.json"),
            _ => include_str!("../data/pipeline/policies/role-order-workers.json"),
        };
        let identity = PolicySet::new([(format!("role-{name}"), Policy::parse(text, PolicyKind::Identity)?)]);
        let mut caller = Caller::role_session(account, name, id, "simulation");
        caller.tags.insert("dp:include:network".into(), "true".into());
        let mut actor = Self::new(caller, Some(identity));
        actor.context.set("aws:SourceVpc", vpc);
        actor.context.set("aws:SourceVpce", format!("vpce-{vpc}"));
        actor.context = actor.context.shared();
        Ok(actor)
    }

    fn new(caller: Caller, identity: Option<PolicySet>) -> Self {
        let context = Context::of(&caller)
            .with("aws:SecureTransport", "true")
            .with("aws:RequestedRegion", REGION)
            .with("aws:PrincipalOrgID", ORGANIZATION)
            .with("aws:ResourceOrgID", ORGANIZATION)
            .shared();
        let lately = RefCell::new((Timestamp::from_seconds(i64::MIN / 1_000), Context::new()));
        Self { subject: Subject::of(&caller), caller, context, lately, identity }
    }

    /// What is known of a call by this actor: the same for all of a second,
    /// which is as fine as the keys about time are.
    fn context_at(&self, now: Timestamp) -> Context {
        let second = Timestamp::from_seconds(now.as_seconds());
        let mut lately = self.lately.borrow_mut();
        if lately.0 != second {
            *lately = (second, self.context.clone().at(second, &self.caller).shared());
        }
        lately.1.clone()
    }
}

/// The policies of the organisation, and what was denied.
pub(crate) struct Access {
    account: AccountId,
    service_control: Vec<Level>,
    resource_control: Vec<Level>,
    endpoint: PolicySet,
    /// Policies of resources, by their text: a handful.
    resources: Vec<(String, PolicySet)>,
    /// Decisions made.
    pub(crate) decisions: u64,
    /// Why the first denied call was denied.
    pub(crate) denied: Option<Explanation>,
    /// How long deciding took.
    pub(crate) took: Duration,
}

impl Access {
    pub(crate) fn new(account: AccountId) -> Result<Self, WorldError> {
        let set = |kind, policies: &[(&str, &str)]| {
            let parsed = policies.iter().map(|(name, text)| Ok((*name, Policy::parse(text, kind)?)));
            Ok::<_, WorldError>(PolicySet::new(parsed.collect::<Result<Vec<_>, WorldError>>()?))
        };
        let level = |node: &str, set| Level { node: node.into(), set };
        let full = ("FullAWSAccess", include_str!("../data/pipeline/policies/scp-full-access.json"));
        let perimeter = (
            "arn:aws:organizations::999988887777:policy/o-exampleorgid/service_control_policy/p-network00",
            include_str!("../data/pipeline/policies/scp-network-perimeter.json"),
        );
        let identities =
            ("rcp-identity-perimeter", include_str!("../data/pipeline/policies/rcp-identity-perimeter.json"));
        let https = ("rcp-https-only", include_str!("../data/pipeline/policies/rcp-https-only.json"));
        let endpoint = ("endpoint", include_str!("../data/pipeline/policies/endpoint.json"));
        let scp = |policies: &[(&str, &str)]| set(PolicyKind::ServiceControl, policies);
        Ok(Self {
            account,
            service_control: vec![
                level("r-root", scp(&[full])?),
                level("ou-shop", scp(&[full, perimeter])?),
                level("account", scp(&[full])?),
            ],
            resource_control: vec![level("r-root", set(PolicyKind::ResourceControl, &[identities, https])?)],
            endpoint: set(PolicyKind::VpcEndpoint, &[endpoint])?,
            resources: Vec::new(),
            decisions: 0,
            denied: None,
            took: Duration::ZERO,
        })
    }

    /// Decides everything a call needs.
    pub(crate) fn permit(&mut self, now: Timestamp, actor: &Actor, needs: &[AuthzRequest]) -> Permit {
        let started = Instant::now();
        let verdicts = needs.iter().map(|need| self.decide(now, actor, need)).collect();
        self.took += started.elapsed();
        Permit::Decided(verdicts)
    }

    fn decide(&mut self, now: Timestamp, actor: &Actor, need: &AuthzRequest) -> Verdict {
        let mut context = actor.context_at(now);
        for (key, values) in &need.context {
            context.set_values(key, values);
        }
        let resource = need.resource_policy.as_ref().map(|text| {
            let known = self.resources.iter().position(|(known, _)| known == text);
            known.unwrap_or_else(|| {
                let of_key = need.action.starts_with("kms:");
                let kind = if of_key { PolicyKind::KmsKey } else { PolicyKind::Resource };
                // The engine has stored it; what cannot be read allows nothing.
                let policy = Policy::stored(text, kind).ok().map(|policy| ("its own policy", policy));
                self.resources.push((text.clone(), PolicySet::new(policy)));
                self.resources.len() - 1
            })
        });
        let policies = Policies {
            service_control: Some(&self.service_control),
            resource_control: Some(&self.resource_control),
            endpoint: context.get("aws:SourceVpce").is_some().then_some(&self.endpoint),
            resource: resource.and_then(|at| self.resources.get(at)).map(|(_, set)| set),
            identity: actor.identity.as_ref(),
            ..Policies::default()
        };
        for resource in &need.resources {
            let request =
                Request::new(&actor.subject, &need.action, resource, &context).owned_by(self.account);
            self.decisions += 1;
            let answer: Answer = policies.decide(&request);
            if !answer.is_allowed() {
                // The reasons of the first are enough.
                if self.denied.is_none() {
                    self.denied = Some(policies.explain(&request));
                }
                return Verdict::Denied { message: policies.denial(&request).unwrap_or_default() };
            }
        }
        Verdict::Allowed(Ground::Policy)
    }
}
