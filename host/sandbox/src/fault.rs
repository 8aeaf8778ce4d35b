//! How a plugin fails, in terms that its author and the caller of the API can act on.

use std::fmt;
use std::time::Duration;

use wasmtime::{PoolConcurrencyLimitError, Trap};
use wasmtime_wasi::I32Exit;

use crate::bindings::PluginError;
use crate::budget::Scarce;
use crate::limits::{Budget, GrowthLimit};
use crate::state::State;

/// What the plugin was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Instantiation.
    Instantiate,
    /// `describe`.
    Describe,
    /// `prepare` of a step or a rewriter.
    Prepare,
    /// `select` of a step.
    Select,
    /// `apply` of a rewriter.
    Apply,
    /// `on-event` of a call hook.
    Event,
    /// `send` of a message provider.
    Send,
    /// `receive` of a message provider.
    Receive,
}

impl Phase {
    /// The name that metrics and errors use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Instantiate => "instantiate",
            Self::Describe => "describe",
            Self::Prepare => "prepare",
            Self::Select => "select",
            Self::Apply => "apply",
            Self::Event => "event",
            Self::Send => "send",
            Self::Receive => "receive",
        }
    }
}

/// Why an invocation of a plugin ended without a result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FaultKind {
    /// The fuel budget is used up.
    #[error("used up its budget of {0} fuel units")]
    Fuel(u64),
    /// The wall-clock budget is used up.
    #[error("did not end within its budget of {0:?}")]
    Time(Duration),
    /// Linear memory.
    #[error("wanted more than its {0} bytes of memory")]
    Memory(usize),
    /// Tables.
    #[error("wanted more than its {0} table elements")]
    Table(usize),
    /// Handles.
    #[error("wanted more than its {0} handles")]
    Handles(usize),
    /// The Wasm stack.
    #[error("overflowed its stack")]
    Stack,
    /// Too many calls of the host in one invocation.
    #[error("made more than its {0} host calls")]
    HostCalls(u32),
    /// It trapped.
    #[error("trapped: {0}")]
    Trap(String),
    /// It called WASI's `exit`.
    #[error("ended itself with exit status {0} instead of answering")]
    Exit(i32),
    /// It refused its parameters.
    #[error("refused parameter {path}: {message}")]
    BadParameter {
        /// Dotted path of the parameter.
        path: String,
        /// The schema keyword that is broken.
        rule: String,
        /// The plugin's words.
        message: String,
    },
    /// It refused the call.
    #[error("failed: {0}")]
    Refused(String),
    /// Its result breaks the contract.
    #[error("returned an invalid result: {0}")]
    InvalidResult(String),
    /// A budget of the node, the plugin or the account is used up just now.
    #[error("cannot be asked now: {0}")]
    Overloaded(Scarce),
    /// No plugin of that name is installed.
    #[error("is not installed")]
    NotInstalled,
    /// It is there and cannot be used.
    #[error("cannot be used: {0}")]
    Unusable(String),
    /// The installed plugin is of another kind.
    #[error("is not a {0} plugin")]
    WrongKind(&'static str),
}

impl FaultKind {
    /// A stable word for metrics and for the `kind` of an error body.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fuel(_) => "fuel",
            Self::Time(_) => "time",
            Self::Memory(_) => "memory",
            Self::Table(_) => "table",
            Self::Handles(_) => "handles",
            Self::Stack => "stack",
            Self::HostCalls(_) => "host_calls",
            Self::Trap(_) => "trap",
            Self::Exit(_) => "exit",
            Self::BadParameter { .. } => "bad_parameter",
            Self::Refused(_) => "refused",
            Self::InvalidResult(_) => "invalid_result",
            Self::Overloaded(_) => "overloaded",
            Self::NotInstalled => "not_installed",
            Self::Unusable(_) => "unusable",
            Self::WrongKind(_) => "wrong_kind",
        }
    }
}

/// A failed invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginFault {
    /// The plugin, as `name@version` where it is installed.
    pub plugin: String,
    /// What it was asked to do.
    pub phase: Phase,
    /// Why it failed.
    pub kind: FaultKind,
}

impl fmt::Display for PluginFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plugin {} {} ({})", self.plugin, self.kind, self.phase.name())
    }
}

impl std::error::Error for PluginFault {}

/// Host calls beyond the limit; raised by the imports, recognised here.
#[derive(Debug, thiserror::Error)]
#[error("too many host calls")]
pub(crate) struct HostCallsExceeded;

impl FaultKind {
    /// Tells a wasmtime error by its cause.
    pub(crate) fn of_error(error: &wasmtime::Error, state: &State, budget: Budget) -> Self {
        if let Some(hit) = state.growth.hit() {
            return match hit {
                GrowthLimit::Memory(limit) => Self::Memory(limit),
                GrowthLimit::Table(limit) => Self::Table(limit),
                GrowthLimit::Account(scarce) => Self::Overloaded(scarce),
            };
        }
        if error.downcast_ref::<HostCallsExceeded>().is_some() {
            return Self::HostCalls(state.limits.host_calls);
        }
        if let Some(exit) = error.downcast_ref::<I32Exit>() {
            return Self::Exit(exit.0);
        }
        if error.downcast_ref::<PoolConcurrencyLimitError>().is_some() {
            return Self::Overloaded(Scarce::NodeInstances);
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Self::Fuel(budget.fuel),
            Some(Trap::Interrupt) => Self::Time(budget.wall),
            Some(Trap::StackOverflow) => Self::Stack,
            Some(trap) => Self::Trap(trap.to_string()),
            None => Self::of_words(&error.root_cause().to_string(), state),
        }
    }
}

/// What wasmtime says of values that break the canonical ABI.
const BROKEN_VALUE: [&str; 4] = ["out of bounds of memory", "utf-8", "discriminant", "not aligned"];

impl FaultKind {
    /// Tells an error that has no type by its words.
    fn of_words(words: &str, state: &State) -> Self {
        if words.contains("handle limit exceeded") {
            return Self::Handles(state.limits.handles);
        }
        if words.contains("fuel allocated for hostcalls") {
            return Self::InvalidResult(format!("more than {} bytes at once", state.limits.host_call_bytes));
        }
        if BROKEN_VALUE.iter().any(|broken| words.contains(broken)) {
            return Self::InvalidResult(bounded(words));
        }
        Self::Trap(bounded(words))
    }
}

impl From<PluginError> for FaultKind {
    fn from(error: PluginError) -> Self {
        match error {
            PluginError::BadParameter(fault) => Self::BadParameter {
                path: bounded(&fault.path),
                rule: bounded(&fault.rule),
                message: bounded(&fault.message),
            },
            PluginError::Failed(message) => Self::Refused(bounded(&message)),
        }
    }
}

/// A plugin's words end up in answers and logs: at most 300 characters of them.
fn bounded(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}
