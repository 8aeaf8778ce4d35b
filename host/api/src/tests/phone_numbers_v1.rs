//! `/v1/PhoneNumbers`.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::phone_number::E164;

use super::harness::{ADMIN, Answer, Api, Tenant, carrier};

const NUMBER: &str = "14158867900";

fn made(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["sid"].as_str().unwrap().to_owned()
}

fn told(answer: &Answer) -> (StatusCode, String) {
    (answer.status, answer.json()["msg"].as_str().unwrap_or_default().to_owned())
}

async fn added(api: &Api, token: &str, body: Value) -> String {
    let sid = made(&api.body("POST", "/v1/PhoneNumbers", token, body).await);
    format!("/v1/PhoneNumbers/{sid}")
}

async fn application(api: &Api, tenant: &Tenant, name: &str) -> String {
    let hook = json!({"url": "http://a.example"});
    let body = json!({"name": name, "call_hook": hook, "call_status_hook": hook});
    made(&api.body("POST", "/v1/Applications", tenant.account_token, body).await)
}

fn numbers(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let rows = answer.json();
    let rows = rows.as_array().or_else(|| rows["data"].as_array()).unwrap().clone();
    rows.iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_number_comes_changes_and_goes() {
    let api = Api::new().await;
    let token = api.own.account_token;
    let path = added(&api, token, json!({"number": format!("+{NUMBER}")})).await;
    let read = api.get(&path, token).await.json();
    assert_eq!((&read["number"], &read["account_sid"]), (&json!(NUMBER), &json!(api.own.account.hyphenated())));
    assert_eq!(read["service_provider_sid"], json!(api.own.provider));
    let app = application(&api, &api.own, "app").await;
    let changed = api.body("PUT", &path, token, json!({"application_sid": app})).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text);
    assert_eq!(api.get(&path, api.own.provider_token).await.json()["application_sid"], json!(app));
    let cleared = api.body("PUT", &path, token, json!({"application_sid": null})).await;
    assert_eq!(cleared.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path, ADMIN).await.json()["application_sid"], Value::Null);
    assert_eq!(api.delete(&path, token).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path, token).await.status, StatusCode::NOT_FOUND);
    added(&api, api.other.account_token, json!({"number": NUMBER})).await;
}

