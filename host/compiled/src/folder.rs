//! A folder of compiled code, by the digest of the component and the engine that compiled it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wasmtime::Engine;

use crate::error::CodeError;
use crate::{CodeKey, Compiled};

const TAG_BYTES: usize = 32;
/// What a tag is about, so that it is good for nothing else.
const CONTEXT: &[u8] = b"strowger compiled component 1\0";

/// Compiled components on disk. Everything in it is opened relative to the folder's own handle: no name leads out of it.
pub struct CodeFolder {
    dir: Dir,
    shown: String,
    keyed: Hmac<Sha256>,
    /// Tells engines apart: another version or other settings compile other code.
    engine: String,
    /// Numbers files that are being written.
    written: AtomicU64,
}

impl CodeFolder {
    /// Opens the folder, which is made where there is none.
    ///
    /// # Errors
    /// Where it cannot be made or opened, or where others than its owner may write to it.
    pub fn open(path: &Path, key: &CodeKey, engine: &Engine) -> Result<Self, CodeError> {
        let shown = path.display().to_string();
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(CodeError::file(&shown))?;
        let mode = std::fs::metadata(path).map_err(CodeError::file(&shown))?.mode();
        if mode & 0o022 != 0 {
            return Err(CodeError::Writable(shown));
        }
        let keyed = Hmac::new_from_slice(&*key.0).map_err(|_| CodeError::Key(shown.clone()))?;
        let dir = Dir::open_ambient_dir(path, ambient_authority()).map_err(CodeError::file(&shown))?;
        Ok(Self { dir, shown, keyed, engine: fingerprint(engine), written: AtomicU64::new(0) })
    }

    /// The code of the component with that SHA-256 digest (hex). What is there but cannot be trusted is removed and is not there.
    ///
    /// # Errors
    /// Where the digest is none, or the folder cannot be read.
    pub fn get(&self, digest: &str) -> Result<Option<Compiled>, CodeError> {
        let name = self.name(digest)?;
        let mut file = match self.dir.read(&name) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(&name)(error)),
        };
        let code = file.split_off(file.len().min(TAG_BYTES));
        if self.mac(digest, &code).verify_slice(&file).is_err() {
            tracing::warn!(file = %name, folder = %self.shown, "compiled code is not this host's own: it is compiled anew");
            self.dir.remove_file(&name).map_err(self.failed(&name))?;
            return Ok(None);
        }
        Ok(Some(Compiled(code)))
    }

    /// Keeps the code of a component. Whoever reads meanwhile sees all of it or nothing.
    ///
    /// # Errors
    /// Where the digest is none, or the folder cannot be written.
    pub fn put(&self, digest: &str, code: &Compiled) -> Result<(), CodeError> {
        let name = self.name(digest)?;
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let temporary = format!("{name}.{}.{number}.tmp", std::process::id());
        let write = || {
            let mut file = self.dir.create(&temporary)?;
            file.write_all(&self.mac(digest, &code.0).finalize().into_bytes())?;
            file.write_all(&code.0)?;
            file.sync_all()?;
            self.dir.rename(&temporary, &self.dir, &name)
        };
        write().map_err(self.failed(&name))
    }

    /// Forgets the code of a component, by whichever engine.
    ///
    /// # Errors
    /// Where the digest is none, or the folder cannot be written.
    pub fn remove(&self, digest: &str) -> Result<(), CodeError> {
        checked(digest)?;
        self.sweep(|known| known != digest)
    }

    /// Removes the code of every component that is not kept, what other engines compiled, and what was never finished.
    ///
    /// # Errors
    /// Where the folder cannot be read or written.
    pub fn sweep(&self, keep: impl Fn(&str) -> bool) -> Result<(), CodeError> {
        let entries = self.dir.entries().map_err(self.failed("."))?;
        for entry in entries {
            let name = entry.map_err(self.failed("."))?.file_name().to_string_lossy().into_owned();
            let kept = name.strip_suffix(&format!(".{}.cwasm", self.engine)).is_some_and(&keep);
            if kept {
                continue;
            }
            match self.dir.remove_file(&name) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(self.failed(&name)(error)),
                _ => {}
            }
        }
        Ok(())
    }

    fn name(&self, digest: &str) -> Result<String, CodeError> {
        checked(digest).map(|digest| format!("{digest}.{}.cwasm", self.engine))
    }

    fn mac(&self, digest: &str, code: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(CONTEXT);
        mac.update(digest.as_bytes());
        mac.update(self.engine.as_bytes());
        mac.update(code);
        mac
    }

    fn failed(&self, name: &str) -> impl FnOnce(std::io::Error) -> CodeError {
        CodeError::file(format!("{}/{name}", self.shown))
    }
}

/// A digest is part of a file's name.
fn checked(digest: &str) -> Result<&str, CodeError> {
    let is_hex = digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hex { Ok(digest) } else { Err(CodeError::Digest(digest.chars().take(80).collect())) }
}

fn fingerprint(engine: &Engine) -> String {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests;
