//! `cargo run -p strowger-plugin-build -- CRATE FILE` builds a plugin crate of the workspace in the current folder into the
//! component FILE.

use std::error::Error;
use std::process::ExitCode;
use std::{env, fs};

use strowger_plugin_build::Builder;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [package, file] => build(package, file),
        _ => Err("usage: strowger-plugin-build CRATE FILE".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn build(package: &str, file: &str) -> Result<(), Box<dyn Error>> {
    let component = Builder::for_workspace(env::current_dir()?).component(package)?;
    fs::write(file, component).map_err(|error| format!("cannot write {file}: {error}"))?;
    Ok(())
}
