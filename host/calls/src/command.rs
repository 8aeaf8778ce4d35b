//! What a live call is told from outside.

use serde_json::{Map, Value};
use tokio::sync::oneshot;

use crate::error::UpdateError;
use crate::hook::HookRef;

/// Where the outcome of a command goes.
pub(crate) type Reply = oneshot::Sender<Result<(), UpdateError>>;

/// A command to a live call.
pub(crate) enum Command {
    /// An update over REST; answered when it has taken effect or is refused.
    Update(Update, Reply),
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
}
