//! Message providers: a fresh instance per message that is sent and per request that a provider makes.

use strowger_model::{AccountId, Owner};

/// The shapes that cross the wall.
pub mod message {
    pub use crate::bindings::message_provider::exports::strowger::plugin::message_provider::{
        Accepted, Delivery, Inbound, Incident, Outbound, Outcome, Received, Refusal, Reply, Request, Status,
    };
}

use crate::bindings::message_provider::MessageProviderPlugin;
use crate::bindings::message_provider::exports::strowger::plugin::describe;
use crate::engine::Sandbox;
use crate::examine::{Described, TrialCost};
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::instance::Usage;
use crate::kind::ModuleKind;
use crate::limits::{Budget, Limits};
use crate::module::{Body, Module};
use crate::state::State;

impl Sandbox {
    /// Sends a message of that account through the provider `plugin` (`NAME` or `NAME@VERSION`).
    ///
    /// # Errors
    /// Those of [`Module::send`], and [`FaultKind::NotInstalled`].
    pub async fn send_message(
        &self,
        plugin: &str,
        account: AccountId,
        message: &message::Outbound,
        parameters: &str,
    ) -> Result<message::Outcome, PluginFault> {
        let module = self.module_of(plugin, ModuleKind::MessageProvider, Phase::Send)?;
        module.send(account.into(), message, parameters).await.map(|(outcome, _)| outcome)
    }
}

impl Module {
    /// Sends a message for `owner`. `parameters` is what the account has saved for this provider, as JSON.
    ///
    /// # Errors
    /// A fault of the plugin. That the provider refuses is an [`message::Outcome`].
    pub async fn send(
        &self,
        owner: Owner,
        message: &message::Outbound,
        parameters: &str,
    ) -> Result<(message::Outcome, Usage), PluginFault> {
        let (answer, usage) = self
            .provide(owner, Phase::Send, self.limits.hook, async |guest, store| {
                guest.strowger_plugin_message_provider().call_send(store, message, parameters).await
            })
            .await?;
        let checked = answer.map_err(FaultKind::from).and_then(|outcome| check_outcome(outcome, &self.limits));
        Ok((checked.map_err(|kind| self.fault(Phase::Send, kind))?, usage))
    }

    /// Reads a request that the provider makes of `owner`.
    ///
    /// # Errors
    /// A fault of the plugin; [`FaultKind::Refused`] where the request is not the provider's.
    pub async fn receive(
        &self,
        owner: Owner,
        request: &message::Request,
        parameters: &str,
    ) -> Result<(message::Received, Usage), PluginFault> {
        let (answer, usage) = self
            .provide(owner, Phase::Receive, self.limits.hook, async |guest, store| {
                guest.strowger_plugin_message_provider().call_receive(store, request, parameters).await
            })
            .await?;
        let checked = answer.map_err(FaultKind::from).and_then(|received| check_received(received, &self.limits));
        Ok((checked.map_err(|kind| self.fault(Phase::Receive, kind))?, usage))
    }

    async fn provide<T>(
        &self,
        owner: Owner,
        phase: Phase,
        budget: Budget,
        call: impl AsyncFnOnce(&MessageProviderPlugin, &mut wasmtime::Store<State>) -> wasmtime::Result<T>,
    ) -> Result<(T, Usage), PluginFault> {
        let Body::MessageProvider(pre) = &self.body else {
            return Err(self.fault(phase, FaultKind::WrongKind("message-provider")));
        };
        let instantiate = async |store: &mut wasmtime::Store<State>| pre.instantiate_async(store).await;
        let (value, cost) = self.fresh(owner, phase, budget, instantiate, call).await?;
        Ok((value, Usage { elapsed: cost.instantiate + cost.describe, fuel: cost.fuel }))
    }

    pub(crate) async fn describe_provider(&self) -> Result<(Described, TrialCost), PluginFault> {
        let budget = self.limits.describe;
        let (description, usage) = self
            .provide(self.plugin.owner, Phase::Describe, budget, async |guest, store| {
                guest.strowger_plugin_describe().call_describe(store).await
            })
            .await?;
        let described = Described {
            kind: match description.kind {
                describe::Kind::MessageProvider => Some(ModuleKind::MessageProvider),
                _ => None,
            },
            summary: description.summary,
            capabilities: description.capabilities,
            parameters: description.parameters,
        };
        Ok((described, TrialCost { describe: usage.elapsed, fuel: usage.fuel, ..TrialCost::default() }))
    }
}

fn invalid<T>(text: impl Into<String>) -> Result<T, FaultKind> {
    Err(FaultKind::InvalidResult(text.into()))
}

