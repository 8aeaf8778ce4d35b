//! From component to machine code: found where it was kept, or compiled.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use strowger_compiled::{CodeError, CodeFolder, CodeKey, Compiled};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::install_error::InstallError;
use crate::worker::{WorkerConfig, Workers};

/// Where compiled code is kept, and who compiles.
#[derive(Debug, Clone, Default)]
pub struct CodeConfig {
    /// The folder; nothing is kept where it is left out.
    pub folder: Option<PathBuf>,
    /// The file of the key that tags what is in it; it must not lie in the folder. Without one, code lasts as long as the process.
    pub key: Option<PathBuf>,
    /// Workers for components of tenants; they are compiled in this process where it is left out, as tests and offline commands do.
    pub worker: Option<WorkerConfig>,
}

/// Whose component is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The host's own, or the operator's.
    Host,
    /// Somebody's who may wish us ill.
    Tenant,
}

/// A component ready to be linked, and what it cost.
pub(crate) struct Built {
    pub(crate) component: Component,
    pub(crate) code_bytes: usize,
    pub(crate) elapsed: Duration,
}

pub(crate) struct Compiler {
    engine: Engine,
    folder: Option<Arc<CodeFolder>>,
    workers: Option<Workers>,
}

impl Compiler {
    pub(crate) fn new(engine: &Engine, config: CodeConfig) -> Result<Self, CodeError> {
        let key = match &config.key {
            Some(path) => CodeKey::in_file(path)?,
            None => CodeKey::random(),
        };
        let folder = config.folder.map(|path| CodeFolder::open(&path, &key, engine)).transpose()?;
        Ok(Self { engine: engine.clone(), folder: folder.map(Arc::new), workers: config.worker.map(Workers::new) })
    }

    /// The code of a component that was compiled before, if it is kept.
    pub(crate) async fn kept(&self, digest: &str) -> Option<Component> {
        let (folder, engine, digest) = (Arc::clone(self.folder.as_ref()?), self.engine.clone(), digest.to_owned());
        let load = move || match folder.get(&digest) {
            Ok(code) => code?.load(&engine).inspect_err(|error| tracing::warn!(%digest, "kept code: {error:#}")).ok(),
            Err(error) => {
                tracing::warn!("{error}");
                None
            }
        };
        tokio::task::spawn_blocking(load).await.ok().flatten()
    }

    /// Compiles a component and keeps its code. That it cannot be kept costs time later and nothing now.
    pub(crate) async fn compile(
        &self,
        digest: &str,
        component: Arc<[u8]>,
        trust: Trust,
    ) -> Result<Built, InstallError> {
        let started = Instant::now();
        let code = match self.workers.as_ref().filter(|_| trust == Trust::Tenant) {
            Some(workers) => workers.compile(&component).await?,
            None => self.compile_here(component).await?,
        };
        let elapsed = started.elapsed();
        let (folder, engine, digest) = (self.folder.clone(), self.engine.clone(), digest.to_owned());
        let keep = move || {
            if let Some(Err(error)) = folder.map(|folder| folder.put(&digest, &code)) {
                tracing::warn!("{error}");
            }
            let component = code.load(&engine).map_err(|error| InstallError::Resources(format!("{error:#}")))?;
            Ok(Built { component, code_bytes: code.size(), elapsed })
        };
        blocking(keep).await?
    }

    async fn compile_here(&self, component: Arc<[u8]>) -> Result<Compiled, InstallError> {
        let engine = self.engine.clone();
        let compile = move || Compiled::compile(&engine, &component);
        blocking(compile).await?.map_err(|error| InstallError::Invalid(format!("{error:#}")))
    }

    /// Forgets all code but that of these components.
    pub(crate) async fn sweep(&self, keep: impl Fn(&str) -> bool + Send + 'static) {
        let Some(folder) = self.folder.clone() else { return };
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || folder.sweep(keep)).await {
            tracing::warn!("{error}");
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, InstallError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| InstallError::Compiler(error.to_string()))
}
