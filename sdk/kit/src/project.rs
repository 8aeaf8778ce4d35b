//! A plugin's folder: `plugin.toml`, sources, cases, and what is built.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Kind, KitError, Language};

/// The file that makes a folder a plugin's.
pub const MANIFEST: &str = "plugin.toml";

/// What the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    name: String,
    version: String,
    kind: Kind,
    lang: Language,
    #[serde(default)]
    capabilities: Vec<Optional>,
}

/// An interface that a plugin imports only where its author wants it, since it must be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optional {
    /// Keys and values of the account.
    Kv,
    /// Requests to hosts that are granted.
    Http,
}

/// A plugin's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Where it is.
    pub folder: PathBuf,
    /// Its name, as chains and hooks write it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is.
    pub kind: Kind,
    /// What it is written in.
    pub language: Language,
    /// What it imports beside what every plugin of its kind may.
    pub capabilities: Vec<Optional>,
}

impl Project {
    /// The plugin of a folder.
    ///
    /// # Errors
    /// Where it has no manifest, or one that says something else than it must.
    pub fn open(folder: &Path) -> Result<Self, KitError> {
        let path = folder.join(MANIFEST);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(KitError::NoProject(folder.to_owned()));
            }
            Err(source) => return Err(KitError::File { path, source }),
        };
        let invalid = |reason: String| KitError::Manifest { path: path.clone(), reason };
        let Manifest { name, version, kind, lang, capabilities } =
            toml::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        check_name(&name).map_err(|error| invalid(error.to_string()))?;
        check_version(&version).map_err(invalid)?;
        if !capabilities.is_empty() && !kind.may_wait() {
            return Err(invalid(format!("capabilities: a {kind} has none; call hooks and message providers may")));
        }
        let folder = fs::canonicalize(folder).map_err(KitError::file(folder))?;
        Ok(Self { folder, name, version, kind, language: lang, capabilities })
    }

    /// The text of a manifest.
    pub(crate) fn manifest(name: &str, kind: Kind, language: Language) -> String {
        format!("name = \"{name}\"\nversion = \"0.1.0\"\nkind = \"{kind}\"\nlang = \"{}\"\n", language.name())
    }

    /// Where everything that is built or staged goes.
    #[must_use]
    pub fn build_folder(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// The component, named as a server's folder of plugins wants it.
    #[must_use]
    pub fn component(&self) -> PathBuf {
        self.build_folder().join(format!("{}@{}.wasm", self.name, self.version))
    }

    /// The component's bytes.
    ///
    /// # Errors
    /// Where it is not built.
    pub fn built(&self) -> Result<Vec<u8>, KitError> {
        let path = self.component();
        match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(KitError::NotBuilt(self.folder.clone())),
            other => other.map_err(KitError::file(&path)),
        }
    }

    /// The files of cases, in order.
    #[must_use]
    pub fn cases(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.join("cases")).into_iter().flatten().flatten();
        let is_cases = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "toml" || ending == "json");
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_cases).collect();
        files.sort();
        files
    }
}

/// A name that a chain, a file and a package can have.
pub(crate) fn check_name(name: &str) -> Result<(), KitError> {
    let letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let fits = letters && begins && name.len() <= 64;
    if fits { Ok(()) } else { Err(KitError::Name(name.to_owned())) }
}

fn check_version(version: &str) -> Result<(), String> {
    let letters = version.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let fits = letters && (1..=64).contains(&version.len());
    if fits { Ok(()) } else { Err(format!("version '{version}': 1 to 64 letters, digits, '.', '-' and '_'")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_says_four_things() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Project::open(folder.path()), Err(KitError::NoProject(_))));
        fs::write(folder.path().join(MANIFEST), Project::manifest("x-1", Kind::CallHook, Language::Js)).unwrap();
        let project = Project::open(folder.path()).unwrap();
        assert_eq!((project.kind, project.language), (Kind::CallHook, Language::Js));
        assert!(project.component().ends_with("build/x-1@0.1.0.wasm"));
        fs::write(folder.path().join(MANIFEST), "name = \"x\"\nversion = \"1\"\nkind = \"spoon\"\nlang = \"c\"")
            .unwrap();
        let error = Project::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("spoon") && error.contains("selector"), "{error}");
    }

    #[test]
    fn a_name_can_be_a_file_and_a_package() {
        for name in ["a", "prefer-name", "x9"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "9x", "-a", "A", "a_b", "a/b", "a.b"] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
