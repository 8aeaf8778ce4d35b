//! [`strowger_api::Routing`] over the router.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};
use strowger_api::{ModuleRow, Routing};
use strowger_model::{Chain, Violations};
use strowger_routing::{Direction, Route, RouteError, RouteRequest, Router};

/// Hands the API's requests to the router.
pub struct RoutingAdapter(pub Arc<Router>);

#[async_trait]
impl Routing for RoutingAdapter {
    async fn route(&self, request: RouteRequest) -> Result<Route, RouteError> {
        self.0.route(request).await
    }

    fn format(
        &self,
        direction: Direction,
        request: &Map<String, Value>,
        formatters: &Map<String, Value>,
    ) -> Result<Map<String, Value>, RouteError> {
        self.0.format(direction, request, formatters)
    }

    fn check_chain(&self, chain: &Chain) -> Result<(), Violations> {
        self.0.check_chain(chain)
    }

    fn check_modules(&self, chain: &Chain) -> Result<(), Violations> {
        self.0.check_modules(chain)
    }

    fn modules(&self) -> Vec<ModuleRow> {
        let modules = self.0.modules();
        let row = |module: &Arc<strowger_sandbox::Module>| ModuleRow {
            name: module.name.clone(),
            version: module.version.clone(),
            kind: module.kind.name(),
            summary: module.summary.clone(),
            capabilities: module.capabilities.clone(),
            parameters: module.parameters.clone(),
        digest: module.digest.clone(),
        };
        modules.iter().map(row).collect()
    }
}
