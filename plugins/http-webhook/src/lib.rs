//! `http-webhook`: asks a web server what a call shall do next. The request carries what is told of the event; a JSON answer is a
//! list of verbs, any other a consent to go on.

mod answer;
mod hook;
mod request;
mod retry;
mod signature;

use strowger_plugin_http::{Attempt, Response, pause, send};
use strowger_sdk::call_hook::{CallHook, Event, EventKind, Verb};
use strowger_sdk::log::{self, Level};
use strowger_sdk::{Description, PluginError};

use crate::answer::{accepted, verbs};
use crate::hook::Hook;
use crate::retry::Policy;

/// A web server's call hook.
pub struct HttpWebhook;

impl CallHook for HttpWebhook {
    const DESCRIPTION: Description = Description::new("Asks a web server over HTTP", include_str!("parameters.json"))
        .capabilities(&["wasi:http/outgoing-handler"]);

    fn on_event(event: Event) -> Result<Option<Vec<Verb>>, PluginError> {
        let hook = Hook::read(&event.hook)?;
        let (request, policy) = request::of(&hook, &event)?;
        let response = attempt(&policy, || send(&request), pause)?;
        match event.kind {
            EventKind::CallStatus => Ok(None),
            EventKind::SessionNew | EventKind::SessionRedirect | EventKind::VerbHook => verbs(&response),
        }
    }
}

/// Sends, and sends again as the policy says.
fn attempt(
    policy: &Policy,
    mut send: impl FnMut() -> Attempt,
    mut pause: impl FnMut(std::time::Duration),
) -> Result<Response, PluginError> {
    let mut waits = policy.waits();
    loop {
        let outcome = send();
        if let Some(wait) = policy.retries(&outcome).then(|| waits.next()).flatten() {
            log::log(Level::Info, &format!("{}; trying again", retry::told(&outcome)));
            pause(wait);
            continue;
        }
        return match outcome {
            Ok(response) => accepted(response),
            Err(error) => Err(PluginError::failed(format!("webhook {error}"))),
        };
    }
}

strowger_sdk::export_call_hook!(HttpWebhook);

#[cfg(test)]
mod tests;
