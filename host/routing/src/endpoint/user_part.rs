//! The request URI: a fixed route, or prefix, number and suffix at the gateway.

use std::borrow::Cow;
use std::net::Ipv6Addr;

use strowger_model::number;
use strowger_model::resource::InviteFormat;

use super::candidate::Candidate;

/// The port that a SIP URI leaves out.
const SIP_PORT: u16 = 5060;

/// The route of an endpoint. `invite_format` converts the dialled part; prefix and suffix go around the result.
pub(super) fn route(candidate: &Candidate<'_>) -> String {
    let (gateway, adjusted) = (candidate.gateway(), &candidate.chosen.adjusted);
    let defaults = &candidate.call.profile.defaults;
    // An empty text in a document is its word against the default.
    let fixed = gateway.route.as_ref().or(defaults.route.as_ref());
    if let Some(route) = fixed.filter(|route| !route.is_empty()) {
        return route.clone();
    }
    let user = user(candidate);
    let prefix = adjusted.prefix.or(gateway.prefix.as_deref()).unwrap_or(&defaults.prefix);
    let suffix = adjusted.suffix.or(gateway.suffix.as_deref()).unwrap_or(&defaults.suffix);
    let port = gateway.port.filter(|port| *port != SIP_PORT).map_or_else(String::new, |port| format!(":{port}"));
    format!("sip:{prefix}{user}{suffix}@{}{port}", host(&gateway.server))
}

/// The dialled part in the gateway's format. Its user name stands for every number where it has one and wants it.
fn user<'a>(candidate: &'a Candidate<'_>) -> Cow<'a, str> {
    let (gateway, dialled) = (candidate.gateway(), candidate.dialled());
    let username = gateway.username.as_deref().filter(|name| !name.is_empty());
    match (gateway.invite_format, username, gateway.invite_format.number_format()) {
        (InviteFormat::Username, Some(username), _) => username.into(),
        (_, _, Some(format)) => number::convert(dialled, format).into(),
        _ => dialled.into(),
    }
}

/// A server as the host of a URI (RFC 3261, section 19.1.1).
fn host(server: &str) -> Cow<'_, str> {
    if server.parse::<Ipv6Addr>().is_ok() { format!("[{server}]").into() } else { server.into() }
}
