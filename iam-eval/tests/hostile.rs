//! Inputs made to be expensive: time grows as pattern times text, and nothing
//! overflows.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, reason = "it takes the time")]

use iam_eval::aws_core::Caller;
use iam_eval::{Context, Decision, Policies, Policy, PolicyKind, PolicySet, Request, Subject};
use std::time::{Duration, Instant};

fn decide(text: &str, action: &str, resource: &str, context: &Context) -> Decision {
    let bob = Caller::user("111122223333".parse().unwrap(), "bob", "AIDAEXAMPLEBOB");
    let subject = Subject::of(&bob);
    let identity = PolicySet::new([("p", Policy::stored(text, PolicyKind::Identity).unwrap())]);
    let policies = Policies { identity: Some(&identity), ..Policies::default() };
    policies.decide(&Request::new(&subject, action, resource, context)).decision
}

/// How long it takes, the best of three.
fn time(mut run: impl FnMut()) -> Duration {
    let once = |_| {
        let from = Instant::now();
        run();
        from.elapsed()
    };
    (0..3).map(once).min().unwrap()
}

fn one(resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"{resource}","Condition":{condition}}}}}"#
    )
}

/// Stars do not multiply.
#[test]
fn many_stars() {
    let key = "a".repeat(4_000);
    let resource = format!("arn:aws:s3:::b/{key}");
    let text = |stars: usize| one(&format!("arn:aws:s3:::b/{}b", "*a".repeat(stars)), "{}");
    let (few, many) = (text(16), text(1_024));
    let context = Context::new();
    let run = |text: &str| {
        time(|| assert_eq!(decide(text, "s3:GetObject", &resource, &context), Decision::ImplicitDeny))
    };
    let (few, many) = (run(&few), run(&many));
    // 64 times the pattern.
    assert!(many < few.max(Duration::from_millis(2)) * 640, "{few:?} {many:?}");
    assert!(many < Duration::from_secs(5), "{many:?}");
}

/// The same through a variable, whose stars are no wildcards.
#[test]
fn stars_in_values() {
    let context = Context::new().with("aws:username", "*a".repeat(2_000));
    let resource = format!("arn:aws:s3:::b/{}", "a".repeat(4_000));
    let text = one("arn:aws:s3:::b/${aws:username}", "{}");
    assert_eq!(decide(&text, "s3:GetObject", &resource, &context), Decision::ImplicitDeny);
}

/// Ten thousand values, and a key that has ten thousand.
#[test]
fn many_values() {
    let values: Vec<String> = (0..10_000).map(|at| format!(r#""value-{at}""#)).collect();
    let text =
        one("*", &format!(r#"{{"ForAllValues:StringEquals":{{"aws:TagKeys":[{}]}}}}"#, values.join(",")));
    let own: Vec<String> = (0..10_000).map(|at| format!("value-{at}")).collect();
    let context = Context::new().with_list("aws:TagKeys", own);
    let took = time(|| assert_eq!(decide(&text, "s3:GetObject", "*", &context), Decision::Allowed));
    assert!(took < Duration::from_secs(60), "{took:?}");
}

/// Nested as deeply as a text can be.
#[test]
fn deep_json() {
    for (open, close) in [("[", "]"), (r#"{"Statement":"#, "}")] {
        let text = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        assert!(Policy::stored(&text, PolicyKind::Identity).is_err());
        assert!(Policy::parse(&text, PolicyKind::Resource).is_err());
        assert!(Policy::parse(&open.repeat(100_000), PolicyKind::Resource).is_err());
    }
}

/// A document a hundred times as large as any quota allows.
#[test]
fn a_large_document() {
    let statements: Vec<String> = (0..20_000)
        .map(|at| {
            format!(r#"{{"Effect":"Allow","Action":"s3:Get{at}*","Resource":"arn:aws:s3:::bucket-{at}/*"}}"#)
        })
        .collect();
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let from = Instant::now();
    assert_eq!(
        decide(&text, "s3:Get19999x", "arn:aws:s3:::bucket-19999/k", &Context::new()),
        Decision::Allowed
    );
    assert!(from.elapsed() < Duration::from_secs(20), "{:?}", from.elapsed());
}
