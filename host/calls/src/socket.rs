//! `ws(s)://` hooks: one WebSocket for all events of a call, over which its application may also send commands. The protocol is in
//! [`message`] and [`command`]; [`task`] keeps the connection.

mod command;
mod message;
mod task;

use std::sync::{Arc, OnceLock};

use serde_json::Value;
use strowger_sandbox::hook::Event;
use tokio::sync::{mpsc, oneshot, watch};

use crate::command::Command;
use crate::hook::Hook;
use crate::ports::Sockets;
use task::Task;

/// Events that may wait for a slow server.
const WAITING: usize = 64;

/// What an application answers: the `data` of its acknowledgement, where there is any.
pub(crate) type Answer = Result<Option<Value>, String>;

/// A call's way to its application over a WebSocket, which is opened when the first event goes there, and closed when the last handle
/// is dropped.
#[derive(Clone)]
pub(crate) struct Session {
    sockets: Arc<dyn Sockets>,
    commands: Option<mpsc::Sender<Command>>,
    running: Arc<OnceLock<Running>>,
}

struct Running {
    work: mpsc::Sender<Work>,
    attached: watch::Receiver<bool>,
}

enum Work {
    Tell(Box<Telling>),
    Leave,
}

/// An event, and who waits for what becomes of it.
struct Telling {
    hook: Hook,
    event: Event,
    reply: oneshot::Sender<Answer>,
}

impl Session {
    /// A session that is not begun. Commands of the application go where `commands` leads; without it there are none.
    pub(crate) fn new(sockets: Arc<dyn Sockets>, commands: Option<mpsc::Sender<Command>>) -> Self {
        Self { sockets, commands, running: Arc::default() }
    }

    /// Tells the application of an event; resolves when it has acknowledged it, or when an event that is not acknowledged is sent.
    pub(crate) async fn tell(&self, hook: &Hook, event: &Event) -> Answer {
        let (reply, answer) = oneshot::channel();
        let work = Work::Tell(Box::new(Telling { hook: hook.clone(), event: event.clone(), reply }));
        let running = self.running.get_or_init(|| self.begin());
        if running.work.send(work).await.is_err() {
            return Err("websocket session is over".into());
        }
        answer.await.unwrap_or_else(|_| Err("websocket session is over".into()))
    }

    /// Another kind of hook has taken over.
    pub(crate) async fn leave(&self) {
        if let Some(running) = self.running.get() {
            // A session that is over has left.
            let _ = running.work.send(Work::Leave).await;
        }
    }

    /// Whether an application is there that may send commands.
    pub(crate) fn is_attached(&self) -> bool {
        self.running.get().is_some_and(|running| *running.attached.borrow())
    }

    /// Resolves when an application that is there goes.
    pub(crate) async fn detached(&self) {
        match self.running.get().filter(|_| self.is_attached()) {
            Some(running) => drop(running.attached.clone().wait_for(|attached| !attached).await),
            None => std::future::pending().await,
        }
    }

    fn begin(&self) -> Running {
        let (work, asked) = mpsc::channel(WAITING);
        let (shown, attached) = watch::channel(false);
        tokio::spawn(Task::new(self.sockets.clone(), self.commands.clone(), shown).run(asked));
        Running { work, attached }
    }
}

#[cfg(test)]
mod tests;
