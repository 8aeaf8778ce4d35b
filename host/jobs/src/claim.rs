//! A job that this process has taken.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use strowger_model::Owner;
use strowger_nodes::NodeId;
use strowger_store::{Batch, Expect, Lease, Name, Revision, Store, StoreError};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::Context;
use crate::job::{self, Job, JobId, State};
use crate::keeper::Keeper;

/// Pause before a write is tried again that the store could not take.
const RETRY: Duration = Duration::from_millis(500);

/// The job is somebody else's, or over.
#[derive(Debug)]
pub(crate) struct Lost;

/// A job, and the leases that make it this worker's.
pub(crate) struct Claim {
    pub(crate) context: Context,
    revision: Revision,
    lifetime: Duration,
    keeper: Keeper,
}

impl Claim {
    /// Takes a job; none where somebody else has it, or it is over. That it was tried counts before the trying, so that a job which
    /// brings its worker down is not tried for ever.
    pub(crate) async fn take(
        store: &Arc<dyn Store>,
        id: JobId,
        node: NodeId,
        lifetime: Duration,
    ) -> Result<Option<Self>, StoreError> {
        // A holder of its own for each try: what an earlier try of this very process writes late is refused, too.
        let holder = Uuid::new_v4().to_string();
        let Some(lease) = store.acquire(&name(Owner::System, id), &holder, lifetime).await? else { return Ok(None) };
        let mut leases = vec![lease];
        let taken = Self::enter(store, id, node, &holder, lifetime, &mut leases).await;
        match taken {
            Ok(Some((job, revision))) => {
                let keeper = Keeper::start(Arc::clone(store), leases.clone(), lifetime);
                let context = Context { store: Arc::clone(store), job, leases };
                Ok(Some(Self { context, revision, lifetime, keeper }))
            }
            other => {
                release(&**store, &leases).await;
                other.map(|_| None)
            }
        }
    }

    async fn enter(
        store: &Arc<dyn Store>,
        id: JobId,
        node: NodeId,
        holder: &str,
        lifetime: Duration,
        leases: &mut Vec<Lease>,
    ) -> Result<Option<(Job, Revision)>, StoreError> {
        let Some(document) = store.get(&job::key(id)).await? else { return Ok(None) };
        let Ok(mut job) = serde_json::from_value::<Job>(document.body) else { return Ok(None) };
        if job.state.is_final() {
            return Ok(None);
        }
        if let Some(account) = job.account {
            let lease = store.acquire(&name(account.into(), id), holder, lifetime).await?;
            let Some(lease) = lease else { return Ok(None) };
            leases.push(lease);
        }
        (job.state, job.node, job.not_before) = (State::Running, Some(node), None);
        job.attempts = job.attempts.saturating_add(1);
        let batch = Batch::of(vec![job.write(Expect::Revision(document.revision))]);
        let fence = leases.first().cloned();
        match store.apply(Batch { fence, ..batch }).await {
            Ok(revisions) => Ok(revisions.into_iter().flatten().next().map(|revision| (job, revision))),
            Err(StoreError::Conflict(_) | StoreError::Fenced(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Resolves when the job may be another worker's.
    pub(crate) async fn lost(&self) -> Lost {
        self.keeper.lost().await;
        Lost
    }

    /// Saves the job as it stands, and tries for as long as the lease may hold where the store cannot be reached.
    pub(crate) async fn save(&mut self) -> Result<(), Lost> {
        let until = Instant::now() + self.lifetime;
        loop {
            match self.write().await {
                Ok(()) => return Ok(()),
                Err(StoreError::Conflict(_)) => return self.recognise().await,
                Err(StoreError::Fenced(_)) => return Err(Lost),
                Err(error) if Instant::now() > until => {
                    tracing::warn!(%error, job = %self.context.job.id, "a step was not saved and will be done again");
                    return Err(Lost);
                }
                Err(_) => sleep(RETRY).await,
            }
        }
    }

    async fn write(&mut self) -> Result<(), StoreError> {
        let Context { store, job, leases } = &self.context;
        let batch = Batch::of(vec![job.write(Expect::Revision(self.revision.clone()))]);
        let revisions = store.apply(Batch { fence: leases.first().cloned(), ..batch }).await?;
        if let Some(revision) = revisions.into_iter().flatten().next() {
            self.revision = revision;
        }
        Ok(())
    }

    /// A write whose answer was lost has happened; any other change of the job ends this worker's part in it.
    async fn recognise(&mut self) -> Result<(), Lost> {
        let document = self.context.store.get(&job::key(self.context.job.id)).await.ok().flatten().ok_or(Lost)?;
        if document.body != json!(self.context.job) {
            return Err(Lost);
        }
        self.revision = document.revision;
        Ok(())
    }

    /// Gives the leases back.
    pub(crate) async fn release(self) {
        drop(self.keeper);
        release(&*self.context.store, &self.context.leases).await;
    }
}

/// Those of the accounts first, for whoever takes the job next begins with the installation's. What is not given back lapses.
async fn release(store: &dyn Store, leases: &[Lease]) {
    for lease in leases.iter().rev() {
        if let Err(error) = store.release(lease).await {
            tracing::warn!(%error, "the lease of a job was not given back");
        }
    }
}

fn name(owner: Owner, id: JobId) -> Name {
    Name::new(owner, format!("job:{id}"))
}
