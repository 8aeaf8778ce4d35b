//! The one wasmtime engine, its epoch ticker, and the table of installed plugins.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ClientConfig;
use strowger_compiled::CodeError;
use strowger_model::Owner;
use wasmtime::component::Linker;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::budget::{AccountLimits, AccountUsage, Accounts};
use crate::code::{CodeConfig, Compiler, Trust};
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::grants::Grants;
use crate::guard::AddressPolicy;
use crate::http_client::{
    self, FetchError, FetchRequest, Fetched, HttpClients, Resolve, SocketError, SocketRequest, SystemResolver,
    TrustError, WebSocket,
};
use crate::install_error::InstallError;
use crate::key_values::KeyValues;
use crate::kind::ModuleKind;
use crate::limits::Limits;
use crate::module::{Module, PluginId, Terms};
use crate::offer;
use crate::plugin_log::PluginLog;
use crate::state::State;
use crate::tally::{PluginUsage, Tallies};

/// One tick of the epoch, and so the resolution of every wall-clock budget.
pub(crate) const TICK: Duration = Duration::from_millis(1);

/// How the sandbox is set up.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Limits of every plugin.
    pub limits: Limits,
    /// Instances that may exist at once.
    pub instances: u32,
    /// What one account's plugins may use at once.
    pub account: AccountLimits,
    /// Where plugins' HTTP requests may go.
    pub addresses: AddressPolicy,
    /// PEM file of authorities that HTTPS trusts beside the public ones.
    pub authorities: Option<PathBuf>,
    /// Compiled code.
    pub code: CodeConfig,
    /// Looks up the names of their hosts; the system does where it is left out.
    pub resolver: Option<Arc<dyn Resolve>>,
    /// Where plugins' lines go beside the host's own log.
    pub log: Option<Arc<dyn PluginLog>>,
    /// What keeps their keys and values; `kv` is unavailable where it is left out.
    pub key_values: Option<Arc<dyn KeyValues>>,
    /// Folder with a folder for each account, named by its 32 hex digits, that plugins with the grant may read.
    pub files: Option<PathBuf>,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            instances: 2_000,
            account: AccountLimits::default(),
            addresses: AddressPolicy::default(),
            authorities: None,
            code: CodeConfig::default(),
            resolver: None,
            log: None,
            key_values: None,
            files: None,
        }
    }
}

/// The sandbox could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The engine.
    #[error("the WebAssembly engine cannot be set up: {0}")]
    Engine(String),
    /// Compiled code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The authorities that the operator adds.
    #[error("authorities that plugins' HTTPS trusts: {0}")]
    Trust(#[from] TrustError),
}

/// What all plugins share.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) limits: Arc<Limits>,
    pub(crate) accounts: Accounts,
    pub(crate) tallies: Tallies,
    pub(crate) clients: Arc<HttpClients>,
    pub(crate) log: Option<Arc<dyn PluginLog>>,
    pub(crate) selectors: Linker<State>,
    pub(crate) formatters: Linker<State>,
    pub(crate) hooks: Linker<State>,
    pub(crate) providers: Linker<State>,
    pub(crate) key_values: Option<Arc<dyn KeyValues>>,
    pub(crate) files: Option<PathBuf>,
    pub(crate) compiler: Compiler,
}

/// The sandbox: installs plugins and hands them out.
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    installed: ArcSwap<HashMap<String, Arc<Module>>>,
}

