//! Programs that `make test-tools` installs.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A tool to be run, without any setting of the caller's own.
pub fn command(name: &str) -> Command {
    let tool = folder().join(name);
    assert!(tool.exists(), "{} is not there: `make test-tools` installs it", tool.display());
    let mut command = Command::new(tool);
    // Nothing is asked through a proxy: all that is asked is this machine.
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end, which must be a good one.
pub fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let (told, faults) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{faults}");
}

/// `tools/bin` beside the profiles: tests lie in PROFILE/deps.
fn folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().join("tools/bin")
}