#[tokio::test]
async fn both_apis_have_the_same_numbers() {
    let api = Api::new().await;
    let path = added(&api, api.own.account_token, json!({"number": NUMBER})).await;
    let read = api.get(&api.v2(&format!("/phone_numbers/{NUMBER}")), api.own.account_token).await;
    assert_eq!((&read.data()["id"], &read.data()["resource_id"]), (&json!("+14158867900"), &Value::Null));
    let gone = api.delete(&api.v2(&format!("/phone_numbers/{NUMBER}")), api.own.account_token).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    assert_eq!(api.get(&path, api.own.account_token).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_number_is_had_once_in_the_installation() {
    let api = Api::new().await;
    added(&api, api.own.account_token, json!({"number": NUMBER})).await;
    for (token, number) in [(api.own.account_token, "+14158867900"), (api.other.account_token, NUMBER)] {
        let again = api.body("POST", "/v1/PhoneNumbers", token, json!({"number": number})).await;
        let duplicate = "Duplicate entry '14158867900' for key 'phone_number'".to_owned();
        assert_eq!(told(&again), (StatusCode::UNPROCESSABLE_ENTITY, duplicate));
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let api = Api::new().await;
    let unknown = api.own.account.hyphenated();
    for (body, message) in [
        (json!({}), "number is required".to_owned()),
        (json!({"number": "1 415"}), "number cannot contain whitespace".to_owned()),
        (json!({"number": "911"}), "number must be an E.164 number of at most 15 digits".to_owned()),
        (json!({"number": NUMBER, "colour": 1}), "unknown field colour".to_owned()),
        (json!({"number": NUMBER, "voip_carrier_sid": unknown}), format!("voip_carrier not found for sid {unknown}")),
        (json!({"number": NUMBER, "application_sid": unknown}), format!("application not found for sid {unknown}")),
    ] {
        let answer = api.body("POST", "/v1/PhoneNumbers", api.own.account_token, body).await;
        assert_eq!(told(&answer), (StatusCode::BAD_REQUEST, message));
    }
    let path = added(&api, api.own.account_token, json!({"number": NUMBER})).await;
    for (field, message) in [
        ("number", "number may not be modified"),
        ("voip_carrier_sid", "voip_carrier_sid may not be modified"),
        ("phone_number_sid", "primary key phone_number_sid is immutable"),
    ] {
        let answer = api.body("PUT", &path, api.own.account_token, json!({field: "1"})).await;
        assert_eq!(told(&answer), (StatusCode::BAD_REQUEST, message.to_owned()));
    }
}

#[tokio::test]
async fn a_number_knows_the_carrier_that_it_comes_from() {
    let api = Api::new().await;
    let mut data = carrier("Carrier");
    data["id"] = json!("b1946ac92492d2347c6235b4d2611184");
    assert_eq!(api.data("PUT", &api.v2("/resources"), data).await.status, StatusCode::CREATED);
    let sid = "b1946ac9-2492-d234-7c62-35b4d2611184";
    let body = json!({"number": NUMBER, "voip_carrier_sid": sid});
    let theirs = api.body("POST", "/v1/PhoneNumbers", api.other.account_token, body.clone()).await;
    assert_eq!(told(&theirs), (StatusCode::BAD_REQUEST, format!("voip_carrier not found for sid {sid}")));
    let path = added(&api, api.own.account_token, body).await;
    assert_eq!(api.get(&path, api.own.account_token).await.json()["voip_carrier_sid"], json!(sid));
}

#[tokio::test]
async fn an_application_that_answers_a_number_stays() {
    let api = Api::new().await;
    let app = application(&api, &api.own, "app").await;
    let number = json!({"number": NUMBER, "application_sid": app});
    let path = added(&api, api.own.account_token, number).await;
    for token in [api.own.account_token, api.own.provider_token, ADMIN] {
        let refused = api.delete(&format!("/v1/Applications/{app}"), token).await;
        let message = "cannot delete application with phone numbers".to_owned();
        assert_eq!(told(&refused), (StatusCode::UNPROCESSABLE_ENTITY, message));
    }
    api.delete(&path, ADMIN).await;
    assert_eq!(api.delete(&format!("/v1/Applications/{app}"), ADMIN).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn another_tenants_number_is_answered_as_one_that_nobody_has() {
    let api = Api::new().await;
    let theirs = added(&api, api.other.account_token, json!({"number": NUMBER})).await;
    let nobody: E164 = "+14158867901".parse().unwrap();
    let nobodys = format!("/v1/PhoneNumbers/{}", nobody.sid());
    for token in [api.own.account_token, api.own.provider_token] {
        for verb in ["GET", "PUT", "DELETE"] {
            let answers = [
                api.body(verb, &theirs, token, json!({"account_sid": api.own.account.hyphenated()})).await,
                api.body(verb, &nobodys, token, json!({"account_sid": api.own.account.hyphenated()})).await,
            ];
            assert!(answers[0].status.is_client_error(), "{verb}: {}", answers[0].text);
            assert_eq!(told(&answers[0]), told(&answers[1]), "{verb} as {token}");
        }
    }
    assert_eq!(api.get(&theirs, api.other.account_token).await.json()["number"], json!(NUMBER));
    let foreign = application(&api, &api.own, "ours").await;
    let answer = api.body("PUT", &theirs, api.other.account_token, json!({"application_sid": foreign})).await;
    assert_eq!(told(&answer), (StatusCode::BAD_REQUEST, format!("application not found for sid {foreign}")));
}

#[tokio::test]
async fn a_service_provider_keeps_numbers_and_gives_them_to_its_accounts() {
    let api = Api::new().await;
    let (provider, own) = (api.own.provider_token, api.own.account.hyphenated());
    let path = added(&api, provider, json!({"number": NUMBER})).await;
    assert_eq!(api.get(&path, provider).await.json()["service_provider_sid"], json!(api.own.provider));
    assert_eq!(api.get(&path, api.own.account_token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.get(&path, api.other.provider_token).await.status, StatusCode::BAD_REQUEST);
    let foreign = api.body("PUT", &path, provider, json!({"account_sid": api.other.account.hyphenated()})).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{}", foreign.text);
    let given = api.body("PUT", &path, provider, json!({"account_sid": own})).await;
    assert_eq!(given.status, StatusCode::NO_CONTENT, "{}", given.text);
    assert_eq!(api.get(&path, api.own.account_token).await.json()["account_sid"], json!(own));
    let taken = api.body("POST", "/v1/PhoneNumbers", ADMIN, json!({"number": NUMBER})).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    let back = api.body("PUT", &path, provider, json!({"account_sid": null})).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT, "{}", back.text);
    assert_eq!(api.get(&path, api.own.account_token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.get(&path, provider).await.json()["number"], json!(NUMBER));
}

#[tokio::test]
async fn lists_reach_as_far_as_the_caller() {
    let api = Api::new().await;
    added(&api, api.own.account_token, json!({"number": "14158867902"})).await;
    added(&api, api.own.account_token, json!({"number": "14158867901"})).await;
    added(&api, api.own.provider_token, json!({"number": "442079460000"})).await;
    added(&api, api.other.account_token, json!({"number": "14158867909"})).await;
    let get = async |token: &str, query: &str| numbers(&api.get(&format!("/v1/PhoneNumbers{query}"), token).await);
    assert_eq!(get(api.own.account_token, "").await, ["14158867901", "14158867902"]);
    assert_eq!(get(api.own.provider_token, "").await, ["14158867901", "14158867902", "442079460000"]);
    assert_eq!(get(ADMIN, "").await.len(), 4);
    assert_eq!(get(api.own.account_token, "?page=2&page_size=1").await, ["14158867902"]);
    assert_eq!(get(ADMIN, "?filter=67909").await, ["14158867909"]);
    assert_eq!(get(ADMIN, &format!("?account_sid={}", api.other.account)).await, ["14158867909"]);
    assert_eq!(get(ADMIN, &format!("?service_provider_sid={}", api.own.provider)).await.len(), 3);
    assert_eq!(get(api.own.account_token, &format!("?account_sid={}", api.other.account)).await, [""; 0]);
    let below = format!("/v1/ServiceProviders/{}/PhoneNumbers", api.own.provider);
    for token in [api.own.provider_token, ADMIN] {
        assert_eq!(numbers(&api.get(&below, token).await), ["14158867901", "14158867902", "442079460000"]);
    }
    assert_eq!(api.get(&below, api.other.provider_token).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_service_providers_applications_are_those_of_its_accounts() {
    let api = Api::new().await;
    application(&api, &api.own, "ours").await;
    application(&api, &api.other, "theirs").await;
    let path = format!("/v1/ServiceProviders/{}/Applications", api.own.provider);
    for token in [api.own.provider_token, ADMIN] {
        let listed = api.get(&path, token).await.json();
        assert_eq!((listed.as_array().map(Vec::len), &listed[0]["name"]), (Some(1), &json!("ours")));
    }
    assert_eq!(api.get(&path, api.other.provider_token).await.status, StatusCode::FORBIDDEN);
}
