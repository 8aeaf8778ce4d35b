//! `types` has no functions; the generated trait wants an implementation all the same.

use crate::bindings::selector::strowger::plugin::types::Host;
use crate::state::State;

impl Host for State {}
