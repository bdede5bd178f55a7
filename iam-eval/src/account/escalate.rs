//! Who can reach the power of whom, and by what.

use super::method::{Direct, Gives, ON_GROUPS, ON_POLICIES, ON_ROLES, ON_USERS, THROUGH, Through};
use super::{Account, Member, MemberKind};
use crate::{
    Analysis, Context, Decision, Policies, Policy, PolicyKind, PolicySet, Request, Residual, Subject,
    access_not_granted, no_new_access,
};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{Caller, Timestamp};
use core::fmt;

/// A way in which one member of an account gets at more than it may.
/// `[IAM-11.7.5]`
#[derive(Debug, Clone, PartialEq)]
pub struct Escalation {
    /// Who: an ARN.
    pub from: String,
    /// What it must be allowed, and is.
    pub needs: Vec<Need>,
    /// What must be there already, such as a function, for a service to work
    /// under the role.
    pub existing: Option<&'static str>,
    /// What it gets.
    pub gain: Gain,
}

/// One request of an escalation.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// The action.
    pub action: &'static str,
    /// The resource.
    pub resource: String,
    /// What has to be the case besides.
    pub when: Option<Residual>,
    /// Whether a user needs a session with a second factor for it.
    pub needs_mfa_session: bool,
}

/// What an escalation gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gain {
    /// It acts as this user or role, by ARN.
    Becomes(String),
    /// This user or role, itself or another, may then do whatever is wished
    /// that no boundary and no organisation denies.
    Raises(String),
    /// It puts users, itself or others, into this group.
    Joins(String),
}

impl fmt::Display for Escalation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.gain {
            Gain::Becomes(who) => write!(f, "{} can act as {who}", self.from)?,
            Gain::Raises(who) if *who == self.from => write!(f, "{who} can give itself any permission")?,
            Gain::Raises(who) => write!(f, "{} can give {who} any permission", self.from)?,
            Gain::Joins(group) => write!(f, "{} can put users into {group}", self.from)?,
        }
        for (at, need) in self.needs.iter().enumerate() {
            write!(f, "{} {} on {}", if at == 0 { " by" } else { " and" }, need.action, need.resource)?;
            if need.needs_mfa_session {
                f.write_str(" (in a session with a second factor)")?;
            }
            if let Some(when) = &need.when {
                write!(f, " if {when}")?;
            }
        }
        match self.existing {
            Some(what) => write!(f, ", where {what} works under the role"),
            None => Ok(()),
        }
    }
}

/// A member in the forms in which it can ask, and what was found out of it.
struct Asker<'a> {
    account: &'a Account,
    member: &'a Member,
    callers: Vec<Caller>,
    now: Context,
    /// A resource on which the action is allowed.
    somewhere: BTreeMap<&'static str, Option<Need>>,
}

impl Account {
    /// The ways in which members get at permissions that they do not have:
    /// through IAM itself, through roles they may assume or pass, through
    /// services that work under roles. `now` is when sessions are made.
    ///
    /// A way is listed if all layers allow it or may allow it, depending on
    /// facts that `when` states, and if what it gives is more than what the
    /// member has already. What runs in the account's services is not known
    /// here: ways that need something existing say so.
    ///
    /// ```
    /// use iam_eval::{Account, aws_core::Timestamp};
    ///
    /// let export = r#"{"UserDetailList": [{"UserName": "eve", "UserId": "AIDAEXAMPLEEVE",
    ///   "Arn": "arn:aws:iam::111122223333:user/eve", "UserPolicyList": [{"PolicyName": "own", "PolicyDocument":
    ///     {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:Put*", "Resource": "*"}}}]}]}"#;
    /// let ways = Account::import(export)?.escalations(Timestamp::from_millis(0));
    /// assert_eq!(ways[0].to_string(), "arn:aws:iam::111122223333:user/eve can give itself any permission \
    ///     by iam:PutUserPolicy on arn:aws:iam::111122223333:user/eve");
    /// # Ok::<(), iam_eval::ImportError>(())
    /// ```
    #[must_use]
    pub fn escalations(&self, now: Timestamp) -> Vec<Escalation> {
        let mut found = Vec::new();
        // Ways to principals that may do nothing more themselves.
        let mut idle: Vec<Escalation> = Vec::new();
        let mut more = More { known: BTreeMap::new() };
        for member in &self.members {
            if !is_administrator(&member.identity) {
                let mut asker = Asker::new(self, member, now);
                asker.direct(&mut found, &mut idle, &mut more);
                asker.through(&mut found, &mut more);
            }
        }
        // They count if they lead on.
        loop {
            let leads_on = |way: &mut Escalation| {
                let Gain::Becomes(who) = &way.gain else { return false };
                let on = |one: &Escalation| {
                    one.from == *who
                        && !matches!(&one.gain,
                    Gain::Becomes(back) | Gain::Raises(back) if *back == way.from)
                };
                found.iter().any(on)
            };
            let more: Vec<Escalation> = idle.extract_if(.., leads_on).collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    /// From one member to every other it can become, the shortest row of
    /// escalations each; the last of a row may also raise or join. Of many
    /// of the same length the first.
    #[must_use]
    pub fn routes<'e>(&self, escalations: &'e [Escalation], from: &str) -> Vec<Vec<&'e Escalation>> {
        let mut routes: Vec<Vec<&Escalation>> = Vec::new();
        let mut reached: Vec<&str> = Vec::from([from]);
        let mut front: Vec<(&str, Vec<&Escalation>)> = Vec::from([(from, Vec::new())]);
        while !front.is_empty() {
            let mut next = Vec::new();
            for (at, route) in front {
                for escalation in escalations.iter().filter(|one| one.from == at) {
                    let mut longer = route.clone();
                    longer.push(escalation);
                    match &escalation.gain {
                        Gain::Becomes(who) if reached.contains(&who.as_str()) => continue,
                        Gain::Becomes(who) => {
                            reached.push(who);
                            next.push((who.as_str(), longer.clone()));
                        }
                        Gain::Raises(_) | Gain::Joins(_) => {
                            if routes
                                .iter()
                                .any(|known| known.last().is_some_and(|last| last.gain == escalation.gain))
                            {
                                continue;
                            }
                        }
                    }
                    routes.push(longer);
                }
            }
            front = next;
        }
        routes
    }
}

