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

use tokio::sync::{mpsc, oneshot};

use crate::error::SipError;
use crate::event::LegEvent;
use crate::header;

pub(crate) use plan::Plan;
pub(crate) use request::ALLOW;
pub(crate) use sink::Sink;
pub(crate) use task::Task;

const MAX_INFO: usize = 1_024;

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
    Info { content_type: String, body: String, done: oneshot::Sender<Result<u16, SipError>> },
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

    /// Sends an INFO (RFC 6086 §4.2.1 legacy usage, such as `application/dtmf-relay`) and returns its final status.
    ///
    /// # Errors
    /// [`SipError::NotAnswered`] before the answer, [`SipError::LegGone`] after the end, or a content type or body
    /// that cannot be sent.
    pub async fn info(&self, content_type: &str, body: String) -> Result<u16, SipError> {
        header::check_value("Content-Type", content_type)?;
        if body.len() > MAX_INFO {
            return Err(SipError::InfoTooLong { limit: MAX_INFO });
        }
        let (done, outcome) = oneshot::channel();
        let command = Command::Info { content_type: content_type.to_owned(), body, done };
        self.commands.send(command).await.map_err(|_| SipError::LegGone)?;
        outcome.await.map_err(|_| SipError::LegGone)?
    }

    /// Sends one DTMF digit as `application/dtmf-relay` of 160 ms, for far ends without RFC 4733.
    ///
    /// # Errors
    /// As [`Leg::info`], and [`SipError::Digit`] for what is none.
    pub async fn dtmf(&self, digit: char) -> Result<u16, SipError> {
        if !"0123456789*#ABCD".contains(digit) {
            return Err(SipError::Digit(digit));
        }
        self.info("application/dtmf-relay", format!("Signal={digit}\r\nDuration=160\r\n")).await
    }
}
