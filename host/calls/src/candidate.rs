//! One way to reach the called party.

use std::time::Duration;

use strowger_media::Codec;
use strowger_routing::Endpoint;
use strowger_sip::Credentials;

/// How long a gateway that nothing says otherwise of may stay silent.
const DEFAULT_GRACE: Duration = Duration::from_secs(5);

/// Where one INVITE goes, and how long it is waited for.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The carrier resource; empty for a SIP URI that was dialled directly.
    pub resource_id: String,
    /// The carrier's name.
    pub name: String,
    /// Request URI.
    pub request_uri: String,
    /// From URI, where the carrier wants one of its own.
    pub from_uri: Option<String>,
    /// The caller's number, where the carrier is shown another one.
    pub caller_id_number: Option<String>,
    /// The caller's name, where the carrier is shown another one.
    pub caller_id_name: Option<String>,
    /// Headers of the INVITE.
    pub headers: Vec<(String, String)>,
    /// Order of the offer.
    pub codecs: Vec<Codec>,
    /// Answer to a digest challenge.
    pub credentials: Option<Credentials>,
    /// Time until any SIP answer beyond 100.
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
            from_uri: None,
            caller_id_number: None,
            caller_id_name: None,
            headers,
            codecs: Codec::DEFAULT_ORDER.to_vec(),
            credentials,
            grace_period: DEFAULT_GRACE,
            progress_timeout: None,
        }
    }

    /// Host and port of the request URI.
    #[must_use]
    pub fn gateway(&self) -> &str {
        let address = self.request_uri.split_once(':').map_or(self.request_uri.as_str(), |(_, rest)| rest);
        let host = address.rsplit_once('@').map_or(address, |(_, host)| host);
        host.split([';', '?']).next().unwrap_or(host)
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
            from_uri: invite.from_uri,
            caller_id_number: invite.caller_id_number,
            caller_id_name: invite.caller_id_name,
            headers: invite.headers,
            codecs: Codec::order(&invite.codecs),
            credentials,
            grace_period: invite.grace_period,
            progress_timeout: invite.progress_timeout,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateway_is_the_host_of_the_request_uri() {
        for (uri, gateway) in [
            ("sip:+15551234@192.0.2.1:5080;transport=tcp", "192.0.2.1:5080"),
            ("sip:carrier.example", "carrier.example"),
            ("sip:a%40b@[2001:db8::1]:5060?X=y", "[2001:db8::1]:5060"),
        ] {
            assert_eq!(Candidate::direct(uri.into(), Vec::new(), None).gateway(), gateway);
        }
    }
}
