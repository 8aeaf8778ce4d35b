//! `invite_parameters` of a gateway: parameters of the request URI.

use serde::Deserialize;

use super::lenient;

/// Parameters that are always sent, and those taken from the call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct InviteParameters {
    /// Sent as they are, in listed order.
    #[serde(rename = "static", deserialize_with = "lenient::or_default")]
    pub fixed: Vec<String>,
    /// Sent where the call has a value, in reverse listed order.
    #[serde(deserialize_with = "lenient::or_default")]
    pub dynamic: Vec<DynamicParameter>,
}

/// One parameter taken from the call. Its source is `zone`, `custom_channel_vars.NAME` or `custom_sip_headers.NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum DynamicParameter {
    /// The value is the whole parameter.
    Whole(String),
    /// `tag`, `separator` and the value.
    Tagged {
        /// The source.
        key: String,
        /// The parameter's name.
        tag: String,
        /// Between name and value. The misspelling is one that documents in use have.
        #[serde(default = "equals_sign", alias = "seperator")]
        separator: String,
    },
}

fn equals_sign() -> String {
    "=".to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_separator_is_read_in_both_spellings_and_may_be_empty() {
        let read = |document| serde_json::from_value::<DynamicParameter>(document).unwrap();
        let tagged = |separator: &str| DynamicParameter::Tagged {
            key: "zone".into(),
            tag: "z".into(),
            separator: separator.into(),
        };
        assert_eq!(read(json!({"key": "zone", "tag": "z"})), tagged("="));
        assert_eq!(read(json!({"key": "zone", "tag": "z", "seperator": ":"})), tagged(":"));
        assert_eq!(read(json!({"key": "zone", "tag": "z", "separator": ""})), tagged(""));
    }
}
