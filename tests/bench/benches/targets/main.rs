//! What is measured against a target, as one table. Figures are the best of many: on a machine that others use, that is the one which
//! says something of the code.
#![expect(clippy::print_stdout, reason = "a measurement prints")]

mod chain;
mod lcr;
mod report;

fn main() {
    report::heading();
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return };
    let sandbox = runtime.block_on(strowger_bench::sandbox());
    chain::print(&sandbox);
    lcr::print(&runtime, sandbox);
}
