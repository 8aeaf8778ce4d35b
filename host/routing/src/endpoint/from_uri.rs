//! The From URI that a carrier wants: the caller's number at a realm of its choice.

use serde_json::{Map, Value};

use super::Candidate;

/// The realm, and where it comes from: gateway, resource, account, and last the gateway's own realm.
pub(super) fn realm(candidate: &Candidate<'_>) -> Option<String> {
    let (gateway, resource) = (candidate.gateway, &candidate.carrier.resource);
    let chosen = gateway.from_uri_realm.as_ref().or(resource.from_uri_realm.as_ref());
    chosen.filter(|realm| !realm.is_empty()).cloned()
}

/// Whether the account's realm shall be used.
pub(super) fn from_account(candidate: &Candidate<'_>) -> bool {
    candidate.gateway.from_account_realm.or(candidate.carrier.resource.from_account_realm).unwrap_or(false)
}

/// Whether the carrier wants a From URI of its own.
pub(super) fn wanted(candidate: &Candidate<'_>) -> bool {
    candidate.gateway.format_from_uri.or(candidate.carrier.resource.format_from_uri).unwrap_or(false)
}

/// Sets `From-URI` after formatting, since its user is the formatted caller id.
pub(super) fn set(candidate: &Candidate<'_>, fields: &mut Map<String, Value>) {
    let variable = |name: &str| fields.get("Custom-Channel-Vars").and_then(|vars| vars.get(name));
    let account_realm = || candidate.request.text("Account-Realm").map(ToOwned::to_owned);
    let carrier = match variable("Format-From-URI") == Some(&Value::Bool(true)) {
        true => variable("From-URI-Realm").and_then(Value::as_str).map(ToOwned::to_owned).or_else(account_realm),
        false => None,
    };
    let asked = candidate.request.get("Format-From-URI").is_some_and(|asked| asked == true || asked == "true");
    let bridge = || candidate.request.text("From-URI-Realm").map(ToOwned::to_owned).or_else(account_realm);
    let Some(realm) = carrier.or_else(|| if asked { bridge() } else { None }) else { return };
    let Some(user) = fields.get("Outbound-Caller-ID-Number").and_then(Value::as_str) else { return };
    let uri = format!("sip:{user}@{realm}");
    fields.insert("From-URI".into(), uri.into());
}
