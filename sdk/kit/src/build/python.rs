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
    tools::run_told(&mut command, told)
}

/// Of what it says the author's own fault: the trace of what was raised while the plugin was loaded, with the paths of the project.
fn told(said: &str) -> String {
    let trace = said.split_once("Traceback (most recent call last):\n").map(|(_, trace)| trace);
    let own = trace.and_then(|trace| trace.split("\n\n").next());
    let shown = own.map(|own| own.replace("\"/0/", "\"build/python/").replace("\"/1/", "\"src/"));
    shown.unwrap_or_else(|| said.trim_end().to_owned())
}

fn sdk(project: &Project) -> PathBuf {
    project.build_folder().join("python")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_trace_the_plugins_own_part_is_told() {
        let said = "Error: \n\nCaused by:\n    AssertionError: Traceback (most recent call last):\n  File \"/1/plugin.py\", line 1\n    \
                    class X(:\nSyntaxError: invalid syntax\n\n\nCaused by:\n    SyntaxError";
        assert_eq!(told(said), "  File \"src/plugin.py\", line 1\n    class X(:\nSyntaxError: invalid syntax");
        assert_eq!(told("something else\n"), "something else");
    }
}
