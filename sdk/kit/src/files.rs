//! What the binary carries for authors: the contract, the SDKs, the starters.

use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::KitError;

/// The contract.
pub(crate) static WIT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../wit");
/// The interfaces of WASI that requests need.
pub(crate) static WASI: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/wasi");
/// The SDK for C.
pub(crate) static C: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../c");
/// The SDK for JavaScript, and its build script.
pub(crate) static JS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../js");
/// The SDK for Python.
pub(crate) static PYTHON: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../python");
/// The SDK for Rust.
pub(crate) static RUST: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../rust/src");
/// What the in-memory host of the Rust SDK knows of telephone numbers.
pub(crate) const RUST_NUMBERS: &str = include_str!("../../../host/model/src/number.rs");
/// Starters, a folder for each language and kind.
pub(crate) static STARTERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/starters");

/// Writes a carried folder to disk, leaving files alone that are the same: builds go by their times.
pub(crate) fn write_all(dir: &Dir<'_>, to: &Path) -> Result<(), KitError> {
    for file in dir.files() {
        let name = file.path().file_name().unwrap_or(file.path().as_os_str());
        write(&to.join(name), file.contents())?;
    }
    for inner in dir.dirs() {
        let name = inner.path().file_name().unwrap_or(inner.path().as_os_str());
        write_all(inner, &to.join(name))?;
    }
    Ok(())
}

/// Writes a file with the folders above it.
pub(crate) fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), KitError> {
    if fs::read(path).is_ok_and(|there| there == contents.as_ref()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(KitError::file(folder))?;
    }
    fs::write(path, contents).map_err(KitError::file(path))
}
