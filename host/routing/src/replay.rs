//! Recorded decisions made again, over today's carriers, by the chain of today and by another one: what would a change change?

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;
use strowger_model::Owner;
use strowger_model::chain::{Chain, RouteBy};
use strowger_plugins::FindError;
use strowger_store::{Direction, StoreError};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::breakers::Breakers;
use crate::chain_pool::ChainPool;
use crate::check::CheckError;
use crate::error::RouteError;
use crate::records::{Decided, Record, again, records_of};
use crate::request::RouteRequest;
use crate::resolved::Resolver;
use crate::router::Router;
use crate::snapshot::saved_chain;

/// Differences that are told in full.
const TOLD: usize = 50;
/// Reasons of one difference that are told.
const REASONS: usize = 10;
/// How long one replay may take.
const LONGEST: Duration = Duration::from_secs(20);
/// Replays at once, of different owners.
const AT_ONCE: usize = 2;

/// What is tried in the place of the chain of today.
#[derive(Debug, Clone)]
pub enum Trial {
    /// The same chain, with that version of a plugin wherever it names the plugin without a version.
    Version {
        /// The plugin.
        plugin: String,
        /// The version.
        version: String,
    },
    /// Another chain.
    Chain(Chain),
}

/// What came of a replay.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Replayed {
    /// Decisions that were made again by both chains.
    pub compared: usize,
    /// Those that choose the same carriers, in the same order, with the same adjustments.
    pub same: usize,
    /// Those that do not.
    pub different: usize,
    /// Those of which the trial failed, wholly or in one of its steps; they may be among the different ones too.
    pub failed: usize,
    /// Records that cannot be decided again: their requests were not kept in full, or they went by another way or account.
    pub skipped: usize,
    /// Whether all the records that were asked for were looked at in time.
    pub complete: bool,
    /// Fuel of both.
    pub fuel: Fuel,
    /// The first differences.
    pub differences: Vec<Difference>,
}

/// Fuel that all the decisions took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Fuel {
    /// By the chain of today.
    pub before: u64,
    /// By the trial.
    pub after: u64,
}

/// A decision that the trial makes otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The record's id.
    pub decision: String,
    /// The call.
    pub call: Option<String>,
    /// The number.
    pub number: Option<String>,
    /// Ids of the carriers by the chain of today.
    pub before: Vec<String>,
    /// Ids of the carriers by the trial.
    pub after: Vec<String>,
    /// Why, where a chain says so.
    pub reasons: Vec<String>,
}

/// Why nothing is replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// One at a time for each owner, and few in all.
    #[error("another replay is under way: try again when it has ended")]
    Busy,
    /// The chain does not use the plugin.
    #[error("no step of the chain names '{0}' without a version: there is nothing to put another version in place of")]
    NotNamed(String),
    /// The version.
    #[error(transparent)]
    Find(FindError),
    /// The trial's rules.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// Routing.
    #[error(transparent)]
    Route(#[from] RouteError),
}

impl From<StoreError> for ReplayError {
    fn from(error: StoreError) -> Self {
        Self::Route(error.into())
    }
}

/// Owners whose decisions are being replayed.
#[derive(Default)]
pub(crate) struct Replays(Arc<Mutex<Vec<Owner>>>);

struct Place(Arc<Mutex<Vec<Owner>>>, Owner);

impl Replays {
    fn enter(&self, owner: Owner) -> Result<Place, ReplayError> {
        let mut busy = self.0.lock();
        if busy.len() >= AT_ONCE || busy.contains(&owner) {
            return Err(ReplayError::Busy);
        }
        busy.push(owner);
        Ok(Place(Arc::clone(&self.0), owner))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().retain(|owner| *owner != self.1);
    }
}

