//! The smallest changes that turn a decision round.

use super::draft::Draft;
use super::{Change, mend};
use crate::{Answer, Decision, Policies, Request};
use alloc::vec::Vec;

/// So many answers of one change each are given.
const SINGLES: usize = 10;
/// And so many of two.
const PAIRS: usize = 3;
/// Pairs are tried among so many changes.
const POOL: usize = 32;
/// No longer chain is tried.
const LONGEST: usize = 8;

pub(super) fn smallest(policies: &Policies<'_>, request: &Request<'_>, now: Answer) -> Vec<Vec<Change>> {
    let small = Draft::reduced(policies, request);
    let turned = |answer: Answer| {
        (answer.decision == Decision::Allowed) != now.is_allowed() && answer.decision != Decision::Depends
    };
    let pool = candidates(&small, request, now);
    // Statements that were left out may matter after all.
    let stands =
        |changes: &[&Change]| turned(with(&Draft::whole(policies, request), changes).decide(request));
    let mut found: Vec<Vec<Change>> = Vec::new();
    for change in &pool {
        if found.len() < SINGLES && turned(with(&small, &[change]).decide(request)) && stands(&[change]) {
            found.push(Vec::from([change.clone()]));
        }
    }
    if !found.is_empty() {
        return found;
    }
    for (at, one) in pool.iter().take(POOL).enumerate() {
        for other in pool.iter().take(POOL).skip(at + 1) {
            let pair = [one, other];
            if found.len() < PAIRS && turned(with(&small, &pair).decide(request)) && stands(&pair) {
                found.push(pair.into_iter().cloned().collect());
            }
        }
    }
    if !found.is_empty() {
        return found;
    }
    let chain = chain(small, request, now, &turned);
    let all: Vec<&Change> = chain.iter().collect();
    if chain.is_empty() || !stands(&all) {
        return Vec::new();
    }
    // Whatever can be left out is.
    let mut needed = all;
    let mut at = 0;
    while at < needed.len() {
        let mut fewer = needed.clone();
        fewer.remove(at);
        if stands(&fewer) { needed = fewer } else { at += 1 }
    }
    Vec::from([needed.into_iter().cloned().collect()])
}

fn with<'a>(draft: &Draft<'a>, changes: &[&Change]) -> Draft<'a> {
    let mut draft = draft.clone();
    changes.iter().for_each(|change| draft.apply(change));
    draft
}

fn candidates(draft: &Draft<'_>, request: &Request<'_>, now: Answer) -> Vec<Change> {
    let (policies, request) = (draft.policies(), draft.request(request));
    let (_, checks) = policies.checks(&request);
    let mut changes = if now.is_allowed() {
        mend::closings(&policies, &request, &checks)
    } else {
        mend::openings(&policies, &request, &checks)
    };
    let mut at = 0;
    while at < changes.len() {
        let (before, rest) = changes.split_at(at);
        let again = rest.first().is_some_and(|change| before.contains(change));
        if again {
            changes.remove(at);
        } else {
            at += 1;
        }
    }
    changes
}

/// Barrier by barrier, each time the first change that takes one away.
fn chain(
    mut draft: Draft<'_>,
    request: &Request<'_>,
    now: Answer,
    turned: &dyn Fn(Answer) -> bool,
) -> Vec<Change> {
    let mut changes = Vec::new();
    while changes.len() < LONGEST {
        let barriers = barriers(&draft, request);
        let step = candidates(&draft, request, now).into_iter().find_map(|change| {
            let mut next = draft.clone();
            next.apply(&change);
            let better = turned(next.decide(request)) || self::barriers(&next, request) < barriers;
            better.then_some((change, next))
        });
        let Some((change, next)) = step else { return Vec::new() };
        changes.push(change);
        draft = next;
        if turned(draft.decide(request)) {
            return changes;
        }
    }
    Vec::new()
}

/// How many statements and missing allows are in the way.
fn barriers(draft: &Draft<'_>, request: &Request<'_>) -> usize {
    use super::CheckEffect::{ExplicitDeny, ImplicitDeny};
    let (policies, request) = (draft.policies(), draft.request(request));
    let (_, checks) = policies.checks(&request);
    let each = checks.iter().map(|check| match check.effect {
        ExplicitDeny => {
            let denies = |matched: &&super::Matched| matched.statement.effect == crate::Effect::Deny;
            1 + check.matched.iter().filter(denies).count()
        }
        ImplicitDeny => 1,
        _ => 0,
    });
    each.sum()
}
