//! Capabilities beyond those that every plugin has, and who may use them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strowger_model::{Violation, Violations};

use crate::host_pattern::HostPattern;

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
    /// `*` is every host that the installation's address policy permits. An empty list permits nothing.
    pub hosts: Vec<HostPattern>,
}

/// What a plugin may remember.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KvGrant {
    /// Bytes of all keys and values together.
    pub bytes: u64,
    /// How many keys.
    pub entries: u32,
}

impl KvGrant {
    /// The most that can be granted.
    pub const MOST: Self = Self { bytes: 64 << 20, entries: 100_000 };
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
        Self { http: Some(HttpGrant { hosts: vec![HostPattern::any()] }), ..Self::default() }
    }

    /// Reads grants as somebody wrote them.
    ///
    /// # Errors
    /// Every field that breaks a rule, by its dotted path.
    pub fn read(document: &Value) -> Result<Self, Violations> {
        let mut reader = Reader::default();
        let grants = reader.grants(document);
        reader.0.into_result().map(|()| grants)
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

/// Hosts in one grant.
const MAX_HOSTS: usize = 200;

#[derive(Default)]
struct Reader(Violations);

impl Reader {
    fn broken(&mut self, path: &str, constraint: &'static str, message: impl Into<String>) {
        self.0.push(Violation::new(path, constraint, message));
    }

    fn object<'a>(&mut self, path: &str, value: &'a Value, known: &[&str]) -> Option<&'a Map<String, Value>> {
        let Value::Object(object) = value else {
            self.broken(path, "type", "must be an object");
            return None;
        };
        for field in object.keys().filter(|field| !known.contains(&field.as_str())) {
            let path = if path.is_empty() { field.clone() } else { format!("{path}.{field}") };
            self.broken(&path, "additionalProperties", format!("is not known; known are {}", known.join(", ")));
        }
        Some(object)
    }

    fn grants(&mut self, document: &Value) -> Grants {
        let Some(object) = self.object("", document, &["http", "kv", "folder"]) else { return Grants::default() };
        let field = |name| object.get(name).filter(|value: &&Value| !value.is_null());
        let http = field("http").map(|http| self.http(http));
        let kv = field("kv").map(|kv| self.kv(kv));
        let folder = field("folder").is_some_and(|folder| self.folder(folder));
        Grants { http, kv, folder }
    }

    fn http(&mut self, http: &Value) -> HttpGrant {
        let hosts = self.object("http", http, &["hosts"]).and_then(|http| http.get("hosts"));
        match hosts {
            Some(Value::Array(hosts)) if hosts.len() <= MAX_HOSTS => {
                let hosts = hosts.iter().enumerate().filter_map(|(at, host)| self.host(at, host)).collect();
                return HttpGrant { hosts };
            }
            Some(Value::Array(_)) => self.broken("http.hosts", "maxItems", format!("has more than {MAX_HOSTS} hosts")),
            Some(_) => self.broken("http.hosts", "type", "must be a list of hosts"),
            None => self.broken("http.hosts", "required", "must be there: the hosts that may be reached"),
        }
        HttpGrant::default()
    }

    fn host(&mut self, at: usize, host: &Value) -> Option<HostPattern> {
        let path = format!("http.hosts.{at}");
        let Value::String(text) = host else {
            self.broken(&path, "type", "must be text: *, HOST[:PORT] or *.HOST[:PORT]");
            return None;
        };
        text.parse().map_err(|error| self.broken(&path, "wrong_format", format!("{error}"))).ok()
    }

    fn kv(&mut self, kv: &Value) -> KvGrant {
        let usual = KvGrant::default();
        let Some(object) = self.object("kv", kv, &["bytes", "entries"]) else { return usual };
        let (bytes, entries) = (object.get("bytes").cloned(), object.get("entries").cloned());
        KvGrant {
            bytes: self.at_most("kv.bytes", bytes, usual.bytes, KvGrant::MOST.bytes),
            entries: u32::try_from(self.at_most(
                "kv.entries",
                entries,
                usual.entries.into(),
                KvGrant::MOST.entries.into(),
            ))
            .unwrap_or(usual.entries),
        }
    }

    fn at_most(&mut self, path: &str, value: Option<Value>, usual: u64, most: u64) -> u64 {
        match value {
            None => usual,
            Some(Value::Number(number)) if number.as_u64().is_some_and(|number| number <= most) => {
                number.as_u64().unwrap_or(usual)
            }
            Some(_) => {
                self.0
                    .push(Violation::new(path, "maximum", format!("must be a whole number up to {most}")).target(most));
                usual
            }
        }
    }

    fn folder(&mut self, folder: &Value) -> bool {
        folder.as_bool().unwrap_or_else(|| {
            self.broken("folder", "type", "must be true or false");
            false
        })
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

    #[test]
    fn every_broken_field_is_told_by_its_path_and_rule() {
        let document = serde_json::json!({
            "http": {"hosts": ["api.example", "ftp://x", 7]}, "kv": {"bytes": -1, "keys": 3}, "folder": "yes", "gpu": true
        });
        let told = Grants::read(&document).unwrap_err();
        let told: Vec<(&str, &str)> = told.0.iter().map(|v| (v.path.as_str(), v.constraint)).collect();
        let expected = [
            ("gpu", "additionalProperties"),
            ("http.hosts.1", "wrong_format"),
            ("http.hosts.2", "type"),
            ("kv.keys", "additionalProperties"),
            ("kv.bytes", "maximum"),
            ("folder", "type"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let document =
            serde_json::json!({"http": {"hosts": ["*.Example.com:443"]}, "kv": {"entries": 5}, "folder": true});
        let grants = Grants::read(&document).unwrap();
        assert_eq!(grants.http.as_ref().map(|http| http.hosts.len()), Some(1));
        assert_eq!(grants.kv, Some(KvGrant { bytes: 1 << 20, entries: 5 }));
        assert_eq!(serde_json::from_value::<Grants>(serde_json::to_value(&grants).unwrap()).unwrap(), grants);
        assert!(Grants::read(&serde_json::json!({"http": {}})).is_err());
        assert_eq!(Grants::read(&serde_json::json!({})), Ok(Grants::default()));
    }
}
