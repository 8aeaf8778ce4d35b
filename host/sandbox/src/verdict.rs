//! What the host found out about a component, and what it thinks of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::grants::Capability;
use crate::inspect::Outside;
use crate::install_error::InstallError;
use crate::kind::ModuleKind;

/// A rule that a component breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictFault {
    /// A stable word: `size`, `import`, `trial`, …
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// What can be done about it.
    pub mend: String,
}

impl From<&InstallError> for VerdictFault {
    fn from(error: &InstallError) -> Self {
        Self { rule: error.rule().into(), message: error.to_string(), mend: error.mend() }
    }
}

/// What the trial cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Instantiation, in microseconds.
    pub instantiate_us: u64,
    /// `describe`, in microseconds.
    pub describe_us: u64,
    /// Fuel of both.
    pub fuel: u64,
}

/// The verdict on a component. Upload and `strowger plugin check` give the same.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it may be used.
    pub accepted: bool,
    /// SHA-256 of the component, hex.
    pub digest: String,
    /// Bytes of the component.
    pub size: u64,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ModuleKind>,
    /// The world that it is built for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub world: Option<String>,
    /// Interfaces that it imports.
    pub imports: Vec<String>,
    /// Interfaces that it exports.
    pub exports: Vec<String>,
    /// What it must be granted before it is used.
    pub capabilities: Vec<Capability>,
    /// Bytes of memory that an instance begins with.
    pub initial_memory: u64,
    /// How long compiling took, in milliseconds.
    pub compile_ms: u64,
    /// Bytes of machine code.
    pub code_bytes: u64,
    /// What the trial cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial: Option<Trial>,
    /// One line on what it does.
    pub summary: String,
    /// JSON Schema of its parameters.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub parameters: Value,
    /// Every rule that it breaks.
    pub faults: Vec<VerdictFault>,
}

impl Verdict {
    pub(crate) fn begin(digest: String, size: usize) -> Self {
        Self { digest, size: u64::try_from(size).unwrap_or(u64::MAX), ..Self::default() }
    }

    pub(crate) fn compiled(&mut self, elapsed: Duration, code_bytes: usize) {
        self.compile_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        self.code_bytes = u64::try_from(code_bytes).unwrap_or(u64::MAX);
    }

    pub(crate) fn looked_at(&mut self, outside: &Outside) {
        self.imports.clone_from(&outside.imports);
        self.exports.clone_from(&outside.exports);
        self.capabilities = outside.capabilities();
        self.initial_memory = outside.initial_memory;
    }

    pub(crate) fn is_a(&mut self, kind: ModuleKind) {
        self.kind = Some(kind);
        self.world = Some(kind.world());
    }

    pub(crate) fn refuse(&mut self, error: &InstallError) {
        self.faults.push(error.into());
    }
}
