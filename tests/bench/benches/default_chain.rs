//! One decision of the default chain at 10, 100 and 1,000 carriers: built-in components beside native Rust.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use strowger_bench::{NativeChain, SandboxedChain, carriers, request, sandbox};

fn decisions(criterion: &mut Criterion) {
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return };
    let sandbox = runtime.block_on(sandbox());
    let (call, fields) = request();
    let mut group = criterion.benchmark_group("default_chain");
    for size in [10, 100, 1_000] {
        let pool = carriers(size);
        let native = NativeChain::prepare(&pool);
        let mut sandboxed = SandboxedChain::prepare(&sandbox, &pool);
        group
            .bench_with_input(BenchmarkId::new("native", size), &size, |b, _| b.iter(|| native.decide(&call, &fields)));
        group.bench_with_input(BenchmarkId::new("wasm", size), &size, |b, _| {
            b.iter(|| sandboxed.decide(&call, &fields))
        });
    }
    group.finish();
}

criterion_group!(benches, decisions);
criterion_main!(benches);
