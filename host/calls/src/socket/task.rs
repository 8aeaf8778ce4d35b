//! The task that has a call's WebSocket.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde_json::Value;
use strowger_sandbox::Received;
use strowger_sandbox::hook::{CallStatus, Event, EventKind};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

use super::command::{self, Wanted};
use super::message::{self, Incoming};
use super::{Answer, Telling, WAITING, Work};
use crate::command::{Command, Outcome};
use crate::hook::Hook;
use crate::ports::{Socket, Sockets};

/// The time in which an event must be acknowledged.
const ACK: Duration = Duration::from_secs(5);

/// Pauses before a connection that was lost is opened again.
const RECONNECT: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(6),
];

/// Commands whose outcome is not known yet.
const COMMANDS: usize = 32;

pub(super) struct Task {
    sockets: Arc<dyn Sockets>,
    commands: Option<mpsc::Sender<Command>>,
    attached: watch::Sender<bool>,
    link: Option<Link>,
    /// Status events from before the session; they follow it.
    early: VecDeque<String>,
    awaited: HashMap<String, Awaited>,
    outcomes: FuturesUnordered<oneshot::Receiver<Outcome>>,
}

/// A connection.
struct Link {
    socket: Box<dyn Socket>,
    hook: Hook,
    call_sid: String,
    /// What the application was told last of the call.
    payload: String,
}

/// An acknowledgement that is waited for.
struct Awaited {
    until: Instant,
    /// It begins the session.
    opens: bool,
    /// None where the script goes on meanwhile, and verbs in the answer take its place.
    reply: Option<oneshot::Sender<Answer>>,
}

impl Task {
    pub(super) fn new(
        sockets: Arc<dyn Sockets>,
        commands: Option<mpsc::Sender<Command>>,
        attached: watch::Sender<bool>,
    ) -> Self {
        let (early, awaited, outcomes) = (VecDeque::new(), HashMap::new(), FuturesUnordered::new());
        Self { sockets, commands, attached, link: None, early, awaited, outcomes }
    }

    pub(super) async fn run(mut self, mut work: mpsc::Receiver<Work>) {
        loop {
            let late = self.awaited.values().map(|awaited| awaited.until).min();
            tokio::select! {
                asked = work.recv() => match asked {
                    Some(Work::Tell(telling)) => self.tell(*telling).await,
                    Some(Work::Leave) => self.leave().await,
                    None => break,
                },
                received = receive(&mut self.link) => self.received(received).await,
                () = until(late) => self.give_up_late(),
                Some(outcome) = self.outcomes.next() => self.command_done(outcome).await,
            }
        }
        self.leave().await;
    }

    async fn tell(&mut self, Telling { hook, event, reply }: Telling) {
        let told = match event.kind {
            EventKind::CallStatus => self.status(&hook, &event).await.map(|()| None),
            EventKind::SessionNew | EventKind::SessionRedirect if hook.is_written_in_full() => {
                self.open(&hook, &event).await.map(|id| Some((id, true)))
            }
            EventKind::SessionNew | EventKind::SessionRedirect | EventKind::VerbHook => {
                self.send_event(&hook, &event).await.map(|id| Some((id, false)))
            }
        };
        match told {
            Ok(Some((id, opens))) => self.awaits(id, opens, Some(reply)),
            // Whoever told may have stopped waiting.
            Ok(None) => drop(reply.send(Ok(None))),
            Err(reason) => drop(reply.send(Err(format!("websocket {reason}")))),
        }
    }

    /// Begins a session, over a connection of its own unless there is one to that server already.
    async fn open(&mut self, hook: &Hook, event: &Event) -> Result<String, String> {
        if self.link.as_ref().is_none_or(|link| !link.hook.is_same_server(hook)) {
            let link = connect(&*self.sockets, hook, &event.call.call_sid, &event.payload).await?;
            self.leave().await;
            self.link = Some(link);
        }
        self.send_event(hook, event).await
    }

    async fn send_event(&mut self, hook: &Hook, event: &Event) -> Result<String, String> {
        let link = self.link.as_mut().ok_or("is closed")?;
        let id = fresh_id();
        event.payload.clone_into(&mut link.payload);
        link.socket.send(message::of_event(hook, event, &id)).await?;
        Ok(id)
    }

    /// A status is told within the session, or, where there never was one, once it is the last.
    async fn status(&mut self, hook: &Hook, event: &Event) -> Result<(), String> {
        if *self.attached.borrow() {
            return self.send_event(hook, event).await.map(drop);
        }
        let is_final = matches!(
            event.call.status,
            CallStatus::Completed | CallStatus::Failed | CallStatus::Busy | CallStatus::NoAnswer
        );
        if is_final {
            if self.link.is_none() {
                self.link = Some(connect(&*self.sockets, hook, &event.call.call_sid, &event.payload).await?);
            }
            self.send_early().await?;
            return self.send_event(hook, event).await.map(drop);
        }
        if self.early.len() == WAITING {
            return Err("has too many events that wait for it".into());
        }
        self.early.push_back(message::of_event(hook, event, &fresh_id()));
        Ok(())
    }

    async fn send_early(&mut self) -> Result<(), String> {
        let Some(link) = &mut self.link else { return Ok(()) };
        while let Some(message) = self.early.front() {
            link.socket.send(message.clone()).await?;
            self.early.pop_front();
        }
        Ok(())
    }

