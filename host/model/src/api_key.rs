//! API keys. The store knows a key by the hash of its token; the token itself is shown once, at creation.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::time::now;
use crate::v1::{Fields, V1Error};
use crate::{AccountId, Secret, Sid};

const FIELDS: &[&str] = &["account_sid", "service_provider_sid", "expires_at", "token"];

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
}

impl ApiKey {
    /// A fresh key and its token, which nobody can read again.
    #[must_use]
    pub fn issue(scope: Scope, expires_at: Option<OffsetDateTime>) -> (Self, Secret) {
        let token = Secret::new(Uuid::new_v4().hyphenated().to_string());
        (Self::with_scope(scope, expires_at), token)
    }

    /// A key for a token that the operator chose.
    #[must_use]
    pub fn with_scope(scope: Scope, expires_at: Option<OffsetDateTime>) -> Self {
        Self { api_key_sid: Sid::random(), scope, expires_at, last_used: None, created_at: now() }
    }

    /// Whether it opens nothing any more.
    #[must_use]
    pub fn is_expired(&self, now: OffsetDateTime) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
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
        Ok(Self { scope, expires_at: fields.date("expires_at")? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_stored_key_does_not_know_its_token() {
        let (key, token) = ApiKey::issue(Scope::Admin, None);
        assert!(Uuid::parse_str(token.expose()).is_ok_and(|token| token.get_version_num() == 4));
        assert!(!serde_json::to_string(&key).unwrap().contains(token.expose()));
        assert_eq!(stored_id("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_key_survives_the_store() {
        let account = AccountId::random();
        let (key, _) = ApiKey::issue(Scope::Account(account), Some(now()));
        let stored = serde_json::to_value(&key).unwrap();
        assert_eq!(stored["scope"], json!({"account": account.hex()}));
        assert_eq!(serde_json::from_value::<ApiKey>(stored).unwrap(), key);
    }

    #[test]
    fn an_expired_key_is_known_as_such() {
        let (key, _) = ApiKey::issue(Scope::Admin, Some(now()));
        assert!(key.is_expired(now()));
        assert!(!ApiKey::issue(Scope::Admin, None).0.is_expired(now()));
    }

    #[test]
    fn what_a_request_names_is_the_scope() {
        let sid = Sid::random();
        let request = ApiKeyRequest::from_request(&json!({"service_provider_sid": sid, "token": "mine"})).unwrap();
        assert_eq!(request, ApiKeyRequest { scope: Scope::ServiceProvider(sid), expires_at: None });
        let refused = ApiKeyRequest::from_request(&json!({"expires_at": "tomorrow"})).unwrap_err();
        assert_eq!(refused.0, "expires_at must be an RFC 2822 date");
    }
}
