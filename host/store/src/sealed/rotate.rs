//! Changing the key that seals, while the store is in use.

use std::path::Path;
use std::time::Duration;

use super::keyring::FRESH;
use super::reseal::{Resealed, Turn, pass};
use super::survey::survey;
use super::{Keyring, KeyringError, canary, key_file};
use crate::Store;

/// How long a process may go on sealing with the key before: it reads its file every second, and its write may be on the way.
const SETTLE: Duration = FRESH.saturating_mul(5);

/// Passes over the store; each finds only what was written with the old key during the one before.
const PASSES: usize = 8;

/// Which key seals after a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activate {
    /// One that is made for it.
    Fresh,
    /// One that the file has already, by its id.
    Known(String),
}

/// What becomes of keys that nothing is sealed with any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldKeys {
    /// They stay in the file.
    Keep,
    /// They are removed from the file. A backup that was made before needs them: keep a copy as long as the backup.
    Drop,
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The key that seals.
    pub active: String,
    /// What was sealed anew.
    pub resealed: Resealed,
    /// Keys that were removed from the file.
    pub dropped: Vec<String>,
}

/// Adds a fresh key to the file, which opens and does not seal yet; answers its id. [`rotate`] says what for.
///
/// # Errors
/// Where the file cannot be read or written.
pub fn add_key(path: &Path) -> Result<String, KeyringError> {
    key_file::add(path)
}

/// Makes another key of the file the one that seals, seals every secret of the store with it, and drops old keys if told to. `store`
/// is the one that holds sealed bodies. Documents keep their revisions, and concurrent writes are not lost. Running it again after a
/// crash, with [`Activate::Known`] and the key that is first in the file, goes on where it stopped.
///
/// Processes that share the file follow within a second. Where each node has a copy:
/// 1. [`add_key`] on one node, then copy its file to all: every node can open what the key will seal.
/// 2. `rotate` to that key with [`OldKeys::Keep`], then copy the file to all: every node seals with it.
/// 3. `rotate` to that key with [`OldKeys::Drop`]: what a node sealed with the old key meanwhile is sealed anew. Copy the file to all.
///
/// # Errors
/// [`KeyringError::Foreign`] where the file is not this store's, [`KeyringError::UnderWay`] where another rotation is, and those of
/// the file and the store. The keys in the file open everything that is in the store then too.
pub async fn rotate(
    store: &dyn Store,
    path: &Path,
    activate: Activate,
    old: OldKeys,
) -> Result<Rotation, KeyringError> {
    let keyring = Keyring::open(path)?;
    canary::check(store, &keyring).await?;
    let turn = Turn::take(store).await?;
    let done = rotate_alone(store, &keyring, path, activate, old, &turn).await;
    turn.end(store).await;
    done
}

async fn rotate_alone(
    store: &dyn Store,
    keyring: &Keyring,
    path: &Path,
    activate: Activate,
    old: OldKeys,
    turn: &Turn,
) -> Result<Rotation, KeyringError> {
    let active = match activate {
        Activate::Fresh => key_file::add(path)?,
        Activate::Known(id) => id,
    };
    if keyring.ids().first() != Some(&active) {
        key_file::activate(path, &active)?;
        keyring.read_again();
        tokio::time::sleep(SETTLE).await;
    }
    let resealed = until_nothing_is_left(store, keyring, turn).await?;
    let dropped = match old {
        OldKeys::Keep => Vec::new(),
        OldKeys::Drop => drop_unused(store, keyring, path, &active).await?,
    };
    Ok(Rotation { active, resealed, dropped })
}

/// Seals every secret of the store that is in clear or sealed with another key than the keyring's first one. For keys from
/// configuration: put the new key first, restart every node, run it, then take the old key out.
///
/// # Errors
/// As [`rotate`].
pub async fn reseal(store: &dyn Store, keyring: &Keyring) -> Result<Resealed, KeyringError> {
    canary::check(store, keyring).await?;
    let turn = Turn::take(store).await?;
    let done = until_nothing_is_left(store, keyring, &turn).await;
    turn.end(store).await;
    done
}

async fn until_nothing_is_left(store: &dyn Store, keyring: &Keyring, turn: &Turn) -> Result<Resealed, KeyringError> {
    let mut all = Resealed::default();
    for _ in 0..PASSES {
        let found = pass(store, keyring, turn).await?;
        all.documents = all.documents.saturating_add(found.documents);
        all.unreadable = found.unreadable;
        if found.documents == 0 {
            break;
        }
    }
    Ok(all)
}

/// A key that something is sealed with stays, and so do all where a document cannot be read: any of them may be needed for it.
async fn drop_unused(
    store: &dyn Store,
    keyring: &Keyring,
    path: &Path,
    active: &str,
) -> Result<Vec<String>, KeyringError> {
    let survey = survey(store, keyring).await?;
    if !survey.unreadable.is_empty() {
        return Ok(Vec::new());
    }
    let unused = |id: &String| id != active && !survey.keys.contains_key(id);
    let dropped: Vec<String> = keyring.ids().into_iter().filter(unused).collect();
    if !dropped.is_empty() {
        key_file::remove(path, &dropped)?;
    }
    Ok(dropped)
}
