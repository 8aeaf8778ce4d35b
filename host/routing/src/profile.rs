//! What the host is called, does and can, where carriers' documents ask or are silent.

use serde_json::{Map, Value};

/// The host as endpoints are built for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostProfile {
    /// Its zone: the value of `zone` in INVITE parameters.
    pub zone: String,
    /// Whether every carrier is shown the caller at the account's realm, or at the one that the request names.
    pub format_from_uri: bool,
    /// Seconds to ringing or early media where neither gateway nor resource says.
    pub progress_timeout: u32,
    /// The codecs that its media engine has, by the names of carriers' documents.
    pub codecs: Vec<String>,
    /// What endpoints are made of where documents are silent.
    pub defaults: Defaults,
    /// What emergency calls must say of who calls.
    pub emergency: EmergencyRules,
}

/// What emergency calls must say of who calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmergencyRules {
    /// Show emergency services a number of the account's own.
    pub ensure_valid: bool,
    /// Refuse the call where there is none.
    pub deny_invalid: bool,
    /// The number that is shown then, where the call is not refused.
    pub default_number: Option<String>,
}

/// What a gateway has of which neither it nor its resource says anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Put before the dialled part.
    pub prefix: String,
    /// Put after the dialled part.
    pub suffix: String,
    /// A SIP URI that all calls go to, whatever was dialled.
    pub route: Option<String>,
    /// The order of the offer.
    pub codecs: Vec<String>,
    /// The formatters of carriers that have none.
    pub formatters: Map<String, Value>,
}

impl Default for HostProfile {
    fn default() -> Self {
        Self {
            zone: "local".into(),
            format_from_uri: false,
            progress_timeout: 8,
            codecs: ["PCMU", "PCMA"].map(Into::into).into(),
            defaults: Defaults::default(),
            emergency: EmergencyRules::default(),
        }
    }
}

impl HostProfile {
    /// Whether the media engine has a codec.
    pub(crate) fn has_codec(&self, name: &str) -> bool {
        self.codecs.iter().any(|codec| codec.eq_ignore_ascii_case(name))
    }
}
