//! 2xx after the first: repetitions, and other branches of a forked INVITE.

use std::collections::HashSet;
use std::sync::Arc;

use rsipstack::sip::Method;

use super::attempt::{Attempt, Signal};
use super::dialog::Dialog;
use super::exchange::exchange;
use super::plan::Plan;
use super::task::Call;
use crate::core::Core;
use crate::engine::Engine;
use crate::message;

/// Branches that are hung up; a far end that makes more has to time out by itself.
const MAX_FORKS: usize = 8;

/// The branches that answered after the one that the leg talks to.
#[derive(Default)]
pub(super) struct Forks {
    tags: HashSet<String>,
}

impl Forks {
    /// Hangs up the branch that `signal` brings, if it is a new one (RFC 3261 §13.2.2.4). The library has ACKed it.
    pub(super) async fn hang_up(&mut self, core: &Core, plan: &Plan, attempt: &Attempt, own: &str, signal: &Signal) {
        let Some((tag, response)) = signal.answer() else { return };
        if tag == own || self.tags.len() == MAX_FORKS || !self.tags.insert(tag.to_owned()) {
            return;
        }
        let mut fork = Dialog::confirm(plan, attempt.request(), response, attempt.target());
        let (bye, target) = fork.request(&core.engine, Method::Bye).await;
        let engine = Arc::clone(&core.engine);
        core.tasks.spawn(async move { exchange(&engine, bye, target).await });
    }
}

impl Call {
    /// Deals with a 2xx after the first.
    pub(super) async fn on_repeated(&mut self, core: &Core, plan: &Plan, signal: Signal) {
        let own = self.dialog.remote_tag().unwrap_or_default().to_owned();
        if signal.answer().is_some_and(|(tag, _)| tag == own) {
            self.acknowledge(&core.engine).await;
        }
        self.forks.hang_up(core, plan, &self.attempt, &own, &signal).await;
    }

    /// Sends the ACK where the library could not: it takes the address from the 2xx's Contact alone.
    pub(super) async fn acknowledge(&self, engine: &Engine) {
        if !self.is_ack_ours {
            return;
        }
        let (ack, target) = self.dialog.ack(engine).await;
        if let Err(error) = engine.send_once(ack, target).await {
            tracing::debug!(%error, "the ACK could not be sent");
        }
    }
}

impl Signal {
    /// The To tag of a 2xx, and the 2xx.
    fn answer(&self) -> Option<(&str, &rsipstack::sip::Response)> {
        let Self::Response(response) = self else { return None };
        let tag = message::value(&response.headers, "To").and_then(message::tag)?;
        (200..300).contains(&response.status_code.code()).then_some((tag, response))
    }
}
