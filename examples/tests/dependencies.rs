//! Engines depend on `aws-core` and third parties, never on each other; and
//! nothing an engine uses asks for a newer Rust than we declare.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

const ENGINES: [&str; 5] = ["iam-eval", "dynamo-engine", "sqs-engine", "kms-envelope", "vpc-net"];

fn metadata() -> Value {
    // Only this machine's dependencies: others may not have been downloaded.
    let host = Command::new("rustc").args(["--print", "host-tuple"]).output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", host.trim()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages(metadata: &Value) -> BTreeMap<String, &Value> {
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(|package| (package["id"].as_str().unwrap().into(), package)).collect()
}

/// The names of what a package of ours needs, tests included.
fn dependencies(package: &Value) -> impl Iterator<Item = (&str, &Value)> {
    package["dependencies"].as_array().unwrap().iter().map(|d| (d["name"].as_str().unwrap(), &d["kind"]))
}

#[test]
fn engines_do_not_know_each_other() {
    let metadata = metadata();
    let packages = packages(&metadata);
    let ours = |name: &str| *packages.values().find(|package| package["name"] == name).unwrap();
    for engine in ENGINES {
        for (name, kind) in dependencies(ours(engine)) {
            assert!(!ENGINES.contains(&name), "{engine} depends on {name} ({kind})");
            assert!(!name.starts_with("aws-") || name == "aws-core", "{engine} depends on {name}");
        }
    }
    for (name, _) in dependencies(ours("aws-core")) {
        assert!(!ENGINES.contains(&name), "aws-core depends on {name}");
    }
}

#[test]
fn what_engines_use_runs_on_the_rust_we_declare() {
    let metadata = metadata();
    let packages = packages(&metadata);
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (node["id"].as_str().unwrap(), node))
        .collect();
    let is_ours = |id: &&str| {
        let name = packages[*id]["name"].as_str().unwrap();
        name == "aws-core" || ENGINES.contains(&name)
    };
    let mut open: Vec<&str> = nodes.keys().copied().filter(is_ours).collect();
    let mut seen = Vec::new();
    while let Some(id) = open.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let package = packages[id];
        if let Some(version) = package["rust_version"].as_str() {
            let minor: u32 = version.split('.').nth(1).unwrap().parse().unwrap();
            assert!(minor <= 89, "{} asks for Rust {version}", package["name"]);
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let normal =
                dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].is_null());
            if normal {
                open.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    assert!(seen.len() > 20, "the walk found only {seen:?}");
}
