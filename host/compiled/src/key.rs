//! The key that tags compiled code.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rand::Rng;
use zeroize::Zeroizing;

use crate::error::CodeError;

const BYTES: usize = 32;

/// A secret of this machine. It never leaves it, and losing it costs nothing but a compilation.
#[derive(Clone)]
pub struct CodeKey(pub(crate) Zeroizing<[u8; BYTES]>);

impl CodeKey {
    /// A key for this process only.
    #[must_use]
    pub fn random() -> Self {
        let mut key = Zeroizing::new([0; BYTES]);
        rand::rng().fill_bytes(&mut *key);
        Self(key)
    }

    /// The key in a file, which is made where there is none; only its owner can read it.
    ///
    /// # Errors
    /// Where the file cannot be read or written, or has something else in it.
    pub fn in_file(path: &Path) -> Result<Self, CodeError> {
        let key = Self::random();
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => {
                let written = file.write_all(&*key.0).and_then(|()| file.sync_all());
                written.map_err(CodeError::file(path.display()))?;
                Ok(key)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Self::read(path),
            Err(error) => Err(CodeError::file(path.display())(error)),
        }
    }

    fn read(path: &Path) -> Result<Self, CodeError> {
        let mut key = Zeroizing::new([0; BYTES]);
        let mut file = File::open(path).map_err(CodeError::file(path.display()))?;
        file.read_exact(&mut *key).map_err(|_| CodeError::Key(path.display().to_string()))?;
        Ok(Self(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code.key");
        let first = CodeKey::in_file(&path).unwrap();
        assert_eq!(*CodeKey::in_file(&path).unwrap().0, *first.0);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_short_key_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code.key");
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(CodeKey::in_file(&path), Err(CodeError::Key(_))));
    }
}
