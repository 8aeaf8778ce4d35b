//! Where plugins run: one wasmtime engine, its limits, the imports a plugin may call, and installed plugins ready to be used.
//!
//! Nothing outside this crate names wasmtime. A plugin can fail in any way it likes: what comes out is a [`PluginFault`] that names
//! the plugin, the phase and the limit, and an instance that failed is never used again.

mod bindings;
mod call_hook;
mod deadline;
mod decision;
mod engine;
mod fault;
mod formatter;
mod guard;
mod http_client;
mod imports;
mod installed;
mod instance;
mod limits;
mod meter;
mod selector;
mod state;

pub use call_hook::hook;
pub use decision::{Decision, Hits, NoRows, RequestFields, RoutedCall, RowSource};
pub use engine::{Sandbox, SandboxConfig, SandboxError};
pub use fault::{FaultKind, Phase, PluginFault};
pub use formatter::{PreparedRewriter, RewriteDirection};
pub use guard::{AddressPolicy, Network};
pub use installed::{Grants, InstallError, Module, ModuleKind};
pub use limits::{Budget, Limits};
pub use selector::{Adjustment, Carrier, PreparedStep, Selected};
