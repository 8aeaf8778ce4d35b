//! Applications: what happens with a call.

mod env_vars;
mod speech;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::v1::{Fields, V1Error, from_zero_one, hyphenated, zero_one};
use crate::{AccountId, Hook, Sid};

pub use env_vars::EnvSchema;
pub use speech::Speech;

const FIELDS: &[&str] = &[
    "application_sid",
    "account_sid",
    "service_provider_sid",
    "name",
    "call_hook",
    "call_status_hook",
    "messaging_hook",
    "app_json",
    "use_for_fallback_speech",
    "record_all_calls",
    "env_vars",
];

/// Longest `app_json` in bytes.
const MAX_APP_JSON: usize = 64 * 1024;

/// An application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Its id.
    pub application_sid: Sid,
    /// Whose it is.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// Its name, unique in its account.
    pub name: String,
    /// Who is asked what to do with a call.
    pub call_hook: Hook,
    /// Who is told how a call goes.
    pub call_status_hook: Hook,
    /// Who is asked what to do with a message.
    #[serde(default)]
    pub messaging_hook: Option<Hook>,
    /// Verbs as JSON text; with them `call_hook` is not asked about a new call.
    #[serde(default)]
    pub app_json: Option<String>,
    /// Speech settings.
    #[serde(flatten)]
    pub speech: Speech,
    /// Whether the fallback speech settings are to be used in place of the others.
    #[serde(default, serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub use_for_fallback_speech: bool,
    /// Record every call.
    #[serde(default, serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub record_all_calls: bool,
    /// What the call hook is told at the start of each call.
    #[serde(default)]
    pub env_vars: Option<Map<String, Value>>,
    /// When it was made.
    #[serde(with = "time::serde::rfc2822")]
    pub created_at: OffsetDateTime,
}

impl Application {
    /// A new one of that account from a request body.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value, account_sid: AccountId) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[FIELDS, speech::FIELDS])?;
        let name = fields.required_text("name", 64)?;
        let mut application = Self {
            application_sid: Sid::random(),
            account_sid,
            name,
            call_hook: required_hook(fields, "call_hook")?,
            call_status_hook: required_hook(fields, "call_status_hook")?,
            messaging_hook: None,
            app_json: None,
            speech: Speech::default(),
            use_for_fallback_speech: false,
            record_all_calls: false,
            env_vars: None,
            created_at: crate::time::now(),
        };
        application.apply(fields)?;
        Ok(application)
    }

    /// The account that a body names.
    ///
    /// # Errors
    /// Where it is no id.
    pub fn requested_account(body: &Value) -> Result<Option<AccountId>, V1Error> {
        Fields::of(body, &[FIELDS, speech::FIELDS])?.account("account_sid")
    }

    /// The service provider that a body names.
    ///
    /// # Errors
    /// Where it is no id.
    pub fn requested_provider(body: &Value) -> Result<Option<Sid>, V1Error> {
        Fields::of(body, &[FIELDS, speech::FIELDS])?.sid("service_provider_sid")
    }

    /// Changes what the body names, its account aside.
    ///
    /// # Errors
    /// The first rule that it breaks; nothing has changed then.
    pub fn update(&mut self, body: &Value) -> Result<(), V1Error> {
        let fields = Fields::of(body, &[FIELDS, speech::FIELDS])?;
        if fields.account("account_sid")?.is_some_and(|account| account != self.account_sid) {
            return Err(V1Error::new("account_sid may not be modified"));
        }
        let mut changed = self.clone();
        changed.apply(fields)?;
        *self = changed;
        Ok(())
    }

    /// The verbs of `app_json`, if it has them.
    #[must_use]
    pub fn verbs(&self) -> Option<Vec<Value>> {
        self.app_json.as_deref().and_then(|text| serde_json::from_str(text).ok())
    }

    fn apply(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        fields.immutable("application_sid")?;
        if fields.raw("name").is_some() {
            self.name = fields.required_text("name", 64)?;
        }
        // Both are always there: a hook is replaced, never removed.
        if let Some(hook) = hook(fields, "call_hook", Some(&self.call_hook))? {
            self.call_hook = hook;
        }
        if let Some(hook) = hook(fields, "call_status_hook", Some(&self.call_status_hook))? {
            self.call_status_hook = hook;
        }
        if fields.raw("messaging_hook").is_some() {
            self.messaging_hook = hook(fields, "messaging_hook", self.messaging_hook.as_ref())?;
        }
        if fields.raw("app_json").is_some() {
            self.app_json = app_json(fields)?;
        }
        if let Some(fallback) = fields.flag("use_for_fallback_speech")? {
            self.use_for_fallback_speech = fallback;
        }
        if let Some(record) = fields.flag("record_all_calls")? {
            self.record_all_calls = record;
        }
        if fields.raw("env_vars").is_some() {
            self.env_vars = env_vars::read(fields)?;
        }
        self.speech.apply(fields)
    }
}

