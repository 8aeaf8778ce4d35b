//! JavaScript and TypeScript: bundled by esbuild, made a component by componentize-js.

use std::path::PathBuf;
use std::process::Command;

use crate::{KitError, Optional, Project, Tools, files, tools};

/// What a plugin may be written in, first come first served.
const SOURCES: [&str; 2] = ["src/plugin.ts", "src/plugin.js"];

pub(super) fn stage(project: &Project) -> Result<(), KitError> {
    files::write_all(&files::JS, &sdk(project))?;
    let types = format!("./build/js/{}.d.ts", project.kind.name());
    let options = serde_json::json!({
        "compilerOptions": {
            "allowJs": true, "checkJs": true, "module": "esnext", "moduleResolution": "bundler", "noEmit": true, "strict": true,
            "noImplicitAny": false, "target": "es2022", "lib": ["es2022"], "types": [], "paths": {"strowger": [types], "strowger/kv": ["./build/js/kv.d.ts"]},
        },
        "include": ["src"],
    });
    files::write(&project.folder.join("tsconfig.json"), format!("{options:#}\n"))
}

pub(super) fn build(project: &Project, tools: &Tools<'_>) -> Result<(), KitError> {
    let source = source(project)?;
    let packages = tools.node_packages()?;
    let script = packages.join("build.mjs");
    if let Some(carried) = files::JS.get_file("build.mjs") {
        files::write(&script, carried.contents())?;
    }
    tools.say("making a component with componentize-js");
    let mut command = Command::new("node");
    command.current_dir(&project.folder).arg(script).arg(source);
    command.arg(sdk(project).join(format!("{}.js", project.kind.name())));
    command.arg(project.build_folder().join("wit")).arg(project.kind.world()).arg(project.component());
    if project.capabilities.contains(&Optional::Http) {
        command.arg("http");
    }
    tools::run(&mut command)
}

fn sdk(project: &Project) -> PathBuf {
    project.build_folder().join("js")
}

fn source(project: &Project) -> Result<PathBuf, KitError> {
    let found = SOURCES.iter().map(|name| project.folder.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| KitError::Missing {
        what: "src/plugin.js or src/plugin.ts".into(),
        remedy: "it is the plugin, and exports it as its default".into(),
    })
}
