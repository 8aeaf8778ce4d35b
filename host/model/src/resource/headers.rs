//! `custom_sip_headers` of a gateway: a flat object, `in` and `out`, or both mixed.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Headers by direction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CustomSipHeaders {
    /// For calls from the carrier.
    #[serde(rename = "in")]
    pub inbound: Map<String, Value>,
    /// For calls to the carrier.
    #[serde(rename = "out")]
    out: Map<String, Value>,
    /// The older flat form, for calls to the carrier.
    #[serde(flatten)]
    flat: Map<String, Value>,
}

impl CustomSipHeaders {
    /// The headers of an INVITE to the carrier: the flat ones, and over them those of `out`.
    pub fn outbound(&self) -> impl Iterator<Item = (&str, &str)> {
        let flat = self.flat.iter().filter(|(name, _)| !self.out.contains_key(*name));
        flat.chain(&self.out).filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outbound(document: Value) -> Vec<(String, String)> {
        let headers: CustomSipHeaders = serde_json::from_value(document).unwrap();
        headers.outbound().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    #[test]
    fn flat_headers_go_out() {
        assert_eq!(outbound(json!({"X-A": "1"})), pairs([("X-A", "1")]));
    }

    #[test]
    fn out_wins_over_flat_and_in_is_left_to_inbound_calls() {
        let mixed = json!({"X-A": "flat", "X-B": "2", "in": {"X-C": "3"}, "out": {"X-A": "1"}});
        assert_eq!(outbound(mixed), pairs([("X-B", "2"), ("X-A", "1")]));
    }
}
