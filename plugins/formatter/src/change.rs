//! Which part of a value is formatted, by the value's shape.

use serde_json::Value;

use crate::diversion::Diversion;

/// What becomes of a field.
#[derive(Debug, PartialEq)]
pub(crate) enum Change {
    Strip,
    Replace(Value),
}

/// What a field's value is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    Text,
    /// `user@realm`, perhaps with a scheme before it: the user is formatted.
    Address,
    /// `Diversion` headers: the user of the first one's address is formatted, and the others are dropped.
    Diversions,
}

impl Shape {
    /// `text` in place of what is formatted. `None` where the value does not have this shape.
    pub(crate) fn replace(self, value: &Value, text: &str) -> Option<Value> {
        match self {
            Self::Text | Self::Diversions => Some(text.into()),
            Self::Address => self.rewrite(value, |_| Some(text.into())),
        }
    }

    /// What `rewritten` makes of what is formatted. `None` where it makes nothing, or the value does not have this shape.
    pub(crate) fn rewrite(self, value: &Value, rewritten: impl FnOnce(&str) -> Option<String>) -> Option<Value> {
        match self {
            Self::Text => rewritten(value.as_str()?).map(Value::String),
            Self::Address => {
                let (before, user, after) = user_of(value.as_str()?)?;
                Some(format!("{before}{}{after}", rewritten(user)?).into())
            }
            Self::Diversions => {
                let mut diversion = Diversion::first_of(value)?;
                let (before, user, after) = user_of(diversion.uri())?;
                let uri = format!("{before}{}{after}", rewritten(user)?);
                diversion.set_uri(uri);
                Some(diversion.into_value())
            }
        }
    }
}

/// An address as what comes before its user, the user, and what follows from the first `@` on.
fn user_of(address: &str) -> Option<(&str, &str, &str)> {
    let user = ["sip:", "sips:", "tel:"].iter().find_map(|scheme| address.strip_prefix(scheme)).unwrap_or(address);
    let before = address.strip_suffix(user)?;
    let (user, _) = user.split_once('@')?;
    let after = address.get(before.len() + user.len()..)?;
    Some((before, user, after))
}
