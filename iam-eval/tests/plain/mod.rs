//! A second evaluator, written for obviousness from the rules alone: it reads
//! the JSON of policies directly, compiles nothing, indexes nothing, and is as
//! slow as it likes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "a test may fail by panicking"
)]

use serde_json::Value;
use std::collections::BTreeMap;

/// Who asks, in the words of policies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Who {
    pub(crate) kind: &'static str,
    pub(crate) account: Option<String>,
    pub(crate) own: Option<String>,
    pub(crate) own_id: Option<String>,
    pub(crate) outer: Option<String>,
    pub(crate) outer_id: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum Held {
    One(String),
    Many(Vec<String>),
}

/// Names in lower case.
pub(crate) type Keys = BTreeMap<String, Held>;

#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    pub(crate) who: &'a Who,
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) keys: &'a Keys,
    pub(crate) has_boundary: bool,
}

/// Documents by layer; `None` is a layer that is not there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layers {
    pub(crate) rcp: Option<Vec<Vec<Value>>>,
    pub(crate) scp: Option<Vec<Vec<Value>>>,
    pub(crate) endpoint: Option<Vec<Value>>,
    /// `resource`, `trust` or `kms`, and the documents.
    pub(crate) resource: Option<(&'static str, Vec<Value>)>,
    pub(crate) identity: Option<Vec<Value>>,
    pub(crate) boundary: Option<Vec<Value>>,
    pub(crate) session: Option<Vec<Value>>,
}

/// `allow`, `implicit` or `explicit`.
pub(crate) fn decide(layers: &Layers, asked: &Asked<'_>) -> &'static str {
    let all = |set: &Option<Vec<Value>>| set.clone().unwrap_or_default();
    let service = asked.action.split(':').next().unwrap().to_lowercase();
    let rcp_binds = ["s3", "sqs", "kms", "sts", "dynamodb"].contains(&service.as_str());
    let rcps = layers.rcp.clone().filter(|_| rcp_binds);
    let scps = layers.scp.clone().filter(|_| asked.who.account.is_some());
    let root = asked.who.kind == "root";
    let own_side = asked.who.account.is_some() && !root;
    let federated = asked.who.kind == "federated";

    // 1. Any matching denial anywhere.
    let denies = |documents: &[Value], kind| {
        statements(documents).any(|s| s["Effect"] == "Deny" && matches(&s, kind, asked).is_some())
    };
    let mut denied = rcps.iter().flatten().any(|level| denies(level, "rcp"))
        || scps.iter().flatten().any(|level| denies(level, "scp"))
        || denies(&all(&layers.endpoint), "vpce");
    if let Some((kind, documents)) = &layers.resource {
        denied |= denies(documents, kind);
    }
    if own_side {
        denied |= denies(&all(&layers.identity), "identity")
            || denies(&all(&layers.boundary), "boundary")
            || denies(&all(&layers.session), "session");
    }
    if denied {
        return "explicit";
    }
    // 2. Gates.
    let allows = |documents: &[Value], kind| {
        statements(documents).any(|s| s["Effect"] == "Allow" && matches(&s, kind, asked).is_some())
    };
    if !scps.iter().flatten().all(|level| allows(level, "scp")) {
        return "implicit";
    }
    if layers.endpoint.as_ref().is_some_and(|documents| !allows(documents, "vpce")) {
        return "implicit";
    }
    // 3. The two sides.
    let grants: Vec<&str> = match &layers.resource {
        None => Vec::new(),
        Some((kind, documents)) => statements(documents)
            .filter(|s| s["Effect"] == "Allow")
            .filter_map(|s| matches(&s, kind, asked))
            .collect(),
    };
    let granted = |kind: &str| grants.contains(&kind);
    let i = allows(&all(&layers.identity), "identity");
    let b = layers.boundary.as_ref().is_none_or(|documents| allows(documents, "boundary"));
    let s = match &layers.session {
        Some(documents) => allows(documents, "session"),
        None => !federated,
    };
    let required = matches!(&layers.resource, Some((kind, _)) if *kind == "trust" || *kind == "kms")
        || layers.resource.is_none() && asked.action.eq_ignore_ascii_case("sts:AssumeRole");
    let same = asked.who.account.as_deref() == Some(asked.owner);
    let open = if asked.who.account.is_none() {
        granted("direct")
    } else if !same {
        !grants.is_empty() && (root || i && b && s)
    } else if root {
        !required || !grants.is_empty()
    } else if granted("direct") {
        true
    } else if granted("role") {
        b && s
    } else if required {
        granted("account") && i && b && s
    } else {
        i && b && s
    };
    if open { "allow" } else { "implicit" }
}

fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Each with its document's version.
fn statements(documents: &[Value]) -> impl Iterator<Item = Value> + '_ {
    documents.iter().flat_map(|document| {
        let version = document.get("Version").cloned().unwrap_or("2008-10-17".into());
        list(&document["Statement"]).into_iter().map(move |mut statement| {
            statement["_version"] = version.clone();
            statement
        })
    })
}

