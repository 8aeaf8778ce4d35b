//! `/plugins`.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Patch, Post, Put};

const WASM: &str = "application/wasm";

pub(super) fn described() -> Subject {
    let about = "Plugins of an account's own: WebAssembly components that chains, documents and hooks name. A version never changes; `active` says which one the plugin's name means.";
    let mut descriptions = plugins();
    descriptions.extend(versions());
    descriptions.extend(use_of_plugins());
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
            .answers(200, Shape::List("PluginRow"), "They were listed: `verb=get`.")
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

fn use_of_plugins() -> Vec<super::super::description::Description> {
    vec![
        describe(Get, "/plugins/usage", "read_usage", "plugins")
            .says("What all plugins use for the account", "On all nodes together, and what they may use: instances, memory and fuel are limits of each node. `nodes` names those that did not answer.")
            .shows("PluginsUsage"),
        describe(Get, "/plugins/{plugin}/usage", "read_usage", "plugin")
            .says("What a plugin has used", "On all nodes together, by version: since each started, and in the last minute, hour and day. Of a plugin of the installation, an account is shown its own use, and the operator that of the accounts. `nodes` names those that did not answer.")
            .shows("PluginUsage"),
        describe(Get, "/plugins/{plugin}/log", "read_log", "plugin")
            .says("What a plugin has said", "On all nodes, oldest first; a node that does not answer has a line that says so. With `follow=true` what it says from now on, too, as server-sent events: `line` with a line, `missed` with the number of lines for which the client was too slow, `silent` with a node that does not answer. Lines of other nodes come a second later.")
            .query(&["log_level", "log_since", "log_limit", "log_follow"])
            .answers(200, Shape::List("PluginLogLine"), "The lines.")
            .answers(200, Shape::Text("text/event-stream", "EventStream"), "Lines as they are said."),
        describe(Get, "/plugins/{plugin}/limits", "read_limits", "plugin")
            .says("Limits of a plugin", "Those that were set for it, those that hold, and those of the installation.")
            .shows("PluginLimits"),
        describe(Put, "/plugins/{plugin}/limits", "set_limits", "plugin")
            .says("Sets limits of a plugin", "In place of those that were set before; what is left out is as in the installation. An account may lower limits; raising them beyond the installation's takes an admin key.")
            .takes_one("PluginLimitsSet")
            .shows("PluginLimits")
            .refuses(&[409]),
    ]
}
