//! An installed plugin: checked, compiled, and ready to be instantiated.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre};

use crate::bindings::call_hook::CallHookPluginPre;
use crate::bindings::formatter::FormatterPluginPre;
use crate::bindings::selector::SelectorPluginPre;
use crate::engine::Shared;
use crate::fault::{Phase, PluginFault};
use crate::meter::Meter;
use crate::state::State;

/// Bytes of a component.
const MAX_COMPONENT: usize = 64 << 20;
/// Bytes of a parameter schema.
const MAX_SCHEMA: usize = 256 << 10;
const PACKAGE: &str = "strowger:plugin/";

/// The kinds of plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModuleKind {
    /// A step of a routing chain.
    Selector,
    /// A request formatter.
    Formatter,
    /// The logic of a call.
    CallHook,
}

impl ModuleKind {
    /// The name of the interface that such a plugin exports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Selector => "selector",
            Self::Formatter => "formatter",
            Self::CallHook => "call-hook",
        }
    }
}

/// Capabilities beyond those that every plugin has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Grants {
    /// `wasi:http/outgoing-handler`, within the sandbox's address policy.
    pub http: bool,
}

/// Why a component is not installed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InstallError {
    /// Too large.
    #[error("the component has {0} bytes, more than {MAX_COMPONENT}")]
    TooLarge(usize),
    /// Machine code instead of Wasm: running it would mean trusting it.
    #[error("precompiled code is refused: upload the component itself")]
    Precompiled,
    /// A core module, as the compiler makes it.
    #[error("this is a core module, not a component: encode it with wit-component or `wasm-tools component new`")]
    CoreModule,
    /// Not Wasm at all, or Wasm that cannot be compiled.
    #[error("not a valid component: {0}")]
    Invalid(String),
    /// None of our worlds.
    #[error("exports none of selector, formatter, call-hook of strowger:plugin@0.1.0")]
    UnknownWorld,
    /// An import that the host does not offer to this plugin, or a wrong signature.
    #[error("cannot be linked: {0}")]
    Link(String),
    /// The trial failed.
    #[error(transparent)]
    Trial(#[from] PluginFault),
    /// `describe` says something else than the exports do.
    #[error("describes itself wrongly: {0}")]
    Description(String),
}

pub(crate) enum Body {
    Selector(SelectorPluginPre<State>),
    Formatter(FormatterPluginPre<State>),
    CallHook(CallHookPluginPre<State>),
}

/// An installed plugin.
pub struct Module {
    /// Its name, as chains and hooks write it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is.
    pub kind: ModuleKind,
    /// One line on what it does.
    pub summary: String,
    /// Capabilities that it can use.
    pub capabilities: Vec<String>,
    /// JSON Schema of its parameters.
    pub parameters: Value,
    /// SHA-256 of the component, hex.
    pub digest: String,
    pub(crate) id: Arc<str>,
    pub(crate) body: Body,
    pub(crate) meter: Meter,
    pub(crate) shared: Arc<Shared>,
}

/// What `describe` answers, whichever world it was asked in.
pub(crate) struct Described {
    pub(crate) kind: Option<ModuleKind>,
    pub(crate) summary: String,
    pub(crate) capabilities: Vec<String>,
    pub(crate) parameters: String,
}

impl Module {
    /// `name@version`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) async fn check(
        shared: &Arc<Shared>,
        name: &str,
        version: &str,
        component: &[u8],
        grants: Grants,
    ) -> Result<Self, InstallError> {
        let compiled = compile(&shared.engine, component)?;
        let kind = kind_of(&shared.engine, &compiled).ok_or(InstallError::UnknownWorld)?;
        let body = link(shared, kind, &compiled, grants).map_err(|error| InstallError::Link(format!("{error:#}")))?;
        let id: Arc<str> = format!("{name}@{version}").into();
        let mut module = Self {
            name: name.to_owned(),
            version: version.to_owned(),
            kind,
            summary: String::new(),
            capabilities: Vec::new(),
            parameters: Value::Null,
            digest: hex(&Sha256::digest(component)),
            meter: Meter::new(&id),
            id,
            body,
            shared: Arc::clone(shared),
        };
        let described = module.describe().await?;
        module.adopt(described)?;
        Ok(module)
    }

    fn adopt(&mut self, described: Described) -> Result<(), InstallError> {
        let wrong = |text: String| Err(InstallError::Description(text));
        if described.kind != Some(self.kind) {
            return wrong(format!("its kind is not {}", self.kind.name()));
        }
        if described.parameters.len() > MAX_SCHEMA {
            return wrong(format!("its parameter schema has more than {MAX_SCHEMA} bytes"));
        }
        match serde_json::from_str(&described.parameters) {
            Ok(schema @ Value::Object(_)) => self.parameters = schema,
            Ok(_) => return wrong("its parameter schema is no object".into()),
            Err(error) => return wrong(format!("its parameter schema is no JSON: {error}")),
        }
        self.summary = described.summary.chars().take(200).collect();
        self.capabilities = described.capabilities.into_iter().take(32).collect();
        Ok(())
    }

    async fn describe(&self) -> Result<Described, PluginFault> {
        let budget = self.shared.limits.describe;
        match &self.body {
            Body::Selector(pre) => self
                .instance(Phase::Instantiate, budget, |store| pre.instantiate(store))
                .and_then(|(mut instance, guest)| instance.run(Phase::Describe, budget, |s| guest.describe_self(s))),
            Body::Formatter(pre) => self
                .instance(Phase::Instantiate, budget, |store| pre.instantiate(store))
                .and_then(|(mut instance, guest)| instance.run(Phase::Describe, budget, |s| guest.describe_self(s))),
            Body::CallHook(_) => self.describe_hook().await,
        }
    }
}

fn compile(engine: &Engine, component: &[u8]) -> Result<Component, InstallError> {
    if component.len() > MAX_COMPONENT {
        return Err(InstallError::TooLarge(component.len()));
    }
    if Engine::detect_precompiled(component).is_some() {
        return Err(InstallError::Precompiled);
    }
    // Version and layer of the preamble tell a component from a core module (component-model Binary.md).
    if component.get(..8) == Some(b"\0asm\x01\0\0\0") {
        return Err(InstallError::CoreModule);
    }
    Component::from_binary(engine, component).map_err(|error| InstallError::Invalid(format!("{error:#}")))
}

fn kind_of(engine: &Engine, component: &Component) -> Option<ModuleKind> {
    let kinds = [ModuleKind::Selector, ModuleKind::Formatter, ModuleKind::CallHook];
    let component_type = component.component_type();
    let exports: Vec<&str> =
        component_type.exports(engine).filter_map(|(name, _)| name.strip_prefix(PACKAGE)).collect();
    kinds.into_iter().find(|kind| exports.iter().any(|export| export.split('@').next() == Some(kind.name())))
}

fn link(shared: &Shared, kind: ModuleKind, component: &Component, grants: Grants) -> wasmtime::Result<Body> {
    let linker = match kind {
        ModuleKind::Selector => &shared.selectors,
        ModuleKind::Formatter => &shared.formatters,
        ModuleKind::CallHook if grants.http => &shared.hooks_with_http,
        ModuleKind::CallHook => &shared.hooks,
    };
    let pre: InstancePre<State> = linker.instantiate_pre(component)?;
    Ok(match kind {
        ModuleKind::Selector => Body::Selector(SelectorPluginPre::new(pre)?),
        ModuleKind::Formatter => Body::Formatter(FormatterPluginPre::new(pre)?),
        ModuleKind::CallHook => Body::CallHook(CallHookPluginPre::new(pre)?),
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
