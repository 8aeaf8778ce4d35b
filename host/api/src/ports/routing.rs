//! Deciding which carriers take a call.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde_json::{Map, Value};
use strowger_model::{Chain, Owner};
use strowger_routing::whois::{self, Addresses};
use strowger_routing::{CheckError, Direction, ReplayError, Replayed, Route, RouteError, RouteRequest, Router, Trial};
use strowger_store::StoreError;

/// The router, as the API sees it.
#[async_trait]
pub trait Routing: Send + Sync + 'static {
    /// Routes a request; a step that fails is part of the route.
    ///
    /// # Errors
    /// Where no chain could be run at all.
    async fn route(&self, request: RouteRequest) -> Result<Route, RouteError>;

    /// Runs formatters over a request, by the formatter that the owner's calls have.
    ///
    /// # Errors
    /// Where the formatters cannot be used.
    async fn format(
        &self,
        owner: Owner,
        direction: Direction,
        request: &Map<String, Value>,
        formatters: &Map<String, Value>,
    ) -> Result<Map<String, Value>, RouteError>;

    /// Reads a `rules` array in which every module exists and takes its parameters.
    ///
    /// # Errors
    /// Everything that is wrong, by path.
    async fn check_rules(&self, owner: Owner, rules: &Value) -> Result<Chain, CheckError>;

    /// Whether every module exists, whatever its parameters are.
    ///
    /// # Errors
    /// The modules that do not, by path.
    async fn check_modules(&self, owner: Owner, chain: &Chain) -> Result<(), CheckError>;

    /// How a call of an owner was decided, if that is recorded.
    ///
    /// # Errors
    /// Those of the store.
    async fn routing_of(&self, owner: Owner, call: &str) -> Result<Option<Value>, StoreError>;

    /// Returns when the decisions that were made here before can be read.
    async fn settled(&self);

    /// Makes an owner's last decisions again, by the chain of today and by another.
    ///
    /// # Errors
    /// Why they are not.
    async fn replay(&self, owner: Owner, trial: Trial, count: usize) -> Result<Replayed, ReplayError>;

    /// Looks up the hosts that gateways name.
    async fn addresses(&self, names: BTreeSet<String>) -> Addresses;
}

#[async_trait]
impl Routing for Router {
    async fn route(&self, request: RouteRequest) -> Result<Route, RouteError> {
        Self::route(self, request).await
    }

    async fn format(
        &self,
        owner: Owner,
        direction: Direction,
        request: &Map<String, Value>,
        formatters: &Map<String, Value>,
    ) -> Result<Map<String, Value>, RouteError> {
        self.format_for(owner, direction, request, formatters).await
    }

    async fn check_rules(&self, owner: Owner, rules: &Value) -> Result<Chain, CheckError> {
        Self::check_rules(self, owner, rules).await
    }

    async fn check_modules(&self, owner: Owner, chain: &Chain) -> Result<(), CheckError> {
        Self::check_modules(self, owner, chain).await
    }

    async fn routing_of(&self, owner: Owner, call: &str) -> Result<Option<Value>, StoreError> {
        Self::routing_of(self, owner, call).await
    }

    async fn settled(&self) {
        Self::settled(self).await;
    }

    async fn replay(&self, owner: Owner, trial: Trial, count: usize) -> Result<Replayed, ReplayError> {
        Self::replay(self, owner, trial, count).await
    }

    async fn addresses(&self, names: BTreeSet<String>) -> Addresses {
        whois::resolve(names).await
    }
}
