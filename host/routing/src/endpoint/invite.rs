//! What SIP is told of an endpoint: read from its formatted fields, so that formatters have the last word.

use std::time::Duration;

use serde_json::{Map, Value};
use strowger_model::{Secret, sip};

use super::candidate::{Candidate, is_true};
use super::notes::Notes;
use super::privacy::Hidden;
use super::{demands, fields, headers, privacy};

/// An INVITE as the endpoint wants it.
#[derive(Debug, Clone)]
pub struct EndpointInvite {
    /// Request URI with its parameters.
    pub request_uri: String,
    /// To, where a formatter made another number of it than the one in the request URI.
    pub to_uri: Option<String>,
    /// Who calls.
    pub sender: Sender,
    /// Headers to add.
    pub headers: Vec<(String, String)>,
    /// Codecs in the order of the offer; empty for the installation's own order.
    pub codecs: Vec<String>,
    /// Offer RTCP on the port of RTP.
    pub rtcp_mux: bool,
    /// What comes before the answer is not listened to.
    pub ignore_early_media: bool,
    /// Answer to a digest challenge.
    pub credentials: Option<Credentials>,
    /// Silence after which the next endpoint is started.
    pub grace_period: Duration,
    /// Time until ringing or early media.
    pub progress_timeout: Option<Duration>,
}

/// The caller, as the carrier is shown it. What is `None` is not told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// The whole From URI, where the carrier wants one of its own.
    pub uri: Option<String>,
    /// The number.
    pub number: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// What the called party is not to see.
    pub hidden: Hidden,
}

/// Digest credentials of a gateway.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password; never shown.
    pub password: Secret,
    /// The realm that they are for, where the gateway names one.
    pub realm: Option<String>,
}

/// Puts the INVITE together.
///
/// # Errors
/// Why none can be sent.
pub(super) fn build(
    candidate: &Candidate<'_>,
    formatted: &Map<String, Value>,
    notes: &mut Notes,
) -> Result<EndpointInvite, String> {
    let text = |name: &str| formatted.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let request_uri = request_uri(formatted)?;
    Ok(EndpointInvite {
        to_uri: text("To-DID")
            .filter(|number| *number != candidate.dialled())
            .map(|number| sip::address_at(number, sip::host(&request_uri))),
        request_uri,
        sender: Sender {
            uri: text("From-URI").map(ToOwned::to_owned),
            number: text("Outbound-Caller-ID-Number").map(ToOwned::to_owned),
            name: text("Outbound-Caller-ID-Name").map(ToOwned::to_owned),
            hidden: privacy::of(candidate, formatted),
        },
        headers: headers::for_invite(candidate, formatted, notes),
        codecs: demands::offer(candidate, list(formatted, "Codecs"), notes)?,
        rtcp_mux: candidate.gateway().media.rtcp_mux.unwrap_or(false),
        ignore_early_media: formatted.get("Ignore-Early-Media").is_some_and(is_true),
        credentials: credentials(candidate, text("Auth-User")),
        grace_period: Duration::from_secs(u64::from(candidate.resource().grace_period)),
        progress_timeout: progress_timeout(candidate, text("Endpoint-Progress-Timeout")),
    })
}

/// The route and its parameters; only what the SIP stack can send to.
fn request_uri(formatted: &Map<String, Value>) -> Result<String, String> {
    let route = formatted.get("Route").and_then(Value::as_str).unwrap_or_default();
    if !route.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("sip:")) {
        return Err(format!("route: {route} is no sip: URI"));
    }
    let host = route.rsplit_once('@').map_or(route, |(_, host)| host);
    let transport = host
        .split([';', '?'])
        .find_map(|parameter| parameter.to_ascii_lowercase().strip_prefix("transport=").map(ToOwned::to_owned));
    if let Some(other) = transport.filter(|transport| !["udp", "tcp"].contains(&transport.as_str())) {
        return Err(format!("route: SIP over {other} is not built"));
    }
    let parameters = list(formatted, "SIP-Invite-Parameters").into_iter().map(|parameter| format!(";{parameter}"));
    Ok(parameters.fold(route.to_owned(), |uri, parameter| uri + &parameter))
}

/// A list, or what a formatter wrote in its place: names between commas.
fn list(formatted: &Map<String, Value>, name: &str) -> Vec<String> {
    match formatted.get(name) {
        Some(Value::Array(entries)) => entries.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        Some(Value::String(text)) => {
            text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(ToOwned::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// A document's 0 is no limit; a text that is no number is the document's own value.
fn progress_timeout(candidate: &Candidate<'_>, formatted: Option<&str>) -> Option<Duration> {
    let seconds = formatted.and_then(|text| text.trim().parse().ok());
    let seconds = seconds.unwrap_or_else(|| fields::progress_timeout(candidate));
    Some(Duration::from_secs(u64::from(seconds))).filter(|timeout| !timeout.is_zero())
}

fn credentials(candidate: &Candidate<'_>, username: Option<&str>) -> Option<Credentials> {
    let gateway = candidate.gateway();
    Some(Credentials {
        username: username?.to_owned(),
        password: gateway.password.clone()?,
        realm: gateway.realm.clone().filter(|realm| !realm.is_empty()),
    })
}
