//! Why a component is not installed: which rule it breaks, and how to mend it.

use std::time::Duration;

use crate::fault::PluginFault;
use crate::inspect::MAX_COMPONENT;

/// Why a component is not installed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InstallError {
    /// Too large.
    #[error("the component has {0} bytes, more than {MAX_COMPONENT}")]
    TooLarge(usize),
    /// Machine code instead of Wasm: running it would mean trusting it.
    #[error("this is precompiled machine code, not a component")]
    Precompiled,
    /// A core module, as the compiler makes it.
    #[error("this is a core module, not a component")]
    CoreModule,
    /// Not Wasm at all, or Wasm that cannot be compiled.
    #[error("not a valid component: {0}")]
    Invalid(String),
    /// It takes too long to compile.
    #[error("does not compile within {0:?}")]
    CompileTime(Duration),
    /// It takes too much memory to compile.
    #[error("does not compile within {0} bytes of memory")]
    CompileMemory(u64),
    /// The compiler ended in a way that it should not have.
    #[error("the compiler did not survive it: {0}")]
    CompilerCrashed(String),
    /// The host cannot compile: its own fault, not the component's.
    #[error("the compiler cannot be run: {0}")]
    Compiler(String),
    /// None of our worlds.
    #[error("exports none of the interfaces selector, formatter, call-hook, message-provider of strowger:plugin@0.1.0")]
    UnknownWorld,
    /// Another version of our interfaces.
    #[error("exports {0}, of a version that this host does not know")]
    WorldVersion(String),
    /// More than one of our worlds.
    #[error("exports both {0} and {1}: a plugin is of one kind")]
    TwoWorlds(&'static str, &'static str),
    /// An interface that its world exports is not there.
    #[error("does not export {0}")]
    MissingExport(String),
    /// An interface that no plugin of its kind may import.
    #[error("imports {0}, which is not offered to a {1}")]
    ForbiddenImport(String, &'static str),
    /// An import or export of ours with other types.
    #[error("has an import or export of another type than the WIT says: {0}")]
    Signature(String),
    /// More at the start than it may ever have.
    #[error("begins with {0} bytes of memory, more than its limit of {1}")]
    InitialMemory(u64, u64),
    /// More of something than one instance may have.
    #[error("needs more than an instance may have: {0}")]
    Resources(String),
    /// The trial failed.
    #[error("the trial failed: {0}")]
    Trial(#[from] PluginFault),
    /// `describe` says something else than the exports do.
    #[error("describes itself wrongly: {0}")]
    Description(String),
}

impl InstallError {
    /// A stable word for the rule that is broken.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "size",
            Self::Precompiled => "precompiled",
            Self::CoreModule => "core_module",
            Self::Invalid(_) => "valid",
            Self::CompileTime(_) => "compile_time",
            Self::CompileMemory(_) => "compile_memory",
            Self::CompilerCrashed(_) => "compile_crash",
            Self::Compiler(_) => "compiler",
            Self::UnknownWorld => "world",
            Self::WorldVersion(_) => "version",
            Self::TwoWorlds(..) => "one_world",
            Self::MissingExport(_) => "export",
            Self::ForbiddenImport(..) => "import",
            Self::Signature(_) => "signature",
            Self::InitialMemory(..) => "memory",
            Self::Resources(_) => "resources",
            Self::Trial(_) => "trial",
            Self::Description(_) => "describe",
        }
    }

    /// What its author can do about it.
    #[must_use]
    pub fn mend(&self) -> String {
        let advice = match self {
            Self::TooLarge(_) => "build without debug information, optimised for size (`strip`, `wasm-opt -Oz`)",
            Self::Precompiled => "upload the .wasm component; the host compiles it itself",
            Self::CoreModule => "encode it as a component: `strowger plugin build`, or `wasm-tools component new`",
            Self::Invalid(_) => {
                "check it with `wasm-tools validate`; threads, 64-bit memories and several memories are off"
            }
            Self::CompileTime(_) | Self::CompileMemory(_) | Self::CompilerCrashed(_) => {
                "make functions smaller and fewer; generated code in one huge function is the usual cause"
            }
            Self::Compiler(_) => "tell the operator; uploading it again later may succeed",
            Self::UnknownWorld | Self::TwoWorlds(..) => {
                "build for one of the worlds selector-plugin, formatter-plugin, call-hook-plugin, message-provider-plugin"
            }
            Self::WorldVersion(_) => "build with the WIT files of strowger:plugin@0.1.0",
            Self::MissingExport(_) => "implement every export of the world; the SDKs do it for you",
            Self::ForbiddenImport(name, _) => return import_advice(name).to_owned(),
            Self::Signature(_) => "build with the WIT files of strowger:plugin@0.1.0, unchanged",
            Self::InitialMemory(..) | Self::Resources(_) => {
                "make its memories and tables smaller at the start, or ask the operator for larger limits"
            }
            Self::Trial(_) => "start functions and `describe` must end quickly, within the same limits as calls",
            Self::Description(_) => {
                "let `describe` answer the kind that is exported, and a JSON Schema of the parameters"
            }
        };
        advice.to_owned()
    }

    /// Whether another try may end better.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Compiler(_))
    }
}

fn import_advice(name: &str) -> &'static str {
    if name.starts_with("strowger:plugin/kv@") {
        return "selectors and formatters remember nothing, because a call's routing never waits for the store: put it into parameters or \
                selector rows, or into a call-hook";
    }
    match name.split(['@', '/']).next().unwrap_or_default() {
        "wasi:sockets" => {
            "plugins have no sockets; a call-hook or message-provider may use wasi:http/outgoing-handler by grant"
        }
        "wasi:http" => {
            "only call-hook and message-provider plugins may use wasi:http/outgoing-handler, and none may serve requests"
        }
        "wasi:filesystem" => "files are offered to call-hook and message-provider plugins by grant, read only",
        "wasi:cli" | "wasi:io" | "wasi:clocks" | "wasi:random" => {
            "only interfaces of WASI 0.2 are offered: build for wasm32-wasip2 or wasm32-unknown-unknown, or with an SDK"
        }
        "strowger:plugin" => "build for the world of this kind of plugin: others import other interfaces",
        _ => "remove the import: a plugin sees nothing of the machine but what its world offers",
    }
}
