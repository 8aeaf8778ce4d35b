//! One carrier's turn in a call.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// An INVITE to a gateway and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The carrier resource.
    pub resource_id: String,
    /// The gateway's server.
    pub gateway: String,
    /// The request URI.
    pub route: String,
    /// The final SIP status; absent while there is none, or where the carrier never sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sip_status: Option<u16>,
    /// Why the host moved on, or the SIP reason phrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When the INVITE was sent.
    #[serde(with = "time::serde::rfc2822")]
    pub started_at: OffsetDateTime,
    /// When its outcome was known.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc2822::option")]
    pub ended_at: Option<OffsetDateTime>,
}

impl Attempt {
    /// An INVITE that is sent now.
    #[must_use]
    pub fn start(resource_id: String, gateway: String, route: String) -> Self {
        let started_at = crate::time::now();
        Self { resource_id, gateway, route, sip_status: None, reason: None, started_at, ended_at: None }
    }

    /// Its outcome.
    pub fn end(&mut self, sip_status: Option<u16>, reason: impl Into<String>) {
        self.sip_status = sip_status;
        self.reason = Some(reason.into());
        self.ended_at = Some(crate::time::now());
    }
}
