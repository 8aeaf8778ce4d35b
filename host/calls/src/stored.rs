//! The stored form of a call's record: what the API shows, and the node that has the call; and what is kept of it after its end.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strowger_model::{AccountId, CallRecord, RecentCall, Sid};
use strowger_nodes::NodeId;
use strowger_store::{Expect, Key, Kind, Write};

/// A record and its node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    #[serde(flatten)]
    pub(crate) record: CallRecord,
    /// Its call is reached there while it lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) node_id: Option<NodeId>,
}

impl Stored {
    /// None where the body is no record.
    pub(crate) fn read(body: Value) -> Option<Self> {
        serde_json::from_value(body).ok()
    }
}

/// Where the record of a call lies.
pub(crate) fn key(account: AccountId, call: Sid) -> Key {
    Key::new(account, Kind::Call, call.to_string())
}

/// Where lies what is kept of a call that is over.
pub(crate) fn recent_key(account: AccountId, call: Sid) -> Key {
    Key::new(account, Kind::RecentCall, call.to_string())
}

/// What is written beside the end of a call's record: what is kept of it beyond, and that it waits nowhere any more.
pub(crate) fn beside_end(record: &CallRecord, retention: Duration) -> Vec<Write> {
    let leaving = strowger_rooms::leaving(record.account_sid, record.call_sid);
    recent(record, retention).into_iter().chain(leaving).collect()
}

/// What is kept of a call: the one write of it.
pub(crate) fn recent(record: &CallRecord, retention: Duration) -> Option<Write> {
    let body = serde_json::to_value(RecentCall::of(record)?).ok()?;
    let write = Write::put(recent_key(record.account_sid, record.call_sid), body, Expect::Anything);
    Some(write.expires_in(retention))
}
