//! What follows from the configuration.

use std::path::{Path, PathBuf};

use strowger_model::Secret;

use super::settings::{Auth, Config};

/// A file that must hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read.
    #[error("`{setting}`: {path}: {source}")]
    Read {
        /// What names the file.
        setting: &'static str,
        /// The file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Its first line is no such secret.
    #[error("`{setting}`: the first line of {path} must be {rule}")]
    Broken {
        /// What names the file.
        setting: &'static str,
        /// The file.
        path: String,
        /// What it must be.
        rule: String,
    },
}

impl Config {
    /// The folder of WAV files.
    pub fn media_folder(&self) -> PathBuf {
        self.media.folder.clone().unwrap_or_else(|| self.store.data.join("media"))
    }
}

impl Auth {
    /// The admin key, from wherever it is configured.
    pub fn admin_key(&self) -> Result<Option<Secret>, SecretFileError> {
        match (&self.admin_key, &self.admin_key_file) {
            (Some(key), _) => Ok(Some(key.clone())),
            (None, Some(file)) => first_line::<super::settings::AdminKey>("auth.admin_key_file", file).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// The secret in the first line of a file.
fn first_line<K: super::kind::Kind>(setting: &'static str, file: &Path) -> Result<K::Value, SecretFileError> {
    let path = file.display().to_string();
    let text = super::load::bounded(file);
    let text = text.map_err(|source| SecretFileError::Read { setting, path: path.clone(), source })?;
    let secret = K::read(text.lines().next().unwrap_or_default().trim());
    secret.ok_or_else(|| SecretFileError::Broken { setting, path, rule: K::rule() })
}
