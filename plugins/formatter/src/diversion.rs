//! `Diversion` headers (RFC 5806): an address with parameters.

use serde_json::{Map, Value};

/// One of them.
pub(crate) struct Diversion {
    uri: String,
    bracketed: bool,
    parameters: Map<String, Value>,
}

impl Diversion {
    /// The first of a list, or the only one. `None` where that is no text.
    pub(crate) fn first_of(value: &Value) -> Option<Self> {
        let header = match value {
            Value::Array(headers) => headers.first()?.as_str()?,
            header => header.as_str()?,
        };
        let (uri, bracketed, rest) = match header.split_once('<').and_then(|(_, rest)| rest.split_once('>')) {
            Some((uri, rest)) => (uri, true, rest),
            None => header.split_once(';').map_or((header, false, ""), |(uri, rest)| (uri, false, rest)),
        };
        let parameters = rest.split(';').filter_map(parameter).collect();
        Some(Self { uri: uri.trim().into(), bracketed, parameters })
    }

    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }

    pub(crate) fn set_uri(&mut self, uri: String) {
        self.uri = uri;
    }

    /// `{address, …}` with the parameters by name, a counter as a number.
    pub(crate) fn into_value(self) -> Value {
        let address = if self.bracketed { format!("<{}>", self.uri) } else { self.uri };
        let mut fields = Map::from_iter([("address".to_owned(), Value::String(address))]);
        fields.extend(self.parameters);
        Value::Object(fields)
    }
}

fn parameter(text: &str) -> Option<(String, Value)> {
    let (name, value) = text.trim().split_once('=')?;
    let value = value.parse::<u64>().map_or_else(|_| value.into(), Value::from);
    Some((name.to_ascii_lowercase(), value))
}
