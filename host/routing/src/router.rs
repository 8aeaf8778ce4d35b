//! The router: a request, its owner's snapshot, the chain, the endpoints.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value};
use strowger_model::chain::Chain;
use strowger_model::{Owner, number, time};
use strowger_plugins::{Plugins, PluginsLimits};
use strowger_rows::SelectorRows;
use strowger_sandbox::{Decision, RequestFields, RewriteDirection, RoutedCall, Sandbox};
use strowger_store::Store;

use crate::breakers::Breakers;
use crate::chain::Outcome;
use crate::chain_pool::ChainPool;
use crate::check::CheckError;
use crate::emergency::Verdict;
use crate::endpoint::Building;
use crate::error::RouteError;
use crate::feed::Feed;
use crate::profile::HostProfile;
use crate::records::{Decided, Records};
use crate::replay::Replays;
use crate::request::RouteRequest;
use crate::resolved::{ResolvedChain, Resolver};
use crate::rewriters::FORMATTER;
use crate::route::Route;
use crate::rows::DecisionRows;
use crate::shadow::{Job, Shadows};
use crate::snapshot::Snapshot;
use crate::snapshots::Snapshots;
use crate::{chain_pool, check, emergency, hunt, shortdial};

/// Characters of a number.
const MAX_NUMBER: usize = 256;

/// Routes requests.
pub struct Router {
    store: Arc<dyn Store>,
    plugins: Plugins,
    snapshots: Snapshots,
    rows: SelectorRows,
    profile: Arc<HostProfile>,
    records: Option<Records>,
    replays: Replays,
    shadows: Shadows,
}

/// A request as it is tried with a number.
#[derive(Clone, Copy)]
struct Asked<'a> {
    request: &'a RouteRequest,
    /// Whose carriers are hunted.
    hunted: Owner,
    /// Whether the request names that account.
    names_account: bool,
    by: By<'a>,
}

