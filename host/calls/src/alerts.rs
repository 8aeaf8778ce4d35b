//! Alerts: what went wrong with the hooks of an account, written beside its calls and never in their way.

mod reason;

use std::sync::Arc;
use std::time::Duration;

use strowger_model::alert::{Alert, AlertType};
use strowger_model::{AccountId, Sid};
use strowger_sandbox::hook::Event;
use strowger_store::{Expect, Key, Kind, Name, Store, StoreError, StoreExt, Write};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::error::CreateError;
use crate::history::{Dated, HistoryError, HistoryPage, Past};
use crate::hook::Hook;
use crate::limits::LimitReached;
use crate::meter;

/// Alerts that may wait to be written; further ones are left out.
const WAITING: usize = 1_024;

/// Alerts of one account within an hour; further ones are left out.
const PER_HOUR: i64 = 500;
const HOUR: Duration = Duration::from_secs(3_600);

/// Characters of a message.
const LONGEST: usize = 1_000;

/// The near end of the queue of alerts.
#[derive(Clone)]
pub(crate) struct Alerts(mpsc::Sender<Alert>);

/// The alerts of accounts, the latest first.
#[derive(Debug, Clone)]
pub struct KeptAlerts<'a> {
    /// When, whose, and which part.
    pub past: Past<'a>,
    /// About that only.
    pub about: Option<AlertType>,
}

impl Dated for Alert {
    const KIND: Kind = Kind::Alert;

    fn unix(&self) -> i64 {
        self.time.unix_timestamp()
    }
}

impl KeptAlerts<'_> {
    /// Where an alert of that id lies.
    #[must_use]
    pub fn key(account: AccountId, id: Sid) -> Key {
        Key::new(account, Kind::Alert, id.to_string())
    }

    /// Reads of the store what the page needs, and counts on for a while.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub async fn read(&self, store: &dyn Store) -> Result<HistoryPage<Alert>, HistoryError> {
        self.past.read(store, |alert: &Alert| self.about.is_none_or(|about| about == alert.alert_type)).await
    }
}

impl Alerts {
    /// A queue, and the work of writing what comes through it until told to stop.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        retention: Duration,
        stop: CancellationToken,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (queue, mut alerts) = mpsc::channel(WAITING);
        let writing = async move {
            while let Some(Some(alert)) = stop.run_until_cancelled(alerts.recv()).await {
                if let Err(error) = write(&*store, &alert, retention).await {
                    tracing::warn!(account = %alert.account_sid, %error, "alert not written");
                }
            }
        };
        (Self(queue), writing)
    }

    /// A hook of a call failed, for that reason.
    pub(crate) fn hook_failed(&self, account: AccountId, hook: &Hook, event: &Event, reason: &str) {
        self.raise(account, hook, event, reason::read(reason), reason);
    }

    /// A hook of a call answered what is no application.
    pub(crate) fn invalid_application(&self, account: AccountId, hook: &Hook, event: &Event, fault: &str) {
        self.raise(account, hook, event, (AlertType::InvalidAppPayload, None), fault);
    }

    /// A call was refused for what its account, or who is above it, can do something about.
    pub(crate) fn call_refused(&self, account: AccountId, error: &CreateError) {
        let alert_type = match error {
            CreateError::Limit(LimitReached::OfAccount) => AlertType::AccountCallLimit,
            CreateError::Limit(LimitReached::OfProvider) => AlertType::ServiceProviderCallLimit,
            CreateError::Inactive => AlertType::AccountInactive,
            CreateError::NoCarrier { .. } => AlertType::NoCarrier,
            _ => return,
        };
        let call_sid = if let CreateError::NoCarrier { sid, .. } = error { Some(*sid) } else { None };
        self.send(Alert { call_sid, ..Alert::new(account, alert_type, error.to_string()) });
    }

    fn raise(
        &self,
        account: AccountId,
        hook: &Hook,
        event: &Event,
        (alert_type, status): (AlertType, Option<u16>),
        message: &str,
    ) {
        let message = message.chars().take(LONGEST).collect();
        self.send(Alert {
            url: Some(hook.shown()),
            status,
            application_sid: event.call.application_sid.as_ref().and_then(|sid| sid.parse().ok()),
            call_sid: event.call.call_sid.parse().ok(),
            ..Alert::new(account, alert_type, message)
        });
    }

    fn send(&self, alert: Alert) {
        if self.0.try_send(alert).is_err() {
            meter::alert("dropped");
        }
    }
}

async fn write(store: &dyn Store, alert: &Alert, retention: Duration) -> Result<(), StoreError> {
    let account = alert.account_sid;
    if store.count(&Name::new(account, "alerts"), 1, Some(HOUR)).await? > PER_HOUR {
        meter::alert("dropped");
        return Ok(());
    }
    let body = serde_json::to_value(alert).unwrap_or_default();
    let write = Write::put(KeptAlerts::key(account, Sid::random()), body, Expect::Absent).expires_in(retention);
    store.commit(vec![write]).await?;
    meter::alert("written");
    Ok(())
}

#[cfg(test)]
mod tests;
