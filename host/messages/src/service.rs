//! What messages need.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use strowger_calls::Hooks;
use strowger_plugins::Plugins;
use strowger_store::{Key, Store, StoreError};
use tokio::sync::Semaphore;

use crate::config::MessagesConfig;

/// The messages of all accounts. A clone is another handle on the same.
#[derive(Clone)]
pub struct Messages(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) plugins: Plugins,
    pub(crate) hooks: Arc<dyn Hooks>,
    pub(crate) config: MessagesConfig,
    pub(crate) places: Arc<Semaphore>,
}

impl Messages {
    /// Messages over these plugins and hooks.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, plugins: Plugins, hooks: Arc<dyn Hooks>, config: MessagesConfig) -> Self {
        let places = Arc::new(Semaphore::new(config.waiting));
        Self(Arc::new(Inner { store, plugins, hooks, config, places }))
    }

    /// A path of the APIs as those outside call it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.config.base_url.as_deref().unwrap_or_default())
    }

    pub(crate) async fn find<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.0.store.get(key).await?.map(|document| document.decode()).transpose()
    }
}
