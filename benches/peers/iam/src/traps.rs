//! The trap table: every worked decision, what AWS does, what iam-eval does,
//! and what the rivals do when they are run.

use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::process::{Command, Stdio};

const A1: &str = "111111111111";

/// A rival's column: how it is asked, and what it cannot express.
type Ask = fn(&Case) -> Option<String>;

struct Case {
    id: String,
    why: String,
    rules: String,
    expected: String,
    input: Value,
}

#[path = "../../../../iam-eval/tests/world/mod.rs"]
mod world;

pub fn print() {
    let cases = cases();
    let ours: Vec<String> = cases.iter().map(|case| {
        let world = world::World::new(&case.input);
        short(&serde_json::to_value(world.policies().decide(&world.request()).decision).unwrap().as_str().unwrap().to_string())
    }).collect();
    let rust: [(&str, Ask); 2] = [("iam-rs 0.8.0", iam_rs), ("awsim-iam-policy 0.8.0", awsim)];
    let mut columns: Vec<(String, Vec<Option<String>>)> = rust
        .into_iter()
        .map(|(name, ask)| (name.into(), cases.iter().map(|case| std::panic::catch_unwind(|| ask(case)).unwrap_or(Some("panics".into()))).collect()))
        .collect();
    columns.push(("iam-simulate 0.1.173".into(), simulate(&cases)));

    println!("# Traps of IAM evaluation\n");
    println!("Every worked decision of `tests/vectors/decisions.json`: what AWS decides by its documentation or a recording,");
    println!("what this crate decides, and what other evaluators decide when they are given the same policies and request.");
    println!("A — stands for a request the other cannot be asked: no such layer, caller, document or context key in its interface.");
    println!("Made by `cargo run --release -- traps` in `benches/peers/iam` (after `npm install` there).\n");
    print!("| evaluator | asked | as AWS |\n|---|---|---|\n");
    let same = ours.iter().zip(&cases).filter(|(ours, case)| **ours == case.expected).count();
    println!("| iam-eval | {} | {same} |", cases.len());
    for (name, answers) in &columns {
        let asked = answers.iter().flatten().count();
        let same = answers.iter().zip(&cases).filter(|(answer, case)| answer.as_deref() == Some(&*case.expected)).count();
        println!("| {name} | {asked} | {same} |");
    }
    print!("\n| case | trap | rules | AWS | iam-eval |");
    for (name, _) in &columns {
        print!(" {name} |");
    }
    print!("\n|---|---|---|---|---|");
    println!("{}", "---|".repeat(columns.len()));
    for (at, case) in cases.iter().enumerate() {
        let mark = |answer: &str| if answer == case.expected { answer.to_string() } else { format!("**{answer}**") };
        print!("| {} | {} | {} | {} | {} |", case.id, case.why.replace('|', "\\|"), case.rules, case.expected, mark(&ours[at]));
        for (_, answers) in &columns {
            print!(" {} |", answers[at].as_deref().map_or("—".into(), mark));
        }
        println!();
    }
}

/// `allow`, `deny` or `depends`; rivals do not all tell explicit denials.
fn short(decision: &str) -> String {
    match decision {
        "ALLOWED" => "allow",
        "DEPENDS" => "depends",
        _ => "deny",
    }
    .into()
}

fn cases() -> Vec<Case> {
    let text = include_str!("../../../../iam-eval/tests/vectors/decisions.json");
    let file: Value = serde_json::from_str(text).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_string();
    let case = |case: &Value| Case {
        id: text(&case["id"]),
        why: text(&case["why"]),
        rules: case["rules"].as_array().unwrap().iter().map(&text).filter(|rule| !rule.starts_with("IAM-X")).collect::<Vec<_>>().join(" "),
        expected: short(&text(&case["expect"]["decision"])),
        input: case["input"].clone(),
    };
    // Options choose what AWS leaves open; they are no traps.
    file["cases"].as_array().unwrap().iter().map(case).filter(|case| case.input.get("options").is_none()).collect()
}

