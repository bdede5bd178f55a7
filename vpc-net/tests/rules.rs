//! Every rule of `RULES.md` is fulfilled somewhere and shown somewhere, or is
//! listed there as not modelled with its reason.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, reason = "it reads the rules and the sources")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The ids that a text names, `8A.2b` and the like.
fn ids(text: &str) -> BTreeSet<String> {
    let part = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect::<String>()
    };
    let found = text.match_indices("VPC-").filter_map(|(at, _)| text.get(at + 4..)).map(part);
    found.filter(|id| !id.is_empty()).map(|id| format!("VPC-{}", id.trim_end_matches('.'))).collect()
}

/// All texts under a folder whose names end so.
fn texts(folder: &Path, ending: &str) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &texts(&path, ending);
        } else if path.to_string_lossy().ends_with(ending) {
            all += &fs::read_to_string(&path).unwrap();
        }
    }
    all
}

/// A row of a table is cited by its own id or by the table's: `VPC-4.2` in the
/// code stands for its row a and its sisters. Tests name rows.
fn cited(cites: &BTreeSet<String>, id: &str) -> bool {
    cites.contains(id) || cites.contains(id.trim_end_matches(|c: char| c.is_ascii_lowercase()))
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
    let code = ids(&texts(&Path::new(ROOT).join("src"), ".rs"));
    let tests = texts(&Path::new(ROOT).join("tests"), ".rs");
    let shown = ids(&(tests + &texts(&Path::new(ROOT).join("tests"), ".json")));

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
    let known = |id: &String| {
        stated.contains(id)
            || stated.iter().any(|rule| rule.strip_prefix(id.as_str()).is_some_and(one_letter))
    };
    faults
        .extend(code.union(&shown).filter(|id| !known(id)).map(|id| format!("{id} is cited but not stated")));
    faults.extend(
        left_out
            .keys()
            .filter(|id| !stated.contains(**id))
            .map(|id| format!("{id} is left out but not stated")),
    );
    assert!(stated.len() > 45, "{} rules", stated.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn one_letter(rest: &str) -> bool {
    rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_lowercase())
}
