//! From a file's bytes to suites.

use std::path::Path;

use serde_json::Value;

use super::error::CasesError;
use super::suite::Suite;
use super::{file, vectors};

/// Bytes of a file.
pub const LARGEST_FILE: usize = 32 << 20;
/// Carriers of one owner in a file.
pub const MOST_CARRIERS: usize = 10_000;
/// Selector rows of one owner in a file.
pub const MOST_ROWS: usize = 100_000;
/// Cases of a file.
pub const MOST_CASES: usize = 10_000;

/// Reads the suites of a file, whose name says how it is written.
///
/// # Errors
/// Everything in it that is not as it should be.
pub fn read(name: &Path, bytes: &[u8]) -> Result<Vec<Suite>, CasesError> {
    if bytes.len() > LARGEST_FILE {
        return Err(CasesError::TooLarge(LARGEST_FILE));
    }
    let ending = name.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let document = match ending.as_deref() {
        Some("toml") => toml(bytes)?,
        Some("json") => serde_json::from_slice(bytes).map_err(|error| CasesError::Syntax(error.to_string()))?,
        _ => return Err(CasesError::Format),
    };
    if vectors::are(&document) { vectors::suites(&document) } else { Ok(vec![file::suite(&document)?]) }
}

fn toml(bytes: &[u8]) -> Result<Value, CasesError> {
    let syntax = |error: &dyn std::fmt::Display| CasesError::Syntax(error.to_string().trim_end().to_owned());
    let text = std::str::from_utf8(bytes).map_err(|error| syntax(&error))?;
    toml::from_str(text).map_err(|error| syntax(&error))
}