fn has(case: &Case, members: &[&str]) -> bool {
    members.iter().any(|member| case.input.get(member).is_some())
}

fn requester(case: &Case) -> &str {
    case.input["requester"].as_str().unwrap()
}

/// All single-valued and listed keys, also those that follow from the caller.
fn context(case: &Case) -> BTreeMap<String, Vec<String>> {
    let world = world::World::new(&case.input);
    world.context.iter().map(|(key, values)| (key.to_string(), values.into_iter().map(String::from).collect())).collect()
}

fn is_list(case: &Case, key: &str) -> bool {
    case.input["context"].get(key).is_some_and(Value::is_array)
}

fn documents(case: &Case, member: &str) -> Vec<Value> {
    case.input.get(member).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn arn(case: &Case) -> Option<String> {
    world::subject(requester(case)).arn().map(String::from)
}

/// One list of policies for one request; no layers.
fn iam_rs(case: &Case) -> Option<String> {
    let beyond = ["boundary", "session", "endpoint", "resource_policy", "trust", "key_policy", "scp", "rcp", "grants", "unknown", "identity_text", "restricts_public", "management"];
    if has(case, &beyond) {
        return None;
    }
    let arn = arn(case)?;
    let mut policies = Vec::new();
    for document in documents(case, "identity") {
        match serde_json::from_value(document) {
            Ok(policy) => policies.push(policy),
            Err(_) => return Some("unreadable".into()),
        }
    }
    let mut keys = iam_rs::Context::new();
    for (key, values) in context(case) {
        let value = match values.as_slice() {
            [one] if !is_list(case, &key) => iam_rs::ContextValue::String(one.clone()),
            _ => iam_rs::ContextValue::StringList(values),
        };
        keys.insert(key, value);
    }
    let resource = iam_rs::Arn::parse(case.input["resource"].as_str()?).ok()?;
    let principal = iam_rs::Principal::Aws(iam_rs::PrincipalId::String(arn));
    let request = iam_rs::IAMRequest::new_with_context(principal, case.input["action"].as_str()?, resource, keys);
    Some(match iam_rs::PolicyEvaluator::with_policies(policies).evaluate(&request) {
        Ok(result) if result.decision == iam_rs::Decision::Allow => "allow".into(),
        Ok(_) => "deny".into(),
        Err(_) => "error".into(),
    })
}

/// Identity policies, one boundary, one resource policy, a list of service
/// control policies, one session policy.
fn awsim(case: &Case) -> Option<String> {
    if has(case, &["endpoint", "rcp", "grants", "unknown", "identity_text", "restricts_public", "management"]) {
        return None;
    }
    let parse = |document: &Value| awsim_iam_policy::parse(&document.to_string()).ok();
    let all = |member: &str| documents(case, member).iter().map(parse).collect::<Option<Vec<_>>>();
    let one = |members: &[&str]| -> Option<Option<awsim_iam_policy::PolicyDocument>> {
        let documents: Vec<Value> = members.iter().flat_map(|member| documents(case, member)).collect();
        match documents.as_slice() {
            [] => Some(None),
            [one] => parse(one).map(Some),
            _ => None,
        }
    };
    let arn = arn(case).unwrap_or_else(|| "*".into());
    let account = context(case).get("aws:PrincipalAccount").and_then(|values| values.first().cloned()).unwrap_or_default();
    let (identity, boundary, session) = (all("identity")?, one(&["boundary"])?, one(&["session"])?);
    let resource = one(&["resource_policy", "trust", "key_policy"])?;
    let mut scps = Vec::new();
    for level in documents(case, "scp") {
        for document in level[1].as_array().unwrap() {
            scps.push(parse(document)?);
        }
    }
    let keys: HashMap<String, awsim_iam_policy::ContextValue> = context(case)
        .into_iter()
        .map(|(key, values)| {
            let value = match values.as_slice() {
                [one] if !is_list(case, &key) => awsim_iam_policy::ContextValue::String(one.clone()),
                _ => awsim_iam_policy::ContextValue::StringList(values),
            };
            (key, value)
        })
        .collect();
    let request = awsim_iam_policy::AuthzRequest {
        principal_arn: &arn,
        principal_account: &account,
        action: case.input["action"].as_str()?,
        resource_arn: case.input["resource"].as_str()?,
        context: &keys,
    };
    let evaluation = awsim_iam_policy::EvalContext {
        identity_policies: &identity,
        permissions_boundary: boundary.as_ref(),
        resource_policy: resource.as_ref(),
        scps: &scps,
        session_policy: session.as_ref(),
    };
    Some(match awsim_iam_policy::evaluate(&request, &evaluation) {
        awsim_iam_policy::Decision::Allow => "allow".into(),
        _ => "deny".into(),
    })
}

/// Every layer but grants; resources must be of the action's types, so that
/// what its own checks of the input refuse counts as not asked.
fn simulate(cases: &[Case]) -> Vec<Option<String>> {
    let started = Command::new("node").arg("simulate.mjs").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut node) = started else { return cases.iter().map(|_| None).collect() };
    let mut input = node.stdin.take().unwrap();
    let named = |documents: Vec<Value>| -> Value {
        documents.into_iter().enumerate().map(|(at, policy)| json!({"name": format!("p{at}"), "policy": policy})).collect()
    };
    let levels = |case: &Case, member: &str| -> Value {
        documents(case, member)
            .into_iter()
            .map(|level| json!({"orgIdentifier": level[0], "policies": named(level[1].as_array().unwrap().clone())}))
            .collect()
    };
    let mut asked = Vec::new();
    for case in cases {
        let beyond = has(case, &["grants", "unknown", "identity_text"]) || documents(case, "session").len() > 1;
        asked.push(!beyond);
        if beyond {
            continue;
        }
        let principal = match (requester(case), arn(case)) {
            ("anonymous", _) => json!({"type": "Anonymous"}),
            (_, arn) => json!(arn),
        };
        let variables: BTreeMap<String, Value> = context(case)
            .into_iter()
            .map(|(key, values)| {
                let one = values.len() == 1 && !is_list(case, &key);
                let value = if one { json!(values[0]) } else { json!(values) };
                (key, value)
            })
            .collect();
        let owner = case.input["owner"].as_str().unwrap_or(A1);
        let mut simulation = json!({
            "request": {
                "principal": principal,
                "action": case.input["action"],
                "resource": {"resource": case.input["resource"], "accountId": owner},
                "contextVariables": variables,
            },
            "identityPolicies": named(documents(case, "identity")),
            "serviceControlPolicies": levels(case, "scp"),
            "resourceControlPolicies": levels(case, "rcp"),
        });
        let resource: Vec<Value> =
            ["resource_policy", "trust", "key_policy"].iter().flat_map(|member| documents(case, member)).collect();
        if let Some(policy) = resource.first() {
            simulation["resourcePolicy"] = policy.clone();
        }
        if has(case, &["boundary"]) {
            simulation["permissionBoundaryPolicies"] = named(documents(case, "boundary"));
        }
        if has(case, &["endpoint"]) {
            simulation["vpcEndpointPolicies"] = named(documents(case, "endpoint"));
        }
        if let Some(policy) = documents(case, "session").first() {
            simulation["sessionPolicy"] = policy.clone();
        }
        if has(case, &["restricts_public"]) {
            simulation["additionalSettings"] = json!({"s3": {"blockPublicAccess": true}});
        }
        writeln!(input, "{simulation}").unwrap();
    }
    drop(input);
    let output = node.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut answers = text.lines();
    asked
        .into_iter()
        .map(|asked| {
            let answer = asked.then(|| answers.next()).flatten()?;
            match answer {
                "Allowed" => Some("allow".into()),
                "ImplicitlyDenied" | "ExplicitlyDenied" => Some("deny".into()),
                _ if answer.starts_with("error") => None,
                other => Some(other.into()),
            }
        })
        .collect()
}
