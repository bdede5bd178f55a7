//! What the fuzzer runs, and a test on inputs of its own.

use iam_eval::aws_core::{Caller, Timestamp};
use iam_eval::{
    Account, Context, Decision, Policies, Policy, PolicyKind, PolicySet, Request, Subject, apply,
};

const KINDS: [PolicyKind; 10] = [
    PolicyKind::Identity,
    PolicyKind::AwsManaged,
    PolicyKind::Boundary,
    PolicyKind::Session,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::Resource,
    PolicyKind::Trust,
    PolicyKind::KmsKey,
    PolicyKind::VpcEndpoint,
];

/// A document, then a line each of action, resource, and `key=value`.
pub(crate) fn documents(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut parts = text.splitn(2, '\u{1}');
    let document = parts.next().unwrap_or_default();
    let mut lines = parts.next().unwrap_or_default().lines();
    let (action, resource) = (lines.next().unwrap_or("s3:GetObject"), lines.next().unwrap_or("*"));
    let caller = Caller::anonymous();
    let subject = Subject::of(&caller);
    let mut context = Context::of(&caller);
    for line in lines {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        context.set(key, value);
    }
    for kind in KINDS {
        let strict = Policy::parse(document, kind);
        let Ok(policy) = Policy::stored(document, kind) else {
            assert!(strict.is_err(), "saved, and not readable when stored");
            continue;
        };
        assert_eq!(policy.to_string(), document);
        let findings = policy.lint(None);
        for finding in &findings {
            assert!(document.get(finding.span.start..finding.span.end).is_some());
        }
        let _ = apply(document, &findings);
        let set = PolicySet::new([("p", policy)]);
        let policies = match kind {
            PolicyKind::Resource | PolicyKind::Trust | PolicyKind::KmsKey => {
                Policies { resource: Some(&set), ..Policies::default() }
            }
            PolicyKind::VpcEndpoint => Policies { endpoint: Some(&set), ..Policies::default() },
            _ => Policies { identity: Some(&set), ..Policies::default() },
        };
        for context in [context.clone(), context.clone().partial()] {
            let request = Request::new(&subject, action, resource, &context);
            let answer = policies.decide(&request);
            let why = policies.explain(&request);
            assert_eq!(why.decision, answer.decision);
            assert_eq!(why.residual.is_some(), answer.decision == Decision::Depends);
            let _ = why.to_string();
            let _ = policies.simulate(&subject, action, &[resource], &context, None);
        }
    }
}

/// An account's export.
pub(crate) fn imports(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(account) = Account::import(text) {
        let _ = account.who_can("iam:CreateUser", "*", &Context::new().partial());
        if account.members().len() < 10 {
            let _ = account.escalations(Timestamp::from_millis(0));
        }
    }
}
