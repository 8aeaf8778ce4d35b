//! The From URI that a carrier wants: the caller's number at a realm of its choice.

use serde_json::{Map, Value};
use strowger_model::sip;

use super::candidate::Candidate;
use super::notes::Notes;

/// The realm that the carrier's document names.
fn named(candidate: &Candidate<'_>) -> Option<String> {
    let chosen = candidate.gateway().from_uri_realm.as_ref().or(candidate.resource().from_uri_realm.as_ref());
    chosen.filter(|realm| !realm.is_empty()).cloned()
}

/// Whether the account's realm shall be used.
fn from_account(candidate: &Candidate<'_>) -> bool {
    candidate.gateway().from_account_realm.or(candidate.resource().from_account_realm).unwrap_or(false)
}

/// Whether the carrier wants a From URI of its own.
fn wanted(candidate: &Candidate<'_>) -> bool {
    candidate.gateway().format_from_uri.or(candidate.resource().format_from_uri).unwrap_or(false)
}

/// What the channel variables tell of it.
pub(super) fn variables(candidate: &Candidate<'_>, variables: &mut Map<String, Value>) {
    let from_account = from_account(candidate);
    let gateways_own = || candidate.gateway().realm.clone().filter(|realm| !realm.is_empty() && !from_account);
    let realm = named(candidate).or_else(gateways_own);
    let formats = wanted(candidate) && (realm.is_some() || from_account);
    if let Some(realm) = realm.filter(|_| formats) {
        variables.insert("From-URI-Realm".into(), realm.into());
    }
    if from_account {
        variables.insert("From-Account-Realm".into(), true.into());
    }
    variables.insert("Format-From-URI".into(), formats.into());
}

/// Sets `From-URI` after formatting, since its user is the formatted caller id.
pub(super) fn set(candidate: &Candidate<'_>, fields: &mut Map<String, Value>, notes: &mut Notes) {
    let account_realm = || candidate.asked("Account-Realm").map(ToOwned::to_owned);
    let realm = by_carrier(fields, account_realm).or_else(|| by_host(candidate, account_realm));
    let Some(realm) = realm else {
        if wanted(candidate) {
            notes.about(candidate, "format_from_uri: neither the carrier nor the account names a realm");
        }
        return;
    };
    let Some(user) = fields.get("Outbound-Caller-ID-Number").and_then(Value::as_str) else { return };
    let uri = sip::address_at(user, &realm);
    fields.insert("From-URI".into(), uri.into());
}

fn by_carrier(fields: &Map<String, Value>, account_realm: impl Fn() -> Option<String>) -> Option<String> {
    let variable = |name: &str| fields.get("Custom-Channel-Vars").and_then(|variables| variables.get(name));
    let formats = variable("Format-From-URI") == Some(&Value::Bool(true));
    let realm = || variable("From-URI-Realm").and_then(Value::as_str).map(ToOwned::to_owned);
    if formats { realm().or_else(account_realm) } else { None }
}

/// What the host does everywhere, or the request asks for.
fn by_host(candidate: &Candidate<'_>, account_realm: impl Fn() -> Option<String>) -> Option<String> {
    let asked = candidate.call.profile.format_from_uri || candidate.asks_for("Format-From-URI");
    let realm = || candidate.asked("From-URI-Realm").map(ToOwned::to_owned);
    if asked { realm().or_else(account_realm) } else { None }
}
