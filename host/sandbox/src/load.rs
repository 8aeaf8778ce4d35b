//! A version that was accepted before is made ready again: from kept code, or compiled anew from its component.

use std::sync::Arc;

use crate::code::Trust;
use crate::engine::Sandbox;
use crate::install_error::InstallError;
use crate::module::{Module, PluginId, Terms};
use crate::verdict::Verdict;

/// Why an accepted version is not ready.
#[derive(Debug, thiserror::Error)]
pub enum LoadError<E> {
    /// Its component could not be read.
    #[error("its component cannot be read: {0}")]
    Read(E),
    /// The component that was read is another one.
    #[error("its component is not the one that was accepted")]
    Changed,
    /// This host does not accept it.
    #[error(transparent)]
    Install(#[from] InstallError),
}

impl Sandbox {
    /// Makes a version ready that a verdict accepts. `component` is asked for only where its code is not kept: the first time on this
    /// machine, or after the engine has changed.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn load<E>(
        &self,
        plugin: &PluginId,
        verdict: &Verdict,
        terms: Terms,
        component: impl AsyncFnOnce() -> Result<Arc<[u8]>, E>,
    ) -> Result<Arc<Module>, LoadError<E>> {
        let kind = verdict.kind.filter(|_| verdict.accepted).ok_or(InstallError::UnknownWorld)?;
        let compiled = match self.shared.compiler.kept(&verdict.digest).await {
            Some(compiled) => compiled,
            None => {
                let component = component().await.map_err(LoadError::Read)?;
                if crate::inspect::digest(&component) != verdict.digest {
                    return Err(LoadError::Changed);
                }
                self.shared.compiler.compile(&verdict.digest, component, Trust::Tenant).await?.component
            }
        };
        let module = Module::link(&self.shared, plugin, kind, &compiled, terms)?;
        Ok(Arc::new(module.described(verdict)))
    }

    /// Forgets compiled code but that of the components with these digests, of whichever engine.
    pub async fn sweep_code(&self, keep: impl Fn(&str) -> bool + Send + 'static) {
        self.shared.compiler.sweep(keep).await;
    }
}
