//! Reading of documents that are older than their rules: `"50"` for 50, `"true"` for true, `null` for nothing.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{DEFAULT_GRACE_PERIOD, DEFAULT_WEIGHT};

fn integer_of(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn boolean_of(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn option_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Value::deserialize(deserializer).map(|value| integer_of(&value))
}

pub(super) fn weight<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    option_integer(deserializer).map(|weight| weight.unwrap_or(DEFAULT_WEIGHT))
}

pub(super) fn grace_period<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    option_integer(deserializer).map(|seconds| seconds.unwrap_or(DEFAULT_GRACE_PERIOD))
}

pub(super) fn option_port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    option_integer(deserializer).map(|port| port.and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0))
}

pub(super) fn option_boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Value::deserialize(deserializer).map(|value| boolean_of(&value))
}

pub(super) fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    option_boolean(deserializer).map(|value| value.unwrap_or(false))
}

pub(super) fn boolean_true<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    option_boolean(deserializer).map(|value| value.unwrap_or(true))
}

/// A part that is `null` is one that is not there.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}
