//! `/v2/…/resource_selectors/whois`: whose gateway an address is.

use http::StatusCode;
use serde_json::{Value, json};

use super::fakes::RESOLVED;
use super::harness::{ADMIN, Answer, Api};

async fn with_carrier(api: &Api, path: &str, token: &str, id: &str, gateway: Value) {
    let carrier = json!({"data": {"id": id, "name": id, "gateways": [gateway], "media": {"fax_option": true}}});
    let created = api.body("PUT", path, token, carrier).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
}

/// One trunk of the installation at 192.0.2.7, one of the account at carrier.example.
async fn installation() -> Api {
    let api = Api::new().await;
    let trunk =
        json!({"server": "192.0.2.7", "username": "trunk-user", "password": "s3cret", "realm": "trunk.example"});
    with_carrier(&api, "/v2/resources", ADMIN, "trunk", trunk).await;
    let own = json!({"server": "carrier.example", "username": "own-user", "password": "s3cret"});
    with_carrier(&api, &api.v2("/resources"), api.own.account_token, "own", own).await;
    api
}

async fn asked(api: &Api, path: &str, token: &str) -> Answer {
    let answer = api.get(path, token).await;
    assert!(!answer.text.contains("s3cret"), "{}", answer.text);
    answer
}

#[tokio::test]
async fn an_account_is_told_of_its_own_gateway() {
    let api = installation().await;
    let path = api.v2(&format!("/resource_selectors/whois?ip={RESOLVED}&port=5060"));
    let expected = json!({
        "resource_id": "own", "global": false, "account_id": api.own.account.hex(), "matched": "server=ip",
        "gateway": 0, "username": "own-user", "fax_option": true,
    });
    assert_eq!(asked(&api, &path, api.own.account_token).await.data(), expected);
    let body = json!({"data": {"ip": RESOLVED, "port": 5060}});
    let posted = api.body("POST", &api.v2("/resource_selectors/whois"), api.own.account_token, body).await;
    assert_eq!((posted.status, posted.data()), (StatusCode::OK, expected));
}

#[tokio::test]
async fn of_a_gateway_of_the_installation_only_administrators_are_told_more_than_whose_it_is() {
    let api = installation().await;
    let path = api.v2("/resource_selectors/whois?ip=192.0.2.7");
    let told = asked(&api, &path, api.own.account_token).await.data();
    assert_eq!(told, json!({"resource_id": "trunk", "global": true, "matched": "server=ip"}));
    for path in [path.as_str(), "/v2/resource_selectors/whois?ip=::ffff:192.0.2.7"] {
        let told = asked(&api, path, ADMIN).await.data();
        assert_eq!((&told["username"], &told["realm"]), (&json!("trunk-user"), &json!("trunk.example")));
    }
}

#[tokio::test]
async fn without_an_account_the_realm_says_whose_carriers_are_asked() {
    let api = installation().await;
    let realm = json!({"name": "Own", "sip_realm": "Own.Example"});
    let renamed = api.body("PUT", &format!("/v1/Accounts/{}", api.own.account), ADMIN, realm).await;
    assert_eq!(renamed.status, StatusCode::NO_CONTENT, "{}", renamed.text);
    let path = format!("/v2/resource_selectors/whois?ip={RESOLVED}");
    assert_eq!(asked(&api, &path, ADMIN).await.status, StatusCode::NOT_FOUND);
    let told = asked(&api, &format!("{path}&realm=OWN.example"), ADMIN).await;
    assert_eq!(told.data()["account_id"], json!(api.own.account.hex()), "{}", told.text);
}

#[tokio::test]
async fn nobody_and_nonsense_are_told_apart() {
    let api = installation().await;
    let nobody = asked(&api, &api.v2("/resource_selectors/whois?ip=198.51.100.1"), api.own.account_token).await;
    assert_eq!((nobody.status, &nobody.data()["cause"]), (StatusCode::NOT_FOUND, &json!("198.51.100.1")));
    let realm = "r".repeat(254);
    let path = api.v2(&format!("/resource_selectors/whois?ip=carrier.example&port=0&realm={realm}"));
    let nonsense = asked(&api, &path, api.own.account_token).await;
    let data = nonsense.data();
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
    for (field, constraint) in [("ip", "wrong_format"), ("port", "wrong_format"), ("realm", "maxLength")] {
        assert!(data[field][constraint].is_object(), "{field}: {data}");
    }
    let missing = asked(&api, &api.v2("/resource_selectors/whois"), api.own.account_token).await;
    assert!(missing.data()["ip"]["required"].is_object(), "{}", missing.text);
}
