//! What a plugin says of itself.

use serde::Deserialize;

use crate::bindings::describe;

/// What the module list shows of a plugin, and what its parameters are validated with when a chain or hook is saved. Its kind
/// goes without saying: it is that of the trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    summary: &'static str,
    parameters: &'static str,
    capabilities: &'static [&'static str],
}

impl Description {
    /// A plugin that needs no grant. `parameters` is a JSON Schema (2020-12).
    #[must_use]
    pub const fn new(summary: &'static str, parameters: &'static str) -> Self {
        Self { summary, parameters, capabilities: &[] }
    }

    /// The interfaces that must be granted for the plugin to do its work, such as `wasi:http/outgoing-handler`.
    #[must_use]
    pub const fn capabilities(mut self, interfaces: &'static [&'static str]) -> Self {
        self.capabilities = interfaces;
        self
    }

    /// The JSON Schema of the parameters.
    #[must_use]
    pub const fn parameters(&self) -> &'static str {
        self.parameters
    }

    pub(crate) fn of_kind(self, kind: describe::Kind) -> describe::Description {
        describe::Description {
            kind,
            summary: self.summary.into(),
            capabilities: self.capabilities.iter().map(|&interface| interface.into()).collect(),
            parameters: self.parameters.into(),
        }
    }
}

/// The parameters of a plugin that takes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct NoParameters {}

impl NoParameters {
    /// Their schema: an empty object.
    pub const SCHEMA: &'static str = r#"{"type": "object", "additionalProperties": false}"#;
}