/// Whether one may do what the other may not, found out once for each pair.
struct More<'a> {
    known: BTreeMap<(&'a str, &'a str), bool>,
}

impl<'a> More<'a> {
    fn has(&mut self, other: &'a Member, than: &'a Member) -> bool {
        *self
            .known
            .entry((&other.arn, &than.arn))
            .or_insert_with(|| no_new_access(&than.identity, &other.identity) != Analysis::Pass)
    }
}

/// Whether everything is allowed.
fn is_administrator(set: &PolicySet) -> bool {
    let everything = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    Policy::stored(everything, PolicyKind::Identity)
        .is_ok_and(|policy| no_new_access(set, &PolicySet::new([("everything", policy)])) == Analysis::Pass)
}

impl<'a> Asker<'a> {
    fn new(account: &'a Account, member: &'a Member, now: Timestamp) -> Self {
        let mut caller = member.caller();
        let mut callers = Vec::new();
        match member.kind {
            MemberKind::User => {
                callers.push(caller.clone());
                // Sessions of GetSessionToken need one to call IAM. [IAM-9.7]
                caller.session.issued_at = Some(now);
                caller.session.mfa_authenticated_at = Some(now);
                callers.push(caller);
            }
            MemberKind::Role => {
                caller.session.issued_at = Some(now);
                callers.push(caller);
            }
        }
        let now = Context::new().at(now, &member.caller()).partial();
        Self { account, member, callers, now, somewhere: BTreeMap::new() }
    }

    /// Whether the member is allowed it, in any of its forms.
    fn may(&self, action: &'static str, resource: &str, facts: &[(&str, &str)]) -> Option<Need> {
        let mut known = self.now.clone();
        for (key, value) in facts {
            known.set(key, *value);
        }
        let mut perhaps = None;
        for (at, caller) in self.callers.iter().enumerate() {
            let mut context = Context::of(caller).overlaid(&known);
            let mut lacks = |key: &str| context = core::mem::take(&mut context).without(key);
            if caller.session.issued_at.is_none() {
                lacks("aws:TokenIssueTime");
                lacks("aws:MultiFactorAuthPresent");
                lacks("aws:MultiFactorAuthAge");
            }
            if caller.username().is_none() {
                lacks("aws:username");
            }
            let subject = self.account.subject(caller);
            let request = Request::new(&subject, action, resource, &context);
            let policies = self.account.policies(self.member, action, resource);
            let need = |when| Need { action, resource: resource.into(), when, needs_mfa_session: at > 0 };
            match policies.decide(&request).decision {
                Decision::Allowed => return Some(need(None)),
                Decision::Depends if perhaps.is_none() => {
                    perhaps = Some(need(policies.explain(&request).residual));
                }
                _ => {}
            }
        }
        perhaps
    }

    /// Whether it is allowed on any resource.
    fn may_somewhere(&mut self, action: &'static str) -> Option<Need> {
        if let Some(known) = self.somewhere.get(action) {
            return known.clone();
        }
        let service = action.split(':').next().unwrap_or_default();
        let usual = alloc::format!("arn:aws:{service}:us-east-1:{}:*", self.member.account);
        let mut found = None;
        for set in [Some(&self.member.identity), self.member.boundary.as_ref()].into_iter().flatten() {
            for resources in [&[usual.as_str()][..], &[]] {
                if found.is_none()
                    && let Analysis::Fail(witness) = access_not_granted(set, &[action], resources)
                {
                    found = self.may(action, &witness.resource, &[]);
                }
            }
        }
        self.somewhere.insert(action, found.clone());
        found
    }

