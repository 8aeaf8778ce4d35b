//! Why a component could not be built.

use std::path::PathBuf;

/// A component could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// `OUT_DIR` is not set.
    #[error("components are built by a build script, and this is none: OUT_DIR is not set")]
    NoBuildScript,
    /// Nothing to compile the plugins with.
    #[error(
        "the plugins are compiled for wasm32-unknown-unknown, which this toolchain ({rustc}) lacks: run `rustup target add \
         wasm32-unknown-unknown`, or set {variable} to a rustc that has its own sources (Debian: rustc-web with rust-web-src)",
        variable = crate::cargo::RUSTC_VARIABLE
    )]
    NoTarget {
        /// The compiler that was asked.
        rustc: String,
    },
    /// Cargo or rustc could not be started.
    #[error("cannot run {program}: {source}")]
    Run {
        /// What was to be run.
        program: String,
        /// Why it did not.
        source: std::io::Error,
    },
    /// The nested build failed; it has said why.
    #[error("{package} cannot be built for wasm32-unknown-unknown")]
    Compile {
        /// The plugin's crate.
        package: String,
    },
    /// The nested build left no module where cargo puts it.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The module.
        path: PathBuf,
        /// Why it could not be read.
        source: std::io::Error,
    },
    /// The module does not export what the contract wants.
    #[error("{package} is no plugin: {reason}")]
    Encode {
        /// The plugin's crate.
        package: String,
        /// The encoder's words.
        reason: String,
    },
}
