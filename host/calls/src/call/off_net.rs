//! A call as an off-net request, by the field names that rules, carriers and formatters know.

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, CallerId, Sid};

use super::plan::Plan;
use crate::create::RoutingOptions;

/// The request.
pub(super) fn request(plan: &Plan, account: AccountId, call: Sid, number: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    set("To-DID", json!(number));
    set("Account-ID", json!(account.hex()));
    set("Outbound-Caller-ID-Number", json!(plan.caller.from));
    if let Some(name) = &plan.caller.name {
        set("Outbound-Caller-ID-Name", json!(name));
    }
    if let Some(sid) = plan.application_sid {
        set("Application-ID", json!(sid));
    }
    let headers: Map<String, Value> =
        plan.invite_headers().into_iter().map(|(name, value)| (name, json!(value))).collect();
    if !headers.is_empty() {
        set("Requestor-Custom-SIP-Headers", Value::Object(headers.clone()));
        set("Custom-SIP-Headers", Value::Object(headers));
    }
    set("Requestor-Custom-Channel-Vars", Value::Object(variables(plan, account, call)));
    options(&plan.routing, &mut fields);
    fields
}

/// What the request says, and over it what only the host knows.
fn variables(plan: &Plan, account: AccountId, call: Sid) -> Map<String, Value> {
    let mut variables = plan.routing.custom_channel_vars.clone();
    variables.insert("account_id".into(), json!(account.hex()));
    variables.insert("call_sid".into(), json!(call));
    if let Some(sid) = plan.application_sid {
        variables.insert("application_sid".into(), json!(sid));
    }
    variables
}

fn options(options: &RoutingOptions, fields: &mut Map<String, Value>) {
    let mut set = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    if !options.flags.is_empty() {
        set("Flags", json!(options.flags));
    }
    let ids = &options.caller_id;
    for (kind, id) in [("Outbound", &ids.external), ("Internal", &ids.internal), ("Emergency", &ids.emergency)] {
        let Some(CallerId { number, name }) = id else { continue };
        let texts = [("Number", number), ("Name", name)];
        for (part, text) in texts.into_iter().filter_map(|(part, text)| Some((part, text.as_ref()?))) {
            set(&format!("{kind}-Caller-ID-{part}"), json!(text));
        }
    }
    if let Some(privacy) = options.privacy {
        set("Privacy-Method", json!(privacy.as_str()));
    }
    if let Some(realm) = &options.from_uri_realm {
        set("From-URI-Realm", json!(realm));
    }
    if let Some(hunted) = options.hunt_account_id {
        set("Hunt-Account-ID", json!(hunted.hex()));
    }
    let switches = [
        ("Format-From-URI", options.format_from_uri),
        ("Ignore-Early-Media", options.ignore_early_media),
        ("Bypass-E164", options.bypass_e164),
    ];
    switches.into_iter().filter(|(_, is_on)| *is_on).for_each(|(name, _)| set(name, json!(true)));
}
