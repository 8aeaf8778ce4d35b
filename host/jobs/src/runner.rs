//! Taking jobs and doing them.

mod look;
mod run;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use strowger_nodes::{Membership, NodeId, Watch};
use strowger_store::{Store, StoreError};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{JobId, Work};

/// How jobs are bounded.
#[derive(Debug, Clone)]
pub struct JobsConfig {
    /// Jobs that this process does at once.
    pub concurrency: usize,
    /// How long a worker may be silent before another one takes its job.
    pub lease: Duration,
    /// Pause after a first failure; doubled with each further one.
    pub back_off: Duration,
    /// Longest such pause.
    pub longest_back_off: Duration,
    /// Tries of one step.
    pub attempts: u32,
    /// How often all jobs are looked at, although nothing has happened that is known of.
    pub look_every: Duration,
    /// How long one step may take: a worker that has not got on for so long is taken its job away, although it lives.
    pub longest_step: Duration,
}

impl Default for JobsConfig {
    fn default() -> Self {
        Self {
            concurrency: 4,
            lease: Duration::from_secs(10),
            back_off: Duration::from_secs(1),
            longest_back_off: Duration::from_secs(600),
            attempts: 20,
            look_every: Duration::from_secs(21_600),
            longest_step: Duration::from_secs(3_600),
        }
    }
}

/// Does jobs in this process.
pub struct JobRunner {
    store: Arc<dyn Store>,
    node: NodeId,
    works: HashMap<&'static str, Arc<dyn Work>>,
    config: JobsConfig,
    places: Arc<Semaphore>,
    /// Those that this process does, and those that another one does: their changes are no news.
    own: Mutex<HashSet<JobId>>,
    others: Mutex<HashSet<JobId>>,
    wake: Notify,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl JobRunner {
    /// Looks for jobs of these kinds, and does them.
    #[must_use]
    pub fn start(
        store: Arc<dyn Store>,
        nodes: &Membership,
        works: Vec<Arc<dyn Work>>,
        config: JobsConfig,
    ) -> Arc<Self> {
        let runner = Self::new(store, nodes.id(), works, config);
        nodes.watch(Arc::clone(&runner) as _);
        runner.tasks.spawn(Arc::clone(&runner).run());
        runner
    }

    fn new(store: Arc<dyn Store>, node: NodeId, works: Vec<Arc<dyn Work>>, config: JobsConfig) -> Arc<Self> {
        Arc::new(Self {
            store,
            node,
            works: works.into_iter().map(|work| (work.name(), work)).collect(),
            places: Arc::new(Semaphore::new(config.concurrency)),
            config,
            own: Mutex::default(),
            others: Mutex::default(),
            wake: Notify::new(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Stops after the steps that are under way; what is left waits for another process, or for the next start.
    pub async fn shutdown(&self, patience: Duration) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!("jobs were left in the middle of a step, which will be done again");
        }
    }
}

#[async_trait]
impl Watch for JobRunner {
    /// Its jobs are free when their leases lapse, which a look finds out.
    async fn node_died(&self, _: NodeId) -> Result<(), StoreError> {
        self.wake.notify_one();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
