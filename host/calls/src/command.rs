//! What a live call is told from outside.

use std::time::Duration;

use serde_json::{Map, Value};
use strowger_media::Digits;
use strowger_sip::{Answer, InDialog};
use tokio::sync::oneshot;

use crate::error::UpdateError;
use crate::hook::HookRef;
use crate::verbs::Verb;

/// What an update brought: the far end's answer where it was asked something.
pub(crate) type Outcome = Result<Option<Answer>, UpdateError>;

/// Where the outcome of a command goes.
pub(crate) type Reply = oneshot::Sender<Outcome>;

/// A command to a live call.
pub(crate) enum Command {
    /// An update over REST; answered when it has taken effect or is refused.
    Update(Update, Reply),
    /// Run these verbs, of an application that is there all the time.
    Script {
        /// Which.
        verbs: Vec<Verb>,
        /// Behind those that are left, instead of in their place.
        queue: bool,
    },
    /// End it, whatever its state.
    End,
}

/// A change of a live call.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// Hang up an answered call.
    Complete,
    /// Give up a call that is not answered.
    NoAnswer,
    /// Run another application.
    Redirect {
        /// Who is asked for it.
        call_hook: HookRef,
        /// Who is told of the call's states from here on.
        status_hook: Option<HookRef>,
    },
    /// Replace the tag.
    Tag(Map<String, Value>),
    /// Send digits.
    Dtmf {
        /// Which.
        digits: Digits,
        /// How long each sounds.
        each: Duration,
    },
    /// Send a request inside the dialog.
    SipRequest(InDialog),
    /// An action, checked in full, on a verb that no call of this installation is in.
    Stateless {
        /// The property of the documents.
        action: &'static str,
        /// What it acts on.
        needs: &'static str,
        /// The request body.
        body: Map<String, Value>,
    },
}
