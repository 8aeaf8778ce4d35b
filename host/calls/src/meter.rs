//! What is counted.

use metrics::{counter, gauge};
use strowger_model::call_record::CallStatus;

/// An INVITE whose outcome is known.
pub(crate) fn attempt(outcome: &'static str) {
    counter!("strowger_call_attempts_total", "outcome" => outcome).increment(1);
}

/// A call to emergency services that was routed.
pub(crate) fn emergency(is_test: bool) {
    counter!("strowger_emergency_calls_total", "test" => if is_test { "true" } else { "false" }).increment(1);
}

/// A call that is over.
pub(crate) fn call(status: CallStatus) {
    counter!("strowger_calls_total", "status" => status.as_str()).increment(1);
}

/// A status event that was delivered, or given up.
pub(crate) fn status_event(outcome: &'static str) {
    counter!("strowger_status_events_total", "outcome" => outcome).increment(1);
}

/// An alert that was written, or left out.
pub(crate) fn alert(outcome: &'static str) {
    counter!("strowger_alerts_total", "outcome" => outcome).increment(1);
}

/// One call more or less is live.
pub(crate) fn live(change: f64) {
    gauge!("strowger_calls_live").increment(change);
}
