//! Versions that are ready to be used, in memory: loaded when first asked for, once at a time, dropped when there is too much code.

use std::sync::Arc;

use moka::sync::Cache;
use strowger_model::Owner;
use strowger_sandbox::{LoadError, Module, PluginId, Sandbox, Terms};
use strowger_store::{BlobReader, Store, StoreError};
use tokio::sync::OnceCell;

use crate::document::{Plugin, Version};
use crate::error::FindError;

/// Bytes of machine code that stay in memory although nobody uses them just now.
const MAX_CODE: u64 = 1 << 30;

/// The same version with other grants or limits is another module.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    plugin: PluginId,
    digest: String,
    terms: String,
}

type Slot = Arc<OnceCell<Arc<Module>>>;

pub(crate) struct Loaded {
    store: Arc<dyn Store>,
    sandbox: Arc<Sandbox>,
    modules: Cache<Place, (u32, Slot)>,
}

impl Loaded {
    pub(crate) fn new(store: Arc<dyn Store>, sandbox: Arc<Sandbox>) -> Self {
        let modules = Cache::builder().max_capacity(MAX_CODE).weigher(|_, (bytes, _): &(u32, Slot)| *bytes).build();
        Self { store, sandbox, modules }
    }

    pub(crate) async fn get(&self, owner: Owner, of: &Plugin, version: &Version) -> Result<Arc<Module>, FindError> {
        let failed = |reason: String| FindError::Load(version.id(), reason);
        let verdict = version.verdict.as_ref().ok_or_else(|| FindError::NotAccepted(version.id()))?;
        let plugin = PluginId { owner, name: version.name.clone(), version: version.version.clone() };
        let terms = serde_json::to_string(&(&of.grants, &of.limits)).unwrap_or_default();
        let place = Place { plugin: plugin.clone(), digest: verdict.digest.clone(), terms };
        let weight = u32::try_from(verdict.code_bytes.max(1)).unwrap_or(u32::MAX);
        let (_, slot) = self.modules.get_with(place, || (weight, Slot::default()));
        let load = async || {
            let limits = (!of.limits.is_empty()).then(|| of.limits.over(self.sandbox.limits()));
            let terms = Terms { grants: of.grants.clone(), limits };
            let component = async || self.component(owner, version).await;
            self.sandbox.load(&plugin, verdict, terms, component).await
        };
        match slot.get_or_try_init(load).await {
            Ok(module) => Ok(Arc::clone(module)),
            Err(LoadError::Read(error)) => Err(FindError::Store(error)),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    pub(crate) async fn component(&self, owner: Owner, version: &Version) -> Result<Arc<[u8]>, StoreError> {
        let reader = BlobReader::of(Arc::clone(&self.store), owner, version.component.clone());
        let bytes = reader.read_all().await.map_err(|error| match error {
            strowger_store::BlobError::Store(error) => error,
            error => StoreError::Fault(format!("component of {}: {error}", version.id())),
        })?;
        Ok(Arc::from(&*bytes))
    }
}
