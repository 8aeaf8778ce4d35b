//! Service providers: who keeps accounts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::v1::{Fields, V1Error};
use crate::{Hook, Sid};

const FIELDS: &[&str] =
    &["service_provider_sid", "name", "description", "root_domain", "registration_hook", "ms_teams_fqdn"];

/// A service provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceProvider {
    /// Its id.
    pub service_provider_sid: Sid,
    /// Its name, unique in the installation.
    pub name: String,
    /// What it is.
    #[serde(default)]
    pub description: Option<String>,
    /// Its domain, in lower case, unique in the installation.
    #[serde(default)]
    pub root_domain: Option<String>,
    /// Who is asked about registrations.
    #[serde(default)]
    pub registration_hook: Option<Hook>,
    /// Its domain at Microsoft Teams.
    #[serde(default)]
    pub ms_teams_fqdn: Option<String>,
    /// What clients of `/v2` keep with it; `/v1` does not show it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl ServiceProvider {
    /// A new one from a request body.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        let mut provider = Self {
            service_provider_sid: Sid::random(),
            name: fields.required_text("name", 64)?,
            description: None,
            root_domain: None,
            registration_hook: None,
            ms_teams_fqdn: None,
            extra: Map::new(),
        };
        provider.apply(fields)?;
        Ok(provider)
    }

    /// Changes what the body names. A registration hook that it does not name is taken away.
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
        fields.immutable("service_provider_sid")?;
        if fields.raw("name").is_some() {
            self.name = fields.required_text("name", 64)?;
        }
        if fields.raw("description").is_some() {
            self.description = fields.text("description", 255)?;
        }
        if fields.raw("root_domain").is_some() {
            self.root_domain = domain(fields.text("root_domain", 128)?);
        }
        if fields.raw("ms_teams_fqdn").is_some() {
            self.ms_teams_fqdn = fields.text("ms_teams_fqdn", 255)?;
        }
        self.registration_hook = fields.hook("registration_hook", "a service provider")?;
        Ok(())
    }
}

/// A domain in the one case that it is compared in; an empty one is none.
pub(crate) fn domain(given: Option<String>) -> Option<String> {
    given.filter(|domain| !domain.is_empty()).map(|domain| domain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_all_it_needs() {
        let provider = ServiceProvider::from_request(&json!({"name": "Acme"})).unwrap();
        assert_eq!(serde_json::to_value(&provider).unwrap()["registration_hook"], Value::Null);
        assert_eq!(ServiceProvider::from_request(&json!({})).unwrap_err().0, "missing field name");
    }

    #[test]
    fn an_update_is_all_or_nothing() {
        let mut provider = ServiceProvider::from_request(&json!({"name": "Acme"})).unwrap();
        let before = provider.clone();
        let refused = provider.update(&json!({"name": "Other", "registration_hook": "http://a"})).unwrap_err();
        assert_eq!(refused.0, "'registration_hook' must be an object when adding a service provider");
        assert_eq!(provider, before);
        provider.update(&json!({"registration_hook": {"url": "http://a"}})).unwrap();
        provider.update(&json!({"name": "Acme"})).unwrap();
        assert_eq!(provider, before);
    }
}
