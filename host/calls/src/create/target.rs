//! Whom to call.

use serde_json::Value;
use strowger_model::Secret;

use super::fields::{Fields, is_line, shown};
use super::invalid;
use crate::error::CreateError;

const MAX_HEADERS: usize = 32;

/// Documented ways of reaching somebody that are not built.
const NOT_BUILT: [&str; 2] = ["overrideTo", "proxy"];

/// Whom to call.
#[derive(Debug, Clone)]
pub enum Target {
    /// A number, by the account's carriers.
    Phone {
        /// The number.
        number: String,
        /// The only carrier to use, by name.
        trunk: Option<String>,
        /// Headers of the INVITE, before those of the call.
        headers: Vec<(String, String)>,
    },
    /// A SIP URI, without routing.
    Sip {
        /// The URI.
        uri: String,
        /// Answer to a digest challenge.
        auth: Option<SipAuth>,
        /// Headers of the INVITE, before those of the call.
        headers: Vec<(String, String)>,
    },
}

/// A user name and its password.
#[derive(Debug, Clone)]
pub struct SipAuth {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Secret,
}

impl Target {
    pub(super) fn parse(to: Option<&Value>) -> Result<Self, CreateError> {
        let unusable = || {
            let text = to.map_or_else(|| "undefined".to_owned(), |to| shown(&to.to_string()));
            invalid(format!("missing or invalid to property: {text}"))
        };
        let Some(value @ Value::Object(object)) = to else { return Err(unusable()) };
        let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| is_line(text, 256));
        let fields = Fields::of(value)?;
        if let Some(name) = NOT_BUILT.iter().find(|name| fields.is_truthy(name)) {
            return Err(CreateError::NotBuilt(format!("to.{name}")));
        }
        let headers = fields.headers("headers", MAX_HEADERS)?;
        match text("type") {
            // The document's example names the number `name`, its text `number`.
            Some("phone") => {
                let number = text("number").or_else(|| text("name")).ok_or_else(unusable)?.to_owned();
                Ok(Self::Phone { number, trunk: text("trunk").map(ToOwned::to_owned), headers })
            }
            Some("sip") => {
                let uri = text("sipUri").ok_or_else(unusable)?.to_owned();
                let auth = fields.get("auth").map(|auth| auth_of(auth).ok_or_else(bad_auth)).transpose()?;
                Ok(Self::Sip { uri, auth, headers })
            }
            Some(kind @ ("user" | "teams")) => Err(CreateError::NotBuilt(format!("to.type {kind}"))),
            _ => Err(unusable()),
        }
    }

    /// The called number or URI.
    #[must_use]
    pub fn address(&self) -> &str {
        match self {
            Self::Phone { number, .. } => number,
            Self::Sip { uri, .. } => uri,
        }
    }
}

fn auth_of(auth: &Value) -> Option<SipAuth> {
    let text = |name: &str| auth.get(name)?.as_str().filter(|text| is_line(text, 256));
    Some(SipAuth { username: text("username")?.to_owned(), password: Secret::new(text("password")?) })
}

fn bad_auth() -> CreateError {
    invalid("to.auth must be an object with username and password")
}
