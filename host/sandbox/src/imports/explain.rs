//! `explain`: reasons for the trace of a decision.

use crate::bindings::selector::strowger::plugin::explain::Host;
use crate::state::State;

/// Reasons that one step may give in one decision.
const MAX_REASONS: usize = 10_000;
/// Characters of one reason.
const MAX_REASON: usize = 200;

impl Host for State {
    fn tracing(&mut self) -> wasmtime::Result<bool> {
        self.count_host_call()?;
        Ok(self.decision.as_ref().is_some_and(|decision| decision.tracing))
    }

    fn reason(&mut self, row: u32, text: String) -> wasmtime::Result<()> {
        self.count_host_call()?;
        if let Some(decision) = self.decision.as_mut().filter(|d| d.tracing && d.reasons.len() < MAX_REASONS) {
            decision.reasons.push((row, text.chars().take(MAX_REASON).collect()));
        }
        Ok(())
    }
}
