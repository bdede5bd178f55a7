//! Requesters and policies as the vectors describe them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail by panicking")]

use iam_eval::aws_core::{AccountId, Caller, Principal, Timestamp};
use iam_eval::{
    Context, Grant, GrantConstraint, Level, MultiValued, NotPrincipalMode, Options, Policies, Policy,
    PolicyKind, PolicySet, Request, Subject,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// One case's world.
pub(crate) struct World {
    pub(crate) subject: Subject,
    pub(crate) context: Context,
    action: String,
    resource: String,
    owner: Option<AccountId>,
    restricts_public: bool,
    owner_manages: bool,
    identity: Option<PolicySet>,
    boundary: Option<PolicySet>,
    session: Option<PolicySet>,
    endpoint: Option<PolicySet>,
    resource_policy: Option<PolicySet>,
    service_control: Option<Vec<Level>>,
    resource_control: Option<Vec<Level>>,
    grants: Vec<Grant>,
    options: Options,
}

pub(crate) fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

pub(crate) fn caller(name: &str) -> Caller {
    let a1 = account("111111111111");
    match name {
        "U" => Caller::user(a1, "bob", "AIDABOB0000000000000"),
        "Utoken" => {
            let mut bob = caller("U");
            bob.session.issued_at = Some(Timestamp::from_seconds(1_795_219_200));
            bob
        }
        "alice" => Caller::user(a1, "alice", "AIDAALICE00000000000"),
        "U2" => Caller::user(account("222222222222"), "eve", "AIDAEVE0000000000000"),
        "RS" | "RSnopath" => Caller::role_session(a1, "app", "AROAAPP0000000000000", "s1"),
        "RS2" => Caller::role_session(a1, "other", "AROAOTHER00000000000", "s1"),
        "SLR" => {
            let mut caller = Caller::role_session(a1, "AWSServiceRoleForX", "AROASLR0000000000000", "x");
            if let Principal::RoleSession { path, .. } = &mut caller.principal {
                *path = "/aws-service-role/x.amazonaws.com/".into();
            }
            caller
        }
        "F" => Caller::new(Principal::FederatedUser { account: a1, name: "bob".into() }),
        "root" => Caller::root(a1),
        "anonymous" => Caller::anonymous(),
        other => match other.split_once(':').unwrap() {
            ("service", name) => Caller::service(name),
            ("web", provider) => {
                Caller::new(Principal::WebIdentity { provider: provider.into(), subject: "subject".into() })
            }
            _ => panic!("no requester {other}"),
        },
    }
}

pub(crate) fn subject(name: &str) -> Subject {
    let subject = Subject::of(&caller(name));
    match name {
        "F" => subject.issued_by("arn:aws:iam::111111111111:user/bob", "AIDABOB0000000000000"),
        "RSnopath" => subject.with_unknown_role_path(),
        _ => subject,
    }
}

fn documents(list: &Value, kind: PolicyKind, name: &str) -> PolicySet {
    let documents = list.as_array().unwrap().iter().enumerate();
    PolicySet::new(
        documents.map(|(at, document)| {
            (format!("{name}-{at}"), Policy::stored(&document.to_string(), kind).unwrap())
        }),
    )
}

fn levels(input: &Value, member: &str, kind: PolicyKind) -> Option<Vec<Level>> {
    let levels = input.get(member)?.as_array().unwrap();
    let level = |level: &Value| {
        let node = level.get(0).unwrap().as_str().unwrap();
        Level { node: node.into(), set: documents(level.get(1).unwrap(), kind, node) }
    };
    Some(levels.iter().map(level).collect())
}

fn grant(grant: &Value) -> Grant {
    let text = |member: &str| grant.get(member).unwrap().as_str().unwrap().to_string();
    let pairs =
        |value: &Value| -> BTreeMap<String, String> { serde_json::from_value(value.clone()).unwrap() };
    let constraint = match (grant.get("subset"), grant.get("equals")) {
        (Some(subset), _) => Some(GrantConstraint::Subset(pairs(subset))),
        (_, Some(equals)) => Some(GrantConstraint::Equals(pairs(equals))),
        _ => None,
    };
    Grant {
        id: text("id"),
        grantee: text("grantee"),
        operations: serde_json::from_value(grant.get("operations").unwrap().clone()).unwrap(),
        constraint,
    }
}

impl World {
    pub(crate) fn new(input: &Value) -> Self {
        let text = |member: &str| input.get(member).and_then(Value::as_str);
        let flag = |member: &str| input.get(member).and_then(Value::as_bool).unwrap_or_default();
        let requester = text("requester").unwrap();
        let mut subject = subject(requester);
        if flag("management") {
            subject = subject.in_management_account();
        }
        let mut context = Context::of(&caller(requester));
        for (key, value) in input.get("context").and_then(Value::as_object).into_iter().flatten() {
            match value {
                Value::Array(values) => {
                    context.set_list(key, values.iter().map(|value| value.as_str().unwrap()))
                }
                value => context.set(key, value.as_str().unwrap()),
            }
        }
        for key in input.get("unknown").and_then(Value::as_array).into_iter().flatten() {
            context = context.with_unknown(key.as_str().unwrap());
        }
        let set = |member: &str, kind| input.get(member).map(|list| documents(list, kind, member));
        let stored = input.get("identity_text").and_then(Value::as_array).map(|texts| {
            PolicySet::new(texts.iter().map(|text| {
                ("stored", Policy::stored(text.as_str().unwrap(), PolicyKind::Identity).unwrap())
            }))
        });
        let mut options = Options::default();
        for (name, value) in input.get("options").and_then(Value::as_object).into_iter().flatten() {
            match (name.as_str(), value.as_str()) {
                ("not_principal", Some("MostSpecific")) => {
                    options.not_principal = NotPrincipalMode::MostSpecific
                }
                ("multi_valued", Some("AnyValue")) => options.multi_valued = MultiValued::AnyValue,
                ("aws_star_is_everybody", None) => options.aws_star_is_everybody = value.as_bool().unwrap(),
                _ => panic!("no option {name}={value}"),
            }
        }
        Self {
            subject,
            context,
            action: text("action").unwrap().into(),
            resource: text("resource").unwrap().into(),
            owner: match input.get("owner") {
                None => Some(account("111111111111")),
                Some(owner) => owner.as_str().map(account),
            },
            restricts_public: flag("restricts_public"),
            owner_manages: flag("owner_manages"),
            identity: set("identity", PolicyKind::Identity).or(stored),
            boundary: set("boundary", PolicyKind::Boundary),
            session: set("session", PolicyKind::Session),
            endpoint: set("endpoint", PolicyKind::VpcEndpoint),
            resource_policy: set("resource_policy", PolicyKind::Resource)
                .or_else(|| set("trust", PolicyKind::Trust))
                .or_else(|| set("key_policy", PolicyKind::KmsKey)),
            service_control: levels(input, "scp", PolicyKind::ServiceControl),
            resource_control: levels(input, "rcp", PolicyKind::ResourceControl),
            grants: input.get("grants").and_then(Value::as_array).into_iter().flatten().map(grant).collect(),
            options,
        }
    }

    pub(crate) fn policies(&self) -> Policies<'_> {
        Policies {
            resource_control: self.resource_control.as_deref(),
            service_control: self.service_control.as_deref(),
            endpoint: self.endpoint.as_ref(),
            resource: self.resource_policy.as_ref(),
            grants: &self.grants,
            identity: self.identity.as_ref(),
            boundary: self.boundary.as_ref(),
            session: self.session.as_ref(),
            restricts_public_access: self.restricts_public,
            options: self.options,
        }
    }

    pub(crate) fn request(&self) -> Request<'_> {
        let mut request = Request::new(&self.subject, &self.action, &self.resource, &self.context);
        request.owner = self.owner;
        request.owner_manages_organization = self.owner_manages;
        request
    }
}
