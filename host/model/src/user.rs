//! Users: who may log in to an account.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::schema::Schema;
use crate::{PasswordSettings, Violation, Violations};

/// Most bytes of JSON that a document may have.
const MAX_DOCUMENT: usize = 64 * 1024;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::embedded(include_str!("../schemas/user.json")));

/// What a user may do in the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// As much as a key of the account.
    Admin,
    /// Read, and nothing of the account's keys and other users.
    User,
}

/// A user, as access control reads it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// Unique in the account, whatever its case.
    pub username: String,
    /// What it may do.
    pub priv_level: Privilege,
    /// Whether it may do anything at all.
    pub enabled: bool,
}

/// The name that users of an account are told apart by. The documented credentials are digests of it too.
#[must_use]
pub fn folded(username: &str) -> String {
    username.to_lowercase()
}

/// Repairs wrong types, fills in the schema's defaults and checks the whole document. Fields that no rule names are kept.
///
/// # Errors
/// Every rule that it breaks. A password is never repeated.
pub fn validate(document: &mut Map<String, Value>, passwords: PasswordSettings) -> Result<(), Violations> {
    let mut violations = SCHEMA.validate(document);
    let password = document.get("password").and_then(Value::as_str);
    if let Some((rule, message)) = password.and_then(|password| passwords.broken_by(password)) {
        let target = if rule == "minLength" { json!(passwords.min_password_length) } else { json!(true) };
        violations.push(Violation::new("password", rule, message).target(target));
    }
    let size = serde_json::to_vec(document).map_or(usize::MAX, |json| json.len());
    if size > MAX_DOCUMENT {
        let message = format!("A user has at most {MAX_DOCUMENT} bytes");
        violations.push(Violation::new("data", "maxLength", message).target(MAX_DOCUMENT));
    }
    violations.into_result()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(document: Value) -> Value {
        let Value::Object(mut document) = document else { panic!("an object") };
        validate(&mut document, PasswordSettings::of_length(8)).unwrap_err().to_data()
    }

    #[test]
    fn a_username_is_all_it_needs() {
        let mut document = json!({"username": "Ada", "colour": "red"}).as_object().unwrap().clone();
        validate(&mut document, PasswordSettings::of_length(8)).unwrap();
        let user = User::deserialize(Value::Object(document.clone())).unwrap();
        assert_eq!((user.priv_level, user.enabled), (Privilege::User, true));
        assert_eq!(document["colour"], "red");
    }

    #[test]
    fn every_broken_rule_is_told_at_once() {
        let told = refused(json!({"username": "a:b", "password": "short", "priv_level": "root", "email": "nobody"}));
        let paths: Vec<&String> = told.as_object().unwrap().keys().collect();
        for path in ["username", "password", "priv_level", "email"] {
            assert!(paths.iter().any(|told| *told == path), "{path} of {told}");
        }
    }

    #[test]
    fn a_refused_password_is_not_repeated() {
        let told = refused(json!({"password": "x7w9"}));
        assert_eq!(told["password"]["minLength"]["target"], 8);
        assert!(!told.to_string().contains("x7w9"), "{told}");
        let long = "p4ss".repeat(100);
        assert!(!refused(json!({"username": "ada", "password": long.clone()})).to_string().contains(&long));
        assert!(
            !refused(json!({"username": "ada", "password": 123_456_789_012_i64, "enabled": "x"}))
                .to_string()
                .contains("1234")
        );
    }

    #[test]
    fn names_are_compared_in_lower_case() {
        assert_eq!(folded("ÄDA"), folded("äda"));
    }
}
