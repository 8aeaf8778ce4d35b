//! One outbound call: the owner's handle here, the task that does the work in the modules below.

mod attempt;
mod dialog;
mod exchange;
mod farewell;
mod forks;
mod plan;
mod request;
mod serve;
mod session;
mod setup;
mod sink;
mod talk;
mod task;

use std::time::Duration;

use rsipstack::sip::{Method, Response};
use tokio::sync::{mpsc, oneshot};

use crate::error::SipError;
use crate::event::LegEvent;
use crate::header;
use crate::message;

pub(crate) use plan::Plan;
pub(crate) use request::ALLOW;
pub(crate) use sink::Sink;
pub(crate) use task::Task;

/// The longest body of a request inside the dialog: it has to fit a datagram with its headers (RFC 3261 §18.1.1).
const MAX_BODY: usize = 1_024;

/// The DTMF digits by their event codes (RFC 4733 §3.2).
pub(crate) const DIGITS: &str = "0123456789*#ABCD";

/// A started INVITE.
#[derive(Debug)]
pub struct OutboundLeg {
    /// The Call-ID on the wire.
    pub call_id: String,
    /// What happens to the leg, ending with its last event.
    pub events: mpsc::Receiver<LegEvent>,
    /// The handle for commands.
    pub leg: Leg,
}

/// Commands to a leg. A leg that has lost its last handle is hung up or abandoned: nobody could ever end it otherwise.
#[derive(Debug, Clone)]
pub struct Leg {
    pub(crate) commands: mpsc::Sender<Command>,
}

/// What the leg's task is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    Abandon,
    Hangup { headers: Vec<(String, String)>, done: oneshot::Sender<Result<(), SipError>> },
    Request { request: InDialog, done: oneshot::Sender<Result<Answer, SipError>> },
}

/// A request inside the dialog that leaves the session as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InDialog {
    /// INFO, MESSAGE, NOTIFY or OPTIONS.
    pub method: String,
    /// Headers besides those of the dialog.
    pub headers: Vec<(String, String)>,
    /// The media type of the body.
    pub content_type: Option<String>,
    /// The body, at most 1 KiB.
    pub body: String,
}

/// The final answer to a request. Silence is a 408 (RFC 3261 §8.1.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
}

impl Leg {
    /// Gives up before the final answer: CANCEL as soon as there is a 1xx (RFC 3261 §9.1), no more retransmissions
    /// until then. An answer that crosses it, told or not, is ACKed and hung up. The last event comes with the final
    /// status, for a far end that stays silent after 64*T1 (32 s).
    pub async fn abandon(&self) {
        // A closed channel means that the leg is over, which is what was asked for.
        let _ = self.commands.send(Command::Abandon).await;
    }

    /// Ends an answered leg with a BYE that carries `headers`. Returns when the BYE is on its way.
    ///
    /// # Errors
    /// [`SipError::NotAnswered`] before the answer, [`SipError::LegGone`] after the end, or a refused header.
    pub async fn hangup(&self, headers: Vec<(String, String)>) -> Result<(), SipError> {
        header::check_all(&headers)?;
        let (done, outcome) = oneshot::channel();
        self.commands.send(Command::Hangup { headers, done }).await.map_err(|_| SipError::LegGone)?;
        outcome.await.map_err(|_| SipError::LegGone)?
    }

    /// Sends a request inside the dialog and returns its final answer.
    ///
    /// # Errors
    /// [`SipError::NotAnswered`] before the answer, [`SipError::LegGone`] after the end, or what cannot be sent: another method, a
    /// header, a content type, a long body.
    pub async fn request(&self, request: InDialog) -> Result<Answer, SipError> {
        request.check()?;
        let (done, outcome) = oneshot::channel();
        self.commands.send(Command::Request { request, done }).await.map_err(|_| SipError::LegGone)?;
        outcome.await.map_err(|_| SipError::LegGone)?
    }

    /// Sends one DTMF digit as `application/dtmf-relay` in an INFO (RFC 6086 §4.2.1 legacy usage), for far ends without RFC 4733.
    ///
    /// # Errors
    /// As [`Leg::request`], and [`SipError::Digit`] for what is none.
    pub async fn dtmf(&self, digit: char, duration: Duration) -> Result<Answer, SipError> {
        if !DIGITS.contains(digit) {
            return Err(SipError::Digit(digit));
        }
        self.request(InDialog {
            method: "INFO".into(),
            headers: Vec::new(),
            content_type: Some("application/dtmf-relay".into()),
            body: format!("Signal={digit}\r\nDuration={}\r\n", duration.as_millis()),
        })
        .await
    }
}

impl Answer {
    pub(crate) fn of(response: &Response) -> Self {
        let (status, reason) = message::status(response);
        Self { status, reason }
    }

    pub(crate) fn silence() -> Self {
        Self { status: 408, reason: "Request Timeout".into() }
    }
}

impl InDialog {
    /// Whether it can be sent.
    ///
    /// # Errors
    /// [`SipError::Method`], [`SipError::Header`], [`SipError::BodyTooLong`]
    pub fn check(&self) -> Result<(), SipError> {
        self.method()?;
        header::check_all(&self.headers)?;
        if let Some(content_type) = &self.content_type {
            header::check_value("Content-Type", content_type)?;
        }
        if self.body.len() > MAX_BODY { Err(SipError::BodyTooLong { limit: MAX_BODY }) } else { Ok(()) }
    }

    /// The method as the stack knows it. Others have a meaning of their own for the dialog, or none.
    pub(crate) fn method(&self) -> Result<Method, SipError> {
        match self.method.to_ascii_uppercase().as_str() {
            "INFO" => Ok(Method::Info),
            "MESSAGE" => Ok(Method::Message),
            "NOTIFY" => Ok(Method::Notify),
            "OPTIONS" => Ok(Method::Options),
            _ => Err(SipError::Method(self.method.chars().take(32).collect())),
        }
    }
}
