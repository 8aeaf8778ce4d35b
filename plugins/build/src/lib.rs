//! Builds plugin crates into components, for build scripts and by hand: a nested `cargo rustc` for `wasm32-unknown-unknown`, then
//! the encoding that puts the contract's types around the core module.

mod cargo;
mod component;
mod error;

use std::path::PathBuf;

pub use component::encode;
pub use error::BuildError;

/// The plugin crates to build, and where.
#[derive(Debug, Clone)]
pub struct Builder {
    workspace: PathBuf,
    target_dir: PathBuf,
}

impl Builder {
    /// By hand, in the folder of a root manifest: the files go where a build script's go.
    #[must_use]
    pub fn for_workspace(workspace: impl Into<PathBuf>) -> Self {
        let workspace = workspace.into();
        let target_dir = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from);
        Self { target_dir: target_dir.join("plugins"), workspace }
    }

    /// For a package or workspace anywhere, with its files below `target_dir`.
    #[must_use]
    pub fn for_folder(folder: impl Into<PathBuf>, target_dir: impl Into<PathBuf>) -> Self {
        Self { workspace: folder.into(), target_dir: target_dir.into() }
    }

    /// For a build script: `workspace` holds the root manifest, and the nested build keeps its files below the outer target
    /// directory, apart from it since cargo locks what it builds in.
    ///
    /// # Errors
    /// Outside a build script.
    pub fn for_build_script(workspace: impl Into<PathBuf>) -> Result<Self, BuildError> {
        let out_dir = std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or(BuildError::NoBuildScript)?;
        Ok(Self { workspace: workspace.into(), target_dir: cargo::nested_target_dir(&out_dir) })
    }

    /// Builds the library of `package` as a component and answers its bytes.
    ///
    /// # Errors
    /// Where the package does not compile, the target is not installed, or the module is no plugin.
    pub fn component(&self, package: &str) -> Result<Vec<u8>, BuildError> {
        let module = cargo::build(&self.workspace, &self.target_dir, package)?;
        encode(package, &module)
    }

    /// Tells cargo what the components are made from: `folders` of plugin crates, the SDK and the contract.
    #[expect(clippy::print_stdout, reason = "a build script speaks to cargo through standard output")]
    pub fn rerun_if_changed(&self, folders: &[&str]) {
        for path in folders.iter().chain(&["sdk/rust", "wit", "Cargo.toml", "Cargo.lock"]) {
            println!("cargo:rerun-if-changed={}", self.workspace.join(path).display());
        }
        println!("cargo:rerun-if-env-changed={}", cargo::RUSTC_VARIABLE);
    }
}
