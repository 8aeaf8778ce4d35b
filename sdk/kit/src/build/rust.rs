//! Rust: cargo for wasm32-unknown-unknown, and the encoder.

use std::fs;
use std::process::{Command, Stdio};

use serde::Deserialize;
use strowger_plugin_build::Builder;

use crate::{KitError, Project, Tools, files, tools};

/// The SDK and its model of numbers, as packages of their own.
const SDK_MANIFEST: &str = include_str!("../../rust/sdk.toml");
const NUMBERS_MANIFEST: &str = include_str!("../../rust/numbers.toml");
const NUMBERS_LIBRARY: &str = "//! Telephone numbers.\n\npub mod number;\n";
/// Where a plugin that stands alone has its SDK.
const STAGED: &str = "build/rust";

/// The part of `cargo metadata` that is of interest.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: std::path::PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: std::path::PathBuf,
}

/// A plugin of this very workspace has its SDK from there.
pub(super) fn stage(project: &Project) -> Result<(), KitError> {
    let manifest = project.folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(KitError::file(&manifest))?;
    if !text.contains(STAGED) {
        return Ok(());
    }
    let folder = project.folder.join(STAGED);
    files::write_all(&files::RUST, &folder.join("sdk/src"))?;
    files::write(&folder.join("sdk/Cargo.toml"), SDK_MANIFEST)?;
    files::write(&folder.join("numbers/Cargo.toml"), NUMBERS_MANIFEST)?;
    files::write(&folder.join("numbers/src/lib.rs"), NUMBERS_LIBRARY)?;
    files::write(&folder.join("numbers/src/number.rs"), files::RUST_NUMBERS)
}

pub(super) fn build(project: &Project, tools: &Tools<'_>) -> Result<(), KitError> {
    tools::find("cargo", "install Rust (https://rustup.rs), then `rustup target add wasm32-unknown-unknown`")?;
    tools.say("compiling with cargo for wasm32-unknown-unknown");
    let metadata = metadata(project)?;
    let manifest = project.folder.join("Cargo.toml");
    let package = metadata.packages.iter().find(|package| package.manifest_path == manifest);
    let package = package.map_or(project.name.as_str(), |package| package.name.as_str());
    let builder = Builder::for_folder(&project.folder, metadata.target_directory.join("plugins"));
    files::write(&project.component(), builder.component(package)?)
}

fn metadata(project: &Project) -> Result<Metadata, KitError> {
    let mut command = Command::new("cargo");
    command.current_dir(&project.folder).args(["metadata", "--format-version", "1", "--no-deps"]);
    let output = command.stderr(Stdio::inherit()).output().map_err(KitError::file(&project.folder))?;
    if !output.status.success() {
        return Err(KitError::Tool("cargo metadata".into()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| KitError::Contract(format!("cargo metadata: {error}")))
}
