//! Carrier resources: the documents of `/v2/resources`, and the view of them that routing works with.

mod endpoint;
mod gateway;
mod headers;
mod lenient;
mod parameters;
mod summary;
mod validate;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

pub use endpoint::{CallerIdOptions, CallerIdType, EndpointType, GatewayStrategy, InviteFormat, Media, MediaCodecs};
pub use gateway::{Gateway, GatewayMedia};
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
    pub name: String,
    /// A disabled resource is never used.
    #[serde(deserialize_with = "lenient::boolean_true")]
    pub enabled: bool,
    /// Lower goes first.
    #[serde(deserialize_with = "lenient::weight")]
    pub weight_cost: u32,
    /// Expressions of which the dialled number must match one.
    #[serde(deserialize_with = "lenient::texts")]
    pub rules: Vec<String>,
    /// Expressions of which the caller id must match one, unless there are none.
    #[serde(deserialize_with = "lenient::texts")]
    pub cid_rules: Vec<String>,
    /// Expressions that mark an emergency call as a test.
    #[serde(deserialize_with = "lenient::texts")]
    pub rules_test: Vec<String>,
    /// Flags that a request may ask for.
    #[serde(deserialize_with = "lenient::texts")]
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
    pub caller_id_options: CallerIdOptions,
    /// Seconds without any SIP answer before the next carrier is started.
    #[serde(deserialize_with = "lenient::grace_period")]
    pub grace_period: u32,
    /// The order of the gateways.
    pub gateway_strategy: GatewayStrategy,
    /// Rewrite the From header.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub format_from_uri: Option<bool>,
    /// The realm of a rewritten From header.
    pub from_uri_realm: Option<String>,
    /// Take the realm of a rewritten From header from the account.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub from_account_realm: Option<bool>,
    /// The `formatters` object, as the formatter plugin reads it.
    pub formatters: Map<String, Value>,
    /// Codecs and media options.
    pub media: Media,
    /// Options by class of number.
    pub classifiers: BTreeMap<String, ResourceClassifier>,
    /// Where the calls go, in listed order.
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
