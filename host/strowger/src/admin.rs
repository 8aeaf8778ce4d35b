//! The admin key of an installation.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rand::RngExt;
use strowger_api::BootstrapError;
use strowger_model::{Owner, Secret};
use strowger_store::{Lease, Name, Store, StoreError};
use tokio::time::sleep;

use crate::config::Config;
use crate::wiring::StartError;

/// How long a node that makes the first key may be silent before another one does it.
const LIFETIME: Duration = Duration::from_secs(10);

/// Pause before the lease is asked for again.
const PAUSE: Duration = Duration::from_millis(100);

/// An admin key that this process knows.
pub struct AdminKey {
    /// The key.
    pub key: Secret,
    /// Whether the operator has it already.
    pub is_given: bool,
}

/// The key that is configured, the demonstration's, or one made because the installation has none.
pub async fn ensure(config: &Config, store: &dyn Store) -> Result<Option<AdminKey>, StartError> {
    let data = |source| StartError::Data { path: config.store.data.display().to_string(), source };
    if let Some(key) = config.auth.admin_key()? {
        strowger_api::bootstrap_admin_key(store, key.expose()).await?;
        return Ok(Some(AdminKey { key, is_given: true }));
    }
    let key = if config.node.demo {
        let key = demo_key(&config.store.data).map_err(data)?;
        strowger_api::bootstrap_admin_key(store, key.expose()).await?;
        Some(key)
    } else {
        first(store).await?
    };
    Ok(key.map(|key| AdminKey { key, is_given: false }))
}

/// A key where there is none. Of nodes that start at the same time one makes it, and the others wait for that.
async fn first(store: &dyn Store) -> Result<Option<Secret>, BootstrapError> {
    while strowger_api::needs_admin_key(store).await? {
        let Some(lease) = turn(store).await? else {
            sleep(PAUSE).await;
            continue;
        };
        let made = make(store).await;
        store.release(&lease).await?;
        return made;
    }
    Ok(None)
}

async fn turn(store: &dyn Store) -> Result<Option<Lease>, StoreError> {
    let holder: u64 = rand::rng().random();
    store.acquire(&Name::new(Owner::System, "first-admin-key"), &format!("{holder:016x}"), LIFETIME).await
}

/// Looks again under the lease: whoever held it before may have made one.
async fn make(store: &dyn Store) -> Result<Option<Secret>, BootstrapError> {
    if !strowger_api::needs_admin_key(store).await? {
        return Ok(None);
    }
    let key = fresh();
    strowger_api::bootstrap_admin_key(store, key.expose()).await?;
    Ok(Some(key))
}

fn fresh() -> Secret {
    let bytes: [u8; 20] = rand::rng().random();
    Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// The demonstration's admin key: kept in a file that only its owner reads, so that `make run` can print it every time.
fn demo_key(data: &Path) -> std::io::Result<Secret> {
    let path = data.join("demo-admin-key");
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Ok(Secret::new(text.trim()));
    }
    let key = fresh();
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    writeln!(file, "{}", key.expose())?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use strowger_store::MemoryStore;

    use super::*;

    #[tokio::test]
    async fn nodes_that_start_at_the_same_time_make_one_key() {
        let store: Arc<dyn Store> = MemoryStore::new();
        let starts = (0..8).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { first(&*store).await.unwrap() })
        });
        let mut made = 0;
        for start in starts.collect::<Vec<_>>() {
            made += usize::from(start.await.unwrap().is_some());
        }
        assert_eq!(made, 1);
    }
}
