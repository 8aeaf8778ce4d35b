//! What is known of a setting before anybody gives it a value.

use super::kind::{Kind, Shape};

/// A part of the file, with the settings in it.
pub struct Section {
    /// Its name, in brackets in the file.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static [&'static str],
    /// Its settings.
    pub settings: &'static [Setting],
}

/// One setting.
pub struct Setting {
    /// The section it is in.
    pub section: &'static str,
    /// Its key there.
    pub key: &'static str,
    /// What it does, by line.
    pub about: &'static [&'static str],
    /// Its value where nobody gives one, as the environment would.
    pub default: Option<&'static str>,
    /// How it is written in the file.
    pub shape: Shape,
    /// What stands for its value in a description of options.
    pub placeholder: &'static str,
    /// What its value must be.
    pub rule: fn() -> String,
    /// Whether it is a secret or carries one: complaints do not repeat it.
    pub is_secret: bool,
    name: Option<&'static str>,
    /// Another key that means the same.
    other: Option<&'static str>,
}

impl Setting {
    pub(super) const fn of<K: Kind>(section: &'static str, key: &'static str, about: &'static [&'static str]) -> Self {
        Self {
            section,
            key,
            about,
            default: None,
            shape: K::SHAPE,
            placeholder: K::PLACEHOLDER,
            rule: K::rule,
            is_secret: K::IS_SECRET,
            name: None,
            other: None,
        }
    }

    pub(super) const fn with_default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    pub(super) const fn named(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    pub(super) const fn or(mut self, other: &'static str) -> Self {
        self.other = Some(other);
        self
    }

    /// Whether the file means it by that key.
    pub fn has_key(&self, key: &str) -> bool {
        self.key == key || self.other == Some(key)
    }

    /// `section.key`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    /// The environment variable that gives it.
    pub fn variable(&self) -> String {
        format!("STROWGER_{}", self.spelled().to_uppercase().replace('-', "_"))
    }

    /// The option that gives it, without its dashes. Every user of a machine sees command lines: a secret has an option only where its
    /// declaration names one, for trials.
    pub fn option(&self) -> Option<String> {
        (!self.is_secret || self.name.is_some()).then(|| self.spelled())
    }

    /// The other variable that gives it.
    pub fn other_variable(&self) -> Option<String> {
        self.other.map(|other| format!("STROWGER_{}", other.to_uppercase()))
    }

    /// The other option that gives it, without its dashes.
    pub fn other_option(&self) -> Option<String> {
        self.other.map(|other| other.replace('_', "-"))
    }

    /// The other key that means it.
    pub fn other_key(&self) -> Option<&'static str> {
        self.other
    }

    fn spelled(&self) -> String {
        self.name.map_or_else(|| format!("{}-{}", self.section, self.key).replace('_', "-"), ToOwned::to_owned)
    }
}
