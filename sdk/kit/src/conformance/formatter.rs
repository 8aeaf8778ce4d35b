//! What formatters are tried with.

use serde_json::{Map, Value, json};
use strowger_sandbox::RewriteDirection;

use super::Check;
use super::parameters::{of_wrong_types, with_unknown};
use crate::measure::{Format, Question};

fn asked(formatters: &Map<String, Value>, fields: Value) -> Vec<Question> {
    let fields = if let Value::Object(fields) = fields { fields } else { Map::new() };
    let of = |direction| {
        let format = Format { formatters: formatters.clone(), direction, fields: fields.clone() };
        Question::Format(Box::new(format))
    };
    vec![of(RewriteDirection::Inbound), of(RewriteDirection::Outbound)]
}

/// The fields that every request has, and the commonest of an endpoint.
pub(crate) fn request() -> Value {
    json!({
        "To-DID": "+15125550177", "From-URI": "sip:+12025550100@192.0.2.10", "Outbound-Caller-ID-Number": "+12025550100",
        "Outbound-Caller-ID-Name": "Ada", "Route": "sip:15125550177@198.51.100.7", "Custom-SIP-Headers": {"X-Tenant": "a"},
    })
}

pub(super) fn checks(usual: &Map<String, Value>) -> Vec<Check> {
    let many = |count: u32| -> Value { (0..count).map(|index| (format!("Field-{index}"), json!(index))).collect() };
    let long = |length: usize| json!({"To-DID": "9".repeat(length)});
    let nested = (0..64).fold(json!(0), |inner, _| json!({"in": inner}));
    let scripts = json!({"To-DID": "電話\u{202e}é\u{301}\u{1f4de}", "From-URI": "\u{0}\\\"", "": ""});
    let with = |formatters: Vec<Map<String, Value>>| {
        formatters.iter().flat_map(|formatters| asked(formatters, request())).collect::<Vec<_>>()
    };
    vec![
        Check::new("a request, both ways", asked(usual, request())),
        Check::new("no field", asked(usual, json!({}))),
        Check::new("100 fields", asked(usual, many(100))),
        Check::plenty("2,000 fields", asked(usual, many(2_000))),
        Check::new("fields of every script", asked(usual, scripts)),
        Check::new("a field of 4 KB", asked(usual, long(4_096))),
        Check::plenty("a field of 64 KB", asked(usual, long(65_536))),
        Check::new(
            "fields of the wrong types",
            asked(usual, json!({"To-DID": 5, "From-URI": null, "Route": [], "Flags": nested})),
        ),
        Check::new("members that nobody knows, or none", with(with_unknown(usual))),
        Check::new("members of every wrong type", with(of_wrong_types(usual))),
    ]
}
