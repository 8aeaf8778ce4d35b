//! Legs of the SIP stack, each with a media session of its own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use strowger_media::MediaEngine;
use strowger_sip::{Answer, InDialog, Invite, InviteError, Leg, OutboundLeg, SipStack};

use super::identity::Identity;
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
}

#[async_trait]
impl Legs for SipLegs {
    async fn start(&self, candidate: &Candidate, caller: &Caller) -> Result<StartedLeg, LegError> {
        let mut media = self.media.open().await.map_err(|error| LegError::Overloaded(error.to_string()))?;
        if candidate.rtcp_mux {
            media.mux_rtcp();
        }
        let sdp = media.offer(&candidate.codecs);
        let identity = Identity::of(candidate, caller, &self.host);
        let mut invite = Invite::new(&candidate.request_uri, identity.from, sdp);
        invite.from_display = identity.display;
        invite.to_uri.clone_from(&candidate.to_uri);
        invite.headers = candidate.headers.iter().cloned().chain(identity.headers).collect();
        invite.credentials.clone_from(&candidate.credentials);
        let OutboundLeg { call_id, events, leg } = self.stack.invite(invite).await.map_err(leg_error)?;
        Ok(StartedLeg { call_id, events, control: Arc::new(leg), media })
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

    async fn request(&self, request: InDialog) -> Result<Answer, String> {
        Self::request(self, request).await.map_err(|error| error.to_string())
    }

    async fn dtmf(&self, digit: char, duration: Duration) -> Result<Answer, String> {
        Self::dtmf(self, digit, duration).await.map_err(|error| error.to_string())
    }
}

fn leg_error(error: InviteError) -> LegError {
    match error {
        InviteError::Busy { .. } | InviteError::ShuttingDown => LegError::Overloaded(error.to_string()),
        other => LegError::Candidate(other.to_string()),
    }
}
