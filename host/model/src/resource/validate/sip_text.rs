//! Texts that become part of a SIP message: none of them may end a line, a URI or a parameter that it is put into.

use serde_json::{Map, Value};

use super::texts;
use crate::document::is_secret;
use crate::resource::HeaderMacro;
use crate::{Violation, Violations, sip};

/// A rule for texts: which ones, what they must not contain, and how that is told.
type Rule = (&'static [&'static [&'static str]], fn(char) -> bool, &'static str);

const RULES: [Rule; 4] = [
    (
        &[
            &["gateways", "username"],
            &["gateways", "password"],
            &["gateways", "auth_username"],
            &["gateways", "custom_sip_headers", "*"],
            &["gateways", "custom_sip_headers", "in", "*"],
            &["gateways", "custom_sip_headers", "out", "*"],
            &["gateways", "custom_sip_interface"],
            &["formatters", "*", "prefix"],
            &["formatters", "*", "suffix"],
            &["formatters", "*", "value"],
        ],
        char::is_control,
        "Value must not contain control characters",
    ),
    (
        &[
            &["from_uri_realm"],
            &["gateways", "server"],
            &["gateways", "realm"],
            &["gateways", "proxy"],
            &["gateways", "inbound_ip"],
            &["gateways", "from_uri_realm"],
            &["gateways", "route"],
        ],
        |c| c.is_control() || c.is_whitespace() || "<>\"".contains(c),
        "Value must not contain spaces, control characters, '<', '>' or '\"'",
    ),
    (
        &[
            &["gateways", "prefix"],
            &["gateways", "suffix"],
            &["classifiers", "*", "prefix"],
            &["classifiers", "*", "suffix"],
        ],
        |c| c.is_control() || c.is_whitespace() || "<>\"@".contains(c),
        "Value must not contain spaces, control characters, '<', '>', '\"' or '@'",
    ),
    (
        &[
            &["gateways", "invite_parameters", "static"],
            &["gateways", "invite_parameters", "dynamic", "tag"],
            &["gateways", "invite_parameters", "dynamic", "separator"],
            &["gateways", "invite_parameters", "dynamic", "seperator"],
        ],
        |c| c.is_control() || c.is_whitespace() || ";<>\"".contains(c),
        "Value must not contain ';', spaces, control characters, '<', '>' or '\"'",
    ),
];

pub(super) fn check(document: &Map<String, Value>, violations: &mut Violations) {
    for (places, forbidden, message) in RULES {
        for (path, text) in places.iter().flat_map(|keys| texts(document, keys)) {
            if text.contains(forbidden) {
                let violation = Violation::new(path, "wrong_format", message);
                let hidden = violation.path.rsplit('.').next().is_some_and(is_secret);
                violations.push(if hidden { violation } else { violation.value(text) });
            }
        }
    }
    headers(document, violations);
}

fn headers(document: &Map<String, Value>, violations: &mut Violations) {
    let gateways = document.get("gateways").and_then(Value::as_array).into_iter().flatten();
    for (index, gateway) in gateways.enumerate() {
        let path = format!("gateways.{index}.custom_sip_headers");
        let headers = gateway.get("custom_sip_headers").and_then(Value::as_object);
        let nested = ["in", "out"].map(|direction| {
            let inner = headers.and_then(|headers| headers.get(direction)?.as_object());
            (format!("{path}.{direction}"), inner)
        });
        for (path, headers) in nested.into_iter().chain([(path, headers)]) {
            let faults = headers.into_iter().flatten().filter_map(|(name, value)| header(&path, name, value));
            faults.for_each(|fault| violations.push(fault));
        }
    }
}

fn header(path: &str, name: &str, value: &Value) -> Option<Violation> {
    let message = if !sip::is_token(name) {
        "A header name has letters, digits and -.!%*_+`'~ only".to_owned()
    } else if value.is_string() && sip::is_reserved_header(name) {
        format!("The header {name} is written by the SIP stack alone")
    } else {
        let word = HeaderMacro::unknown_in(value.as_str()?)?;
        let known = HeaderMacro::ALL.map(|known| format!("{{{}}}", known.word())).join(", ");
        format!("{{{word}}} stands for nothing; known are {known}")
    };
    Some(Violation::new(format!("{path}.{}", crate::document::escaped(name)), "wrong_format", message))
}
