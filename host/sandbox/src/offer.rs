//! Which interfaces are offered to which kind of plugin.

use crate::grants::Capability;
use crate::kind::ModuleKind;

const PACKAGE: &str = "strowger:plugin/";

/// For every kind.
const COMMON: [&str; 4] = ["types", "log", "regex", "numbers"];

/// For selectors only.
const SELECTOR: [&str; 4] = ["call", "rows", "request", "explain"];

/// Of WASI, for plugins that wait for HTTP.
const HTTP: [&str; 9] = [
    "wasi:http/types",
    "wasi:http/outgoing-handler",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:random/random",
    "wasi:cli/stdout",
];

/// Whether a plugin of that kind may import the interface, whose name may have a version.
pub(crate) fn is_offered(kind: ModuleKind, import: &str) -> bool {
    let name = import.split('@').next().unwrap_or(import);
    let own = name.strip_prefix(PACKAGE);
    match (own, kind) {
        (Some(own), ModuleKind::Selector) => COMMON.contains(&own) || SELECTOR.contains(&own),
        (Some(own), ModuleKind::Formatter) => COMMON.contains(&own) || own == "request",
        (Some(own), ModuleKind::CallHook) => COMMON.contains(&own),
        (None, ModuleKind::CallHook) => HTTP.contains(&name),
        (None, ModuleKind::Selector | ModuleKind::Formatter) => false,
    }
}

/// The capability that an interface belongs to; most need none.
pub(crate) fn capability(interface: &str) -> Option<Capability> {
    match interface {
        // Every runtime that knows files imports it; what asks for files is to say so in its description.
        "wasi:filesystem/preopens" => None,
        _ => Capability::of(interface),
    }
}
