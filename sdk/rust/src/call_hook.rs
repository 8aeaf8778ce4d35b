//! Call hooks: what answers the events of a call with verbs.

use serde_json::Value;

pub use crate::bindings::call_hook::{
    Call, CallDirection, CallStatus, Event, EventKind, HookTarget, OtherVerb, Play, Verb,
};
use crate::bindings::{call_hook, describe};
use crate::{Description, PluginError};

/// The logic of a call. Each event finds a fresh instance: nothing is remembered.
pub trait CallHook: 'static {
    /// Its summary and the schema of a hook's own parameters.
    const DESCRIPTION: Description;

    /// Answers an event. `None` goes on with the verbs that are left, a list replaces them.
    ///
    /// # Errors
    /// Where the event cannot be answered; the call then goes by its own rules for a hook that fails.
    fn on_event(event: Event) -> Result<Option<Vec<Verb>>, PluginError>;
}

impl Verb {
    /// Any verb of the documents, by its name and properties.
    #[must_use]
    pub fn named(name: &str, properties: &Value) -> Self {
        Self::Other(OtherVerb { name: name.into(), properties: properties.to_string() })
    }

    /// Plays a `file:` name or URL once.
    #[must_use]
    pub fn play(url: &str) -> Self {
        Self::Play(Play { urls: vec![url.into()], loops: 1, early_media: false, action_hook: None })
    }

    /// Sets the call's customer data.
    #[must_use]
    pub fn tag(data: &Value) -> Self {
        Self::Tag(data.to_string())
    }

    /// Ends the call.
    #[must_use]
    pub fn hangup() -> Self {
        Self::Hangup(Vec::new())
    }
}

/// Counts as a use of the type where no component is built, and tells the author early what the type lacks.
#[doc(hidden)]
pub fn exportable<H: CallHook>() {}

/// The interfaces of the contract on top of a [`CallHook`].
#[doc(hidden)]
pub struct Exported<H>(H);

impl<H: CallHook> describe::Guest for Exported<H> {
    fn describe() -> describe::Description {
        H::DESCRIPTION.of_kind(describe::Kind::CallHook)
    }
}

impl<H: CallHook> call_hook::Guest for Exported<H> {
    fn on_event(event: Event) -> Result<Option<Vec<Verb>>, PluginError> {
        H::on_event(event)
    }
}

/// Makes a [`CallHook`](crate::call_hook::CallHook) the component's.
#[macro_export]
macro_rules! export_call_hook {
    ($hook:ty) => {
        const _: fn() = $crate::call_hook::exportable::<$hook>;
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Component = $crate::call_hook::Exported<$hook>;
            $crate::bindings::describe::export_describe_interface!(Component with_types_in $crate::bindings::describe);
            $crate::bindings::call_hook::export_call_hook_interface!(Component with_types_in $crate::bindings::call_hook);
        };
    };
}
