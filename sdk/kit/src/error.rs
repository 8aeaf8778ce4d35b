//! Why something could not be done for a plugin's author, and what to do about it.

use std::path::{Path, PathBuf};

/// A failure of what is done offline.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// A file or folder.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder is no plugin's.
    #[error("{} has no {}: start a plugin with `strowger plugin new`, or name its folder", .0.display(), crate::MANIFEST)]
    NoProject(PathBuf),
    /// The manifest cannot be read.
    #[error("{}: {reason}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A new plugin's folder is there already.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// A name that is none.
    #[error("'{0}' is no name for a plugin: 1 to 64 lower-case letters, digits and '-', beginning with a letter")]
    Name(String),
    /// There is no component yet.
    #[error("{} is not built: run `strowger plugin build`", .0.display())]
    NotBuilt(PathBuf),
    /// Something that a language needs is not installed.
    #[error("{what} is missing: {remedy}")]
    Missing {
        /// What.
        what: String,
        /// How to get it.
        remedy: String,
    },
    /// A tool failed; it has said why.
    #[error("{0} failed; what it says is above")]
    Tool(String),
    /// The contract cannot be turned into bindings.
    #[error("the contract: {0}")]
    Contract(String),
    /// The component cannot be built.
    #[error(transparent)]
    Build(#[from] strowger_plugin_build::BuildError),
    /// The sandbox cannot be set up.
    #[error(transparent)]
    Sandbox(#[from] strowger_sandbox::SandboxError),
    /// The component is refused.
    #[error("the component is refused: {error}; {}", .error.mend())]
    Refused {
        /// Why.
        error: Box<strowger_sandbox::InstallError>,
    },
    /// A file of cases cannot be read.
    #[error("{file}: {reason}")]
    Cases {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl KitError {
    /// A failure of this file or folder.
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
