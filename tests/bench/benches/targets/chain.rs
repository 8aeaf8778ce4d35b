//! One decision of the default chain, through the built-in components and in native Rust.

use std::time::{Duration, Instant};

use strowger_bench::{NativeChain, SandboxedChain, carriers, request};
use strowger_sandbox::Sandbox;

const TARGETS: [(u32, &str); 4] = [(10, "≤ 6 µs"), (100, ""), (1_000, "≤ 20 µs, ≤ 2 × native"), (10_000, "≤ 120 µs")];

/// For each size, as long as it takes for the best to be seen.
const TIME: Duration = Duration::from_secs(2);

pub(crate) fn print(sandbox: &Sandbox) {
    let (call, fields) = request();
    for (size, target) in TARGETS {
        let pool = carriers(size);
        let native = NativeChain::prepare(&pool);
        let mut sandboxed = SandboxedChain::prepare(sandbox, &pool);
        let in_components = best_of(|| sandboxed.decide(&call, &fields));
        let in_rust = best_of(|| native.decide(&call, &fields));
        let ratio = in_components.as_secs_f64() / in_rust.as_secs_f64();
        let name = format!("default chain, {size} carriers");
        println!("{name:<52} {:>12} {:>12} {ratio:>8.1}  {target}", micros(in_components), micros(in_rust));
    }
}

fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}

fn best_of<T>(mut run: impl FnMut() -> T) -> Duration {
    let started = Instant::now();
    let mut best = Duration::MAX;
    while started.elapsed() < TIME {
        let began = Instant::now();
        std::hint::black_box(run());
        best = best.min(began.elapsed());
    }
    best
}
