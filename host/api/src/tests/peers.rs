//! Peers of accounts, where the installation allows them.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_store::{Expect, Key, Kind, StoreExt};

use super::harness::{ADMIN, Answer, Api};

async fn installation() -> Api {
    Api::with(|parts| parts.allow_peers = true).await
}

fn peer(id: &str, gateways: Value) -> Value {
    json!({"id": id, "name": id, "peer": true, "gateways": gateways})
}

fn at(ip: &str) -> Value {
    json!([{"server": ip}])
}

async fn created(api: &Api, id: &str, gateways: Value) -> Answer {
    api.data("PUT", &api.v2("/resources"), peer(id, gateways)).await
}

async fn created_by_other(api: &Api, id: &str, ip: &str) -> Answer {
    let path = format!("/v2/accounts/{}/resources", api.other.account.hex());
    api.body("PUT", &path, api.other.account_token, json!({"data": peer(id, at(ip))})).await
}

fn is_taken(answer: &Answer, field: &str) -> bool {
    answer.status == StatusCode::BAD_REQUEST && answer.data()[field]["unique"].is_object()
}

#[tokio::test]
async fn a_peer_has_an_address_at_every_gateway() {
    let api = installation().await;
    let answer = created(&api, "a", json!([{"server": "192.0.2.1"}, {"server": "b.example"}, {}])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
    for field in ["gateways.1.server", "gateways.2.server"] {
        assert!(answer.data()[field]["required"].is_object(), "{field}: {}", answer.text);
    }
    let gateways = json!([{"server": "192.0.2.1"}, {"server": "b.example", "inbound_ip": "192.0.2.2"}]);
    assert_eq!(created(&api, "a", gateways).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn no_two_carriers_of_the_installation_have_the_same_address() {
    let api = installation().await;
    let trunk = json!({"data": {"id": "trunk", "name": "trunk", "gateways": at("192.0.2.9")}});
    assert_eq!(api.body("PUT", "/v2/resources", ADMIN, trunk).await.status, StatusCode::CREATED);
    assert_eq!(created(&api, "a", at("192.0.2.1")).await.status, StatusCode::CREATED);
    let inbound = json!([{"server": "b.example", "inbound_ip": "::ffff:192.0.2.1"}]);
    assert!(is_taken(&created(&api, "b", inbound).await, "gateways.0.inbound_ip"));
    for ip in ["192.0.2.1", "192.0.2.9"] {
        assert!(is_taken(&created_by_other(&api, "theirs", ip).await, "gateways.0.server"), "{ip}");
    }
    assert_eq!(created_by_other(&api, "theirs", "192.0.2.2").await.status, StatusCode::CREATED);
    let moved = api.data("PATCH", &api.v2("/resources/a"), json!({"gateways": at("192.0.2.2")})).await;
    assert!(is_taken(&moved, "gateways.0.server"), "{}", moved.text);
}

#[tokio::test]
async fn an_address_is_free_again_when_its_peer_moves_ends_or_goes() {
    let api = installation().await;
    for (change, verb) in [
        (json!({"gateways": at("192.0.2.5")}), "PATCH"),
        (json!({"peer": false}), "PATCH"),
        (json!({"name": "a", "gateways": []}), "POST"),
        (json!({}), "DELETE"),
    ] {
        assert_eq!(created(&api, "a", at("192.0.2.1")).await.status, StatusCode::CREATED, "{change}");
        let same = api.data("PATCH", &api.v2("/resources/a"), json!({"name": "still"})).await;
        assert_eq!(same.status, StatusCode::OK, "{}", same.text);
        assert_eq!(api.data(verb, &api.v2("/resources/a"), change.clone()).await.status, StatusCode::OK, "{change}");
        let theirs = created_by_other(&api, "theirs", "192.0.2.1").await;
        assert_eq!(theirs.status, StatusCode::CREATED, "{verb} {change}: {}", theirs.text);
        let path = format!("/v2/accounts/{}/resources/theirs", api.other.account.hex());
        assert_eq!(api.delete(&path, api.other.account_token).await.status, StatusCode::OK);
        let _ = api.delete(&api.v2("/resources/a"), api.own.account_token).await;
    }
}

#[tokio::test]
async fn a_claim_whose_carrier_was_never_written_is_nobodys_after_a_minute() {
    let api = installation().await;
    let key = |ip: &str| Key::new(Owner::System, Kind::Index, format!("peer_address:{ip}"));
    let now = strowger_model::time::unix_now();
    for (ip, since) in [("192.0.2.1", now - 61), ("192.0.2.2", now)] {
        let claim = json!({"to": format!("{}/lost", api.other.account.hex()), "since": since});
        api.store.put(key(ip), claim, Expect::Absent).await.unwrap();
    }
    assert_eq!(created(&api, "a", at("192.0.2.1")).await.status, StatusCode::CREATED);
    assert!(is_taken(&created(&api, "b", at("192.0.2.2")).await, "gateways.0.server"));
}

#[tokio::test]
async fn the_items_of_a_collection_are_told_each_of_its_own_address() {
    let api = installation().await;
    assert_eq!(created(&api, "a", at("192.0.2.1")).await.status, StatusCode::CREATED);
    let items = json!([peer("b", at("192.0.2.1")), peer("c", at("192.0.2.2")), peer("d", at("192.0.2.2"))]);
    let path = api.v2("/resources/collection");
    let refused = api.data("PUT", &path, items.clone()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    for id in ["b", "d"] {
        assert!(refused.data()["errors"][id]["gateways.0.server"]["unique"].is_object(), "{id}: {}", refused.text);
    }
    let partly = api.data("PUT", &format!("{path}?partial=true"), items).await;
    let written: Vec<String> = partly.data()["successes"].as_object().unwrap().keys().cloned().collect();
    assert_eq!((partly.status, written), (StatusCode::OK, vec!["c".to_owned()]), "{}", partly.text);
    let moved = api.data("POST", &path, json!([{"id": "c", "gateways": at("192.0.2.3")}])).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
    assert!(is_taken(&created(&api, "e", at("192.0.2.3")).await, "gateways.0.server"));
}

#[tokio::test]
async fn a_peer_is_known_by_its_address_alone() {
    let api = installation().await;
    let gateways = json!([{"server": "b.example", "inbound_ip": "192.0.2.1"}]);
    assert_eq!(created(&api, "a", gateways).await.status, StatusCode::CREATED);
    let told = api.get("/v2/resource_selectors/whois?ip=192.0.2.1", ADMIN).await;
    let expected = json!(["a", api.own.account.hex(), "server=ip"]);
    let data = told.data();
    assert_eq!(json!([data["resource_id"], data["account_id"], data["matched"]]), expected, "{}", told.text);
}