/// How a statement names the caller, if it concerns the request.
fn matches(statement: &Value, kind: &str, asked: &Asked<'_>) -> Option<&'static str> {
    let variables = statement["_version"] == "2012-10-17";
    let named = if ["resource", "trust", "kms", "rcp", "vpce"].contains(&kind) {
        named(statement, asked)?
    } else {
        "direct"
    };
    let action = asked.action.to_lowercase();
    let has = |entries: &Value| list(entries).iter().any(|entry| glob(&text(entry).to_lowercase(), &action));
    let right_action = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(entries), _) => has(entries),
        (_, Some(entries)) => !has(entries),
        _ => false,
    };
    let has =
        |entries: &Value| list(entries).iter().any(|entry| arn_glob(&text(entry), kind, variables, asked));
    let right_resource = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(entries), _) => has(entries),
        (_, Some(entries)) => !has(entries),
        _ => kind == "trust" || kind == "resource" || kind == "kms" || kind == "rcp" || kind == "vpce",
    };
    let conditions = statement.get("Condition").and_then(Value::as_object).cloned().unwrap_or_default();
    let right_conditions = conditions.iter().all(|(operator, keys)| {
        keys.as_object()
            .unwrap()
            .iter()
            .all(|(key, values)| condition(operator, key, &list(values), variables, asked.keys))
    });
    (right_action && right_resource && right_conditions).then_some(named)
}

/// `account` < `role` < `direct`.
fn named(statement: &Value, asked: &Asked<'_>) -> Option<&'static str> {
    let who = asked.who;
    let one = |kind: &str, name: &str| -> Option<&'static str> {
        let is = |other: &Option<String>| other.as_deref() == Some(name);
        match kind {
            "AWS" if name == "*" => Some("direct"),
            "AWS" => {
                let account = name
                    .strip_prefix("arn:aws:iam::")
                    .and_then(|rest| rest.strip_suffix(":root"))
                    .unwrap_or(name);
                if who.account.as_deref() == Some(account) {
                    return Some(if who.kind == "root" { "direct" } else { "account" });
                }
                if who.account.is_some() && (is(&who.own) || is(&who.own_id)) {
                    Some("direct")
                } else if is(&who.outer) || is(&who.outer_id) {
                    Some("role")
                } else {
                    None
                }
            }
            "Service" => (who.kind == "service" && is(&who.own)).then_some("direct"),
            "Federated" => (who.kind == "web" && is(&who.own)).then_some("direct"),
            _ => None,
        }
    };
    let all = |element: &Value| -> Vec<&'static str> {
        match element {
            Value::String(_) => vec!["direct"],
            map => map
                .as_object()
                .unwrap()
                .iter()
                .flat_map(|(kind, names)| {
                    list(names).into_iter().map(move |name| (kind.clone(), text(&name)))
                })
                .filter_map(|(kind, name)| one(&kind, &name))
                .collect(),
        }
    };
    if let Some(element) = statement.get("Principal") {
        let found = all(element);
        return ["direct", "role", "account"].into_iter().find(|kind| found.contains(kind));
    }
    let element = statement.get("NotPrincipal")?;
    if statement["Effect"] == "Allow" {
        return all(element).is_empty().then_some("direct");
    }
    if asked.has_boundary && ["user", "role", "federated"].contains(&who.kind) {
        return Some("direct");
    }
    // Whoever's whole chain is listed is spared; `*` lists everybody.
    if *element == "*" || list(&element["AWS"]).contains(&"*".into()) {
        return None;
    }
    let found = all(element);
    let outer = who.outer.is_none() || found.contains(&"role");
    let account = who.account.is_none() || who.kind == "root" || found.contains(&"account");
    let spared = found.contains(&"direct") && outer && account;
    (!spared).then_some("direct")
}

