//! What SIP is told of an endpoint: read from its formatted fields, so that formatters have the last word.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Candidate, Credentials, EndpointInvite, fields, headers};

pub(super) fn build(candidate: &Candidate<'_>, formatted: &Map<String, Value>, route: &str) -> EndpointInvite {
    let text = |name: &str| formatted.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let list = |name: &str| {
        let entries = formatted.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        entries.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect::<Vec<String>>()
    };
    let parameters = list("SIP-Invite-Parameters").into_iter().map(|parameter| format!(";{parameter}"));
    EndpointInvite {
        request_uri: parameters.fold(route.to_owned(), |uri, parameter| uri + &parameter),
        from_uri: text("From-URI"),
        caller_id_number: text("Outbound-Caller-ID-Number"),
        caller_id_name: text("Outbound-Caller-ID-Name"),
        headers: headers::for_invite(formatted),
        codecs: list("Codecs"),
        credentials: credentials(candidate),
        grace_period: Duration::from_secs(u64::from(candidate.carrier.resource.grace_period)),
        progress_timeout: Some(Duration::from_secs(u64::from(fields::progress_timeout(candidate)))),
    }
}

fn credentials(candidate: &Candidate<'_>) -> Option<Credentials> {
    let gateway = candidate.gateway;
    let username = gateway.username.clone().filter(|username| !username.is_empty())?;
    Some(Credentials { username, password: gateway.password.clone()?, realm: gateway.realm.clone() })
}
