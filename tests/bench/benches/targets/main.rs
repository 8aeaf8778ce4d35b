//! What is measured against a target, as one table. Figures are the best of many: on a machine that others use, that is the one which
//! says something of the code.
#![expect(clippy::print_stdout, reason = "a measurement prints")]

mod chain;

fn main() {
    println!("{:<52} {:>12} {:>12} {:>8}  target", "", "measured", "native", "ratio");
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return };
    let sandbox = runtime.block_on(strowger_bench::sandbox());
    chain::print(&sandbox);
}
