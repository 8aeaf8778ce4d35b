//! What happened on the way through a chain.

use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer};
use strowger_model::chain::OnError;
use strowger_sandbox::PluginFault;

use crate::rung::Rung;

/// One step of a decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepTrace {
    /// The module, as the chain names it.
    #[serde(serialize_with = "text")]
    pub module: Arc<str>,
    /// Which of the step's plugins answered.
    pub rung: Rung,
    /// The version that answered, `NAME@VERSION`; none where none did.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_text")]
    pub plugin: Option<Arc<str>>,
    /// Those that were to answer before it, and why they did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Tried>,
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

/// A plugin that did not answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tried {
    /// Which of the step's.
    pub rung: Rung,
    /// The plugin, `NAME@VERSION` where it is known.
    pub plugin: String,
    /// A stable word: that of its fault, or `left_alone` where it had failed too often to be asked.
    pub kind: &'static str,
    /// What happened, and which limit was hit.
    pub error: String,
    /// The same, where it was asked.
    #[serde(skip)]
    pub(crate) fault: Option<PluginFault>,
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

impl StepTrace {
    /// What the host itself did beside the steps.
    pub(crate) fn of_host(module: &str, rows_in: usize, rows_out: usize, dropped: Vec<Dropped>) -> Self {
        Self {
            module: module.into(),
            rung: Rung::Step,
            plugin: None,
            tried: Vec::new(),
            rows_in,
            rows_out,
            dropped,
            micros: 0,
            elapsed: Duration::ZERO,
            fuel: 0,
            error: None,
        }
    }

    /// Whether it was answered by another plugin than the one that was to answer it, or by none.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        !self.tried.is_empty()
    }
}

impl Tried {
    pub(crate) fn failed(rung: Rung, fault: &PluginFault) -> Self {
        Self {
            rung,
            plugin: fault.plugin.clone(),
            kind: fault.kind.name(),
            error: fault.to_string(),
            fault: Some(fault.clone()),
        }
    }

    pub(crate) fn left_alone(rung: Rung, plugin: &str) -> Self {
        let error = format!("plugin {plugin} failed too often of late and is left alone for a while");
        Self { rung, plugin: plugin.to_owned(), kind: "left_alone", error, fault: None }
    }
}

impl StepFailure {
    pub(crate) fn new(step: usize, module: &str, last: Option<&Tried>) -> Self {
        let (kind, error) = last.map_or(("unusable", "nothing could answer"), |last| (last.kind, &last.error));
        Self { step, module: module.to_owned(), kind, message: format!("step {step}, {module}: {error}") }
    }
}

/// The word of what a failed step does.
impl From<OnError> for Rung {
    fn from(on_error: OnError) -> Self {
        Self::OnError(on_error)
    }
}

fn text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

fn some_text<S: Serializer>(text: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_some(&text.as_deref())
}
