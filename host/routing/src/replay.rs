//! Recorded decisions made again, over today's carriers, by the chain of today and by another one: what would a change change?

mod outcome;
mod turn;

use std::time::{Duration, Instant};

use strowger_model::Owner;
use strowger_model::chain::{Chain, RouteBy};
use strowger_plugins::FindError;
use strowger_store::{Direction, StoreError};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::breakers::Breakers;
use crate::chain_pool::ChainPool;
use crate::check::CheckError;
use crate::compare;
use crate::error::RouteError;
use crate::records::{Decided, Record, again, records_of};
use crate::request::RouteRequest;
use crate::resolved::Resolver;
use crate::router::{By, Router};
use crate::snapshot::saved_chain;

pub use outcome::{Difference, Fuel, Replayed};
pub(crate) use turn::Replays;

/// Differences that are told in full.
const TOLD: usize = 50;
/// How long one replay may take.
const LONGEST: Duration = Duration::from_secs(20);

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

impl Router {
    /// Makes an owner's last `count` decisions again. Nothing of it counts as a call's.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn replay(&self, owner: Owner, trial: Trial, count: usize) -> Result<Replayed, ReplayError> {
        let _turn = self.replays().enter(owner).ok_or(ReplayError::Busy)?;
        let today = saved_chain(self.store(), owner).await?;
        let tried = self.tried(owner, trial, &today).await?;
        self.settled().await;
        let records = records_of(self.store(), owner, None, Direction::Descending, count, |_| true).await?;
        let breakers = Breakers::default();
        let resolver = Resolver { plugins: self.plugins(), breakers: &breakers, owner, is_live: false };
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
                let difference = self.difference(&request, pools, record, (&before, &after)).await?;
                replayed.differences.push(difference);
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
        Ok(self.routed(request, By::Other(chain)).await?.decided.map(|decided| *decided))
    }

    /// Each carrier that is in one of the two only, in the words of the step that dropped it from the other.
    async fn difference(
        &self,
        request: &RouteRequest,
        pools: &Pools,
        record: &Record,
        (before, after): (&Decided, &Decided),
    ) -> Result<Difference, RouteError> {
        let (before, after) = (before.chosen(), after.chosen());
        let (lost, won) = (before.beyond(&after), after.beyond(&before));
        let mut reasons = Vec::new();
        for (chain, word, missing) in [(&pools.after, "after", &lost), (&pools.before, "before", &won)] {
            if missing.is_empty() {
                continue;
            }
            let Some(explained) = self.decided(request, chain, true).await? else { continue };
            reasons.extend(compare::dropped(word, &explained.trace, missing));
        }
        let reasons = compare::told(reasons, &before, &after);
        Ok(Difference::of(record, (&before, &after), reasons))
    }
}

/// Both chains, prepared.
struct Pools {
    before: ChainPool,
    after: ChainPool,
}

/// Other tasks of the worker go to another one meanwhile: a thousand decisions are much for one that serves calls.
async fn off_the_call_workers<T>(work: impl Future<Output = T>) -> T {
    let handle = Handle::current();
    match handle.runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(|| handle.block_on(work)),
        _ => work.await,
    }
}
