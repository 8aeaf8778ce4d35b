//! Custom SIP headers: the gateway's, and over them the request's.

use serde_json::{Map, Value};

use super::Candidate;

/// The endpoint's headers. `Diversions` survives only where the request says who diverted (`Inception`), and is then built anew.
pub(super) fn build(candidate: &Candidate<'_>) -> Map<String, Value> {
    let gateway = candidate.gateway.custom_sip_headers.outbound();
    let mut headers: Map<String, Value> = gateway.map(|(name, value)| (name.to_owned(), value.into())).collect();
    if let Some(requested) = candidate.request.get("Custom-SIP-Headers").and_then(Value::as_object) {
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

/// The highest `counter` parameter (RFC 5806 section 5) of a list of diversions.
fn highest_counter(diversions: &Value) -> u32 {
    let entries = diversions.as_array().map_or(&[][..], Vec::as_slice);
    let counter = |entry: &Value| {
        let (_, rest) = entry.as_str()?.rsplit_once("counter=")?;
        rest.split(';').next()?.trim().parse().ok()
    };
    entries.iter().filter_map(counter).max().unwrap_or(0)
}

/// The headers as an INVITE carries them. `Inception` is a note to us, and a value that would break a header line is left out.
pub(super) fn for_invite(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let headers = fields.get("Custom-SIP-Headers").and_then(Value::as_object);
    let mut lines = Vec::new();
    for (name, value) in headers.into_iter().flatten().filter(|(name, _)| *name != "Inception") {
        let name = if name == "Diversions" { "Diversion" } else { name };
        match value {
            Value::Array(values) => values.iter().filter_map(line).for_each(|text| lines.push((name.to_owned(), text))),
            value => lines.extend(line(value).map(|text| (name.to_owned(), text))),
        }
    }
    lines
}

fn line(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Object(diversion) => diversion_line(diversion)?,
        Value::Bool(_) | Value::Null | Value::Array(_) => return None,
    };
    (!text.chars().any(char::is_control)).then_some(text)
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
    fn a_value_that_would_break_the_header_line_is_left_out() {
        let fields = json!({"Custom-SIP-Headers": {"X-A": "1\r\nX-Evil: 2", "X-B": "2", "Inception": "x@y"}});
        assert_eq!(for_invite(fields.as_object().unwrap()), vec![("X-B".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn a_formatted_diversion_is_put_together_again() {
        let fields =
            json!({"Custom-SIP-Headers": {"Diversions": {"address": "<sip:1@x>", "reason": "busy", "counter": 2}}});
        let line = "<sip:1@x>;reason=busy;counter=2".to_owned();
        assert_eq!(for_invite(fields.as_object().unwrap()), vec![("Diversion".to_owned(), line)]);
    }
}
