//! What `/v1` says of a carrier and `/v2` of each of its gateways: it is read from the first one and written to all. A carrier without
//! gateways keeps it for those to come.

use serde_json::{Map, Value, json};

use super::{own, set, set_own};
use crate::v1::{Fields, V1Error};

/// Where it lies while there are no gateways.
const TO_COME: &str = "gateway";

/// The names in `/v1` and of a gateway, and the most characters.
const SHARED: [(&str, &str, usize); 4] = [
    ("tech_prefix", "prefix", 16),
    ("register_username", "username", 32),
    ("register_password", "password", 32),
    ("register_sip_realm", "realm", 64),
];

const PLUS: &str = "e164_leading_plus";
const FORMAT: &str = "invite_format";
const WITHOUT_PLUS: &str = "strip_plus";

/// The names in `/v1`.
pub(super) const FIELDS: &[&str] =
    &["tech_prefix", "register_username", "register_password", "register_sip_realm", PLUS];

/// What all gateways have in common, as a gateway's fields.
pub(super) fn of(document: &Map<String, Value>) -> Map<String, Value> {
    let first = document.get("gateways").and_then(Value::as_array).and_then(|gateways| gateways.first());
    let found = match first {
        Some(gateway) => gateway.clone(),
        None => own(document, TO_COME).unwrap_or_else(|| json!({FORMAT: WITHOUT_PLUS})),
    };
    let Value::Object(fields) = found else { return Map::new() };
    let names = SHARED.map(|(_, name, _)| name);
    fields.into_iter().filter(|(name, _)| names.contains(&name.as_str()) || name == FORMAT).collect()
}

/// Gives it to every gateway.
pub(super) fn give(document: &mut Map<String, Value>, shared: Map<String, Value>) {
    let gateways = document.get_mut("gateways").and_then(Value::as_array_mut).filter(|gateways| !gateways.is_empty());
    let Some(gateways) = gateways else { return set_own(document, TO_COME, Value::Object(shared)) };
    for gateway in gateways.iter_mut().filter_map(Value::as_object_mut) {
        for name in SHARED.map(|(_, name, _)| name).into_iter().chain([FORMAT]) {
            set(gateway, name, shared.get(name).cloned().unwrap_or_default());
        }
    }
    set_own(document, TO_COME, Value::Null);
}

/// Changes what the body names.
pub(super) fn change(document: &mut Map<String, Value>, fields: Fields<'_>) -> Result<(), V1Error> {
    if !FIELDS.iter().any(|name| fields.raw(name).is_some()) {
        return Ok(());
    }
    let mut shared = of(document);
    for (name, of_gateway, longest) in SHARED.into_iter().filter(|(name, ..)| fields.raw(name).is_some()) {
        set(&mut shared, of_gateway, json!(fields.text(name, longest)?));
    }
    if let Some(plus) = fields.flag(PLUS)? {
        shared.insert(FORMAT.to_owned(), json!(if plus { "e164" } else { WITHOUT_PLUS }));
    }
    give(document, shared);
    Ok(())
}

/// Shows it under the names of `/v1`.
pub(super) fn show(document: &Map<String, Value>, shown: &mut Map<String, Value>) {
    let shared = of(document);
    for (name, of_gateway, _) in SHARED {
        shown.insert(name.to_owned(), shared.get(of_gateway).cloned().unwrap_or_default());
    }
    let plus = shared.get(FORMAT).is_none_or(|format| format != WITHOUT_PLUS);
    shown.insert(PLUS.to_owned(), json!(u8::from(plus)));
}
