//! The keys that a process seals and opens with, and where they come from.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::keys::Keys;
use super::{KeyringError, key_file};

/// How old the knowledge of a key file may be when something is sealed.
pub(super) const FRESH: Duration = Duration::from_secs(1);

/// The keys for secrets at rest: the first one seals, all of them open. Only their ids are printed.
#[derive(Debug)]
pub struct Keyring {
    keys: RwLock<Arc<Keys>>,
    file: Option<KeyFile>,
}

#[derive(Debug)]
struct KeyFile {
    path: PathBuf,
    read: Mutex<Instant>,
}

impl Keyring {
    /// The keys of a file, one a line: `ID:BASE64` of 32 bytes; lines that begin with `#` are comments. Where there is no file it is
    /// made, with a fresh key, readable by its owner alone. The file is read again while the process runs: before something is sealed,
    /// when that was a second ago, and when a value needs a key that is not known.
    ///
    /// # Errors
    /// Where it cannot be read or made, where others than its owner may read or write it, or where it does not hold keys.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, KeyringError> {
        let path = path.into();
        let keys = key_file::read_or_make(&path)?;
        let file = KeyFile { path, read: Mutex::new(Instant::now()) };
        Ok(Self { keys: RwLock::new(Arc::new(keys)), file: Some(file) })
    }

    /// The keys of a text, as in a file; where it is one line, commas part them. For keys from configuration, which are not read again.
    ///
    /// # Errors
    /// Where it does not hold keys; the text is not repeated.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let lines = Zeroizing::new(if text.trim().contains('\n') { text.to_owned() } else { text.replace(',', "\n") });
        Ok(Self { keys: RwLock::new(Arc::new(Keys::parse(&lines)?)), file: None })
    }

    /// The keys' ids, the one that seals first.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.keys().ids()
    }

    /// The file that the keys come from.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| file.path.as_path())
    }

    /// The keys to open with.
    pub(super) fn keys(&self) -> Arc<Keys> {
        self.keys.read().clone()
    }

    /// The keys to seal with: a key that was made the active one less than a moment ago is followed.
    pub(super) fn to_seal(&self) -> Arc<Keys> {
        let due = self.file.as_ref().is_some_and(|file| file.read.lock().elapsed() >= FRESH);
        if due { self.read_again().unwrap_or_else(|| self.keys()) } else { self.keys() }
    }

    /// What the file says; none where there is no file, or where it does not hold keys: then those that are known stay.
    pub(super) fn read_again(&self) -> Option<Arc<Keys>> {
        let file = self.file.as_ref()?;
        *file.read.lock() = Instant::now();
        match key_file::read(&file.path) {
            Ok(keys) => {
                let keys = Arc::new(keys);
                *self.keys.write() = keys.clone();
                Some(keys)
            }
            Err(error) => {
                tracing::warn!(%error, "the key file cannot be read; the keys that are known stay");
                None
            }
        }
    }
}
