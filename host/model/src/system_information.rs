//! What an installation tells of itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::v1::{Fields, V1Error};

const DOMAINS: [&str; 3] = ["domain_name", "sip_domain_name", "monitoring_domain_name"];

const FIELDS: &[&str] =
    &["domain_name", "sip_domain_name", "monitoring_domain_name", "private_network_cidr", "log_level"];

/// Longest list of networks.
const MAX_NETWORKS: usize = 8_192;

/// What an installation tells of itself; what nobody has said is `null`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SystemInformation {
    /// Where its API and portal are.
    pub domain_name: Option<String>,
    /// Below which SIP domains of accounts lie.
    pub sip_domain_name: Option<String>,
    /// Where it is watched.
    pub monitoring_domain_name: Option<String>,
    /// Networks that are its own, in CIDR notation, with commas between them.
    pub private_network_cidr: Option<String>,
    /// How much is logged.
    pub log_level: Option<LogLevel>,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// The usual.
    Info,
    /// More.
    Debug,
}

impl SystemInformation {
    /// Changes what the body names.
    ///
    /// # Errors
    /// The first rule that it breaks; nothing has changed then.
    pub fn update(&mut self, body: &Value) -> Result<(), V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        let mut changed = self.clone();
        let domains = [&mut changed.domain_name, &mut changed.sip_domain_name, &mut changed.monitoring_domain_name];
        for (name, place) in DOMAINS.into_iter().zip(domains) {
            if fields.raw(name).is_some() {
                *place = domain(fields, name)?;
            }
        }
        if fields.raw("private_network_cidr").is_some() {
            changed.private_network_cidr = fields.text("private_network_cidr", MAX_NETWORKS)?;
        }
        if fields.raw("log_level").is_some() {
            changed.log_level = fields.named("log_level", "info, debug")?;
        }
        *self = changed;
        Ok(())
    }
}

/// A host name (RFC 1123), or an address.
fn domain(fields: Fields<'_>, name: &str) -> Result<Option<String>, V1Error> {
    let Some(domain) = fields.text(name, 255)?.filter(|domain| !domain.is_empty()) else { return Ok(None) };
    let is_name = domain.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':'));
    if is_name { Ok(Some(domain)) } else { Err(V1Error(format!("{name} must be a domain name"))) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_body_does_not_name_stays() {
        let mut told = SystemInformation::default();
        told.update(&json!({"domain_name": "voice.example", "sip_domain_name": "sip.voice.example"})).unwrap();
        told.update(&json!({"sip_domain_name": null, "log_level": "debug"})).unwrap();
        let told = serde_json::to_value(&told).unwrap();
        assert_eq!((&told["domain_name"], &told["sip_domain_name"]), (&json!("voice.example"), &Value::Null));
        assert_eq!(told["log_level"], "debug");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refusal = |body: Value| SystemInformation::default().update(&body).unwrap_err().0;
        assert_eq!(refusal(json!({"domain_name": "a b"})), "domain_name must be a domain name");
        assert_eq!(refusal(json!({"log_level": "all"})), "log_level must be one of info, debug");
        assert_eq!(refusal(json!({"domain": "a"})), "unknown field domain");
    }
}
