//! The choices that resources and gateways share.

use serde::Deserialize;

use super::lenient;
use crate::number;

/// Which of the caller's ids a carrier is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallerIdType {
    /// The one for calls within the account.
    Internal,
    /// The one for the world.
    External,
    /// The one for emergency services.
    Emergency,
}

/// How a caller who wants it is hidden. What is not known here is the host's own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrivacyMode {
    /// Nothing is hidden.
    None,
    /// Name and number are hidden.
    Full,
    /// The name is hidden.
    Name,
    /// The number is hidden.
    Number,
    /// What the two switches say is hidden.
    #[serde(other)]
    Switches,
}

/// `caller_id_options` of a resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CallerIdOptions {
    /// Which caller id to send.
    #[serde(rename = "type")]
    pub kind: Option<CallerIdType>,
}

/// The order in which a resource's gateways are tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GatewayStrategy {
    /// As listed.
    #[default]
    Sequential,
    /// Shuffled for each call.
    Random,
}

/// The technology behind a gateway; calls go out over SIP only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndpointType {
    /// SIP.
    #[default]
    Sip,
    /// A TDM span.
    Freetdm,
    /// Skype.
    Skype,
    /// A message broker.
    Amqp,
}

impl EndpointType {
    /// The name that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sip => "sip",
            Self::Freetdm => "freetdm",
            Self::Skype => "skype",
            Self::Amqp => "amqp",
        }
    }
}

/// How a gateway wants the number in the request URI.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteFormat {
    /// As the route says.
    #[default]
    Route,
    /// A user name takes the number's place.
    Username,
    /// As [`number::Format::E164`].
    E164,
    /// As [`number::Format::Npan`].
    Npan,
    /// As [`number::Format::OneNpan`].
    #[serde(rename = "1npan")]
    OneNpan,
    /// As [`number::Format::StripPlus`].
    StripPlus,
}

impl InviteFormat {
    /// The name that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Username => "username",
            Self::E164 => "e164",
            Self::Npan => "npan",
            Self::OneNpan => "1npan",
            Self::StripPlus => "strip_plus",
        }
    }

    /// The form that the number is converted to, if it is.
    #[must_use]
    pub fn number_format(self) -> Option<number::Format> {
        self.as_str().parse().ok()
    }
}

/// `media` of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Media {
    /// Audio.
    #[serde(deserialize_with = "lenient::or_default")]
    pub audio: MediaCodecs,
    /// Video.
    #[serde(deserialize_with = "lenient::or_default")]
    pub video: MediaCodecs,
    /// Let the media flow past the host.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub bypass_media: Option<bool>,
    /// What is asked for the media's secrecy.
    #[serde(deserialize_with = "lenient::or_default")]
    pub encryption: Encryption,
    /// T.38 is supported.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub fax_option: Option<bool>,
    /// Do not pass early media on.
    #[serde(deserialize_with = "lenient::option_boolean")]
    pub ignore_early_media: Option<bool>,
    /// Seconds until ringing or early media.
    #[serde(deserialize_with = "lenient::option_integer")]
    pub progress_timeout: Option<u32>,
}

impl Media {
    /// All codecs in the order of preference: audio, then video.
    pub fn codecs(&self) -> impl Iterator<Item = &str> {
        self.audio.codecs.iter().chain(&self.video.codecs).map(String::as_str)
    }
}

/// `media.encryption` of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Encryption {
    /// Whether a call in the clear is no call.
    #[serde(deserialize_with = "lenient::boolean")]
    pub enforce_security: bool,
    /// Ways that the carrier knows: `srtp`, `zrtp`.
    #[serde(deserialize_with = "lenient::or_default")]
    pub methods: Vec<String>,
}

/// The codecs of one medium, preferred ones first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MediaCodecs {
    /// Their names.
    #[serde(deserialize_with = "lenient::or_default")]
    pub codecs: Vec<String>,
}
