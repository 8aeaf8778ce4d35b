//! What is wrong with a configuration.

use std::fmt;

use super::given::Source;
use super::setting::Setting;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    place: Option<String>,
    text: String,
}

impl Problem {
    /// Something about the configuration as a whole.
    pub(super) fn general(text: impl Into<String>) -> Self {
        Self { place: None, text: text.into() }
    }

    /// Something at that place.
    pub(super) fn at(place: impl fmt::Display, text: impl Into<String>) -> Self {
        Self { place: Some(place.to_string()), text: text.into() }
    }

    /// A value that breaks its rule; a secret one is not repeated.
    pub(super) fn broken(setting: &Setting, source: &Source, found: &str) -> Self {
        let text = format!("`{}` must be {}", setting.path(), (setting.rule)());
        let shown: String = found.chars().take(80).collect();
        Self::at(source, if setting.is_secret { text } else { format!("{text}, not {shown}") })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("configuration{}", .0.iter().map(|problem| format!("\n  {problem}")).collect::<String>())]
pub struct ConfigError(pub(super) Vec<Problem>);
