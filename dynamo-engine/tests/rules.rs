//! Every rule of `RULES.md` is fulfilled somewhere and shown somewhere, or is
//! listed there as not modelled with its reason; so is every worked example.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, reason = "it reads the rules and the sources")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// What begins the unit tests of a source file.
const TESTS: &str = "#[cfg(test)]\nmod tests";
/// How many worked examples there are.
const EXAMPLES: [(&str, u32); 2] = [("DDB-X", 146), ("CAP-X", 118)];

/// The ids that a text names, `DDB-2.4.2`, `CAP-X9` and the like.
fn ids(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for prefix in ["DDB-", "CAP-"] {
        for (at, _) in text.match_indices(prefix) {
            let rest = text.get(at + prefix.len()..).unwrap_or_default();
            let id: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
            let id = id.trim_end_matches('.');
            if !id.is_empty() {
                found.insert(format!("{prefix}{id}"));
            }
        }
    }
    found
}

/// The texts of all files under a folder whose names end so.
fn texts(folder: &Path, ending: &str) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(texts(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            all.push(fs::read_to_string(&path).unwrap());
        }
    }
    all
}

/// Whether the id is that of a worked example or an experiment.
fn is_example(id: &str) -> bool {
    let row = id.get(4..).unwrap_or_default();
    row.starts_with(['X', 'A'])
}

#[test]
fn every_rule_is_cited_and_shown_or_listed_as_not_modelled() {
    let rules = fs::read_to_string(Path::new(ROOT).join("RULES.md")).unwrap();
    let (stated, rest) = rules.split_once("## Not modelled").unwrap();
    let stated: BTreeSet<String> = stated
        .lines()
        .filter_map(|line| line.strip_prefix("- **")?.split_once("**"))
        .map(|(id, _)| id.to_string())
        .collect();
    let left_out: BTreeMap<&str, &str> =
        rest.lines().filter_map(|line| line.strip_prefix("- ")?.split_once(": ")).collect();

    let (mut code, mut shown) = (BTreeSet::new(), BTreeSet::new());
    for source in texts(&Path::new(ROOT).join("src"), ".rs") {
        let (own, tests) = source.split_once(TESTS).unwrap_or((&source, ""));
        code.extend(ids(own));
        shown.extend(ids(tests));
    }
    for ending in [".rs", ".json"] {
        shown.extend(texts(&Path::new(ROOT).join("tests"), ending).iter().flat_map(|text| ids(text)));
    }

    let mut faults = Vec::new();
    for id in &stated {
        match left_out.get(id.as_str()) {
            Some(_) => {}
            None if !code.contains(id) => faults.push(format!("{id} is not cited in src")),
            None if !shown.contains(id) => faults.push(format!("{id} is shown by no test and no vector")),
            None => {}
        }
    }
    for (prefix, count) in EXAMPLES {
        for number in 1..=count {
            let id = format!("{prefix}{number}");
            if shown.contains(&id) == left_out.contains_key(id.as_str()) {
                faults.push(format!("{id} must be either shown or left out"));
            }
        }
    }
    let unknown = code.union(&shown).filter(|id| !is_example(id) && !stated.contains(*id));
    faults.extend(unknown.map(|id| format!("{id} is cited but not stated")));
    for (id, reason) in left_out {
        if reason.trim().len() < 10 {
            faults.push(format!("{id} is left out without a reason"));
        }
        if !is_example(id) && !stated.contains(id) {
            faults.push(format!("{id} is left out but not stated"));
        }
    }
    assert!(stated.len() > 200, "{} rules", stated.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
