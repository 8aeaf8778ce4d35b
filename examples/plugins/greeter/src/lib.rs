//! Greets whoever calls or is called: plays a recording, tags the call and hangs up.

use serde_json::json;
use strowger_sdk::call_hook::{CallHook, Event, EventKind, Verb};
use strowger_sdk::{Description, PluginError};

struct Greeter;

impl CallHook for Greeter {
    const DESCRIPTION: Description = Description::new("Plays a greeting and hangs up", include_str!("parameters.json"));

    fn on_event(event: Event) -> Result<Option<Vec<Verb>>, PluginError> {
        Ok((event.kind == EventKind::SessionNew)
            .then(|| vec![Verb::play("file:hello.wav"), Verb::tag(&json!({"greeted": event.call.to})), Verb::hangup()]))
    }
}

strowger_sdk::export_call_hook!(Greeter);

#[cfg(test)]
mod tests {
    use strowger_sdk::testing::event;

    use super::*;

    #[test]
    fn a_new_call_is_greeted_tagged_and_hung_up() {
        let answer = Greeter::on_event(event(EventKind::SessionNew)).unwrap().unwrap();
        let tag = Verb::tag(&json!({"greeted": "+15125550177"}));
        assert_eq!(answer, [Verb::play("file:hello.wav"), tag, Verb::hangup()]);
    }

    #[test]
    fn what_happens_to_the_call_later_changes_nothing() {
        assert_eq!(Greeter::on_event(event(EventKind::CallStatus)), Ok(None));
        assert_eq!(Greeter::on_event(event(EventKind::VerbHook)), Ok(None));
    }
}
