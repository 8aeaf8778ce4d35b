//! Queues, and the calls that wait in them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::v1::{Fields, V1Error, hyphenated};
use crate::{AccountId, Sid};

/// Longest name in characters.
pub const MAX_NAME: usize = 128;

/// Calls of a queue that names no other number, and the most that one may name.
const USUAL_SIZE: u32 = 1_000;
const LARGEST: u32 = 10_000;

/// What a call waits with that names no priority: after all others.
pub const LAST_PRIORITY: u16 = 999;

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Its id.
    pub queue_sid: Sid,
    /// Whose it is.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// Its name, unique in its account.
    pub name: String,
    /// Calls that may wait in it.
    pub max_size: u32,
    /// When it was made.
    #[serde(with = "time::serde::rfc2822")]
    pub created_at: OffsetDateTime,
}

impl Queue {
    /// A new one of that account from a request body.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value, account_sid: AccountId) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[&["account_sid", "name", "max_size"]])?;
        let name = fields.required_text("name", MAX_NAME)?;
        let max_size = match fields.value("max_size") {
            None => USUAL_SIZE,
            Some(size) => whole(size, 1, u64::from(LARGEST))
                .ok_or_else(|| V1Error(format!("max_size must be a number from 1 to {LARGEST}")))?,
        };
        Ok(Self { queue_sid: Sid::random(), account_sid, name, max_size, created_at: crate::time::now() })
    }
}

/// A call that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedCall {
    /// The call.
    pub call_sid: Sid,
    /// Whose it is.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// The queue's name.
    pub queue: String,
    /// From 0 to 999; lower ones are served first.
    pub priority: u16,
    /// When it began to wait.
    #[serde(with = "time::serde::rfc2822")]
    pub joined_at: OffsetDateTime,
    /// The same in Unix milliseconds: who came first among equals.
    pub joined_ms: i64,
}

impl QueuedCall {
    /// A call that begins to wait.
    #[must_use]
    pub fn joining(account_sid: AccountId, queue: &str, call_sid: Sid, priority: u16) -> Self {
        let now = OffsetDateTime::now_utc();
        let joined_ms = i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
        Self { call_sid, account_sid, queue: queue.to_owned(), priority, joined_at: crate::time::now(), joined_ms }
    }

    /// Which is served first: the smaller one.
    #[must_use]
    pub fn order(&self) -> (u16, i64, Sid) {
        (self.priority, self.joined_ms, self.call_sid)
    }

    /// The call that a body names, and its priority.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn requested(body: &Value) -> Result<(Sid, u16), V1Error> {
        let fields = Fields::of(body, &[&["call_sid", "priority"]])?;
        let call = fields.sid("call_sid")?.ok_or_else(|| V1Error::new("missing field call_sid"))?;
        Ok((call, priority(fields)?.unwrap_or(LAST_PRIORITY)))
    }

    /// The priority that a body gives.
    ///
    /// # Errors
    /// Where it gives none, or something else.
    pub fn requested_priority(body: &Value) -> Result<u16, V1Error> {
        priority(Fields::of(body, &[&["priority"]])?)?.ok_or_else(|| V1Error::new("missing field priority"))
    }
}

/// A negative one is the last, as it always was.
fn priority(fields: Fields<'_>) -> Result<Option<u16>, V1Error> {
    let Some(given) = fields.value("priority") else { return Ok(None) };
    if given.as_i64().is_some_and(|given| given < 0) {
        return Ok(Some(LAST_PRIORITY));
    }
    let read = whole(given, 0, u64::from(LAST_PRIORITY)).and_then(|given| u16::try_from(given).ok());
    read.map(Some).ok_or_else(|| V1Error(format!("priority must be a number from 0 to {LAST_PRIORITY}")))
}

fn whole(given: &Value, least: u64, most: u64) -> Option<u32> {
    let number = given.as_u64().filter(|number| (least..=most).contains(number))?;
    u32::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_queue_has_a_name_and_a_size() {
        let queue = Queue::from_request(&json!({"name": "sales"}), AccountId::random()).unwrap();
        assert_eq!((queue.name.as_str(), queue.max_size), ("sales", 1_000));
        let refusal = |body: Value| Queue::from_request(&body, AccountId::random()).unwrap_err().0;
        assert_eq!(refusal(json!({})), "missing field name");
        assert_eq!(refusal(json!({"name": "x", "max_size": 0})), "max_size must be a number from 1 to 10000");
        assert_eq!(refusal(json!({"name": "x".repeat(129)})), "name must be at most 128 characters");
    }

    #[test]
    fn a_lower_priority_is_served_first_and_who_came_first_among_equals() {
        let account = AccountId::random();
        let call = |priority, joined_ms| {
            let call = QueuedCall::joining(account, "q", Sid::random(), priority);
            QueuedCall { joined_ms, ..call }
        };
        let mut calls = [call(999, 1), call(5, 9), call(5, 8)];
        calls.sort_by_key(QueuedCall::order);
        assert_eq!(calls.map(|call| (call.priority, call.joined_ms)), [(5, 8), (5, 9), (999, 1)]);
    }

    #[test]
    fn a_priority_is_from_0_to_999() {
        let sid = Sid::random();
        let read = |priority: Value| QueuedCall::requested(&json!({"call_sid": sid, "priority": priority}));
        assert_eq!(read(json!(0)), Ok((sid, 0)));
        assert_eq!(read(Value::Null), Ok((sid, 999)));
        assert_eq!(read(json!(-4)), Ok((sid, 999)));
        assert_eq!(read(json!(1_000)).unwrap_err().0, "priority must be a number from 0 to 999");
        assert_eq!(QueuedCall::requested(&json!({})).unwrap_err().0, "missing field call_sid");
        assert_eq!(QueuedCall::requested_priority(&json!({})).unwrap_err().0, "missing field priority");
    }
}
