//! `/v1/ServiceProviders` and `/v1/Accounts`.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_store::{Key, Kind, Store};

use super::harness::{ADMIN, Answer, Api, carrier};

fn msg(answer: &Answer) -> String {
    answer.json()["msg"].as_str().unwrap_or_default().to_owned()
}

fn sid(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["sid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn service_providers_come_change_and_go() {
    let api = Api::new().await;
    let hook = json!({"url": "http://a.example/reg", "password": "secret"});
    let body = json!({"name": "Acme", "registration_hook": hook});
    let path = format!("/v1/ServiceProviders/{}", sid(&api.body("POST", "/v1/ServiceProviders", ADMIN, body).await));
    assert_eq!(api.get(&path, ADMIN).await.json()["registration_hook"]["password"], "secret");
    assert!(!api.get("/v1/ServiceProviders/", ADMIN).await.text.contains("secret"));
    let changed = api.body("PUT", &path, ADMIN, json!({"name": "Acme 2", "ms_teams_fqdn": "acme.teams"})).await;
    assert_eq!((changed.status, changed.text.as_str()), (StatusCode::NO_CONTENT, ""));
    let read = api.get(&path, ADMIN).await.json();
    assert_eq!((&read["name"], &read["ms_teams_fqdn"]), (&json!("Acme 2"), &json!("acme.teams")));
    assert_eq!(read["registration_hook"], Value::Null, "a hook that is not named is taken away");
    sid(&api.body("POST", "/v1/ServiceProviders", ADMIN, json!({"name": "Acme"})).await);
    assert_eq!(api.delete(&path, ADMIN).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path, ADMIN).await.status, StatusCode::NOT_FOUND);
    sid(&api.body("POST", "/v1/ServiceProviders", ADMIN, json!({"name": "Acme 2"})).await);
}

#[tokio::test]
async fn a_service_providers_name_is_its_own() {
    let api = Api::new().await;
    let create = || api.body("POST", "/v1/ServiceProviders", ADMIN, json!({"name": "Acme"}));
    sid(&create().await);
    let again = create().await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(msg(&again), "Duplicate entry 'Acme' for key 'service_provider_name'");
    let refused = api.body("POST", "/v1/ServiceProviders", api.own.provider_token, json!({"name": "Mine"})).await;
    assert_eq!(msg(&refused), "only admin users can add a service provider");
}

