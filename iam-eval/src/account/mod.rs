//! A whole account: its users and roles with all that binds them, and the
//! questions that are asked of it.

mod escalate;
mod import;
mod method;

pub use escalate::{Escalation, Gain, Need};
pub use import::ImportError;

use crate::{Answer, Context, Decision, Explanation, Level, Policies, PolicySet, Request, Subject};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{AccountId, Caller, Principal};

/// What a member of an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberKind {
    /// A user.
    User,
    /// A role.
    Role,
}

/// A user or role of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// `AIDA…` or `AROA…`.
    pub unique_id: String,
    /// User or role.
    pub kind: MemberKind,
    /// Its account.
    pub account: AccountId,
    /// The groups a user is in.
    pub groups: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its own policies and those of its groups.
    pub identity: PolicySet,
    /// Its permissions boundary.
    pub boundary: Option<PolicySet>,
    /// A role's trust policy.
    pub trust: Option<PolicySet>,
    /// Whether a role has an instance profile.
    pub instance_profile: bool,
}

impl Member {
    /// Itself as a caller: a user with long-term keys, or a session of the
    /// role.
    #[must_use]
    pub fn caller(&self) -> Caller {
        let Self { account, path, name, unique_id, .. } = self.clone();
        let mut caller = Caller::new(match self.kind {
            MemberKind::User => Principal::User { account, path, name, unique_id },
            MemberKind::Role => {
                Principal::RoleSession { account, path, role: name, unique_id, session: "session".into() }
            }
        });
        caller.tags = self.tags.clone();
        match aws_core::ArnRef::parse(&self.arn)
            .ok()
            .and_then(|arn| aws_core::Partition::from_id(arn.partition))
        {
            Some(partition) => caller.in_partition(partition),
            None => caller,
        }
    }
}

/// An account with its members, the policies of its resources, and those of
/// its organisation.
///
/// ```
/// use iam_eval::{Account, Context, Decision};
///
/// let export = r#"{"UserDetailList": [{"Path": "/", "UserName": "eve", "UserId": "AIDAEXAMPLEEVE",
///     "Arn": "arn:aws:iam::111122223333:user/eve", "GroupList": ["readers"]}],
///   "GroupDetailList": [{"Path": "/", "GroupName": "readers", "GroupId": "AGPAEXAMPLE",
///     "Arn": "arn:aws:iam::111122223333:group/readers", "GroupPolicyList": [{"PolicyName": "read",
///     "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:Receive*",
///       "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}}}]}]}"#;
/// let account = Account::import(export)?;
/// let queue = "arn:aws:sqs:us-east-1:111122223333:orders";
/// // Where the request comes from is not said, so it depends.
/// let answers = account.who_can("sqs:ReceiveMessage", queue, &Context::new().partial());
/// let (eve, answer) = answers[0];
/// assert_eq!((eve.name.as_str(), answer.decision), ("eve", Decision::Depends));
/// let why = account.explain(eve, "sqs:ReceiveMessage", queue, &Context::new().partial());
/// assert_eq!(why.residual.unwrap().to_string(), "IpAddress aws:SourceIp 10.0.0.0/8");
/// # Ok::<(), iam_eval::ImportError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    id: AccountId,
    members: Vec<Member>,
    /// By name: ARN and policies.
    groups: BTreeMap<String, (String, PolicySet)>,
    /// Customer-managed policies.
    own_policies: Vec<String>,
    resources: BTreeMap<String, PolicySet>,
    service_control: Option<Vec<Level>>,
    resource_control: Option<Vec<Level>>,
    management: bool,
}

impl Account {
    /// One without members.
    #[must_use]
    pub fn of(id: AccountId) -> Self {
        Self {
            id,
            members: Vec::new(),
            groups: BTreeMap::new(),
            own_policies: Vec::new(),
            resources: BTreeMap::new(),
            service_control: None,
            resource_control: None,
            management: false,
        }
    }

    /// Adds the policy of a resource, named by its ARN.
    #[must_use]
    pub fn with_resource_policy(mut self, arn: &str, policies: PolicySet) -> Self {
        self.resources.insert(arn.into(), policies);
        self
    }

    /// Sets the service control policies, from the root to the account.
    #[must_use]
    pub fn with_service_control(mut self, levels: Vec<Level>) -> Self {
        self.service_control = Some(levels);
        self
    }