/// The hook that a body names. One that names the `webhook_sid` of the present hook changes that one; any other is a hook of its own.
fn hook(fields: Fields<'_>, name: &str, present: Option<&Hook>) -> Result<Option<Hook>, V1Error> {
    let own = present.filter(|hook| {
        let named = fields.value(name).and_then(|hook| hook.get("webhook_sid")).and_then(Value::as_str);
        named.is_some() && named == hook.webhook_sid.map(|sid| sid.to_string()).as_deref()
    });
    if let (Some(own), Some(change)) = (own, fields.value(name)) {
        return own.changed(name, change).map(Some);
    }
    let hook = fields.hook(name, "an application")?;
    Ok(hook.map(|hook| Hook { webhook_sid: Some(Sid::random()), ..hook }))
}

fn required_hook(fields: Fields<'_>, name: &str) -> Result<Hook, V1Error> {
    hook(fields, name, None)?.ok_or_else(|| V1Error(format!("missing field {name}")))
}

fn app_json(fields: Fields<'_>) -> Result<Option<String>, V1Error> {
    let text = match fields.value("app_json") {
        None => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(verbs @ Value::Array(_)) => verbs.to_string(),
        Some(_) => return Err(V1Error::new("app_json must be the JSON text of an array of verbs")),
    };
    if text.len() > MAX_APP_JSON {
        return Err(V1Error(format!("app_json must be at most {MAX_APP_JSON} bytes")));
    }
    match serde_json::from_str(&text) {
        Ok(Value::Array(_)) => Ok(Some(text)),
        _ => Err(V1Error::new("app_json must be the JSON text of an array of verbs")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({"name": "forward", "call_hook": {"url": "http://a/call"}, "call_status_hook": {"url": "http://a/status"}})
    }

    fn with(name: &str, value: Value) -> Value {
        let mut body = body();
        body[name] = value;
        body
    }

    fn refusal(body: &Value) -> String {
        Application::from_request(body, AccountId::random()).unwrap_err().0
    }

    #[test]
    fn the_documented_request_makes_an_application_with_the_documented_defaults() {
        let application = Application::from_request(&body(), AccountId::random()).unwrap();
        let shown = serde_json::to_value(&application).unwrap();
        assert_eq!(shown["speech_synthesis_vendor"], "google");
        assert_eq!(shown["speech_synthesis_voice"], "en-US-Wavenet-C");
        assert_eq!(shown["speech_recognizer_language"], "en-US");
        assert_eq!(shown["call_hook"]["method"], "POST");
        assert_eq!((&shown["record_all_calls"], &shown["use_for_fallback_speech"]), (&json!(0), &json!(0)));
        assert_eq!(shown.get("fallback_speech_recognizer_label"), Some(&Value::Null));
        assert_eq!(serde_json::from_value::<Application>(shown).unwrap(), application);
    }

    #[test]
    fn both_hooks_are_required_and_are_objects() {
        assert_eq!(refusal(&json!({})), "missing field name");
        assert_eq!(refusal(&json!({"name": "x"})), "missing field call_hook");
        let text = with("call_hook", json!("http://a"));
        assert_eq!(refusal(&text), "'call_hook' must be an object when adding an application");
        assert_eq!(refusal(&with("call_status_hook", Value::Null)), "missing field call_status_hook");
    }

    #[test]
    fn app_json_is_an_array_of_verbs() {
        let verbs = with("app_json", json!("[{\"verb\":\"play\",\"url\":\"x\"}]"));
        let application = Application::from_request(&verbs, AccountId::random()).unwrap();
        assert_eq!(application.verbs().unwrap().len(), 1);
        for wrong in [json!("{}"), json!("["), json!(7)] {
            let refused = refusal(&with("app_json", wrong));
            assert_eq!(refused, "app_json must be the JSON text of an array of verbs");
        }
    }

    #[test]
    fn a_hook_that_is_named_by_its_own_sid_is_changed_and_any_other_replaced() {
        let mut application = Application::from_request(&body(), AccountId::random()).unwrap();
        application.update(&json!({"call_hook": {"url": "http://a/call", "username": "u", "password": "p"}})).unwrap();
        let before = application.call_hook.clone();
        let own = json!({"webhook_sid": before.webhook_sid, "url": "http://b/call"});
        application.update(&json!({ "call_hook": own })).unwrap();
        assert_eq!(application.call_hook, Hook { url: "http://b/call".into(), ..before.clone() });
        let other = json!({"webhook_sid": application.call_status_hook.webhook_sid, "url": "http://c/call"});
        application.update(&json!({ "call_hook": other })).unwrap();
        assert_ne!(application.call_hook.webhook_sid, before.webhook_sid);
        assert_ne!(application.call_hook.webhook_sid, application.call_status_hook.webhook_sid);
        assert_eq!((application.call_hook.url.as_str(), &application.call_hook.username), ("http://c/call", &None));
    }

    #[test]
    fn an_update_keeps_what_it_does_not_name() {
        let mut application = Application::from_request(&body(), AccountId::random()).unwrap();
        let before = application.clone();
        application.update(&json!({"call_hook": {}, "speech_synthesis_voice": "other"})).unwrap();
        assert_eq!(application.call_hook, before.call_hook);
        assert_eq!(application.speech.get("speech_synthesis_voice"), Some("other"));
        let other = json!({"account_sid": AccountId::random().hyphenated()});
        assert_eq!(application.update(&other).unwrap_err().0, "account_sid may not be modified");
        assert_eq!(application.update(&json!({"env_vars": 1})).unwrap_err().0, "env_vars must be an object");
    }
}
