//! Hooks: whom the host tells of a call's events, and asks what to do.

use http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::v1::{Fields, V1Error};
use crate::{Secret, Sid};

const MAX_URL: usize = 1_024;
const MAX_CREDENTIAL: usize = 255;
const FIELDS: &[&str] = &["webhook_sid", "url", "method", "username", "password"];

/// A hook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Its own id, where it belongs to an application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_sid: Option<Sid>,
    /// `http(s)://…`, `ws(s)://…` or `plugin:NAME[@VERSION]`.
    pub url: String,
    /// How an HTTP hook is called.
    #[serde(default)]
    pub method: HookMethod,
    /// User of HTTP basic authentication.
    #[serde(default)]
    pub username: Option<String>,
    /// Password of HTTP basic authentication.
    #[serde(default, serialize_with = "Secret::reveal_option")]
    pub password: Option<Secret>,
}

/// How an HTTP hook is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HookMethod {
    /// The event's scalar fields are the query.
    Get,
    /// The event is the body.
    #[default]
    Post,
}

/// Who answers a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookTarget<'a> {
    /// A web server.
    Http,
    /// A WebSocket server.
    WebSocket,
    /// An installed call-hook component.
    Plugin {
        /// Its name.
        name: &'a str,
        /// The version it is pinned to; `None` is the active one.
        version: Option<&'a str>,
    },
}

impl Hook {
    /// A hook by its URL alone, called by POST.
    ///
    /// # Errors
    /// Where the URL is none; the message names `field`.
    pub fn from_url(field: &str, url: &str) -> Result<Self, V1Error> {
        check_url(field, url)?;
        let url = url.to_owned();
        Ok(Self { webhook_sid: None, url, method: HookMethod::Post, username: None, password: None })
    }

    /// A hook from an object `{url, method, username, password}`.
    ///
    /// # Errors
    /// The first rule that it breaks; the message names `field`.
    pub fn from_object(field: &str, value: &Value) -> Result<Self, V1Error> {
        let fields = Fields::of(value, &[FIELDS]).map_err(|error| V1Error(format!("{field}: {error}")))?;
        let prefixed = |error: V1Error| V1Error(format!("{field}.{error}"));
        let url = fields.value("url").and_then(Value::as_str);
        let url = url.ok_or_else(|| V1Error(format!("missing field {field}.url")))?;
        let mut hook = Self::from_url(field, url)?;
        if let Some(method) = fields.text("method", 4).map_err(prefixed)? {
            hook.method = method_of(field, &method)?;
        }
        hook.username = fields.text("username", MAX_CREDENTIAL).map_err(prefixed)?;
        hook.password = fields.text("password", MAX_CREDENTIAL).map_err(prefixed)?.map(Secret::new);
        Ok(hook)
    }

    /// The hook with what an object of the same shape names in place of what it has.
    ///
    /// # Errors
    /// As [`Hook::from_object`].
    pub(crate) fn changed(&self, field: &str, change: &Value) -> Result<Self, V1Error> {
        let fields = Fields::of(change, &[FIELDS]).map_err(|error| V1Error(format!("{field}: {error}")))?;
        let given = Self::from_object(field, &json_with_url(change, &self.url))?;
        Ok(Self {
            webhook_sid: self.webhook_sid,
            url: given.url,
            method: if fields.raw("method").is_some() { given.method } else { self.method },
            username: if fields.raw("username").is_some() { given.username } else { self.username.clone() },
            password: if fields.raw("password").is_some() { given.password } else { self.password.clone() },
        })
    }

    /// A hook from an object, or from text that is its URL, as live calls take it.
    ///
    /// # Errors
    /// As [`Hook::from_url`] and [`Hook::from_object`].
    pub fn from_value(field: &str, value: &Value) -> Result<Self, V1Error> {
        match value {
            Value::String(url) => Self::from_url(field, url),
            Value::Object(object) if object.contains_key("url") => Self::from_object(field, value),
            _ => Err(V1Error(format!("{field} must be string or an object containing a url property"))),
        }
    }

    /// Who answers it.
    #[must_use]
    pub fn target(&self) -> HookTarget<'_> {
        if let Some(plugin) = self.url.strip_prefix("plugin:") {
            return match plugin.split_once('@') {
                Some((name, version)) => HookTarget::Plugin { name, version: Some(version) },
                None => HookTarget::Plugin { name: plugin, version: None },
            };
        }
        let scheme = self.url.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if matches!(scheme.as_str(), "ws" | "wss") { HookTarget::WebSocket } else { HookTarget::Http }
    }
}

fn json_with_url(hook: &Value, url: &str) -> Value {
    let mut hook = hook.clone();
    if let Value::Object(fields) = &mut hook
        && fields.get("url").is_none_or(Value::is_null)
    {
        fields.insert("url".into(), Value::from(url));
    }
    hook
}

