//! Where the events of a call go: a web server, reached through the `http-webhook` plugin, or an installed call hook.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use strowger_model::Secret;
use strowger_sandbox::hook::HookTarget;

const HTTP_PLUGIN: &str = "http-webhook";
const PLUGIN_SCHEME: &str = "plugin:";
/// In place of a plugin: no name of one has a colon.
const SOCKET: &str = "ws:";
const MAX_URL: usize = 1_024;
const MAX_CREDENTIAL: usize = 256;

/// A hook that can be called: the plugin that is asked and what it is told about the hook.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Hook {
    plugin: String,
    url: String,
    properties: Map<String, Value>,
    /// What the application wrote, where that is a path within its WebSocket session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// A hook as it was written, whose URL may be relative to the application's.
#[derive(Clone, PartialEq)]
pub struct HookRef {
    url: String,
    /// Everything but the URL: method, credentials, the plugin's own parameters.
    properties: Map<String, Value>,
}

/// What is wrong with a hook. `{0}` is the property that holds it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HookFault {
    /// Neither text nor an object with a URL.
    #[error("{0} must be string or an object containing a url property")]
    Shape(String),
    /// Neither `http(s)`, `ws(s)` nor `plugin:`.
    #[error("{0} url be an absolute url")]
    NotAbsolute(String),
    /// Status events over a WebSocket are part of the session of a call hook.
    #[error("{0} url can be ws or wss only where that of the call_hook is")]
    NoSession(String),
    /// Something that no URL holds.
    #[error("{0} url must be at most 1024 characters without spaces or control characters")]
    Url(String),
    /// A user name or password within the URL, which is logged.
    #[error("{0} url must not contain credentials")]
    CredentialsInUrl(String),
    /// Another method.
    #[error("{0} method must be GET or POST")]
    Method(String),
    /// A user name or password that is no text.
    #[error("{0} username and password must be text of at most 256 characters")]
    Credentials(String),
}

impl HookRef {
    /// Reads text or an object; `field` names it in errors.
    ///
    /// # Errors
    /// [`HookFault`], all but the rules about absolute URLs.
    pub fn parse(field: &str, value: &Value) -> Result<Self, HookFault> {
        let (url, mut properties) = match value {
            Value::String(url) => (url.clone(), Map::new()),
            Value::Object(object) => match object.get("url") {
                Some(Value::String(url)) => (url.clone(), object.clone()),
                _ => return Err(HookFault::Shape(field.into())),
            },
            _ => return Err(HookFault::Shape(field.into())),
        };
        if url.is_empty() || url.len() > MAX_URL || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(HookFault::Url(field.into()));
        }
        properties.retain(|key, value| key != "url" && key != "webhook_sid" && !value.is_null());
        normalise_method(field, &mut properties)?;
        check_credentials(field, &properties)?;
        Ok(Self { url, properties })
    }

    /// The hook itself: a path is one of the same server, or of the same plugin, as `base`.
    ///
    /// # Errors
    /// [`HookFault::NotAbsolute`] where there is no base to go by.
    pub fn resolve(&self, field: &str, base: Option<&Hook>) -> Result<Hook, HookFault> {
        if let Some(base) = base.filter(|_| self.url.starts_with('/')) {
            let mut properties = self.properties.clone();
            for key in ["username", "password"] {
                if let Some(value) = base.properties.get(key).filter(|_| !self.properties.contains_key("username")) {
                    properties.insert(key.into(), value.clone());
                }
            }
            if base.is_socket() {
                return Ok(Hook { path: Some(self.url.clone()), properties, ..base.clone() });
            }
            let url = format!("{}{}", base.origin(), self.url);
            return Ok(Hook { plugin: base.plugin.clone(), url, properties, path: None });
        }
        let scheme = self.url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default();
        if authority(&self.url).is_some_and(|authority| authority.contains('@')) {
            return Err(HookFault::CredentialsInUrl(field.into()));
        }
        let plugin = match scheme.as_str() {
            "http" | "https" if authority(&self.url).is_some_and(|host| !host.is_empty()) => HTTP_PLUGIN,
            "plugin" => self.url.get(PLUGIN_SCHEME.len()..).filter(|name| !name.is_empty()).unwrap_or_default(),
            "ws" | "wss" if authority(&self.url).is_some_and(|host| !host.is_empty()) => SOCKET,
            _ => "",
        };
        if plugin.is_empty() {
            return Err(HookFault::NotAbsolute(field.into()));
        }
        Ok(Hook { plugin: plugin.into(), url: self.url.clone(), properties: self.properties.clone(), path: None })
    }
}

