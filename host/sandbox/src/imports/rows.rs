//! `rows`: the account's selector rows.

use crate::bindings::selector::strowger::plugin::rows::{Hits as WireHits, Host};
use crate::decision::{Decision, Hits};
use crate::state::State;

impl From<Hits> for WireHits {
    fn from(hits: Hits) -> Self {
        Self { rows: hits.rows, lengths: hits.lengths, values: hits.values }
    }
}

impl State {
    /// Answers from the decision being made; outside one (while a step is prepared) there are no rows to see.
    fn look_up<T: Default>(&mut self, look: impl FnOnce(&mut Decision) -> T) -> wasmtime::Result<T> {
        self.count_host_call()?;
        Ok(self.decision.as_mut().map_or_else(T::default, |decision| look(decision)))
    }
}

impl Host for State {
    fn present(&mut self, name: String) -> wasmtime::Result<Vec<u32>> {
        self.look_up(|decision| decision.rows.present(&name, decision.time))
    }

    fn exact(&mut self, name: String, key: String) -> wasmtime::Result<WireHits> {
        self.look_up(|decision| decision.rows.exact(&name, &key, decision.time)).map(Into::into)
    }

    fn prefixes(&mut self, name: String, number: String) -> wasmtime::Result<WireHits> {
        self.look_up(|decision| decision.prefixes(&name, &number)).map(Into::into)
    }

    fn matching(&mut self, name: String, text: String) -> wasmtime::Result<WireHits> {
        self.look_up(|decision| decision.rows.matching(&name, &text, decision.time)).map(Into::into)
    }

    fn selectors(&mut self, name: String, row: u32) -> wasmtime::Result<Vec<String>> {
        self.look_up(|decision| decision.rows.selectors(&name, row, decision.time))
    }

    fn values(&mut self, name: String) -> wasmtime::Result<WireHits> {
        self.look_up(|decision| decision.values(&name)).map(Into::into)
    }
}
