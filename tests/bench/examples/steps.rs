//! Each step of the default chain by itself: microseconds, fuel, rows out.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a measurement prints, and stops without its subject")]

use std::sync::Arc;
use std::time::Instant;

use strowger_bench::{carriers, request, sandbox};
use strowger_model::Chain;
use strowger_sandbox::{Decision, NoRows};

const ROUNDS: u32 = 2_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let sandbox = sandbox().await;
    let (call, fields) = request();
    for size in [10, 100, 1_000, 10_000] {
        let pool = carriers(size);
        let mut rows = Vec::new();
        for step in Chain::default_chain().steps {
            let started = Instant::now();
            let prepared = sandbox.prepare_step(&step.module, &step.parameters.to_string(), &pool);
            let mut prepared = prepared.expect("a step is prepared");
            let prepare = started.elapsed();
            let (mut best, mut fuel, mut out) = (f64::MAX, 0, Vec::new());
            for _ in 0..ROUNDS {
                let decision = Decision::new(Arc::clone(&fields), Arc::new(NoRows), call.time, false);
                let decision = Box::new(decision.about(call.clone()));
                let started = Instant::now();
                let (_, selected) = prepared.select(decision, &rows);
                best = best.min(started.elapsed().as_secs_f64() * 1e6);
                let selected = selected.expect("a step selects");
                (fuel, out) = (selected.fuel, selected.rows);
            }
            println!(
                "{size:>6} {:<14} {best:>8.1} µs {fuel:>9} fuel {:>6} rows, prepare {prepare:?}",
                step.module,
                out.len()
            );
            rows = out;
        }
    }
}
