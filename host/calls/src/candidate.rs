//! One way to reach the called party.

use std::time::Duration;

use strowger_media::Codec;
use strowger_model::sip;
use strowger_routing::{Endpoint, RefusedEndpoint, Sender};
use strowger_sip::Credentials;

/// How long a gateway that nothing says otherwise of may stay silent.
const DEFAULT_GRACE: Duration = Duration::from_secs(5);

/// A gateway's turn in a call.
#[derive(Debug, Clone)]
pub enum Turn {
    /// It is dialled.
    Dial(Box<Candidate>),
    /// It cannot be dialled as its document demands; the call's record says so.
    Pass(Passed),
}

/// A gateway that is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The carrier resource.
    pub resource_id: String,
    /// The carrier's name.
    pub name: String,
    /// The gateway's server.
    pub server: String,
    /// Why.
    pub reason: String,
}

/// Where one INVITE goes, and how long it is waited for.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The carrier resource; empty for a SIP URI that was dialled directly.
    pub resource_id: String,
    /// The carrier's name.
    pub name: String,
    /// Request URI.
    pub request_uri: String,
    /// To, where it is not the request URI's address.
    pub to_uri: Option<String>,
    /// The caller as the carrier is shown it; the caller itself where a SIP URI was dialled directly.
    pub sender: Option<Sender>,
    /// Headers of the INVITE.
    pub headers: Vec<(String, String)>,
    /// Order of the offer.
    pub codecs: Vec<Codec>,
    /// Offer RTCP on the port of RTP.
    pub rtcp_mux: bool,
    /// What comes before the answer is not listened to.
    pub ignore_early_media: bool,
    /// Answer to a digest challenge.
    pub credentials: Option<Credentials>,
    /// Time until any SIP answer.
    pub grace_period: Duration,
    /// Time until ringing or early media.
    pub progress_timeout: Option<Duration>,
}

impl Candidate {
    /// A SIP URI that needs no routing.
    #[must_use]
    pub fn direct(request_uri: String, headers: Vec<(String, String)>, credentials: Option<Credentials>) -> Self {
        Self {
            resource_id: String::new(),
            name: String::new(),
            request_uri,
            to_uri: None,
            sender: None,
            headers,
            codecs: Codec::DEFAULT_ORDER.to_vec(),
            rtcp_mux: false,
            ignore_early_media: false,
            credentials,
            grace_period: DEFAULT_GRACE,
            progress_timeout: None,
        }
    }

    /// Host and port of the request URI.
    #[must_use]
    pub fn gateway(&self) -> &str {
        sip::host_and_port(&self.request_uri)
    }
}

impl Turn {
    /// The carrier's name.
    #[must_use]
    pub fn carrier(&self) -> &str {
        match self {
            Self::Dial(candidate) => &candidate.name,
            Self::Pass(passed) => &passed.name,
        }
    }
}

impl From<Candidate> for Turn {
    fn from(candidate: Candidate) -> Self {
        Self::Dial(Box::new(candidate))
    }
}

impl From<RefusedEndpoint> for Turn {
    fn from(refused: RefusedEndpoint) -> Self {
        let RefusedEndpoint { resource_id, name, server, reason, .. } = refused;
        Self::Pass(Passed { resource_id, name, server, reason })
    }
}

impl From<Endpoint> for Candidate {
    fn from(endpoint: Endpoint) -> Self {
        let invite = endpoint.invite;
        let credentials = invite.credentials.map(|known| Credentials {
            username: known.username,
            password: known.password.expose().to_owned(),
            realm: known.realm,
        });
        Self {
            resource_id: endpoint.resource_id,
            name: endpoint.name,
            request_uri: invite.request_uri,
            to_uri: invite.to_uri,
            sender: Some(invite.sender),
            headers: invite.headers,
            codecs: Codec::order(&invite.codecs),
            rtcp_mux: invite.rtcp_mux,
            ignore_early_media: invite.ignore_early_media,
            credentials,
            grace_period: invite.grace_period,
            progress_timeout: invite.progress_timeout,
        }
    }
}
