//! `types` and `verbs` have no functions; the generated traits want implementations all the same.

use crate::bindings::call_hook::strowger::plugin::verbs;
use crate::bindings::selector::strowger::plugin::types;
use crate::state::State;

impl types::Host for State {}

impl verbs::Host for State {}
