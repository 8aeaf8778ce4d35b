//! Programs of Node.js over the published packages that `make test-tools` installs (`tests/clients`).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Node.js, about to run a script that may require the packages.
#[must_use]
pub fn node(script: &Path) -> Command {
    let packages = packages();
    assert!(packages.exists(), "{} is not there: `make test-tools` installs it", packages.display());
    let mut command = Command::new("node");
    command.arg(script).env("NODE_PATH", packages).stdin(Stdio::null());
    command
}

/// `tools/clients` beside the profiles: tests lie in PROFILE/deps.
fn packages() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the test");
    let target = test.ancestors().nth(3).expect("a test lies in PROFILE/deps");
    target.join("tools/clients/node_modules")
}
