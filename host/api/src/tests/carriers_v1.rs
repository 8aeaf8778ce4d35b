//! `/v1/VoipCarriers` and `/v1/SipGateways`: the carrier resources of `/v2`.

use http::StatusCode;
use serde_json::{Value, json};

use super::harness::{ADMIN, Answer, Api, carrier};

fn made(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["sid"].as_str().unwrap().to_owned()
}

fn told(answer: &Answer) -> (StatusCode, String) {
    (answer.status, answer.json()["msg"].as_str().unwrap_or_default().to_owned())
}

async fn add_carrier(api: &Api, token: &str, body: Value) -> String {
    made(&api.body("POST", "/v1/VoipCarriers", token, body).await)
}

async fn add_gateway(api: &Api, carrier: &str, ipv4: &str) -> String {
    let body = json!({"voip_carrier_sid": carrier, "ipv4": ipv4, "port": 5080, "inbound": 0, "outbound": true});
    made(&api.body("POST", "/v1/SipGateways", api.own.account_token, body).await)
}

#[tokio::test]
async fn a_carrier_of_v1_is_a_resource_of_v2() {
    let api = Api::new().await;
    let token = api.own.account_token;
    let body = json!({
        "name": "Acme", "register_username": "joe", "register_password": "s3cret", "tech_prefix": "9", "diversion": "+1415",
    });
    let sid = add_carrier(&api, token, body).await;
    add_gateway(&api, &sid, "192.0.2.1").await;
    let document = api.get(&api.v2(&format!("/resources/{}", sid.replace('-', ""))), token).await.data();
    let gateway = &document["gateways"][0];
    assert_eq!((&document["name"], &document["enabled"]), (&json!("Acme"), &json!(true)));
    assert_eq!(
        (&gateway["server"], &gateway["port"], &gateway["prefix"]),
        (&json!("192.0.2.1"), &json!(5080), &json!("9"))
    );
    assert_eq!((&gateway["username"], &gateway["password"]), (&json!("joe"), &json!("s3cret")));
    assert_eq!(document["v1"]["diversion"], json!("+1415"));
    let read = api.get(&format!("/v1/VoipCarriers/{sid}"), token).await.json();
    assert_eq!((&read["register_password"], &read["diversion"]), (&json!("s3cret"), &json!("+1415")));
    assert!(!api.get("/v1/VoipCarriers", token).await.text.contains("s3cret"), "a list shows no secret");
    let off = api.body("PUT", &format!("/v1/VoipCarriers/{sid}"), token, json!({"is_active": 0})).await;
    assert_eq!(off.status, StatusCode::NO_CONTENT, "{}", off.text);
    let document = api.get(&api.v2(&format!("/resources/{}", sid.replace('-', ""))), token).await.data();
    assert_eq!((&document["enabled"], &document["gateways"][0]["username"]), (&json!(false), &json!("joe")));
}

#[tokio::test]
async fn a_resource_of_v2_is_a_carrier_of_v1() {
    let api = Api::new().await;
    let token = api.own.account_token;
    let mut data = carrier("Made in v2");
    data["id"] = json!("trunk-7");
    data["note"] = json!("kept");
    assert_eq!(api.data("PUT", &api.v2("/resources"), data).await.status, StatusCode::CREATED);
    let listed = api.get("/v1/VoipCarriers?name=v2", token).await.json();
    let sid = listed[0]["voip_carrier_sid"].as_str().unwrap();
    let path = format!("/v1/VoipCarriers/{sid}");
    assert_eq!(api.get(&path, token).await.json()["name"], json!("Made in v2"));
    let gateways = api.get(&format!("/v1/SipGateways?voip_carrier_sid={sid}"), token).await.json();
    assert_eq!((&gateways[0]["ipv4"], &gateways[0]["outbound"]), (&json!("carrier.example"), &json!(1)));
    let gateway = format!("/v1/SipGateways/{}", gateways[0]["sip_gateway_sid"].as_str().unwrap());
    let changed = api.body("PUT", &gateway, token, json!({"ipv4": "192.0.2.9"})).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text);
    let document = api.get(&api.v2("/resources/trunk-7"), token).await.data();
    assert_eq!((&document["note"], &document["gateways"][0]["server"]), (&json!("kept"), &json!("192.0.2.9")));
    assert_eq!(document["gateways"][0]["password"], json!("DrWoody"), "nothing is lost");
    assert_eq!(api.delete(&path, token).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&api.v2("/resources/trunk-7"), token).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn gateways_come_change_and_go() {
    let api = Api::new().await;
    let token = api.own.account_token;
    let carrier = add_carrier(&api, token, json!({"name": "Acme"})).await;
    let (first, second) =
        (add_gateway(&api, &carrier, "192.0.2.1").await, add_gateway(&api, &carrier, "b.example").await);
    let path = format!("/v1/SipGateways/{second}");
    let refused = api.body("PUT", &path, token, json!({"inbound": 1})).await;
    assert_eq!(told(&refused), (StatusCode::BAD_REQUEST, "Inbound gateway must be IPv4 address".to_owned()));
    assert_eq!(api.body("PUT", &path, token, json!({"is_active": 0})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path, token).await.json()["is_active"], json!(0));
    assert_eq!(api.delete(&format!("/v1/SipGateways/{first}"), token).await.status, StatusCode::NO_CONTENT);
    let left = api.get(&format!("/v1/SipGateways?voip_carrier_sid={carrier}"), token).await.json();
    assert_eq!((left.as_array().map(Vec::len), &left[0]["sip_gateway_sid"]), (Some(1), &json!(second)));
    let unnamed = api.get("/v1/SipGateways", token).await;
    assert_eq!(told(&unnamed), (StatusCode::BAD_REQUEST, "missing voip_carrier_sid".to_owned()));
}

