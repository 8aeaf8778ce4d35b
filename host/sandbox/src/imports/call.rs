//! `call`: the call to be routed.

use crate::bindings::selector::strowger::plugin::call::Host;
use crate::decision::RoutedCall;
use crate::state::State;

impl State {
    fn routed_call(&mut self) -> wasmtime::Result<Option<&RoutedCall>> {
        self.count_host_call()?;
        Ok(self.decision.as_ref().map(|decision| &decision.call))
    }
}

/// While a step is prepared there is no call.
impl Host for State {
    fn number(&mut self) -> wasmtime::Result<String> {
        Ok(self.routed_call()?.map(|call| call.number.clone()).unwrap_or_default())
    }

    fn cid_number(&mut self) -> wasmtime::Result<Option<String>> {
        Ok(self.routed_call()?.and_then(|call| call.cid_number.clone()))
    }

    fn time(&mut self) -> wasmtime::Result<u64> {
        Ok(self.routed_call()?.map(|call| call.time).unwrap_or_default())
    }
}