/// `*` and `?`, by trying everything.
pub(crate) fn glob(pattern: &str, name: &str) -> bool {
    fn go(p: &[char], t: &[char]) -> bool {
        match p {
            [] => t.is_empty(),
            ['*', rest @ ..] => (0..=t.len()).any(|skip| go(rest, &t[skip..])),
            ['?', rest @ ..] => !t.is_empty() && go(rest, &t[1..]),
            [c, rest @ ..] => t.first() == Some(c) && go(rest, &t[1..]),
        }
    }
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    go(&chars(pattern), &chars(name))
}

/// A pattern with its variables replaced: characters that stand for
/// themselves are marked by private-use twins of the wildcards.
fn replace(pattern: &str, keys: &Keys) -> Option<String> {
    let literal = |text: &str| text.replace('*', "\u{e000}").replace('?', "\u{e001}");
    let mut done = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        done += before;
        let Some((inside, after)) = after.split_once('}') else {
            return Some(done + "${" + after);
        };
        done += &match inside {
            "*" | "?" | "$" => literal(inside),
            inside => {
                let (key, default) = match inside.split_once(',') {
                    Some((key, default)) => (key, Some(default.trim().trim_matches('\'').to_string())),
                    None => (inside, None),
                };
                match keys.get(&key.to_lowercase()) {
                    Some(Held::One(value)) => literal(value),
                    _ => literal(&default?),
                }
            }
        };
        rest = after;
    }
    Some(done + rest)
}

fn like(pattern: &str, name: &str, variables: bool, keys: &Keys) -> bool {
    let pattern = if variables { replace(pattern, keys) } else { Some(pattern.to_string()) };
    let name = name.replace('*', "\u{e000}").replace('?', "\u{e001}");
    // Where nothing was replaced a wildcard of the name is an ordinary
    // character, which wildcards of the pattern match too.
    pattern.is_some_and(|pattern| glob(&pattern, &name))
}

fn arn_glob(pattern: &str, kind: &str, variables: bool, asked: &Asked<'_>) -> bool {
    if !pattern.is_empty() && pattern.chars().all(|c| c == '*') {
        return true;
    }
    let mut fields: Vec<&str> = pattern.splitn(6, ':').collect();
    if fields.len() < 6 {
        let expands = match kind {
            "identity" | "boundary" | "session" => true,
            "scp" => pattern.ends_with('*'),
            "rcp" => false,
            _ => pattern.contains(['*', '?']),
        };
        if !expands || fields.len() < 2 {
            return false;
        }
        fields.resize(6, "*");
    }
    let resource: Vec<&str> = asked.resource.splitn(6, ':').collect();
    if resource.len() < 6 {
        return false;
    }
    (0..4).all(|at| glob(&fields[at].to_lowercase(), &resource[at].to_lowercase()))
        && glob(fields[4], resource[4])
        && like(fields[5], resource[5], variables, asked.keys)
}

fn condition(name: &str, key: &str, values: &[Value], variables: bool, keys: &Keys) -> bool {
    let (qualifier, rest) =
        name.split_once(':').map_or((None, name), |(qualifier, rest)| (Some(qualifier), rest));
    let (base, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |base| (base, true));
    let values: Vec<String> = values.iter().map(text).collect();
    let held = keys.get(&key.to_lowercase());
    if base == "Null" {
        return match qualifier {
            Some("ForAllValues") => true,
            Some(_) => false,
            None => {
                let absent = match held {
                    None => true,
                    Some(Held::One(_)) => false,
                    Some(Held::Many(all)) => all.iter().all(String::is_empty),
                };
                values.iter().any(|value| value.eq_ignore_ascii_case(if absent { "true" } else { "false" }))
            }
        };
    }
    let negated = base.contains("Not");
    let missing = || match qualifier {
        Some("ForAllValues") => true,
        Some(_) => false,
        None => if_exists || negated,
    };
    let one = |value: &str| single(base, value, &values, variables, keys);
    match (held, qualifier) {
        (None, _) => missing(),
        (Some(Held::One(value)), _) => one(value),
        (Some(Held::Many(_)), None) => false,
        (Some(Held::Many(all)), Some(_)) if all.iter().all(String::is_empty) => missing(),
        (Some(Held::Many(all)), Some("ForAllValues")) => all.iter().all(|value| one(value)),
        (Some(Held::Many(all)), Some(_)) => all.iter().any(|value| one(value)),
    }
}

