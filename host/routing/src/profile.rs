//! What the host is called, does and can, where carriers' documents ask or are silent.

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
}

impl Default for HostProfile {
    fn default() -> Self {
        Self {
            zone: "local".into(),
            format_from_uri: false,
            progress_timeout: 8,
            codecs: ["PCMU", "PCMA"].map(Into::into).into(),
        }
    }
}

impl HostProfile {
    /// Whether the media engine has a codec.
    pub(crate) fn has_codec(&self, name: &str) -> bool {
        self.codecs.iter().any(|codec| codec.eq_ignore_ascii_case(name))
    }
}
