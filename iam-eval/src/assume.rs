//! Assuming a role: what is asked, and the session that comes of it.

use crate::{Answer, Context, Policies, Request, Subject};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{ArnRef, Caller, Principal, Timestamp};

/// A call of `sts:AssumeRole`.
///
/// ```
/// use aws_core::{Caller, Timestamp};
/// use iam_eval::{AssumeRole, Policies, Policy, PolicyKind, PolicySet};
///
/// let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow",
///     "Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":["sts:AssumeRole","sts:TagSession"],
///     "Condition":{"StringEquals":{"aws:RequestTag/team":"blue"}}}}"#;
/// let trust = PolicySet::new([("trust", Policy::parse(text, PolicyKind::Trust)?)]);
/// let policies = Policies { resource: Some(&trust), ..Policies::default() };
/// let bob = Caller::user("111122223333".parse()?, "bob", "AIDAEXAMPLEBOB");
///
/// let call = AssumeRole::new("arn:aws:iam::111122223333:role/app", "AROAEXAMPLEAPP", "s1").with_tag("team", "blue");
/// assert!(call.decide(&policies, &bob).is_allowed());
/// let session = call.session(&bob, Timestamp::from_millis(0))?;
/// assert_eq!(session.arn().as_deref(), Some("arn:aws:sts::111122223333:assumed-role/app/s1"));
/// assert_eq!(session.tags["team"], "blue");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssumeRole {
    role_arn: String,
    role_id: String,
    role_tags: BTreeMap<String, String>,
    session_name: String,
    external_id: Option<String>,
    tags: Vec<(String, String)>,
    transitive: Vec<String>,
    source_identity: Option<String>,
}

/// Why no session is made, in STS's words; all but the first
/// `InvalidParameterValue`. `[IAM-3.3.6]` `[IAM-3.3.7]`
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssumeError {
    /// `ValidationError`: the role's ARN is none.
    #[error("{0} is invalid")]
    RoleArn(String),
    /// Two tags whose keys differ in case at most.
    #[error("Duplicate tag keys found. Please note that Tag keys are case insensitive.")]
    DuplicateTags,
    /// A transitive key that is not among the tags.
    #[error("The specified transitive tag key must be included in the requested tags.")]
    TransitiveNotPassed,
    /// A transitive key of the chain is to be set anew.
    #[error(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."
    )]
    TransitiveConflict,
    /// The chain has another source identity. AWS's text is not known.
    #[error("the source identity of a chain of roles cannot be changed")]
    SourceIdentity,
}

impl AssumeRole {
    /// A call for a role, its unique id, and a name for the session.
    #[must_use]
    pub fn new(role_arn: &str, role_id: &str, session_name: &str) -> Self {
        Self {
            role_arn: role_arn.into(),
            role_id: role_id.into(),
            role_tags: BTreeMap::new(),
            session_name: session_name.into(),
            external_id: None,
            tags: Vec::new(),
            transitive: Vec::new(),
            source_identity: None,
        }
    }

    /// The role's own tags, which the session gets too.
    #[must_use]
    pub fn of_role_with_tags(mut self, tags: BTreeMap<String, String>) -> Self {
        self.role_tags = tags;
        self
    }

    /// Passes an external id.
    #[must_use]
    pub fn with_external_id(mut self, id: &str) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// Passes a session tag.
    #[must_use]
    pub fn with_tag(mut self, key: &str, value: &str) -> Self {
        self.tags.push((key.into(), value.into()));
        self
    }

    /// Lets a passed tag persist through chains of roles.
    #[must_use]
    pub fn transitive(mut self, key: &str) -> Self {
        self.transitive.push(key.into());
        self
    }

    /// Sets the source identity.
    #[must_use]
    pub fn with_source_identity(mut self, identity: &str) -> Self {
        self.source_identity = Some(identity.into());
        self
    }

