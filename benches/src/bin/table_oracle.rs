//! How long the table oracle takes for histories of growing length: all on
//! one item, with eight clients at once; and transfers between many items.
#![expect(clippy::unwrap_used, reason = "a measurement may fail by panicking")]
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use aws_core::{AwsError as _, Caller, Cx, Engine as _, Home, Seed, Timestamp};
use dynamo_engine::oracle::{Answer, Observed, Oracle};
use dynamo_engine::*;
use std::time::Instant;

fn key(id: u64) -> AttributeMap {
    AttributeMap::from([("id", AttributeValue::s(id.to_string()))])
}

fn item(id: u64, n: u64) -> AttributeMap {
    let mut item = key(id);
    item.0.push(("n".into(), AttributeValue::n(n.to_string())));
    item
}

/// A third each of consistent reads, writes and conditional writes on one of
/// the items; every tenth call is a transaction over two, if there are two.
fn request(nth: u64, items: u64) -> Request {
    let id = (nth * 7_919) % items;
    let other = (id + 1) % items;
    if items > 1 && nth.is_multiple_of(10) {
        let put = |id| TransactWriteItem::from(Put::new("tab", item(id, nth)));
        return TransactWriteItemsRequest::new([put(id), put(other)]).into();
    }
    if items > 1 && nth % 10 == 5 {
        let get = |id| TransactGetItem::from(Get::new("tab", key(id)));
        return TransactGetItemsRequest::new([get(id), get(other)]).into();
    }
    match nth % 3 {
        0 => GetItemRequest { consistent_read: Some(true), ..GetItemRequest::new("tab", key(id)) }.into(),
        1 => PutItemRequest::new("tab", item(id, nth)).into(),
        _ => {
            let mut put = PutItemRequest::new("tab", item(id, nth)).condition("n = :n");
            let before = AttributeValue::n((nth - 1).to_string());
            put.expression_attribute_values = Some(AttributeMap::from([(":n", before)]));
            put.into()
        }
    }
}

/// Calls that begin a millisecond after each other, take effect at once and
/// end up to eight later.
fn history(calls: u64, items: u64) -> Vec<Observed> {
    let options = Options { throttling: false, ..Options::immediate() };
    let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
    let caller = Caller::anonymous();
    let table = CreateTableRequest::on_demand("tab", ("id", ValueType::S), None);
    dynamo.create_table(Cx::new(Timestamp::from_millis(0), Seed::counter(0), &caller), table).unwrap();
    let mut all = Vec::new();
    for nth in 1..=calls {
        let start = Timestamp::from_millis(i64::try_from(nth).unwrap());
        let end = Timestamp::from_millis(i64::try_from(nth + nth * 31 % 9).unwrap());
        let request = request(nth, items);
        let answer = match dynamo.apply(Cx::new(start, Seed::counter(nth), &caller), request.clone()) {
            Ok(response) => Answer::from(response),
            Err(error) => Answer::Refused(error.record()),
        };
        all.push(Observed { start, end: Some(end), request, answer });
    }
    all
}

fn main() {
    println!("{:>9} {:>9} {:>9} {:>12}", "calls", "items", "ms", "µs a call");
    for items in [1, 1_000] {
        for calls in [12_500, 25_000, 50_000, 100_000] {
            let history = history(calls, items);
            let took = (0..3).map(|_| {
                let from = Instant::now();
                assert!(Oracle::default().judge(&history).unwrap().undecided.is_empty());
                from.elapsed()
            });
            let took = took.min().unwrap();
            let each = took.as_secs_f64() * 1e6 / calls as f64;
            println!("{calls:>9} {items:>9} {:>9} {each:>12.2}", took.as_millis());
        }
    }
}
