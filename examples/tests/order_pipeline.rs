//! The pipeline's promises: the same output for the same seed, a history that
//! replays, snapshots that change nothing, and one line for bad input.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "../order_pipeline/access.rs"]
mod access;
#[path = "../order_pipeline/driven.rs"]
mod driven;
#[path = "../order_pipeline/ledger.rs"]
mod ledger;
#[path = "../order_pipeline/orders.rs"]
mod orders;
#[path = "../order_pipeline/paths.rs"]
mod paths;
#[path = "../order_pipeline/pictures.rs"]
mod pictures;
#[path = "../order_pipeline/prices.rs"]
mod prices;
#[path = "../order_pipeline/report.rs"]
mod report;
#[path = "../order_pipeline/services.rs"]
mod services;
#[path = "../order_pipeline/table.rs"]
mod table;
#[path = "../order_pipeline/vault.rs"]
mod vault;
#[path = "../order_pipeline/world.rs"]
mod world;

use aws_core::{History, Home, Span};
use orders::Order;
use report::Report;
use std::fs;
use std::path::{Path, PathBuf};
use world::{Settings, World};

const SETTINGS: Settings = Settings {
    seed: 1,
    span: Span::from_hours(1),
    duplicates_per_mille: 0,
    poison: 3,
    mend: false,
    keep_envelopes: false,
    keep_history: false,
    restore_every: None,
};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn northwind() -> Vec<(i64, Order)> {
    orders::read(&here("data/orders-northwind")).unwrap()
}

fn report(settings: Settings) -> String {
    let orders = northwind();
    let world = World::run(&orders, settings).unwrap();
    Report::new(&orders, settings, &world).to_string()
}

/// After a change that is meant: `cargo run --release --example
/// order_pipeline >examples/tests/golden/order_pipeline.txt`, and read the
/// difference.
#[test]
fn the_report_is_the_golden_one() {
    let golden = fs::read_to_string(here("tests/golden/order_pipeline.txt")).unwrap();
    assert_eq!(report(SETTINGS), golden);
}

#[test]
fn another_seed_gives_another_report_and_the_same_seed_the_same() {
    let settings = Settings { seed: 2, duplicates_per_mille: 30, ..SETTINGS };
    let two = report(settings);
    assert_eq!(two, report(settings));
    assert_ne!(two, report(SETTINGS));
}

#[test]
fn snapshot_and_restore_in_mid_run_change_nothing() {
    assert_eq!(report(Settings { restore_every: Some(1_999), ..SETTINGS }), report(SETTINGS));
}

/// Each engine's history, written and read, replays to the same replies.
#[test]
fn the_histories_replay_to_identical_replies() {
    let orders = northwind();
    let world = World::run(&orders, Settings { keep_history: true, ..SETTINGS }).unwrap();
    let home = || Home::new("us-east-1", "111122223333").unwrap();
    let text = world.sqs.calls.to_lines().unwrap();
    let read: History<sqs_engine::Request, serde_json::Value> = text.parse().unwrap();
    assert!(read.records.len() > 10_000);
    read.replay(&mut sqs_engine::Engine::new(home())).unwrap();

    let text = world.vault.kms.calls.to_lines().unwrap();
    let read: History<kms_envelope::Request, serde_json::Value> = text.parse().unwrap();
    assert!(read.records.len() > 2_000);
    read.replay(&mut kms_envelope::Engine::new(home())).unwrap();

    let text = world.table.dynamo.calls.to_lines().unwrap();
    let read: History<dynamo_engine::Request, serde_json::Value> = text.parse().unwrap();
    assert!(read.records.len() > 2_000);
    read.replay(&mut dynamo_engine::Engine::with_options(home(), table::options())).unwrap();
}

/// Without the faults nothing is refused but the poison, and all is counted.
#[test]
fn a_mended_run_has_nothing_to_explain() {
    let orders = northwind();
    let settings = Settings { mend: true, ..SETTINGS };
    let world = World::run(&orders, settings).unwrap();
    assert!(world.ledger.incidents.is_empty(), "{:?}", world.ledger.incidents);
    assert_eq!(world.uncounted, 0);
    assert!(Report::new(&orders, settings, &world).to_string().contains("What went wrong, and why\nnothing"));
}

/// The five faults: each is found by its engine, which names the rule, the
/// document and the place in it, and where it can the smallest change that
/// mends it.
#[test]
fn every_fault_is_explained_by_its_engine() {
    use ledger::Fault;
    let orders = northwind();
    let world = World::run(&orders, SETTINGS).unwrap();
    let told = |fault| world.ledger.incidents.get(&fault).unwrap().why.clone();
    for (fault, parts) in [
        (
            Fault::Denied,
            [
                "with an explicit deny in a service control policy: arn:aws:organizations::999988887777:policy/",
                "ou-shop      EXPLICIT_DENY statement EnforceNetworkPerimeterSourceVPC of ",
                "p-network00 (4:5)",
                "would be allowed if you make the request with aws:SourceVpc = vpc-orders",
            ],
        ),
        (
            Fault::Path,
            [
                "STOPPED, SUBNET_ACL_RESTRICTION",
                "inbound entry * denies",
                "acl-api-b",
                "would pass if you add inbound entry 200 to acl-api-b: allow tcp ports 1024-65535",
            ],
        ),
        (
            Fault::HotKey,
            [
                "table/orders: TableWriteKeyRangeThroughputExceeded",
                "partition 2, key S(\"TOTAL\")",
                "units asked for",
                "ms later",
            ],
        ),
        (
            Fault::Context,
            [
                "the encryption context has another value for order than the message",
                "message: order=order#",
                "reader:  order=",
                "purpose=order-pipeline",
            ],
        ),
    ] {
        let why = told(fault);
        for part in parts {
            assert!(why.contains(part), "{fault:?} lacks {part:?}:\n{why}");
        }
    }
    // The fifth is the poison: it dies again after it was brought back.
    let report = Report::new(&orders, SETTINGS, &world).to_string();
    assert!(report.contains("3 dead letters in the end"), "{report}");
}

