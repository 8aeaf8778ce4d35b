//! A call hook that never answers, for tests of the sandbox.

use strowger_sdk::call_hook::{CallHook, Event, Verb};
use strowger_sdk::{Description, PluginError};

struct Hostile;

impl CallHook for Hostile {
    const DESCRIPTION: Description = Description::new("Never answers", "{}");

    fn on_event(_: Event) -> Result<Option<Vec<Verb>>, PluginError> {
        loop {
            std::hint::black_box(());
        }
    }
}

strowger_sdk::export_call_hook!(Hostile);
