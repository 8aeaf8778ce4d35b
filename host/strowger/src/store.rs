//! The store of the configuration.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use strowger_model::Owner;
use strowger_store::archive::is_unfinished;
use strowger_store::sealed::{Keyring, KeyringError, SealedStore};
use strowger_store::{Expect, Key, Kind, RedbStore, RedisStore, Store, StoreError, StoreExt};

use crate::config::{Config, SealingKeys, SettingError};

/// The file of the embedded store, inside the data folder.
const STORE_FILE: &str = "strowger.redb";

/// The setting that says that the installation has begun.
const BEGUN: &str = "begun";

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be used.
    #[error("data folder {path}: {source}")]
    Data {
        /// The folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is nothing to work on.
    #[error("there is no store at {0}")]
    Missing(String),
    /// A copy into the store was interrupted.
    #[error("the store has part of a copy that did not finish: empty it and copy again")]
    Unfinished,
    /// A setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The keys for secrets at rest.
    #[error("secrets at rest: {0}")]
    Keyring(#[from] KeyringError),
    /// The keys of this node are not those of the others.
    #[error(
        "secrets at rest: {source}; copy the key file of the node that made the store to {path}, or name one by `secrets.key_file`"
    )]
    ForeignKeys {
        /// Where the keys were looked for.
        path: String,
        /// What does not open.
        source: KeyringError,
    },
}

/// An open store.
pub struct Opened {
    /// With its secrets in clear for those above.
    pub store: Arc<dyn Store>,
    /// Whether nobody had begun to use it.
    pub is_new: bool,
}

/// The file of the embedded store.
pub fn file(data: &Path) -> PathBuf {
    data.join(STORE_FILE)
}

/// Opens the store, which opens and seals the secrets in it, and makes the data folder and the keys where they are missing.
pub async fn open(config: &Config) -> Result<Opened, OpenError> {
    make_folder(&config.store.data)?;
    let below = sealed(config).await?;
    if is_unfinished(&*below).await? {
        return Err(OpenError::Unfinished);
    }
    let is_empty = below.owners(None, 1).await?.is_empty();
    let store = seal(config, below).await?;
    Ok(Opened { is_new: is_empty && begin(&*store).await?, store })
}

/// Opens the store as it lies, with its secrets sealed.
pub async fn sealed(config: &Config) -> Result<Arc<dyn Store>, OpenError> {
    match config.redis.client()? {
        Some(redis) => Ok(RedisStore::open(redis).await?),
        None => embedded(&config.store.data),
    }
}

/// Opens the embedded store of a data folder, and makes both where they are missing.
pub fn embedded(data: &Path) -> Result<Arc<dyn Store>, OpenError> {
    make_folder(data)?;
    Ok(RedbStore::open(file(data))?)
}

fn make_folder(data: &Path) -> Result<(), OpenError> {
    std::fs::create_dir_all(data).map_err(|source| OpenError::Data { path: data.display().to_string(), source })
}

/// A store for a command that reads it or changes what is in it, as it lies.
pub async fn existing(config: &Config) -> Result<Arc<dyn Store>, OpenError> {
    let file = file(&config.store.data);
    if config.redis.url.is_none() && !file.exists() {
        return Err(OpenError::Missing(file.display().to_string()));
    }
    sealed(config).await
}

async fn seal(config: &Config, below: Arc<dyn Store>) -> Result<Arc<dyn Store>, OpenError> {
    let path = match config.sealing_keys()? {
        SealingKeys::Given(keyring) => return Ok(SealedStore::open(below, Arc::new(keyring)).await?),
        SealingKeys::File(path) => path,
    };
    let is_made = !path.exists();
    let keyring = Arc::new(Keyring::open(&path)?);
    let shared = below.is_shared();
    match SealedStore::open(below, keyring).await {
        Ok(store) => {
            if is_made && shared {
                tracing::warn!(file = %path.display(), "a key for secrets at rest was made: every node needs this file");
            }
            Ok(store)
        }
        Err(source @ KeyringError::Foreign(_)) => {
            if is_made {
                // It opens nothing, and would be in the way of the right one.
                let _ = std::fs::remove_file(&path);
            }
            Err(OpenError::ForeignKeys { path: path.display().to_string(), source })
        }
        Err(error) => Err(error.into()),
    }
}

/// Begins an installation; false where another process was first.
async fn begin(store: &dyn Store) -> Result<bool, StoreError> {
    let begun = Key::new(Owner::System, Kind::Setting, BEGUN);
    match store.put(begun, json!({ "version": env!("CARGO_PKG_VERSION") }), Expect::Absent).await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