/// Each order is encrypted once, and opens under the key in escrow too.
#[test]
fn orders_open_without_kms() {
    use kms_envelope::EncryptionContext;
    use kms_envelope::esdk::{self, RawAesKey};
    let orders = northwind();
    let world = World::run(&orders, Settings { keep_envelopes: true, ..SETTINGS }).unwrap();
    let (namespace, name) = vault::ESCROW;
    let key = RawAesKey::new(namespace, name, world.vault.escrow_secret).unwrap();
    assert_eq!(world.envelopes.len(), 830);
    for (order, message, plain) in &world.envelopes {
        let unwrap = |edk: &esdk::EncryptedDataKey, context: &EncryptionContext| key.unwrap_key(edk, context);
        let opened = esdk::decrypt(message, &vault::context(order), unwrap).unwrap();
        assert_eq!(&opened.plaintext, plain);
    }
}

/// The shop's year: all of it is read, and a part of it runs.
#[test]
fn the_retail_input_runs() {
    let orders = orders::read_retail(&here("data/orders-online-retail/all-orders.jsonl.gz")).unwrap();
    let lines: usize = orders.iter().map(|(_, order)| order.lines.len()).sum();
    assert_eq!((orders.len(), lines), (25_900, 541_909));
    let part = orders.get(..1_500).unwrap();
    let settings = Settings { mend: true, poison: 0, ..SETTINGS };
    let world = World::run(part, settings).unwrap();
    assert!(world.ledger.incidents.is_empty(), "{:?}", world.ledger.incidents);
    let guests = part.iter().filter(|(_, order)| order.customer_id == world.best_customer.0).count();
    assert_eq!(world.best_customer.1, guests);
    let returned = part.iter().find(|(_, order)| order.order_id == "C536379").unwrap();
    assert_eq!(returned.1.total(), "-27.50");
}

/// A request that is made twice is refused by its condition.
#[test]
fn duplicates_are_refused() {
    let orders = northwind();
    let world =
        World::run(&orders, Settings { duplicates_per_mille: 1_000, mend: true, ..SETTINGS }).unwrap();
    assert_eq!(world.duplicates, 830);
}

#[test]
fn pictures_are_whole() {
    let orders = northwind();
    let world = World::run(&orders, SETTINGS).unwrap();
    let folder = std::env::temp_dir().join(format!("order-pictures-{}", std::process::id()));
    let ways = paths::Paths::new(false).unwrap().all().unwrap();
    pictures::write(&folder, &Report::new(&orders, SETTINGS, &world), &ways).unwrap();
    for (name, shows) in
        [("queue-depth.svg", "shipping"), ("partitions.svg", "table 2"), ("network.svg", "acl-api-b")]
    {
        let svg = fs::read_to_string(folder.join(name)).unwrap();
        assert!(svg.trim_end().ends_with("</svg>") && svg.contains(shows), "{name}");
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn no_message_is_lost() {
    let orders = northwind();
    let world = World::run(&orders, SETTINGS).unwrap();
    for life in world.ledger.lives.values() {
        let last = &life.last().unwrap().kind;
        let over = matches!(
            last,
            sqs_engine::EventKind::Deleted
                | sqs_engine::EventKind::MovedToDeadLetterQueue { .. }
                | sqs_engine::EventKind::Redriven { .. }
        );
        assert!(over, "{life:?}");
    }
}

#[test]
fn bad_input_gives_one_line_that_says_where_and_what() {
    let folder = std::env::temp_dir().join(format!("order-pipeline-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("orders.jsonl");
    let good = fs::read_to_string(here("data/orders-northwind/orders.jsonl")).unwrap();
    let first = good.lines().next().unwrap();
    let cases = [
        ("", "there are no orders; expected one JSON object a line"),
        ("{\"order_id\": 1", ":1:14: EOF while parsing an object; expected an order"),
        ("\n{\"order_id\": \"x\"}", ":2:17: missing field `customer_id`; expected an order"),
        ("{\"order_id\": [1]}", ": a number or a text; expected an order"),
        (&first.replace("1996-07-04", "4 July"), ":1:1: `4 July` is no date; expected YYYY-MM-DD"),
    ];
    for (text, expected) in cases {
        fs::write(&file, text).unwrap();
        let error = orders::read(&folder).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(error.starts_with(&file.display().to_string()) && error.lines().count() == 1, "{error}");
    }
    fs::remove_dir_all(&folder).unwrap();
    let error = orders::read(&folder).unwrap_err().to_string();
    assert!(error.ends_with("expected a readable file"), "{error}");
}
