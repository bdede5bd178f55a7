//! What a queue costs: `cargo run --release -p aws-benches --bin sqs`.
//!
//! Cycles of send, receive and delete per second on one core, with little
//! and with much waiting or in flight, and the memory a waiting message takes.
#![expect(clippy::unwrap_used, reason = "a measurement may fail by panicking")]
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use aws_core::{Caller, Cx, Home, Seed, Timestamp};
use sqs_engine::{
    CreateQueueRequest, DeleteMessageRequest, Engine, ReceiveMessageRequest, SendMessageRequest,
};
use std::fs;
use std::time::Instant;

const STANDARD: &str = "https://sqs.us-east-1.amazonaws.com/111122223333/q";
const FIFO: &str = "https://sqs.us-east-1.amazonaws.com/111122223333/q.fifo";
/// A hundred bytes.
const BODY: &str =
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
const GROUPS: u64 = 1_000;
const ROUNDS: u64 = 300_000;

struct World {
    sqs: Engine,
    caller: Caller,
    url: &'static str,
    calls: u64,
    sent: u64,
}

impl World {
    fn new(url: &'static str) -> Self {
        let caller = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
        let home = Home::new("us-east-1", "111122223333").unwrap();
        let mut world = Self { sqs: Engine::new(home), caller, url, calls: 0, sent: 0 };
        let name = url.rsplit('/').next().unwrap();
        let mut create = CreateQueueRequest::new(name);
        if url == FIFO {
            create = create
                .attribute("FifoQueue", true)
                .attribute("DeduplicationScope", "messageGroup")
                .attribute("FifoThroughputLimit", "perMessageGroupId");
        }
        let (cx, sqs) = world.cx();
        sqs.create_queue(cx, create).unwrap();
        world
    }

    /// A thousand calls a millisecond.
    fn cx(&mut self) -> (Cx<'_>, &mut Engine) {
        self.calls += 1;
        let now = Timestamp::from_millis(1_700_000_000_000 + i64::try_from(self.calls / 1_000).unwrap());
        (Cx::new(now, Seed::counter(self.calls), &self.caller), &mut self.sqs)
    }

    fn send(&mut self) {
        self.sent += 1;
        let mut request = SendMessageRequest::new(self.url, BODY);
        if self.url == FIFO {
            request.message_group_id = Some(format!("group-{}", self.sent % GROUPS));
            request.message_deduplication_id = Some(self.sent.to_string());
        }
        let (cx, sqs) = self.cx();
        sqs.send_message(cx, request).unwrap();
    }

    fn receive(&mut self) -> String {
        let request =
            ReceiveMessageRequest { queue_url: self.url.into(), ..ReceiveMessageRequest::default() };
        let (cx, sqs) = self.cx();
        let mut messages = sqs.receive_message(cx, request).unwrap().now().messages;
        messages.pop().unwrap().receipt_handle
    }

    fn delete(&mut self, receipt_handle: String) {
        let request = DeleteMessageRequest { queue_url: self.url.into(), receipt_handle };
        let (cx, sqs) = self.cx();
        sqs.delete_message(cx, request).unwrap();
    }

    fn cycle(&mut self) {
        self.send();
        let handle = self.receive();
        self.delete(handle);
    }

    /// The best of five, because other programs only ever slow it down.
    fn report(&mut self, what: &str) {
        let mut best = f64::MAX;
        for _ in 0..5 {
            let begun = Instant::now();
            for _ in 0..ROUNDS {
                self.cycle();
            }
            best = best.min(begun.elapsed().as_secs_f64());
        }
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
        let a_second = ROUNDS as f64 / best;
        println!("{what:44} {a_second:12.0} cycles/s {:8.0} ns a cycle", 1e9 / a_second);
    }
}

/// Memory this process has, in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

fn waiting(url: &'static str, kind: &str, messages: u64) {
    let before = resident();
    let mut world = World::new(url);
    for _ in 0..messages {
        world.send();
    }
    if messages >= 1_000_000 {
        let each = (resident() - before) / messages;
        println!("{:44} {each:12} bytes a message", format!("{kind}, {messages} waiting"));
    }
    world.report(&format!("{kind}, {messages} waiting"));
}

fn in_flight() {
    let mut world = World::new(STANDARD);
    for _ in 0..119_990 {
        world.send();
        world.receive();
    }
    world.report("standard, 119,990 in flight");
}

/// A name as an argument measures that alone.
fn main() {
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("standard") {
        waiting(STANDARD, "standard", 10);
    }
    if wanted("standard-long") {
        waiting(STANDARD, "standard", 10_000_000);
    }
    if wanted("in-flight") {
        in_flight();
    }
    if wanted("fifo") {
        waiting(FIFO, "FIFO of 1,000 groups", 1_000);
    }
    if wanted("fifo-long") {
        waiting(FIFO, "FIFO of 1,000 groups", 10_000_000);
    }
}
