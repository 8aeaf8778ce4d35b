//! `sip:request`.

use serde_json::{Map, Value};
use strowger_sip::InDialog;

use super::{VerbError, headers, hook_ref, object, text};
use crate::hook::HookRef;

/// A request inside the dialog.
#[derive(Debug, Clone, PartialEq)]
pub struct SipRequest {
    /// The author's name for the verb.
    pub id: Option<String>,
    /// What is sent.
    pub request: InDialog,
    /// Who is told the answer.
    pub action_hook: Option<HookRef>,
}

impl SipRequest {
    pub(super) fn from_properties(properties: &Map<String, Value>) -> Result<Self, VerbError> {
        let mut headers = headers(&object(properties, "headers"));
        let body = text(properties, "body").unwrap_or_default().to_owned();
        let typed = headers.iter().position(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let content_type = match typed {
            Some(place) => Some(headers.swap_remove(place).1),
            None => (!body.is_empty()).then(|| "text/plain".to_owned()),
        };
        let method = text(properties, "method").unwrap_or_default().to_ascii_uppercase();
        let request = InDialog { method, headers, content_type, body };
        request.check().map_err(|error| VerbError::Rule {
            verb: "sip:request",
            property: property(&error),
            rule: format!("cannot be sent: {error}"),
        })?;
        let id = text(properties, "id").map(ToOwned::to_owned);
        Ok(Self { id, request, action_hook: hook_ref(properties, "actionHook")? })
    }
}

/// The property that an error is about.
fn property(error: &strowger_sip::SipError) -> &'static str {
    match error {
        strowger_sip::SipError::Header(_) => "headers",
        strowger_sip::SipError::BodyTooLong { .. } => "body",
        _ => "method",
    }
}
