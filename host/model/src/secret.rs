//! Text that must not be seen.

use std::fmt;

use serde::{Deserialize, Serializer};

/// A password or token. It cannot be printed, and it is not serialised unless a field asks for it by [`Secret::reveal`].
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that has to send it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// For `#[serde(serialize_with = "Secret::reveal")]`, on types that are stored and on nothing else.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn reveal<S: Serializer>(secret: &Self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&secret.0)
    }

    /// As [`Secret::reveal`], for an optional secret.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn reveal_option<S: Serializer>(secret: &Option<Self>, serializer: S) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => serializer.serialize_some(&secret.0),
            None => serializer.serialize_none(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Some(Secret::new("DrWoody"))), "Some(…)");
    }
}
