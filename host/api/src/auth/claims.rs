//! What a token says.

use serde::{Deserialize, Serialize};
use strowger_model::api_key::Scope;
use strowger_model::{AccountId, Sid};

use super::restrictions::Restrictions;

/// What was traded for a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Holder {
    /// An API key.
    Key {
        sid: Sid,
        /// Times that it had been rotated.
        rotation: u32,
    },
    /// A log-in of a user.
    User {
        id: Sid,
        /// Which of the passwords that the user had over time.
        credentials: String,
    },
}

/// The claims of a token (RFC 7519). They are signed, not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// Its own id.
    pub(crate) jti: String,
    /// Unix second it was issued in.
    pub(crate) iat: i64,
    /// Unix second it ends with.
    pub(crate) exp: i64,
    /// What it opens.
    pub(crate) scope: Scope,
    /// The account that it is of, for clients to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<AccountId>,
    /// The user that it is of, for clients to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner_id: Option<String>,
    pub(crate) holder: Holder,
    /// What it is limited to beside its scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) restrictions: Option<Restrictions>,
}
