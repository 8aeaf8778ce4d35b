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

/// What a world of the contract says of keys and values, and of requests where they are asked for.
const KV: &str = "  import kv;\n";
const HTTP: &str = "  import wasi:http/outgoing-handler@0.2.12;\n";

/// The contract with those imports that must be granted which the author asks for: JavaScript and Python import the whole of their
/// world.
fn contract(project: &Project) -> Result<(), KitError> {
    let folder = project.build_folder().join("wit");
    for file in files::WIT.files() {
        let name = file.path().file_name().unwrap_or(file.path().as_os_str());
        let text = file.contents_utf8().unwrap_or_default();
        let text = if name == "worlds.wit" { worlds(text, &project.capabilities) } else { text.to_owned() };
        files::write(&folder.join(name), text)?;
    }
    let wasi = folder.join("deps");
    if project.capabilities.contains(&Optional::Http) {
        return files::write_all(&files::WASI, &wasi);
    }
    if wasi.exists() { fs::remove_dir_all(&wasi).map_err(KitError::file(&wasi)) } else { Ok(()) }
}

fn worlds(text: &str, wanted: &[Optional]) -> String {
    let offered = if wanted.contains(&Optional::Http) { format!("{KV}{HTTP}") } else { KV.to_owned() };
    let text = text.replace(KV, &offered);
    if wanted.contains(&Optional::Kv) { text } else { text.replace(KV, "") }
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
