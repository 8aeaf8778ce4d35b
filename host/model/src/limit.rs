//! Limits: how much of something an account, or the accounts of a service provider together, may have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::v1::{Fields, V1Error};
use crate::{AccountId, Sid};

const FIELDS: &[&str] = &["category", "quantity"];

const CATEGORIES: &str =
    "api_rate, voice_call_session, device, voice_call_minutes, voice_call_session_license, voice_call_minutes_license";

/// Largest quantity.
const MOST: u32 = 1_000_000_000;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitCategory {
    /// Requests to the API.
    ApiRate,
    /// Calls at once.
    VoiceCallSession,
    /// Registered devices.
    Device,
    /// Minutes of calls.
    VoiceCallMinutes,
    /// Calls at once, by licence.
    VoiceCallSessionLicense,
    /// Minutes of calls, by licence.
    VoiceCallMinutesLicense,
}

/// Whose limits they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitHolder {
    /// An account's.
    Account(AccountId),
    /// A service provider's.
    ServiceProvider(Sid),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Limit {
    sid: Sid,
    quantity: u32,
}

/// The limits of one holder, one of each category.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Limits(BTreeMap<LimitCategory, Limit>);

impl Limits {
    /// Sets the limit of the category that the body names, and answers its id, which it keeps.
    ///
    /// # Errors
    /// The first rule that the body breaks; nothing has changed then.
    pub fn set(&mut self, body: &Value) -> Result<Sid, V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        let category = fields.named("category", CATEGORIES)?.ok_or_else(|| V1Error::new("missing field category"))?;
        let quantity = fields.whole("quantity", MOST)?.ok_or_else(|| V1Error::new("missing field quantity"))?;
        let limit = self.0.entry(category).or_insert_with(|| Limit { sid: Sid::random(), quantity });
        limit.quantity = quantity;
        Ok(limit.sid)
    }

    /// Takes the limit of that category away, or all of them.
    pub fn remove(&mut self, category: Option<LimitCategory>) {
        self.0.retain(|limited, _| category.is_some_and(|category| category != *limited));
    }

    /// How many calls may be live at once. None where there is no limit, which a quantity of 0 says as well.
    #[must_use]
    pub fn calls(&self) -> Option<u32> {
        let limit = |category| self.0.get(&category).map(|limit| limit.quantity).filter(|quantity| *quantity > 0);
        let (sessions, licensed) =
            (limit(LimitCategory::VoiceCallSession), limit(LimitCategory::VoiceCallSessionLicense));
        sessions.into_iter().chain(licensed).min()
    }

    /// The limits of that category, or all of them, as clients see them.
    #[must_use]
    pub fn rows(&self, holder: LimitHolder, category: Option<LimitCategory>) -> Vec<Value> {
        let wanted = self.0.iter().filter(|(limited, _)| category.is_none_or(|category| category == **limited));
        let row = |(category, limit): (&LimitCategory, &Limit)| match holder {
            LimitHolder::Account(account) => json!({
                "account_limits_sid": limit.sid, "account_sid": account.hyphenated(),
                "category": category, "quantity": limit.quantity,
            }),
            LimitHolder::ServiceProvider(provider) => json!({
                "service_provider_limits_sid": limit.sid, "service_provider_sid": provider,
                "category": category, "quantity": limit.quantity,
            }),
        };
        wanted.map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(bodies: &[Value]) -> Limits {
        let mut limits = Limits::default();
        for body in bodies {
            limits.set(body).unwrap();
        }
        limits
    }

    #[test]
    fn a_category_has_one_limit_which_keeps_its_id() {
        let mut limits = Limits::default();
        let sid = limits.set(&json!({"category": "device", "quantity": 3})).unwrap();
        assert_eq!(limits.set(&json!({"category": "device", "quantity": "4"})), Ok(sid));
        let account = AccountId::random();
        let row = json!({
            "account_limits_sid": sid, "account_sid": account.hyphenated(), "category": "device", "quantity": 4,
        });
        assert_eq!(limits.rows(LimitHolder::Account(account), None), [row]);
        let stored = serde_json::to_value(&limits).unwrap();
        assert_eq!(serde_json::from_value::<Limits>(stored).unwrap(), limits);
    }

    #[test]
    fn the_lower_of_two_limits_of_calls_counts_and_0_is_none() {
        let session = |quantity| json!({"category": "voice_call_session", "quantity": quantity});
        let licensed = json!({"category": "voice_call_session_license", "quantity": 5});
        assert_eq!(Limits::default().calls(), None);
        assert_eq!(limits(&[session(0)]).calls(), None);
        assert_eq!(limits(&[session(7), licensed.clone()]).calls(), Some(5));
        assert_eq!(limits(&[session(2), licensed]).calls(), Some(2));
    }

    #[test]
    fn one_category_is_listed_and_removed_or_all() {
        let two = [json!({"category": "api_rate", "quantity": 1}), json!({"category": "device", "quantity": 1})];
        let holder = LimitHolder::ServiceProvider(Sid::random());
        let mut limits = limits(&two);
        assert_eq!(limits.rows(holder, Some(LimitCategory::Device)).len(), 1);
        limits.remove(Some(LimitCategory::Device));
        assert_eq!(limits.rows(holder, None)[0]["category"], "api_rate");
        limits.remove(None);
        assert!(limits.rows(holder, None).is_empty());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refusal = |body: Value| Limits::default().set(&body).unwrap_err().0;
        assert_eq!(refusal(json!({"quantity": 1})), "missing field category");
        assert_eq!(refusal(json!({"category": "calls"})), format!("category must be one of {CATEGORIES}"));
        assert_eq!(refusal(json!({"category": "device"})), "missing field quantity");
        let range = "quantity must be a whole number of at most 1000000000";
        for quantity in [json!(-1), json!(1.5), json!("many"), json!(1_000_000_001)] {
            assert_eq!(refusal(json!({"category": "device", "quantity": quantity})), range);
        }
        assert_eq!(refusal(json!({"category": "device", "quantity": 1, "sid": "x"})), "unknown field sid");
    }
}
