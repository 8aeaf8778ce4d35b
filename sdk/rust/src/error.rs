//! How a plugin refuses, and how its parameters are read.

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

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
    let mut json = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut json)
        .map_err(|error| PluginError::bad_parameter(dotted(error.path()), "type", error.inner().to_string()))
}

fn dotted(path: &Path) -> String {
    let segments = path.iter().map(|segment| match segment {
        Segment::Seq { index } => index.to_string(),
        Segment::Map { key } => key.clone(),
        Segment::Enum { variant } => variant.clone(),
        Segment::Unknown => "?".into(),
    });
    segments.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug)]
    struct Parameters {
        #[expect(dead_code, reason = "only its type is of interest")]
        limits: Vec<u8>,
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_path() {
        let path = |json| match read_parameters::<Parameters>(json) {
            Err(PluginError::BadParameter(fault)) => fault.path,
            other => panic!("{other:?}"),
        };
        assert_eq!(path(r#"{"limits": [1, "two"]}"#), "limits.1");
        assert_eq!(path(r#"{"limits": 1}"#), "limits");
        assert_eq!(path("{}"), "");
    }
}