    /// The actions the caller must be allowed on the role: tags, also
    /// inherited ones, and a source identity are actions of their own.
    /// `[IAM-8.8.4]`
    #[must_use]
    pub fn actions(&self, caller: &Caller) -> Vec<&'static str> {
        let mut actions = Vec::from(["sts:AssumeRole"]);
        if !self.tags.is_empty() || !caller.session.transitive_tag_keys.is_empty() {
            actions.push("sts:TagSession");
        }
        if self.source_identity.is_some() || caller.session.source_identity.is_some() {
            actions.push("sts:SetSourceIdentity");
        }
        actions
    }

    /// The caller's keys and those of the call.
    #[must_use]
    pub fn context(&self, caller: &Caller) -> Context {
        let mut context = Context::of(caller).with("sts:RoleSessionName", self.session_name.as_str());
        if let Some(id) = &self.external_id {
            context.set("sts:ExternalId", id.as_str());
        }
        for (key, value) in self.passed(caller) {
            context.set(&alloc::format!("aws:RequestTag/{key}"), value);
        }
        if self.passed(caller).next().is_some() {
            context.set_list("aws:TagKeys", self.passed(caller).map(|(key, _)| key));
        }
        if !self.transitive.is_empty() {
            context.set_list("sts:TransitiveTagKeys", self.transitive.iter().map(String::as_str));
        }
        if let Some(identity) = self.source_identity.as_ref().or(caller.session.source_identity.as_ref()) {
            context.set("sts:SourceIdentity", identity.as_str());
        }
        context
    }

    /// Tags that were passed, and transitive ones of the calling session.
    fn passed<'s>(&'s self, caller: &'s Caller) -> impl Iterator<Item = (&'s str, &'s str)> {
        let inherited = caller.session.transitive_tag_keys.iter().filter_map(|key| {
            caller.tags.get_key_value(key).map(|(key, value)| (key.as_str(), value.as_str()))
        });
        self.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).chain(inherited)
    }

    /// Whether the caller may: the worst answer of all
    /// [`actions`](Self::actions). The resource policy is the role's trust
    /// policy.
    #[must_use]
    pub fn decide(&self, policies: &Policies<'_>, caller: &Caller) -> Answer {
        let (subject, context) = (Subject::of(caller), self.context(caller));
        let ask = |action| policies.decide(&Request::new(&subject, action, &self.role_arn, &context));
        let first = ask("sts:AssumeRole");
        let others = self.actions(caller).into_iter().skip(1).map(ask);
        others.fold(first, |worst, other| if other.decision > worst.decision { other } else { worst })
    }

    /// The session: the role's tags overlaid by those passed, transitive tags
    /// and source identity of the calling session kept. `[IAM-8.8.6]`
    /// `[IAM-8.8.8]`
    ///
    /// # Errors
    /// STS's own.
    pub fn session(&self, caller: &Caller, now: Timestamp) -> Result<Caller, AssumeError> {
        let invalid = || AssumeError::RoleArn(self.role_arn.clone());
        let arn = ArnRef::parse(&self.role_arn).map_err(|_| invalid())?;
        let account = arn.account.parse().map_err(|_| invalid())?;
        let full = arn.resource.strip_prefix("role/").filter(|_| arn.service == "iam").ok_or_else(invalid)?;
        let (path, role) = match full.rsplit_once('/') {
            Some((path, role)) => (alloc::format!("/{path}/"), role),
            None => ("/".into(), full),
        };
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        for (at, (key, _)) in self.tags.iter().enumerate() {
            if self.tags.iter().take(at).any(|(other, _)| same(key, other)) {
                return Err(AssumeError::DuplicateTags);
            }
            if caller.session.transitive_tag_keys.iter().any(|other| same(key, other)) {
                return Err(AssumeError::TransitiveConflict);
            }
        }
        if self.transitive.iter().any(|key| !self.tags.iter().any(|(tag, _)| same(key, tag))) {
            return Err(AssumeError::TransitiveNotPassed);
        }
        let inherited = &caller.session.source_identity;
        if inherited.is_some() && self.source_identity.is_some() && *inherited != self.source_identity {
            return Err(AssumeError::SourceIdentity);
        }
        let mut tags = self.role_tags.clone();
        for (key, value) in self.passed(caller) {
            tags.retain(|known, _| !same(known, key));
            tags.insert(key.into(), value.into());
        }
        let mut session = Caller::new(Principal::RoleSession {
            account,
            path,
            role: role.into(),
            unique_id: self.role_id.clone(),
            session: self.session_name.clone(),
        });
        session.partition = caller.partition;
        session.tags = tags;
        session.session.issued_at = Some(now);
        session.session.source_identity = inherited.clone().or_else(|| self.source_identity.clone());
        session.session.transitive_tag_keys = caller.session.transitive_tag_keys.clone();
        session.session.transitive_tag_keys.extend(self.transitive.iter().cloned());
        Ok(session)
    }
}
