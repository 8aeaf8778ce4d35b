//! The record of a call: what `/v1` answers of it, while it lives and after.

mod attempt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::v1::{from_zero_one, hyphenated, zero_one};
use crate::{AccountId, Sid};

pub use attempt::Attempt;

/// Which way a call goes, seen from the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallDirection {
    /// Somebody called.
    Inbound,
    /// The host calls.
    Outbound,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallStatus {
    /// The INVITE is on its way.
    Trying,
    /// It rings.
    Ringing,
    /// Media flows before the answer.
    EarlyMedia,
    /// It is answered.
    InProgress,
    /// It was answered, and is over.
    Completed,
    /// It came to nothing.
    Failed,
    /// The called party is busy or declined.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// It waits in a queue.
    Queued,
}

impl CallStatus {
    /// The name that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trying => "trying",
            Self::Ringing => "ringing",
            Self::EarlyMedia => "early-media",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Queued => "queued",
        }
    }

    /// Whether the call is over.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Busy | Self::NoAnswer)
    }

    /// How a call that the host placed and nobody answered ended, by its last SIP status.
    #[must_use]
    pub fn of_refusal(sip_status: u16) -> Self {
        match sip_status {
            486 | 603 => Self::Busy,
            487 => Self::NoAnswer,
            _ => Self::Failed,
        }
    }
}

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TerminatedBy {
    /// The other side.
    Caller,
    /// The host, by the name that clients of the API know.
    #[serde(rename = "jambonz", alias = "strowger")]
    Strowger,
}

/// A call. What it does not have is absent, never `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Its id.
    pub call_sid: Sid,
    /// Whose it is.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// The application that handles it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_sid: Option<Sid>,
    /// The call that it was dialled from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_call_sid: Option<Sid>,
    /// Which way it goes.
    pub direction: CallDirection,
    /// The calling number or address.
    pub from: String,
    /// The called number or address.
    pub to: String,
    /// SIP Call-ID of the leg.
    pub call_id: String,
    /// The last SIP status.
    pub sip_status: u16,
    /// The last SIP reason phrase.
    pub sip_reason: String,
    /// Where it stands.
    pub call_status: CallStatus,
    /// The number that the far end was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_id: Option<String>,
    /// The name that came or went with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_name: Option<String>,
    /// Finds it in logs and traces.
    pub trace_id: String,
    /// Base URL of the node that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_url: Option<String>,
    /// SIP address of the node that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fs_sip_address: Option<String>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originating_sip_ip: Option<String>,
    /// The carrier that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originating_sip_trunk_name: Option<String>,
    /// Who ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_termination_by: Option<TerminatedBy>,
    /// Why it ended, where the SIP status does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub termination_reason: Option<String>,
    /// Whole seconds since the answer; there exactly where the call is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// When it began.
    #[serde(with = "time::serde::rfc2822")]
    pub attempted_at: OffsetDateTime,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc2822::option")]
    pub answered_at: Option<OffsetDateTime>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc2822::option")]
    pub terminated_at: Option<OffsetDateTime>,
    /// What its owner attached to it.
    #[serde(rename = "customerData", default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Map<String, Value>>,
    /// The carriers that were tried, in order.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
    /// Which plugin answered each step of its routing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routing: Vec<RoutedStep>,
    /// Whether nothing is kept of it among the recent calls.
    #[serde(
        default,
        skip_serializing_if = "std::ops::Not::not",
        serialize_with = "zero_one",
        deserialize_with = "from_zero_one"
    )]
    pub disable_cdrs: bool,
}

