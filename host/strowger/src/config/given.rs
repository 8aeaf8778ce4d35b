//! What the sources give.

use std::fmt;

use super::setting::Setting;
use super::settings::SECTIONS;

/// Where a value comes from, in order of rising precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody gave it.
    Default,
    /// The file.
    File {
        /// Its name, as it was given.
        name: String,
        /// The line, from 1 on.
        line: usize,
    },
    /// An environment variable.
    Environment(String),
    /// An option of the command line.
    Option(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { name, line } => write!(f, "{name} line {line}"),
            Self::Environment(name) => f.write_str(name),
            Self::Option(name) => write!(f, "--{name}"),
        }
    }
}

/// One value that a source gives.
pub struct Given {
    /// The setting.
    pub setting: &'static Setting,
    /// Who gives it.
    pub source: Source,
    /// Its text.
    pub text: String,
}

/// Every setting.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SECTIONS.iter().flat_map(|section| section.settings)
}
