//! From a case to what the plugin is asked.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use strowger_model::number;
use strowger_sandbox::{Carrier, RequestFields, RewriteDirection, RoutedCall, hook};

use super::file::{Case, Direction, EventKind, File};
use super::provider;
use crate::Kind;
use crate::measure::{Format, Question, Select};
use crate::pool::{Rows, carrier};

/// The moment of a call that names none: 2023-11-14.
pub(super) const NOON: u64 = 1_700_000_000;

/// What a case asks; why it cannot be asked where it cannot.
pub(crate) fn question(kind: Kind, file: &File, case: &Case) -> Result<Question, String> {
    let parameters = case.parameters.clone().unwrap_or_else(|| file.parameters.clone());
    match kind {
        Kind::Selector => select(file, case, parameters).map(|select| Question::Select(Box::new(select))),
        Kind::Formatter => Ok(Question::Format(Box::new(Format {
            formatters: parameters,
            direction: match case.direction {
                Direction::Inbound => RewriteDirection::Inbound,
                Direction::Outbound => RewriteDirection::Outbound,
            },
            fields: case.fields.clone(),
        }))),
        Kind::CallHook => Ok(Question::Event(Box::new(told(case, parameters)))),
        Kind::MessageProvider => provider::question(case, &parameters),
    }
}

fn select(file: &File, case: &Case, parameters: Map<String, Value>) -> Result<Select, String> {
    let pool: Vec<Carrier> = file.carriers.iter().map(carrier).collect();
    let rows = match &case.carriers {
        None => (0..).take(pool.len()).collect(),
        Some(ids) => ids.iter().map(|id| row_of(&pool, id)).collect::<Result<_, _>>()?,
    };
    let selector_rows = Arc::new(Rows::new(&file.selectors, &pool));
    let mut call = routed(&case.request);
    call.time = case.time.unwrap_or(NOON);
    Ok(Select {
        parameters: Value::Object(parameters).to_string(),
        pool,
        rows,
        call,
        request: Arc::new(RequestFields::new(case.request.clone())),
        selector_rows,
    })
}

fn row_of(pool: &[Carrier], id: &str) -> Result<u32, String> {
    let row = pool.iter().position(|carrier| carrier.id == id);
    row.and_then(|row| u32::try_from(row).ok()).ok_or_else(|| format!("carriers: none of the file's has the id '{id}'"))
}

fn routed(request: &Map<String, Value>) -> RoutedCall {
    let number =
        |name: &str| request.get(name).and_then(Value::as_str).map(|text| number::convert(text, number::Format::E164));
    RoutedCall {
        number: number("To-DID").unwrap_or_else(|| sample_call().number),
        cid_number: number("Outbound-Caller-ID-Number"),
        time: NOON,
    }
}

/// The call that is routed where nothing says which.
pub(crate) fn sample_call() -> RoutedCall {
    RoutedCall { number: "+15125550177".into(), cid_number: Some("+12025550100".into()), time: NOON }
}

fn told(case: &Case, parameters: Map<String, Value>) -> hook::Event {
    let kind = match case.event {
        EventKind::SessionNew => hook::EventKind::SessionNew,
        EventKind::SessionRedirect => hook::EventKind::SessionRedirect,
        EventKind::VerbHook => hook::EventKind::VerbHook,
        EventKind::CallStatus => hook::EventKind::CallStatus,
    };
    let mut event = event(kind, parameters);
    event.call.from = case.call.from.clone().unwrap_or(event.call.from);
    event.call.to = case.call.to.clone().unwrap_or(event.call.to);
    if case.call.outbound {
        event.call.direction = hook::CallDirection::Outbound;
    }
    event.call.tag = case.call.tag.as_ref().map(Value::to_string);
    event.time = case.time.unwrap_or(NOON);
    let mut payload = json!({
        "call_sid": event.call.call_sid, "account_sid": event.call.account_sid, "call_id": event.call.call_id,
        "direction": if case.call.outbound { "outbound" } else { "inbound" }, "from": event.call.from, "to": event.call.to,
        "call_status": "in-progress", "sip_status": event.call.sip_status, "sip_reason": event.call.sip_reason,
    });
    if let Value::Object(payload) = &mut payload {
        payload.extend(case.payload.clone());
    }
    event.payload = payload.to_string();
    event
}

/// An event of an inbound call that was just answered, for a hook with these parameters.
pub(crate) fn event(kind: hook::EventKind, mut parameters: Map<String, Value>) -> hook::Event {
    parameters.entry("url").or_insert_with(|| json!("plugin:under-test"));
    hook::Event {
        kind,
        call: hook::Call {
            call_sid: "5f3c3e3b-0a53-4b9c-9d8b-6f3d6c1f1a11".into(),
            account_sid: "0e0681b0-d49f-4fb8-b973-b5a3c6758de1".into(),
            application_sid: None,
            call_id: "1@192.0.2.10".into(),
            direction: hook::CallDirection::Inbound,
            from: "+12025550100".into(),
            to: "+15125550177".into(),
            status: hook::CallStatus::InProgress,
            sip_status: 200,
            sip_reason: "OK".into(),
            duration: None,
            tag: None,
        },
        time: NOON,
        payload: "{}".into(),
        hook: Value::Object(parameters).to_string(),
    }
}
