//! Accounts and service providers as `/v2` shows them: nodes of one tree, below the installation.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::schema::Schema;
use crate::service_provider::domain;
use crate::time::to_gregorian;
use crate::{Account, ServiceProvider, Sid, Violation, Violations};

/// Most bytes of JSON that the fields which no rule names may have together.
const MAX_EXTRA: usize = 64 * 1024;

/// Fields that the host fills in; what a client sends in them is passed over.
const READ_ONLY: [&str; 6] = ["id", "created", "reseller_id", "is_reseller", "superduper_admin", "service_provider_id"];

static ACCOUNT: LazyLock<Schema> = LazyLock::new(|| Schema::embedded(include_str!("../schemas/account.json")));
static PROVIDER: LazyLock<Schema> =
    LazyLock::new(|| Schema::embedded(include_str!("../schemas/service_provider.json")));

type Fields = Map<String, Value>;

impl Account {
    /// A new one from the fields of `/v2`.
    ///
    /// # Errors
    /// Every rule that they break.
    pub fn from_node(fields: Fields, service_provider_sid: Sid) -> Result<Self, Violations> {
        let mut account = Self::named(String::new(), service_provider_sid);
        account.replace_node(fields)?;
        Ok(account)
    }

    /// Takes the fields of `/v2` in place of those it has. Whether it is enabled stays as it is unless they say so.
    ///
    /// # Errors
    /// Every rule that they break; nothing has changed then.
    pub fn replace_node(&mut self, mut fields: Fields) -> Result<(), Violations> {
        let mut violations = ACCOUNT.validate(&mut fields);
        fields.retain(|key, _| !READ_ONLY.contains(&key.as_str()));
        let (name, realm) = (text(&mut fields, "name"), text(&mut fields, "realm"));
        let enabled = fields.shift_remove("enabled");
        let (hunt, route_by) = (fields.shift_remove("hunt"), fields.shift_remove("route_by"));
        let (rate_limit, caller_id) = (fields.shift_remove("rate_limit"), fields.shift_remove("caller_id"));
        let (hunt_accounts, formatter) = (fields.shift_remove("hunt_accounts"), fields.shift_remove("formatter"));
        check_extra(&fields, &mut violations);
        violations.into_result()?;
        self.name = name.unwrap_or_default();
        self.hunt_accounts = read(hunt_accounts).unwrap_or_default();
        self.sip_realm = realm.map(|realm| realm.to_ascii_lowercase());
        self.is_active = enabled.and_then(|enabled| enabled.as_bool()).unwrap_or(self.is_active);
        self.hunt = read(hunt);
        self.route_by = read(route_by);
        self.rate_limit = read(rate_limit);
        self.caller_id = read(caller_id).unwrap_or_default();
        self.formatter = read(formatter);
        self.extra = fields;
        Ok(())
    }

    /// Its fields as `/v2` shows them.
    #[must_use]
    pub fn node(&self) -> Fields {
        let mut fields = self.extra.clone();
        fields.insert("id".into(), json!(self.account_sid.hex()));
        fields.insert("name".into(), json!(self.name));
        insert_some(&mut fields, "realm", self.sip_realm.as_ref());
        fields.insert("enabled".into(), json!(self.is_active));
        insert_some(&mut fields, "hunt", self.hunt.as_ref());
        insert_some(&mut fields, "hunt_accounts", Some(&self.hunt_accounts).filter(|listed| !listed.is_empty()));
        insert_some(&mut fields, "route_by", self.route_by.as_ref());
        insert_some(&mut fields, "rate_limit", self.rate_limit.as_ref());
        insert_some(&mut fields, "caller_id", Some(&self.caller_id).filter(|ids| !ids.is_empty()));
        insert_some(&mut fields, "formatter", self.formatter.as_ref());
        fields.insert("created".into(), json!(to_gregorian(self.created_at.unix_timestamp())));
        fields.insert("reseller_id".into(), json!(self.service_provider_sid.hex()));
        fields.insert("is_reseller".into(), json!(false));
        fields
    }
}

impl ServiceProvider {
    /// Takes the fields of `/v2` in place of those it has.
    ///
    /// # Errors
    /// Every rule that they break; nothing has changed then.
    pub fn replace_node(&mut self, mut fields: Fields) -> Result<(), Violations> {
        let mut violations = PROVIDER.validate(&mut fields);
        fields.retain(|key, _| !READ_ONLY.contains(&key.as_str()) && key != "enabled");
        let name = text(&mut fields, "name");
        let (realm, description) = (text(&mut fields, "realm"), text(&mut fields, "description"));
        check_extra(&fields, &mut violations);
        violations.into_result()?;
        self.name = name.unwrap_or_default();
        self.root_domain = domain(realm);
        self.description = description;
        self.extra = fields;
        Ok(())
    }