fn method_of(field: &str, method: &str) -> Result<HookMethod, V1Error> {
    match method.to_ascii_uppercase().as_str() {
        "GET" => Ok(HookMethod::Get),
        "POST" => Ok(HookMethod::Post),
        _ => Err(V1Error(format!("{field}.method must be GET or POST"))),
    }
}

fn check_url(field: &str, url: &str) -> Result<(), V1Error> {
    let refuse = |rule: String| Err(V1Error(format!("{field} URL {rule}")));
    if url.trim() != url {
        return refuse("contains leading/trailing whitespace".into());
    }
    if url.len() > MAX_URL {
        return refuse(format!("must be at most {MAX_URL} characters"));
    }
    if let Some(plugin) = url.strip_prefix("plugin:") {
        return if is_plugin(plugin) { Ok(()) } else { refuse("must be plugin:NAME or plugin:NAME@VERSION".into()) };
    }
    let Ok(uri) = url.parse::<Uri>() else { return refuse("is invalid".into()) };
    let scheme = uri.scheme_str().unwrap_or_default().to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https" | "ws" | "wss") {
        return refuse(format!("has missing or invalid protocol {scheme}"));
    }
    // A URL is logged; a password is not.
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return refuse("must not contain credentials".into());
    }
    match uri.host() {
        Some(host) if is_host(host) => Ok(()),
        host => refuse(format!("has invalid hostname {}", host.unwrap_or_default())),
    }
}

fn is_plugin(text: &str) -> bool {
    let (name, version) = text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)));
    let is_name = |text: &str| {
        let spelled = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte));
        spelled && (1..=64).contains(&text.len())
    };
    is_name(name) && version.is_none_or(is_name)
}

fn is_host(host: &str) -> bool {
    let is_address = host.starts_with('[') && host.ends_with(']');
    let is_label = |label: &str| {
        let spelled = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        spelled && (1..=63).contains(&label.len())
    };
    is_address || host.strip_suffix('.').unwrap_or(host).split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(value: Value) -> String {
        Hook::from_object("call_hook", &value).unwrap_err().0
    }

    #[test]
    fn an_object_becomes_a_hook() {
        let hook =
            json!({"url": "https://example.com/call?x=1#rc=2", "method": "get", "username": "u", "password": "p"});
        let hook = Hook::from_object("call_hook", &hook).unwrap();
        assert_eq!((hook.method, hook.target()), (HookMethod::Get, HookTarget::Http));
        assert_eq!(serde_json::to_value(&hook).unwrap()["method"], "GET");
        assert!(!format!("{hook:?}").contains("\"p\""));
    }

    #[test]
    fn a_url_says_who_answers() {
        let target = |url: &str| Hook::from_url("call_hook", url).map(|hook| format!("{:?}", hook.target()));
        assert_eq!(target("wss://example.com").unwrap(), "WebSocket");
        assert_eq!(target("plugin:ivr").unwrap(), "Plugin { name: \"ivr\", version: None }");
        assert_eq!(target("plugin:ivr@1.2").unwrap(), "Plugin { name: \"ivr\", version: Some(\"1.2\") }");
    }

    #[test]
    fn a_url_that_is_none_is_refused_in_the_documented_words() {
        let url = |url: &str| refusal(json!({"url": url}));
        assert_eq!(url(" http://example.com"), "call_hook URL contains leading/trailing whitespace");
        assert_eq!(url("http://exa mple.com"), "call_hook URL is invalid");
        assert_eq!(url("/relative"), "call_hook URL has missing or invalid protocol ");
        assert_eq!(url("ftp://example.com"), "call_hook URL has missing or invalid protocol ftp");
        assert_eq!(url("http://a..b/"), "call_hook URL has invalid hostname a..b");
        assert_eq!(url("http://user:pass@example.com/"), "call_hook URL must not contain credentials");
        assert_eq!(url("plugin:a b"), "call_hook URL must be plugin:NAME or plugin:NAME@VERSION");
        assert_eq!(url(&format!("http://a/{}", "x".repeat(1024))), "call_hook URL must be at most 1024 characters");
    }

    #[test]
    fn other_fields_have_rules_too() {
        assert_eq!(refusal(json!({"url": "http://a", "method": "PUT"})), "call_hook.method must be GET or POST");
        assert_eq!(refusal(json!({"url": "http://a", "auth": 1})), "call_hook: unknown field auth");
        assert_eq!(refusal(json!({})), "missing field call_hook.url");
        let text = Hook::from_value("call_hook", &json!(7)).unwrap_err().0;
        assert_eq!(text, "call_hook must be string or an object containing a url property");
    }
}
