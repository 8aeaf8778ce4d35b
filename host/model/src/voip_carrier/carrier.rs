//! A carrier resource as a `VoipCarrier`.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::rule::{self, Field, Rule};
use super::{own, shared, sid};
use crate::v1::{Fields, V1Error};
use crate::{AccountId, Owner, Sid};

/// What is a resource's own, or the host's.
const MAPPED: &[&str] = &["voip_carrier_sid", "name", "is_active", "account_sid", "service_provider_sid"];

/// What only `/v1` has.
const KEPT: [Field; 18] = [
    ("description", Rule::Text(255)),
    ("application_sid", Rule::Id),
    ("requires_register", Rule::Flag),
    ("register_from_user", Rule::Text(128)),
    ("register_from_domain", Rule::Text(255)),
    ("register_public_ip_in_contact", Rule::Flag),
    ("register_status", Rule::Object),
    ("inbound_auth_username", Rule::Text(64)),
    ("inbound_auth_password", Rule::Text(64)),
    ("diversion", Rule::Text(32)),
    ("smpp_system_id", Rule::Text(255)),
    ("smpp_password", Rule::Text(64)),
    ("smpp_enquire_link_interval", Rule::Number(86_400)),
    ("smpp_inbound_system_id", Rule::Text(255)),
    ("smpp_inbound_password", Rule::Text(64)),
    ("dtmf_type", Rule::OneOf(&["rfc2833", "tones", "info"])),
    ("outbound_sip_proxy", Rule::Text(255)),
    ("trunk_type", Rule::OneOf(&["static_ip", "auth", "reg"])),
];

/// From the beginning of the Gregorian calendar to 1970, in seconds.
const GREGORIAN_EPOCH: i64 = 62_167_219_200;

fn fields(body: &Value) -> Result<Fields<'_>, V1Error> {
    let kept = KEPT.map(|(name, _)| name);
    Fields::of(body, &[MAPPED, shared::FIELDS, &kept])
}

/// The account that a body names.
///
/// # Errors
/// Where it is no id.
pub fn requested_account(body: &Value) -> Result<Option<AccountId>, V1Error> {
    fields(body)?.account("account_sid")
}

/// The service provider that a body names.
///
/// # Errors
/// Where it is no id.
pub fn requested_provider(body: &Value) -> Result<Option<Sid>, V1Error> {
    fields(body)?.sid("service_provider_sid")
}

/// The application that a body names.
///
/// # Errors
/// Where it is no id.
pub fn requested_application(body: &Value) -> Result<Option<Sid>, V1Error> {
    fields(body)?.sid("application_sid")
}

/// The document of a new carrier, which takes every number and has no gateways yet.
///
/// # Errors
/// The first rule that the body breaks.
pub fn fresh(body: &Value) -> Result<Map<String, Value>, V1Error> {
    let name = fields(body)?.required_text("name", 64)?;
    let mut document = Map::new();
    document.insert("name".into(), json!(name));
    document.insert("rules".into(), json!(["^.+$"]));
    document.insert("gateways".into(), json!([]));
    change(&mut document, body)?;
    Ok(document)
}

/// Changes what the body names.
///
/// # Errors
/// The first rule that it breaks.
pub fn change(document: &mut Map<String, Value>, body: &Value) -> Result<(), V1Error> {
    let fields = fields(body)?;
    fields.immutable("voip_carrier_sid")?;
    if fields.raw("name").is_some() {
        document.insert("name".into(), json!(fields.required_text("name", 64)?));
    }
    if let Some(active) = fields.flag("is_active")? {
        document.insert("enabled".into(), json!(active));
    }
    domain(fields, "register_sip_realm")?;
    domain(fields, "register_from_domain")?;
    rule::keep(document, fields, &KEPT)?;
    shared::change(document, fields)?;
    check_registration(document)
}

/// A host's name with a dot in it, or an address.
fn domain(fields: Fields<'_>, name: &str) -> Result<(), V1Error> {
    let Some(domain) = fields.text(name, 255)? else { return Ok(()) };
    if domain.is_empty() {
        return Err(V1Error(format!("{name} must not be empty string; use null to fall back to gateway IP")));
    }
    let scheme = domain.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sip:"));
    if scheme || domain.contains(char::is_whitespace) || !domain.contains('.') {
        return Err(V1Error(format!("{name} must be an IPv4 address or a domain name, without sip: and spaces")));
    }
    Ok(())
}

