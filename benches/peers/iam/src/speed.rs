//! The workload of `cargo bench --bench iam` through everybody, in turn, so
//! that a slow moment of the machine hits all of them.

use aws_benches::iam::{CONTEXT, REQUESTS, Workload, documents, requests};
use std::collections::HashMap;
use std::time::{Duration, Instant};

const POLICIES: usize = 5;
const ROUNDS: usize = 7;

pub fn print() {
    let ours = Workload::new(POLICIES).unwrap();
    let iam_rs = IamRs::new();
    let awsim = Awsim::new();
    let cedar = Cedar::new();
    let mut passes: [(&str, Box<dyn FnMut() -> usize>, Vec<Duration>); 4] = [
        ("iam-eval", Box::new(move || ours.pass()), Vec::new()),
        ("iam-rs 0.8.0", Box::new(move || iam_rs.pass()), Vec::new()),
        ("awsim-iam-policy 0.8.0", Box::new(move || awsim.pass()), Vec::new()),
        ("cedar-policy 4.14.1", Box::new(move || cedar.pass()), Vec::new()),
    ];
    let mut allowed = [0; 4];
    for _ in 0..ROUNDS {
        for ((_, pass, times), allowed) in passes.iter_mut().zip(&mut allowed) {
            let started = Instant::now();
            *allowed = pass();
            times.push(started.elapsed());
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let first = median(&mut passes[0].2);
    println!("{:<24} {:>8} {:>16} {:>10} {:>8}", "100 statements", "allowed", "decisions/s", "ns each", "ratio");
    for ((name, _, times), allowed) in passes.iter_mut().zip(allowed) {
        let time = median(times);
        let each = time.as_nanos() as f64 / REQUESTS as f64;
        println!(
            "{name:<24} {allowed:>8} {:>16.0} {each:>10.0} {:>8.1}",
            1e9 / each,
            time.as_secs_f64() / first.as_secs_f64()
        );
    }
}

struct IamRs {
    evaluator: iam_rs::PolicyEvaluator,
    requests: Vec<iam_rs::IAMRequest>,
}

impl IamRs {
    fn new() -> Self {
        let policies = documents(POLICIES).iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let mut context = iam_rs::Context::new();
        for (key, value) in CONTEXT {
            context.insert(key.into(), iam_rs::ContextValue::String(value.into()));
        }
        let principal = || iam_rs::Principal::Aws(iam_rs::PrincipalId::String(CONTEXT[3].1.into()));
        let requests = requests(POLICIES).into_iter().map(|(action, resource)| {
            let arn = iam_rs::Arn::parse(&resource).unwrap();
            iam_rs::IAMRequest::new_with_context(principal(), action, arn, context.clone())
        });
        Self { evaluator: iam_rs::PolicyEvaluator::with_policies(policies), requests: requests.collect() }
    }

    fn pass(&self) -> usize {
        let allowed = |request: &&iam_rs::IAMRequest| {
            self.evaluator.evaluate(request).is_ok_and(|result| result.decision == iam_rs::Decision::Allow)
        };
        self.requests.iter().filter(allowed).count()
    }
}

struct Awsim {
    policies: Vec<awsim_iam_policy::PolicyDocument>,
    context: HashMap<String, awsim_iam_policy::ContextValue>,
    requests: Vec<(String, String)>,
}

impl Awsim {
    fn new() -> Self {
        let value = |value: &str| awsim_iam_policy::ContextValue::String(value.into());
        Self {
            policies: documents(POLICIES).iter().map(|text| awsim_iam_policy::parse(text).unwrap()).collect(),
            context: CONTEXT.into_iter().map(|(key, text)| (key.into(), value(text))).collect(),
            requests: requests(POLICIES),
        }
    }

    fn pass(&self) -> usize {
        let context =
            awsim_iam_policy::EvalContext { identity_policies: &self.policies, ..Default::default() };
        let allowed = |(action, resource): &&(String, String)| {
            let request = awsim_iam_policy::AuthzRequest {
                principal_arn: CONTEXT[3].1,
                principal_account: "111122223333",
                action,
                resource_arn: resource,
                context: &self.context,
            };
            awsim_iam_policy::evaluate(&request, &context) == awsim_iam_policy::Decision::Allow
        };
        self.requests.iter().filter(allowed).count()
    }
}

/// Another language; the same rules written in it, statement by statement.
struct Cedar {
    authorizer: cedar_policy::Authorizer,
    policies: cedar_policy::PolicySet,
    entities: cedar_policy::Entities,
    requests: Vec<cedar_policy::Request>,
}

impl Cedar {
    fn new() -> Self {
        let mut text = String::new();
        for document in documents(POLICIES) {
            let document: serde_json::Value = serde_json::from_str(&document).unwrap();
            for statement in document["Statement"].as_array().unwrap() {
                text += &translate(statement);
            }
        }
        let entity = |kind: &str, id: &str| -> cedar_policy::EntityUid {
            format!("{kind}::{}", serde_json::Value::from(id)).parse().unwrap()
        };
        let requests = requests(POLICIES).into_iter().map(|(action, resource)| {
            let context = serde_json::json!({
                "team": CONTEXT[0].1,
                "ip": {"__extn": {"fn": "ip", "arg": CONTEXT[1].1}},
                "tls": true,
                "arn": resource,
            });
            let context = cedar_policy::Context::from_json_value(context, None).unwrap();
            let (who, what, on) = (entity("Role", "app"), entity("Action", &action), entity("Thing", "x"));
            cedar_policy::Request::new(who, what, on, context, None).unwrap()
        });
        Self {
            authorizer: cedar_policy::Authorizer::new(),
            policies: text.parse().unwrap(),
            entities: cedar_policy::Entities::empty(),
            requests: requests.collect(),
        }
    }

    fn pass(&self) -> usize {
        let allowed = |request: &&cedar_policy::Request| {
            let answer = self.authorizer.is_authorized(request, &self.policies, &self.entities);
            answer.decision() == cedar_policy::Decision::Allow
        };
        self.requests.iter().filter(allowed).count()
    }
}

fn translate(statement: &serde_json::Value) -> String {
    let effect = if statement["Effect"] == "Allow" { "permit" } else { "forbid" };
    let actions: Vec<&str> = match &statement["Action"] {
        serde_json::Value::String(one) => vec![one],
        list => list.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect(),
    };
    // `Get*` of a service, as the workload's services have it.
    let named: Vec<String> = actions
        .iter()
        .flat_map(|action| match action.strip_suffix("Get*") {
            Some(service) => {
                let all = ["GetObject", "GetItem", "GetFunction", "GetSecretValue", "GetAuthorizationToken"];
                all.iter().map(|name| format!("Action::\"{service}{name}\"")).collect()
            }
            None => vec![format!("Action::\"{action}\"")],
        })
        .collect();
    let resource = statement["Resource"].as_str().unwrap();
    let mut conditions = vec![format!("context.arn like \"{}\"", resource.replace("${aws:PrincipalTag/team}", "team-1"))];
    if let Some(condition) = statement.get("Condition") {
        if condition.get("Bool").is_some() {
            conditions.push("context.tls == false".into());
        } else {
            let team = condition["StringEquals"]["aws:PrincipalTag/team"].as_str().unwrap();
            conditions.push(format!("context.team == \"{team}\""));
            conditions.push("context.ip.isInRange(ip(\"10.0.0.0/8\"))".into());
        }
    }
    format!(
        "{effect}(principal, action in [{}], resource) when {{ {} }};\n",
        named.join(", "),
        conditions.join(" && ")
    )
}
