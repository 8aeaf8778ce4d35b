//! What is measured against a target, as one table. Figures are the best of many: on a machine that others use, that is the one which
//! says something of the code.
#![expect(clippy::print_stdout, reason = "a measurement prints")]

mod chain;
mod installed;
mod lcr;
mod neighbour;
mod plugins;
mod report;
mod world;

/// Everything, or what is named: `cargo bench --bench targets -- neighbour`.
fn main() {
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| named.is_empty() || named.iter().any(|named| named == name);
    report::heading();
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return };
    let sandbox = runtime.block_on(strowger_bench::sandbox());
    if is_wanted("chain") {
        chain::print(&sandbox);
    }
    if is_wanted("plugins") {
        plugins::print(&runtime);
    }
    if is_wanted("installed") {
        installed::print(&runtime);
    }
    if is_wanted("neighbour") {
        neighbour::print(&runtime);
    }
    if is_wanted("lcr") {
        lcr::print(&runtime, sandbox);
    }
}
