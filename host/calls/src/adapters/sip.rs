//! Legs of the SIP stack, each with a media session of its own.

use std::sync::Arc;

use async_trait::async_trait;
use strowger_media::MediaEngine;
use strowger_sip::{Invite, InviteError, Leg, OutboundLeg, SipStack};

use super::from_uri::from_uri;
use crate::candidate::Candidate;
use crate::ports::{Caller, LegControl, LegError, Legs, StartedLeg};

/// Starts legs on a SIP stack.
pub struct SipLegs {
    stack: Arc<SipStack>,
    media: Arc<MediaEngine>,
    host: String,
}

impl SipLegs {
    /// `host` is this installation's own in a From URI: a domain, or the address that is listened on.
    #[must_use]
    pub fn new(stack: Arc<SipStack>, media: Arc<MediaEngine>, host: impl Into<String>) -> Self {
        Self { stack, media, host: host.into() }
    }

    fn caller_uri(&self, candidate: &Candidate, caller: &Caller) -> String {
        let number = candidate.caller_id_number.as_ref().unwrap_or(&caller.from);
        let host = caller.host.as_ref().unwrap_or(&self.host);
        candidate.from_uri.clone().unwrap_or_else(|| from_uri(number, host))
    }
}

#[async_trait]
impl Legs for SipLegs {
    async fn start(&self, candidate: &Candidate, caller: &Caller) -> Result<StartedLeg, LegError> {
        let mut media = self.media.open().await.map_err(|error| LegError::Overloaded(error.to_string()))?;
        let sdp = media.offer(&candidate.codecs);
        let mut invite = Invite::new(&candidate.request_uri, self.caller_uri(candidate, caller), sdp);
        invite.from_display = candidate.caller_id_name.clone().or_else(|| caller.name.clone());
        invite.headers.clone_from(&candidate.headers);
        invite.credentials.clone_from(&candidate.credentials);
        let OutboundLeg { call_id, events, leg } = self.stack.invite(invite).await.map_err(leg_error)?;
        Ok(StartedLeg { call_id, events, control: Box::new(leg), media })
    }
}

#[async_trait]
impl LegControl for Leg {
    async fn abandon(&self) {
        Self::abandon(self).await;
    }

    async fn hangup(&self, headers: Vec<(String, String)>) -> Result<(), String> {
        match Self::hangup(self, headers).await {
            Err(error @ strowger_sip::SipError::Header(_)) => Err(error.to_string()),
            // A leg that is gone is what was asked for.
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn leg_error(error: InviteError) -> LegError {
    match error {
        InviteError::Busy { .. } | InviteError::ShuttingDown => LegError::Overloaded(error.to_string()),
        other => LegError::Candidate(other.to_string()),
    }
}
