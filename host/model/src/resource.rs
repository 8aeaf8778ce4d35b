//! Carrier resources: the documents of `/v2/resources`, and the view of them that routing works with.

mod endpoint;
mod gateway;
mod header_macro;
mod headers;
mod lenient;
mod parameters;
mod summary;
mod validate;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

pub use endpoint::{
    CallerIdOptions, CallerIdType, Encryption, EndpointType, GatewayStrategy, InviteFormat, Media, MediaCodecs,
    PrivacyMode,
};
pub use gateway::{Gateway, GatewayMedia};
pub use header_macro::HeaderMacro;
pub use headers::CustomSipHeaders;
pub use parameters::{DynamicParameter, InviteParameters};
pub use summary::summary;
pub use validate::validate;

pub use crate::document::without_secrets;

/// The weight of a resource that names none.
pub const DEFAULT_WEIGHT: u32 = 50;

/// The seconds that a carrier may stay silent where its document does not say.
pub const DEFAULT_GRACE_PERIOD: u32 = 5;

/// A carrier resource, read leniently: what the host stores is validated, but a document may be older than its rules.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct Resource {
    /// The document's id.
    pub id: String,
    /// A friendly name.
    #[serde(deserialize_with = "lenient::or_default")]
    pub name: String,
    /// A disabled resource is never used.
    #[serde(deserialize_with = "lenient::boolean_true")]
    pub enabled: bool,
    /// Lower goes first.
    #[serde(deserialize_with = "lenient::weight")]
    pub weight_cost: u32,
    /// Expressions of which the dialled number must match one.
    #[serde(deserialize_with = "lenient::or_default")]
    pub rules: Vec<String>,
    /// Expressions of which the caller id must match one, unless there are none.
    #[serde(deserialize_with = "lenient::or_default")]
    pub cid_rules: Vec<String>,
    /// Expressions that mark an emergency call as a test.
    #[serde(deserialize_with = "lenient::or_default")]
    pub rules_test: Vec<String>,
    /// Flags that a request may ask for.
    #[serde(deserialize_with = "lenient::or_default")]
    pub flags: Vec<String>,
    /// Skip the resource where the request has no flags.
    #[serde(deserialize_with = "lenient::boolean")]
    pub require_flags: bool,
    /// Use the resource whatever the request's flags are.
    #[serde(deserialize_with = "lenient::boolean")]
    pub ignore_flags: bool,
    /// Leads to emergency services.
    #[serde(deserialize_with = "lenient::boolean")]
    pub emergency: bool,
    /// Which caller id to send.
    #[serde(deserialize_with = "lenient::or_default")]
    pub caller_id_options: CallerIdOptions,
    /// Seconds without any SIP answer before the next carrier is started.
    #[serde(deserialize_with = "lenient::grace_period")]
    pub grace_period: u32,
    /// The order of the gateways.
    #[serde(deserialize_with = "lenient::or_default")]
    pub gateway_strategy: GatewayStrategy,
    /// Rewrite the From header.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub format_from_uri: Option<bool>,
    /// The realm of a rewritten From header.
    pub from_uri_realm: Option<String>,
    /// Take the realm of a rewritten From header from the account.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub from_account_realm: Option<bool>,
    /// How the caller is hidden.
    #[serde(deserialize_with = "lenient::or_default")]
    pub privacy_mode: Option<PrivacyMode>,
    /// Hide the caller's name.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub privacy_hide_name: Option<bool>,
    /// Hide the caller's number.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub privacy_hide_number: Option<bool>,
    /// The `formatters` object, as the formatter plugin reads it.
    #[serde(deserialize_with = "lenient::or_default")]
    pub formatters: Map<String, Value>,
    /// Codecs and media options.
    #[serde(deserialize_with = "lenient::or_default")]
    pub media: Media,
    /// Options by class of number.
    #[serde(deserialize_with = "lenient::or_default")]
    pub classifiers: BTreeMap<String, ResourceClassifier>,
    /// Where the calls go, in listed order.
    #[serde(deserialize_with = "lenient::or_default")]
    pub gateways: Vec<Gateway>,
}

