//! The router: snapshots by owner, kept fresh by the store's change feed.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use serde_json::{Map, Value};
use strowger_model::chain::Chain;
use strowger_model::{Owner, Violations, number, time};
use strowger_sandbox::{Decision, FaultKind, Module, RequestFields, RewriteDirection, RoutedCall, Sandbox};
use strowger_store::Store;

use crate::chain::{Outcome, PreparedChain};
use crate::endpoint::Building;
use crate::error::RouteError;
use crate::feed::Feed;
use crate::request::RouteRequest;
use crate::rewriters::FORMATTER;
use crate::route::Route;
use crate::snapshot::Snapshot;
use crate::{check, shortdial};

/// Owners whose snapshots stay in memory; each holds a few plugin instances.
const MAX_SNAPSHOTS: usize = 200;
/// Characters of a number.
const MAX_NUMBER: usize = 256;

/// Routes requests.
pub struct Router {
    store: Arc<dyn Store>,
    sandbox: Arc<Sandbox>,
    snapshots: Mutex<HashMap<Owner, Arc<Snapshot>>>,
    feed: Feed,
    clock: AtomicU64,
}

impl Router {
    /// A router over a store; it hears of changes from now on.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, sandbox: Arc<Sandbox>) -> Self {
        let feed = Feed::new(store.changes());
        Self { store, sandbox, snapshots: Mutex::default(), feed, clock: AtomicU64::new(0) }
    }

    /// Turns a request into endpoints. A step that fails is told in [`Route::failure`].
    ///
    /// # Errors
    /// [`RouteError`] where no chain could be run at all.
    pub async fn route(&self, request: RouteRequest) -> Result<Route, RouteError> {
        let asked = request.fields.get("To-DID").and_then(Value::as_str).unwrap_or_default();
        if asked.is_empty() || asked.chars().count() > MAX_NUMBER {
            return Err(RouteError::NoNumber);
        }
        let bypass = request.fields.get("Bypass-E164").is_some_and(|bypass| bypass == true || bypass == "true");
        let number = if bypass { asked.to_owned() } else { number::normalise(asked).into_owned() };
        let snapshot = self.snapshot(request.owner).await?;
        let route = self.attempt(&snapshot, &request, number.clone()).await?;
        if !route.endpoints.is_empty() || route.failure.is_some() {
            return Ok(route);
        }
        match shortdial::correct(&number, &request.fields) {
            Some(corrected) => {
                let again = self.attempt(&snapshot, &request, corrected.clone()).await?;
                let found = !again.endpoints.is_empty();
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

    /// Checks a chain before it is saved.
    ///
    /// # Errors
    /// Every unknown module and every parameter that breaks its module's schema.
    pub fn check_chain(&self, chain: &Chain) -> Result<(), Violations> {
        check::parameters(&self.sandbox, chain)
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
        let decision = Decision::new(Arc::clone(&fields), Arc::clone(&snapshot.rows) as _, now, request.explain);
        let outcome = self.decide(snapshot, request, decision, &call).await?;
        let building = Building {
            sandbox: &self.sandbox,
            pool: &snapshot.pool,
            rewriters: &snapshot.rewriters,
            request: &fields,
            number: &call.number,
            limit: request.endpoint_limit(),
        };
        Ok(building.build(outcome))
    }

    async fn decide(
        &self,
        snapshot: &Arc<Snapshot>,
        request: &RouteRequest,
        decision: Decision,
        call: &RoutedCall,
    ) -> Result<Outcome, RouteError> {
        if let Some(rules) = &request.rules {
            let (sandbox, pool, rules) = (Arc::clone(&self.sandbox), Arc::clone(&snapshot.pool), rules.clone());
            let mut chain = prepared(move || PreparedChain::new(&sandbox, &rules, &pool)).await?;
            return Ok(chain.run(decision, call));
        }
        let route_by = request.route_by.unwrap_or(snapshot.route_by);
        let mut chain = match snapshot.chain(route_by).take() {
            Some(chain) => chain,
            None => {
                let (sandbox, snapshot) = (Arc::clone(&self.sandbox), Arc::clone(snapshot));
                prepared(move || snapshot.chain(route_by).prepare(&sandbox, &snapshot.pool)).await?
            }
        };
        let outcome = chain.run(decision, call);
        if outcome.failure.as_ref().is_some_and(|failure| failure.kind == FaultKind::Overloaded.name()) {
            self.evict();
        }
        if !outcome.spent {
            snapshot.chain(route_by).put_back(chain);
        }
        Ok(outcome)
    }

    async fn snapshot(&self, owner: Owner) -> Result<Arc<Snapshot>, RouteError> {
        let generation = self.feed.generation(owner);
        let tick = self.clock.fetch_add(1, Ordering::Relaxed);
        let known = self.snapshots.lock().get(&owner).cloned();
        if let Some(snapshot) = known.filter(|snapshot| snapshot.generation == generation) {
            snapshot.touch(tick);
            return Ok(snapshot);
        }
        let loaded = Arc::new(Snapshot::load(&*self.store, owner, generation).await?);
        loaded.touch(tick);
        let mut snapshots = self.snapshots.lock();
        snapshots.insert(owner, Arc::clone(&loaded));
        if snapshots.len() > MAX_SNAPSHOTS {
            drop_least_used(&mut snapshots);
        }
        Ok(loaded)
    }

    fn evict(&self) {
        drop_least_used(&mut self.snapshots.lock());
    }
}

/// Preparing takes milliseconds at a thousand carriers: too long for a worker that serves calls.
async fn prepared<T: Send + 'static>(prepare: impl FnOnce() -> T + Send + 'static) -> Result<T, RouteError> {
    tokio::task::spawn_blocking(prepare).await.map_err(|_| RouteError::Interrupted)
}

fn drop_least_used(snapshots: &mut HashMap<Owner, Arc<Snapshot>>) {
    let least = snapshots.iter().min_by_key(|(_, snapshot)| snapshot.last_used()).map(|(owner, _)| *owner);
    if let Some(owner) = least {
        snapshots.remove(&owner);
    }
}
