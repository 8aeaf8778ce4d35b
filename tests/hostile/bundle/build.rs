//! Builds the plugins that tests turn against the sandbox. No binary carries them.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use strowger_plugin_build::Builder;

const PLUGINS: [&str; 3] = ["selector", "call-hook", "spy"];

fn main() -> Result<(), Box<dyn Error>> {
    // Asked for now: a target folder may be shared by checkouts, and this program may have been built in another one.
    let package = env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?;
    let workspace = Path::new(&package).join("../../..");
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let builder = Builder::for_build_script(workspace)?;
    for name in PLUGINS {
        fs::write(out_dir.join(format!("{name}.wasm")), builder.component(&format!("strowger-hostile-{name}"))?)?;
    }
    fs::write(out_dir.join("echo-messages.wasm"), builder.component("strowger-example-echo-messages")?)?;
    builder.rerun_if_changed(&["tests/hostile", "examples/plugins/echo-messages"]);
    Ok(())
}
