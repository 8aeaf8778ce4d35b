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
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let told = error.inner().to_string();
        // The parameters are one line that nobody has seen: where in it is no news.
        let message = told.rsplit_once(" at line ").map_or(told.as_str(), |(message, _)| message);
        let (rule, member) = broken_rule(message);
        PluginError::bad_parameter(joined(dotted(error.path()), member), rule, message)
    })
}

/// The schema keyword that serde's words stand for, and the member that they name.
fn broken_rule(message: &str) -> (&'static str, &str) {
    let named = |start: &str| message.strip_prefix(start)?.split('`').next();
    if let Some(member) = named("missing field `") {
        ("required", member)
    } else if let Some(member) = named("unknown field `") {
        ("additionalProperties", member)
    } else if message.starts_with("unknown variant") {
        ("enum", "")
    } else {
        ("type", "")
    }
}

/// The path of a member, which serde may have named already.
fn joined(path: String, member: &str) -> String {
    match (path.as_str(), member) {
        (_, "") => path,
        ("" | ".", member) => member.to_owned(),
        (path, member) if path == member || path.ends_with(&format!(".{member}")) => path.to_owned(),
        (path, member) => format!("{path}.{member}"),
    }
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
        #[serde(default)]
        #[expect(dead_code, reason = "only its type is of interest")]
        mode: Mode,
        #[serde(default)]
        #[expect(dead_code, reason = "only its type is of interest")]
        inner: Option<Inner>,
    }

    #[derive(Deserialize, Debug, Default)]
    #[serde(rename_all = "snake_case")]
    enum Mode {
        #[default]
        Keep,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its type is of interest")]
        size: u8,
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_path_and_rule() {
        let fault = |json| match read_parameters::<Parameters>(json) {
            Err(PluginError::BadParameter(fault)) => format!("{} {}", fault.path, fault.rule),
            other => panic!("{other:?}"),
        };
        assert_eq!(fault(r#"{"limits": [1, "two"]}"#), "limits.1 type");
        assert_eq!(fault(r#"{"limits": 1}"#), "limits type");
        assert_eq!(fault("{}"), "limits required");
        assert_eq!(fault(r#"{"limits": [], "mode": "burn"}"#), "mode enum");
        assert_eq!(fault(r#"{"limits": [], "inner": {}}"#), "inner.size required");
        assert_eq!(fault(r#"{"limits": [], "inner": {"size": 1, "colour": 2}}"#), "inner.colour additionalProperties");
    }

    #[test]
    fn where_in_the_line_it_is_goes_unsaid() {
        let Err(PluginError::BadParameter(fault)) = read_parameters::<Parameters>("{}") else { panic!() };
        assert_eq!(fault.message, "missing field `limits`");
    }
}
