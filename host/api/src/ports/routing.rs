//! Deciding which carriers take a call.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Map, Value};
use strowger_model::{Chain, Violations};
use strowger_routing::whois::{self, Addresses};
use strowger_routing::{Direction, Route, RouteError, RouteRequest, Router};

/// The router, as the API sees it.
#[async_trait]
pub trait Routing: Send + Sync + 'static {
    /// Routes a request; a step that fails is part of the route.
    ///
    /// # Errors
    /// Where no chain could be run at all.
    async fn route(&self, request: RouteRequest) -> Result<Route, RouteError>;

    /// Runs formatters over a request.
    ///
    /// # Errors
    /// Where the formatters cannot be used.
    fn format(
        &self,
        direction: Direction,
        request: &Map<String, Value>,
        formatters: &Map<String, Value>,
    ) -> Result<Map<String, Value>, RouteError>;

    /// Reads a `rules` array in which every module exists and takes its parameters.
    ///
    /// # Errors
    /// Everything that is wrong, by path.
    fn check_rules(&self, rules: &Value) -> Result<Chain, Violations>;

    /// Whether every module exists, whatever its parameters are.
    ///
    /// # Errors
    /// The modules that do not, by path.
    fn check_modules(&self, chain: &Chain) -> Result<(), Violations>;

    /// The plugins that chains, documents and hooks may name.
    fn modules(&self) -> Vec<ModuleRow>;

    /// Looks up the hosts that gateways name.
    async fn addresses(&self, names: BTreeSet<String>) -> Addresses;
}

/// An installed plugin as the list of modules shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModuleRow {
    /// The name that chains write.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `selector`, `formatter` or `call-hook`.
    pub kind: &'static str,
    /// One line on what it does.
    pub summary: String,
    /// Capabilities that it can use.
    pub capabilities: Vec<String>,
    /// JSON Schema of its parameters.
    pub parameters: Value,
    /// SHA-256 of the component, hex.
    pub digest: String,
}

#[async_trait]
impl Routing for Router {
    async fn route(&self, request: RouteRequest) -> Result<Route, RouteError> {
        Self::route(self, request).await
    }

    fn format(
        &self,
        direction: Direction,
        request: &Map<String, Value>,
        formatters: &Map<String, Value>,
    ) -> Result<Map<String, Value>, RouteError> {
        Self::format(self, direction, request, formatters)
    }

    fn check_rules(&self, rules: &Value) -> Result<Chain, Violations> {
        Self::check_rules(self, rules)
    }

    fn check_modules(&self, chain: &Chain) -> Result<(), Violations> {
        Self::check_modules(self, chain)
    }

    fn modules(&self) -> Vec<ModuleRow> {
        let row = |module: &strowger_sandbox::Module| ModuleRow {
            name: module.plugin.name.clone(),
            version: module.plugin.version.clone(),
            kind: module.kind.name(),
            summary: module.summary.clone(),
            capabilities: module.capabilities.iter().map(|capability| capability.name().to_owned()).collect(),
            parameters: module.parameters.clone(),
            digest: module.digest.clone(),
        };
        Self::modules(self).iter().map(|module| row(module)).collect()
    }

    async fn addresses(&self, names: BTreeSet<String>) -> Addresses {
        whois::resolve(names).await
    }
}
