//! Formatters: a prepared rewriter, applied to requests and endpoints.

use std::sync::Arc;

use serde_json::{Map, Value};
use strowger_model::Owner;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

pub use crate::bindings::formatter::exports::strowger::plugin::formatter::Direction as RewriteDirection;

use crate::bindings::formatter::FormatterPlugin;
use crate::bindings::formatter::exports::strowger::plugin::describe;
use crate::engine::Sandbox;
use crate::examine::Described;
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::instance::Usage;
use crate::kind::ModuleKind;
use crate::module::{Body, Module};
use crate::state::State;

/// Bytes of a rewritten request.
const MAX_FIELDS: usize = 256 << 10;

/// One document's formatters, in an instance of their own.
pub struct PreparedRewriter {
    module: Arc<Module>,
    store: Store<State>,
    guest: FormatterPlugin,
    rewriter: ResourceAny,
    latest: Usage,
}

impl Sandbox {
    /// Prepares a document's `formatters` in the formatter `module`.
    ///
    /// # Errors
    /// A fault of the plugin.
    pub fn prepare_rewriter(
        &self,
        module: &str,
        formatters: &Map<String, Value>,
    ) -> Result<PreparedRewriter, PluginFault> {
        let module = self.module_of(module, ModuleKind::Formatter, Phase::Prepare)?;
        module.prepare_rewriter(Owner::System, formatters)
    }
}

impl Module {
    /// Prepares a document's `formatters` for the calls of `owner`.
    ///
    /// # Errors
    /// A fault of the plugin.
    pub fn prepare_rewriter(
        self: &Arc<Self>,
        owner: Owner,
        formatters: &Map<String, Value>,
    ) -> Result<PreparedRewriter, PluginFault> {
        let module = Arc::clone(self);
        let Body::Formatter(pre) = &self.body else {
            return Err(module.fault(Phase::Prepare, FaultKind::WrongKind("formatter")));
        };
        let budget = self.limits.prepare;
        let text = Value::Object(formatters.clone()).to_string();
        let mut store = module.store(owner, Phase::Prepare)?;
        let (guest, _) = module.metered(&mut store, Phase::Instantiate, budget, |s| pre.instantiate(s))?;
        let (prepared, latest) = module.metered(&mut store, Phase::Prepare, budget, |s| {
            guest.strowger_plugin_formatter().rewriter().call_prepare(s, &text)
        })?;
        let rewriter = prepared.map_err(|error| module.fault(Phase::Prepare, error.into()))?;
        Ok(PreparedRewriter { module, store, guest, rewriter, latest })
    }
}

impl PreparedRewriter {
    /// What the latest invocation that came to its end cost: that of `apply`, or at first that of preparing.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.latest
    }

    /// Rewrites the fields. After a fault the rewriter must be dropped.
    ///
    /// # Errors
    /// A fault of the plugin; the fields are then as they were, with the caller.
    pub fn apply(
        &mut self,
        direction: RewriteDirection,
        fields: &Map<String, Value>,
    ) -> Result<Map<String, Value>, PluginFault> {
        let text = serde_json::to_string(fields).unwrap_or_default();
        let (guest, rewriter) = (&self.guest, self.rewriter);
        let budget = self.module.limits.select;
        let (answer, usage) = self.module.metered(&mut self.store, Phase::Apply, budget, |store| {
            guest.strowger_plugin_formatter().rewriter().call_apply(store, rewriter, direction, &text)
        })?;
        self.latest = usage;
        let rewritten = answer.map_err(FaultKind::from).and_then(|text| parse(&text));
        rewritten.map_err(|kind| self.module.fault(Phase::Apply, kind))
    }
}

fn parse(text: &str) -> Result<Map<String, Value>, FaultKind> {
    if text.len() > MAX_FIELDS {
        return Err(FaultKind::InvalidResult(format!("more than {MAX_FIELDS} bytes")));
    }
    serde_json::from_str(text).map_err(|error| FaultKind::InvalidResult(format!("no JSON object: {error}")))
}

impl FormatterPlugin {
    pub(crate) fn describe_self(&self, store: &mut Store<State>) -> wasmtime::Result<Described> {
        let description = self.strowger_plugin_describe().call_describe(store)?;
        Ok(Described {
            kind: match description.kind {
                describe::Kind::Formatter => Some(ModuleKind::Formatter),
                _ => None,
            },
            summary: description.summary,
            capabilities: description.capabilities,
            parameters: description.parameters,
        })
    }
}
