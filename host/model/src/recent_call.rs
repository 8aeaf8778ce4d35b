//! What is kept of a call long after its end: for bills, statistics and questions about it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::call_record::{Attempt, CallDirection, CallRecord, CallStatus, TerminatedBy};
use crate::v1::hyphenated;
use crate::{AccountId, Sid};

/// A call that is over. What it does not have is `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecentCall {
    /// When it began.
    #[serde(with = "time::serde::rfc2822")]
    pub attempted_at: OffsetDateTime,
    /// When it was answered.
    #[serde(default, with = "time::serde::rfc2822::option")]
    pub answered_at: Option<OffsetDateTime>,
    /// When it was over.
    #[serde(default, with = "time::serde::rfc2822::option")]
    pub terminated_at: Option<OffsetDateTime>,
    /// Whose it was.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// The application that handled it.
    pub application_sid: Option<Sid>,
    /// Its id.
    pub call_sid: Sid,
    /// The calling number or address.
    pub from: String,
    /// The called number or address.
    pub to: String,
    /// Whether somebody answered.
    pub answered: bool,
    /// Which way it went.
    pub direction: CallDirection,
    /// Whole seconds since the answer; 0 where nobody answered.
    pub duration: u64,
    /// SIP Call-ID of the leg.
    pub sip_callid: String,
    /// SIP Call-ID of the leg that it was dialled from.
    pub sip_parent_callid: Option<String>,
    /// The last SIP status.
    pub sip_status: u16,
    /// Why it ended.
    pub termination_reason: Option<String>,
    /// SIP address of the node that had it.
    pub host: Option<String>,
    /// The gateway at its other end.
    pub remote_host: Option<String>,
    /// The carrier that it came from, or that took it; the last one that was tried where none did.
    pub trunk: Option<String>,
    /// Finds it in logs and traces.
    pub trace_id: String,
    /// Where its recording is.
    pub recording_url: Option<String>,
    /// The carriers that were tried, in order.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
}

impl RecentCall {
    /// What is kept of a call; none of one that is not over, nor of one whose account wants nothing kept.
    #[must_use]
    pub fn of(record: &CallRecord) -> Option<Self> {
        if !record.call_status.is_final() || record.disable_cdrs {
            return None;
        }
        let last = record.attempts.last();
        Some(Self {
            attempted_at: record.attempted_at,
            answered_at: record.answered_at,
            terminated_at: record.terminated_at,
            account_sid: record.account_sid,
            application_sid: record.application_sid,
            call_sid: record.call_sid,
            from: record.from.clone(),
            to: record.to.clone(),
            answered: record.answered_at.is_some(),
            direction: record.direction,
            duration: record.duration.unwrap_or(0),
            sip_callid: record.call_id.clone(),
            sip_parent_callid: None,
            sip_status: record.sip_status,
            termination_reason: Some(reason(record)),
            host: record.fs_sip_address.clone(),
            remote_host: record.originating_sip_ip.clone().or_else(|| last.map(|attempt| attempt.gateway.clone())),
            trunk: record
                .originating_sip_trunk_name
                .clone()
                .or_else(|| last.map(|attempt| attempt.resource_id.clone())),
            trace_id: record.trace_id.clone(),
            recording_url: None,
            attempts: record.attempts.clone(),
        })
    }
}

fn reason(record: &CallRecord) -> String {
    match (&record.termination_reason, record.call_status, record.call_termination_by) {
        (Some(reason), ..) => reason.clone(),
        (None, CallStatus::Completed, Some(TerminatedBy::Caller)) => "the far end hung up".to_owned(),
        (None, CallStatus::Completed, _) => "hung up".to_owned(),
        (None, ..) => record.sip_reason.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn record() -> CallRecord {
        let mut record =
            CallRecord::trying(AccountId::random(), CallDirection::Outbound, "a".into(), "b".into(), "c".into());
        record.attempts.push(Attempt::start("carrier-1".into(), "192.0.2.7".into(), "sip:b@192.0.2.7".into()));
        record
    }

    #[test]
    fn a_call_that_lives_is_not_kept() {
        assert_eq!(RecentCall::of(&record()), None);
    }

    #[test]
    fn nothing_is_kept_for_an_account_that_wants_nothing_kept() {
        let mut record = record();
        record.refused(CallStatus::Busy, 486, "Busy Here", record.attempted_at);
        assert!(RecentCall::of(&record).is_some());
        record.disable_cdrs = true;
        assert_eq!(RecentCall::of(&record), None);
        let stored = serde_json::to_value(&record).unwrap();
        assert_eq!(serde_json::from_value::<CallRecord>(stored).unwrap(), record, "whichever node ends it knows");
    }

    #[test]
    fn an_answered_call_says_how_long_it_was_and_over_which_carrier() {
        let mut record = record();
        let answer = record.attempted_at + time::Duration::seconds(2);
        record.answered(answer);
        record.completed(TerminatedBy::Caller, answer + time::Duration::seconds(30));
        let kept = RecentCall::of(&record).unwrap();
        assert_eq!((kept.answered, kept.duration, kept.sip_status), (true, 30, 200));
        assert_eq!((kept.trunk.as_deref(), kept.remote_host.as_deref()), (Some("carrier-1"), Some("192.0.2.7")));
        assert_eq!(kept.termination_reason.as_deref(), Some("the far end hung up"));
    }

    #[test]
    fn what_a_call_does_not_have_is_null_and_survives_the_store() {
        let mut record = record();
        record.refused(CallStatus::Busy, 486, "Busy Here", record.attempted_at);
        let kept = RecentCall::of(&record).unwrap();
        let stored = serde_json::to_value(&kept).unwrap();
        assert_eq!((&stored["answered"], &stored["duration"]), (&Value::from(false), &Value::from(0)));
        assert!(stored.get("answered_at").is_some_and(Value::is_null));
        assert!(stored.get("recording_url").is_some_and(Value::is_null));
        assert_eq!(stored["termination_reason"], "Busy Here");
        assert_eq!(serde_json::from_value::<RecentCall>(stored).unwrap(), kept);
    }
}
