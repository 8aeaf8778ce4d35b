//! From sources to a component, whatever the language.

mod c;
mod javascript;
mod python;
mod rust;

use std::fs;
use std::path::PathBuf;

use crate::{KitError, Language, Optional, Project, Tools, files};

/// Builds a project's component and answers where it is.
///
/// # Errors
/// Where a tool is missing or fails.
pub fn build(project: &Project, tools: &Tools<'_>) -> Result<PathBuf, KitError> {
    stage(project)?;
    let component = project.component();
    if component.exists() {
        fs::remove_file(&component).map_err(KitError::file(&component))?;
    }
    match project.language {
        Language::Rust => rust::build(project, tools),
        Language::Js => javascript::build(project, tools),
        Language::Python => python::build(project, tools),
        Language::C => c::build(project, tools),
    }?;
    Ok(component)
}

/// The contract, without the imports that must be granted and that the author does not ask for: JavaScript and Python import the
/// whole of their world.
fn contract(project: &Project) -> Result<(), KitError> {
    let folder = project.build_folder().join("wit");
    for file in files::WIT.files() {
        let name = file.path().file_name().unwrap_or(file.path().as_os_str());
        let text = file.contents_utf8().unwrap_or_default();
        let is_worlds = name == "worlds.wit" && !project.capabilities.contains(&Optional::Kv);
        let text = if is_worlds { text.replace("  import kv;\n", "") } else { text.to_owned() };
        files::write(&folder.join(name), text)?;
    }
    Ok(())
}

/// Puts the SDK and the contract where the project's build and its author's editor find them.
pub(crate) fn stage(project: &Project) -> Result<(), KitError> {
    let folder = project.build_folder();
    files::write(&folder.join(".gitignore"), "*\n")?;
    contract(project)?;
    match project.language {
        Language::Rust => rust::stage(project),
        Language::Js => javascript::stage(project),
        Language::Python => python::stage(project),
        Language::C => c::stage(project),
    }
}
