//! The prepared instances of one owner's chain.

use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::chain::PreparedChain;
use crate::error::RouteError;
use crate::pool::SharedPool;
use crate::resolved::ResolvedChain;

/// A chain, and as many prepared copies of it as calls are decided at once.
pub(crate) struct ChainPool {
    chain: ResolvedChain,
    idle: Mutex<Vec<PreparedChain>>,
    /// A decision takes microseconds and preparing takes milliseconds: a call waits for a copy rather than have one more prepared.
    copies: Semaphore,
}

impl ChainPool {
    pub(crate) fn new(chain: ResolvedChain) -> Self {
        let copies = thread::available_parallelism().map_or(1, usize::from);
        Self { chain, idle: Mutex::new(Vec::new()), copies: Semaphore::new(copies) }
    }

    /// Runs `decide` on a copy; a copy that is spent is not used again.
    pub(crate) async fn with_copy<T>(
        &self,
        pool: &SharedPool,
        decide: impl FnOnce(&mut PreparedChain) -> T,
        is_spent: impl FnOnce(&T) -> bool,
    ) -> Result<T, RouteError> {
        let _copy = self.copies.acquire().await.map_err(|_| RouteError::Interrupted)?;
        let idle = self.idle.lock().pop();
        let mut chain = match idle {
            Some(chain) => chain,
            None => prepare(self.chain.clone(), pool).await?,
        };
        let decided = decide(&mut chain);
        if !is_spent(&decided) {
            self.idle.lock().push(chain);
        }
        Ok(decided)
    }
}

/// Preparing takes milliseconds at a thousand carriers: too long for a worker that serves calls.
pub(crate) async fn prepare(chain: ResolvedChain, pool: &SharedPool) -> Result<PreparedChain, RouteError> {
    let pool = Arc::clone(pool);
    let prepared = tokio::task::spawn_blocking(move || PreparedChain::new(&chain, &pool));
    prepared.await.map_err(|_| RouteError::Interrupted)
}
