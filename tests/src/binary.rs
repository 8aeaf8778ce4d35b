//! The binary under test.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Names another binary to test than the one that this workspace builds by itself: a released one, or the one that `make test` has built.
const OTHER: &str = "STROWGER_TEST_BINARY";

/// The path of `strowger`. It is built once a test process, which costs nothing where it is fresh: no test runs an old binary.
///
/// # Panics
/// Where it does not build.
#[must_use]
pub fn strowger() -> PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os(OTHER).map_or_else(build, PathBuf::from)).clone()
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--locked", "-p", "strowger", "--quiet"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the binary does not build");
    let test = std::env::current_exe().expect("a test knows its own path");
    let profile = test.ancestors().nth(2).expect("tests lie in PROFILE/deps");
    profile.join("strowger")
}
