//! `strowger openapi`: the description of both APIs.

use std::io::Write;

use crate::Failure;

/// Writes the document to standard output.
pub fn run() -> Result<(), Failure> {
    let document = strowger_api::openapi();
    Ok(writeln!(std::io::stdout().lock(), "{document:#}")?)
}
