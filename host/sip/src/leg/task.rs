//! The task of one leg: it sets the call up, then looks after its dialog. It alone owns the leg's state.

use std::sync::Arc;

use rsipstack::transaction::transaction::Transaction;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::Command;
use super::attempt::Attempt;
use super::dialog::Dialog;
use super::forks::Forks;
use super::plan::Plan;
use super::sink::Sink;
use crate::core::{Core, Registration};
use crate::digest::Authenticator;
use crate::event::{LegEvent, Party};
use crate::server;

/// A leg as its task sees it.
pub(crate) struct Task {
    pub(super) core: Arc<Core>,
    pub(super) plan: Plan,
    pub(super) sink: Sink,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) registration: Registration,
    pub(super) authenticator: Authenticator,
    /// Whether the owner still wants the call.
    pub(super) is_wanted: bool,
    /// Requests that came before the answer they belong behind was taken off its queue.
    pub(super) parked: Vec<Transaction>,
    _leg: OwnedSemaphorePermit,
}

/// An answered call.
pub(super) struct Call {
    pub(super) dialog: Dialog,
    /// The INVITE's transaction, which goes on absorbing repeated and forked 2xx.
    pub(super) attempt: Attempt,
    /// Whether the 2xx lacked the Contact that the library's ACK needs.
    pub(super) is_ack_ours: bool,
    pub(super) forks: Forks,
}

impl Task {
    /// A leg that is about to start.
    pub(crate) fn new(
        core: Arc<Core>,
        plan: Plan,
        sink: Sink,
        commands: mpsc::Receiver<Command>,
        leg: OwnedSemaphorePermit,
    ) -> Self {
        let registration = core.dialogs.register(&plan.call_id, &plan.local_tag);
        let authenticator = Authenticator::new(plan.credentials.clone());
        Self { core, plan, sink, commands, registration, authenticator, is_wanted: true, parked: Vec::new(), _leg: leg }
    }

    /// Runs the leg to its end.
    pub(crate) async fn run(mut self) {
        match self.set_up().await {
            Ok(call) if self.is_wanted => self.talk(*call).await,
            Ok(call) => self.hang_up(*call, Vec::new(), None, "abandoned before the answer").await,
            Err(last) => self.sink.close(last),
        }
        for request in std::mem::take(&mut self.parked) {
            server::reply(request, 481, &[]).await;
        }
    }

    /// What an abandoned leg without a final status ends with.
    pub(super) fn let_go(reason: &str) -> LegEvent {
        LegEvent::Ended { by: Party::Near, reason: Some(reason.to_owned()), headers: Vec::new() }
    }
}