/// A step of a call's routing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutedStep {
    /// The module, as the chain names it.
    pub module: String,
    /// Which of the step's plugins answered: `step`, `fallback`, or what `on_error` says.
    pub rung: String,
    /// The version that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Why the one that was to answer did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl CallRecord {
    /// A call that is being tried.
    #[must_use]
    pub fn trying(account_sid: AccountId, direction: CallDirection, from: String, to: String, call_id: String) -> Self {
        Self {
            call_sid: Sid::random(),
            account_sid,
            application_sid: None,
            parent_call_sid: None,
            direction,
            from,
            to,
            call_id,
            sip_status: 100,
            sip_reason: "Trying".to_owned(),
            call_status: CallStatus::Trying,
            caller_id: None,
            caller_name: None,
            trace_id: uuid::Uuid::new_v4().simple().to_string(),
            service_url: None,
            fs_sip_address: None,
            originating_sip_ip: None,
            originating_sip_trunk_name: None,
            call_termination_by: None,
            termination_reason: None,
            duration: None,
            attempted_at: crate::time::now(),
            answered_at: None,
            terminated_at: None,
            tag: None,
            attempts: Vec::new(),
            routing: Vec::new(),
            disable_cdrs: false,
        }
    }

    /// It rings, with media or without.
    pub fn ringing(&mut self, sip_status: u16, sip_reason: &str, early_media: bool) {
        self.sip(sip_status, sip_reason);
        self.call_status = if early_media { CallStatus::EarlyMedia } else { CallStatus::Ringing };
    }

    /// It is answered.
    pub fn answered(&mut self, at: OffsetDateTime) {
        self.sip(200, "OK");
        self.call_status = CallStatus::InProgress;
        self.answered_at = Some(at);
    }

    /// It was answered and is over. The SIP status stays that of the answer.
    pub fn completed(&mut self, by: TerminatedBy, at: OffsetDateTime) {
        let seconds = (at - self.answered_at.unwrap_or(at)).whole_seconds();
        self.duration = Some(u64::try_from(seconds).unwrap_or(0));
        self.call_status = CallStatus::Completed;
        self.call_termination_by = Some(by);
        self.terminated_at = Some(at);
    }

    /// It was never answered and is over.
    pub fn refused(&mut self, status: CallStatus, sip_status: u16, sip_reason: &str, at: OffsetDateTime) {
        self.sip(sip_status, sip_reason);
        self.call_status = status;
        self.terminated_at = Some(at);
    }

    fn sip(&mut self, status: u16, reason: &str) {
        self.sip_status = status;
        self.sip_reason = reason.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::Duration;

    use super::*;

    fn call() -> CallRecord {
        let (from, to) = ("+15083728299".to_owned(), "+16172375089".to_owned());
        CallRecord::trying(AccountId::random(), CallDirection::Outbound, from, to, "c1@192.0.2.1".to_owned())
    }

    #[test]
    fn a_duration_is_there_exactly_where_the_call_is_completed() {
        let mut call = call();
        let answer = call.attempted_at + Duration::seconds(3);
        call.ringing(183, "Session Progress", true);
        assert_eq!((call.call_status, call.duration), (CallStatus::EarlyMedia, None));
        call.answered(answer);
        assert_eq!((call.call_status, call.duration), (CallStatus::InProgress, None));
        call.completed(TerminatedBy::Caller, answer + Duration::seconds(182));
        assert_eq!((call.call_status, call.duration, call.sip_status), (CallStatus::Completed, Some(182), 200));
    }

    #[test]
    fn a_refusal_is_named_by_its_sip_status() {
        let names: Vec<_> =
            [486, 600, 603, 487, 408, 404, 503].map(|status| CallStatus::of_refusal(status).as_str()).into();
        assert_eq!(names, ["busy", "failed", "busy", "no-answer", "failed", "failed", "failed"]);
        let mut call = call();
        call.refused(CallStatus::Busy, 486, "Busy Here", crate::time::now());
        assert!(call.call_status.is_final() && call.duration.is_none());
    }

    #[test]
    fn a_call_is_shown_as_documented() {
        let mut call = call();
        call.tag = json!({"accountCode": "288fe284"}).as_object().cloned();
        let shown = serde_json::to_value(&call).unwrap();
        assert_eq!(shown["call_status"], "trying");
        assert_eq!(shown["sip_status"], 100);
        assert_eq!(shown["customerData"]["accountCode"], "288fe284");
        assert_eq!(shown["account_sid"], call.account_sid.hyphenated());
        assert!(shown.as_object().unwrap().values().all(|value| !value.is_null()));
        assert_eq!(serde_json::from_value::<CallRecord>(shown).unwrap(), call);
    }

    #[test]
    fn every_status_has_its_name() {
        for status in [CallStatus::EarlyMedia, CallStatus::InProgress, CallStatus::NoAnswer, CallStatus::Queued] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
