//! An event of a call, to try call hooks on.

use serde_json::json;

use crate::call_hook::{Call, CallDirection, CallStatus, Event, EventKind};

/// An event of an inbound call from +12025550100 to +15125550177, which has just been answered.
#[must_use]
pub fn event(kind: EventKind) -> Event {
    let call = Call {
        call_sid: "5f3c3e3b-0a53-4b9c-9d8b-6f3d6c1f1a11".into(),
        account_sid: "0e0681b0-d49f-4fb8-b973-b5a3c6758de1".into(),
        application_sid: None,
        call_id: "1@192.0.2.10".into(),
        direction: CallDirection::Inbound,
        from: "+12025550100".into(),
        to: "+15125550177".into(),
        status: CallStatus::InProgress,
        sip_status: 200,
        sip_reason: "OK".into(),
        duration: None,
        tag: None,
    };
    let payload = json!({
        "call_sid": call.call_sid, "direction": "inbound", "from": call.from, "to": call.to, "call_id": call.call_id,
        "sip_status": call.sip_status, "sip_reason": call.sip_reason, "call_status": "in-progress",
        "account_sid": call.account_sid,
    });
    Event {
        kind,
        call,
        time: 1_700_000_000,
        payload: payload.to_string(),
        hook: json!({"url": "plugin:x"}).to_string(),
    }
}
