//! `message`.

use serde_json::{Map, Value};
use strowger_model::{MessageRequest, V1Error};

use super::{VerbError, hook_ref, text};
use crate::hook::HookRef;

/// A message beside the call.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The author's name for the verb.
    pub id: Option<String>,
    /// What is sent, or what is wrong with it: the documents have that told to the hook.
    pub request: Result<MessageRequest, V1Error>,
    /// Who is told how it went.
    pub action_hook: Option<HookRef>,
}

impl Text {
    pub(super) fn from_properties(properties: &Map<String, Value>) -> Result<Self, VerbError> {
        Ok(Self {
            id: text(properties, "id").map(ToOwned::to_owned),
            request: MessageRequest::from_request(&Value::Object(properties.clone())),
            action_hook: hook_ref(properties, "actionHook")?,
        })
    }
}
