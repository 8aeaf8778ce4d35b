//! The file that keys are kept in. It is replaced as a whole, so that no reader finds half of it.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::KeyringError;
use super::keys::{Keys, SealingKey, id_of};

/// Longest key file in bytes.
const MAX_SIZE: u64 = 64 << 10;

const HEADING: &str = "\
# Keys for secrets at rest, one a line: ID:BASE64 of 32 bytes. The first one seals, all of them open.
# Without them no password in the store can be read again; with them every one can.
";

/// The keys of the file; a file with a fresh key is made where there is none.
pub(super) fn read_or_make(path: &Path) -> Result<Keys, KeyringError> {
    match read(path) {
        Err(KeyringError::File { source, .. }) if source.kind() == ErrorKind::NotFound => {}
        read => return read,
    }
    let text = Zeroizing::new(format!("{HEADING}{}\n", *SealingKey::fresh(&[]).line()));
    match written(path, &text)?.persist_noclobber(path) {
        Ok(_) => sync_folder(path)?,
        // Another process was first.
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(path, error.error)),
    }
    read(path)
}

pub(super) fn read(path: &Path) -> Result<Keys, KeyringError> {
    Keys::parse(&text(path)?)
}

/// Adds a fresh key as the last one: it opens, and does not seal yet. Answers its id.
pub(super) fn add(path: &Path) -> Result<String, KeyringError> {
    let mut text = text(path)?;
    let fresh = SealingKey::fresh(&Keys::parse(&text)?.ids());
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&fresh.line());
    text.push('\n');
    replace(path, &text)?;
    Ok(fresh.id)
}

/// Makes a key the first one.
pub(super) fn activate(path: &Path, id: &str) -> Result<(), KeyringError> {
    let text = text(path)?;
    let active = Keys::parse(&text)?.active().id.clone();
    if active == id {
        return Ok(());
    }
    let line = text.lines().find(|line| id_of(line) == Some(id)).ok_or_else(|| KeyringError::NoSuchKey(id.into()))?;
    let mut lines: Vec<&str> = text.lines().filter(|other| *other != line).collect();
    let first = lines.iter().position(|line| id_of(line).is_some()).unwrap_or_default();
    lines.insert(first, line);
    replace(path, &Zeroizing::new(lines.join("\n") + "\n"))
}

/// Removes keys.
pub(super) fn remove(path: &Path, ids: &[String]) -> Result<(), KeyringError> {
    let text = text(path)?;
    let goes = |line: &str| id_of(line).is_some_and(|id| ids.iter().any(|gone| gone == id));
    let lines: Vec<&str> = text.lines().filter(|line| !goes(line)).collect();
    replace(path, &Zeroizing::new(lines.join("\n") + "\n"))
}

fn text(path: &Path) -> Result<Zeroizing<String>, KeyringError> {
    let file = File::open(path).map_err(|error| failed(path, error))?;
    refuse_exposed(path, &file)?;
    // Room for all of it at once: a string that grows leaves its bytes behind.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(MAX_SIZE).unwrap_or_default()));
    file.take(MAX_SIZE).read_to_string(&mut text).map_err(|error| failed(path, error))?;
    Ok(text)
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, file: &File) -> Result<(), KeyringError> {
    use std::os::unix::fs::PermissionsExt;

    let mode = file.metadata().map_err(|error| failed(path, error))?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyringError::Exposed { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path, _: &File) -> Result<(), KeyringError> {
    Ok(())
}

fn replace(path: &Path, text: &str) -> Result<(), KeyringError> {
    // Nothing is written that cannot be read again.
    Keys::parse(text)?;
    // A link stays one.
    let path = &path.canonicalize().map_err(|error| failed(path, error))?;
    written(path, text)?.persist(path).map_err(|error| failed(path, error.error))?;
    sync_folder(path)
}

/// The text in a file beside, on the disk, readable by its owner alone.
fn written(path: &Path, text: &str) -> Result<NamedTempFile, KeyringError> {
    let write = || {
        let mut file = NamedTempFile::new_in(folder(path))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    write().map_err(|error| failed(path, error))
}

/// A name in a folder is on the disk when the folder is.
fn sync_folder(path: &Path) -> Result<(), KeyringError> {
    if cfg!(unix) {
        File::open(folder(path)).and_then(|folder| folder.sync_all()).map_err(|error| failed(path, error))?;
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn failed(path: &Path, source: std::io::Error) -> KeyringError {
    KeyringError::File { path: path.to_owned(), source }
}
