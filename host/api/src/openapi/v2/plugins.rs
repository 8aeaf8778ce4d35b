//! `/plugins`.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Patch, Post};

const WASM: &str = "application/wasm";

pub(super) fn described() -> Subject {
    let about = "Plugins of an account's own: WebAssembly components that chains, documents and hooks name. A version never changes; `active` says which one the plugin's name means.";
    let mut descriptions = plugins();
    descriptions.extend(versions());
    subject("plugins", about, descriptions)
}

fn plugins() -> Vec<super::super::description::Description> {
    vec![
        describe(Get, "/plugins", "list", "plugins")
            .says("Lists plugins", "Those that are its own; with `usable=true` all that may be named: the built-in ones, the installation's, its own.")
            .query(&["usable"])
            .lists("PluginRow"),
        describe(Post, "/plugins", "upload", "plugin")
            .says("Uploads a version", "The component as it is, up to 64 MiB. It is stored as it comes and judged in the background: `Location` has the verdict.")
            .query(&["plugin_name", "plugin_version", "activate"])
            .takes(Shape::Text(WASM, "Component"))
            .answers(202, Shape::One("PluginVersion"), "It waits for its verdict.")
            .locates()
            .refuses(&[409]),
        describe(Get, "/plugins/{plugin}", "read", "plugin").says("Reads a plugin", "With its versions and what it is granted.").shows("Plugin"),
        describe(Post, "/plugins/{plugin}", "change", "plugin")
            .says("Changes a plugin", "As PATCH does.")
            .takes_one("PluginChange")
            .shows("Plugin")
            .refuses(&[409]),
        describe(Patch, "/plugins/{plugin}", "merge", "plugin")
            .says("Changes a plugin", "Makes a version the active one, which takes effect for the next call, or changes what the plugin is granted. A version that waited for a grant becomes active by it.")
            .takes_one("PluginChange")
            .shows("Plugin")
            .refuses(&[409]),
        describe(Post, "/plugins/{plugin}/rollback", "roll_back", "plugin")
            .says("Goes back to the version that was active before", "409 where there is none.")
            .may_take("PluginChange")
            .shows("Plugin")
            .refuses(&[409]),
        describe(Delete, "/plugins/{plugin}", "delete", "plugin")
            .says("Deletes a plugin", "With all its versions. 409 where a chain or a hook names it.")
            .shows("Plugin")
            .refuses(&[409]),
    ]
}

fn versions() -> Vec<super::super::description::Description> {
    vec![
        describe(Get, "/plugins/{plugin}/versions/{version}", "read", "plugin_version")
            .says("Reads a version", "With its verdict, once there is one.")
            .shows("PluginVersion"),
        describe(Delete, "/plugins/{plugin}/versions/{version}", "delete", "plugin_version")
            .says("Deletes a version", "409 where it is active, or a chain or a hook names it.")
            .shows("PluginVersion")
            .refuses(&[409]),
        describe(Get, "/plugins/{plugin}/versions/{version}/component", "download", "plugin_version")
            .says("Downloads a version", "The component as it was uploaded.")
            .answers(200, Shape::Text(WASM, "Component"), "The component."),
    ]
}
