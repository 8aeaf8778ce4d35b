//! The prepared instances of one owner's chain.

use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;
use strowger_sandbox::{Decision, RoutedCall};
use tokio::sync::Semaphore;

use crate::chain::{Outcome, PreparedChain, Progress, Run};
use crate::error::RouteError;
use crate::pool::SharedPool;
use crate::resolved::ResolvedChain;

/// A chain, and as many prepared copies of it as calls are decided at once.
pub(crate) struct ChainPool {
    pub(crate) chain: Arc<ResolvedChain>,
    idle: Mutex<Vec<PreparedChain>>,
    /// A decision takes microseconds and preparing takes milliseconds: a call waits for a copy rather than have one more prepared.
    copies: Semaphore,
}

impl ChainPool {
    pub(crate) fn new(chain: ResolvedChain) -> Self {
        let copies = thread::available_parallelism().map_or(1, usize::from);
        Self { chain: Arc::new(chain), idle: Mutex::new(Vec::new()), copies: Semaphore::new(copies) }
    }

    /// Runs the chain on a copy.
    pub(crate) async fn run(
        &self,
        pool: &SharedPool,
        decision: Decision,
        call: &RoutedCall,
        call_id: Option<&str>,
    ) -> Result<Outcome, RouteError> {
        let _copy = self.copies.acquire().await.map_err(|_| RouteError::Interrupted)?;
        // A chain that is tried on its own may outlive a pool.
        let idle = self.idle.lock().pop().filter(|chain| chain.is_over(pool));
        let chain = match idle {
            Some(chain) => chain,
            None => prepare(Arc::clone(&self.chain), pool).await?,
        };
        let (chain, outcome) = run(chain, decision, call, call_id).await?;
        self.idle.lock().push(chain);
        Ok(outcome)
    }
}

/// Preparing takes milliseconds at a thousand carriers: too long for a worker that serves calls.
pub(crate) async fn prepare(chain: Arc<ResolvedChain>, pool: &SharedPool) -> Result<PreparedChain, RouteError> {
    let pool = Arc::clone(pool);
    blocking(move || {
        let mut prepared = PreparedChain::new(chain, pool);
        prepared.prepare_first();
        prepared
    })
    .await
}

/// Runs a chain to its end, and prepares on the way what a failure makes necessary.
pub(crate) async fn run(
    mut chain: PreparedChain,
    decision: Decision,
    call: &RoutedCall,
    call_id: Option<&str>,
) -> Result<(PreparedChain, Outcome), RouteError> {
    let mut run = Run::new(decision, call, chain.caller(call, call_id));
    while chain.advance(&mut run) == Progress::Wants {
        (chain, run) = blocking(move || {
            chain.prepare_for(&mut run);
            (chain, run)
        })
        .await?;
    }
    Ok((chain, run.into_outcome()))
}

/// Runs what may take milliseconds beside the workers that serve calls.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RouteError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| RouteError::Interrupted)
}
