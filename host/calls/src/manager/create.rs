//! Placing a call.

use std::sync::Arc;

use strowger_model::call_record::CallDirection;
use strowger_model::{Account, AccountId, Application, CallRecord, Owner, Sid};
use strowger_nodes::NodeInfo;
use strowger_store::{Key, Kind};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc, oneshot, watch};

use super::{CallManager, CreatedCall};
use crate::call::{self, Line, LineParts, Plan};
use crate::create::{CreateCall, Handling};
use crate::error::CreateError;
use crate::limits::{Ceiling, Ceilings};
use crate::notices::{Courier, Notices};
use crate::registry::LiveCall;
use crate::services::Services;

/// Commands that may wait for a call's task, which takes them at once.
const WAITING_COMMANDS: usize = 16;

impl CallManager {
    /// Places a call. Returns as soon as its first INVITE is on the wire; the call goes on if the caller does not wait.
    ///
    /// # Errors
    /// [`CreateError`]. Where it names the call, the call has a record that says why it failed.
    pub async fn create(&self, account: AccountId, request: CreateCall) -> Result<CreatedCall, CreateError> {
        let placed = self.place(account, request).await;
        placed.inspect_err(|error| self.alerts.call_refused(account, error))
    }

    async fn place(&self, account: AccountId, request: CreateCall) -> Result<CreatedCall, CreateError> {
        let place = admit(&self.places)?;
        let delivery_place = admit(&self.deliveries)?;
        let known = self.account(account).await?;
        let ceilings = self.ceilings(known.as_ref()).await?;
        let disable_cdrs = known.as_ref().is_some_and(|known| known.disable_cdrs);
        let tells_queues = known.as_ref().is_some_and(|known| known.queue_event_hook.is_some());
        let (provider, secret) = known.map(|known| (known.service_provider_sid, known.webhook_secret)).unzip();
        let application = self.application(account, &request.handling).await?;
        let mut plan = Plan { tells_queues, ..Plan::new(request, application)? };

        let (launched, launch) = oneshot::channel();
        let (commands, inbox) = mpsc::channel(WAITING_COMMANDS);
        let record = CallRecord { disable_cdrs, ..record(account, &mut plan, &self.nodes.own().info) };
        let asker = self.services.asker.of_call(commands.clone());
        let (shown, seen) = watch::channel(record.clone());
        let call = LiveCall::new((account, provider), commands, seen);
        let seat = self.registry.seat(record.call_sid, call, place, ceilings)?;
        let services = Services { asker: asker.clone(), ..self.services.clone() };
        let courier = Courier { account, asker, outbox: self.outbox.clone(), _place: delivery_place };
        let (notices, delivery) = Notices::new(secret.clone(), courier);
        self.calls.spawn(delivery);
        let script = plan.script.take();
        let recorder = self.recorder.clone();
        let line = Line::new(LineParts { record, shown, recorder, notices, inbox, launched, script, secret });
        self.calls.spawn(call::run(services, plan, line, seat));
        launch.await.unwrap_or(Err(CreateError::ShuttingDown))
    }

    /// # Errors
    /// [`CreateError::Inactive`] where the account may have no calls.
    async fn account(&self, account: AccountId) -> Result<Option<Account>, CreateError> {
        let document = self.store.get(&Key::new(Owner::System, Kind::Account, account.hex())).await?;
        match document.and_then(|document| serde_json::from_value::<Account>(document.body).ok()) {
            Some(account) if !account.is_active => Err(CreateError::Inactive),
            account => Ok(account),
        }
    }

    async fn ceilings(&self, account: Option<&Account>) -> Result<Ceilings, CreateError> {
        let Some(account) = account else { return Ok(Ceilings::default()) };
        Ok(Ceiling { store: &*self.store, nodes: &self.nodes }.read(account).await?)
    }

    async fn application(&self, account: AccountId, handling: &Handling) -> Result<Option<Application>, CreateError> {
        let Handling::Application(sid) = handling else { return Ok(None) };
        let document = self.store.get(&application_key(account, *sid)).await?;
        let application = document.and_then(|document| serde_json::from_value(document.body).ok());
        application.map(Some).ok_or(CreateError::NoApplication(*sid))
    }
}

/// An application is looked for below its own account, so that nobody runs somebody else's.
fn application_key(account: AccountId, sid: Sid) -> Key {
    Key::new(account, Kind::Application, sid.to_string())
}

fn admit(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, CreateError> {
    places.clone().try_acquire_owned().map_err(|error| match error {
        TryAcquireError::NoPermits => CreateError::AtCapacity,
        TryAcquireError::Closed => CreateError::ShuttingDown,
    })
}

fn record(account: AccountId, plan: &mut Plan, node: &NodeInfo) -> CallRecord {
    let (from, to) = (plan.caller.from.clone(), plan.target.address().to_owned());
    let mut record = CallRecord::trying(account, CallDirection::Outbound, from, to, String::new());
    record.application_sid = plan.application_sid;
    record.caller_name.clone_from(&plan.caller.name);
    record.tag = plan.tag.take();
    record.service_url = Some(node.http.clone());
    record.fs_sip_address = Some(node.sip.clone());
    record
}
