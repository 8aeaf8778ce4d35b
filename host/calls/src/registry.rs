//! The live calls.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use strowger_model::{AccountId, CallRecord, Sid};
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::command::Command;
use crate::limits::{Ceilings, LimitReached};
use crate::meter;

/// A live call, seen from outside its task.
pub(crate) struct LiveCall {
    pub(crate) account: AccountId,
    /// The account's, where it is known.
    pub(crate) provider: Option<Sid>,
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) record: watch::Receiver<CallRecord>,
    /// Cancelled when the call is over and its record is durable.
    pub(crate) gone: CancellationToken,
    discard: AtomicBool,
}

impl LiveCall {
    pub(crate) fn new(
        (account, provider): (AccountId, Option<Sid>),
        commands: mpsc::Sender<Command>,
        record: watch::Receiver<CallRecord>,
    ) -> Arc<Self> {
        let (gone, discard) = (CancellationToken::new(), AtomicBool::new(false));
        Arc::new(Self { account, provider, commands, record, gone, discard })
    }

    /// Lets no record of the call stay behind.
    pub(crate) fn discard(&self) {
        self.discard.store(true, Ordering::Release);
    }

    pub(crate) fn is_discarded(&self) -> bool {
        self.discard.load(Ordering::Acquire)
    }
}

/// Finds live calls by their id.
#[derive(Default)]
pub(crate) struct Registry {
    calls: Mutex<HashMap<Sid, Arc<LiveCall>>>,
}

/// A call's place among the live ones; given up when dropped, even by a task that fails.
pub(crate) struct Seat {
    registry: Arc<Registry>,
    sid: Sid,
    pub(crate) call: Arc<LiveCall>,
    _place: OwnedSemaphorePermit,
}

impl Registry {
    /// # Errors
    /// Where it would be one call too many.
    pub(crate) fn seat(
        self: &Arc<Self>,
        sid: Sid,
        call: Arc<LiveCall>,
        place: OwnedSemaphorePermit,
        ceilings: Ceilings,
    ) -> Result<Seat, LimitReached> {
        let mut calls = self.calls.lock();
        let has = |most: usize, is_counted: &dyn Fn(&LiveCall) -> bool| {
            calls.values().filter(|call| is_counted(call)).count() >= most
        };
        if ceilings.account.is_some_and(|most| has(most, &|other| other.account == call.account)) {
            return Err(LimitReached::OfAccount);
        }
        if ceilings.provider.is_some_and(|most| has(most, &|other| other.provider == call.provider)) {
            return Err(LimitReached::OfProvider);
        }
        calls.insert(sid, call.clone());
        drop(calls);
        meter::live(1.0);
        Ok(Seat { registry: self.clone(), sid, call, _place: place })
    }

    pub(crate) fn find(&self, account: AccountId, sid: Sid) -> Option<Arc<LiveCall>> {
        self.calls.lock().get(&sid).filter(|call| call.account == account).cloned()
    }

    pub(crate) fn of_account(&self, account: AccountId) -> Vec<Arc<LiveCall>> {
        self.calls.lock().values().filter(|call| call.account == account).cloned().collect()
    }

    pub(crate) fn all(&self) -> Vec<Arc<LiveCall>> {
        self.calls.lock().values().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.calls.lock().len()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.registry.calls.lock().remove(&self.sid);
        self.call.gone.cancel();
        meter::live(-1.0);
    }
}
