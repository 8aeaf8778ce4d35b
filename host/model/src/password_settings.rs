//! What the passwords of users have to be like.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::v1::{Fields, V1Error, from_zero_one, zero_one};

const FIELDS: &[&str] = &["min_password_length", "require_digit", "require_special_character"];

const SHORTEST: u32 = 8;
const LONGEST: u32 = 20;

/// The rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordSettings {
    /// Least characters.
    pub min_password_length: u32,
    /// Whether one has to be a digit.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub require_digit: bool,
    /// Whether one has to be neither letter nor digit.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub require_special_character: bool,
}

impl PasswordSettings {
    /// Only a length.
    #[must_use]
    pub fn of_length(min_password_length: u32) -> Self {
        Self { min_password_length, require_digit: false, require_special_character: false }
    }

    /// Changes what the body names.
    ///
    /// # Errors
    /// The first rule that it breaks; nothing has changed then.
    pub fn update(&mut self, body: &Value) -> Result<(), V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        let mut changed = *self;
        if let Some(length) = fields.whole("min_password_length", u32::MAX)? {
            if !(SHORTEST..=LONGEST).contains(&length) {
                return Err(V1Error(format!("min_password_length must be between {SHORTEST} and {LONGEST}")));
            }
            changed.min_password_length = length;
        }
        for (name, rule) in [
            ("require_digit", &mut changed.require_digit),
            ("require_special_character", &mut changed.require_special_character),
        ] {
            *rule = fields.flag(name)?.unwrap_or(*rule);
        }
        *self = changed;
        Ok(())
    }

    /// The rule that a password breaks: its name and what it says.
    #[must_use]
    pub fn broken_by(self, password: &str) -> Option<(&'static str, String)> {
        let least = self.min_password_length;
        if password.chars().count() < usize::try_from(least).unwrap_or(usize::MAX) {
            return Some(("minLength", format!("String must be at least {least} characters")));
        }
        if self.require_digit && !password.chars().any(|c| c.is_ascii_digit()) {
            return Some(("require_digit", "String must contain a digit".to_owned()));
        }
        if self.require_special_character && password.chars().all(char::is_alphanumeric) {
            return Some(("require_special_character", "String must contain a special character".to_owned()));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_password_breaks_one_rule_or_none() {
        let mut rules = PasswordSettings::of_length(8);
        assert_eq!(rules.broken_by("longenough"), None);
        rules.update(&json!({"min_password_length": 10, "require_digit": 1})).unwrap();
        rules.update(&json!({"require_special_character": true})).unwrap();
        let broken = |password| rules.broken_by(password).map(|(rule, _)| rule);
        assert_eq!(broken("short1!"), Some("minLength"));
        assert_eq!(broken("longenough!"), Some("require_digit"));
        assert_eq!(broken("longenough1"), Some("require_special_character"));
        assert_eq!(broken("long-enough1"), None);
        assert_eq!(serde_json::to_value(rules).unwrap()["require_digit"], 1);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refusal = |body: Value| PasswordSettings::of_length(8).update(&body).unwrap_err().0;
        assert_eq!(refusal(json!({"min_password_length": 7})), "min_password_length must be between 8 and 20");
        assert_eq!(refusal(json!({"min_password_length": 21})), "min_password_length must be between 8 and 20");
        assert_eq!(refusal(json!({"require_digit": "maybe"})), "require_digit must be 0, 1, true or false");
    }
}
