//! Parameters of the request URI: static ones as listed, then dynamic ones in reverse listed order.

use serde_json::Value;
use strowger_model::resource::DynamicParameter;

use super::candidate::Candidate;
use super::notes::Notes;

/// The parameters of an INVITE. A value from the call that would break the URI is left out with a note.
pub(super) fn build(candidate: &Candidate<'_>, notes: &mut Notes) -> Vec<String> {
    let parameters = &candidate.gateway().invite_parameters;
    let mut built = parameters.fixed.clone();
    for parameter in parameters.dynamic.iter().rev() {
        let (key, tag, separator) = match parameter {
            DynamicParameter::Whole(key) => (key, "", ""),
            DynamicParameter::Tagged { key, tag, separator } => (key, tag.as_str(), separator.as_str()),
        };
        let Some(value) = source(candidate, key) else { continue };
        if value.chars().any(|c| c == ';' || c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"')) {
            notes.about(candidate, format!("invite_parameters: {key} left out, its value would break the URI"));
            continue;
        }
        built.push(format!("{tag}{separator}{value}"));
    }
    built
}

/// The value of `zone`, `custom_channel_vars.NAME` or `custom_sip_headers.NAME`; names are folded, so that the call's
/// `Account-ID` is `account_id` and `pass-through` is `pass_through`.
fn source(candidate: &Candidate<'_>, key: &str) -> Option<String> {
    if key == "zone" {
        return Some(candidate.call.profile.zone.clone());
    }
    let (field, name) = match key.split_once('.')? {
        ("custom_channel_vars", name) => ("Requestor-Custom-Channel-Vars", name),
        ("custom_sip_headers", name) => ("Requestor-Custom-SIP-Headers", name),
        _ => return None,
    };
    let wanted = fold(name);
    let variables = candidate.call.request.get(field)?.as_object()?;
    let value = variables.iter().find(|(name, _)| fold(name) == wanted).map(|(_, value)| value)?;
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn fold(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};
    use strowger_model::resource::Resource;
    use strowger_sandbox::RequestFields;

    use super::*;
    use crate::HostProfile;
    use crate::chain::Adjusted;
    use crate::endpoint::candidate::{Call, Chosen};
    use crate::pool::PoolCarrier;

    fn built(gateway: &Value, request: Map<String, Value>) -> (Vec<String>, Vec<String>) {
        let body = json!({"name": "c", "gateways": [gateway]});
        let carrier = PoolCarrier { resource: Resource::from_body("c", &body).unwrap(), global: false };
        let request = RequestFields::new(request);
        let gateway = &carrier.resource.gateways[0];
        let chosen = Chosen { row: 0, carrier: &carrier, adjusted: Adjusted::default(), gateway, index: 0 };
        let profile = HostProfile::default();
        let call = Call { profile: &profile, request: &request, number: "1", emergency: false };
        let candidate = Candidate { chosen: &chosen, call: &call };
        let mut notes = Notes::default();
        (build(&candidate, &mut notes), notes.into_texts())
    }

    #[test]
    fn vectors() {
        let vectors: Value = serde_json::from_str(include_str!("../../../../tests/vectors/routing.json")).unwrap();
        let group = vectors["groups"]["invite_parameters"].as_array().unwrap();
        assert!(!group.is_empty());
        for vector in group {
            let (parameters, _) = built(&vector["gateway"], vector["request"].as_object().unwrap().clone());
            assert_eq!(json!(parameters), vector["expect"], "{}", vector["id"]);
        }
    }

    #[test]
    fn a_value_from_the_call_cannot_add_parameters_of_its_own() {
        let gateway = json!({"server": "h", "invite_parameters": {"dynamic": ["custom_channel_vars.a"]}});
        for value in ["1;evil=1", "1\r\nX: 2", "a b"] {
            let request = json!({"Requestor-Custom-Channel-Vars": {"a": value}});
            let (parameters, notes) = built(&gateway, request.as_object().unwrap().clone());
            assert!(parameters.is_empty(), "{value}");
            assert_eq!(notes.len(), 1, "{value}");
        }
    }
}
