//! Which calls a list shows.

use strowger_model::CallRecord;
use strowger_model::call_record::{CallDirection, CallStatus};

/// Exact matches; what is absent matches everything.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// Which way the call goes.
    pub direction: Option<CallDirection>,
    /// The calling number.
    pub from: Option<String>,
    /// The called number.
    pub to: Option<String>,
    /// Where the call stands.
    pub status: Option<CallStatus>,
    /// Whether calls that are over are left out.
    pub live: bool,
}

impl CallFilter {
    /// Whether it admits no call that is over.
    pub(crate) fn is_live(&self) -> bool {
        self.live || self.status.is_some_and(|status| !status.is_final())
    }

    pub(crate) fn admits(&self, record: &CallRecord) -> bool {
        let text = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        self.direction.is_none_or(|direction| direction == record.direction)
            && self.status.is_none_or(|status| status == record.call_status)
            && !(self.live && record.call_status.is_final())
            && text(&self.from, &record.from)
            && text(&self.to, &record.to)
    }
}
