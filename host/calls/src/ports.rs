//! The worlds outside: where calls go, who routes them, who is asked about them. Tests put scripted ones in their place.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value};
use strowger_media::MediaSession;
use strowger_model::call_record::RoutedStep;
use strowger_model::{AccountId, Message, MessageRequest};
use strowger_sandbox::{Received, hook};
use strowger_sip::{Answer, InDialog, LegEvent};
use tokio::sync::mpsc;

use crate::candidate::{Candidate, Turn};

/// Starts legs.
#[async_trait]
pub trait Legs: Send + Sync + 'static {
    /// Opens the leg's media and hands its INVITE to the stack.
    ///
    /// # Errors
    /// [`LegError`]; nothing was sent then.
    async fn start(&self, candidate: &Candidate, caller: &Caller) -> Result<StartedLeg, LegError>;
}

/// Who calls, for the From header where a candidate has none of its own.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The number or SIP URI that the call is from.
    pub from: String,
    /// The caller's name.
    pub name: Option<String>,
    /// Host of the From URI; the installation's own by default.
    pub host: Option<String>,
}

/// A leg whose INVITE is on its way. When it is dropped, the leg is abandoned or hung up.
pub struct StartedLeg {
    /// SIP Call-ID.
    pub call_id: String,
    /// What happens to it.
    pub events: mpsc::Receiver<LegEvent>,
    /// Commands to it.
    pub control: Arc<dyn LegControl>,
    /// Its sound.
    pub media: MediaSession,
}

/// Commands to a leg.
#[async_trait]
pub trait LegControl: Send + Sync {
    /// Gives up before the final answer.
    async fn abandon(&self);

    /// Ends an answered leg; returns when the BYE is on its way, or the reason why its headers are refused.
    async fn hangup(&self, headers: Vec<(String, String)>) -> Result<(), String>;

    /// Sends a request inside the dialog of an answered leg; the far end's answer, or why it was not sent.
    async fn request(&self, request: InDialog) -> Result<Answer, String>;

    /// Sends a digit by SIP, for far ends that take none in their media.
    async fn dtmf(&self, digit: char, duration: Duration) -> Result<Answer, String>;
}

/// Why a leg was not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LegError {
    /// This candidate cannot be dialled; another one may.
    #[error("{0}")]
    Candidate(String),
    /// No leg can be started now, whatever the candidate.
    #[error("{0}")]
    Overloaded(String),
}

/// Turns a number into turns of gateways.
#[async_trait]
pub trait Routes: Send + Sync + 'static {
    /// The turns in the order in which they are tried, for an off-net request by its documented field names.
    ///
    /// # Errors
    /// [`RouteFailure`].
    async fn route(&self, account: AccountId, fields: Map<String, Value>) -> Result<Routed, RouteFailure>;
}

/// What a number leads to.
#[derive(Debug, Clone, Default)]
pub struct Routed {
    /// The turns.
    pub turns: Vec<Turn>,
    /// The steps that led to them.
    pub steps: Vec<RoutedStep>,
}

impl From<Vec<Turn>> for Routed {
    fn from(turns: Vec<Turn>) -> Self {
        Self { turns, steps: Vec::new() }
    }
}

/// Why a number has no candidates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteFailure {
    /// A step of the account's chain failed.
    #[error("the routing chain failed: {0}")]
    Chain(String),
    /// It is not to be placed.
    #[error("{0}")]
    Forbidden(String),
    /// Routing itself is out of order.
    #[error("routing is out of order: {0}")]
    Fault(String),
}

/// Asks call hooks.
#[async_trait]
pub trait Hooks: Send + Sync + 'static {
    /// Tells the plugin of an event.
    ///
    /// # Errors
    /// Why there is no answer, in words for the owner of the call.
    async fn ask(
        &self,
        plugin: &str,
        account: AccountId,
        event: &hook::Event,
    ) -> Result<Option<Vec<hook::Verb>>, String>;
}

/// Opens WebSockets to applications.
#[async_trait]
pub trait Sockets: Send + Sync + 'static {
    /// Opens one that speaks the protocol of hooks; `authorization` is the header of that name.
    ///
    /// # Errors
    /// Why there is none, in words for the owner of the call that go on after `websocket`.
    async fn open(&self, url: &str, authorization: Option<String>) -> Result<Box<dyn Socket>, String>;
}

/// An open WebSocket.
#[async_trait]
pub trait Socket: Send {
    /// Sends a message.
    ///
    /// # Errors
    /// Where the connection is of no use any more.
    async fn send(&mut self, text: String) -> Result<(), String>;

    /// The next message. May be dropped and asked again.
    async fn receive(&mut self) -> Received;

    /// Says goodbye.
    async fn close(self: Box<Self>);
}

/// Sends messages.
#[async_trait]
pub trait Texts: Send + Sync + 'static {
    /// Has the account's provider send a message.
    ///
    /// # Errors
    /// [`NotSent`].
    async fn send(&self, account: AccountId, request: MessageRequest) -> Result<Message, NotSent>;
}

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The account has no provider for it.
    #[error("{0}")]
    NoProvider(String),
    /// The provider did not take it.
    #[error("{0}")]
    Refused(String),
    /// It came to nothing on the way there.
    #[error("{0}")]
    Fault(String),
}