impl Router {
    /// Makes an owner's last `count` decisions again. Nothing of it counts as a call's.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn replay(&self, owner: Owner, trial: Trial, count: usize) -> Result<Replayed, ReplayError> {
        let _place = self.replays().enter(owner)?;
        let today = saved_chain(self.store(), owner).await?;
        let tried = self.tried(owner, trial, &today).await?;
        self.settled().await;
        let records = records_of(self.store(), owner, None, Direction::Descending, count, |_| true).await?;
        let breakers = Breakers::default();
        let resolver = Resolver { plugins: self.plugins(), breakers: &breakers, owner };
        let pools = Pools {
            before: ChainPool::new(resolver.resolve(today).await?),
            after: ChainPool::new(resolver.resolve(tried).await?),
        };
        off_the_call_workers(self.replay_all(owner, &records, &pools)).await
    }

    async fn tried(&self, owner: Owner, trial: Trial, today: &Chain) -> Result<Chain, ReplayError> {
        let (plugin, version) = match trial {
            Trial::Chain(chain) => {
                self.check_modules(owner, &chain).await?;
                return Ok(chain);
            }
            Trial::Version { plugin, version } => (plugin, version),
        };
        self.plugins().module(owner, &format!("{plugin}@{version}")).await.map_err(ReplayError::Find)?;
        let mut tried = today.clone();
        let mut is_named = false;
        for step in &mut tried.steps {
            let own = std::iter::once((&step.module, &mut step.version));
            let fallbacks = step.fallbacks.iter_mut().map(|fallback| (&fallback.module, &mut fallback.version));
            for (name, pinned) in own.chain(fallbacks).filter(|(name, pinned)| **name == plugin && pinned.is_none()) {
                tracing::debug!(%name, %version, "put in place for a replay");
                *pinned = Some(version.clone());
                is_named = true;
            }
        }
        if is_named { Ok(tried) } else { Err(ReplayError::NotNamed(plugin)) }
    }

    async fn replay_all(&self, owner: Owner, records: &[Record], pools: &Pools) -> Result<Replayed, ReplayError> {
        let mut replayed = Replayed { complete: true, ..Replayed::default() };
        let began = Instant::now();
        for record in records {
            if began.elapsed() > LONGEST {
                replayed.complete = false;
                break;
            }
            let by_chain = record.text("route_by") == Some(RouteBy::default().as_str());
            let request = again(owner, record).filter(|_| by_chain && record.text("hunted").is_none());
            let Some(request) = request else {
                replayed.skipped += 1;
                continue;
            };
            let before = self.decided(&request, &pools.before, false).await?;
            let after = self.decided(&request, &pools.after, false).await?;
            let (Some(before), Some(after)) = (before, after) else {
                replayed.skipped += 1;
                continue;
            };
            if replayed.count(&before, &after) && replayed.differences.len() < TOLD {
                let reasons = self.reasons(&request, pools, (&before, &after)).await?;
                replayed.differences.push(difference(record, &before, &after, reasons));
            }
        }
        Ok(replayed)
    }

    async fn decided(
        &self,
        request: &RouteRequest,
        chain: &ChainPool,
        explain: bool,
    ) -> Result<Option<Decided>, RouteError> {
        let request = RouteRequest { explain, call: Some(String::new()), ..request.clone() };
        Ok(self.routed(request, Some(chain)).await?.decided.map(|decided| *decided))
    }

    /// Why a carrier is not in one of the two, in the words of the step that dropped it.
    async fn reasons(
        &self,
        request: &RouteRequest,
        pools: &Pools,
        (before, after): (&Decided, &Decided),
    ) -> Result<Vec<String>, RouteError> {
        let mut reasons = Vec::new();
        let (was, is) = (ids(before), ids(after));
        for (chain, word, there, gone) in [(&pools.after, "after", &was, &is), (&pools.before, "before", &is, &was)] {
            let missing: Vec<&String> = there.iter().filter(|id| !gone.contains(id)).collect();
            if missing.is_empty() {
                continue;
            }
            let Some(told) = self.decided(request, chain, true).await? else { continue };
            for step in &told.trace {
                let dropped = step.dropped.iter().filter(|dropped| missing.contains(&&dropped.id));
                let by = step.plugin.as_deref().unwrap_or(&step.module);
                reasons.extend(dropped.map(|it| format!("{word}: {} dropped by {by}: {}", it.id, it.reason)));
            }
        }
        let failure = after.failure.as_ref().map(|failure| format!("after: {}", failure.message));
        reasons.extend(failure);
        if reasons.is_empty() {
            let order = was.len() == is.len() && was != is;
            reasons.push(if order { "the order differs".into() } else { "the adjustments differ".into() });
        }
        reasons.truncate(REASONS);
        Ok(reasons)
    }
}

/// Both chains, prepared.
struct Pools {
    before: ChainPool,
    after: ChainPool,
}

impl Replayed {
    /// Counts one; whether the two differ.
    fn count(&mut self, before: &Decided, after: &Decided) -> bool {
        self.compared += 1;
        self.fuel.before += before.fuel();
        self.fuel.after += after.fuel();
        let has_failed = after.failure.is_some() || after.trace.iter().any(|step| step.is_degraded());
        self.failed += usize::from(has_failed);
        let same = before.rows.len() == after.rows.len() && before.carriers() == after.carriers();
        if same {
            self.same += 1
        } else {
            self.different += 1
        }
        !same
    }
}

fn difference(record: &Record, before: &Decided, after: &Decided, reasons: Vec<String>) -> Difference {
    Difference {
        decision: record.position.to_string(),
        call: record.text("call").map(ToOwned::to_owned),
        number: record.text("number").map(ToOwned::to_owned),
        before: ids(before),
        after: ids(after),
        reasons,
    }
}

fn ids(decided: &Decided) -> Vec<String> {
    let ids = decided.carriers().into_iter().filter_map(|carrier| match carrier.get("id") {
        Some(Value::String(id)) => Some(id.clone()),
        _ => None,
    });
    ids.collect()
}

/// Other tasks of the worker go to another one meanwhile: a thousand decisions are much for one that serves calls.
async fn off_the_call_workers<T>(work: impl Future<Output = T>) -> T {
    let handle = Handle::current();
    match handle.runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(|| handle.block_on(work)),
        _ => work.await,
    }
}
