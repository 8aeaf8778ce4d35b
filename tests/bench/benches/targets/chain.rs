//! One decision of the default chain, through the built-in components and in native Rust.

use strowger_bench::{NativeChain, SandboxedChain, carriers, request};
use strowger_sandbox::Sandbox;

use crate::report::{best_of, line};

const TARGETS: [(u32, &str); 4] = [(10, "≤ 6 µs"), (100, ""), (1_000, "≤ 20 µs, ≤ 2 × native"), (10_000, "≤ 120 µs")];

pub(crate) fn print(sandbox: &Sandbox) {
    let (call, fields) = request();
    for (size, target) in TARGETS {
        let pool = carriers(size);
        let native = NativeChain::prepare(&pool);
        let mut sandboxed = SandboxedChain::prepare(sandbox, &pool);
        let in_components = best_of(|| sandboxed.decide(&call, &fields));
        let in_rust = best_of(|| native.decide(&call, &fields));
        line(&format!("default chain, {size} carriers"), in_components, Some(in_rust), target);
    }
}
