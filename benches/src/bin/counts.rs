//! Work to count instructions and allocations of: `counts WHAT TIMES`.
//! `benches/counts.sh` runs it under valgrind with two numbers of times and
//! prints the difference, so that what happens once does not count.
#![expect(clippy::unwrap_used, reason = "a measurement may fail by panicking")]

use aws_core::{Caller, Cx, Home, Recorder, Seed, Sink, Timestamp, Unit, Usage};
use sqs_engine::{
    CreateQueueRequest, DeleteMessageRequest, Engine, Event, ReceiveMessageRequest, SendMessageRequest,
};
use std::hint::black_box;

const URL: &str = "https://sqs.us-east-1.amazonaws.com/111122223333/q";

struct World {
    sqs: Engine,
    caller: Caller,
    calls: u64,
}

impl World {
    fn new() -> Self {
        let caller = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
        let home = Home::new("us-east-1", "111122223333").unwrap();
        let mut world = Self { sqs: Engine::new(home), caller, calls: 0 };
        let (cx, sqs) = world.cx(());
        sqs.create_queue(cx, CreateQueueRequest::new("q")).unwrap();
        world
    }

    fn cx<S>(&mut self, sink: S) -> (Cx<'_, S>, &mut Engine) {
        self.calls += 1;
        let now = Timestamp::from_seconds(1_700_000_000);
        (Cx::new(now, Seed::counter(self.calls), &self.caller).sink(sink), &mut self.sqs)
    }

    fn send(&mut self, sink: impl Sink<Event>) {
        let (cx, sqs) = self.cx(sink);
        sqs.send_message(cx, SendMessageRequest::new(URL, "0123456789")).unwrap();
    }

    fn receive(&mut self, sink: impl Sink<Event>) -> String {
        let request = ReceiveMessageRequest { queue_url: URL.into(), ..ReceiveMessageRequest::default() };
        let (cx, sqs) = self.cx(sink);
        sqs.receive_message(cx, request).unwrap().now().messages.pop().unwrap().receipt_handle
    }

    fn delete(&mut self, receipt_handle: String, sink: impl Sink<Event>) {
        let (cx, sqs) = self.cx(sink);
        sqs.delete_message(cx, DeleteMessageRequest { queue_url: URL.into(), receipt_handle }).unwrap();
    }
}

/// The same arithmetic; one of the two tells a sink about it.
#[inline(never)]
fn told(values: &[u64], mut sink: impl Sink<Vec<u64>>) -> u64 {
    let mut sum = 0_u64;
    for value in values {
        sum = sum.wrapping_mul(31).wrapping_add(*value);
        sink.usage(Usage::new(Unit::Requests, 1));
        sink.event(Timestamp::EPOCH, || values.iter().map(|value| value ^ sum).collect());
    }
    sum
}

#[inline(never)]
fn untold(values: &[u64]) -> u64 {
    let mut sum = 0_u64;
    for value in values {
        sum = sum.wrapping_mul(31).wrapping_add(*value);
    }
    sum
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let times: u64 = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(1_000);
    let values: Vec<u64> = (0..64).collect();
    let mut world = World::new();
    let mut log = Recorder::default();
    // Twenty statements a policy.
    let iam = aws_benches::iam::Workload::new(if what == "decide-10000" { 500 } else { 5 }).unwrap();
    for at in 0..times {
        match what.as_str() {
            "told-silence" => drop(black_box(told(black_box(&values), ()))),
            "untold" => drop(black_box(untold(black_box(&values)))),
            "decide" | "decide-10000" => drop(black_box(iam.decide(at as usize))),
            "explain" => drop(black_box(iam.explain(at as usize))),
            "send" => world.send(()),
            "cycle" => {
                world.send(());
                let handle = world.receive(());
                world.delete(handle, ());
            }
            "cycle-recorded" => {
                world.send(&mut log);
                let handle = world.receive(&mut log);
                world.delete(handle, &mut log);
                log.events.clear();
            }
            "send-receive" => {
                world.send(());
                black_box(world.receive(()));
            }
            _ => {
                eprintln!(
                    "usage: counts told-silence|untold|decide|decide-10000|explain|send|send-receive|cycle|cycle-recorded TIMES"
                );
                std::process::exit(2);
            }
        }
    }
}
