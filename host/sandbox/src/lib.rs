//! Where plugins run: one wasmtime engine, its limits, the imports a plugin may call, and installed plugins ready to be used.
//!
//! Nothing outside this crate names wasmtime. A plugin can fail in any way it likes: what comes out is a [`PluginFault`] that names
//! the plugin, the phase and the limit, and an instance that failed is never used again.

mod bindings;
mod budget;
mod call_hook;
mod code;
mod deadline;
mod decision;
mod engine;
mod examine;
mod exposition;
mod fault;
mod formatter;
mod fresh;
mod grants;
mod guard;
mod host_pattern;
mod http_client;
mod imports;
mod inspect;
mod install_error;
mod instance;
mod journal;
mod key_values;
mod kind;
mod lane;
mod limits;
mod load;
mod message_provider;
mod meter;
mod module;
mod offer;
mod phases;
mod plugin_log;
mod selector;
mod speech;
mod state;
mod tally;
mod verdict;
mod wasi;
mod worker;

pub use budget::{AccountLimits, AccountUsage, Scarce};
pub use call_hook::hook;
pub use code::CodeConfig;
pub use decision::{Decision, Hits, NoRows, RequestFields, RoutedCall, RowSource};
pub use engine::{Sandbox, SandboxConfig, SandboxError};
pub use examine::Examined;
pub use fault::{FaultKind, Phase, PluginFault};
pub use formatter::{PreparedRewriter, RewriteDirection};
pub use grants::{Capability, Grants, HttpGrant, KvGrant};
pub use guard::{AddressPolicy, Network};
pub use host_pattern::{HostPattern, InvalidHostPattern, PatternRule};
pub use http_client::{
    FetchError, FetchRequest, Fetched, Received, Resolve, SocketError, SocketRequest, SystemResolver, TrustError,
    WebSocket,
};
pub use inspect::{MAX_COMPONENT, preamble as check_preamble};
pub use install_error::InstallError;
pub use instance::Usage;
pub use key_values::{KeySpace, KeyValues, KvError};
pub use kind::ModuleKind;
pub use limits::{Budget, Limits};
pub use load::LoadError;
pub use message_provider::message;
pub use module::{Module, PluginId, Terms};
pub use plugin_log::{LogLevel, LogLine, PluginLog};
pub use selector::{Adjustment, Carrier, PreparedStep, Selected};
pub use tally::PluginUsage;
pub use verdict::{Trial, Verdict, VerdictFault};
pub use worker::{WorkerConfig, compile_worker};