    fn tell(
        &self,
        found: &mut Vec<Escalation>,
        needs: Vec<Need>,
        existing: Option<&'static str>,
        gain: Gain,
    ) {
        let escalation = Escalation { from: self.member.arn.clone(), needs, existing, gain };
        if !found.contains(&escalation) {
            found.push(escalation);
        }
    }

    /// With IAM itself.
    fn direct(&mut self, found: &mut Vec<Escalation>, idle: &mut Vec<Escalation>, more: &mut More<'a>) {
        let (account, me) = (self.account, self.member);
        for other in &account.members {
            let methods: &[Direct] = match other.kind {
                MemberKind::User => &ON_USERS,
                MemberKind::Role => &ON_ROLES,
            };
            // Nobody changes a role of a service or of Identity Center. [IAM-9.6]
            let fixed =
                other.path.starts_with("/aws-service-role/") || other.path.starts_with("/aws-reserved/");
            for method in methods {
                let gain = match method.gives {
                    Gives::Credentials if other.arn == me.arn => continue,
                    Gives::Credentials => Gain::Becomes(other.arn.clone()),
                    _ => Gain::Raises(other.arn.clone()),
                };
                if fixed && method.action != "sts:AssumeRole" {
                    continue;
                }
                let Some(need) = self.may(method.action, &other.arn, &[]) else { continue };
                let is_more = method.gives != Gives::Credentials || more.has(other, me);
                self.tell(if is_more { &mut *found } else { idle }, Vec::from([need]), None, gain);
            }
        }
        for (name, (arn, policies)) in &account.groups {
            let members = || account.members.iter().filter(|member| member.groups.contains(name));
            for method in &ON_GROUPS {
                let Some(need) = self.may(method.action, arn, &[]) else { continue };
                if method.gives == Gives::Membership {
                    if !me.groups.contains(name) && no_new_access(&me.identity, policies) != Analysis::Pass {
                        self.tell(found, Vec::from([need]), None, Gain::Joins(arn.clone()));
                    }
                    continue;
                }
                for member in members() {
                    self.tell(found, Vec::from([need.clone()]), None, Gain::Raises(member.arn.clone()));
                }
            }
        }
        // AWS's own policies cannot be changed. [IAM-9.6]
        for arn in &account.own_policies {
            for method in &ON_POLICIES {
                let Some(need) = self.may(method.action, arn, &[]) else { continue };
                let holds = |member: &&Member| member.identity.policies().any(|(name, _)| name == arn);
                for member in account.members.iter().filter(holds) {
                    self.tell(found, Vec::from([need.clone()]), None, Gain::Raises(member.arn.clone()));
                }
            }
        }
    }

    /// With services that work under roles.
    fn through(&mut self, found: &mut Vec<Escalation>, more: &mut More<'a>) {
        let account = self.account;
        for method in &THROUGH {
            let Some(needs) = self.all_of(method) else { continue };
            let own = |role: &&Member| role.account == self.member.account;
            for role in account.members.iter().filter(own).filter(|role| trusts(role, method.service)) {
                // An instance works under a role through its profile.
                if method.service == "ec2.amazonaws.com" && !role.instance_profile {
                    continue;
                }
                let mut all = Vec::new();
                if method.existing.is_none() {
                    let facts = [("iam:PassedToService", method.service)];
                    match self.may("iam:PassRole", &role.arn, &facts) {
                        Some(need) => all.push(need),
                        None => continue,
                    }
                }
                if role.arn != self.member.arn && more.has(role, self.member) {
                    all.extend(needs.iter().cloned());
                    self.tell(found, all, method.existing, Gain::Becomes(role.arn.clone()));
                }
            }
        }
    }

    /// One action of each row.
    fn all_of(&mut self, method: &Through) -> Option<Vec<Need>> {
        let mut needs = Vec::new();
        for row in method.actions {
            needs.push(row.iter().find_map(|action| self.may_somewhere(action))?);
        }
        Some(needs)
    }
}

/// Whether a role's trust policy lets the service work under it.
fn trusts(role: &Member, service: &str) -> bool {
    let Some(trust) = &role.trust else { return false };
    let caller = Caller::service(service);
    let (subject, context) = (Subject::of(&caller), Context::of(&caller).partial());
    let policies = Policies { resource: Some(trust), ..Policies::default() };
    let request = Request::new(&subject, "sts:AssumeRole", &role.arn, &context);
    policies.decide(&request).decision <= Decision::Depends
}
