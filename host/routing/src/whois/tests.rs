use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_store::{Expect, Key, Kind, MemoryStore, Store, StoreExt};

use super::*;

fn carriers(gateways: &[(&str, Value)]) -> Vec<Resource> {
    let carrier = |(id, gateway): &(&str, Value)| Resource::from_body(id, &json!({"gateways": [gateway]})).unwrap();
    gateways.iter().map(carrier).collect()
}

fn source(ip: &str, port: u16, realm: &str) -> Source {
    Source { ip: ip.parse().unwrap(), port: Some(port), realm: Some(realm.to_owned()) }
}

fn known(gateways: &[(&str, Value)], source: &Source) -> Option<(String, Rule)> {
    let mut addresses = Addresses::default();
    addresses.insert("sip.carrier.example", ["192.0.2.30".parse().unwrap(), "2001:db8::30".parse().unwrap()]);
    identify(&carriers(gateways), source, &addresses).map(|known| (known.resource.id.clone(), known.rule))
}

fn is(id: &str, rule: Rule) -> Option<(String, Rule)> {
    Some((id.to_owned(), rule))
}

#[test]
fn a_gateway_is_known_by_each_of_the_rules() {
    let from = source("192.0.2.1", 5070, "tenant.example");
    for (gateway, rule) in [
        (json!({"server": "192.0.2.1", "port": 5070, "force_port": true}), Rule::ServerAndPort),
        (json!({"server": "192.0.2.1", "port": 5080}), Rule::Server),
        (json!({"server": "192.0.2.9", "inbound_ip": "192.0.2.1"}), Rule::Server),
        (json!({"server": "192.0.2.9", "realm": "192.0.2.1"}), Rule::RealmIsAddress),
        (json!({"server": "192.0.2.9", "realm": "Tenant.Example"}), Rule::Realm),
        (json!({"server": "tenant.example"}), Rule::ServerIsRealm),
    ] {
        assert_eq!(known(&[("a", gateway.clone())], &from), is("a", rule), "{gateway}");
        assert_eq!(known(&[("a", gateway.clone())], &source("192.0.2.2", 5070, "other.example")), None, "{gateway}");
    }
}

#[test]
fn a_gateway_that_insists_on_its_port_is_known_by_nothing_less() {
    let insists = [("a", json!({"server": "192.0.2.1", "realm": "tenant.example", "force_port": true}))];
    assert_eq!(known(&insists, &source("192.0.2.1", 5060, "")), is("a", Rule::ServerAndPort));
    assert_eq!(known(&insists, &source("192.0.2.1", 5061, "tenant.example")), None);
    let portless = Source { port: None, ..source("192.0.2.1", 0, "tenant.example") };
    assert_eq!(known(&insists, &portless), None);
}

#[test]
fn an_address_is_believed_before_a_realm_whichever_carrier_comes_first() {
    let gateways = [
        ("by-realm", json!({"server": "192.0.2.9", "realm": "tenant.example"})),
        ("by-address", json!({"server": "192.0.2.1"})),
        ("by-port", json!({"server": "192.0.2.1", "port": 5070, "force_port": true})),
    ];
    assert_eq!(known(&gateways, &source("192.0.2.1", 5070, "tenant.example")), is("by-port", Rule::ServerAndPort));
    assert_eq!(known(&gateways, &source("192.0.2.1", 5071, "tenant.example")), is("by-address", Rule::Server));
    assert_eq!(known(&gateways, &source("192.0.2.2", 5070, "tenant.example")), is("by-realm", Rule::Realm));
}

#[test]
fn addresses_of_both_families_are_known_in_every_spelling() {
    let gateways = [
        ("four", json!({"server": "192.0.2.1"})),
        ("six", json!({"server": "[2001:DB8::0:1]"})),
        ("realm", json!({"server": "x", "realm": "2001:db8::2"})),
    ];
    assert_eq!(known(&gateways, &source("::ffff:192.0.2.1", 1, "")), is("four", Rule::Server));
    assert_eq!(known(&gateways, &source("2001:db8::1", 1, "")), is("six", Rule::Server));
    assert_eq!(known(&gateways, &source("2001:db8::2", 1, "")), is("realm", Rule::RealmIsAddress));
}

#[test]
fn a_name_has_the_addresses_that_the_caller_says() {
    let gateways = [("a", json!({"server": "SIP.carrier.example"})), ("b", json!({"server": "unknown.example"}))];
    for ip in ["192.0.2.30", "2001:db8::30"] {
        assert_eq!(known(&gateways, &source(ip, 5060, "")), is("a", Rule::Server));
    }
    assert_eq!(known(&gateways, &source("192.0.2.31", 5060, "")), None);
}

#[test]
fn what_is_disabled_and_what_is_empty_knows_nobody() {
    let disabled = json!({"enabled": false, "gateways": [{"server": "192.0.2.1"}]});
    let carriers = [Resource::from_body("a", &disabled).unwrap()];
    assert!(identify(&carriers, &source("192.0.2.1", 5060, ""), &Addresses::default()).is_none());
    assert_eq!(known(&[("a", json!({"server": "192.0.2.1", "enabled": false}))], &source("192.0.2.1", 5060, "")), None);
    assert_eq!(known(&[("a", json!({"server": "", "realm": ""}))], &source("192.0.2.1", 5060, "")), None);
}

async fn put(store: &MemoryStore, owner: Owner, id: &str, body: Value) {
    store.put(Key::new(owner, Kind::Resource, id), body, Expect::Absent).await.unwrap();
}

#[tokio::test]
async fn the_installations_carriers_come_before_the_accounts_and_no_password_is_told() {
    let store = MemoryStore::new();
    let account = AccountId::random();
    let gateway = json!({"server": "192.0.2.1", "username": "me", "password": "s3cret", "realm": "r.example"});
    put(&store, account.into(), "own", json!({"gateways": [{"server": "x.example"}, gateway]})).await;
    let dyn_store: &dyn Store = &*store;
    let pools = Pools::load(dyn_store, Some(account)).await.unwrap();
    assert_eq!(pools.host_names().into_iter().collect::<Vec<_>>(), ["x.example"]);
    let from = source("192.0.2.1", 5060, "");
    let told = json!(pools.identify(&from, &Addresses::default()).unwrap());
    let expected = json!({
        "resource_id": "own", "global": false, "account_id": account.hex(), "matched": "server=ip", "gateway": 1,
        "realm": "r.example", "username": "me", "fax_option": false,
    });
    assert_eq!(told, expected);
    let global = json!({"gateways": [{"server": "192.0.2.1"}], "media": {"fax_option": true}});
    put(&store, Owner::System, "trunk", global.clone()).await;
    let mut deleted = global;
    deleted["pvt_deleted"] = json!(true);
    put(&store, Owner::System, "gone", deleted).await;
    let pools = Pools::load(dyn_store, Some(account)).await.unwrap();
    let told = pools.identify(&from, &Addresses::default()).unwrap();
    assert_eq!((told.resource_id.as_str(), told.global), ("trunk", true));
    assert!(told.gateway.as_ref().is_some_and(|gateway| gateway.fax_option));
    assert_eq!(json!(told.without_gateway()), json!({"resource_id": "trunk", "global": true, "matched": "server=ip"}));
}
