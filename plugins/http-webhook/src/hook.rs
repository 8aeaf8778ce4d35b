//! Where to ask, and how.

use serde::Deserialize;
use strowger_plugin_http::Method;
use strowger_sdk::PluginError;

/// A hook, as the application's document has it. Holds secrets, so it cannot be printed.
#[derive(Deserialize)]
pub(crate) struct Hook {
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) method: Method,
    username: Option<String>,
    password: Option<String>,
    pub(crate) secret: Option<String>,
}

impl Hook {
    /// The message of the parser could quote a secret, so it is not passed on.
    pub(crate) fn read(json: &str) -> Result<Self, PluginError> {
        let invalid = |_| PluginError::bad_parameter("", "type", "a webhook is {url, method, username, password}");
        serde_json::from_str(json).map_err(invalid)
    }

    /// Both or none: a user without a password is not sent.
    pub(crate) fn credentials(&self) -> Option<(&str, &str)> {
        self.username.as_deref().zip(self.password.as_deref())
    }
}
