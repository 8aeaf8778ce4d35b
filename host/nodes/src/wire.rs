//! Messages between nodes.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strowger_store::MAX_MESSAGE;
use uuid::Uuid;

use crate::NodeId;

/// A message. Its content may hold credentials, so that it has no `Debug`.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Something is asked of a service.
    Request { id: Uuid, from: NodeId, service: String, body: Value },
    /// It has arrived and is worked on.
    Received { id: Uuid },
    /// It is too busy, or has no such service.
    Refused { id: Uuid },
    /// The answer.
    Answer { id: Uuid, body: Value },
}

impl Message {
    /// None where it is too large.
    pub(crate) fn encode(&self) -> Option<Bytes> {
        let bytes = serde_json::to_vec(self).ok()?;
        (bytes.len() <= MAX_MESSAGE).then(|| bytes.into())
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}