fn check_registration(document: &Map<String, Value>) -> Result<(), V1Error> {
    if own(document, "requires_register").is_none_or(|required| required != 1) {
        return Ok(());
    }
    let shared = shared::of(document);
    let text = |name: &str| shared.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let missing = |name: &str| V1Error(format!("{name} is required when requires_register is true"));
    let username = text("username").ok_or_else(|| missing("register_username"))?;
    if username.contains(char::is_whitespace) {
        return Err(V1Error::new("register_username must not contain whitespace"));
    }
    text("password").map(drop).ok_or_else(|| missing("register_password"))
}

/// The document as a client of `/v1` sees it.
#[must_use]
pub fn shown(owner: Owner, id: &str, document: &Map<String, Value>, provider: Option<Sid>) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut show = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
    show("voip_carrier_sid", json!(sid(owner, id)));
    show("name", document.get("name").cloned().unwrap_or_default());
    show("account_sid", json!(owner.account().map(AccountId::hyphenated)));
    show("service_provider_sid", json!(provider));
    show("is_active", json!(u8::from(document.get("enabled").is_none_or(|enabled| enabled != false))));
    show("created_at", json!(document.get("pvt_created").and_then(Value::as_i64).and_then(date)));
    rule::show(document, &KEPT, &mut shown);
    shared::show(document, &mut shown);
    shown
}

fn date(gregorian: i64) -> Option<String> {
    let date = OffsetDateTime::from_unix_timestamp(gregorian.checked_sub(GREGORIAN_EPOCH)?).ok()?;
    Some(crate::time::format_date(date))
}

/// Whether a text is an IPv4 address.
pub(super) fn is_ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(body: Value) -> Map<String, Value> {
        fresh(&body).unwrap()
    }

    fn seen(document: &Map<String, Value>) -> Map<String, Value> {
        shown(Owner::System, "c", document, None)
    }

    #[test]
    fn a_carrier_is_a_resource_that_the_schema_accepts() {
        let mut document = made(json!({"name": "Acme", "tech_prefix": "99#", "diversion": "d", "is_active": 0}));
        crate::resource::validate(&mut document).unwrap();
        assert_eq!((&document["enabled"], &document["v1"]["diversion"]), (&json!(false), &json!("d")));
        let seen = seen(&document);
        assert_eq!(
            (&seen["tech_prefix"], &seen["is_active"], &seen["trunk_type"]),
            (&json!("99#"), &json!(0), &json!("static_ip"))
        );
        assert_eq!(seen["e164_leading_plus"], json!(0));
    }

    #[test]
    fn what_v2_says_of_the_gateways_is_what_v1_says_of_the_carrier() {
        let document = json!({"name": "a", "gateways": [{"server": "b", "username": "joe", "prefix": "7"}]});
        let mut document = document.as_object().unwrap().clone();
        assert_eq!(
            (&seen(&document)["register_username"], &seen(&document)["tech_prefix"]),
            (&json!("joe"), &json!("7"))
        );
        change(&mut document, &json!({"register_username": "jim", "tech_prefix": null})).unwrap();
        assert_eq!(document["gateways"], json!([{"server": "b", "username": "jim"}]));
    }

    #[test]
    fn a_change_that_breaks_a_rule_is_told_in_the_documented_words() {
        for (body, message) in [
            (json!({}), "missing field name"),
            (json!({"name": "a", "colour": 1}), "unknown field colour"),
            (json!({"name": "a", "trunk_type": "x"}), "trunk_type must be one of static_ip, auth, reg"),
            (
                json!({"name": "a", "requires_register": true}),
                "register_username is required when requires_register is true",
            ),
            (
                json!({"name": "a", "requires_register": 1, "register_username": "u"}),
                "register_password is required when requires_register is true",
            ),
            (
                json!({"name": "a", "register_sip_realm": ""}),
                "register_sip_realm must not be empty string; use null to fall back to gateway IP",
            ),
            (json!({"name": "a", "voip_carrier_sid": "x"}), "primary key voip_carrier_sid is immutable"),
        ] {
            assert_eq!(fresh(&body).unwrap_err().0, message);
        }
    }
}
