//! Every rule of `RULES.md` is fulfilled somewhere and shown somewhere, or is
//! listed there as not modelled with its reason.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, reason = "it reads the rules and the sources")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The ids that a text names, `IAM-3.2.R` and the like.
fn ids(text: &str) -> BTreeSet<String> {
    let part = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect::<String>()
    };
    let found = text.match_indices("IAM-").filter_map(|(at, _)| text.get(at + 4..)).map(part);
    found.filter(|id| !id.is_empty()).map(|id| format!("IAM-{}", id.trim_end_matches('.'))).collect()
}

/// All texts under a folder whose names end so, each apart.
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

/// A rule is cited by its own id or by its section's: `IAM-8.5` in the code
/// stands for `IAM-8.5.1` and its sisters. Tests name rules.
fn cited(cites: &BTreeSet<String>, id: &str) -> bool {
    cites.contains(id) || id.rsplit_once('.').is_some_and(|(section, _)| cites.contains(section))
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
    // Tests of a file stand at its end.
    let (mut code, mut shown) = (BTreeSet::new(), BTreeSet::new());
    for source in texts(&Path::new(ROOT).join("src"), ".rs") {
        let (source, tests) = source.split_once("#[cfg(test)]\nmod tests").unwrap_or((&source, ""));
        code.extend(ids(source));
        shown.extend(ids(tests));
    }
    for ending in [".rs", ".json"] {
        shown.extend(texts(&Path::new(ROOT).join("tests"), ending).iter().flat_map(|text| ids(text)));
    }
    // Every worked example is a case.
    let (examples, shown): (BTreeSet<_>, BTreeSet<_>) =
        shown.into_iter().partition(|id| id.get(4..5) == Some("X"));
    assert_eq!(examples.len(), 145);

    let mut faults = Vec::new();
    for id in &stated {
        match left_out.get(id.as_str()) {
            Some(reason) if reason.trim().len() < 10 => {
                faults.push(format!("{id} is left out without a reason"))
            }
            Some(_) => {}
            None if !cited(&code, id) => faults.push(format!("{id} is not cited in src")),
            None if !shown.contains(id) => faults.push(format!("{id} is shown by no test and no vector")),
            None => {}
        }
    }
    let known =
        |id: &String| stated.contains(id) || stated.iter().any(|rule| rule.starts_with(&format!("{id}.")));
    faults
        .extend(code.union(&shown).filter(|id| !known(id)).map(|id| format!("{id} is cited but not stated")));
    faults.extend(
        left_out
            .keys()
            .filter(|id| !stated.contains(**id))
            .map(|id| format!("{id} is left out but not stated")),
    );
    assert!(stated.len() > 150, "{} rules", stated.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