    /// Sets the resource control policies, from the root to the account.
    #[must_use]
    pub fn with_resource_control(mut self, levels: Vec<Level>) -> Self {
        self.resource_control = Some(levels);
        self
    }

    /// Says that this account manages its organisation. `[IAM-8.2]`
    #[must_use]
    pub fn as_management_account(mut self) -> Self {
        self.management = true;
        self
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> AccountId {
        self.id
    }

    /// Users, then roles, in the order of the export.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// A member by its ARN or name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.arn == name || member.name == name)
    }

    /// What binds a member's request for a resource.
    #[must_use]
    pub fn policies<'a>(&'a self, member: &'a Member, action: &str, resource: &str) -> Policies<'a> {
        Policies {
            identity: Some(&member.identity),
            boundary: member.boundary.as_ref(),
            ..self.policies_of_root(action, resource)
        }
    }

    /// What binds the root user's request for a resource: no policies of its
    /// own, but those of the organisation and of the resource.
    #[must_use]
    pub fn policies_of_root<'a>(&'a self, action: &str, resource: &str) -> Policies<'a> {
        let of_role = || {
            let assumes = action.get(..14).is_some_and(|head| head.eq_ignore_ascii_case("sts:assumerole"));
            let role = self.members.iter().find(|member| member.arn == resource)?;
            role.trust.as_ref().filter(|_| assumes)
        };
        // A bucket's policy is that of its objects.
        let of_bucket =
            || self.resources.get(resource.split_once('/').filter(|(arn, _)| arn.contains(":s3:::"))?.0);
        Policies {
            resource_control: self.resource_control.as_deref(),
            service_control: self.service_control.as_deref(),
            resource: self.resources.get(resource).or_else(of_role).or_else(of_bucket),
            ..Policies::default()
        }
    }

    fn subject(&self, caller: &Caller) -> Subject {
        let subject = Subject::of(caller);
        if self.management { subject.in_management_account() } else { subject }
    }

    /// Whether a member may do something. Keys of `known` that its identity
    /// does not give are taken as they are; with a
    /// [partial](Context::partial) context the answer may be that it depends.
    pub fn decide(&self, member: &Member, action: &str, resource: &str, known: &Context) -> Answer {
        self.ask(member, &member.caller(), action, resource, known)
    }

    fn ask(&self, member: &Member, caller: &Caller, action: &str, resource: &str, known: &Context) -> Answer {
        let (subject, context) = (self.subject(caller), Context::of(caller).overlaid(known));
        let request = Request::new(&subject, action, resource, &context);
        self.policies(member, action, resource).decide(&request)
    }

    /// [`decide`](Self::decide) with its reasons.
    #[must_use]
    pub fn explain(&self, member: &Member, action: &str, resource: &str, known: &Context) -> Explanation {
        let caller = member.caller();
        let (subject, context) = (self.subject(&caller), Context::of(&caller).overlaid(known));
        let request = Request::new(&subject, action, resource, &context);
        self.policies(member, action, resource).explain(&request)
    }

    /// The members that may do it, or may under conditions. `[IAM-11.7.2]`
    #[must_use]
    pub fn who_can(&self, action: &str, resource: &str, known: &Context) -> Vec<(&Member, Answer)> {
        let answers =
            self.members.iter().map(|member| (member, self.decide(member, action, resource, known)));
        answers.filter(|(_, answer)| answer.decision <= Decision::Depends).collect()
    }

    /// Which of these actions the member may perform on the resource, or may
    /// under conditions. `[IAM-11.7.2]`
    #[must_use]
    pub fn what_can<'n>(
        &self,
        member: &Member,
        actions: impl IntoIterator<Item = &'n str>,
        resource: &str,
        known: &Context,
    ) -> Vec<(&'n str, Answer)> {
        let caller = member.caller();
        let (subject, context) = (self.subject(&caller), Context::of(&caller).overlaid(known));
        let decide = |action| {
            let request = Request::new(&subject, action, resource, &context);
            (action, self.policies(member, action, resource).decide(&request))
        };
        let answers = actions.into_iter().map(decide);
        answers.filter(|(_, answer)| answer.decision <= Decision::Depends).collect()
    }
}
