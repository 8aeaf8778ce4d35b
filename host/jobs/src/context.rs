//! What a step works with.

use std::sync::Arc;

use strowger_model::Owner;
use strowger_store::{Batch, Lease, Revision, Store, StoreError};

use crate::Job;

/// The job, the store, and the leases that the job is run under.
pub struct Context {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) job: Job,
    /// In the installation, and where the job is an account's there too: a batch is of one owner, and so is what fences it.
    pub(crate) leases: Vec<Lease>,
}

impl Context {
    /// The job, as it stood when the step began.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// For reading; what is written goes through [`Self::apply`].
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Applies a batch of the installation's or of the job's account, unless another worker has taken the job.
    ///
    /// # Errors
    /// Those of [`Store::apply`].
    pub async fn apply(&self, batch: Batch) -> Result<Vec<Option<Revision>>, StoreError> {
        let Some(owner) = batch.owner()? else { return Ok(Vec::new()) };
        let lease = self.lease(owner).ok_or_else(|| StoreError::Fault("the job has no lease of that owner".into()))?;
        self.store.apply(batch.under(lease)).await
    }

    /// What keeps a write of that owner's out once another worker has taken the job; none where the job has nothing to do with it.
    #[must_use]
    pub fn fence(&self, owner: Owner) -> Option<Lease> {
        self.lease(owner).cloned()
    }

    fn lease(&self, owner: Owner) -> Option<&Lease> {
        self.leases.iter().find(|lease| lease.name.owner == owner)
    }
}
