//! Host bindings of the worlds in `wit/`. The formatter and call-hook worlds share the selector world's imports.

/// World `selector-plugin`.
#[expect(missing_docs, reason = "generated from the WIT, which documents it")]
pub(crate) mod selector {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "selector-plugin",
        imports: { default: trappable },
        with: { "strowger:plugin/regex.regex-set": crate::imports::regex::CompiledSet },
    });
}

/// World `formatter-plugin`.
#[expect(missing_docs, reason = "generated from the WIT, which documents it")]
pub(crate) mod formatter {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "formatter-plugin",
        imports: { default: trappable },
        with: {
            "strowger:plugin/types": crate::bindings::selector::strowger::plugin::types,
            "strowger:plugin/log": crate::bindings::selector::strowger::plugin::log,
            "strowger:plugin/regex": crate::bindings::selector::strowger::plugin::regex,
            "strowger:plugin/numbers": crate::bindings::selector::strowger::plugin::numbers,
            "strowger:plugin/request": crate::bindings::selector::strowger::plugin::request,
        },
    });
}

/// World `call-hook-plugin`; its exports are async because a hook may wait for HTTP.
#[expect(missing_docs, reason = "generated from the WIT, which documents it")]
pub(crate) mod call_hook {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "call-hook-plugin",
        imports: { "strowger:plugin/kv": async | trappable, default: trappable },
        exports: { default: async },
        additional_derives: [serde::Serialize],
        with: {
            "strowger:plugin/types": crate::bindings::selector::strowger::plugin::types,
            "strowger:plugin/log": crate::bindings::selector::strowger::plugin::log,
            "strowger:plugin/regex": crate::bindings::selector::strowger::plugin::regex,
            "strowger:plugin/numbers": crate::bindings::selector::strowger::plugin::numbers,
        },
    });
}

/// World `message-provider-plugin`; its exports are async for the same reason.
#[expect(missing_docs, reason = "generated from the WIT, which documents it")]
pub(crate) mod message_provider {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "message-provider-plugin",
        imports: { default: trappable },
        exports: { default: async },
        additional_derives: [PartialEq],
        with: {
            "strowger:plugin/types": crate::bindings::selector::strowger::plugin::types,
            "strowger:plugin/log": crate::bindings::selector::strowger::plugin::log,
            "strowger:plugin/regex": crate::bindings::selector::strowger::plugin::regex,
            "strowger:plugin/numbers": crate::bindings::selector::strowger::plugin::numbers,
            "strowger:plugin/kv": crate::bindings::call_hook::strowger::plugin::kv,
        },
    });
}

pub(crate) use selector::strowger::plugin::types::PluginError;
