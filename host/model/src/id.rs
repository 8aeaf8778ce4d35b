//! Identifiers. An account is one UUID in two spellings: 32 hex digits (`/v2`) and hyphenated (`/v1`); each API accepts both.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// Text that is no UUID in either spelling.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an identifier: expected 32 hex digits or a hyphenated UUID")]
pub struct InvalidId(pub String);

fn parse_uuid(text: &str) -> Result<Uuid, InvalidId> {
    let spelled_right = text.len() == 32 || text.len() == 36;
    let parsed = if spelled_right { Uuid::try_parse(text).ok() } else { None };
    parsed.ok_or_else(|| InvalidId(text.chars().take(64).collect()))
}

/// An account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Uuid);

impl AccountId {
    /// A fresh random identifier.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The `/v2` spelling: 32 lower-case hex digits.
    #[must_use]
    pub fn hex(self) -> String {
        self.0.simple().to_string()
    }

    /// The `/v1` spelling: a hyphenated lower-case UUID.
    #[must_use]
    pub fn hyphenated(self) -> String {
        self.0.hyphenated().to_string()
    }
}

impl FromStr for AccountId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        parse_uuid(text).map(Self)
    }
}

/// Shown in the `/v2` spelling, which is also the one that keys in the store use.
impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.simple())
    }
}

/// Any other object of the `/v1` API: an application, a call, a key, a service provider. Hyphenated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid(Uuid);

impl Sid {
    /// A fresh random identifier.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The one with these bits (RFC 9562, section 4).
    pub(crate) fn from_bits(bits: u128) -> Self {
        Self(Uuid::from_u128(bits))
    }

    pub(crate) fn bits(self) -> u128 {
        self.0.as_u128()
    }

    /// The same one for the same text (RFC 9562, section 5.8): of what has another name than an identifier.
    pub(crate) fn named(text: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(text).into();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, taken)| *byte = taken);
        Self(Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The `/v2` spelling: 32 lower-case hex digits.
    #[must_use]
    pub fn hex(self) -> String {
        self.0.simple().to_string()
    }
}

impl FromStr for Sid {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        parse_uuid(text).map(Self)
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Sid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Sid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_in_both_spellings() {
        let hyphenated: AccountId = "0e0681b0-d49f-4fb8-b973-b5a3c6758de1".parse().unwrap();
        let hex: AccountId = "0e0681b0d49f4fb8b973b5a3c6758de1".parse().unwrap();
        assert_eq!(hyphenated, hex);
        assert_eq!(hex.hex(), "0e0681b0d49f4fb8b973b5a3c6758de1");
        assert_eq!(hex.hyphenated(), "0e0681b0-d49f-4fb8-b973-b5a3c6758de1");
    }

    #[test]
    fn braces_and_urns_are_not_identifiers() {
        for text in ["", "x", "{0e0681b0-d49f-4fb8-b973-b5a3c6758de1}", "urn:uuid:0e0681b0-d49f-4fb8-b973-b5a3c6758de1"]
        {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
        }
    }
}
