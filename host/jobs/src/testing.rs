//! Nodes, runners and works of the tests.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_nodes::{Membership, NodeInfo};
use strowger_store::{Batch, Clock, Expect, Key, Kind, MemoryStore, Store, StoreExt, Write};
use tokio::time::sleep;

use crate::{Context, Job, JobId, JobRunner, JobsConfig, Progress, Step, Work, WorkError, find};

/// Parts of a [`Parts`] job.
pub(crate) const PARTS: u64 = 5;

/// Writes one document a step, each of which may be written once.
pub(crate) struct Parts {
    /// Who does it.
    pub(crate) worker: &'static str,
    /// How long a step thinks before it writes.
    pub(crate) thinks: Duration,
    /// What befalls the next steps, the last one first.
    pub(crate) troubles: Mutex<Vec<Trouble>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Trouble {
    Fails,
    Panics,
    Hopeless,
}

impl Parts {
    pub(crate) fn new(worker: &'static str, thinks: Duration) -> Arc<Self> {
        Arc::new(Self { worker, thinks, troubles: Mutex::default() })
    }

    pub(crate) fn job(account: AccountId) -> Job {
        Job::new("parts", Some(account), Value::Null)
    }
}

#[async_trait]
impl Work for Parts {
    fn name(&self) -> &'static str {
        "parts"
    }

    async fn step(&self, context: &Context, cursor: Option<&Value>) -> Result<Step, WorkError> {
        let part = cursor.and_then(Value::as_u64).unwrap_or(0);
        sleep(self.thinks).await;
        let trouble = self.troubles.lock().pop();
        match trouble {
            Some(Trouble::Fails) => return Err(WorkError::Failed("out of paper".into())),
            Some(Trouble::Hopeless) => return Err(WorkError::Hopeless("no such thing".into())),
            Some(Trouble::Panics) => panic!("the part is missing"),
            None => {}
        }
        let key = Key::new(context.job().account.unwrap(), Kind::Setting, part.to_string());
        let write = Write::put(key, json!({"by": self.worker}), Expect::Anything);
        context.apply(Batch::of(vec![write])).await?;
        let progress = Progress { done: part + 1, total: Some(PARTS) };
        let done = part + 1 == PARTS;
        Ok(if done { Step::Done { progress } } else { Step::More { cursor: json!(part + 1), progress } })
    }
}

/// A store of several nodes whose time goes with that of the test.
pub(crate) struct World {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Clock,
    pub(crate) account: AccountId,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Clock::default();
        let store = MemoryStore::shared_with_clock(clock.clone());
        Self { store, clock, account: AccountId::random() }
    }

    /// A process that does that work.
    pub(crate) async fn process(&self, store: Arc<dyn Store>, work: Arc<dyn Work>) -> Process {
        let info = NodeInfo { name: "n".into(), http: "http://n:3000".into(), sip: "n:5060".into() };
        let nodes = Membership::start(store.clone(), info).await.unwrap();
        let config = JobsConfig { back_off: Duration::from_millis(1), attempts: 3, ..JobsConfig::default() };
        Process { runner: JobRunner::start(store, &nodes, vec![work], config), _nodes: nodes }
    }

    pub(crate) async fn queue(&self, job: &Job) -> JobId {
        self.store.commit(vec![job.enqueue()]).await.unwrap();
        job.id
    }

    pub(crate) async fn job(&self, id: JobId) -> Job {
        find(&*self.store, id).await.unwrap().unwrap()
    }

    /// Lets seconds pass, in quarters.
    pub(crate) async fn pass(&self, seconds: u64) {
        for _ in 0..seconds * 4 {
            self.clock.advance(Duration::from_millis(250));
            sleep(Duration::from_millis(250)).await;
        }
    }

    pub(crate) async fn until_over(&self, id: JobId) -> Job {
        for _ in 0..1_000 {
            let job = self.job(id).await;
            if job.state.is_final() {
                return job;
            }
            // The pauses of jobs are those of the system's clock.
            tokio::task::yield_now().await;
            std::thread::sleep(Duration::from_millis(1));
            self.pass(1).await;
        }
        panic!("never over: {:?}", self.job(id).await);
    }

    /// Who wrote each part.
    pub(crate) async fn parts(&self) -> Vec<String> {
        let parts = self.store.all(Owner::Account(self.account), Kind::Setting).await.unwrap();
        parts.into_iter().map(|part| part.body["by"].as_str().unwrap().to_owned()).collect()
    }

    /// How often the parts were written: their revisions count.
    pub(crate) async fn writes(&self) -> u64 {
        let parts = self.store.all(Owner::Account(self.account), Kind::Setting).await.unwrap();
        let count = |revision: &str| revision.split_once('-').unwrap().0.parse::<u64>().unwrap();
        parts.iter().map(|part| count(&part.revision.0)).sum()
    }
}

/// A process. Where it is dropped, it has died.
pub(crate) struct Process {
    pub(crate) runner: Arc<JobRunner>,
    _nodes: Arc<Membership>,
}
