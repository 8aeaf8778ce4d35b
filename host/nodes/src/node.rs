//! What is known of a node.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// A process; a fresh one each time it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(Uuid);

impl NodeId {
    /// A fresh random identifier.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

/// What a node tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeInfo {
    /// What the operator calls it.
    pub name: String,
    /// Base URL of its API.
    pub http: String,
    /// Its SIP address.
    pub sip: String,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// What it tells of itself.
    #[serde(flatten)]
    pub info: NodeInfo,
    /// The version that it runs.
    pub version: String,
    /// When it started.
    #[serde(with = "time::serde::rfc2822")]
    pub started_at: OffsetDateTime,
}

impl Node {
    pub(crate) fn starting(info: NodeInfo) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { id: NodeId::random(), info, version, started_at: strowger_model::time::now() }
    }
}
