//! API keys. The store knows a key by the hash of its token; the token itself is shown once, at creation.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::time::now;
use crate::v1::{Fields, V1Error};
use crate::{AccountId, Rate, Secret, Sid};

const FIELDS: &[&str] = &["account_sid", "service_provider_sid", "expires_at", "rate_limit", "token"];

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything.
    Admin,
    /// A service provider and its accounts.
    ServiceProvider(Sid),
    /// One account.
    Account(AccountId),
}

/// A key, without its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id in the API.
    pub api_key_sid: Sid,
    /// What it opens.
    pub scope: Scope,
    /// From then on it opens nothing.
    #[serde(default, with = "time::serde::rfc2822::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// When it was last used, to the minute or so.
    #[serde(default, with = "time::serde::rfc2822::option")]
    pub last_used: Option<OffsetDateTime>,
    /// When it was made.
    #[serde(with = "time::serde::rfc2822")]
    pub created_at: OffsetDateTime,
    /// How often it may ask, where that is not the installation's rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<Rate>,
    /// Times that it was given another token.
    #[serde(default)]
    pub rotation: u32,
    /// Where its token before this one is stored, while that one still opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Whether this is a key's token before, and not the key itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub superseded: bool,
}

/// How a token is spelled. Clients of `/v1` know tokens as UUIDs, and `/v2` documents an API key as exactly 64 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenForm {
    /// A hyphenated UUID.
    Uuid,
    /// 64 hex digits.
    Hex,
}

impl TokenForm {
    /// A token that nobody has.
    #[must_use]
    pub fn random(self) -> Secret {
        let uuid = Uuid::new_v4;
        Secret::new(match self {
            Self::Uuid => uuid().hyphenated().to_string(),
            Self::Hex => format!("{}{}", uuid().simple(), uuid().simple()),
        })
    }
}

impl ApiKey {
    /// A key for a token that somebody chose.
    #[must_use]
    pub fn with_scope(scope: Scope, expires_at: Option<OffsetDateTime>) -> Self {
        Self {
            api_key_sid: Sid::random(),
            scope,
            expires_at,
            last_used: None,
            created_at: now(),
            rate_limit: None,
            rotation: 0,
            previous: None,
            superseded: false,
        }
    }

    /// The key with its next token. `previous` is where the token before is stored, if that one goes on for a while.
    #[must_use]
    pub fn rotated(&self, previous: Option<String>) -> Self {
        Self { rotation: self.rotation.wrapping_add(1), previous, last_used: None, ..self.clone() }
    }

    /// What is left of it under its token before: nothing after `end`.
    #[must_use]
    pub fn superseded(&self, end: OffsetDateTime) -> Self {
        let end = self.expires_at.map_or(end, |own| own.min(end));
        Self { expires_at: Some(end), previous: None, superseded: true, ..self.clone() }
    }

    /// Whether it opens nothing any more.
    #[must_use]
    pub fn is_expired(&self, now: OffsetDateTime) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Where a token's key is stored: the hex SHA-256 of the token. A token has the entropy of a UUID, so that it needs no salt.
#[must_use]
pub fn stored_id(token: &str) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    Sha256::digest(token.as_bytes()).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// What a request for a key asks for. A `token` in it is ignored: the host makes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRequest {
    /// What the key shall open.
    pub scope: Scope,
    /// When it shall end.
    pub expires_at: Option<OffsetDateTime>,
    /// How often it may ask.
    pub rate_limit: Option<Rate>,
}

impl ApiKeyRequest {
    /// Reads a request body. Whether the caller may have such a key is the API's to say.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        let provider = fields.sid("service_provider_sid")?;
        let account = fields.account("account_sid")?;
        let scope = match (provider, account) {
            (None, None) => Scope::Admin,
            (Some(provider), None) => Scope::ServiceProvider(provider),
            (None, Some(account)) => Scope::Account(account),
            (Some(_), Some(_)) => return Err(V1Error::new("give account_sid or service_provider_sid, not both")),
        };
        Ok(Self { scope, expires_at: fields.date("expires_at")?, rate_limit: fields.rate("rate_limit")? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_spelled_as_its_api_documents_it() {
        let uuid = TokenForm::Uuid.random();
        assert!(Uuid::parse_str(uuid.expose()).is_ok_and(|token| token.get_version_num() == 4));
        let hex = TokenForm::Hex.random();
        assert_eq!(hex.expose().len(), 64);
        assert!(hex.expose().bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        assert_eq!(stored_id("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_key_survives_the_store() {
        let account = AccountId::random();
        let key = ApiKey::with_scope(Scope::Account(account), Some(now()));
        let stored = serde_json::to_value(&key).unwrap();
        assert_eq!(stored["scope"], json!({"account": account.hex()}));
        assert_eq!(serde_json::from_value::<ApiKey>(stored).unwrap(), key);
    }

    #[test]
    fn an_expired_key_is_known_as_such() {
        assert!(ApiKey::with_scope(Scope::Admin, Some(now())).is_expired(now()));
        assert!(!ApiKey::with_scope(Scope::Admin, None).is_expired(now()));
    }

    #[test]
    fn a_rotated_key_stays_the_same_key_and_its_old_token_ends_no_later_than_it_would_have() {
        let (soon, later) = (now(), now() + time::Duration::days(1));
        let key = ApiKey::with_scope(Scope::Admin, Some(soon));
        let next = key.rotated(Some("hash".into()));
        assert_eq!((next.api_key_sid, next.rotation, next.expires_at), (key.api_key_sid, 1, Some(soon)));
        let left = key.superseded(later);
        assert_eq!((left.rotation, left.expires_at, left.superseded), (0, Some(soon), true));
        assert_eq!(ApiKey::with_scope(Scope::Admin, None).superseded(later).expires_at, Some(later));
    }

    #[test]
    fn what_a_request_names_is_the_scope() {
        let sid = Sid::random();
        let request = ApiKeyRequest::from_request(&json!({"service_provider_sid": sid, "token": "mine"})).unwrap();
        assert_eq!(request, ApiKeyRequest { scope: Scope::ServiceProvider(sid), expires_at: None, rate_limit: None });
        let refused = ApiKeyRequest::from_request(&json!({"expires_at": "tomorrow"})).unwrap_err();
        assert_eq!(refused.0, "expires_at must be an RFC 2822 date");
    }
}
