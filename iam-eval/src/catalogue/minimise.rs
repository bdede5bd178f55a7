//! Few patterns for many actions.

use super::Catalogue;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// The shortest beginning of each action that begins no action left out, and
/// of these only the ones that others do not cover.
pub(super) fn minimise<'n>(
    catalogue: &Catalogue<'_>,
    actions: impl IntoIterator<Item = &'n str>,
) -> Vec<String> {
    let mut kept: BTreeSet<String> = BTreeSet::new();
    let mut wanted: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for action in actions {
        match catalogue.action(action) {
            Some(known) if !action.contains(['*', '?']) => {
                wanted.entry(known.service().prefix().into()).or_default().insert(known.name());
            }
            _ => {
                kept.insert(action.into());
            }
        }
    }
    for (prefix, names) in wanted {
        let Some(service) = catalogue.service(&prefix) else { continue };
        let others: Vec<String> = service
            .actions()
            .filter(|action| !names.contains(action.name()))
            .map(|action| action.name().to_ascii_lowercase())
            .collect();
        for name in &names {
            let lower = name.to_ascii_lowercase();
            let ends = lower.char_indices().map(|(at, _)| at);
            let free = ends.filter(|end| {
                let head = lower.get(..*end).unwrap_or_default();
                !others.iter().any(|other| other.starts_with(head))
            });
            // A star that stands for one letter or none is not shorter.
            let end = free.min().filter(|end| end + 1 < name.len());
            kept.insert(match end.and_then(|end| name.get(..end)) {
                Some(head) => alloc::format!("{prefix}:{head}*"),
                None => alloc::format!("{prefix}:{name}"),
            });
        }
    }
    let covered = |one: &String| {
        kept.iter().any(|other| {
            other != one
                && other
                    .strip_suffix('*')
                    .is_some_and(|head| !head.contains(['*', '?']) && one.starts_with(head))
        })
    };
    kept.iter().filter(|one| !covered(one)).cloned().collect()
}
