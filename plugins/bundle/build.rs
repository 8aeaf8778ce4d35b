//! Builds the plugins that the binary carries.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use strowger_plugin_build::Builder;

/// Name in chains and hooks, and crate.
const PLUGINS: [(&str, &str); 11] = [
    ("get_resources", "strowger-plugin-get-resources"),
    ("filter_list", "strowger-plugin-filter-list"),
    ("filter_regex", "strowger-plugin-filter-regex"),
    ("filter_prefix", "strowger-plugin-filter-prefix"),
    ("order", "strowger-plugin-order"),
    ("null", "strowger-plugin-null"),
    ("classic", "strowger-plugin-classic"),
    ("formatter", "strowger-plugin-formatter"),
    ("http-webhook", "strowger-plugin-http-webhook"),
    ("http-messages", "strowger-plugin-http-messages"),
    ("greeter", "strowger-example-greeter"),
];

fn main() -> Result<(), Box<dyn Error>> {
    // Asked for now: a target folder may be shared by checkouts, and this program may have been built in another one.
    let package = env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?;
    let workspace = Path::new(&package).join("../..");
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let builder = Builder::for_build_script(workspace)?;
    let mut list = String::from("&[\n");
    for (name, package) in PLUGINS {
        let path = out_dir.join(format!("{name}.wasm"));
        fs::write(&path, builder.component(package)?)?;
        writeln!(list, "    Bundled {{ name: {name:?}, version: VERSION, component: include_bytes!({path:?}) }},")?;
    }
    list.push(']');
    fs::write(out_dir.join("plugins.rs"), list)?;
    builder.rerun_if_changed(&["plugins", "examples/plugins"]);
    Ok(())
}
