//! Carrier resources: validation and PATCH.

use serde_json::{Map, Value};
use strowger_model::{Resource, patch, resource};

use crate::check_refusal;

/// `{"doc", "patch"?}`, as the routing vectors have it. What is accepted is accepted again as it was stored, and can be routed by.
pub fn resource(text: &[u8]) {
    let Ok(mut case) = serde_json::from_slice::<Map<String, Value>>(text) else { return };
    let Some(Value::Object(document)) = case.remove("doc") else { return };
    let mut stored = Value::Object(accepted(document).unwrap_or_default());
    let patch = case.remove("patch").unwrap_or_default();
    patch::merge(&mut stored, patch);
    if let Value::Object(patched) = stored {
        accepted(patched);
    }
}

fn accepted(mut document: Map<String, Value>) -> Option<Map<String, Value>> {
    if let Err(refusal) = resource::validate(&mut document) {
        check_refusal(&refusal);
        return None;
    }
    let mut again = document.clone();
    assert_eq!(resource::validate(&mut again), Ok(()), "refused as it was accepted");
    assert_eq!(again, document, "repaired twice");
    let body = Value::Object(document);
    assert!(Resource::from_body("id", &body).is_ok(), "accepted and cannot be read");
    let _ = resource::summary("id", &body);
    match body {
        Value::Object(document) => Some(document),
        _ => None,
    }
}
