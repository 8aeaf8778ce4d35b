//! What `/v1` documents share: one error with one message, 0/1 booleans, hyphenated accounts, and reading of request bodies.

use serde::{Deserialize, Deserializer, Serializer};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::time::parse_date;
use crate::{AccountId, Hook, Rate, Sid};

/// Why a `/v1` request is refused, as its `msg` says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct V1Error(pub String);

impl V1Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// `/v1` writes booleans as 0 and 1.
pub(crate) fn zero_one<S: Serializer>(value: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(u8::from(*value))
}

pub(crate) fn from_zero_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = Value::deserialize(deserializer)?;
    boolean_of(&value).ok_or_else(|| serde::de::Error::custom("expected 0, 1, true or false"))
}

/// `/v1` writes an account's id with hyphens.
pub(crate) fn hyphenated<S: Serializer>(id: &AccountId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&id.hyphenated())
}

fn boolean_of(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => match number.as_u64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.as_str() {
            "0" | "false" => Some(false),
            "1" | "true" => Some(true),
            _ => None,
        },
        _ => None,
    }
}

/// The fields of a request body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// Takes a body apart; every field must be `known`.
    pub(crate) fn of(body: &'a Value, known: &[&[&str]]) -> Result<Self, V1Error> {
        let body = body.as_object().ok_or_else(|| V1Error::new("the body must be a JSON object"))?;
        match body.keys().find(|key| !known.iter().any(|group| group.contains(&key.as_str()))) {
            Some(unknown) => {
                let shown: String = unknown.chars().take(64).collect();
                Err(V1Error(format!("unknown field {shown}")))
            }
            None => Ok(Self(body)),
        }
    }

    /// Refuses a body that names what only the host gives.
    pub(crate) fn immutable(self, name: &str) -> Result<(), V1Error> {
        if self.0.contains_key(name) { Err(V1Error(format!("primary key {name} is immutable"))) } else { Ok(()) }
    }

    /// The value, `null` included.
    pub(crate) fn raw(self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    /// The value, where it is there and not `null`.
    pub(crate) fn value(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text of at most `longest` characters, without control characters.
    pub(crate) fn text(self, name: &str, longest: usize) -> Result<Option<String>, V1Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| V1Error(format!("{name} must be a string")))?;
        if text.chars().count() > longest {
            return Err(V1Error(format!("{name} must be at most {longest} characters")));
        }
        if text.chars().any(char::is_control) {
            return Err(V1Error(format!("{name} must not contain control characters")));
        }
        Ok(Some(text.to_owned()))
    }

    /// A text that has to be there.
    pub(crate) fn required_text(self, name: &str, longest: usize) -> Result<String, V1Error> {
        let text = self.text(name, longest)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| V1Error(format!("missing field {name}")))
    }

    /// A boolean, as 0, 1, true or false.
    pub(crate) fn flag(self, name: &str) -> Result<Option<bool>, V1Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        boolean_of(value).map(Some).ok_or_else(|| V1Error(format!("{name} must be 0, 1, true or false")))
    }

    /// A whole number of at most `highest`.
    pub(crate) fn whole(self, name: &str, highest: u32) -> Result<Option<u32>, V1Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = match value {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64().and_then(|number| u32::try_from(number).ok()),
        };
        let number = number.filter(|number| *number <= highest);
        number.map(Some).ok_or_else(|| V1Error(format!("{name} must be a whole number of at most {highest}")))
    }

    /// The id of an object.
    pub(crate) fn sid(self, name: &str) -> Result<Option<Sid>, V1Error> {
        self.parsed(name)
    }

    /// The id of an account.
    pub(crate) fn account(self, name: &str) -> Result<Option<AccountId>, V1Error> {
        self.parsed(name)
    }

    fn parsed<T: std::str::FromStr>(self, name: &str) -> Result<Option<T>, V1Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let parsed = value.as_str().and_then(|text| text.parse().ok());
        parsed.map(Some).ok_or_else(|| V1Error(format!("invalid {name}")))
    }

    /// A date.
    pub(crate) fn date(self, name: &str) -> Result<Option<OffsetDateTime>, V1Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let date = value.as_str().and_then(parse_date);
        date.map(Some).ok_or_else(|| V1Error(format!("{name} must be an RFC 2822 date")))
    }

    /// A rate of requests.
    pub(crate) fn rate(self, name: &str) -> Result<Option<Rate>, V1Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let rate = Rate::deserialize(value).ok().filter(|rate| rate.is_sensible());
        let refusal = || {
            let highest = Rate::HIGHEST;
            V1Error(format!("{name} must have requests_per_second and burst, each a number from 1 to {highest}"))
        };
        rate.map(Some).ok_or_else(refusal)
    }

    /// One of a type's names.
    pub(crate) fn named<T: for<'de> Deserialize<'de>>(self, name: &str, names: &str) -> Result<Option<T>, V1Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        T::deserialize(value).map(Some).map_err(|_| V1Error(format!("{name} must be one of {names}")))
    }

    /// A hook as an object; `null` and `{}` are none. `whom` completes the message: what the hook was to be added to.
    pub(crate) fn hook(self, name: &str, whom: &str) -> Result<Option<Hook>, V1Error> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(empty)) if empty.is_empty() => Ok(None),
            Some(value @ Value::Object(_)) => Hook::from_object(name, value).map(Some),
            Some(_) => Err(V1Error(format!("'{name}' must be an object when adding {whom}"))),
        }
    }
}
