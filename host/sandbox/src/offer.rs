//! Which interfaces are offered to which kind of plugin, and the linkers that hold them. A test compares the two.

use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use crate::bindings::call_hook::CallHookPlugin;
use crate::bindings::formatter::FormatterPlugin;
use crate::bindings::message_provider::MessageProviderPlugin;
use crate::bindings::selector::SelectorPlugin;
use crate::grants::Capability;
use crate::kind::ModuleKind;
use crate::state::State;
use crate::wasi;

const PACKAGE: &str = "strowger:plugin/";

/// For every kind.
const COMMON: [&str; 4] = ["types", "log", "regex", "numbers"];

/// For selectors only.
const SELECTOR: [&str; 4] = ["call", "rows", "request", "explain"];

/// Of WASI, for every kind: what the runtimes of languages want before they run anything.
const WASI: [&str; 27] = [
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:random/random",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/terminal-stderr",
    "wasi:filesystem/types",
    "wasi:filesystem/preopens",
    // All that they say is access-denied: without them nothing that is built with CPython could be linked.
    "wasi:sockets/network",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp-create-socket",
    "wasi:sockets/tcp",
    "wasi:sockets/udp",
];

/// For plugins that may wait.
const HTTP: [&str; 2] = ["wasi:http/types", "wasi:http/outgoing-handler"];

impl ModuleKind {
    /// Whether it may wait for the network, for files and for the store. A routed call never waits for what its selectors want.
    pub(crate) fn may_wait(self) -> bool {
        matches!(self, Self::CallHook | Self::MessageProvider)
    }
}

/// Whether a plugin of that kind may import the interface, whose name may have a version.
pub(crate) fn is_offered(kind: ModuleKind, import: &str) -> bool {
    let name = import.split('@').next().unwrap_or(import);
    match (name.strip_prefix(PACKAGE), kind) {
        (Some(own), ModuleKind::Selector) => COMMON.contains(&own) || SELECTOR.contains(&own),
        (Some(own), ModuleKind::Formatter) => COMMON.contains(&own) || own == "request",
        (Some("kv"), ModuleKind::CallHook | ModuleKind::MessageProvider) | (Some("verbs"), ModuleKind::CallHook) => {
            true
        }
        (Some(own), ModuleKind::CallHook | ModuleKind::MessageProvider) => COMMON.contains(&own),
        (None, _) => WASI.contains(&name) || (kind.may_wait() && HTTP.contains(&name)),
    }
}

/// All that is offered to a kind.
pub(crate) fn linker(engine: &Engine, kind: ModuleKind) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    match kind {
        ModuleKind::Selector => SelectorPlugin::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?,
        ModuleKind::Formatter => FormatterPlugin::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?,
        ModuleKind::CallHook => CallHookPlugin::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?,
        ModuleKind::MessageProvider => {
            MessageProviderPlugin::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
        }
    }
    if kind.may_wait() {
        wasi::link_waiting(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    } else {
        wasi::link_still(&mut linker)?;
    }
    Ok(linker)
}

/// The capability that an interface belongs to; most need none.
pub(crate) fn capability(interface: &str) -> Option<Capability> {
    match interface {
        // Every runtime that knows files imports it; what asks for files is to say so in its description.
        "wasi:filesystem/preopens" => None,
        _ => Capability::of(interface),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Interfaces that a plugin could think of, those of later versions of WASI among them.
    const NEVER: [&str; 4] =
        ["wasi:http/incoming-handler", "wasi:keyvalue/store", "wasi:config/store", "wasi:tls/types"];

    /// Whether the name is taken in a linker of that kind.
    fn is_linked(engine: &Engine, kind: ModuleKind, import: &str) -> bool {
        linker(engine, kind).unwrap().root().func_wrap(import, |_, ()| Ok(())).is_err()
    }

    #[test]
    fn what_is_offered_is_linked_and_the_reverse() {
        let engine = Engine::new(&crate::engine::base_config()).unwrap();
        let ours = COMMON.iter().chain(&SELECTOR).chain(&["kv", "verbs", "describe", "call-hook"]);
        let ours = ours.map(|name| format!("{PACKAGE}{name}@0.1.0"));
        let wasi = WASI.iter().chain(&HTTP).chain(&NEVER).map(|name| format!("{name}@0.2.12"));
        for import in ours.chain(wasi) {
            for kind in ModuleKind::ALL {
                let is_offered = is_offered(kind, &import);
                assert_eq!(is_linked(&engine, kind, &import), is_offered, "{import} for a {}", kind.name());
            }
        }
    }
}
