//! A sandbox like the server's, with a plugin in it.

use std::sync::Arc;

use strowger_sandbox::{CodeConfig, Grants, Module, Sandbox, SandboxConfig};

use crate::{KitError, Project, Tools};

/// Instances that may exist at once; one is used at a time.
const INSTANCES: u32 = 16;

/// The server's limits and imports. What was compiled once is kept.
///
/// # Errors
/// Where the engine cannot be set up, or the folder of compiled code cannot be used.
pub fn sandbox(tools: &Tools<'_>) -> Result<Sandbox, KitError> {
    let code = CodeConfig { folder: Some(tools.code_folder()), key: Some(tools.code_key()), worker: None };
    std::fs::create_dir_all(tools.code_folder()).map_err(KitError::file(&tools.code_folder()))?;
    Ok(Sandbox::new(SandboxConfig { instances: INSTANCES, code, ..SandboxConfig::default() })?)
}

/// A plugin that is ready to be asked.
pub struct Loaded {
    /// The plugin.
    pub module: Arc<Module>,
    /// Its limits are enforced as long as its sandbox is there.
    _sandbox: Sandbox,
}

/// Checks a project's component as an upload would be, and makes it ready.
///
/// # Errors
/// Where it is not built or is refused.
pub async fn load(project: &Project, tools: &Tools<'_>) -> Result<Loaded, KitError> {
    let component = project.built()?;
    let sandbox = sandbox(tools)?;
    let installed = sandbox.install(&project.name, &project.version, &component, Grants::any_host()).await;
    let module = installed.map_err(|error| KitError::Refused { error: Box::new(error) })?;
    Ok(Loaded { module, _sandbox: sandbox })
}
