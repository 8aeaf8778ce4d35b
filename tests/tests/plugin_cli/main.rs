//! `strowger plugin` as an author uses it: in four languages, offline and against a running server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod examples;
mod http;
mod log;
mod mistakes;
mod starters;
mod tutorial;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use strowger_tests::strowger;

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Where language tools are installed, once for all runs: `make test` does it before the tests.
pub(crate) fn tools() -> PathBuf {
    std::env::var_os("STROWGER_TOOLS").map_or_else(|| workspace().join("target/tools/plugins"), PathBuf::from)
}

/// Runs `strowger plugin` in a folder.
pub(crate) fn plugin(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(strowger());
    command.arg("plugin").args(arguments).current_dir(folder).env("STROWGER_TOOLS", tools()).stdin(Stdio::null());
    command.output().expect("the binary runs")
}

/// Runs it to a good end and answers what it printed.
pub(crate) fn well(folder: &Path, arguments: &[&str]) -> String {
    let output = plugin(folder, arguments);
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{arguments:?} in {}: {printed}\n{said}", folder.display());
    printed
}

/// Runs it to a bad end and answers what it printed, and what it said last.
pub(crate) fn badly(folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = plugin(folder, arguments);
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{arguments:?} in {}: {printed}\n{said}", folder.display());
    (printed, said)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