#[tokio::test]
async fn another_tenants_carriers_are_answered_as_those_that_nobody_has() {
    let api = Api::new().await;
    let carrier = add_carrier(&api, api.own.account_token, json!({"name": "Acme"})).await;
    let gateway = add_gateway(&api, &carrier, "192.0.2.1").await;
    let nobodys = "0e0681b0-d49f-4fb8-b973-b5a3c6758de1";
    let body = json!({"name": "x", "voip_carrier_sid": carrier, "ipv4": "192.0.2.2", "inbound": 0, "outbound": 1});
    for token in [api.other.account_token, api.other.provider_token] {
        for verb in ["GET", "PUT", "DELETE"] {
            for (place, theirs) in [("VoipCarriers", &carrier), ("SipGateways", &gateway)] {
                let at = |sid: &str| format!("/v1/{place}/{sid}");
                let change = json!({"is_active": 0});
                let answer = api.body(verb, &at(theirs), token, change.clone()).await;
                assert!(answer.status.is_client_error(), "{verb} {place}: {}", answer.text);
                assert_eq!(told(&answer), told(&api.body(verb, &at(nobodys), token, change).await), "{verb} {place}");
            }
        }
        let added = api.body(
            "POST",
            "/v1/SipGateways",
            token,
            json!({
                "voip_carrier_sid": body["voip_carrier_sid"], "ipv4": "192.0.2.2", "inbound": 0, "outbound": 1,
            }),
        );
        assert_eq!(told(&added.await), (StatusCode::BAD_REQUEST, "invalid voip_carrier_sid".to_owned()));
        let listed = api.get(&format!("/v1/SipGateways?voip_carrier_sid={carrier}"), token).await;
        assert_eq!(listed.status, StatusCode::BAD_REQUEST);
        assert_eq!(api.get("/v1/VoipCarriers", token).await.json(), json!([]));
    }
    assert_eq!(api.get(&format!("/v1/VoipCarriers/{carrier}"), ADMIN).await.json()["is_active"], json!(1));
}

#[tokio::test]
async fn the_installations_carriers_are_its_administrators() {
    let api = Api::new().await;
    let sid = add_carrier(&api, ADMIN, json!({"name": "Global"})).await;
    assert_eq!(
        api.get(&format!("/v2/resources/{}", sid.replace('-', "")), ADMIN).await.data()["name"],
        json!("Global")
    );
    let path = format!("/v1/VoipCarriers/{sid}");
    for token in [api.own.account_token, api.own.provider_token] {
        assert_eq!(told(&api.get(&path, token).await), (StatusCode::BAD_REQUEST, "insufficient privileges".to_owned()));
    }
    let of_provider = api.body("POST", "/v1/VoipCarriers", api.own.provider_token, json!({"name": "x"})).await;
    assert_eq!(of_provider.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", of_provider.text);
    let foreign = json!({"name": "x", "account_sid": api.other.account.hyphenated()});
    let foreign = api.body("POST", "/v1/VoipCarriers", api.own.provider_token, foreign).await;
    assert_eq!(told(&foreign), (StatusCode::BAD_REQUEST, "unknown account_sid".to_owned()));
}

#[tokio::test]
async fn a_carrier_that_numbers_come_from_stays() {
    let api = Api::new().await;
    let token = api.own.account_token;
    let sid = add_carrier(&api, token, json!({"name": "Acme"})).await;
    let number = json!({"number": "14158867900", "voip_carrier_sid": sid});
    let number = made(&api.body("POST", "/v1/PhoneNumbers", token, number).await);
    let path = format!("/v1/VoipCarriers/{sid}");
    let message = "cannot delete voip carrier with active phone numbers".to_owned();
    assert_eq!(told(&api.delete(&path, token).await), (StatusCode::UNPROCESSABLE_ENTITY, message));
    api.delete(&format!("/v1/PhoneNumbers/{number}"), token).await;
    assert_eq!(api.delete(&path, token).await.status, StatusCode::NO_CONTENT);
}
