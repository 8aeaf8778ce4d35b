//! How a plugin refuses, and how its parameters are read.

use serde::de::DeserializeOwned;

pub use crate::bindings::imports::types::{ParameterFault, PluginError};

impl PluginError {
    /// The configuration cannot be used: which parameter (a dotted path), which schema keyword, and what it wants.
    pub fn bad_parameter(path: impl Into<String>, rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self::BadParameter(ParameterFault { path: path.into(), rule: rule.into(), message: message.into() })
    }

    /// This call cannot be answered, and why.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self::Failed(reason.into())
    }
}

/// Reads parameters. The host has validated them with the plugin's own schema, so that this fails only where the schema allows
/// what the type does not.
pub(crate) fn read_parameters<P: DeserializeOwned>(json: &str) -> Result<P, PluginError> {
    serde_json::from_str(json).map_err(|error| PluginError::bad_parameter("", "type", error.to_string()))
}
