//! How long the queue oracle takes for histories of growing length, made by
//! our engine; with a path also writes a short one: `oracle [FILE]`.
#![expect(clippy::unwrap_used, reason = "a measurement may fail by panicking")]
#![expect(clippy::print_stdout, reason = "it prints its figures")]
#![expect(clippy::indexing_slicing, reason = "there are two queues")]

use aws_core::{Call, Caller, History, Home, Permit, Seed, Timestamp};
use sqs_engine::oracle::{Observed, Oracle};
use sqs_engine::*;
use std::time::Instant;

const URL: [&str; 2] = [
    "https://sqs.us-east-1.amazonaws.com/111122223333/standard",
    "https://sqs.us-east-1.amazonaws.com/111122223333/ordered.fifo",
];

/// Sends, receives and deletes on both kinds of queue; every tenth message is
/// received twice.
fn history(calls: usize) -> History<Request, Response> {
    let caller = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
    let mut engine = Engine::new(Home::new("us-east-1", "111122223333").unwrap());
    let mut all = History::default();
    let mut now = 1_700_000_000_000;
    let mut call =
        |all: &mut History<Request, Response>, engine: &mut Engine, pause: i64, request: Request| {
            now += pause;
            let seed = Seed::counter(all.records.len() as u64);
            let (now, caller) = (Timestamp::from_millis(now), caller.clone());
            all.call(engine, Call { now, seed, caller, permit: Permit::Unchecked, request }, ()).unwrap()
        };
    call(&mut all, &mut engine, 1, CreateQueueRequest::new("standard").into());
    call(
        &mut all,
        &mut engine,
        1,
        CreateQueueRequest::new("ordered.fifo").attribute("FifoQueue", true).into(),
    );
    let mut nth = 0;
    while all.records.len() < calls {
        nth += 1;
        let queue = nth % 2;
        let mut send = SendMessageRequest::new(URL[queue], format!("message {nth}"));
        if queue == 1 {
            send.message_group_id = Some(format!("group-{}", nth % 1_000));
            send.message_deduplication_id = Some(nth.to_string());
        }
        call(&mut all, &mut engine, 1, send.into());
        for again in 0..if nth % 10 < 2 { 2 } else { 1 } {
            let mut receive = ReceiveMessageRequest::up_to_ten(URL[queue]);
            receive.message_system_attribute_names = vec!["All".into()];
            let got = call(&mut all, &mut engine, again * 30_000 + 1, receive.into());
            let Response::ReceiveMessage(Receive::Done(got)) = got else { continue };
            if nth % 10 < 2 && again == 0 {
                continue;
            }
            for message in got.messages {
                let delete = DeleteMessageRequest {
                    queue_url: URL[queue].into(),
                    receipt_handle: message.receipt_handle,
                };
                call(&mut all, &mut engine, 1, delete.into());
            }
        }
    }
    all
}

fn main() {
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, history(300).to_lines().unwrap()).unwrap();
        return;
    }
    println!("{:>9} {:>9} {:>12}", "events", "ms", "ns an event");
    for calls in [125_000, 250_000, 500_000, 1_000_000] {
        let observed: Vec<Observed> = history(calls).records.into_iter().map(Observed::from).collect();
        // The best of three: the first also pays for fresh memory.
        let took = (0..3).map(|_| {
            let from = Instant::now();
            assert_eq!(Oracle::exact().judge(&observed), Ok(()));
            from.elapsed()
        });
        let took = took.min().unwrap();
        println!("{calls:>9} {:>9} {:>12}", took.as_millis(), took.as_nanos() / calls as u128);
    }
}