/// What a request is decided by, and what for.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// The owner's chain, for a call: versions are tried beside it.
    Call,
    /// The owner's chain.
    Own,
    /// Another chain.
    Other(&'a ChainPool),
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
        let plugins = Plugins::new(Arc::clone(&store), sandbox, PluginsLimits::default());
        Self::with_plugins(store, plugins, rows)
    }

    /// A router that also shares the plugins with others who change them.
    #[must_use]
    pub fn with_plugins(store: Arc<dyn Store>, plugins: Plugins, rows: SelectorRows) -> Self {
        let snapshots = Snapshots::new(Feed::new(store.changes()), plugins.clone());
        let (profile, replays, shadows) = Default::default();
        Self { store, plugins, snapshots, rows, profile, records: None, replays, shadows }
    }

    /// The selector rows that it routes by.
    #[must_use]
    pub fn rows(&self) -> &SelectorRows {
        &self.rows
    }

    /// The same router for a host that is called, does or can something else.
    #[must_use]
    pub fn on(self, profile: HostProfile) -> Self {
        Self { profile: Arc::new(profile), ..self }
    }

    /// The same router, which records the decisions of calls. Must be called within a tokio runtime.
    #[must_use]
    pub fn recording(self) -> Self {
        Self { records: Some(Records::start(Arc::clone(&self.store))), ..self }
    }

    /// Returns when the decisions that were made here before can be read.
    pub async fn settled(&self) {
        if let Some(records) = &self.records {
            records.settled().await;
        }
    }

    pub(crate) fn replays(&self) -> &Replays {
        &self.replays
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Turns a request into endpoints. A step that fails is told in [`Route::failure`].
    ///
    /// # Errors
    /// [`RouteError`] where no chain could be run at all.
    pub async fn route(&self, request: RouteRequest) -> Result<Route, RouteError> {
        let by = if request.explain { By::Own } else { By::Call };
        let mut route = self.routed(request, by).await?;
        if let (Some(records), Some(decided)) = (&self.records, route.decided.take_if(|it| it.call_id.is_some())) {
            records.note(*decided);
        }
        Ok(route)
    }

    /// Routes a request and records nothing.
    pub(crate) async fn routed(&self, mut request: RouteRequest, by: By<'_>) -> Result<Route, RouteError> {
        let asked = request.fields.get("To-DID").and_then(Value::as_str).unwrap_or_default();
        if asked.is_empty() || asked.chars().count() > MAX_NUMBER {
            return Err(RouteError::NoNumber);
        }
        let bypass = request.fields.get("Bypass-E164").is_some_and(|bypass| bypass == true || bypass == "true");
        let number = if bypass { asked.to_owned() } else { number::normalise(asked).into_owned() };
        let mut snapshot = self.snapshots.get(&self.store, request.owner).await?;
        request.fields = snapshot.account.complete(request.fields);
        let hunted = match hunt::named(request.owner, &request.fields, &snapshot.account.hunt_accounts) {
            Ok(hunted) => hunted,
            Err(failure) => return Ok(Route { failure: Some(failure), ..Route::default() }),
        };
        let names_account = hunted.is_some();
        let hunted = hunted.map_or(request.owner, Owner::from);
        if hunted != request.owner {
            snapshot = self.snapshots.get(&self.store, hunted).await?;
        }
        let asked = Asked { request: &request, hunted, names_account, by };
        let route = self.allowed(&snapshot, asked, number.clone()).await?;
        if !route.is_empty() || route.failure.is_some() {
            return Ok(route);
        }
        match shortdial::correct(&number, &request.fields) {
            Some(corrected) => {
                let again = self.allowed(&snapshot, asked, corrected.clone()).await?;
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
        Ok(self.plugins.sandbox().prepare_rewriter(FORMATTER, formatters)?.apply(direction, request)?)
    }

    /// Rewrites a request as an account's own formatter says, or as a document's formatters say where it has none.
    ///
    /// # Errors
    /// [`RouteError::Formatter`], and the store's.
    pub async fn format_for(
        &self,
        owner: Owner,
        direction: RewriteDirection,
        request: &Map<String, Value>,
        formatters: &Map<String, Value>,
    ) -> Result<Map<String, Value>, RouteError> {
        let snapshot = self.snapshots.get(&self.store, owner).await?;
        if snapshot.rewriters.own().is_none() {
            return self.format(direction, request, formatters);
        }
        let (request, formatters) = (request.clone(), formatters.clone());
        let rewritten = chain_pool::blocking(move || {
            let own = snapshot.rewriters.own()?;
            Some(own.prepare(&formatters).and_then(|mut rewriter| rewriter.apply(direction, &request)))
        });
        rewritten.await?.map_or(Err(RouteError::Interrupted), |rewritten| Ok(rewritten?))
    }

    /// Reads and checks a `rules` array before it is saved as an owner's.
    ///
    /// # Errors
    /// Every step that is none, every module that the owner has not, every parameter that breaks its module's schema.
    pub async fn check_rules(&self, owner: Owner, rules: &Value) -> Result<Chain, CheckError> {
        check::rules(&self.plugins, owner, rules).await
    }

    /// Checks that a chain's modules exist, before it is tried.
    ///
    /// # Errors
    /// Every unknown module.
    pub async fn check_modules(&self, owner: Owner, chain: &Chain) -> Result<(), CheckError> {
        check::modules(&self.plugins, owner, chain).await
    }

    /// The plugins.
    #[must_use]
    pub fn plugins(&self) -> &Plugins {
        &self.plugins
    }

    /// Routes the number; a call to emergency services is made to say who calls.
    async fn allowed(&self, snapshot: &Arc<Snapshot>, asked: Asked<'_>, number: String) -> Result<Route, RouteError> {
        let mut route = self.attempt(snapshot, asked, number.clone()).await?;
        let rules = &self.profile.emergency;
        // Who names the account whose carriers are hunted answers for the caller id.
        let is_judged = rules.ensure_valid && route.emergency.is_some() && !asked.names_account;
        let Owner::Account(account) = asked.request.owner else { return Ok(route) };
        if !is_judged {
            return Ok(route);
        }
        match emergency::judge(&*self.store, account, &asked.request.fields, rules).await {
            Verdict::Shown => {}
            Verdict::Unknown(reason) => route.notes.push(format!("emergency caller id: not checked: {reason}")),
            Verdict::Refused => {
                let Route { resources, trace, notes, emergency, decided, .. } = route;
                let failure = Some(emergency::refusal());
                return Ok(Route { resources, trace, notes, emergency, decided, failure, ..Route::default() });
            }
            Verdict::Instead(other) => {
                let note =
                    format!("emergency caller id: {other} is shown: the call's own is no number of the account's");
                let fields = emergency::shown_as(asked.request.fields.clone(), other);
                let request = RouteRequest { fields, ..asked.request.clone() };
                route = self.attempt(snapshot, Asked { request: &request, ..asked }, number).await?;
                route.notes.push(note);
            }
        }
        Ok(route)
    }

    async fn attempt(&self, snapshot: &Arc<Snapshot>, asked: Asked<'_>, number: String) -> Result<Route, RouteError> {
        let Asked { request, hunted, names_account, .. } = asked;
        let now = request.time.unwrap_or_else(|| u64::try_from(time::unix_now()).unwrap_or(0));
        let fields = Arc::new(RequestFields::new(request.fields.clone()));
        let call = RoutedCall {
            cid_number: fields.text("Outbound-Caller-ID-Number").map(ToOwned::to_owned),
            number,
            time: now,
        };
        let rows = Arc::new(self.decision_rows(hunted, snapshot, request.explain).await?);
        let decision = Decision::new(Arc::clone(&fields), Arc::clone(&rows) as _, now, request.explain);
        let (mut outcome, chain) = self.decide(snapshot, asked, decision, &call).await?;
        if names_account {
            hunt::keep_own(&mut outcome, &snapshot.pool);
        }
        let building = Building {
            sandbox: Arc::clone(self.plugins.sandbox()),
            snapshot: Arc::clone(snapshot),
            profile: Arc::clone(&self.profile),
            request: Arc::clone(&fields),
            number: call.number.clone(),
            limit: request.endpoint_limit(),
        };
        let mut route = match building.is_slow() {
            false => building.build(&mut outcome),
            true => {
                let built;
                (built, outcome) = chain_pool::blocking(move || (building.build(&mut outcome), outcome)).await?;
                built
            }
        };
        route.notes.extend(rows.notes());
        if request.explain || request.call.is_some() {
            route.decided = Some(Box::new(Decided {
                owner: request.owner,
                call_id: request.call.clone(),
                fields: request.fields.clone(),
                way: request.route_by.unwrap_or(snapshot.route_by),
                snapshot: Arc::clone(snapshot),
                chain,
                rows: outcome.rows,
                adjustments: outcome.adjustments,
                trace: route.trace.clone(),
                failure: route.failure.clone(),
                call,
            }));
        }
        Ok(route)
    }

    async fn decision_rows(
        &self,
        owner: Owner,
        snapshot: &Arc<Snapshot>,
        explain: bool,
    ) -> Result<DecisionRows, RouteError> {
        let books = self.snapshots.books(&self.store, &self.rows, owner, snapshot).await?;
        let asked = explain.then(Mutex::default);
        Ok(DecisionRows { snapshot: Arc::clone(snapshot), books, asked })
    }

    #[cfg(test)]
    pub(crate) async fn rows_of(&self, owner: Owner) -> Result<DecisionRows, RouteError> {
        let snapshot = self.snapshots.get(&self.store, owner).await?;
        self.decision_rows(owner, &snapshot, false).await
    }

    async fn decide(
        &self,
        snapshot: &Snapshot,
        Asked { request, by, .. }: Asked<'_>,
        decision: Decision,
        call: &RoutedCall,
    ) -> Result<(Outcome, Arc<ResolvedChain>), RouteError> {
        if let Some(rules) = &request.rules {
            // A chain that is tried says nothing about those that calls go by.
            let breakers = Breakers::default();
            let resolver =
                Resolver { plugins: &self.plugins, breakers: &breakers, owner: request.owner, is_live: false };
            let resolved = resolver.resolve(rules.clone()).await?;
            let resolved = Arc::new(resolved);
            let chain = chain_pool::prepare(Arc::clone(&resolved), &snapshot.pool).await?;
            return Ok((chain_pool::run(chain, decision, call, None).await?.1, resolved));
        }
        let own = || snapshot.chain(request.route_by.unwrap_or(snapshot.route_by));
        let chain = if let By::Other(chain) = by { chain } else { own() };
        let shadows = if let By::Call = by { &chain.chain.shadows[..] } else { &[] };
        let beside = (!shadows.is_empty()).then(|| (Arc::clone(&decision.request), Arc::clone(&decision.rows)));
        let call_id = request.call.as_deref().filter(|call| !call.is_empty());
        let outcome = chain.run(&snapshot.pool, decision, call, call_id).await?;
        if let Some((fields, rows)) = beside {
            let (pool, call) = (Arc::clone(&snapshot.pool), call.clone());
            let job = || Job { pool, request: fields, rows, call, call_id: call_id.map(ToOwned::to_owned) };
            self.shadows.offer(shadows, &outcome, job);
        }
        if outcome.overloaded {
            self.snapshots.evict();
        }
        Ok((outcome, Arc::clone(&chain.chain)))
    }
}
