//! What happened on the way through a chain.

use std::time::Duration;

use serde::Serialize;
use strowger_sandbox::PluginFault;

/// One step of a decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepTrace {
    /// The module, as the chain names it.
    pub module: String,
    /// Carriers that came in.
    #[serde(rename = "in")]
    pub rows_in: usize,
    /// Carriers that went out.
    #[serde(rename = "out")]
    pub rows_out: usize,
    /// Carriers that came in and did not go out; told only where the decision is explained.
    pub dropped: Vec<Dropped>,
    /// Wall-clock time, in microseconds.
    pub micros: u64,
    /// The same, in full.
    #[serde(skip)]
    pub elapsed: Duration,
    /// Wasm fuel.
    pub fuel: u64,
    /// Why the step failed, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A carrier that a step dropped.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dropped {
    /// The carrier's id.
    pub id: String,
    /// Why, in the plugin's words where it gave any.
    pub reason: String,
}

/// The failure that ended a chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepFailure {
    /// Index of the step in the chain.
    pub step: usize,
    /// The module, as the chain names it.
    pub module: String,
    /// A stable word: `fuel`, `time`, `memory`, `trap`, `invalid_result`, `bad_parameter`, `refused`, …
    pub kind: &'static str,
    /// What happened, and which limit was hit.
    pub message: String,
}

impl StepFailure {
    pub(crate) fn new(step: usize, module: &str, fault: &PluginFault) -> Self {
        Self {
            step,
            module: module.to_owned(),
            kind: fault.kind.name(),
            message: format!("step {step}, {module}: {fault}"),
        }
    }
}
