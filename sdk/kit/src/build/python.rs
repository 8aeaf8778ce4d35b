//! Python: made a component by componentize-py.

use std::path::PathBuf;
use std::process::Command;

use crate::{KitError, Project, Tools, files, tools};

pub(super) fn stage(project: &Project) -> Result<(), KitError> {
    files::write_all(&files::PYTHON, &sdk(project))?;
    files::write(&project.folder.join("pyrightconfig.json"), "{\n  \"extraPaths\": [\"build/python\"]\n}\n")
}

pub(super) fn build(project: &Project, tools: &Tools<'_>) -> Result<(), KitError> {
    let source = project.folder.join("src/plugin.py");
    if !source.is_file() {
        return Err(KitError::Missing { what: "src/plugin.py".into(), remedy: "it is the plugin".into() });
    }
    let program = tools.componentize_py()?;
    let sdk = sdk(project);
    tools.say("making a component with componentize-py");
    let mut command = Command::new(program);
    command.current_dir(&sdk).env("RUST_BACKTRACE", "0").env_remove("VIRTUAL_ENV");
    command.arg("--quiet").arg("-d").arg(project.build_folder().join("wit")).args(["-w", project.kind.world()]);
    command.args(["componentize", &format!("main_{}", project.kind.identifier())]);
    command.arg("-p").arg(&sdk).arg("-p").arg(project.folder.join("src")).arg("-o").arg(project.component());
    tools::run(&mut command)
}

fn sdk(project: &Project) -> PathBuf {
    project.build_folder().join("python")
}