impl Resource {
    /// Reads a stored body; `id` is the document's.
    ///
    /// # Errors
    /// Where a field has a type that no version of the schema gave it.
    pub fn from_body(id: &str, body: &Value) -> Result<Self, serde_json::Error> {
        Ok(Self { id: id.to_owned(), ..Self::deserialize(body)? })
    }

    /// Whether a call through it is an emergency call, its gateways' own marks aside.
    #[must_use]
    pub fn is_emergency(&self) -> bool {
        self.emergency || self.caller_id_options.kind == Some(CallerIdType::Emergency)
    }
}

impl Default for Resource {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            enabled: true,
            weight_cost: DEFAULT_WEIGHT,
            rules: Vec::new(),
            cid_rules: Vec::new(),
            rules_test: Vec::new(),
            flags: Vec::new(),
            require_flags: false,
            ignore_flags: false,
            emergency: false,
            caller_id_options: CallerIdOptions::default(),
            grace_period: DEFAULT_GRACE_PERIOD,
            gateway_strategy: GatewayStrategy::default(),
            format_from_uri: None,
            from_uri_realm: None,
            from_account_realm: None,
            privacy_mode: None,
            privacy_hide_name: None,
            privacy_hide_number: None,
            formatters: Map::new(),
            media: Media::default(),
            classifiers: BTreeMap::new(),
            gateways: Vec::new(),
        }
    }
}

/// What a resource says of one class of numbers; what is `None` is as the resource or the system's classifier has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ResourceClassifier {
    /// A disabled class is not served by this resource.
    #[serde(deserialize_with = "lenient::boolean_true")]
    pub enabled: bool,
    /// Whether its numbers reach emergency services.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub emergency: Option<bool>,
    /// Put before the dialled part, even where it is empty.
    pub prefix: Option<String>,
    /// Put after the dialled part, even where it is empty.
    pub suffix: Option<String>,
    /// What a number of the class matches.
    pub regex: Option<String>,
    /// Weight for this class.
    #[serde(deserialize_with = "lenient::option_integer")]
    pub weight_cost: Option<u32>,
}

impl Default for ResourceClassifier {
    fn default() -> Self {
        Self { enabled: true, emergency: None, prefix: None, suffix: None, regex: None, weight_cost: None }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_resource_of_the_vectors_can_be_read() {
        let vectors: Value = serde_json::from_str(include_str!("../../../tests/vectors/routing.json")).unwrap();
        let groups = vectors["groups"].as_object().unwrap();
        let resources = groups.values().flat_map(|group| group.as_array().unwrap());
        let resources: Vec<_> = resources.filter_map(|vector| vector["resources"].as_array()).flatten().collect();
        assert!(!resources.is_empty());
        for resource in resources {
            let read = Resource::from_body("r", resource).unwrap_or_else(|error| panic!("{error}: {resource}"));
            assert_eq!(read.name, resource["name"]);
            assert_eq!(read.gateways.len(), resource["gateways"].as_array().unwrap().len());
        }
    }

    #[test]
    fn an_old_document_is_read_for_what_it_meant() {
        let old = json!({
            "name": null, "weight_cost": "7", "enabled": "false", "flags": null, "media": null, "formatters": null,
            "gateways": [{"server": "a", "port": "", "progress_timeout": "6", "custom_sip_headers": null, "enabled": null}],
        });
        let read = Resource::from_body("r", &old).unwrap();
        assert_eq!((read.weight_cost, read.enabled), (7, false));
        let gateway = &read.gateways[0];
        assert_eq!((gateway.port, gateway.progress_timeout, gateway.enabled), (None, Some(6), true));
    }

    #[test]
    fn an_empty_document_has_the_defaults_of_the_schema() {
        let read = Resource::from_body("", &json!({})).unwrap();
        assert_eq!(read, Resource::default());
        assert_eq!((read.weight_cost, read.grace_period, read.enabled), (50, 5, true));
    }

    #[test]
    fn a_resource_for_emergency_caller_ids_is_an_emergency_resource() {
        let read = Resource::from_body("r", &json!({"caller_id_options": {"type": "emergency"}})).unwrap();
        assert!(read.is_emergency());
        assert!(!Resource::default().is_emergency());
    }
}
