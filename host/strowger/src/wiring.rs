//! Puts the crates together.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use strowger_calls::{CallManager, CallsConfig, SipLegs};
use strowger_jobs::JobsConfig;
use strowger_media::{AudioLibrary, Codec, MediaConfig, MediaEngine};
use strowger_messages::{Messages, MessagesConfig};
use strowger_nodes::Membership;
use strowger_plugins::{PluginLogs, Plugins, StoredKeyValues};
use strowger_routing::{Defaults, EmergencyRules, HostProfile, Router};
use strowger_rows::SelectorRows;
use strowger_sandbox::{
    AccountLimits, AddressPolicy, Budget, CodeConfig, Grants, InstallError, Limits, Network, Sandbox, SandboxConfig,
    SandboxError, WorkerConfig,
};
use strowger_sip::{SipConfig, SipStack};
use strowger_store::{Store, StoreError};

use crate::cli::COMPILE_COMMAND;
use crate::config::{Config, SettingError};
use crate::plugins;
use crate::store::OpenError;

/// The plugin of the demonstration, which no other installation needs.
const DEMO_PLUGIN: &str = "greeter";
/// The built-in plugins that need the network.
const NETWORKED: [&str; 2] = ["http-webhook", "http-messages"];

/// Why the host does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error("data folder {path}: {source}")]
    Data {
        /// The folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// An address cannot be bound.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// There is no store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// A built-in plugin.
    #[error("built-in plugin {name}: {source}")]
    Plugin {
        /// Its name.
        name: &'static str,
        /// Why it is not installed.
        source: Box<InstallError>,
    },
    /// A plugin of the operator's.
    #[error(transparent)]
    OperatorPlugin(#[from] plugins::PluginFileError),
    /// SIP.
    #[error(transparent)]
    Sip(#[from] strowger_sip::SipError),
    /// The admin key.
    #[error("admin key: {0}")]
    AdminKey(#[from] strowger_api::BootstrapError),
    /// A setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Metrics.
    #[error("metrics: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The demonstration.
    #[error("demonstration account: {0}")]
    Demo(String),
}

/// The sandbox with the built-in plugins installed.
pub async fn sandbox(
    config: &Config,
    store: &Arc<dyn Store>,
    logs: &Arc<PluginLogs>,
) -> Result<Arc<Sandbox>, StartError> {
    let sandbox = Sandbox::new(SandboxConfig {
        addresses: AddressPolicy { allowed: allowed_networks(config) },
        authorities: config.hooks.ca_file.clone(),
        code: code(config),
        key_values: Some(Arc::new(StoredKeyValues::new(Arc::clone(store)))),
        files: config.plugins.files.clone(),
        limits: limits(config),
        instances: config.plugins.instances,
        account: account_limits(config),
        log: Some(Arc::clone(logs) as _),
        ..SandboxConfig::default()
    })?;
    install(&sandbox, |name| config.node.demo || name != DEMO_PLUGIN, config.plugins.folder.as_deref()).await?;
    Ok(Arc::new(sandbox))
}

/// Limits of plugins that have none of their own.
fn limits(config: &Config) -> Limits {
    let set = &config.plugins;
    let million = |fuel: u32| u64::from(fuel).saturating_mul(1_000_000);
    let wall = |ms: u32| Duration::from_millis(ms.into());
    Limits {
        prepare: Budget { fuel: million(set.prepare_fuel), wall: wall(set.prepare_ms) },
        select: Budget { fuel: million(set.select_fuel), wall: wall(set.select_ms) },
        hook: Budget { fuel: million(set.hook_fuel), wall: wall(set.hook_ms) },
        hook_wait: set.hook_timeout_s,
        memory_bytes: count(set.memory_mib).saturating_mul(1 << 20),
        instances: set.instances,
        ..Limits::default()
    }
}

/// What all plugins of one account may use at once.
fn account_limits(config: &Config) -> AccountLimits {
    let set = &config.plugins;
    AccountLimits {
        instances: set.account_instances,
        memory_bytes: count(set.account_memory_mib).saturating_mul(1 << 20),
        fuel_per_second: u64::from(set.account_fuel).saturating_mul(1_000_000),
    }
}

/// Workers are this very binary, also after the file that it was started from has been replaced.
fn code(config: &Config) -> CodeConfig {
    let program = PathBuf::from("/proc/self/exe");
    let worker = WorkerConfig {
        memory_bytes: config.plugins.compile_memory_bytes.into(),
        time: config.plugins.compile_time_s,
        ..WorkerConfig::new(program, vec![COMPILE_COMMAND.into()])
    };
    let (folder, key) = config.code();
    CodeConfig { folder: Some(folder), key: Some(key), worker: Some(worker) }
}

/// A sandbox for routing without calls and without the network.
pub async fn offline_sandbox(folder: Option<&Path>) -> Result<Arc<Sandbox>, StartError> {
    let sandbox = Sandbox::new(SandboxConfig::default())?;
    install(&sandbox, |name| !NETWORKED.contains(&name) && name != DEMO_PLUGIN, folder).await?;
    Ok(Arc::new(sandbox))
}

/// Installs the built-in plugins that are wanted, and those of a folder.
async fn install(sandbox: &Sandbox, is_wanted: impl Fn(&str) -> bool, folder: Option<&Path>) -> Result<(), StartError> {
    for plugin in strowger_bundle::plugins().iter().filter(|plugin| is_wanted(plugin.name)) {
        let grants = if NETWORKED.contains(&plugin.name) { Grants::any_host() } else { Grants::default() };
        let installed = sandbox.install(plugin.name, plugin.version, plugin.component, grants).await;
        installed.map_err(|source| StartError::Plugin { name: plugin.name, source: Box::new(source) })?;
    }
    if let Some(folder) = folder {
        plugins::install(sandbox, folder).await?;
    }
    Ok(())
}

/// An installation that only its own machine can reach may call webhooks on its own machine.
fn allowed_networks(config: &Config) -> Vec<Network> {
    let mut allowed = config.hooks.allow.clone();
    if config.http.listen.ip().is_loopback() {
        allowed.extend(["127.0.0.0/8", "::1/128"].iter().filter_map(|network| network.parse::<Network>().ok()));
    }
    allowed
}

/// SIP and RTP on one IP address.
pub async fn telephony(config: &Config) -> Result<(Arc<SipStack>, Arc<MediaEngine>), StartError> {
    let sip = SipStack::bind(SipConfig {
        advertised: config.sip.advertised,
        max_legs: count(config.calls.max_live),
        ..SipConfig::new(config.sip.listen)
    })
    .await?;
    let (first, last) = config.rtp.ports;
    let media = MediaEngine::advertising(
        MediaConfig { ip: config.sip.listen.ip(), ports: first..=last },
        config.rtp_advertised(),
    );
    Ok((sip, media))
}

/// The router over the store and its selector rows.
pub fn router(config: &Config, store: &Arc<dyn Store>, plugins: &Plugins, rows: &SelectorRows) -> Arc<Router> {
    let router = Router::with_plugins(Arc::clone(store), plugins.clone(), rows.clone());
    Arc::new(router.on(host_profile(config)).recording())
}

/// What endpoints are built for.
fn host_profile(config: &Config) -> HostProfile {
    let carriers = &config.carriers;
    HostProfile {
        zone: carriers.zone.clone(),
        format_from_uri: carriers.format_from_uri,
        progress_timeout: u32::try_from(carriers.progress_timeout_s.as_secs()).unwrap_or(u32::MAX),
        defaults: Defaults {
            prefix: carriers.default_prefix.clone().unwrap_or_default(),
            suffix: carriers.default_suffix.clone().unwrap_or_default(),
            route: carriers.default_route.clone(),
            codecs: carriers.default_codecs.clone(),
            formatters: carriers.default_formatters.clone().unwrap_or_default(),
        },
        emergency: EmergencyRules {
            ensure_valid: carriers.ensure_valid_emergency_cid,
            deny_invalid: carriers.deny_invalid_emergency_cid,
            default_number: carriers.default_emergency_cid_number.clone(),
        },
        codecs: Codec::DEFAULT_ORDER.iter().map(|codec| codec.name().to_owned()).collect(),
    }
}

/// The call manager over everything else.
pub fn calls(
    config: &Config,
    store: &Arc<dyn Store>,
    sandbox: &Arc<Sandbox>,
    plugins: &Plugins,
    router: &Arc<Router>,
    (sip, media): &(Arc<SipStack>, Arc<MediaEngine>),
    (nodes, messages): (&Arc<Membership>, &Messages),
) -> Arc<CallManager> {
    let host = config.sip.advertised.unwrap_or(sip.local_addr()).to_string();
    let parts = strowger_calls::Parts {
        legs: Arc::new(SipLegs::new(Arc::clone(sip), Arc::clone(media), host)),
        routes: Arc::clone(router) as _,
        hooks: Arc::new(plugins.clone()) as _,
        sockets: Arc::clone(sandbox) as _,
        store: Arc::clone(store),
        nodes: Arc::clone(nodes),
        texts: Arc::new(messages.clone()),
        library: Arc::new(AudioLibrary::new(Some(config.media_folder()))),
        config: calls_config(config),
    };
    CallManager::start(parts)
}

/// Messages over the same plugins.
pub fn messages(config: &Config, store: &Arc<dyn Store>, plugins: &Plugins, nodes: &Membership) -> Messages {
    let settings = MessagesConfig {
        retention: config.messages.retention_s,
        base_url: Some(nodes.own().info.http.clone()),
        ..MessagesConfig::default()
    };
    Messages::new(Arc::clone(store), plugins.clone(), Arc::new(plugins.clone()), settings)
}

fn calls_config(config: &Config) -> CallsConfig {
    let calls = &config.calls;
    CallsConfig {
        max_live: count(calls.max_live),
        max_attempts: count(calls.max_attempts),
        retention: calls.retention_s,
        recent_retention: calls.recent_retention_s,
        alert_retention: calls.alert_retention_s,
        event_retention: calls.event_retention_s,
        update_wait: calls.update_wait_s,
        // The sandbox has the word before it.
        hook_timeout: config.plugins.hook_timeout_s + Duration::from_secs(5),
    }
}

/// What background work is told by the configuration.
pub fn jobs_config(config: &Config) -> JobsConfig {
    let (jobs, usual) = (&config.jobs, JobsConfig::default());
    JobsConfig {
        concurrency: count(jobs.concurrency),
        lease: usual.lease.min(jobs.job_recover_threshold_s),
        look_every: jobs.job_recover_timeout_s,
        longest_step: jobs.job_recover_threshold_s,
        ..usual
    }
}

/// A configured number as a number of things in memory.
pub fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Options, build};

    #[test]
    fn the_defaults_of_plugins_are_those_of_the_sandbox() {
        let config = build(None, &[], &Options::default()).ok().unwrap().config;
        assert_eq!(format!("{:?}", limits(&config)), format!("{:?}", Limits::default()));
        assert_eq!(format!("{:?}", account_limits(&config)), format!("{:?}", AccountLimits::default()));
    }

    #[test]
    fn the_defaults_of_jobs_are_those_of_the_runner() {
        let config = build(None, &[], &Options::default()).ok().unwrap().config;
        assert_eq!(format!("{:?}", jobs_config(&config)), format!("{:?}", JobsConfig::default()));
    }
}
