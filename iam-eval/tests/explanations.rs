//! Explanations of the worked decisions: they say what the evaluator decides,
//! and each change they propose does turn the decision round.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod world;

use iam_eval::aws_core::vectors::{Case, load_dir};
use iam_eval::{CheckEffect, CheckType, Decision, Effect};
use world::World;

fn cases() -> Vec<Case> {
    let files = load_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")).unwrap();
    let decisions = files.into_iter().filter(|(path, _)| path.ends_with("decisions.json"));
    decisions.flat_map(|(_, file)| file.cases).collect()
}

/// An explicit denial has a denying statement, an allowance a chain without a
/// failing check, an implicit denial a check that fails and none that denies.
/// `[IAM-15.13]`
#[test]
fn the_explanation_is_consistent_with_the_decision() {
    for case in cases() {
        let world = World::new(&case.input);
        let answer = world.policies().decide(&world.request());
        let why = world.policies().explain(&world.request());
        let id = &case.id;
        assert_eq!((why.decision, why.denied_by), (answer.decision, answer.check), "{id}");
        let denying = why.checks.iter().flat_map(|check| &check.matched);
        let denying = denying.filter(|one| one.statement.effect == Effect::Deny && one.certain).count();
        let has = |effect| why.checks.iter().any(|check| check.effect == effect);
        let settled = why.denied_by == Some(CheckType::Credentials) || why.action == "sts:GetCallerIdentity";
        match why.decision {
            Decision::ExplicitDeny => assert!(denying > 0 && has(CheckEffect::ExplicitDeny), "{id}"),
            Decision::Allowed => {
                assert!(
                    settled || !has(CheckEffect::ImplicitDeny) && !has(CheckEffect::ExplicitDeny),
                    "{id}\n{why}"
                );
            }
            Decision::ImplicitDeny => {
                assert!(
                    settled || has(CheckEffect::ImplicitDeny) && !has(CheckEffect::ExplicitDeny),
                    "{id}\n{why}"
                );
            }
            _ => assert!(has(CheckEffect::Depends) && why.residual.is_some(), "{id}"),
        }
        let denied = matches!(why.decision, Decision::ExplicitDeny | Decision::ImplicitDeny);
        assert_eq!(why.message.is_some(), denied, "{id}");
        if std::env::var_os("SHOW").is_some() {
            println!("{id}: {}\n{why}", case.why);
        }
    }
}