    /// Its fields as `/v2` shows them.
    #[must_use]
    pub fn node(&self) -> Fields {
        let mut fields = self.extra.clone();
        fields.insert("id".into(), json!(self.service_provider_sid.hex()));
        fields.insert("name".into(), json!(self.name));
        insert_some(&mut fields, "realm", self.root_domain.as_ref());
        insert_some(&mut fields, "description", self.description.as_ref());
        fields.insert("enabled".into(), json!(true));
        fields.insert("reseller_id".into(), json!(self.service_provider_sid.hex()));
        fields.insert("is_reseller".into(), json!(true));
        fields
    }
}

fn text(fields: &mut Fields, name: &str) -> Option<String> {
    match fields.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn read<T: for<'de> Deserialize<'de>>(value: Option<Value>) -> Option<T> {
    // The schema has checked it.
    value.and_then(|value| serde_json::from_value(value).ok())
}

fn insert_some(fields: &mut Fields, name: &str, value: Option<&impl serde::Serialize>) {
    if let Some(value) = value {
        fields.insert(name.into(), json!(value));
    }
}

fn check_extra(fields: &Fields, violations: &mut Violations) {
    let size = serde_json::to_vec(fields).map_or(usize::MAX, |json| json.len());
    if size > MAX_EXTRA {
        let message = format!("All other fields together have at most {MAX_EXTRA} bytes");
        violations.push(Violation::new("data", "maxLength", message).target(MAX_EXTRA));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(value: Value) -> Fields {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn an_account_shows_what_it_was_given() {
        let provider = Sid::random();
        let given = json!({"name": "A", "realm": "SIP.A.example", "hunt": "global", "timezone": "UTC", "id": "x",
            "caller_id": {"emergency": {"number": "+1555", "name": "Fire"}, "asserted": {"number": "1"}}});
        let account = Account::from_node(fields(given), provider).unwrap();
        let shown = account.node();
        assert_eq!((&shown["realm"], &shown["enabled"]), (&json!("sip.a.example"), &json!(true)));
        assert_eq!((&shown["timezone"], &shown["hunt"]), (&json!("UTC"), &json!("global")));
        assert_eq!(account.caller_id.emergency.as_ref().unwrap().number.as_deref(), Some("+1555"));
        assert_eq!(shown["caller_id"]["asserted"], json!({"number": "1"}), "what no rule names is kept");
        assert_eq!((&shown["id"], &shown["reseller_id"]), (&json!(account.account_sid.hex()), &json!(provider.hex())));
    }

    #[test]
    fn an_account_that_is_shown_and_sent_back_stays_the_same() {
        let mut account = Account::from_node(fields(json!({"name": "A", "x": {"y": 1}})), Sid::random()).unwrap();
        account.is_active = false;
        let before = account.clone();
        account.replace_node(account.node()).unwrap();
        assert_eq!(account, before);
        account.replace_node(fields(json!({"name": "A", "x": {"y": 1}}))).unwrap();
        assert!(!account.is_active, "what is switched off is not switched on by leaving it out");
    }

    #[test]
    fn a_provider_that_is_shown_and_sent_back_stays_the_same() {
        let mut provider = ServiceProvider::from_request(&json!({"name": "P", "root_domain": "p.example"})).unwrap();
        provider.replace_node(fields(json!({"name": "P", "realm": "p.example", "colour": "red"}))).unwrap();
        let before = provider.clone();
        provider.replace_node(provider.node()).unwrap();
        assert_eq!(provider, before);
    }

    #[test]
    fn broken_rules_change_nothing_and_are_told_at_once() {
        let mut account = Account::from_node(fields(json!({"name": "A"})), Sid::random()).unwrap();
        let before = account.clone();
        let broken = json!({"name": " ", "realm": "a b", "enabled": "maybe", "hunt": "both",
            "caller_id": {"internal": {"number": ""}}});
        let told = account.replace_node(fields(broken)).unwrap_err().to_data();
        assert_eq!(told.as_object().unwrap().len(), 5, "{told}");
        assert_eq!(account, before);
        let large = json!({"name": "A", "x": "y".repeat(MAX_EXTRA)});
        assert!(account.replace_node(fields(large)).is_err());
    }
}
