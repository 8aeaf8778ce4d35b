//! An endpoint by its documented field names, before it is formatted.

use serde_json::{Map, Value, json};
use strowger_model::number;

use super::candidate::Candidate;
use super::notes::Notes;
use super::{caller_id, from_uri, headers, parameters, privacy, user_part};

/// All fields but `From-URI`, which depends on what formatters make of the caller id.
pub(super) fn build(candidate: &Candidate<'_>, notes: &mut Notes) -> Map<String, Value> {
    let (gateway, resource) = (candidate.gateway(), candidate.resource());
    let dialled = candidate.dialled();
    let bypass = gateway.bypass_media.or(resource.media.bypass_media).unwrap_or(false);
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("Route", user_part::route(candidate).into());
    set("Outbound-Callee-ID-Name", dialled.into());
    set("Outbound-Callee-ID-Number", dialled.into());
    set("To-DID", dialled.into());
    set("Invite-Format", gateway.invite_format.as_str().into());
    set("Caller-ID-Type", caller_id::field(candidate).into());
    set("Bypass-Media", bypass.into());
    set("Endpoint-Type", gateway.endpoint_type.as_str().into());
    set("Endpoint-Progress-Timeout", progress_timeout(candidate).to_string().into());
    set("Custom-Channel-Vars", Value::Object(channel_variables(candidate)));
    privacy::fields(candidate).into_iter().for_each(|(name, value)| drop(set(name, value)));
    set("Weight", candidate.weight().into());
    set("Name", candidate.name().into());
    if ignores_early_media(candidate) {
        set("Ignore-Early-Media", true.into());
    }
    optional(candidate, &mut fields, notes);
    fields
}

fn optional(candidate: &Candidate<'_>, fields: &mut Map<String, Value>, notes: &mut Notes) {
    let gateway = candidate.gateway();
    let caller = caller_id::select(candidate);
    let texts = [
        ("Outbound-Caller-ID-Number", caller.number),
        ("Outbound-Caller-ID-Name", caller.name),
        ("Auth-User", gateway.username.clone().filter(|user| !user.is_empty())),
        ("Auth-Realm", gateway.realm.clone().filter(|realm| !realm.is_empty())),
    ];
    for (name, text) in texts {
        fields.extend(text.map(|text| (name.to_owned(), Value::from(text))));
    }
    let lists = [
        ("Codecs", json!(codecs(candidate))),
        ("SIP-Invite-Parameters", json!(parameters::build(candidate, notes))),
        ("Custom-SIP-Headers", Value::Object(headers::build(candidate))),
    ];
    let filled = |value: &Value| match value {
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    };
    fields.extend(lists.into_iter().filter(|(_, value)| filled(value)).map(|(name, value)| (name.to_owned(), value)));
}

/// The gateway's own codecs, or else the resource's, or else the installation's.
fn codecs(candidate: &Candidate<'_>) -> Vec<String> {
    let own = &candidate.gateway().codecs;
    if !own.is_empty() {
        return own.clone();
    }
    let shared: Vec<String> = candidate.resource().media.codecs().map(ToOwned::to_owned).collect();
    if shared.is_empty() { candidate.call.profile.defaults.codecs.clone() } else { shared }
}

/// Seconds until ringing or early media.
pub(super) fn progress_timeout(candidate: &Candidate<'_>) -> u32 {
    let own = candidate.gateway().progress_timeout.or(candidate.resource().media.progress_timeout);
    own.unwrap_or(candidate.call.profile.progress_timeout)
}

fn ignores_early_media(candidate: &Candidate<'_>) -> bool {
    candidate.resource().media.ignore_early_media.unwrap_or(false) || candidate.asks_for("Ignore-Early-Media")
}

fn channel_variables(candidate: &Candidate<'_>) -> Map<String, Value> {
    let (call, chosen) = (candidate.call, candidate.chosen);
    let mut variables = Map::new();
    from_uri::variables(candidate, &mut variables);
    let mut set = |name: &str, value: Value| variables.insert(name.to_owned(), value);
    set("Resource-Type", "offnet-termination".into());
    set("Matched-Number", candidate.dialled().into());
    if chosen.is_emergency() {
        set("Emergency-Resource", "true".into());
    }
    set("Original-Number", call.request.text("To-DID").unwrap_or(call.number).into());
    set("DID-Classifier", number::classify(call.number).name.to_string().into());
    if let Some(caller) = call.request.text("Outbound-Caller-ID-Number").filter(|n| number::reconcilable(n)) {
        set("E164-Origination", number::normalise(caller).into_owned().into());
    }
    set("E164-Destination", number::normalise(call.number).into_owned().into());
    set("Resource-ID", candidate.resource_id().into());
    if chosen.carrier.global {
        set("Global-Resource", true.into());
    }
    if let Some(mux) = candidate.gateway().media.rtcp_mux {
        set("RTCP-MUX", mux.into());
    }
    variables
}
