//! Placing calls and controlling them.

use async_trait::async_trait;
use strowger_calls::{
    CallFilter, CallManager, CallPage, CreateCall, CreateError, CreatedCall, QueueEvent, Update, UpdateError, Updated,
};
use strowger_model::{AccountId, CallRecord, QueuedCall, Sid};
use strowger_store::StoreError;

/// The call manager, as the API sees it.
#[async_trait]
pub trait Calls: Send + Sync + 'static {
    /// Places a call; answers when its first INVITE is on the wire.
    ///
    /// # Errors
    /// Why there is no call.
    async fn create(&self, account: AccountId, request: CreateCall) -> Result<CreatedCall, CreateError>;

    /// A page of the account's calls that the filter admits, the latest first: live ones, and those not over for long.
    ///
    /// # Errors
    /// Those of the store.
    async fn page(
        &self,
        account: AccountId,
        filter: &CallFilter,
        skip: usize,
        limit: usize,
    ) -> Result<CallPage, StoreError>;

    /// One call of the account, if it has it.
    ///
    /// # Errors
    /// Those of the store.
    async fn get(&self, account: AccountId, call: Sid) -> Result<Option<CallRecord>, StoreError>;

    /// Changes a live call.
    ///
    /// # Errors
    /// Why it has not changed.
    async fn update(&self, account: AccountId, call: Sid, update: Update) -> Result<Updated, UpdateError>;

    /// Hangs a live call up, and removes its record.
    ///
    /// # Errors
    /// Where there is no such call.
    async fn delete(&self, account: AccountId, call: Sid) -> Result<Updated, UpdateError>;

    /// Has the account told what happened to a call in a queue.
    async fn queue_event(&self, queued: QueuedCall, happened: QueueEvent);
}

#[async_trait]
impl Calls for CallManager {
    async fn create(&self, account: AccountId, request: CreateCall) -> Result<CreatedCall, CreateError> {
        Self::create(self, account, request).await
    }

    async fn page(
        &self,
        account: AccountId,
        filter: &CallFilter,
        skip: usize,
        limit: usize,
    ) -> Result<CallPage, StoreError> {
        Self::page(self, account, filter, skip, limit).await
    }

    async fn get(&self, account: AccountId, call: Sid) -> Result<Option<CallRecord>, StoreError> {
        Self::get(self, account, call).await
    }

    async fn update(&self, account: AccountId, call: Sid, update: Update) -> Result<Updated, UpdateError> {
        Self::update(self, account, call, update).await
    }

    async fn delete(&self, account: AccountId, call: Sid) -> Result<Updated, UpdateError> {
        Self::delete(self, account, call).await
    }

    async fn queue_event(&self, queued: QueuedCall, happened: QueueEvent) {
        Self::queue_event(self, queued, happened).await;
    }
}
