//! The configuration, as operators meet it: `strowger config`, and starts that are refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod commands;
mod starts;
mod stores;

use std::path::Path;
use std::process::{Command, Stdio};

use strowger_tests::strowger;

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) succeeded: bool,
    pub(crate) said: String,
    pub(crate) complained: String,
}

/// Runs `strowger` in that folder with these variables of its own.
pub(crate) fn run(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = Command::new(strowger());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("STROWGER_")) {
        command.env_remove(name);
    }
    let command = command.current_dir(folder).envs(variables.iter().copied()).args(arguments).stdin(Stdio::null());
    let output = command.output().expect("the binary runs");
    Ended {
        succeeded: output.status.success(),
        said: String::from_utf8(output.stdout).unwrap(),
        complained: String::from_utf8(output.stderr).unwrap(),
    }
}