    fn awaits(&mut self, id: String, opens: bool, reply: Option<oneshot::Sender<Answer>>) {
        self.awaited.insert(id, Awaited { until: Instant::now() + ACK, opens, reply });
    }

    fn give_up_late(&mut self) {
        let now = Instant::now();
        let late = self.awaited.extract_if(|_, awaited| awaited.until <= now);
        for reply in late.filter_map(|(_, awaited)| awaited.reply) {
            let _ = reply.send(Err("websocket did not acknowledge in time".into()));
        }
    }

    async fn received(&mut self, received: Received) {
        match received {
            Received::Text(text) => match serde_json::from_str(&text) {
                Ok(Incoming::Ack { msgid, data }) => self.acknowledged(&msgid, data).await,
                Ok(Incoming::Command { command, queue, data, call_sid }) => {
                    self.commanded(&command, queue, &data, call_sid.as_deref()).await;
                }
                Err(error) => self.complain(&format!("message not understood: {error}")).await,
            },
            Received::Closed { gracefully: true } => self.detach("was closed by the application"),
            Received::Closed { gracefully: false } => self.reconnect().await,
        }
    }

    async fn acknowledged(&mut self, id: &str, data: Option<Value>) {
        let Some(Awaited { opens, reply, .. }) = self.awaited.remove(id) else { return };
        let data = data.filter(|data| !data.is_null());
        if opens {
            self.attached.send_replace(true);
            if let Err(reason) = self.send_early().await {
                tracing::debug!(reason, "status events before the session not told");
            }
        }
        match (reply, data) {
            (Some(reply), data) => drop(reply.send(Ok(data))),
            (None, Some(data)) if data.as_array().is_some_and(|verbs| !verbs.is_empty()) => {
                self.commanded("redirect", false, &data, None).await;
            }
            (None, _) => {}
        }
    }

    async fn commanded(&mut self, name: &str, queue: bool, data: &Value, call_sid: Option<&str>) {
        let own = self.link.as_ref().map(|link| link.call_sid.as_str());
        if call_sid.is_some_and(|sid| Some(sid) != own) {
            return self.complain(&format!("{name}: no call {} in this session", shown(call_sid))).await;
        }
        let Some(commands) = &self.commands else { return };
        let sent = command::read(name, queue, data).and_then(|wanted| {
            let command = match wanted {
                Wanted::Script { verbs, queue } => Command::Script { verbs, queue },
                Wanted::Update(_) if self.outcomes.len() == COMMANDS => {
                    return Err(format!("{name}: too many at once"));
                }
                Wanted::Update(update) => {
                    let (reply, outcome) = oneshot::channel();
                    self.outcomes.push(outcome);
                    Command::Update(update, reply)
                }
            };
            commands.try_send(command).map_err(|_| format!("{name}: the call takes no more commands"))
        });
        if let Err(reason) = sent {
            self.complain(&reason).await;
        }
    }

    /// Only what went wrong is told.
    async fn command_done(&mut self, outcome: Result<Outcome, oneshot::error::RecvError>) {
        if let Ok(Err(error)) = outcome {
            self.complain(&error.to_string()).await;
        }
    }

    async fn complain(&mut self, reason: &str) {
        let Some(link) = &mut self.link else { return };
        let told = link.socket.send(message::error(&link.call_sid, reason, &fresh_id())).await;
        if let Err(error) = told {
            tracing::debug!(error, "application not told what is wrong");
        }
    }

    /// Opens a connection that was lost once more, where a session was begun over it.
    async fn reconnect(&mut self) {
        let Some(link) = self.link.take().filter(|_| *self.attached.borrow()) else {
            return self.detach("closed the connection");
        };
        self.fail_awaited("was lost");
        for pause in RECONNECT {
            sleep(pause).await;
            let again = connect(&*self.sockets, &link.hook, &link.call_sid, &link.payload).await;
            let Ok(mut link) = again else { continue };
            let id = fresh_id();
            if link.socket.send(message::reconnect(&link.call_sid, &link.payload, &id)).await.is_ok() {
                self.link = Some(link);
                return self.awaits(id, false, None);
            }
        }
        self.detach("was lost");
    }

    /// There is no application any more that could send commands.
    fn detach(&mut self, reason: &str) {
        self.link = None;
        self.fail_awaited(reason);
        self.attached.send_replace(false);
    }

    fn fail_awaited(&mut self, reason: &str) {
        for reply in self.awaited.drain().filter_map(|(_, awaited)| awaited.reply) {
            let _ = reply.send(Err(format!("websocket {reason}")));
        }
    }

    async fn leave(&mut self) {
        let link = self.link.take();
        self.detach("was closed");
        if let Some(link) = link {
            link.socket.close().await;
        }
    }
}

async fn connect(sockets: &dyn Sockets, hook: &Hook, call_sid: &str, payload: &str) -> Result<Link, String> {
    let socket = sockets.open(hook.url(), hook.authorization()).await?;
    Ok(Link { socket, hook: hook.clone(), call_sid: call_sid.to_owned(), payload: payload.to_owned() })
}

async fn receive(link: &mut Option<Link>) -> Received {
    match link {
        Some(link) => link.socket.receive().await,
        None => std::future::pending().await,
    }
}

async fn until(late: Option<Instant>) {
    match late {
        Some(late) => sleep_until(late).await,
        None => std::future::pending().await,
    }
}

fn fresh_id() -> String {
    Uuid::new_v4().simple().to_string()
}

fn shown(text: Option<&str>) -> String {
    text.unwrap_or_default().chars().take(64).collect()
}
