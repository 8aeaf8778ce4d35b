//! Message providers: what sends and receives messages through one provider.

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use bindings::{
    Accepted, Delivery, Inbound, Incident, Outbound, Outcome, Received, Refusal, Reply, Request, Status,
};

use crate::bindings::describe;
use crate::error::read_parameters;
use crate::{Description, PluginError};

/// Generated from `wit/`.
#[doc(hidden)]
pub mod bindings {
    #![allow(unsafe_code, missing_docs, clippy::all, clippy::pedantic, reason = "generated code")]

    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package strowger:sdk; world message-provider { export strowger:plugin/message-provider@0.1.0; }",
        world: "strowger:sdk/message-provider",
        with: { "strowger:plugin/types@0.1.0": crate::bindings::imports::types },
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_message_provider_interface",
    });

    pub use exports::strowger::plugin::message_provider::*;
}

/// One provider of messages. Each message and each request finds a fresh instance: nothing is remembered but what is in
/// [`kv`](crate::kv).
pub trait MessageProvider: 'static {
    /// What an account saves for the provider: credentials, URLs, senders.
    type Parameters: DeserializeOwned;

    /// Its summary and the schema of its parameters.
    const DESCRIPTION: Description;

    /// Sends a message. That the provider refuses it is an [`Outcome`] too.
    ///
    /// # Errors
    /// Where the provider cannot be asked.
    fn send(message: Outbound, parameters: Self::Parameters) -> Result<Outcome, PluginError>;

    /// Reads a request that the provider makes: messages that it brings, and what became of those that were sent.
    ///
    /// # Errors
    /// Where the request is not the provider's.
    fn receive(request: Request, parameters: Self::Parameters) -> Result<Received, PluginError>;
}

impl Outcome {
    /// The provider took it; `response` is what it answered.
    #[must_use]
    pub fn accepted(provider_id: impl Into<String>, status: Status, response: &Value) -> Self {
        Self::Accepted(Accepted { provider_id: Some(provider_id.into()), status, response: response.to_string() })
    }

    /// The provider did not take it, and another attempt would not help.
    #[must_use]
    pub fn refused(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::Refused(Refusal { reason, code: None, http_status: None, retry_after: None, response: None })
    }
}

impl Request {
    /// The first header of that name, which is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

impl Reply {
    /// A reply without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }
}

/// Counts as a use of the type where no component is built, and tells the author early what the type lacks.
#[doc(hidden)]
pub fn exportable<P: MessageProvider>() {}

/// The interfaces of the contract on top of a [`MessageProvider`].
#[doc(hidden)]
pub struct Exported<P>(P);

impl<P: MessageProvider> describe::Guest for Exported<P> {
    fn describe() -> describe::Description {
        P::DESCRIPTION.of_kind(describe::Kind::MessageProvider)
    }
}

impl<P: MessageProvider> bindings::Guest for Exported<P> {
    fn send(message: Outbound, parameters: String) -> Result<Outcome, PluginError> {
        P::send(message, read_parameters(&parameters)?)
    }

    fn receive(request: Request, parameters: String) -> Result<Received, PluginError> {
        P::receive(request, read_parameters(&parameters)?)
    }
}

/// Makes a [`MessageProvider`](crate::message_provider::MessageProvider) the component's.
#[macro_export]
macro_rules! export_message_provider {
    ($provider:ty) => {
        const _: fn() = $crate::message_provider::exportable::<$provider>;
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Component = $crate::message_provider::Exported<$provider>;
    $crate::bindings::describe::export_describe_interface!(Component with_types_in $crate::bindings::describe);
            $crate::message_provider::bindings::export_message_provider_interface!(
                Component with_types_in $crate::message_provider::bindings
            );
        };
    };
}
