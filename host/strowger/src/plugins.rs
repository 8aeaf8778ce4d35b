//! Plugins that the operator puts into a folder.

use std::path::{Path, PathBuf};

use strowger_sandbox::{Grants, InstallError, Sandbox};

/// Why a folder of plugins is not installed; nothing is served then.
#[derive(Debug, thiserror::Error)]
pub enum PluginFileError {
    /// A file or the folder cannot be read.
    #[error("plugin folder {path}: {source}")]
    Read {
        /// What was read.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A name that says no version, or nothing.
    #[error("plugin {0}: a component is named NAME@VERSION.wasm, in letters, digits, '-', '_' and '.'")]
    Name(String),
    /// A component that breaks a rule.
    #[error("plugin {path}: {source}")]
    Install {
        /// The file.
        path: String,
        /// The rule.
        source: Box<InstallError>,
    },
}

/// Installs every `*.wasm` of the folder, in the order of their names, so that the last version of a name is the active one.
pub async fn install(sandbox: &Sandbox, folder: &Path) -> Result<(), PluginFileError> {
    for path in components(folder)? {
        let shown = path.display().to_string();
        let (name, version) = named(&path).ok_or_else(|| PluginFileError::Name(shown.clone()))?;
        let read = std::fs::read(&path);
        let component = read.map_err(|source| PluginFileError::Read { path: shown.clone(), source })?;
        let installed = sandbox.install(&name, &version, &component, Grants::default()).await;
        let module = installed.map_err(|source| PluginFileError::Install { path: shown, source: Box::new(source) })?;
        tracing::info!(plugin = module.id(), kind = module.kind.name(), digest = %module.digest, "plugin installed");
    }
    Ok(())
}

fn components(folder: &Path) -> Result<Vec<PathBuf>, PluginFileError> {
    let failed = |source| PluginFileError::Read { path: folder.display().to_string(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn named(path: &Path) -> Option<(String, String)> {
    let (name, version) = path.file_stem()?.to_str()?.split_once('@')?;
    let fits = |text: &str| {
        let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        (1..=64).contains(&text.len()) && letters
    };
    (fits(name) && fits(version)).then(|| (name.to_owned(), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_its_plugin_and_its_version() {
        let expected = Some(("prefer-name".to_owned(), "1.2.0".to_owned()));
        assert_eq!(named(Path::new("/x/prefer-name@1.2.0.wasm")), expected);
        for path in ["prefer.wasm", "@1.wasm", "a@.wasm", "a b@1.wasm", "a@1@2.wasm"] {
            assert_eq!(named(Path::new(path)), None, "{path}");
        }
    }
}
