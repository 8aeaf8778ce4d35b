//! WASI 0.2 for runtimes that need it: clocks, random numbers, standard streams into the plugin's log, no arguments, no environment,
//! no sockets, and files by grant.
//!
//! Call hooks and message providers have real time and real chance, and may wait. Selectors and formatters run to their end on one
//! thread and must decide alike when a decision is made again: their time stands still and their chance is drawn from the decision.

mod no_sockets;
mod still;
mod still_io;

use std::path::PathBuf;
use std::sync::Arc;

use strowger_model::Owner;
use wasmtime::component::{HasData, HasSelf, Linker, ResourceTable};
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::{cli, clocks, filesystem, io, random, sync};
use wasmtime_wasi::random::WasiRandom;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiView};

pub(crate) use still::Still;

use crate::module::Module;
use crate::speech::{Mouth, Speech};
use crate::state::State;

/// Random bytes of one call.
const MAX_RANDOM: u64 = 64 << 10;

/// The resource table, where an interface needs nothing else.
struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

/// What an instance sees of the machine.
pub(crate) fn context(module: &Module, owner: Owner, streams: &[Arc<Speech>; 2]) -> WasiCtx {
    let [output, errors] = streams;
    let mut context = WasiCtx::builder();
    context.stdout(Mouth(Arc::clone(output))).stderr(Mouth(Arc::clone(errors))).max_random_size(MAX_RANDOM);
    if let Some(folder) = folder(module, owner)
        && let Err(error) = context.preopened_dir(&folder, "/", FsPerms::ReadOnly)
    {
        tracing::debug!(plugin = module.id(), folder = %folder.display(), "not opened for it: {error:#}");
    }
    context.build()
}

/// The account's own files, where they are granted. A call of the installation itself has none.
fn folder(module: &Module, owner: Owner) -> Option<PathBuf> {
    let files = module.shared.files.as_ref().filter(|_| module.grants.folder && module.kind.may_wait())?;
    Some(files.join(owner.account()?.hex()))
}

/// For plugins that may wait.
pub(crate) fn link_waiting(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    io::poll::add_to_linker::<_, Table>(linker, |state| WasiView::ctx(state).table)?;
    io::streams::add_to_linker::<_, Table>(linker, |state| WasiView::ctx(state).table)?;
    clocks::wall_clock::add_to_linker::<_, WasiClocks>(linker, State::clocks)?;
    clocks::monotonic_clock::add_to_linker::<_, WasiClocks>(linker, State::clocks)?;
    random::random::add_to_linker::<_, WasiRandom>(linker, |state| WasiView::ctx(state).ctx.random())?;
    random::insecure::add_to_linker::<_, WasiRandom>(linker, |state| WasiView::ctx(state).ctx.random())?;
    random::insecure_seed::add_to_linker::<_, WasiRandom>(linker, |state| WasiView::ctx(state).ctx.random())?;
    filesystem::types::add_to_linker::<_, WasiFilesystem>(linker, State::filesystem)?;
    link_common(linker)
}

/// For plugins that run to their end at once.
pub(crate) fn link_still(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    sync::io::poll::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    sync::io::streams::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    clocks::wall_clock::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    clocks::monotonic_clock::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    random::random::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    random::insecure::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    random::insecure_seed::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    // Nothing is preopened for them, so that there is no descriptor which these functions could be called with.
    sync::filesystem::types::add_to_linker::<_, WasiFilesystem>(linker, State::filesystem)?;
    link_common(linker)
}

fn link_common(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    io::error::add_to_linker::<_, Table>(linker, |state| WasiView::ctx(state).table)?;
    filesystem::preopens::add_to_linker::<_, WasiFilesystem>(linker, State::filesystem)?;
    cli::environment::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    cli::exit::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    cli::stdin::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    cli::stdout::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    cli::stderr::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    cli::terminal_input::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    cli::terminal_output::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    cli::terminal_stdin::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    cli::terminal_stdout::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    cli::terminal_stderr::add_to_linker::<_, WasiCli>(linker, State::cli)?;
    no_sockets::link(linker)
}
