//! Calls to emergency services say who calls by a number of the account's own: the services call back, and send help to its address.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};
use strowger_model::phone_number::E164;
use strowger_model::{AccountId, Owner};
use strowger_store::{Kind, Scan, Store, StoreError, numbers};
use tokio::time::timeout;

use crate::profile::EmergencyRules;
use crate::trace::StepFailure;

/// What a caller's number is where there is none to show (RFC 3323, section 4.1).
const ANONYMOUS: &str = "anonymous";
/// The fields that say who calls, the first before the second.
const NUMBER: &str = "Emergency-Caller-ID-Number";
const NAME: &str = "Emergency-Caller-ID-Name";
const OUTBOUND: &str = "Outbound-Caller-ID-Number";

/// How long the store may take: help does not wait for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The kind of failure that a refused caller id is.
pub const REFUSED_CALLER_ID: &str = "emergency_caller_id";

/// That a route leads to emergency services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Emergency {
    /// Whether the number is one that a chosen carrier's `rules_test` take for a test.
    pub test: bool,
}

/// What becomes of a caller id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is shown as it is.
    Shown,
    /// Another one is shown.
    Instead(String),
    /// The call is not placed.
    Refused,
    /// It is shown as it is, because nobody can say.
    Unknown(String),
}

/// Judges who the request says it is from. A store that does not answer stops no emergency call.
pub(crate) async fn judge(
    store: &dyn Store,
    account: AccountId,
    request: &Map<String, Value>,
    rules: &EmergencyRules,
) -> Verdict {
    match timeout(PATIENCE, valid(store, account, request)).await {
        Ok(Ok(Some(number))) if shown(request) == Some(number.as_str()) => Verdict::Shown,
        Ok(Ok(Some(number))) => Verdict::Instead(number),
        Ok(Ok(None)) if rules.deny_invalid => Verdict::Refused,
        Ok(Ok(None)) => Verdict::Instead(rules.default_number.clone().unwrap_or_else(|| ANONYMOUS.into())),
        Ok(Err(error)) => Verdict::Unknown(error.to_string()),
        Err(_) => Verdict::Unknown("the store does not answer".into()),
    }
}

fn text<'a>(request: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    request.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// What the call would say.
fn shown(request: &Map<String, Value>) -> Option<&str> {
    text(request, NUMBER).or_else(|| text(request, OUTBOUND))
}

/// The emergency id or else the outbound one, if it is a number of the account's; else the first of its numbers.
async fn valid(
    store: &dyn Store,
    account: AccountId,
    request: &Map<String, Value>,
) -> Result<Option<String>, StoreError> {
    for given in [NUMBER, OUTBOUND].iter().filter_map(|field| text(request, field)) {
        let Ok(number) = given.parse::<E164>() else { continue };
        let found = numbers::find(store, &number).await?;
        if found.is_some_and(|found| found.owner == Owner::Account(account)) {
            return Ok(Some(given.to_owned()));
        }
    }
    let first = store.scan(&Scan { limit: 1, ..Scan::of(account, Kind::PhoneNumber) }).await?;
    Ok(first.documents.into_iter().next().map(|document| document.key.id))
}

/// The request with another number for emergency services.
pub(crate) fn shown_as(mut request: Map<String, Value>, number: String) -> Map<String, Value> {
    request.shift_remove(NAME);
    request.insert(NUMBER.into(), number.into());
    request
}

pub(crate) fn refusal() -> StepFailure {
    let message =
        "a call to emergency services needs a number of the account's own as its caller id, and there is none";
    StepFailure { step: 0, module: NUMBER.into(), kind: REFUSED_CALLER_ID, message: message.into() }
}
