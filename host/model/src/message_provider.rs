//! Message providers: whom an account's messages go through.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::v1::{Fields, V1Error, from_zero_one, hyphenated, zero_one};
use crate::{AccountId, Sid};

const FIELDS: &[&str] = &["account_sid", "name", "plugin", "application_sid", "parameters", "is_active"];

/// The plugin of a provider that names none.
const USUAL: &str = "http-messages";

/// Most bytes of JSON in `parameters`.
const MAX_PARAMETERS: usize = 16 * 1024;

/// A message provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageProvider {
    /// Its id.
    pub message_provider_sid: Sid,
    /// Whose it is.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// Its name, unique in its account: what messages name.
    pub name: String,
    /// The plugin that speaks with it, `NAME` or `NAME@VERSION`.
    pub plugin: String,
    /// The application that is told of its messages, where the called number has none.
    #[serde(default)]
    pub application_sid: Option<Sid>,
    /// What the plugin is told, credentials among it.
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// Whether messages go through it.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub is_active: bool,
    /// When it was made.
    #[serde(with = "time::serde::rfc2822")]
    pub created_at: OffsetDateTime,
}

impl MessageProvider {
    /// A new one of that account from a request body.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value, account_sid: AccountId) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        let mut provider = Self {
            message_provider_sid: Sid::random(),
            account_sid,
            name: name(fields)?,
            plugin: USUAL.to_owned(),
            application_sid: None,
            parameters: Map::new(),
            is_active: true,
            created_at: crate::time::now(),
        };
        provider.apply(fields)?;
        Ok(provider)
    }

    /// Changes what the body names.
    ///
    /// # Errors
    /// The first rule that it breaks; nothing has changed then.
    pub fn update(&mut self, body: &Value) -> Result<(), V1Error> {
        let mut changed = self.clone();
        changed.apply(Fields::of(body, &[FIELDS])?)?;
        *self = changed;
        Ok(())
    }

    fn apply(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        if fields.account("account_sid")?.is_some_and(|account| account != self.account_sid) {
            return Err(V1Error::new("account_sid may not be modified"));
        }
        if fields.raw("name").is_some() {
            self.name = name(fields)?;
        }
        if let Some(plugin) = fields.text("plugin", 128)? {
            self.plugin = plugin;
        }
        if fields.raw("application_sid").is_some() {
            self.application_sid = fields.sid("application_sid")?;
        }
        if let Some(parameters) = fields.value("parameters") {
            self.parameters = object(parameters)?;
        }
        if let Some(active) = fields.flag("is_active")? {
            self.is_active = active;
        }
        Ok(())
    }
}

/// It is part of a URL.
fn name(fields: Fields<'_>) -> Result<String, V1Error> {
    let name = fields.required_text("name", 64)?;
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if is_plain { Ok(name) } else { Err(V1Error::new("name must be of letters, digits, '-', '_' and '.'")) }
}

fn object(parameters: &Value) -> Result<Map<String, Value>, V1Error> {
    match parameters {
        Value::Object(fields) if parameters.to_string().len() <= MAX_PARAMETERS => Ok(fields.clone()),
        Value::Object(_) => Err(V1Error(format!("parameters must be at most {MAX_PARAMETERS} bytes"))),
        _ => Err(V1Error::new("parameters must be an object")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_provider_speaks_http_unless_it_names_another_plugin() {
        let body = json!({"name": "peerless", "parameters": {"url": "https://sms.example"}});
        let mut provider = MessageProvider::from_request(&body, AccountId::random()).unwrap();
        assert_eq!((provider.plugin.as_str(), provider.is_active), ("http-messages", true));
        let stored = serde_json::to_value(&provider).unwrap();
        assert_eq!(serde_json::from_value::<MessageProvider>(stored).unwrap(), provider);
        provider.update(&json!({"plugin": "mine@2", "is_active": 0})).unwrap();
        assert_eq!(
            (provider.plugin.as_str(), provider.is_active, provider.name.as_str()),
            ("mine@2", false, "peerless")
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refusal = |body: Value| MessageProvider::from_request(&body, AccountId::random()).unwrap_err().0;
        assert_eq!(refusal(json!({})), "missing field name");
        assert_eq!(refusal(json!({"name": "a/b"})), "name must be of letters, digits, '-', '_' and '.'");
        assert_eq!(refusal(json!({"name": "a", "parameters": []})), "parameters must be an object");
        assert_eq!(refusal(json!({"name": "a", "kind": 1})), "unknown field kind");
        let long = json!({"name": "a", "parameters": {"a": "x".repeat(MAX_PARAMETERS)}});
        assert_eq!(refusal(long), "parameters must be at most 16384 bytes");
    }
}
