//! A new plugin from a starter.

use std::fs;
use std::path::Path;

use include_dir::Dir;

use crate::project::check_name;
use crate::{Kind, KitError, Language, MANIFEST, Project, build, files};

/// What a starter calls the plugin.
const PLACEHOLDER: &str = "{{name}}";

/// Makes a plugin of that name in a folder that must not be there yet, ready to be built.
///
/// # Errors
/// Where the name is none, or the folder is there or cannot be written.
pub fn start(folder: &Path, name: &str, kind: Kind, language: Language) -> Result<Project, KitError> {
    check_name(name)?;
    if folder.exists() {
        return Err(KitError::Exists(folder.to_owned()));
    }
    fs::create_dir_all(folder).map_err(KitError::file(folder))?;
    files::write(&folder.join(MANIFEST), Project::manifest(name, kind, language))?;
    files::write(&folder.join(".gitignore"), "/build/\n/target/\n")?;
    let starter = files::STARTERS.get_dir(format!("{}/{}", language.name(), kind.name()));
    if let Some(starter) = starter {
        put(starter, folder, name)?;
    }
    if let Some(common) = files::STARTERS.get_dir(format!("{}/common", language.name())) {
        put(common, folder, name)?;
    }
    let cases = files::STARTERS.get_file(format!("cases/{}.toml", kind.name()));
    if let Some(cases) = cases {
        files::write(&folder.join("cases/examples.toml"), cases.contents())?;
    }
    let project = Project::open(folder)?;
    build::stage(&project)?;
    Ok(project)
}

/// Writes a starter's files with the plugin's name in them. `Cargo.toml` is carried under another name: cargo would take it for a
/// package of this workspace.
fn put(dir: &Dir<'_>, to: &Path, name: &str) -> Result<(), KitError> {
    for file in dir.files() {
        let own = file.path().file_name().and_then(|own| own.to_str()).unwrap_or_default();
        let text = file.contents_utf8().unwrap_or_default().replace(PLACEHOLDER, name);
        files::write(&to.join(own.replace("cargo.toml", "Cargo.toml")), text)?;
    }
    for inner in dir.dirs() {
        let own = inner.path().file_name().unwrap_or(inner.path().as_os_str());
        put(inner, &to.join(own), name)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn there_is_a_starter_with_cases_for_every_language_and_kind() {
        let folder = tempfile::tempdir().unwrap();
        for language in Language::value_variants() {
            for kind in Kind::value_variants() {
                let name = format!("a-{}-{}", language.name(), kind.name());
                let project = start(&folder.path().join(&name), &name, *kind, *language).unwrap();
                assert_eq!((project.name.as_str(), project.cases().len()), (name.as_str(), 1));
                let sources = fs::read_dir(project.folder.join("src")).unwrap();
                let longest = sources.map(|source| source.unwrap().metadata().unwrap().len()).max();
                assert!(longest.unwrap() > 200, "{name}");
                crate::cases::read(&project.cases()[0]).unwrap();
            }
        }
    }

    #[test]
    fn what_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(start(folder.path(), "x", Kind::Selector, Language::C), Err(KitError::Exists(_))));
        let error = start(&folder.path().join("x"), "X!", Kind::Selector, Language::C).unwrap_err();
        assert!(matches!(error, KitError::Name(_)));
    }
}
