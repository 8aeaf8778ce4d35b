//! A sandbox like the server's, with a plugin in it.

use std::sync::Arc;

use strowger_sandbox::{
    AddressPolicy, CodeConfig, Grants, KvGrant, Module, Network, PluginLog, Sandbox, SandboxConfig,
};

use crate::keys::Keys;
use crate::lines::Lines;
use crate::{KitError, Project, Tools};

/// Instances that may exist at once; one is used at a time.
const INSTANCES: u32 = 16;

/// Where the requests of a plugin on trial may go.
#[derive(Debug, Clone, Default)]
pub enum Requests {
    /// Nowhere, so that a trial comes out alike wherever it is made.
    #[default]
    Nowhere,
    /// To every public address, and to those of these networks.
    Out(Vec<Network>),
}

/// The server's limits and imports. What was compiled once is kept.
///
/// # Errors
/// Where the engine cannot be set up, or the folder of compiled code cannot be used.
pub fn sandbox(tools: &Tools<'_>) -> Result<Sandbox, KitError> {
    Ok(Sandbox::new(config(tools)?)?)
}

fn config(tools: &Tools<'_>) -> Result<SandboxConfig, KitError> {
    let code = CodeConfig { folder: Some(tools.code_folder()), key: Some(tools.code_key()), worker: None };
    std::fs::create_dir_all(tools.code_folder()).map_err(KitError::file(&tools.code_folder()))?;
    Ok(SandboxConfig { instances: INSTANCES, code, ..SandboxConfig::default() })
}

/// A plugin that is ready to be asked.
pub struct Loaded {
    /// The plugin.
    pub module: Arc<Module>,
    /// What it says.
    pub(crate) lines: Arc<Lines>,
    /// Its limits are enforced as long as its sandbox is there.
    _sandbox: Sandbox,
}

/// Checks a project's component as an upload would be, and makes it ready. It is granted keys and values, which are forgotten with
/// the trial, and requests as far as they may go.
///
/// # Errors
/// Where it is not built or is refused.
pub async fn load(project: &Project, tools: &Tools<'_>, requests: Requests) -> Result<Loaded, KitError> {
    let component = project.built()?;
    let lines = Arc::new(Lines::default());
    let (grants, allowed) = match requests {
        Requests::Nowhere => (Grants::default(), Vec::new()),
        Requests::Out(allowed) => (Grants::any_host(), allowed),
    };
    let sandbox = Sandbox::new(SandboxConfig {
        addresses: AddressPolicy { allowed },
        log: Some(Arc::clone(&lines) as Arc<dyn PluginLog>),
        key_values: Some(Arc::new(Keys::default())),
        ..config(tools)?
    })?;
    let grants = Grants { kv: Some(KvGrant::default()), ..grants };
    let installed = sandbox.install(&project.name, &project.version, &component, grants).await;
    let module = installed.map_err(|error| KitError::Refused { error: Box::new(error) })?;
    Ok(Loaded { module, lines, _sandbox: sandbox })
}
