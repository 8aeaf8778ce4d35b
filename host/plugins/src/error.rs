//! How the life of a plugin goes wrong.

use strowger_model::Violations;
use strowger_sandbox::{Capability, InstallError};
use strowger_store::{BlobError, StoreError};

use crate::name::InvalidName;

/// Why something is not done to a plugin. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum PluginsError {
    /// A name or a version.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// The name of a plugin that every installation has.
    #[error("'{0}' is the name of a built-in plugin, or a word of the API: call yours otherwise")]
    Reserved(String),
    /// No such plugin.
    #[error("there is no plugin '{0}'")]
    UnknownPlugin(String),
    /// No such version.
    #[error("plugin '{0}' has no version '{1}'")]
    UnknownVersion(String, String),
    /// The version is there.
    #[error("{0} is there already, and versions never change: upload it as another version")]
    Exists(String),
    /// The bytes are no component, as their beginning shows.
    #[error(transparent)]
    Component(#[from] InstallError),
    /// Nothing was sent.
    #[error("the component is empty")]
    Empty,
    /// Too many plugins, versions or bytes.
    #[error("{what}: at most {most} are kept; delete some first")]
    Quota {
        /// What there are too many of.
        what: &'static str,
        /// How many there may be.
        most: u64,
    },
    /// Too many uploads in one day.
    #[error("the account has uploaded {most} times today, as often as it may: try again after midnight UTC, in {} minutes", wait.as_secs().div_ceil(60))]
    Uploads {
        /// How many there may be.
        most: u64,
        /// Until the next day.
        wait: std::time::Duration,
    },
    /// Too many versions wait for their verdict.
    #[error("{0} versions are being compiled already: wait for a verdict")]
    Busy(u64),
    /// The version cannot be made active.
    #[error("{0} has no verdict yet")]
    Compiling(String),
    /// The version cannot be made active.
    #[error("{0} was refused: see its verdict")]
    Refused(String),
    /// The version asks for more than it is granted.
    #[error("{version} asks for {}, which the plugin is not granted", list(.missing))]
    NotGranted {
        /// `NAME@VERSION`.
        version: String,
        /// What it asks for in vain.
        missing: Vec<Capability>,
    },
    /// A version of another kind than those before it.
    #[error("{0} is a {1}, and the plugin is a {2}: call it otherwise")]
    OtherKind(String, &'static str, &'static str),
    /// No version was active before.
    #[error("plugin '{0}' has no version to go back to")]
    NoHistory(String),
    /// It is still named somewhere.
    #[error("{0} is still named by {1}")]
    Named(String, String),
    /// Nothing is tried.
    #[error("plugin '{0}' has no rollout")]
    NoRollout(String),
    /// What is wanted cannot be.
    #[error(transparent)]
    Invalid(Violations),
    /// It is another revision than the one that was meant.
    #[error("the plugin has changed meanwhile")]
    Precondition,
    /// Limits that it cannot have.
    #[error(transparent)]
    Limits(Violations),
    /// Others change it all the time.
    #[error("the plugin is being changed by others: try again")]
    Contended,
    /// The bytes.
    #[error(transparent)]
    Blob(BlobError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<BlobError> for PluginsError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Store(error) => Self::Store(error),
            error => Self::Blob(error),
        }
    }
}

fn list(capabilities: &[Capability]) -> String {
    capabilities.iter().map(|capability| capability.name()).collect::<Vec<_>>().join(", ")
}

/// Why a name leads to no plugin that can be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FindError {
    /// Nobody has it.
    #[error("no plugin named '{0}' is installed")]
    Unknown(String),
    /// The plugin is there, the version is not.
    #[error("plugin '{0}' has no version '{1}'")]
    UnknownVersion(String, String),
    /// No version is active.
    #[error("plugin '{0}' has no active version")]
    Inactive(String),
    /// The version is not accepted.
    #[error("{0} is not accepted")]
    NotAccepted(String),
    /// The version asks for more than it is granted.
    #[error("{0} asks for {list}, which the plugin is not granted", list = list(.1))]
    NotGranted(String, Vec<Capability>),
    /// It cannot be made ready on this machine.
    #[error("{0} cannot be loaded: {1}")]
    Load(String, String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
