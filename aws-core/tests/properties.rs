//! What holds for every value, not only for the examples.
#![cfg(feature = "proptest")]
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::wire::{self, Member, Shape};
use aws_core::{Arn, ArnPattern, Blob, Caller, Timestamp, Wildcard, strategy};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value};

/// What a wildcard means, said in the plainest way.
fn plainly_matches(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => {
            (0..=text.len()).any(|skip| plainly_matches(rest, text.get(skip..).unwrap()))
        }
        (['?', pattern @ ..], [_, text @ ..]) => plainly_matches(pattern, text),
        ([one, pattern @ ..], [other, text @ ..]) => one == other && plainly_matches(pattern, text),
        _ => false,
    }
}

const NESTED: &[Member] = &[
    Member { json: "Id", query: "Id", shape: Shape::Text },
    Member { json: "Delay", query: "Delay", shape: Shape::Integer },
];
const ALL: &[Member] = &[
    Member { json: "Text", query: "Text", shape: Shape::Text },
    Member { json: "Count", query: "Count", shape: Shape::Integer },
    Member { json: "Flag", query: "Flag", shape: Shape::Boolean },
    Member { json: "Names", query: "Name", shape: Shape::List(&Shape::Text) },
    Member { json: "Entries", query: "Entry", shape: Shape::List(&Shape::Struct(NESTED)) },
    Member {
        json: "Attributes",
        query: "Attribute",
        shape: Shape::Map { key: "Name", value: "Value", of: &Shape::Struct(NESTED) },
    },
];

fn nested() -> impl Strategy<Value = Value> {
    (any::<String>(), any::<i64>()).prop_map(|(id, delay)| serde_json::json!({"Id": id, "Delay": delay}))
}

fn request() -> impl Strategy<Value = Value> {
    let optional = |value: BoxedStrategy<Value>| proptest::option::of(value);
    let list = |of: BoxedStrategy<Value>| vec(of, 1..4).prop_map(Value::Array).boxed();
    let map = btree_map("[a-z]{1,3}", nested(), 1..4)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()));
    let members = (
        optional(any::<String>().prop_map(Value::from).boxed()),
        optional(any::<i64>().prop_map(Value::from).boxed()),
        optional(any::<bool>().prop_map(Value::from).boxed()),
        optional(list(any::<String>().prop_map(Value::from).boxed())),
        optional(list(nested().boxed())),
        optional(map.boxed()),
    );
    members.prop_map(|(text, count, flag, names, entries, attributes)| {
        let named = ["Text", "Count", "Flag", "Names", "Entries", "Attributes"].map(String::from);
        let values = [text, count, flag, names, entries, attributes];
        Value::Object(
            named.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect(),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn an_arn_prints_as_it_read(arn in strategy::arn()) {
        let parts = arn.parts();
        let again = format!(
            "arn:{}:{}:{}:{}:{}",
            parts.partition, parts.service, parts.region, parts.account, parts.resource
        );
        prop_assert_eq!(again.as_str(), arn.as_str());
        prop_assert_eq!(&serde_json::from_value::<Arn>(serde_json::to_value(&arn).unwrap()).unwrap(), &arn);
        // Its own text is a pattern; wildcards in it match themselves too.
        prop_assert!(arn.as_str().parse::<ArnPattern>().unwrap().matches(parts));
    }

    #[test]
    fn a_wildcard_means_what_it_plainly_means(
        pattern in strategy::wildcard_pattern(), text in strategy::wildcard_text(),
    ) {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let plainly = plainly_matches(&chars(&pattern), &chars(&text));
        prop_assert_eq!(Wildcard::new(&pattern).matches(&text), plainly);
        let (lower, small) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
        let plainly = plainly_matches(&chars(&lower), &chars(&small));
        prop_assert_eq!(Wildcard::ignoring_ascii_case(&pattern).matches(&text), plainly);
    }

    #[test]
    fn every_date_form_reads_back(at in strategy::timestamp()) {
        let second = Timestamp::from_seconds(at.as_seconds());
        prop_assert_eq!(at.iso8601_millis().to_string().parse(), Ok(at));
        prop_assert_eq!(at.epoch_seconds().to_string().parse(), Ok(at));
        prop_assert_eq!(at.iso8601().to_string().parse(), Ok(second));
        prop_assert_eq!(at.amz_date().to_string().parse(), Ok(second));
        prop_assert_eq!(at.http_date().to_string().parse(), Ok(second));
    }

    #[test]
    fn no_text_is_a_date_and_a_panic(text in "\\PC{0,40}|[0-9TZ:.+-]{0,30}") {
        let _ = text.parse::<Timestamp>();
    }

    #[test]
    fn a_request_survives_the_query_protocol(request in request()) {
        let form = wire::print_form(&wire::flatten(&request, ALL));
        let back = wire::unflatten(&wire::parse_form(&form).unwrap(), ALL).unwrap();
        prop_assert_eq!(back, request);
    }

    #[test]
    fn no_form_panics(form in "[A-Za-z0-9.&=%+]{0,60}|((Name|Entry|Attribute)\\.[0-9]{0,25}(\\.(Id|Name|Value|Delay)){0,3}=[%a-z0-9]{0,3}&){0,5}") {
        if let Ok(parameters) = wire::parse_form(&form) {
            let _ = wire::unflatten(&parameters, ALL);
        }
    }

    #[test]
    fn callers_and_blobs_survive_json(caller in strategy::caller(), blob in strategy::blob()) {
        let text = serde_json::to_string(&(&caller, &blob)).unwrap();
        prop_assert_eq!(serde_json::from_str::<(Caller, Blob)>(&text).unwrap(), (caller, blob));
    }

    #[test]
    fn a_seed_is_not_seen(seed in strategy::seed()) {
        let printed = format!("{seed:?}");
        prop_assert!(printed.contains("redacted"), "{}", printed);
    }
}
