//! The stored form of a call's record: what the API shows, and the node that has the call.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strowger_model::{AccountId, CallRecord, Sid};
use strowger_nodes::NodeId;
use strowger_store::{Key, Kind};

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
