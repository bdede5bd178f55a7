//! `cargo bench --bench iam`: ten thousand decisions with 100, 1,000 and
//! 10,000 statements. The rivals are beside it in `benches/peers/iam`.
#![expect(clippy::unwrap_used, reason = "a bench may fail by panicking")]

use aws_benches::iam::{REQUESTS, Workload, documents};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use iam_eval::{Policy, PolicyKind, PolicySet};
use std::hint::black_box;

fn decisions(c: &mut Criterion) {
    let mut group = c.benchmark_group("decisions");
    group.throughput(Throughput::Elements(REQUESTS as u64)).sample_size(20);
    for policies in [5, 50, 500] {
        let workload = Workload::new(policies).unwrap();
        group.bench_function(BenchmarkId::from_parameter(policies * 20), |b| {
            b.iter(|| black_box(workload.pass()))
        });
    }
    group.finish();
}

fn compiling(c: &mut Criterion) {
    let texts = documents(5);
    c.bench_function("compile/100 statements", |b| {
        b.iter(|| {
            let parsed = texts.iter().map(|text| ("p", Policy::parse(text, PolicyKind::Identity).unwrap()));
            black_box(PolicySet::new(parsed))
        });
    });
}

criterion_group!(benches, decisions, compiling);
criterion_main!(benches);