impl HookRef {
    /// As it was written: what [`Self::parse`] reads. Credentials are in it.
    pub(crate) fn to_json(&self) -> Value {
        let mut hook = self.properties.clone();
        hook.insert("url".into(), json!(self.url));
        Value::Object(hook)
    }
}

impl Hook {
    /// Reads a hook that must be absolute.
    ///
    /// # Errors
    /// [`HookFault`].
    pub fn parse(field: &str, value: &Value) -> Result<Self, HookFault> {
        HookRef::parse(field, value)?.resolve(field, None)
    }

    /// The plugin that is asked, `NAME` or `NAME@VERSION`.
    #[must_use]
    pub fn plugin(&self) -> &str {
        &self.plugin
    }

    /// What the plugin is told: one JSON object. `secret` is what web servers are shown a signature of; no other plugin
    /// gets it.
    #[must_use]
    pub fn to_json(&self, secret: Option<&Secret>) -> String {
        let mut told = Map::from_iter([("url".to_owned(), json!(self.url)), ("method".to_owned(), json!("POST"))]);
        told.extend(self.properties.clone());
        if let Some(secret) = secret.filter(|_| self.plugin == HTTP_PLUGIN) {
            told.insert("secret".into(), json!(secret.expose()));
        }
        Value::Object(told).to_string()
    }

    /// Whether it is reached over a WebSocket.
    #[must_use]
    pub fn is_socket(&self) -> bool {
        self.plugin == SOCKET
    }

    /// Its URL; of a path within a WebSocket session, that of the session.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What may be shown: a query may hold secrets.
    pub(crate) fn shown(&self) -> String {
        self.url.split(['?', '#']).next().unwrap_or_default().to_owned()
    }

    /// As the application wrote it.
    pub(crate) fn written(&self) -> &str {
        self.path.as_deref().unwrap_or(&self.url)
    }

    pub(crate) fn is_written_in_full(&self) -> bool {
        self.path.is_none()
    }

    /// Whether one WebSocket serves both.
    pub(crate) fn is_same_server(&self, other: &Self) -> bool {
        self.url == other.url && self.authorization() == other.authorization()
    }

    /// Basic authentication (RFC 7617), where there are both user and password.
    pub(crate) fn authorization(&self) -> Option<String> {
        let text = |name: &str| self.properties.get(name).and_then(Value::as_str);
        let credentials = format!("{}:{}", text("username")?, text("password")?);
        Some(format!("Basic {}", STANDARD.encode(credentials)))
    }

    /// Checks the hook for status events beside that for the call's own.
    ///
    /// # Errors
    /// [`HookFault::NoSession`].
    pub(crate) fn check_beside(&self, field: &str, call_hook: Option<&Self>) -> Result<(), HookFault> {
        match self.is_socket() && !call_hook.is_some_and(Self::is_socket) {
            true => Err(HookFault::NoSession(field.into())),
            false => Ok(()),
        }
    }

    /// `scheme://host:port` of a web hook; nothing for a plugin, whose paths are its own.
    fn origin(&self) -> &str {
        let length = authority(&self.url)
            .filter(|_| self.plugin == HTTP_PLUGIN)
            .map_or(0, |authority| self.url.find("://").map_or(0, |at| at + 3 + authority.len()));
        self.url.get(..length).unwrap_or_default()
    }
}

impl From<HookTarget> for HookRef {
    fn from(target: HookTarget) -> Self {
        let mut properties = Map::new();
        for (key, value) in [("method", target.method), ("username", target.username), ("password", target.password)] {
            if let Some(value) = value {
                properties.insert(key.into(), json!(value));
            }
        }
        Self { url: target.url, properties }
    }
}

/// URLs may carry a password too: only the plugin is shown.
impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hook({})", self.plugin)
    }
}

impl fmt::Debug for HookRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookRef(…)")
    }
}

fn authority(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split(['/', '?', '#']).next()
}

fn normalise_method(field: &str, properties: &mut Map<String, Value>) -> Result<(), HookFault> {
    let Some(method) = properties.get_mut("method") else { return Ok(()) };
    let upper = method.as_str().map(str::to_ascii_uppercase);
    match upper.as_deref() {
        Some("GET" | "POST") => {
            *method = json!(upper);
            Ok(())
        }
        _ => Err(HookFault::Method(field.into())),
    }
}

