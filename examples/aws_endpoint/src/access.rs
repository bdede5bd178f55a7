//! Who may do what, decided by `iam-eval` over a loaded account.

use aws_core::{AccountId, AuthzRequest, Caller, Ground, Permit, Timestamp, Verdict};
use iam_eval::{Account, Context, Policy, PolicyKind, PolicySet, Request, Subject};

/// The policies of an account and of its organisation.
pub struct Access {
    account: Account,
}

impl Access {
    /// Decides by the policies of this account. Callers from others have no
    /// identity policies here: resource policies decide for them.
    pub fn new(account: Account) -> Self {
        Self { account }
    }

    /// Its members and policies.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Decides everything a call needs, and says why the first denied part is.
    pub fn permit(
        &self,
        now: Timestamp,
        caller: &Caller,
        owner: AccountId,
        needs: &[AuthzRequest],
    ) -> (Permit, Option<String>) {
        let mut explanation = None;
        let verdicts = needs.iter().map(|need| {
            let (verdict, why) = self.decide(now, caller, owner, need);
            explanation = explanation.take().or(why);
            verdict
        });
        (Permit::Decided(verdicts.collect()), explanation)
    }

    fn decide(
        &self,
        now: Timestamp,
        caller: &Caller,
        owner: AccountId,
        need: &AuthzRequest,
    ) -> (Verdict, Option<String>) {
        let subject = Subject::of(caller);
        let mut context = Context::of(caller).at(now, caller);
        for (key, values) in &need.context {
            context.set_values(key, values);
        }
        let resource = need.resource_policy.as_ref().map(|text| {
            let kind =
                if need.action.starts_with("kms:") { PolicyKind::KmsKey } else { PolicyKind::Resource };
            // The engine has stored it; what cannot be read allows nothing.
            PolicySet::new(Policy::stored(text, kind).ok().map(|policy| ("its own policy", policy)))
        });
        let member = caller.role_arn().or_else(|| caller.arn()).and_then(|arn| self.account.member(&arn));
        for arn in &need.resources {
            let mut policies = match member {
                Some(member) => self.account.policies(member, &need.action, arn),
                None => self.account.policies_of_root(&need.action, arn),
            };
            if caller.account() != Some(self.account.id()) {
                policies.service_control = None;
            }
            policies.resource = resource.as_ref().or(policies.resource);
            let request = Request::new(&subject, &need.action, arn, &context).owned_by(owner);
            if !policies.decide(&request).is_allowed() {
                let message = policies.denial(&request).unwrap_or_default();
                return (Verdict::Denied { message }, Some(policies.explain(&request).to_string()));
            }
        }
        (Verdict::Allowed(Ground::Policy), None)
    }
}
