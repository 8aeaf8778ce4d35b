//! Peers of accounts: carriers whose calls are taken by their address alone, so that no two may have the same one.
//!
//! An address is claimed in the installation's index before its carrier is written. A claim whose carrier does not have the address (its
//! write failed, or the carrier is gone) is nobody's, once there was time to write.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, Owner, Violation, Violations, time};
use strowger_store::{Document, Expect, Key, Kind, Store, StoreError, StoreExt};

use super::documents::{self, ATTEMPTS};
use super::error::Error;
use super::request::Request;
use crate::index::Index;

/// Seconds in which what was claimed must have been written.
const TIME_TO_WRITE: i64 = 60;

/// An address of a peer, and the field that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    path: String,
    ip: IpAddr,
}

/// The addresses of peers by the ids of their carriers.
pub(super) type Addresses = BTreeMap<String, Vec<Address>>;

/// What the carriers of an owner may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peers {
    /// The installation's peers are for its administrators to mind.
    Unchecked,
    /// An account may have none.
    Forbidden,
    /// An account's have addresses of their own.
    Claimed,
}

impl Peers {
    pub(super) fn of(request: &Request) -> Self {
        match request.owner {
            Owner::System => Self::Unchecked,
            Owner::Account(_) if request.state.allow_peers() => Self::Claimed,
            Owner::Account(_) => Self::Forbidden,
        }
    }

    /// The addresses to claim for a carrier with these fields.
    ///
    /// # Errors
    /// The rules for peers that it breaks.
    pub(super) fn addresses(self, fields: &Map<String, Value>) -> Result<Vec<Address>, Violations> {
        match self {
            _ if !is_peer(fields) => Ok(Vec::new()),
            Self::Unchecked => Ok(Vec::new()),
            Self::Forbidden => {
                let message = "Peers are disabled in this installation";
                Err(Violation::new("peer", "forbidden", message).value(true).into())
            }
            Self::Claimed => of_gateways(fields),
        }
    }
}

fn is_peer(fields: &Map<String, Value>) -> bool {
    fields.get("peer").is_some_and(|peer| peer == true)
}

fn of_gateways(fields: &Map<String, Value>) -> Result<Vec<Address>, Violations> {
    let gateways = fields.get("gateways").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (mut addresses, mut broken) = (Vec::new(), Violations::default());
    for (index, gateway) in gateways.iter().enumerate() {
        match of_gateway(index, gateway) {
            Ok(address) => addresses.push(address),
            Err(violation) => broken.push(violation),
        }
    }
    broken.into_result().map(|()| addresses)
}

/// `inbound_ip`, or else the server.
fn of_gateway(index: usize, gateway: &Value) -> Result<Address, Violation> {
    let text = |field: &str| gateway.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    let path = |field: &str| format!("gateways.{index}.{field}");
    if let Some(given) = text("inbound_ip") {
        let wrong = || Violation::new(path("inbound_ip"), "wrong_format", "An IPv4 or IPv6 address").value(given);
        return address(given).map(|ip| Address { path: path("inbound_ip"), ip }).ok_or_else(wrong);
    }
    let message = "Gateways of a peer must have an IP address as their server, or in inbound_ip";
    let missing = || Violation::new(path("server"), "required", message);
    text("server").and_then(address).map(|ip| Address { path: path("server"), ip }).ok_or_else(missing)
}

fn address(text: &str) -> Option<IpAddr> {
    text.trim_matches(['[', ']']).parse().ok().map(|ip: IpAddr| ip.to_canonical())
}

/// Claims the addresses, and says for whom that is not to be.
pub(super) async fn claim(request: &Request, wanted: &Addresses) -> Result<BTreeMap<String, Violations>, Error> {
    let mut refused: BTreeMap<String, Violations> = BTreeMap::new();
    if wanted.values().all(Vec::is_empty) {
        return Ok(refused);
    }
    let store = request.state.store();
    let global = of_installation(store).await?;
    for (id, addresses) in wanted {
        for address in addresses {
            if global.contains(&address.ip) || !claim_one(store, request.owner, id, address.ip).await? {
                let message = "Another carrier of this installation has this address";
                let taken = Violation::new(&address.path, "unique", message).value(address.ip.to_string());
                refused.entry(id.clone()).or_default().push(taken);
            }
        }
    }
    Ok(refused)
}

/// The addresses by which the installation's own carriers are known, which are asked before any account's.
async fn of_installation(store: &dyn Store) -> Result<BTreeSet<IpAddr>, StoreError> {
    let carriers = store.all(Owner::System, Kind::Resource).await?;
    let live = carriers.iter().filter(|document| !documents::is_deleted(&document.body));
    let gateways = live.filter_map(|document| document.body.get("gateways")?.as_array()).flatten();
    let fields = gateways.flat_map(|gateway| [gateway.get("server"), gateway.get("inbound_ip")]);
    Ok(fields.flatten().filter_map(|text| address(text.as_str()?)).collect())
}

