//! How plugins and their versions are called.

use std::fmt;
use std::str::FromStr;

/// Characters of a name, and of a version.
const LONGEST: usize = 64;

/// A name that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is no {what}: 1 to 64 letters, digits, '-', '_' and '.', beginning with a letter or digit")]
pub struct InvalidName {
    /// What was given, cut short.
    pub given: String,
    /// `name` or `version`.
    pub what: &'static str,
}

/// Checks a plugin's name or a version's.
///
/// # Errors
/// [`InvalidName`].
pub(crate) fn check(what: &'static str, text: &str) -> Result<(), InvalidName> {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if letters && begins && text.len() <= LONGEST {
        return Ok(());
    }
    Err(InvalidName { given: text.chars().filter(|c| !c.is_control()).take(LONGEST).collect(), what })
}

/// What a chain or a hook says: `NAME`, which means the active version, or `NAME@VERSION`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The plugin.
    pub name: String,
    /// The version, if it is pinned.
    pub version: Option<String>,
}

impl Reference {
    /// Whether it names that version of that plugin, whose active version is given.
    #[must_use]
    pub fn means(&self, name: &str, version: &str, active: Option<&str>) -> bool {
        self.name == name && self.version.as_deref().or(active) == Some(version)
    }
}

impl FromStr for Reference {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let (name, version) = text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)));
        check("name", name)?;
        version.map_or(Ok(()), |version| check("version", version))?;
        Ok(Self { name: name.to_owned(), version: version.map(ToOwned::to_owned) })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}@{version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_name_with_a_version_or_without() {
        for text in ["order", "order@1.2.0", "my_lcr-2@2026.11"] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
        for text in ["", "@1", "a@", "a@1@2", "a b", "-a", "a/b", "../a", &"a".repeat(65)] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_alone_means_the_active_version() {
        let [pinned, free] = ["a@1", "a"].map(|text| text.parse::<Reference>().unwrap());
        assert!(pinned.means("a", "1", Some("2")) && !pinned.means("a", "2", Some("2")));
        assert!(
            free.means("a", "2", Some("2")) && !free.means("a", "1", Some("2")) && !free.means("b", "2", Some("2"))
        );
    }
}
