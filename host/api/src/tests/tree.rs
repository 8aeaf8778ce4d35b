//! `/v2/accounts`: service providers and accounts as one tree.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::{Owner, Sid};
use strowger_store::{Expect, Kind, Store, StoreExt};

use super::harness::{ADMIN, Answer, Api};
use crate::index::Index;

fn node(api: &Api, path: &str) -> String {
    format!("/v2/accounts/{}{path}", api.own.provider.hex())
}

fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let mut names: Vec<String> =
        answer.data().as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

async fn created(api: &Api, path: &str, token: &str, data: Value) -> Value {
    let answer = api.body("PUT", path, token, json!({"data": data})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.data()
}

#[tokio::test]
async fn everybody_is_listed_what_they_reach() {
    let api = Api::new().await;
    assert_eq!(names(&api.get("/v2/accounts", ADMIN).await), ["Other", "Other", "Own", "Own"]);
    assert_eq!(names(&api.get("/v2/accounts", api.own.provider_token).await), ["Own", "Own"]);
    assert_eq!(names(&api.get("/v2/accounts", api.own.account_token).await), ["Own"]);
    assert!(!api.get("/v2/accounts", ADMIN).await.text.contains("secret"));
}

#[tokio::test]
async fn a_list_of_both_kinds_goes_on_page_by_page() {
    let api = Api::new().await;
    for name in ["A", "B", "C"] {
        created(&api, &node(&api, ""), ADMIN, json!({"name": name})).await;
    }
    for order in ["", "&ascending=true"] {
        let (mut seen, mut pages) = (Vec::new(), 0);
        let mut path = format!("/v2/accounts?page_size=2{order}");
        loop {
            let page = api.get(&path, ADMIN).await;
            assert!(!page.data().as_array().unwrap().is_empty());
            seen.extend(names(&page));
            pages += 1;
            let Some(next) = page.json()["next_start_key"].as_str().map(str::to_owned) else { break };
            path = format!("/v2/accounts?page_size=2{order}&start_key={next}");
        }
        seen.sort();
        assert_eq!((pages, seen), (4, ["A", "B", "C", "Other", "Other", "Own", "Own"].map(String::from).into()));
    }
    assert_eq!(names(&api.get("/v2/accounts?paginate=false", ADMIN).await).len(), 7);
}

#[tokio::test]
async fn an_account_is_the_same_in_both_apis() {
    let api = Api::new().await;
    let data = json!({"name": "A", "realm": "SIP.A.example", "timezone": "UTC", "pvt_x": 1});
    let made = created(&api, "/v2/accounts", api.own.provider_token, data).await;
    let id = made["id"].as_str().unwrap();
    let (v1, v2) = (format!("/v1/Accounts/{id}"), format!("/v2/accounts/{id}"));
    let shown = api.get(&v1, ADMIN).await.json();
    assert_eq!((&shown["sip_realm"], &shown["is_active"]), (&json!("sip.a.example"), &json!(1)));
    assert_eq!((shown.get("extra"), shown.get("timezone")), (None, None), "{shown}");
    assert!(shown["webhook_secret"].as_str().unwrap().starts_with("wh_secret_"));
    api.body("PUT", &v1, ADMIN, json!({"name": "B", "is_active": 0})).await;
    let read = api.get(&v2, ADMIN).await;
    let told = read.data();
    assert_eq!((&told["name"], &told["enabled"], &told["timezone"]), (&json!("B"), &json!(false), &json!("UTC")));
    assert_eq!((told.get("pvt_x"), told.get("webhook_secret")), (None, None));
    let back = api.body("POST", &v2, ADMIN, json!({"data": told})).await;
    assert_eq!((back.status, back.data()), (StatusCode::OK, told));
    let listed = api.get("/v1/Accounts", ADMIN).await.text;
    assert!(!listed.contains("timezone") && !listed.contains("extra"), "{listed}");
}

#[tokio::test]
async fn an_account_is_made_where_the_caller_may() {
    let api = Api::new().await;
    let named = json!({"name": "A", "service_provider_id": api.own.provider.hex()});
    let by_admin = created(&api, "/v2/accounts", ADMIN, named).await;
    assert_eq!(by_admin["reseller_id"], api.own.provider.hex());
    let below = created(&api, &node(&api, ""), ADMIN, json!({"name": "B"})).await;
    assert_eq!(below["reseller_id"], api.own.provider.hex());
    for (path, token, data, status) in [
        ("/v2/accounts".to_owned(), ADMIN, json!({"name": "A"}), StatusCode::BAD_REQUEST),
        (
            "/v2/accounts".into(),
            ADMIN,
            json!({"name": "A", "service_provider_id": Sid::random()}),
            StatusCode::BAD_REQUEST,
        ),
        ("/v2/accounts".into(), ADMIN, json!({"name": "A", "reseller_id": 1}), StatusCode::BAD_REQUEST),
        ("/v2/accounts".into(), api.own.account_token, json!({"name": "A"}), StatusCode::FORBIDDEN),
        (node(&api, ""), api.other.provider_token, json!({"name": "A"}), StatusCode::FORBIDDEN),
        (node(&api, ""), api.own.account_token, json!({"name": "A"}), StatusCode::FORBIDDEN),
        (node(&api, ""), ADMIN, json!({"name": ""}), StatusCode::BAD_REQUEST),
        (api.v2(""), ADMIN, json!({"name": "A"}), StatusCode::BAD_REQUEST),
    ] {
        let answer = api.body("PUT", &path, token, json!({"data": data})).await;
        assert_eq!(answer.status, status, "{path} {data}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_realm_is_one_accounts_in_both_apis() {
    let api = Api::new().await;
    let realm = json!({"name": "A", "realm": "sip.example"});
    let first = created(&api, &node(&api, ""), ADMIN, realm.clone()).await;
    let second = api.body("PUT", &node(&api, ""), ADMIN, json!({"data": realm})).await;
    assert!(second.data()["realm"]["unique"].is_object(), "{}", second.text);
    let taken = api.data("PATCH", &api.v2(""), json!({"realm": "sip.example"})).await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST);
    api.body(
        "PATCH",
        &format!("/v2/accounts/{}", first["id"].as_str().unwrap()),
        ADMIN,
        json!({"data": {"realm": null}}),
    )
    .await;
    assert_eq!(api.data("PATCH", &api.v2(""), json!({"realm": "sip.example"})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_an_account_may_not_say_of_itself_it_does_not() {
    let api = Api::new().await;
    let rate = json!({"requests_per_second": 1_000, "burst": 1_000});
    for (token, patch, status) in [
        (api.own.account_token, json!({"enabled": false}), StatusCode::FORBIDDEN),
        (api.own.account_token, json!({"rate_limit": rate}), StatusCode::FORBIDDEN),
        (api.own.provider_token, json!({"rate_limit": rate}), StatusCode::FORBIDDEN),
        (api.own.account_token, json!({"service_provider_id": api.other.provider}), StatusCode::FORBIDDEN),
        (api.own.provider_token, json!({"service_provider_id": api.other.provider}), StatusCode::FORBIDDEN),
        (api.own.account_token, json!({"name": "Mine", "enabled": true}), StatusCode::OK),
        (api.own.provider_token, json!({"enabled": false}), StatusCode::OK),
        (ADMIN, json!({"enabled": true, "rate_limit": rate}), StatusCode::OK),
        (api.own.account_token, json!({"rate_limit": null}), StatusCode::FORBIDDEN),
    ] {
        let answer = api.body("PATCH", &api.v2(""), token, json!({"data": patch})).await;
        assert_eq!(answer.status, status, "{token} {patch}: {}", answer.text);
    }
    for (token, body) in
        [(api.own.account_token, json!({"rate_limit": rate})), (api.own.provider_token, json!({"rate_limit": rate}))]
    {
        assert_eq!(api.body("PUT", &api.v1(""), token, body).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn an_administrator_gives_an_account_to_another_service_provider() {
    let api = Api::new().await;
    let patch = json!({"data": {"service_provider_id": api.other.provider.hex()}});
    let moved = api.body("PATCH", &api.v2(""), ADMIN, patch).await;
    assert_eq!((moved.status, &moved.data()["reseller_id"]), (StatusCode::OK, &json!(api.other.provider.hex())));
    assert_eq!(api.get(&api.v2("/resources"), api.own.provider_token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(api.get(&api.v2("/resources"), api.other.provider_token).await.status, StatusCode::OK);
    assert_eq!(names(&api.get(&node(&api, "/children"), ADMIN).await), Vec::<String>::new());
    let nowhere = json!({"data": {"service_provider_id": Sid::random()}});
    assert_eq!(api.body("PATCH", &api.v2(""), ADMIN, nowhere).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_service_provider_is_a_node_too() {
    let api = Api::new().await;
    let path = node(&api, "");
    let read = api.get(&path, api.own.provider_token).await.data();
    assert_eq!((&read["name"], &read["is_reseller"]), (&json!("Own"), &json!(true)));
    let patch = json!({"data": {"name": "Renamed", "realm": "own.example", "colour": "red"}});
    let patched = api.body("PATCH", &path, api.own.provider_token, patch).await;
    assert_eq!((patched.status, &patched.data()["colour"]), (StatusCode::OK, &json!("red")));
    let v1 = api.get(&format!("/v1/ServiceProviders/{}", api.own.provider), ADMIN).await.json();
    assert_eq!((&v1["name"], &v1["root_domain"], v1.get("extra")), (&json!("Renamed"), &json!("own.example"), None));
    for token in [api.own.account_token, api.other.provider_token] {
        assert_eq!(api.get(&path, token).await.status, StatusCode::FORBIDDEN, "{token}");
    }
    let nobody = format!("/v2/accounts/{}", Sid::random().hex());
    assert_eq!(api.get(&nobody, ADMIN).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.get(&nobody, api.own.provider_token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(api.delete(&path, api.own.provider_token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(api.delete(&path, ADMIN).await.status, StatusCode::CONFLICT, "it has an account");
    api.delete(&api.v2(""), ADMIN).await;
    assert_eq!(api.delete(&path, ADMIN).await.status, StatusCode::OK);
    assert_eq!(api.get(&path, ADMIN).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.get(&path, api.own.provider_token).await.status, StatusCode::UNAUTHORIZED, "its key went with it");
}

#[tokio::test]
async fn the_tree_is_shown_as_far_as_the_caller_reaches() {
    let api = Api::new().await;
    created(&api, &node(&api, ""), ADMIN, json!({"name": "Second"})).await;
    let none = Vec::<String>::new();
    assert_eq!(names(&api.get(&node(&api, "/children"), api.own.provider_token).await), ["Own", "Second"]);
    assert_eq!(names(&api.get(&node(&api, "/descendants"), ADMIN).await), ["Own", "Second"]);
    assert_eq!(names(&api.get(&api.v2("/children"), ADMIN).await), none);
    assert_eq!(names(&api.get(&api.v2("/siblings"), api.own.provider_token).await), ["Own", "Second"]);
    assert_eq!(names(&api.get(&api.v2("/siblings"), api.own.account_token).await), none);
    assert_eq!(names(&api.get(&node(&api, "/siblings"), ADMIN).await), ["Other", "Own"]);
    assert_eq!(names(&api.get(&node(&api, "/siblings"), api.own.provider_token).await), none);
    assert_eq!(names(&api.get(&api.v2("/parents"), api.own.account_token).await), ["Own"]);
    assert_eq!(names(&api.get(&api.v2("/tree"), api.own.account_token).await), none);
    assert_eq!(names(&api.get(&api.v2("/tree"), ADMIN).await), ["Own"]);
    assert_eq!(names(&api.get(&node(&api, "/parents"), ADMIN).await), none);
}

#[tokio::test]
async fn a_change_at_another_revision_is_refused() {
    let api = Api::new().await;
    for path in [api.v2(""), node(&api, "")] {
        let etag = api.get(&path, ADMIN).await.header("etag").to_owned();
        let send = async |method: &str, if_match: &str| {
            let request = http::Request::builder().method(method).uri(&path).header("x-auth-token", ADMIN);
            let body = json!({"data": {"name": "Renamed"}}).to_string();
            api.request(request.header("if-match", if_match).body(body.into()).unwrap()).await.status
        };
        assert_eq!(send("PATCH", "\"1-0000000000000000\"").await, StatusCode::PRECONDITION_FAILED);
        assert_eq!(send("DELETE", "\"1-0000000000000000\"").await, StatusCode::PRECONDITION_FAILED);
        assert_eq!(send("PATCH", &etag).await, StatusCode::OK);
        assert_eq!(send("POST", &etag).await, StatusCode::PRECONDITION_FAILED, "the etag is old by then");
    }
}

#[tokio::test]
async fn a_provider_without_the_entry_that_it_takes_accounts_gets_one() {
    let api = Api::new().await;
    let sid = api.own.provider.to_string();
    let entry = Index::ProviderOpen.key(Owner::System, &sid);
    api.store.delete(entry.clone(), Expect::Present).await.unwrap();
    created(&api, &node(&api, ""), ADMIN, json!({"name": "A"})).await;
    assert!(Store::get(&*api.store, &entry).await.unwrap().is_some());
    assert_eq!(api.delete(&node(&api, ""), ADMIN).await.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_and_the_end_of_its_provider_never_both_happen() {
    for _ in 0..20 {
        let api = Arc::new(Api::new().await);
        let body = json!({"name": "Fresh"});
        let provider = api.body("POST", "/v1/ServiceProviders", ADMIN, body).await.json();
        let sid = provider["sid"].as_str().unwrap().to_owned();
        let path = format!("/v2/accounts/{sid}");
        let (maker, remover) = (Arc::clone(&api), Arc::clone(&api));
        let (to_make, to_remove) = (path.clone(), path.clone());
        let account = json!({"data": {"name": "A"}});
        let made = tokio::spawn(async move { maker.body("PUT", &to_make, ADMIN, account).await });
        let gone = tokio::spawn(async move { remover.delete(&to_remove, ADMIN).await });
        let (made, gone) = (made.await.unwrap(), gone.await.unwrap());
        let accounts = api.store.all(Owner::System, Kind::Account).await.unwrap();
        let has_one = accounts.iter().any(|account| account.body["service_provider_sid"] == sid.as_str());
        let exists = api.get(&path, ADMIN).await.status == StatusCode::OK;
        assert_eq!((made.status == StatusCode::CREATED, has_one), (exists, exists), "{} {}", made.text, gone.text);
        assert_eq!(gone.status == StatusCode::OK, !exists, "{} {}", made.text, gone.text);
    }
}
