//! Clients: the SIP users of an account.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::v1::{Fields, V1Error, from_zero_one, hyphenated, zero_one};
use crate::{AccountId, Secret, Sid};

const FIELDS: &[&str] = &[
    "account_sid",
    "username",
    "password",
    "is_active",
    "allow_direct_app_calling",
    "allow_direct_queue_calling",
    "allow_direct_user_calling",
];

/// Characters from which on a password is shown by its first one.
const SPARES_ONE: usize = 6;

/// Characters that stand for a password, whatever its length.
const HIDDEN: &str = "XXXXXXX";

/// A SIP user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// Its id.
    pub client_sid: Sid,
    /// Whose it is.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// Its name, unique in its account whatever its case.
    pub username: String,
    /// What it registers with.
    #[serde(default, serialize_with = "Secret::reveal_option")]
    pub password: Option<Secret>,
    /// Whether it may register and call.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub is_active: bool,
    /// Whether it may call applications by their ids.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub allow_direct_app_calling: bool,
    /// Whether it may call queues by their names.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub allow_direct_queue_calling: bool,
    /// Whether it may call other clients of its account.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub allow_direct_user_calling: bool,
    /// When it was made.
    #[serde(with = "time::serde::rfc2822")]
    pub created_at: OffsetDateTime,
}

impl Client {
    /// The account that a request body names.
    ///
    /// # Errors
    /// Where it names none properly.
    pub fn requested_account(body: &Value) -> Result<Option<AccountId>, V1Error> {
        Fields::of(body, &[FIELDS])?.account("account_sid")
    }

    /// A new one of that account from a request body.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value, account_sid: AccountId) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        let mut client = Self {
            client_sid: Sid::random(),
            account_sid,
            username: username(fields)?,
            password: None,
            is_active: true,
            allow_direct_app_calling: true,
            allow_direct_queue_calling: true,
            allow_direct_user_calling: true,
            created_at: crate::time::now(),
        };
        client.apply(fields)?;
        Ok(client)
    }

    /// Changes what the body names. A password as it is shown changes nothing.
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
        if fields.raw("username").is_some() {
            self.username = username(fields)?;
        }
        let password = fields.text("password", 128)?.filter(|given| Some(given) != self.obscured().as_ref());
        if let Some(password) = password {
            self.password = Some(Secret::new(password)).filter(|password| !password.expose().is_empty());
        }
        for (name, flag) in [
            ("is_active", &mut self.is_active),
            ("allow_direct_app_calling", &mut self.allow_direct_app_calling),
            ("allow_direct_queue_calling", &mut self.allow_direct_queue_calling),
            ("allow_direct_user_calling", &mut self.allow_direct_user_calling),
        ] {
            *flag = fields.flag(name)?.unwrap_or(*flag);
        }
        Ok(())
    }

    /// As clients of the API see it: the password only by its first character.
    #[must_use]
    pub fn shown(&self) -> Self {
        Self { password: self.obscured().map(Secret::new), ..self.clone() }
    }

    /// Of a password that is too short to spare one, no character is shown.
    fn obscured(&self) -> Option<String> {
        let password = self.password.as_ref()?.expose();
        let first = password.chars().next().filter(|_| password.chars().count() >= SPARES_ONE);
        Some(format!("{}{HIDDEN}", first.unwrap_or('X')))
    }
}

/// It is the user part of a SIP URI (RFC 3261, 25.1), of which it takes what needs no escape.
fn username(fields: Fields<'_>) -> Result<String, V1Error> {
    let name = fields.required_text("username", 64)?;
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(c));
    if is_plain { Ok(name) } else { Err(V1Error::new("username must be the user part of a SIP URI, without escapes")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_password_is_kept_but_not_shown_and_what_is_shown_does_not_replace_it() {
        let body = json!({"username": "desk", "password": "DrWoody", "allow_direct_user_calling": 0});
        let mut client = Client::from_request(&body, AccountId::random()).unwrap();
        let shown = serde_json::to_value(client.shown()).unwrap();
        assert_eq!(shown["password"], "DXXXXXXX");
        assert_eq!((&shown["is_active"], &shown["allow_direct_user_calling"]), (&json!(1), &json!(0)));
        client.update(&json!({"password": shown["password"], "is_active": false})).unwrap();
        assert_eq!((client.password.as_ref().map(Secret::expose), client.is_active), (Some("DrWoody"), false));
        let stored = serde_json::to_value(&client).unwrap();
        assert_eq!(serde_json::from_value::<Client>(stored).unwrap(), client);
        client.update(&json!({"password": "short"})).unwrap();
        assert_eq!(client.shown().password.as_ref().map(Secret::expose), Some("XXXXXXXX"));
        client.update(&json!({"password": ""})).unwrap();
        assert_eq!(client.password, None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refusal = |body: Value| Client::from_request(&body, AccountId::random()).unwrap_err().0;
        assert_eq!(refusal(json!({})), "missing field username");
        let plain = "username must be the user part of a SIP URI, without escapes";
        assert_eq!(refusal(json!({"username": "a@b"})), plain);
        assert_eq!(refusal(json!({"username": "a b"})), plain);
        assert_eq!(refusal(json!({"username": "a", "is_active": 2})), "is_active must be 0, 1, true or false");
        let other = AccountId::random().hyphenated();
        assert_eq!(refusal(json!({"username": "a", "account_sid": other})), "account_sid may not be modified");
    }
}
