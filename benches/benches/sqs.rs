//! `cargo bench --bench sqs`: send, receive, delete; at 10 and at 1,000,000
//! waiting messages.
#![expect(clippy::unwrap_used, reason = "a bench may fail by panicking")]

use aws_core::{Caller, Cx, Home, Seed, Timestamp};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sqs_engine::{
    CreateQueueRequest, DeleteMessageRequest, Engine, ReceiveMessageRequest, SendMessageRequest,
};

const URL: &str = "https://sqs.us-east-1.amazonaws.com/111122223333/q";
const BODY: &str =
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

struct World {
    sqs: Engine,
    caller: Caller,
    calls: u64,
}

impl World {
    fn with_waiting(messages: u64) -> Self {
        let caller = Caller::user("111122223333".parse().unwrap(), "alice", "AIDAEXAMPLEALICE00000");
        let mut world =
            Self { sqs: Engine::new(Home::new("us-east-1", "111122223333").unwrap()), caller, calls: 0 };
        let (cx, sqs) = world.cx();
        sqs.create_queue(cx, CreateQueueRequest::new("q")).unwrap();
        for _ in 0..messages {
            world.send();
        }
        world
    }

    /// A call every millisecond.
    fn cx(&mut self) -> (Cx<'_>, &mut Engine) {
        self.calls += 1;
        let now = Timestamp::from_millis(1_700_000_000_000 + i64::try_from(self.calls / 1_000).unwrap());
        (Cx::new(now, Seed::counter(self.calls), &self.caller), &mut self.sqs)
    }

    fn send(&mut self) {
        let request = SendMessageRequest::new(URL, BODY);
        let (cx, sqs) = self.cx();
        sqs.send_message(cx, request).unwrap();
    }

    fn receive(&mut self) -> String {
        let request = ReceiveMessageRequest { queue_url: URL.into(), ..ReceiveMessageRequest::default() };
        let (cx, sqs) = self.cx();
        let mut messages = sqs.receive_message(cx, request).unwrap().now().messages;
        messages.pop().unwrap().receipt_handle
    }

    fn delete(&mut self, receipt_handle: String) {
        let request = DeleteMessageRequest { queue_url: URL.into(), receipt_handle };
        let (cx, sqs) = self.cx();
        sqs.delete_message(cx, request).unwrap();
    }
}

fn cycles(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("send + receive + delete");
    group.throughput(Throughput::Elements(1));
    for waiting in [10, 1_000_000] {
        let mut world = World::with_waiting(waiting);
        group.bench_function(BenchmarkId::new("waiting", waiting), |bencher| {
            bencher.iter(|| {
                world.send();
                let handle = world.receive();
                world.delete(handle);
            });
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("one call, 1,000 waiting");
    let mut world = World::with_waiting(1_000);
    group.bench_function("send", |bencher| bencher.iter(|| world.send()));
    group.finish();
}

criterion_group!(benches, cycles);
criterion_main!(benches);