#[tokio::test]
async fn a_root_domain_is_one_service_providers_until_it_lets_go() {
    let api = Api::new().await;
    let create = async |name: &str| {
        let body = json!({"name": name, "root_domain": "SIP.Acme.example"});
        api.body("POST", "/v1/ServiceProviders", ADMIN, body).await
    };
    let path = format!("/v1/ServiceProviders/{}", sid(&create("Acme").await));
    let again = create("Other").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(msg(&again), "Duplicate entry 'sip.acme.example' for key 'root_domain'");
    let taken = json!({"root_domain": "sip.acme.example"});
    let own = format!("/v1/ServiceProviders/{}", api.own.provider);
    assert_eq!(api.body("PUT", &own, ADMIN, taken.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let node = format!("/v2/accounts/{}", api.own.provider.hex());
    let realm = json!({"data": {"realm": "sip.acme.example"}});
    assert_eq!(api.body("PATCH", &node, ADMIN, realm.clone()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(api.body("PUT", &path, ADMIN, taken.clone()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.body("PUT", &path, ADMIN, json!({"root_domain": null})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.body("PATCH", &node, ADMIN, realm).await.status, StatusCode::OK);
    assert_eq!(api.body("PUT", &path, ADMIN, taken).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    sid(&api.body("POST", "/v1/ServiceProviders", ADMIN, json!({"name": "Other"})).await);
}

#[tokio::test]
async fn everybody_sees_the_service_providers_that_are_theirs() {
    let api = Api::new().await;
    let count = |answer: Answer| answer.json().as_array().map(Vec::len);
    assert_eq!(count(api.get("/v1/ServiceProviders", ADMIN).await), Some(2));
    assert_eq!(count(api.get("/v1/ServiceProviders", api.own.provider_token).await), Some(1));
    assert_eq!(count(api.get("/v1/ServiceProviders", api.own.account_token).await), Some(0));
    let (own, other) = (&api.own.provider, &api.other.provider);
    for (provider, token, status) in [
        (own, api.own.account_token, StatusCode::OK),
        (own, api.own.provider_token, StatusCode::OK),
        (other, api.own.account_token, StatusCode::FORBIDDEN),
        (other, api.own.provider_token, StatusCode::FORBIDDEN),
    ] {
        let answer = api.get(&format!("/v1/ServiceProviders/{provider}"), token).await;
        assert_eq!(answer.status, status, "{token}");
    }
}

#[tokio::test]
async fn an_account_sees_of_its_service_provider_what_is_its_own() {
    let api = Api::new().await;
    let neighbour = json!({"name": "Neighbour"});
    let neighbour = sid(&api.body("POST", "/v1/Accounts", api.own.provider_token, neighbour).await);
    let hook = json!({"url": "http://a.example"});
    for account in [api.own.account.hyphenated(), neighbour] {
        let body = json!({"name": "App", "account_sid": account, "call_hook": hook, "call_status_hook": hook});
        sid(&api.body("POST", "/v1/Applications", ADMIN, body).await);
        let carrier = json!({"name": "Carrier", "account_sid": account});
        sid(&api.body("POST", "/v1/VoipCarriers", ADMIN, carrier).await);
    }
    let pool = json!({"number": "15083084809", "service_provider_sid": api.own.provider});
    sid(&api.body("POST", "/v1/PhoneNumbers", ADMIN, pool).await);
    for (list, of_provider, of_account) in
        [("Accounts", 2, 1), ("Applications", 2, 1), ("VoipCarriers", 2, 1), ("PhoneNumbers", 1, 0)]
    {
        let path = format!("/v1/ServiceProviders/{}/{list}", api.own.provider);
        let count = async |token| api.get(&path, token).await.json().as_array().map(Vec::len);
        assert_eq!(count(api.own.provider_token).await, Some(of_provider), "{list}");
        assert_eq!(count(api.own.account_token).await, Some(of_account), "{list}");
        assert_eq!(api.get(&path, api.other.account_token).await.status, StatusCode::FORBIDDEN, "{list}");
    }
}

#[tokio::test]
async fn a_service_provider_with_accounts_stays() {
    let api = Api::new().await;
    let answer = api.delete(&format!("/v1/ServiceProviders/{}", api.own.provider), ADMIN).await;
    assert_eq!((answer.status, msg(&answer).as_str()), (StatusCode::FORBIDDEN, "insufficient privileges"));
}

#[tokio::test]
async fn an_account_is_made_below_its_service_provider() {
    let api = Api::new().await;
    let body = json!({"name": "A", "sip_realm": "SIP.A.example", "service_provider_sid": api.other.provider});
    let by_provider = sid(&api.body("POST", "/v1/Accounts", api.own.provider_token, body).await);
    let account = api.get(&format!("/v1/Accounts/{by_provider}"), api.own.provider_token).await.json();
    assert_eq!(account["service_provider_sid"], api.own.provider.to_string(), "its own, whatever it asked for");
    assert_eq!((&account["sip_realm"], &account["is_active"]), (&json!("sip.a.example"), &json!(1)));
    assert!(account["webhook_secret"].as_str().unwrap().starts_with("wh_secret_"));
    let missing = api.body("POST", "/v1/Accounts", ADMIN, json!({"name": "B"})).await;
    assert_eq!(msg(&missing), "missing field service_provider_sid");
    let nobody = "0e0681b0-d49f-4fb8-b973-b5a3c6758de1";
    let body = json!({"name": "B", "service_provider_sid": nobody});
    let unknown = api.body("POST", "/v1/Accounts", ADMIN, body).await;
    assert_eq!(
        (unknown.status, msg(&unknown)),
        (StatusCode::BAD_REQUEST, format!("service_provider not found for sid {nobody}"))
    );
    let refused = api.body("POST", "/v1/Accounts", api.own.account_token, json!({"name": "B"})).await;
    assert_eq!((refused.status, msg(&refused).as_str()), (StatusCode::FORBIDDEN, "insufficient permissions"));
}

#[tokio::test]
async fn a_sip_realm_is_one_accounts_until_it_lets_go() {
    let api = Api::new().await;
    let realm = json!({"sip_realm": "sip.example"});
    let other = format!("/v1/Accounts/{}", api.other.account);
    assert_eq!(api.body("PUT", &api.v1(""), ADMIN, realm.clone()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.body("PUT", &api.v1(""), ADMIN, realm.clone()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.body("PUT", &other, ADMIN, realm.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    api.body("PUT", &api.v1(""), ADMIN, json!({"sip_realm": null})).await;
    assert_eq!(api.body("PUT", &other, ADMIN, realm).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn lists_show_what_is_the_callers_and_no_secrets() {
    let api = Api::new().await;
    let names = |answer: Answer| -> Vec<Value> {
        answer.json().as_array().unwrap().iter().map(|account| account["name"].clone()).collect()
    };
    assert_eq!(names(api.get("/v1/Accounts", ADMIN).await).len(), 2);
    assert_eq!(names(api.get("/v1/Accounts", api.own.provider_token).await), [json!("Own")]);
    assert_eq!(names(api.get("/v1/accounts/", api.other.account_token).await), [json!("Other")]);
    assert!(!api.get("/v1/Accounts", ADMIN).await.text.contains("wh_secret_"));
}

#[tokio::test]
async fn what_may_not_change_is_told() {
    let api = Api::new().await;
    for (body, message) in [
        (json!({"account_sid": api.own.account}), "primary key account_sid is immutable"),
        (json!({"service_provider_sid": api.other.provider}), "service_provider_sid may not be modified"),
        (json!({"is_active": "maybe"}), "is_active must be 0, 1, true or false"),
        (json!({"colour": "red"}), "unknown field colour"),
        (
            json!({"device_calling_hook": {"url": "http://a.example"}}),
            "device_calling_hook is not supported: use device_calling_application_sid",
        ),
    ] {
        let answer = api.body("PUT", &api.v1(""), api.own.provider_token, body).await;
        assert_eq!((answer.status, msg(&answer).as_str()), (StatusCode::BAD_REQUEST, message));
    }
    let nothing = api.body("PUT", &api.v1(""), api.own.account_token, json!({})).await;
    assert_eq!(nothing.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_an_account_may_have_is_for_its_service_provider_to_say() {
    let api = Api::new().await;
    for (field, value) in [
        ("plan_type", json!("paid")),
        ("stripe_customer_id", json!("cus_1")),
        ("trial_end_date", json!("Sun, 30 Nov 2025 00:00:00 +0000")),
        ("deactivated_reason", Value::Null),
        ("device_to_call_ratio", json!(9)),
    ] {
        let body = json!({ field: value });
        let refused = api.body("PUT", &api.v1(""), api.own.account_token, body.clone()).await;
        assert_eq!((refused.status, msg(&refused).as_str()), (StatusCode::FORBIDDEN, "insufficient privileges"));
        let given = api.body("PUT", &api.v1(""), api.own.provider_token, body).await;
        assert_eq!(given.status, StatusCode::NO_CONTENT, "{field}: {}", given.text);
        assert_eq!(api.get(&api.v1(""), api.own.account_token).await.json()[field], value);
    }
    let realm = api.body("PUT", &api.v1(""), api.own.account_token, json!({"sip_realm": "a.example"})).await;
    assert_eq!(msg(&realm), "sip_realm is set by POST /v1/Accounts/{sid}/SipRealms/{realm}");
}

#[tokio::test]
async fn the_credentials_of_a_bucket_are_shown_by_their_beginning() {
    let api = Api::new().await;
    let token = api.own.account_token;
    let put = async |body: Value| api.body("PUT", &api.v1(""), token, body).await;
    let missing = put(json!({"bucket_credential": {"vendor": "aws_s3", "name": "calls"}})).await;
    assert_eq!(msg(&missing), "missing field bucket_credential.access_key_id");
    let bucket = json!({"vendor": "s3_compatible", "name": "calls", "endpoint": "https://s3.example",
        "access_key_id": "AKIA0123456789", "secret_access_key": "wJalrXUtnFEMI"});
    assert_eq!(put(json!({"bucket_credential": bucket, "record_format": "wav"})).await.status, StatusCode::NO_CONTENT);
    let read = async || api.get(&api.v1(""), token).await.json();
    let shown = read().await;
    assert_eq!((&shown["record_format"], &shown["bucket_credential"]["name"]), (&json!("wav"), &json!("calls")));
    assert_eq!(shown["bucket_credential"]["secret_access_key"], "wJalrXXXXXXXX");
    for list in ["/v1/Accounts".to_owned(), api.v2("")] {
        assert!(!api.get(&list, token).await.text.contains("UtnFEMI"), "{list}");
    }
    assert_eq!(put(json!({"bucket_credential": shown["bucket_credential"]})).await.status, StatusCode::NO_CONTENT);
    let key = Key::new(Owner::System, Kind::Account, api.own.account.hex());
    let stored = api.store.get(&key).await.unwrap().unwrap();
    assert_eq!(stored.body["bucket_credential"], bucket, "what was sent back as it was shown is as it was");
    assert_eq!(put(json!({"bucket_credential": {"vendor": "none"}})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(read().await["bucket_credential"], Value::Null);
}

#[tokio::test]
async fn an_account_names_applications_of_its_own() {
    let api = Api::new().await;
    let hook = json!({"url": "http://a.example"});
    let body = json!({"name": "App", "call_hook": hook, "call_status_hook": hook});
    let own = sid(&api.body("POST", "/v1/Applications", api.own.account_token, body.clone()).await);
    let other = sid(&api.body("POST", "/v1/Applications", api.other.account_token, body).await);
    for field in ["device_calling_application_sid", "siprec_hook_sid"] {
        let put =
            async |named: Value| api.body("PUT", &api.v1(""), api.own.account_token, json!({ field: named })).await;
        let refused = put(json!(other)).await;
        assert_eq!(msg(&refused), format!("{field}: the account has no such application"));
        assert_eq!(put(json!(own)).await.status, StatusCode::NO_CONTENT);
        assert_eq!(api.get(&api.v1(""), ADMIN).await.json()[field], own);
        assert_eq!(put(Value::Null).await.status, StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn an_account_does_not_switch_itself_on() {
    let api = Api::new().await;
    let switch = async |token, on: u8| api.body("PUT", &api.v1(""), token, json!({"is_active": on})).await.status;
    assert_eq!(switch(api.own.provider_token, 0).await, StatusCode::NO_CONTENT);
    assert_eq!(switch(api.own.account_token, 1).await, StatusCode::FORBIDDEN);
    assert_eq!(api.get(&api.v1(""), api.own.account_token).await.json()["is_active"], 0);
}

#[tokio::test]
async fn an_account_goes_with_all_that_was_its_own() {
    let api = Api::new().await;
    let token = api.own.account_token;
    api.body("POST", &api.v1("/SipRealms/sip.example"), token, json!({})).await;
    api.data("PUT", &api.v2("/resources"), carrier("Carrier")).await;
    let hook = json!({"url": "http://a.example"});
    let body = json!({"name": "App", "call_hook": hook, "call_status_hook": hook});
    let application = sid(&api.body("POST", "/v1/Applications", token, body).await);
    assert_eq!(api.delete(&api.v1(""), token).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&api.v1(""), token).await.status, StatusCode::UNAUTHORIZED, "its key went with it");
    assert_eq!(api.get(&api.v1(""), ADMIN).await.status, StatusCode::NOT_FOUND);
    let application = api.get(&format!("/v1/Applications/{application}"), api.own.provider_token).await;
    assert!(application.status.is_client_error(), "{}", application.text);
    let realm = json!({"sip_realm": "sip.example"});
    let other = format!("/v1/Accounts/{}", api.other.account);
    assert_eq!(api.body("PUT", &other, ADMIN, realm).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_webhooks_are_signed_with_is_told_and_replaced() {
    let api = Api::new().await;
    let path = format!("/v1/Accounts/{}/WebhookSecret", api.own.account);
    let told = async |query: &str| {
        api.get(&format!("{path}{query}"), api.own.account_token).await.json()["webhook_secret"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = told("").await;
    assert!(first.starts_with("wh_secret_"));
    assert_eq!(told("?regenerate=0").await, first);
    let second = told("?regenerate=true").await;
    assert_ne!(first, second);
    assert_eq!(told("").await, second);
}

#[tokio::test]
async fn a_sip_domain_is_given_by_its_path() {
    let api = Api::new().await;
    let account = format!("/v1/Accounts/{}", api.own.account);
    let users = format!("{account}/RegisteredSipUsers");
    assert_eq!(msg(&api.get(&users, ADMIN).await), "account does not have sip_realm configuration");
    let refused = api.body("POST", &format!("{account}/SipRealms/a..b"), api.own.account_token, json!({})).await;
    assert_eq!((refused.status, msg(&refused).as_str()), (StatusCode::BAD_REQUEST, "invalid sip_realm: a..b"));
    let given =
        api.body("POST", &format!("{account}/SipRealms/SIP.own.example"), api.own.account_token, json!({})).await;
    assert_eq!(given.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&account, ADMIN).await.json()["sip_realm"], "sip.own.example");
    assert_eq!(api.get(&users, ADMIN).await.json(), json!([]));
    assert_eq!(api.get(&format!("{users}/desk"), ADMIN).await.status, StatusCode::NOT_FOUND);
    sid(&api.body("POST", "/v1/Clients", api.own.account_token, json!({"username": "Desk"})).await);
    let registration = api.get(&format!("{users}/desk"), ADMIN).await.json();
    assert_eq!(registration["name"], "Desk@sip.own.example");
    assert_eq!((&registration["registered_status"], &registration["contact"]), (&json!("inactive"), &Value::Null));
}

#[tokio::test]
async fn calls_are_counted_each_way() {
    let api = Api::new().await;
    let count = format!("/v1/Accounts/{}/CallCount", api.own.account);
    let counted = api.get(&count, api.own.account_token).await.json();
    assert_eq!(counted, json!({"inbound": 0, "outbound": 0}));
}

#[tokio::test]
async fn what_is_not_built_is_named_to_whoever_may_ask() {
    let api = Api::new().await;
    let path = format!("/v1/Accounts/{}/SpeechCredentials", api.own.account);
    let refused = api.get(&path, api.own.account_token).await;
    assert_eq!(refused.status, StatusCode::NOT_IMPLEMENTED);
    assert_eq!(msg(&refused), "speechcredentials is not built: it needs speech");
    assert_eq!(api.get(&path, "nobodys").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(api.get("/v1/Nothing", "nobodys").await.status, StatusCode::NOT_FOUND);
}
