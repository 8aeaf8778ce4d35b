//! One gateway of a carrier resource.

use serde::Deserialize;

use super::{CallerIdType, CustomSipHeaders, EndpointType, InviteFormat, InviteParameters, PrivacyMode, lenient};
use crate::Secret;

/// A gateway. What is `None` is inherited from the resource, then from the system.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct Gateway {
    /// Host name or address.
    #[serde(deserialize_with = "lenient::or_default")]
    pub server: String,
    /// The address that its calls come from, where that is not its server's.
    pub inbound_ip: Option<String>,
    /// SIP port; `None` is the protocol's own.
    #[serde(deserialize_with = "lenient::option_port")]
    pub port: Option<u16>,
    /// Authentication realm, and the realm of a rewritten From header.
    pub realm: Option<String>,
    /// Digest user.
    pub username: Option<String>,
    /// Digest password.
    pub password: Option<Secret>,
    /// A SIP URI that all calls go to, whatever was dialled.
    pub route: Option<String>,
    /// Put before the dialled part.
    pub prefix: Option<String>,
    /// Put after the dialled part.
    pub suffix: Option<String>,
    /// The form of the number in the request URI.
    #[serde(deserialize_with = "lenient::or_default")]
    pub invite_format: InviteFormat,
    /// Which caller id to send.
    pub caller_id_type: Option<CallerIdType>,
    /// The order of the offer; empty is the resource's.
    #[serde(deserialize_with = "lenient::or_default")]
    pub codecs: Vec<String>,
    /// Headers of its INVITEs.
    #[serde(deserialize_with = "lenient::or_default")]
    pub custom_sip_headers: CustomSipHeaders,
    /// The interface that calls leave by.
    pub custom_sip_interface: Option<String>,
    /// A disabled gateway is never used.
    #[serde(deserialize_with = "lenient::boolean_true")]
    pub enabled: bool,
    /// Accept calls from exactly this port only.
    #[serde(deserialize_with = "lenient::boolean")]
    pub force_port: bool,
    /// Rewrite the From header.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub format_from_uri: Option<bool>,
    /// The realm of a rewritten From header.
    pub from_uri_realm: Option<String>,
    /// Take the realm of a rewritten From header from the account.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub from_account_realm: Option<bool>,
    /// Parameters of the request URI.
    #[serde(deserialize_with = "lenient::or_default")]
    pub invite_parameters: InviteParameters,
    /// Let the media flow past the host.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub bypass_media: Option<bool>,
    /// Seconds until ringing or early media.
    #[serde(deserialize_with = "lenient::option_integer")]
    pub progress_timeout: Option<u32>,
    /// Leads to emergency services.
    #[serde(deserialize_with = "lenient::boolean")]
    pub emergency: bool,
    /// The technology.
    #[serde(deserialize_with = "lenient::or_default")]
    pub endpoint_type: EndpointType,
    /// How the caller is hidden.
    #[serde(deserialize_with = "lenient::or_default")]
    pub privacy_mode: Option<PrivacyMode>,
    /// Hide the caller's name.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub privacy_hide_name: Option<bool>,
    /// Hide the caller's number.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub privacy_hide_number: Option<bool>,
    /// Calls need a registration with the carrier.
    #[serde(deserialize_with = "lenient::boolean")]
    pub register: bool,
    /// Media options.
    #[serde(deserialize_with = "lenient::or_default")]
    pub media: GatewayMedia,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            server: String::new(),
            inbound_ip: None,
            port: None,
            realm: None,
            username: None,
            password: None,
            route: None,
            prefix: None,
            suffix: None,
            invite_format: InviteFormat::default(),
            caller_id_type: None,
            codecs: Vec::new(),
            custom_sip_headers: CustomSipHeaders::default(),
            custom_sip_interface: None,
            enabled: true,
            force_port: false,
            format_from_uri: None,
            from_uri_realm: None,
            from_account_realm: None,
            invite_parameters: InviteParameters::default(),
            bypass_media: None,
            progress_timeout: None,
            emergency: false,
            endpoint_type: EndpointType::default(),
            privacy_mode: None,
            privacy_hide_name: None,
            privacy_hide_number: None,
            register: false,
            media: GatewayMedia::default(),
        }
    }
}

/// `media` of a gateway.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GatewayMedia {
    /// T.38 is supported.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub fax_option: Option<bool>,
    /// RTCP shares the port of RTP.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub rtcp_mux: Option<bool>,
}
