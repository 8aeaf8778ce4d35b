//! `/resource_selectors/whois`: whose gateway a SIP request would be taken for, by its address, port and realm.

use std::net::IpAddr;

use serde_json::{Value, json};
use strowger_model::{Owner, Violation, Violations};
use strowger_routing::whois::{Pools, Source};

use super::error::Error;
use super::peers::account_of_peer;
use super::reply::Reply;
use super::request::Request;
use crate::index::account_of_realm;

/// Longest realm that is looked for: that of a name in the DNS (RFC 1035, section 2.3.4).
const LONGEST_REALM: usize = 253;

pub(super) async fn whois(request: Request) -> Result<Reply, Error> {
    let source = source(&request)?;
    let store = request.state.store();
    let account = match (request.owner, &source.realm) {
        (Owner::Account(account), _) => Some(account),
        (Owner::System, Some(realm)) => account_of_realm(store, realm).await?,
        (Owner::System, None) => None,
    };
    let account = match account {
        Some(account) => Some(account),
        None => account_of_peer(store, source.ip).await?,
    };
    let pools = Pools::load(store, account).await?;
    let addresses = request.state.routing().addresses(pools.host_names()).await;
    let known = pools.identify(&source, &addresses);
    let known = known.ok_or_else(|| Error::BadIdentifier(source.ip.to_string()))?;
    // Gateways of the installation are for its administrators to see, as they are in `/resources`.
    let hidden = known.global && !request.caller.is_admin();
    Ok(Reply::ok(json!(if hidden { known.without_gateway() } else { known })))
}

fn source(request: &Request) -> Result<Source, Violations> {
    match (ip(request), port(request), realm(request)) {
        (Ok(ip), Ok(port), Ok(realm)) => Ok(Source { ip, port, realm }),
        (ip, port, realm) => Err(Violations([ip.err(), port.err(), realm.err()].into_iter().flatten().collect())),
    }
}

fn ip(request: &Request) -> Result<IpAddr, Violation> {
    let given =
        request.parameter("ip").ok_or_else(|| Violation::new("ip", "required", "Field is required but missing"))?;
    let wrong = || Violation::new("ip", "wrong_format", "An IPv4 or IPv6 address").value(bounded(&given));
    given.trim_matches(['[', ']']).parse().map_err(|_| wrong())
}

fn port(request: &Request) -> Result<Option<u16>, Violation> {
    let Some(given) = request.parameter("port") else { return Ok(None) };
    let port = given.parse().ok().filter(|port| *port > 0);
    let wrong = || Violation::new("port", "wrong_format", "A port from 1 to 65535").value(bounded(&given));
    port.map(Some).ok_or_else(wrong)
}

fn realm(request: &Request) -> Result<Option<String>, Violation> {
    let Some(given) = request.parameter("realm").filter(|realm| !realm.is_empty()) else { return Ok(None) };
    if given.chars().count() > LONGEST_REALM {
        let message = format!("String must not be more than {LONGEST_REALM} characters");
        return Err(Violation::new("realm", "maxLength", message).target(LONGEST_REALM));
    }
    Ok(Some(given))
}

fn bounded(text: &str) -> Value {
    text.chars().take(64).collect::<String>().into()
}
