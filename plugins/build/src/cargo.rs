//! The nested cargo.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::BuildError;

/// Names another compiler, with its own sources for a standard library, where the toolchain has none for the target.
pub(crate) const RUSTC_VARIABLE: &str = "STROWGER_WASM_RUSTC";

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "plugin";

/// What the outer cargo sets for its own target and tools (clippy, coverage, flags of the host) and the plugins must not inherit.
const NOT_INHERITED: [&str; 9] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_ENCODED_RUSTDOCFLAGS",
    "CARGO_TARGET_DIR",
    "CLIPPY_ARGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

/// One folder below the target directory for all build scripts and profiles, so that what plugins share is compiled once. Cargo
/// marks its target directory with `CACHEDIR.TAG`.
pub(crate) fn nested_target_dir(out_dir: &Path) -> PathBuf {
    let target = out_dir.ancestors().find(|ancestor| ancestor.join("CACHEDIR.TAG").is_file());
    target.unwrap_or(out_dir).join("plugins")
}

/// Compiles the library of `package` and answers its core module.
pub(crate) fn build(workspace: &Path, target_dir: &Path, package: &str) -> Result<Vec<u8>, BuildError> {
    let mut cargo = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace).arg("rustc").args(["--package", package, "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--profile", PROFILE, "--target", TARGET, "--target-dir"]).arg(target_dir);
    for variable in NOT_INHERITED {
        cargo.env_remove(variable);
    }
    choose_compiler(&mut cargo)?;
    // Standard output is read by the outer cargo, as instructions.
    let status = cargo.stdout(Stdio::null()).status().map_err(|source| failed_to_run(&cargo, source))?;
    if !status.success() {
        return Err(BuildError::Compile { package: package.into() });
    }
    let path = target_dir.join(TARGET).join(PROFILE).join(format!("{}.wasm", package.replace('-', "_")));
    fs::read(&path).map_err(|source| BuildError::Read { path, source })
}

/// The toolchain's own compiler where it has the target; else the one that was named, which compiles the standard library too.
fn choose_compiler(cargo: &mut Command) -> Result<(), BuildError> {
    let rustc = variable("RUSTC").unwrap_or_else(|| "rustc".into());
    if let Some(other) = variable(RUSTC_VARIABLE) {
        let linker = sysroot(&rustc)?.join("lib/rustlib").join(host(&rustc)?).join("bin/rust-lld");
        cargo.env("RUSTC", other).env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        return Ok(());
    }
    if sysroot(&rustc)?.join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(());
    }
    Err(BuildError::NoTarget { rustc: rustc.to_string_lossy().into_owned() })
}

fn sysroot(rustc: &OsString) -> Result<PathBuf, BuildError> {
    ask(rustc, &["--print", "sysroot"]).map(PathBuf::from)
}

fn host(rustc: &OsString) -> Result<String, BuildError> {
    let version = ask(rustc, &["-vV"])?;
    Ok(version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned())
}

fn ask(rustc: &OsString, question: &[&str]) -> Result<String, BuildError> {
    let mut command = Command::new(rustc);
    let output = command.args(question).output().map_err(|source| failed_to_run(&command, source))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn failed_to_run(command: &Command, source: std::io::Error) -> BuildError {
    BuildError::Run { program: command.get_program().to_string_lossy().into_owned(), source }
}
