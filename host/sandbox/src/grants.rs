//! Capabilities beyond those that every plugin has, and who may use them.

use serde::{Deserialize, Serialize};

/// What a plugin must be granted before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Requests to hosts of a list: `wasi:http/outgoing-handler`.
    Http,
    /// Keys and values of the account: `strowger:plugin/kv`.
    Kv,
    /// The account's own files, read only: a preopened folder.
    Folder,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Http, Self::Kv, Self::Folder];

    /// The name that grants and verdicts use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Kv => "kv",
            Self::Folder => "folder",
        }
    }

    /// The capability of that name, or the one that an interface of that name belongs to.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "http" | "wasi:http/outgoing-handler" => Some(Self::Http),
            "kv" | "strowger:plugin/kv" => Some(Self::Kv),
            "folder" | "wasi:filesystem/preopens" => Some(Self::Folder),
            _ => None,
        }
    }
}

/// Where a plugin's requests may go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpGrant {
    /// `*`, `example.com[:PORT]`, `*.example.com[:PORT]`, each with a scheme before it or without. An empty list permits nothing.
    pub hosts: Vec<String>,
}

/// What a plugin may remember.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KvGrant {
    /// Bytes of all keys and values together.
    pub bytes: u64,
    /// How many keys.
    pub entries: u32,
}

impl Default for KvGrant {
    fn default() -> Self {
        Self { bytes: 1 << 20, entries: 10_000 }
    }
}

/// What whoever administers an account has granted to one plugin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grants {
    /// Requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpGrant>,
    /// Keys and values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kv: Option<KvGrant>,
    /// Files.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub folder: bool,
}

impl Grants {
    /// Requests to every host that the address policy permits.
    #[must_use]
    pub fn any_host() -> Self {
        Self { http: Some(HttpGrant { hosts: vec!["*".into()] }), ..Self::default() }
    }

    /// Whether the capability is granted.
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        match capability {
            Capability::Http => self.http.is_some(),
            Capability::Kv => self.kv.is_some(),
            Capability::Folder => self.folder,
        }
    }

    /// Those of the capabilities that are not granted.
    #[must_use]
    pub fn missing(&self, asked: &[Capability]) -> Vec<Capability> {
        asked.iter().copied().filter(|capability| !self.has(*capability)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_and_not_granted_is_missing() {
        let grants: Grants = serde_json::from_str(r#"{"http":{"hosts":["a.example"]}}"#).unwrap();
        assert_eq!(grants.missing(&Capability::ALL), [Capability::Kv, Capability::Folder]);
        assert_eq!(serde_json::to_string(&grants).unwrap(), r#"{"http":{"hosts":["a.example"]}}"#);
        assert_eq!(Grants::default().missing(&[]), []);
    }

    #[test]
    fn a_capability_is_found_by_its_name_and_by_its_interface() {
        for capability in Capability::ALL {
            assert_eq!(Capability::of(capability.name()), Some(capability));
        }
        assert_eq!(Capability::of("wasi:http/outgoing-handler"), Some(Capability::Http));
        assert_eq!(Capability::of("wasi:clocks/wall-clock"), None);
    }
}
