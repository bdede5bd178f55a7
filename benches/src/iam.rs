//! A realistic workload for IAM evaluators: a role with five policies of
//! twenty statements each, four context keys, ten thousand requests, about
//! half of them allowed.

#![expect(clippy::indexing_slicing, reason = "each index is taken modulo the length")]

use iam_eval::aws_core::{Caller, HomeError};
use iam_eval::{Context, Policies, Policy, PolicyError, PolicyKind, PolicySet, Request, Subject};

/// Services whose actions the policies name.
const SERVICES: [(&str, [&str; 4]); 10] = [
    ("s3", ["GetObject", "PutObject", "ListBucket", "DeleteObject"]),
    ("sqs", ["SendMessage", "ReceiveMessage", "DeleteMessage", "PurgeQueue"]),
    ("dynamodb", ["GetItem", "PutItem", "Query", "DeleteTable"]),
    ("kms", ["Decrypt", "Encrypt", "GenerateDataKey", "ScheduleKeyDeletion"]),
    ("lambda", ["InvokeFunction", "UpdateFunctionCode", "GetFunction", "DeleteFunction"]),
    ("sns", ["Publish", "Subscribe", "Unsubscribe", "DeleteTopic"]),
    ("logs", ["PutLogEvents", "CreateLogStream", "FilterLogEvents", "DeleteLogGroup"]),
    ("ec2", ["StartInstances", "StopInstances", "DescribeInstances", "TerminateInstances"]),
    ("secretsmanager", ["GetSecretValue", "PutSecretValue", "ListSecrets", "DeleteSecret"]),
    ("ecr", ["GetAuthorizationToken", "BatchGetImage", "PutImage", "DeleteRepository"]),
];

/// Requests of one pass.
pub const REQUESTS: usize = 10_000;

/// Documents of `policies` policies with twenty statements each: most allow
/// named actions on named resources, some by wildcard, some under a
/// condition; every tenth denies.
#[must_use]
pub fn documents(policies: usize) -> Vec<String> {
    (0..policies)
        .map(|policy| {
            let statements: Vec<String> = (0..20).map(|nth| statement(policy * 20 + nth)).collect();
            format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
        })
        .collect()
}

fn statement(number: usize) -> String {
    let (service, actions) = SERVICES[number % SERVICES.len()];
    let team = number / SERVICES.len();
    let resource = resource(service, team, "*");
    let pick = |at: usize| format!(r#""{service}:{}""#, actions[at % 4]);
    match number % 10 {
        9 => format!(
            r#"{{"Effect":"Deny","Action":{},"Resource":"{resource}","Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}"#,
            pick(3)
        ),
        3 | 6 => format!(
            r#"{{"Effect":"Allow","Action":[{},{}],"Resource":"{resource}","Condition":{{"StringEquals":{{"aws:PrincipalTag/team":"team-{team}"}},"IpAddress":{{"aws:SourceIp":"10.0.0.0/8"}}}}}}"#,
            pick(0),
            pick(1)
        ),
        5 => format!(
            r#"{{"Effect":"Allow","Action":"{service}:Get*","Resource":"{}"}}"#,
            self::resource(service, team, "${aws:PrincipalTag/team}/*")
        ),
        _ => format!(r#"{{"Effect":"Allow","Action":[{},{}],"Resource":"{resource}"}}"#, pick(0), pick(1)),
    }
}

fn resource(service: &str, team: usize, rest: &str) -> String {
    match service {
        "s3" => format!("arn:aws:s3:::bucket-{team}/{rest}"),
        service => format!("arn:aws:{service}:us-east-1:111122223333:team-{team}/{rest}"),
    }
}

/// Action and resource of each request.
#[must_use]
pub fn requests(policies: usize) -> Vec<(String, String)> {
    let teams = policies * 20 / SERVICES.len();
    (0..REQUESTS)
        .map(|number| {
            // Spread without repeating a pattern.
            let mixed = number.wrapping_mul(2_654_435_761) >> 7;
            let (service, actions) = SERVICES[mixed % SERVICES.len()];
            let action = actions[(mixed / 10) % 4];
            let team = (mixed / 40) % teams;
            (format!("{service}:{action}"), resource(service, team, &format!("team-1/object-{number}")))
        })
        .collect()
}

/// The context keys every request has.
pub const CONTEXT: [(&str, &str); 4] = [
    ("aws:PrincipalTag/team", "team-1"),
    ("aws:SourceIp", "10.1.2.3"),
    ("aws:SecureTransport", "true"),
    ("aws:PrincipalArn", "arn:aws:iam::111122223333:role/app"),
];

/// Everything compiled, ready to be asked.
pub struct Workload {
    identity: PolicySet,
    subject: Subject,
    context: Context,
    requests: Vec<(String, String)>,
}

/// What cannot be set up.
#[derive(Debug)]
pub enum WorkloadError {
    /// A policy is refused.
    Policy(PolicyError),
    /// An account is none.
    Home(HomeError),
}

impl From<PolicyError> for WorkloadError {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

impl From<HomeError> for WorkloadError {
    fn from(error: HomeError) -> Self {
        Self::Home(error)
    }
}

impl Workload {
    /// With so many policies of twenty statements.
    ///
    /// # Errors
    /// If it does not come together, which is a bug.
    pub fn new(policies: usize) -> Result<Self, WorkloadError> {
        let parsed: Result<Vec<_>, PolicyError> = documents(policies)
            .iter()
            .enumerate()
            .map(|(at, text)| Ok((format!("policy-{at}"), Policy::parse(text, PolicyKind::Identity)?)))
            .collect();
        let account = "111122223333".parse()?;
        let caller = Caller::role_session(account, "app", "AROAEXAMPLEAPP", "s1");
        let context = CONTEXT.into_iter().collect();
        Ok(Self {
            identity: PolicySet::new(parsed?),
            subject: Subject::of(&caller),
            context,
            requests: requests(policies),
        })
    }

    fn request(&self, at: usize) -> Request<'_> {
        let (action, resource) = &self.requests[at % self.requests.len()];
        let mut request = Request::new(&self.subject, action, resource, &self.context);
        request.owner = self.subject.account();
        request
    }

    fn policies(&self) -> Policies<'_> {
        Policies { identity: Some(&self.identity), ..Policies::default() }
    }

    /// Asks one of the requests; whether it is allowed.
    #[must_use]
    pub fn decide(&self, at: usize) -> bool {
        self.policies().decide(&self.request(at)).is_allowed()
    }

    /// The same with all reasons; how many checks there were.
    #[must_use]
    pub fn explain(&self, at: usize) -> usize {
        self.policies().explain(&self.request(at)).checks.len()
    }

    /// Asks all requests; how many are allowed.
    #[must_use]
    pub fn pass(&self) -> usize {
        (0..self.requests.len()).filter(|at| self.decide(*at)).count()
    }
}
