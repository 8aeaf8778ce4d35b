//! Telephone numbers that accounts have.

mod v1;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{AccountId, Owner, Sid, number};

pub use v1::{Assignment, PhoneNumberRequest};

/// Most digits of a number (ITU-T E.164, section 6).
const MOST_DIGITS: usize = 15;

/// Longest text that is looked at: a number as somebody writes it.
const LONGEST: usize = 64;

/// Text that the dial plan makes no E.164 number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a telephone number that means the same everywhere")]
pub struct NotReconcilable;

/// A number in the form in which it is kept: `+` and at most 15 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct E164(String);

impl E164 {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for E164 {
    type Err = NotReconcilable;

    /// Reads a number in any form that the dial plan can bring into this one.
    fn from_str(given: &str) -> Result<Self, NotReconcilable> {
        if given.len() > LONGEST {
            return Err(NotReconcilable);
        }
        let number = number::normalise(given);
        let digits = number.strip_prefix('+').ok_or(NotReconcilable)?;
        if digits.len() > MOST_DIGITS || !number::reconcilable(&number) {
            return Err(NotReconcilable);
        }
        Ok(Self(number.into_owned()))
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for E164 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How far a number is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberState {
    /// It is its account's and nobody else's.
    Reserved,
}

/// Whose carrier the number came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberModule {
    /// One of the account's own.
    Local,
    /// One of the installation's.
    Other,
}

/// A number of an account, or of the installation's own pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneNumber {
    /// The number.
    pub id: E164,
    /// How far it is in use.
    pub state: NumberState,
    /// The carrier resource that it came from, where that is known.
    #[serde(default)]
    pub resource_id: Option<String>,
    /// Whose resource that is.
    pub module_name: NumberModule,
    /// When it was added, in Gregorian seconds.
    #[serde(rename = "pvt_created")]
    pub created: i64,
    /// When it was changed last.
    #[serde(rename = "pvt_modified")]
    pub modified: i64,
    /// The bulk job that added it.
    #[serde(rename = "pvt_job_id", default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The application that answers it.
    #[serde(rename = "pvt_application_sid", default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Sid>,
    /// The service provider that may give it to its accounts, while it is in the pool.
    #[serde(rename = "pvt_service_provider_sid", default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Sid>,
}

impl PhoneNumber {
    /// The document to store.
    #[must_use]
    pub fn to_body(&self, owner: Owner) -> Value {
        let mut body = json!(self);
        if let Value::Object(fields) = &mut body {
            fields.insert("pvt_type".into(), json!("number"));
            if let Some(account) = owner.account() {
                fields.insert("pvt_account_id".into(), json!(account));
            }
        }
        body
    }

    /// What a client sees.
    #[must_use]
    pub fn shown(&self) -> Map<String, Value> {
        let fields = [
            ("id", json!(self.id)),
            ("state", json!(self.state)),
            ("resource_id", json!(self.resource_id)),
            ("module_name", json!(self.module_name)),
            ("created", json!(self.created)),
            ("updated", json!(self.modified)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// What an administrator sees, who asks for a number and not for an account; none is the installation's own pool.
    #[must_use]
    pub fn shown_of(&self, account: Option<AccountId>) -> Map<String, Value> {
        let mut fields = self.shown();
        fields.insert("account_id".into(), json!(account));
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &str) -> Option<String> {
        given.parse::<E164>().ok().map(|number| number.to_string())
    }

    #[test]
    fn a_number_is_read_in_every_form_that_the_dial_plan_knows() {
        for given in ["+14158867900", "14158867900", "4158867900"] {
            assert_eq!(read(given).as_deref(), Some("+14158867900"), "{given}");
        }
        for given in ["+442079460000", "442079460000", "011442079460000", "00442079460000"] {
            assert_eq!(read(given).as_deref(), Some("+442079460000"), "{given}");
        }
    }

    #[test]
    fn what_means_nothing_elsewhere_is_no_number() {
        let endless = format!("+{}", "4".repeat(16));
        let huge = "4".repeat(1_000);
        for given in ["", "+", "911", "100", "hello", "+4420794600ab", "+44 20 7946 0000", &endless, &huge, "00", "+0"]
        {
            assert_eq!(read(given), None, "{given}");
        }
        assert!(read(&format!("+{}", "4".repeat(15))).is_some());
    }

    #[test]
    fn what_is_private_is_not_shown() {
        let number = PhoneNumber {
            id: "+14158867900".parse().unwrap(),
            state: NumberState::Reserved,
            resource_id: Some("r".into()),
            module_name: NumberModule::Local,
            created: 1,
            modified: 2,
            job: Some("202611-ab".into()),
            application: None,
            provider: None,
        };
        let shown = json!({"id": "+14158867900", "state": "reserved", "resource_id": "r", "module_name": "local", "created": 1, "updated": 2});
        assert_eq!(Value::Object(number.shown()), shown);
        let account = AccountId::random();
        assert_eq!(number.shown_of(Some(account))["account_id"], json!(account.hex()));
        let stored = number.to_body(account.into());
        assert_eq!(stored["pvt_account_id"], json!(account.hex()));
        assert_eq!(serde_json::from_value::<PhoneNumber>(stored).unwrap(), number);
    }
}
