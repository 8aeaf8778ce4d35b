//! Custom SIP headers: the gateway's, and over them the request's.

use serde_json::{Map, Value};
use strowger_model::resource::HeaderMacro;
use strowger_model::sip;

use super::candidate::Candidate;
use super::notes::Notes;

/// The endpoint's headers. `Diversions` survives only where the request says who diverted (`Inception`), and is then built anew.
pub(super) fn build(candidate: &Candidate<'_>) -> Map<String, Value> {
    let gateway = candidate.gateway().custom_sip_headers.outbound();
    let mut headers: Map<String, Value> = gateway.map(|(name, value)| (name.to_owned(), value.into())).collect();
    if let Some(requested) = candidate.call.request.get("Custom-SIP-Headers").and_then(Value::as_object) {
        // Names of headers are the same in every case (RFC 3261, section 7.3.1).
        headers.retain(|name, _| !requested.keys().any(|wins| wins.eq_ignore_ascii_case(name)));
        headers.extend(requested.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    let counter = headers.remove("Diversions").map_or(0, |diversions| highest_counter(&diversions));
    let inception = headers.get("Inception").and_then(Value::as_str).map(ToOwned::to_owned);
    if let Some(inception) = inception {
        let diversion = format!("<sip:{inception}>;counter={}", counter.saturating_add(1));
        headers.insert("Diversions".into(), Value::Array(vec![diversion.into()]));
    }
    headers
}

/// The highest `counter` parameter (RFC 5806 section 5) of a diversion or a list of them.
fn highest_counter(diversions: &Value) -> u32 {
    let entries = diversions.as_array().map_or(std::slice::from_ref(diversions), Vec::as_slice);
    let counter = |entry: &Value| {
        let (_, rest) = entry.as_str()?.rsplit_once("counter=")?;
        rest.split(';').next()?.trim().parse().ok()
    };
    entries.iter().filter_map(counter).max().unwrap_or(0)
}

/// The headers as an INVITE carries them. `Inception` is a note to us. What would break the message is left out, and noted.
pub(super) fn for_invite(
    candidate: &Candidate<'_>,
    fields: &Map<String, Value>,
    notes: &mut Notes,
) -> Vec<(String, String)> {
    let headers = fields.get("Custom-SIP-Headers").and_then(Value::as_object);
    let mut lines = Vec::new();
    for (name, value) in headers.into_iter().flatten().filter(|(name, _)| *name != "Inception") {
        let name = if name == "Diversions" { "Diversion" } else { name };
        if !sip::is_token(name) || sip::is_reserved_header(name) {
            notes.about(candidate, format!("custom_sip_headers: {name} left out, the SIP stack alone writes it"));
            continue;
        }
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            match line(candidate, fields, value) {
                Some(text) => lines.push((name.to_owned(), text)),
                None => {
                    notes.about(candidate, format!("custom_sip_headers: {name} left out, its value is no line of text"))
                }
            }
        }
    }
    lines
}

fn line(candidate: &Candidate<'_>, fields: &Map<String, Value>, value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => expanded(candidate, fields, text),
        Value::Number(number) => number.to_string(),
        Value::Object(diversion) => diversion_line(diversion)?,
        Value::Bool(_) | Value::Null | Value::Array(_) => return None,
    };
    (!text.chars().any(char::is_control)).then_some(text)
}

fn expanded(candidate: &Candidate<'_>, fields: &Map<String, Value>, text: &str) -> String {
    let field = |name: &str| fields.get(name).and_then(Value::as_str);
    HeaderMacro::expand(text, |part| match part {
        HeaderMacro::CallerIdNumber => field("Outbound-Caller-ID-Number"),
        HeaderMacro::CallerIdName => field("Outbound-Caller-ID-Name"),
        HeaderMacro::CalleeIdNumber => field("Outbound-Callee-ID-Number"),
        HeaderMacro::AccountId => candidate.asked("Account-ID"),
        HeaderMacro::AccountRealm => candidate.asked("Account-Realm"),
        HeaderMacro::ResourceId => Some(&candidate.resource().id),
    })
}

/// A diversion that a formatter took apart: its address, then its parameters.
fn diversion_line(diversion: &Map<String, Value>) -> Option<String> {
    let address = diversion.get("address")?.as_str()?;
    let address = if address.starts_with('<') { address.to_owned() } else { format!("<{address}>") };
    let parameters = diversion.iter().filter(|(name, _)| *name != "address").map(|(name, value)| match value {
        Value::String(text) => format!(";{name}={text}"),
        other => format!(";{name}={other}"),
    });
    Some(parameters.fold(address, |line, parameter| line + &parameter))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_formatted_diversion_is_put_together_again() {
        let diversion = json!({"address": "<sip:1@x>", "reason": "busy", "counter": 2});
        assert_eq!(diversion_line(diversion.as_object().unwrap()).unwrap(), "<sip:1@x>;reason=busy;counter=2");
    }

    #[test]
    fn the_highest_counter_of_one_diversion_or_many_is_found() {
        assert_eq!(highest_counter(&json!(["<sip:1@x>;counter=3", "<sip:2@x>;counter=1;reason=busy"])), 3);
        assert_eq!(highest_counter(&json!("<sip:1@x>;counter=2")), 2);
        assert_eq!(highest_counter(&json!("<sip:1@x>")), 0);
    }
}
