//! C: bindings generated from the contract, clang, and the encoder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use strowger_plugin_build::encode;
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::{Resolve, WorldId};

use crate::{Kind, KitError, Project, Tools, files, tools};

const REMEDY: &str = "install clang and lld (Debian: apt-get install clang lld)";
/// Sources of the SDK, and of the bindings.
const OURS: [&str; 4] = ["strowger.c", "json.c", "arena.c", "wit.c"];
/// The contract's types, as an object file.
const TYPES: &str = "wit_component_type.o";
const FLAGS: [&str; 9] = [
    "--target=wasm32-unknown-unknown",
    "-std=c11",
    "-O2",
    "-ffreestanding",
    "-nostdlib",
    "-Wall",
    "-Wextra",
    "-Wl,--no-entry",
    "-Wl,--gc-sections",
];

pub(super) fn stage(project: &Project) -> Result<(), KitError> {
    let folder = sdk(project);
    files::write_all(&files::C, &folder)?;
    let generated = bindings(&project.build_folder().join("wit"), project.kind)?;
    for (name, contents) in generated.iter() {
        files::write(&folder.join(name), contents)?;
    }
    let mut flags = vec![define(project.kind), "-Ibuild/c".into(), "-Ibuild/c/include".into()];
    flags.extend(FLAGS.iter().filter(|flag| !flag.starts_with("-Wl")).map(|&flag| flag.into()));
    files::write(&project.folder.join("compile_flags.txt"), flags.join("\n") + "\n")
}

pub(super) fn build(project: &Project, tools: &Tools<'_>) -> Result<(), KitError> {
    let clang = tools::find("clang", REMEDY)?;
    tools::find("wasm-ld", REMEDY)?;
    tools.say("compiling with clang");
    let sdk = sdk(project);
    let module = project.build_folder().join("module.wasm");
    let mut command = Command::new(clang);
    command.current_dir(&project.folder).args(FLAGS).arg(define(project.kind));
    command.arg("-I").arg(&sdk).arg("-I").arg(sdk.join("include")).arg("-o").arg(&module);
    command.args(sources(project)?).args(OURS.map(|name| sdk.join(name))).arg(sdk.join(TYPES));
    tools::run(&mut command)?;
    let core = fs::read(&module).map_err(KitError::file(&module))?;
    files::write(&project.component(), encode(&project.name, &core)?)
}

fn sdk(project: &Project) -> PathBuf {
    project.build_folder().join("c")
}

/// Which part of `strowger.h` is meant.
fn define(kind: Kind) -> String {
    format!("-DSTROWGER_{}", kind.identifier().to_uppercase())
}

/// Every C file of `src`.
fn sources(project: &Project) -> Result<Vec<PathBuf>, KitError> {
    let folder = project.folder.join("src");
    let mut sources = Vec::new();
    for entry in fs::read_dir(&folder).map_err(KitError::file(&folder))? {
        let path = entry.map_err(KitError::file(&folder))?.path();
        if path.extension().is_some_and(|ending| ending == "c") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(sources)
}

/// The contract as C: `wit.h`, `wit.c` and the object file, with the names of the interfaces alone as prefixes.
fn bindings(wit: &Path, kind: Kind) -> Result<Files, KitError> {
    let failed = |error| KitError::Contract(format!("{error:#}"));
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit).map_err(failed)?;
    let world = resolve.select_world(&[package], Some(kind.world())).map_err(failed)?;
    let options = wit_bindgen_c::Opts {
        rename_world: Some("wit".into()),
        rename: renamed(&resolve, world),
        ..wit_bindgen_c::Opts::default()
    };
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files).map_err(failed)?;
    Ok(files)
}

fn renamed(resolve: &Resolve, world: WorldId) -> Vec<(String, String)> {
    let Some(world) = resolve.worlds.get(world) else { return Vec::new() };
    let keys = world.imports.keys().chain(world.exports.keys()).map(|key| resolve.name_world_key(key));
    let ours = keys.filter_map(|key| {
        let (name, _) = key.strip_prefix("strowger:plugin/")?.split_once('@')?;
        Some((key.clone(), name.replace('-', "_")))
    });
    ours.collect()
}
