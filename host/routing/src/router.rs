//! The router: a request, its owner's snapshot, the chain, the endpoints.

use std::sync::Arc;

use serde_json::{Map, Value};
use strowger_model::chain::Chain;
use strowger_model::{Owner, Violations, number, time};
use strowger_rows::SelectorRows;
use strowger_sandbox::{Decision, FaultKind, Module, RequestFields, RewriteDirection, RoutedCall, Sandbox};
use strowger_store::Store;

use crate::chain::{Outcome, PreparedChain};
use crate::endpoint::Building;
use crate::error::RouteError;
use crate::feed::Feed;
use crate::profile::HostProfile;
use crate::request::RouteRequest;
use crate::rewriters::FORMATTER;
use crate::route::Route;
use crate::rows::DecisionRows;
use crate::snapshot::Snapshot;
use crate::snapshots::Snapshots;
use crate::{chain_pool, check, shortdial};

/// Characters of a number.
const MAX_NUMBER: usize = 256;

/// Routes requests.
pub struct Router {
    store: Arc<dyn Store>,
    sandbox: Arc<Sandbox>,
    snapshots: Snapshots,
    rows: SelectorRows,
    profile: HostProfile,
}

impl Router {
    /// A router over a store; it hears of changes from now on.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, sandbox: Arc<Sandbox>) -> Self {
        let rows = SelectorRows::new(Arc::clone(&store));
        Self::with_rows(store, sandbox, rows)
    }

    /// A router that shares the selector rows in memory with others who read and write them.
    #[must_use]
    pub fn with_rows(store: Arc<dyn Store>, sandbox: Arc<Sandbox>, rows: SelectorRows) -> Self {
        let snapshots = Snapshots::new(Feed::new(store.changes()));
        Self { store, sandbox, snapshots, rows, profile: HostProfile::default() }
    }

    /// The selector rows that it routes by.
    #[must_use]
    pub fn rows(&self) -> &SelectorRows {
        &self.rows
    }

    /// The same router for a host that is called, does or can something else.
    #[must_use]
    pub fn on(self, profile: HostProfile) -> Self {
        Self { profile, ..self }
    }

    /// Turns a request into endpoints. A step that fails is told in [`Route::failure`].
    ///
    /// # Errors
    /// [`RouteError`] where no chain could be run at all.
    pub async fn route(&self, mut request: RouteRequest) -> Result<Route, RouteError> {
        let asked = request.fields.get("To-DID").and_then(Value::as_str).unwrap_or_default();
        if asked.is_empty() || asked.chars().count() > MAX_NUMBER {
            return Err(RouteError::NoNumber);
        }
        let bypass = request.fields.get("Bypass-E164").is_some_and(|bypass| bypass == true || bypass == "true");
        let number = if bypass { asked.to_owned() } else { number::normalise(asked).into_owned() };
        let snapshot = self.snapshots.get(&self.store, request.owner).await?;
        request.fields = snapshot.account.complete(request.fields);
        let route = self.attempt(&snapshot, &request, number.clone()).await?;
        if !route.is_empty() || route.failure.is_some() {
            return Ok(route);
        }
        match shortdial::correct(&number, &request.fields) {
            Some(corrected) => {
                let again = self.attempt(&snapshot, &request, corrected.clone()).await?;
                let found = !again.is_empty();
                Ok(if found { Route { corrected_number: Some(corrected), ..again } } else { route })
            }
            None => Ok(route),
        }
    }

    /// Rewrites a request as a document's formatters say.
    ///
    /// # Errors
    /// [`RouteError::Formatter`].
    pub fn format(
        &self,
        direction: RewriteDirection,
        request: &Map<String, Value>,
        formatters: &Map<String, Value>,
    ) -> Result<Map<String, Value>, RouteError> {
        Ok(self.sandbox.prepare_rewriter(FORMATTER, formatters)?.apply(direction, request)?)
    }

    /// Reads and checks a `rules` array before it is saved.
    ///
    /// # Errors
    /// Every step that is none, every unknown module and every parameter that breaks its module's schema.
    pub fn check_rules(&self, rules: &Value) -> Result<Chain, Violations> {
        check::rules(&self.sandbox, rules)
    }

    /// Checks that a chain's modules exist, before it is tried.
    ///
    /// # Errors
    /// Every unknown module.
    pub fn check_modules(&self, chain: &Chain) -> Result<(), Violations> {
        check::modules(&self.sandbox, chain)
    }

    /// The installed plugins.
    #[must_use]
    pub fn modules(&self) -> Vec<Arc<Module>> {
        self.sandbox.modules()
    }

    async fn attempt(
        &self,
        snapshot: &Arc<Snapshot>,
        request: &RouteRequest,
        number: String,
    ) -> Result<Route, RouteError> {
        let now = u64::try_from(time::unix_now()).unwrap_or(0);
        let fields = Arc::new(RequestFields::new(request.fields.clone()));
        let call = RoutedCall {
            cid_number: fields.text("Outbound-Caller-ID-Number").map(ToOwned::to_owned),
            number,
            time: now,
        };
        let rows = self.decision_rows(request.owner, snapshot).await?;
        let decision = Decision::new(Arc::clone(&fields), Arc::new(rows), now, request.explain);
        let outcome = self.decide(snapshot, request, decision, &call).await?;
        let building = Building {
            sandbox: &self.sandbox,
            pool: &snapshot.pool,
            rewriters: &snapshot.rewriters,
            profile: &self.profile,
            request: &fields,
            number: &call.number,
            limit: request.endpoint_limit(),
        };
        Ok(building.build(outcome))
    }

    async fn decision_rows(&self, owner: Owner, snapshot: &Arc<Snapshot>) -> Result<DecisionRows, RouteError> {
        let books = self.snapshots.books(&self.store, &self.rows, owner, snapshot).await?;
        Ok(DecisionRows { snapshot: Arc::clone(snapshot), books })
    }

    #[cfg(test)]
    pub(crate) async fn rows_of(&self, owner: Owner) -> Result<DecisionRows, RouteError> {
        let snapshot = self.snapshots.get(&self.store, owner).await?;
        self.decision_rows(owner, &snapshot).await
    }

    async fn decide(
        &self,
        snapshot: &Snapshot,
        request: &RouteRequest,
        decision: Decision,
        call: &RoutedCall,
    ) -> Result<Outcome, RouteError> {
        if let Some(rules) = &request.rules {
            let mut chain = chain_pool::prepare(&self.sandbox, rules.clone(), &snapshot.pool).await?;
            return Ok(chain.run(decision, call));
        }
        let chain = snapshot.chain(request.route_by.unwrap_or(snapshot.route_by));
        let run = |chain: &mut PreparedChain| chain.run(decision, call);
        let outcome = chain.with_copy(&self.sandbox, &snapshot.pool, run, |outcome| outcome.spent).await?;
        if outcome.failure.as_ref().is_some_and(|failure| failure.kind == FaultKind::Overloaded.name()) {
            self.snapshots.evict();
        }
        Ok(outcome)
    }
}
