//! [`strowger_api::Calls`] over the call manager.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use strowger_api::{CallError, Calls, Outcome, Placed};
use strowger_calls::{CallFilter, CallManager, CreateCall, CreateError, Update, UpdateError, Updated};
use strowger_model::{AccountId, CallRecord, Sid};

/// Hands the API's requests to the call manager.
pub struct CallsAdapter(pub Arc<CallManager>);

#[async_trait]
impl Calls for CallsAdapter {
    async fn create(&self, account: AccountId, body: &Value) -> Result<Placed, CallError> {
        let request = CreateCall::parse(body).map_err(refused)?;
        let created = self.0.create(account, request).await.map_err(refused)?;
        Ok(Placed { sid: created.sid, call_id: created.call_id })
    }

    async fn list(&self, account: AccountId) -> Result<Vec<CallRecord>, CallError> {
        Ok(self.0.list(account, &CallFilter::default()).await?)
    }

    async fn get(&self, account: AccountId, call: Sid) -> Result<CallRecord, CallError> {
        self.0.get(account, call).await?.ok_or(CallError::NotFound)
    }

    async fn update(&self, account: AccountId, call: Sid, body: &Value) -> Result<Outcome, CallError> {
        let update = Update::parse(body).map_err(unchanged)?;
        let updated = self.0.update(account, call, update).await.map_err(unchanged)?;
        Ok(match updated {
            Updated::Done => Outcome::Done,
            Updated::UnderWay => Outcome::UnderWay,
        })
    }

    async fn delete(&self, account: AccountId, call: Sid) -> Result<(), CallError> {
        self.0.delete(account, call).await.map(drop).map_err(unchanged)
    }
}

fn refused(error: CreateError) -> CallError {
    match error {
        CreateError::Invalid(text) => CallError::Invalid(text),
        CreateError::NoApplication(_) => CallError::Invalid(error.to_string()),
        CreateError::AtCapacity | CreateError::ShuttingDown | CreateError::NotSent { .. } => CallError::Overloaded,
        CreateError::Store(error) => CallError::Store(error),
        other => CallError::Refused(other.to_string()),
    }
}

fn unchanged(error: UpdateError) -> CallError {
    match error {
        UpdateError::Invalid(text) => CallError::Invalid(text),
        UpdateError::NotFound => CallError::NotFound,
        UpdateError::Busy => CallError::Overloaded,
        UpdateError::Store(error) => CallError::Store(error),
        other => CallError::Refused(other.to_string()),
    }
}