/// Whether the address is the carrier's now.
async fn claim_one(store: &dyn Store, owner: Owner, id: &str, ip: IpAddr) -> Result<bool, Error> {
    let key = Index::PeerAddress.key(Owner::System, &ip.to_string());
    let holder = holder(owner, id);
    for _ in 0..ATTEMPTS {
        let expect = match store.get(&key).await? {
            None => Expect::Absent,
            Some(claim)
                if claim.body.get("to").is_none_or(|to| *to != holder) && is_held(store, &claim, ip).await? =>
            {
                return Ok(false);
            }
            Some(claim) => Expect::Revision(claim.revision),
        };
        let body = json!({"to": holder, "since": time::unix_now()});
        match store.put(key.clone(), body, expect).await {
            Ok(_) => return Ok(true),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict)
}

fn holder(owner: Owner, id: &str) -> String {
    match owner {
        Owner::System => id.to_owned(),
        Owner::Account(account) => format!("{}/{id}", account.hex()),
    }
}

/// Whether the carrier that the claim is for has the address, or may be about to.
async fn is_held(store: &dyn Store, claim: &Document, ip: IpAddr) -> Result<bool, StoreError> {
    let since = claim.body.get("since").and_then(Value::as_i64).unwrap_or_default();
    if time::unix_now().saturating_sub(since) < TIME_TO_WRITE {
        return Ok(true);
    }
    let Some((account, id)) = claim.body.get("to").and_then(Value::as_str).and_then(|to| to.split_once('/')) else {
        return Ok(false);
    };
    let Ok(account) = account.parse::<AccountId>() else { return Ok(false) };
    let carrier = store.get(&Key::new(account, Kind::Resource, id)).await?;
    Ok(carrier.is_some_and(|carrier| has_address(&carrier.body, ip)))
}

fn has_address(carrier: &Value, ip: IpAddr) -> bool {
    let fields = carrier.as_object().filter(|_| !documents::is_deleted(carrier)).filter(|fields| is_peer(fields));
    let addresses = fields.map(of_gateways).and_then(Result::ok).unwrap_or_default();
    addresses.iter().any(|address| address.ip == ip)
}

/// Gives the addresses up that the carrier had and has no more. What is not given up in this way is found to be nobody's later.
pub(super) async fn release(request: &Request, id: &str, had: &[Address], has: &[Address]) -> Result<(), Error> {
    let store = request.state.store();
    for ip in had.iter().map(|address| address.ip).filter(|ip| has.iter().all(|kept| kept.ip != *ip)) {
        let key = Index::PeerAddress.key(Owner::System, &ip.to_string());
        let claim = store
            .get(&key)
            .await?
            .filter(|claim| claim.body.get("to").is_some_and(|to| *to == holder(request.owner, id)));
        if let Some(claim) = claim {
            match store.delete(key, Expect::Revision(claim.revision)).await {
                Ok(()) | Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// The account that has the peer at that address.
///
/// # Errors
/// Those of the store.
pub async fn account_of_peer(store: &dyn Store, ip: IpAddr) -> Result<Option<AccountId>, StoreError> {
    let found = Index::PeerAddress.find(store, Owner::System, &ip.to_canonical().to_string()).await?;
    Ok(found.and_then(|holder| holder.split_once('/')?.0.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fields: Value) -> Result<Vec<String>, Vec<(String, &'static str)>> {
        let addresses = Peers::Claimed.addresses(fields.as_object().unwrap());
        let shown = |addresses: Vec<Address>| addresses.iter().map(|it| format!("{}={}", it.path, it.ip)).collect();
        addresses.map(shown).map_err(|broken| broken.0.into_iter().map(|it| (it.path, it.constraint)).collect())
    }

    #[test]
    fn a_peer_is_known_by_inbound_ip_or_else_by_its_server() {
        let gateways = json!([{"server": "192.0.2.1"}, {"server": "a.example", "inbound_ip": "::ffff:192.0.2.2"}]);
        let expected = ["gateways.0.server=192.0.2.1", "gateways.1.inbound_ip=192.0.2.2"];
        assert_eq!(told(json!({"peer": true, "gateways": gateways})).unwrap(), expected);
        assert_eq!(told(json!({"peer": false, "gateways": gateways})).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn every_gateway_of_a_peer_has_an_address() {
        let gateways = json!([{"server": "a.example"}, {"server": "192.0.2.1", "inbound_ip": "a.example"}]);
        let expected =
            [("gateways.0.server".to_owned(), "required"), ("gateways.1.inbound_ip".to_owned(), "wrong_format")];
        assert_eq!(told(json!({"peer": true, "gateways": gateways})).unwrap_err(), expected);
    }
}