/// One value of the request against all of the policy.
fn single(base: &str, value: &str, values: &[String], variables: bool, keys: &Keys) -> bool {
    let any = |f: &dyn Fn(&str) -> bool| values.iter().any(|wanted| f(wanted));
    let equal = |wanted: &str| {
        let replaced = if variables { replace(wanted, keys) } else { Some(wanted.to_string()) };
        replaced.map(|text| text.replace('\u{e000}', "*").replace('\u{e001}', "?"))
    };
    match base {
        "StringEquals" => any(&|wanted| equal(wanted).as_deref() == Some(value)),
        "StringNotEquals" => !any(&|wanted| equal(wanted).as_deref() == Some(value)),
        "StringEqualsIgnoreCase" => {
            any(&|wanted| equal(wanted).is_some_and(|text| text.eq_ignore_ascii_case(value)))
        }
        "StringNotEqualsIgnoreCase" => {
            !any(&|wanted| equal(wanted).is_some_and(|text| text.eq_ignore_ascii_case(value)))
        }
        "StringLike" => any(&|wanted| like(wanted, value, variables, keys)),
        "StringNotLike" => !any(&|wanted| like(wanted, value, variables, keys)),
        "Bool" => any(&|wanted| wanted.eq_ignore_ascii_case(value) && ["true", "false"].contains(&value)),
        "ArnLike" | "ArnEquals" | "ArnNotLike" | "ArnNotEquals" => {
            let parts: Vec<&str> = value.splitn(6, ':').collect();
            if parts.len() < 6 || parts[0] != "arn" {
                return false;
            }
            let found = any(&|wanted| {
                let fields: Vec<&str> = wanted.splitn(6, ':').collect();
                fields.len() == 6
                    && fields.iter().zip(&parts).all(|(field, part)| like(field, part, variables, keys))
            });
            found != base.contains("Not")
        }
        numeric if numeric.starts_with("Numeric") => {
            // The numbers asked for here have few digits.
            let number = |text: &str| -> Option<f64> {
                let plain = text.chars().all(|c| c.is_ascii_digit() || "+-.e".contains(c));
                text.parse().ok().filter(|_| plain)
            };
            let Some(value) = number(value) else { return false };
            let found = |f: &dyn Fn(f64, f64) -> bool| {
                any(&|wanted| number(wanted).is_some_and(|wanted| f(value, wanted)))
            };
            match numeric {
                "NumericEquals" => found(&|a, b| a == b),
                "NumericNotEquals" => !found(&|a, b| a == b),
                "NumericLessThan" => found(&|a, b| a < b),
                "NumericLessThanEquals" => found(&|a, b| a <= b),
                "NumericGreaterThan" => found(&|a, b| a > b),
                _ => found(&|a, b| a >= b),
            }
        }
        // Only addresses of IPv4 here.
        "IpAddress" | "NotIpAddress" => {
            let bits = |text: &str| text.parse::<std::net::Ipv4Addr>().ok().map(u32::from);
            let Some(address) = bits(value) else { return false };
            let range = |wanted: &str| -> Option<(u32, u32)> {
                let (net, length) = wanted.split_once('/').unwrap_or((wanted, "32"));
                Some((bits(net)?, length.parse::<u32>().ok().filter(|length| *length <= 32)?))
            };
            if base == "NotIpAddress" && values.iter().any(|wanted| range(wanted).is_none()) {
                return false;
            }
            let found = any(&|wanted| {
                range(wanted).is_some_and(|(net, length)| {
                    let mask = if length == 0 { 0 } else { u32::MAX << (32 - length) };
                    net & mask == address & mask
                })
            });
            found != (base == "NotIpAddress")
        }
        other => unreachable!("no operator {other}"),
    }
}