/// What becomes part of a document or of a reply to a client.
fn check_json(what: &str, json: &str, limits: &Limits) -> Result<(), FaultKind> {
    if json.len() > limits.message_bytes {
        return invalid(format!("{what} has more than {} bytes", limits.message_bytes));
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(json) {
        Ok(_) => Ok(()),
        Err(error) => invalid(format!("{what} is no JSON: {error}")),
    }
}

fn check_text<'a>(
    what: &str,
    texts: impl IntoIterator<Item = &'a Option<String>>,
    limits: &Limits,
) -> Result<(), FaultKind> {
    let is_fine = |text: &String| text.len() <= limits.text_bytes && !text.contains(char::is_control);
    if texts.into_iter().flatten().all(is_fine) {
        Ok(())
    } else {
        invalid(format!("{what} is longer than {} bytes or has control characters", limits.text_bytes))
    }
}

fn check_outcome(outcome: message::Outcome, limits: &Limits) -> Result<message::Outcome, FaultKind> {
    match &outcome {
        message::Outcome::Accepted(accepted) => {
            check_text("the provider's id", [&accepted.provider_id], limits)?;
            check_json("the provider's response", &accepted.response, limits)?;
        }
        message::Outcome::Refused(refusal) => {
            check_text("a refusal", [&Some(refusal.reason.clone()), &refusal.code], limits)?;
            refusal.response.iter().try_for_each(|json| check_json("the provider's response", json, limits))?;
        }
    }
    Ok(outcome)
}

fn check_received(received: message::Received, limits: &Limits) -> Result<message::Received, FaultKind> {
    if received.incidents.len() > limits.incidents {
        return invalid(format!("more than {} messages and deliveries of one request", limits.incidents));
    }
    received.incidents.iter().try_for_each(|incident| check_incident(incident, limits))?;
    check_reply(&received.reply, limits)?;
    Ok(received)
}

fn check_incident(incident: &message::Incident, limits: &Limits) -> Result<(), FaultKind> {
    match incident {
        message::Incident::Message(inbound) => {
            let ends = [Some(inbound.from.clone()), Some(inbound.to.clone())];
            check_text("a number or id of a message", ends.iter().chain([&inbound.provider_id]), limits)?;
            let bytes = inbound.media.iter().chain(&inbound.text).map(String::len).sum::<usize>();
            if bytes > limits.message_bytes {
                return invalid(format!("a message has more than {} bytes", limits.message_bytes));
            }
            check_json("a message's document", &inbound.document, limits)
        }
        message::Incident::Delivery(delivery) => {
            let id = Some(delivery.provider_id.clone());
            check_text("a delivery", [&id, &delivery.code, &delivery.reason], limits)
        }
    }
}

/// Header fields of a reply.
const MAX_HEADERS: usize = 30;

fn check_reply(reply: &message::Reply, limits: &Limits) -> Result<(), FaultKind> {
    if !(200..=599).contains(&reply.status) {
        return invalid(format!("a reply's status of {}", reply.status));
    }
    if reply.headers.len() > MAX_HEADERS || reply.body.len() > limits.message_bytes {
        return invalid(format!("a reply with more than {MAX_HEADERS} headers or {} bytes", limits.message_bytes));
    }
    let is_header = |(name, value): &(String, String)| {
        http::HeaderName::from_bytes(name.as_bytes()).is_ok() && http::HeaderValue::from_str(value).is_ok()
    };
    match reply.headers.iter().find(|header| !is_header(header)) {
        Some((name, _)) => invalid(format!("a reply's header '{}' cannot be sent", name.escape_default())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, name: &str, value: &str) -> Result<(), FaultKind> {
        let headers = vec![(name.to_owned(), value.to_owned())];
        check_reply(&message::Reply { status, headers, body: Vec::new() }, &Limits::default())
    }

    #[test]
    fn a_reply_is_one_that_can_be_sent() {
        assert_eq!(reply(200, "content-type", "text/xml"), Ok(()));
        for (status, name, value) in [(99, "a", "b"), (101, "a", "b"), (200, "a b", "c"), (200, "a", "b\r\nc: d")] {
            assert!(matches!(reply(status, name, value), Err(FaultKind::InvalidResult(_))), "{status} {name} {value}");
        }
    }

    #[test]
    fn what_is_shown_is_json_and_short() {
        let accepted = |response: &str| {
            let (status, response) = (message::Status::Sent, response.to_owned());
            let accepted = message::Accepted { provider_id: Some("1".into()), status, response };
            check_outcome(message::Outcome::Accepted(accepted), &Limits::default())
        };
        assert!(accepted(r#"{"id": 1}"#).is_ok());
        assert!(accepted("<xml/>").is_err());
        assert!(accepted(&format!("\"{}\"", "x".repeat(64 << 10))).is_err());
    }
}
