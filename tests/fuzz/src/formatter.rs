//! The formatter: a document's `formatters` applied to the fields of a request.

use serde_json::{Map, Value};
use strowger_plugin_formatter::RequestFormatter;
use strowger_sdk::formatter::{Direction, Formatter};

/// `{"formatters", "request"}`, as the routing vectors have it. Formatters only change or remove what they name.
pub fn formatter(text: &[u8]) {
    let Ok(mut case) = serde_json::from_slice::<Map<String, Value>>(text) else { return };
    let mut object = |key: &str| match case.remove(key) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let (formatters, request) = (object("formatters"), object("request"));
    let named = formatters.len();
    let Ok(rewriter) = RequestFormatter::prepare(formatters) else { return };
    for direction in [Direction::Inbound, Direction::Outbound] {
        let mut fields = request.clone();
        if rewriter.apply(direction, &mut fields).is_err() {
            continue;
        }
        assert!(fields.keys().all(|key| request.contains_key(key)), "a field that was not there");
        let changed = request.iter().filter(|(key, value)| fields.get(*key) != Some(value));
        assert!(changed.count() <= named + 1, "more fields changed than formatters name, beside the SIP headers");
    }
}
