//! Language tool chains: found on the machine, or installed once into a folder of the user's.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{KitError, files};

/// The Python package that makes components.
const COMPONENTIZE_PY: &str = "componentize-py==0.25.1";
/// Written into a folder once all of it is installed.
const COMPLETE: &str = "complete";

/// Where tool chains are kept, and who is told what is being done.
pub struct Tools<'s> {
    folder: PathBuf,
    say: &'s dyn Fn(&str),
}

impl<'s> Tools<'s> {
    /// Tool chains in `folder`; without one in `STROWGER_TOOLS`, or else in the user's cache folder.
    ///
    /// # Errors
    /// Where nothing says which folder that is.
    pub fn new(folder: Option<PathBuf>, say: &'s dyn Fn(&str)) -> Result<Self, KitError> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = folder
            .or_else(|| variable("STROWGER_TOOLS"))
            .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("strowger")))
            .or_else(|| variable("HOME").map(|home| home.join(".cache/strowger")));
        let folder = folder.ok_or_else(|| KitError::Missing {
            what: "a folder for tool chains".into(),
            remedy: "set STROWGER_TOOLS or HOME".into(),
        })?;
        Ok(Self { folder, say })
    }

    /// Tells what is being done.
    pub(crate) fn say(&self, what: &str) {
        (self.say)(what);
    }

    /// Where compiled code is kept between commands.
    #[must_use]
    pub fn code_folder(&self) -> PathBuf {
        self.folder.join("code")
    }

    /// Where the key is kept that tags compiled code.
    #[must_use]
    pub fn code_key(&self) -> PathBuf {
        self.folder.join("code.key")
    }

    /// The folder of the JavaScript packages.
    pub(crate) fn node_packages(&self) -> Result<PathBuf, KitError> {
        let remedy = "install Node.js 20 or later with npm (Debian: apt-get install nodejs npm)";
        find("node", remedy)?;
        find("npm", remedy)?;
        let package = files::JS.get_file("package.json").map(|file| file.contents()).unwrap_or_default();
        let folder = self.folder.join("js");
        self.installed(&folder, package, |folder| {
            self.say("installing componentize-js and esbuild by npm, once");
            files::write(&folder.join("package.json"), package)?;
            let arguments = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
            run(Command::new("npm").args(arguments).current_dir(folder).stdout(Stdio::null()))
        })?;
        Ok(folder)
    }

    /// The `componentize-py` program.
    pub(crate) fn componentize_py(&self) -> Result<PathBuf, KitError> {
        find("python3", "install Python 3.10 or later (Debian: apt-get install python3 python3-venv)")?;
        let folder = self.folder.join("python");
        self.installed(&folder, COMPONENTIZE_PY.as_bytes(), |folder| {
            self.say(&format!("installing {COMPONENTIZE_PY} by pip, once"));
            let made = run(Command::new("python3").args(["-m", "venv"]).arg(folder));
            made.map_err(|_| KitError::Missing {
                what: "Python's venv".into(),
                remedy: "install it (Debian: apt-get install python3-venv)".into(),
            })?;
            run(Command::new(folder.join("bin/pip")).args([
                "install",
                "--quiet",
                "--disable-pip-version-check",
                COMPONENTIZE_PY,
            ]))
        })?;
        Ok(folder.join("bin/componentize-py"))
    }

    /// Installs into a folder what is not there as wanted, one process at a time.
    fn installed(
        &self,
        folder: &Path,
        wanted: &[u8],
        install: impl FnOnce(&Path) -> Result<(), KitError>,
    ) -> Result<(), KitError> {
        fs::create_dir_all(&self.folder).map_err(KitError::file(&self.folder))?;
        let path = folder.with_extension("lock");
        let lock = File::create(&path).map_err(KitError::file(&path))?;
        lock.lock().map_err(KitError::file(&path))?;
        let marker = folder.join(COMPLETE);
        if fs::read(&marker).is_ok_and(|there| there == wanted) {
            return Ok(());
        }
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(KitError::file(folder))?;
        }
        fs::create_dir_all(folder).map_err(KitError::file(folder))?;
        install(folder)?;
        files::write(&marker, wanted)
    }
}

/// A program of the machine's.
pub(crate) fn find(program: &str, remedy: &str) -> Result<PathBuf, KitError> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).map(|folder| folder.join(program)).find(|path| path.is_file());
    found.ok_or_else(|| KitError::Missing { what: format!("`{program}`"), remedy: remedy.into() })
}

/// Runs a program to its end; what it says goes to standard error.
pub(crate) fn run(command: &mut Command) -> Result<(), KitError> {
    let program = PathBuf::from(command.get_program());
    let status = command.stdin(Stdio::null()).status().map_err(KitError::file(&program))?;
    if status.success() { Ok(()) } else { Err(failed(&program)) }
}

/// The same; of what it says on standard error only the part that matters is shown, and where it fails only.
pub(crate) fn run_told(command: &mut Command, told: impl Fn(&str) -> String) -> Result<(), KitError> {
    let program = PathBuf::from(command.get_program());
    let output = command.stdin(Stdio::null()).stderr(Stdio::piped()).output().map_err(KitError::file(&program))?;
    if output.status.success() {
        return Ok(());
    }
    eprintln!("{}", told(&String::from_utf8_lossy(&output.stderr)));
    Err(failed(&program))
}

fn failed(program: &Path) -> KitError {
    KitError::Tool(program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned())
}
