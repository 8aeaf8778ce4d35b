//! The request URI: a fixed route, or prefix, number and suffix at the gateway.

use strowger_model::number;

use super::Candidate;

/// The port that a SIP URI leaves out.
const SIP_PORT: u16 = 5060;

/// The route of an endpoint. `invite_format` converts the dialled part; prefix and suffix go around the result.
pub(super) fn route(candidate: &Candidate<'_>) -> String {
    let gateway = candidate.gateway;
    if let Some(route) = gateway.route.as_ref().filter(|route| !route.is_empty()) {
        return route.clone();
    }
    let dialled = candidate.dialled();
    let converted = gateway.invite_format.number_format().map(|format| number::convert(dialled, format));
    let dialled = converted.as_deref().unwrap_or(dialled);
    let prefix = candidate.adjusted.prefix.or(gateway.prefix.as_deref()).unwrap_or_default();
    let suffix = candidate.adjusted.suffix.or(gateway.suffix.as_deref()).unwrap_or_default();
    let port = gateway.port.filter(|port| *port != SIP_PORT).map_or_else(String::new, |port| format!(":{port}"));
    format!("sip:{prefix}{dialled}{suffix}@{}{port}", gateway.server)
}