fn check_credentials(field: &str, properties: &Map<String, Value>) -> Result<(), HookFault> {
    let text = |value: &Value| value.as_str().is_some_and(|text| text.len() <= MAX_CREDENTIAL);
    let fine = ["username", "password"].iter().filter_map(|key| properties.get(*key)).all(text);
    if fine { Ok(()) } else { Err(HookFault::Credentials(field.into())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(value: Value) -> Result<Hook, String> {
        Hook::parse("call_hook", &value).map_err(|fault| fault.to_string())
    }

    #[test]
    fn text_is_a_post_through_the_webhook_plugin() {
        let hook = hook(json!("https://app.example/call?x=1")).unwrap();
        assert_eq!(hook.plugin(), "http-webhook");
        assert_eq!(hook.to_json(None), r#"{"url":"https://app.example/call?x=1","method":"POST"}"#);
    }

    #[test]
    fn a_plugin_is_named_with_its_version_and_keeps_its_parameters() {
        let hook = hook(json!({"url": "plugin:menu@1.2", "language": "nl", "webhook_sid": "x"})).unwrap();
        assert_eq!(hook.plugin(), "menu@1.2");
        assert_eq!(hook.to_json(None), r#"{"url":"plugin:menu@1.2","method":"POST","language":"nl"}"#);
    }

    #[test]
    fn what_is_wrong_is_said_in_the_documented_words() {
        for (value, message) in [
            (json!("/relative"), "call_hook url be an absolute url"),
            (json!("http://"), "call_hook url be an absolute url"),
            (json!("ftp://host"), "call_hook url be an absolute url"),
            (json!("plugin:"), "call_hook url be an absolute url"),
            (json!({"method": "GET"}), "call_hook must be string or an object containing a url property"),
            (json!(7), "call_hook must be string or an object containing a url property"),
            (json!({"url": "http://h", "method": "PUT"}), "call_hook method must be GET or POST"),
            (json!("http://u:p@h/"), "call_hook url must not contain credentials"),
            (json!("wss://"), "call_hook url be an absolute url"),
        ] {
            assert_eq!(hook(value.clone()).unwrap_err(), message, "{value}");
        }
        assert!(hook(json!("http://host/\r\nX: y")).is_err());
        assert!(hook(json!({"url": "http://h", "password": 7})).is_err());
    }

    #[test]
    fn a_path_is_one_of_the_same_server_with_its_credentials() {
        let base = hook(json!({"url": "http://app:3000/call", "username": "u", "password": "p"})).unwrap();
        let resolve = |value| HookRef::parse("actionHook", &value).unwrap().resolve("actionHook", Some(&base)).unwrap();
        assert_eq!(
            resolve(json!("/next")).to_json(None),
            r#"{"url":"http://app:3000/next","method":"POST","username":"u","password":"p"}"#
        );
        assert_eq!(
            resolve(json!({"url": "http://other/next", "method": "get"})).to_json(None),
            r#"{"url":"http://other/next","method":"GET"}"#
        );
    }

    #[test]
    fn a_path_is_one_within_the_session_of_a_web_socket() {
        let base = hook(json!({"url": "wss://app/ws?x=1", "username": "u", "password": "p"})).unwrap();
        let next = HookRef::parse("actionHook", &json!("/choice")).unwrap().resolve("actionHook", Some(&base)).unwrap();
        assert!(next.is_socket() && next.is_same_server(&base));
        assert_eq!((next.url(), next.written()), ("wss://app/ws?x=1", "/choice"));
        assert_eq!(next.authorization().as_deref(), Some("Basic dTpw"));
    }

    #[test]
    fn a_path_below_a_plugin_goes_to_that_plugin() {
        let base = hook(json!("plugin:menu")).unwrap();
        let next = HookRef::parse("actionHook", &json!("/choice")).unwrap().resolve("actionHook", Some(&base)).unwrap();
        assert_eq!((next.plugin(), next.url.as_str()), ("menu", "/choice"));
    }

    #[test]
    fn a_hook_is_shown_without_its_url_and_credentials() {
        let hook = hook(json!({"url": "http://h/?token=secret", "password": "hunter2"})).unwrap();
        assert_eq!(format!("{hook:?}"), "Hook(http-webhook)");
    }

    #[test]
    fn only_the_webhook_plugin_is_told_the_secret_that_signs() {
        let secret = Secret::new("wh_secret_1");
        let told = |url: &str| hook(json!(url)).unwrap().to_json(Some(&secret));
        assert!(told("http://h").contains(r#""secret":"wh_secret_1""#));
        assert!(!told("plugin:menu").contains("wh_secret_1"));
    }
}
