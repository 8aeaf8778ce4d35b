//! What a compile worker does.

use std::io::{Read, Write};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};
use strowger_compiled::Compiled;
use wasmtime::Engine;

use super::REFUSED;
use crate::engine::base_config;
use crate::inspect::MAX_COMPONENT;

/// Runs as a compile worker: a component on standard input, machine code on standard output, faults on standard error. Takes the limit
/// of its memory in bytes and that of its processor time in seconds.
#[must_use]
pub fn run(memory_bytes: u64, seconds: u64) -> ExitCode {
    match confine(memory_bytes, seconds).map_err(|error| error.to_string()).and_then(|()| compile()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Nobody is left to be told where standard error is gone.
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::from(u8::try_from(REFUSED).unwrap_or(1))
        }
    }
}

/// The limits hold from here on and cannot be raised again.
fn confine(memory_bytes: u64, seconds: u64) -> rustix::io::Result<()> {
    let limits = [(Resource::As, memory_bytes), (Resource::Cpu, seconds), (Resource::Core, 0), (Resource::Fsize, 0)];
    limits
        .into_iter()
        .try_for_each(|(resource, most)| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }))
}

fn compile() -> Result<(), String> {
    let mut config = base_config();
    config.parallel_compilation(false);
    let engine = Engine::new(&config).map_err(|error| format!("no engine: {error:#}"))?;
    let mut component = Vec::new();
    let bound = u64::try_from(MAX_COMPONENT).unwrap_or(u64::MAX) + 1;
    std::io::stdin().take(bound).read_to_end(&mut component).map_err(|error| error.to_string())?;
    let compiled = Compiled::compile(&engine, &component).map_err(|error| format!("{error:#}"))?;
    std::io::stdout().write_all(&compiled.into_bytes()).map_err(|error| error.to_string())
}