impl Sandbox {
    /// Sets up the engine and starts its epoch ticker.
    ///
    /// # Errors
    /// Where neither the pooling nor the on-demand allocator can be had, and where a file that is configured cannot be used.
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        let failed = |error: wasmtime::Error| SandboxError::Engine(format!("{error:#}"));
        let engine = engine(&config).map_err(failed)?;
        start_ticker(&engine).map_err(|error| SandboxError::Engine(error.to_string()))?;
        let compiler = Compiler::new(&engine, config.code.clone())?;
        let tls = http_client::client_config(config.authorities.as_deref())?;
        let shared = Shared::new(engine, compiler, tls, config).map_err(failed)?;
        Ok(Self { shared: Arc::new(shared), installed: ArcSwap::default() })
    }

    /// Checks, compiles and installs a component of the host's own or of its operator as `name@version`; the name alone then means this
    /// version.
    ///
    /// # Errors
    /// [`InstallError`] names the rule that the component breaks; nothing that is installed changes then.
    pub async fn install(
        &self,
        name: &str,
        version: &str,
        component: &[u8],
        grants: Grants,
    ) -> Result<Arc<Module>, InstallError> {
        let plugin = PluginId::system(name, version);
        let terms = Terms { grants, limits: None };
        let examined = self.shared.examine(&plugin, component.into(), terms, Trust::Host).await;
        let module = examined.module.ok_or_else(|| examined.error.unwrap_or(InstallError::UnknownWorld))?;
        self.installed.rcu(|installed| {
            let mut next = HashMap::clone(installed);
            next.insert(name.to_owned(), Arc::clone(&module));
            next.insert(module.id().to_owned(), Arc::clone(&module));
            next
        });
        Ok(module)
    }

    /// The module of that name, `NAME` or `NAME@VERSION`.
    #[must_use]
    pub fn module(&self, name: &str) -> Option<Arc<Module>> {
        self.installed.load().get(name).cloned()
    }

    /// The active version of every installed module, by name.
    #[must_use]
    pub fn modules(&self) -> Vec<Arc<Module>> {
        let installed = self.installed.load();
        let mut modules: Vec<Arc<Module>> = installed
            .iter()
            .filter(|(name, module)| **name == module.plugin.name)
            .map(|(_, m)| Arc::clone(m))
            .collect();
        modules.sort_by(|a, b| a.plugin.name.cmp(&b.plugin.name));
        modules
    }

    /// Limits of plugins that have none of their own.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// What one account's plugins may use at once on this node.
    #[must_use]
    pub fn account_limits(&self) -> AccountLimits {
        self.shared.accounts.limits()
    }

    /// What an account's plugins use just now on this node.
    #[must_use]
    pub fn account_usage(&self, owner: Owner) -> AccountUsage {
        self.shared.accounts.usage(owner)
    }

    /// What every version has used on this node since it started.
    #[must_use]
    pub fn used(&self) -> Vec<(PluginId, PluginUsage)> {
        self.shared.tallies.usage(|_| true)
    }

    /// What an owner's versions of a plugin have used on this node since it started.
    #[must_use]
    pub fn usage(&self, owner: Owner, plugin: &str) -> Vec<(PluginId, PluginUsage)> {
        let mut used = self.shared.tallies.usage(|known| known.owner == owner && known.name == plugin);
        used.sort_by(|(a, _), (b, _)| a.version.cmp(&b.version));
        used
    }

    /// What accounts have used of an owner's plugin on this node, by account and version.
    #[must_use]
    pub fn shares(&self, owner: Owner, plugin: &str) -> Vec<(Owner, PluginId, PluginUsage)> {
        self.shared.tallies.shares_of(|_, known| known.owner == owner && known.name == plugin)
    }

    /// Forgets what versions have used that are no more.
    pub fn forget(&self, is_gone: impl Fn(&PluginId) -> bool) {
        self.shared.tallies.forget(is_gone);
    }

    /// Opens a WebSocket to an address that HTTP may reach too.
    ///
    /// # Errors
    /// [`SocketError`].
    pub async fn open_socket(&self, request: SocketRequest) -> Result<WebSocket, SocketError> {
        self.shared.clients.open_socket(request).await
    }

    /// Asks a web server for a small document, at an address that HTTP of plugins may reach too.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn fetch(&self, request: FetchRequest) -> Result<Fetched, FetchError> {
        self.shared.clients.fetch(request).await
    }

    /// The module, if it is of the kind wanted.
    ///
    /// # Errors
    /// [`FaultKind::NotInstalled`] or [`FaultKind::WrongKind`].
    pub(crate) fn module_of(&self, name: &str, kind: ModuleKind, phase: Phase) -> Result<Arc<Module>, PluginFault> {
        let fault = |kind| PluginFault { plugin: name.chars().take(128).collect(), phase, kind };
        let module = self.module(name).ok_or_else(|| fault(FaultKind::NotInstalled))?;
        if module.kind == kind { Ok(module) } else { Err(fault(FaultKind::WrongKind(kind.name()))) }
    }
}

impl Shared {
    fn new(engine: Engine, compiler: Compiler, tls: ClientConfig, config: SandboxConfig) -> wasmtime::Result<Self> {
        let resolver = config.resolver.unwrap_or_else(|| Arc::new(SystemResolver));
        let clients = HttpClients::new(config.addresses, resolver, tls);
        Ok(Self {
            limits: Arc::new(config.limits),
            accounts: Accounts::new(config.account, config.instances),
            tallies: Tallies::default(),
            clients: Arc::new(clients),
            log: config.log,
            key_values: config.key_values,
            files: config.files,
            selectors: offer::linker(&engine, ModuleKind::Selector)?,
            formatters: offer::linker(&engine, ModuleKind::Formatter)?,
            hooks: offer::linker(&engine, ModuleKind::CallHook)?,
            providers: offer::linker(&engine, ModuleKind::MessageProvider)?,
            engine,
            compiler,
        })
    }
}

/// Pooling needs terabytes of address space; under `ulimit -v` or on a small machine it cannot be had, and on demand will do.
fn engine(config: &SandboxConfig) -> wasmtime::Result<Engine> {
    let pooled = Engine::new(base_config().allocation_strategy(pool(config)));
    pooled.or_else(|error| {
        tracing::warn!(%error, "pooling allocator unavailable, instances are allocated on demand");
        Engine::new(&base_config())
    })
}

/// What decides which code is compiled; the compile worker has the same.
pub(crate) fn base_config() -> Config {
    let mut config = Config::new();
    config
        .concurrency_support(false)
        .epoch_interruption(true)
        .consume_fuel(true)
        .max_wasm_stack(256 << 10)
        .async_stack_size(1 << 20)
        .async_stack_zeroing(true)
        .memory_init_cow(true)
        .wasm_backtrace_max_frames(NonZeroUsize::new(32))
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .wasm_memory64(false)
        .wasm_multi_memory(false);
    config
}

fn pool(config: &SandboxConfig) -> InstanceAllocationStrategy {
    let mut pool = PoolingAllocationConfig::new();
    let instances = config.instances;
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(8))
        .total_memories(instances)
        .total_tables(instances.saturating_mul(4))
        .total_stacks(instances.min(1_000))
        .max_memory_size(config.limits.memory_bytes)
        .table_elements(config.limits.table_elements)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(16 << 10)
        .pagemap_scan(Enabled::Auto);
    InstanceAllocationStrategy::Pooling(pool)
}

/// On a thread of its own: as a task it would be starved by the very guest that it has to interrupt.
fn start_ticker(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    let ticker = std::thread::Builder::new().name("epoch-ticker".into());
    ticker.spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    })?;
    Ok(())
}
