//! Proptest strategies for what the engines share.
//!
//! They favour ugly cases: empty parts, wildcards beside each other, the ends
//! of time. Every value is one that AWS could see.
//!
//! ```
//! use aws_core::{Arn, strategy};
//! use proptest::prelude::*;
//!
//! proptest!(|(arn in strategy::arn())| {
//!     prop_assert_eq!(arn.as_str().parse::<Arn>().unwrap(), arn);
//! });
//! ```

use crate::{AccountId, Arn, Blob, Caller, Home, Partition, Region, Seed, SessionFacts, Span, Timestamp};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

/// Any account.
pub fn account_id() -> impl Strategy<Value = AccountId> {
    // Leading zeros are the ugly case.
    prop_oneof![9 => 0..1_000_000_000_000_u64, 1 => 0..1_000_u64]
        .prop_filter_map("not an account", |number| format!("{number:012}").parse().ok())
}

/// Regions of four partitions.
pub fn region() -> impl Strategy<Value = Region> {
    select(
        &["us-east-1", "eu-central-1", "ap-southeast-2", "cn-north-1", "us-gov-west-1", "us-iso-east-1"][..],
    )
    .prop_filter_map("not a Region", |name| name.parse().ok())
}

/// Any account in any of the Regions.
pub fn home() -> impl Strategy<Value = Home> {
    (region(), account_id()).prop_filter_map("not a home", |(region, account)| {
        Home::new(region.as_str(), &format!("{account}")).ok()
    })
}

/// Times within a century, in milliseconds, whole seconds more often.
pub fn timestamp() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        2 => (0..4_102_444_800_i64).prop_map(Timestamp::from_seconds),
        2 => (0..4_102_444_800_000_i64).prop_map(Timestamp::from_millis),
        1 => (-1_000_000_000_i64..0).prop_map(Timestamp::from_millis),
    ]
}

/// Lengths from nothing to twice the longest that AWS counts in (14 days).
pub fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        1 => Just(Span::ZERO),
        2 => (1..1_000_i64).prop_map(Span::from_millis),
        2 => (1..43_201_i64).prop_map(Span::from_seconds),
        1 => (1..29_i64).prop_map(Span::from_days),
    ]
}

/// Any seed.
pub fn seed() -> impl Strategy<Value = Seed> {
    any::<u64>().prop_map(Seed::counter)
}

/// Up to 64 bytes.
pub fn blob() -> impl Strategy<Value = Blob> {
    vec(any::<u8>(), 0..64).prop_map(Blob::from)
}

/// Names that most services take.
pub fn name() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9_-]{0,11}"
}

/// Tags as AWS takes them, few, keys and values often alike.
pub fn tags() -> impl Strategy<Value = BTreeMap<String, String>> {
    btree_map("[a-c]{1,2}|[A-Za-z0-9+=._:/@-]{1,8}", "[a-c]{0,2}|[ A-Za-z0-9+=._:/@-]{0,8}", 0..4)
}

/// Any ARN, with empty parts, colons and slashes in its resource.
pub fn arn() -> impl Strategy<Value = Arn> {
    let service = select(&["s3", "sqs", "iam", "ec2", "dynamodb", "kms", "sts"][..]);
    let region = prop_oneof![1 => Just(String::new()), 3 => region().prop_map(|region| format!("{region}"))];
    let account =
        prop_oneof![1 => Just(String::new()), 3 => account_id().prop_map(|account| format!("{account}"))];
    let resource = "[A-Za-z0-9_.-]{1,6}([:/][A-Za-z0-9_.*?+=,@-]{0,6}){0,3}";
    (select(&["aws", "aws-cn", "aws-us-gov"][..]), service, region, account, resource).prop_filter_map(
        "not an ARN",
        |(partition, service, region, account, resource)| {
            format!("arn:{partition}:{service}:{region}:{account}:{resource}").parse().ok()
        },
    )
}

/// Patterns with `*` and `?` over a small alphabet, so that they often match
/// what [`wildcard_text`] makes.
pub fn wildcard_pattern() -> impl Strategy<Value = String> {
    "[ab*?]{0,12}|[aB]{1,3}\\*{1,4}[ab]{0,3}|[ab?*é:]{0,8}"
}

/// Texts over the alphabet of [`wildcard_pattern`].
pub fn wildcard_text() -> impl Strategy<Value = String> {
    "[ab]{0,16}|[abB:é]{0,10}"
}

/// Callers of every kind.
pub fn caller() -> BoxedStrategy<Caller> {
    let unique = |prefix: &'static str| "[A-Z0-9]{17}".prop_map(move |rest| format!("{prefix}{rest}"));
    prop_oneof![
        1 => account_id().prop_map(Caller::root),
        4 => (account_id(), name(), unique("AIDA")).prop_map(|(account, name, id)| Caller::user(account, &name, &id)),
        4 => (account_id(), name(), unique("AROA"), name())
            .prop_map(|(account, role, id, session)| Caller::role_session(account, &role, &id, &session)),
        1 => select(&["sns.amazonaws.com", "s3.amazonaws.com", "lambda.amazonaws.com"][..]).prop_map(Caller::service),
        1 => Just(Caller::anonymous()),
    ]
    .prop_flat_map(|caller| {
        let partition = select(&[Partition::Aws, Partition::Aws, Partition::AwsCn][..]);
        let issued_at = proptest::option::of(timestamp());
        (Just(caller), partition, tags(), issued_at).prop_map(|(caller, partition, tags, issued_at)| Caller {
            tags,
            session: SessionFacts { issued_at, ..SessionFacts::default() },
            ..caller.in_partition(partition)
        })
    })
    .boxed()
}
