//! Lists of `/v2`: what they are sorted by, and what they leave out.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::time;
use strowger_store::{Expect, Key, Kind, StoreExt, Write};

use super::harness::{ADMIN, Answer, Api, carrier};

/// Carriers whose orders by id, by name and by creation differ.
async fn furnished() -> Api {
    let api = Api::new().await;
    for (id, name, created, flags) in
        [("a", "Gamma", 200, json!(["gold"])), ("b", "alpha", 300, json!([])), ("c", "Beta", 100, json!(["gold"]))]
    {
        let body = json!({
            "id": id, "name": name, "flags": flags, "weight_cost": created, "pvt_type": "resource",
            "pvt_created": created, "pvt_modified": created + 1, "gateways": [{"server": "a", "password": "DrWoody"}],
        });
        api.store.put(Key::new(api.own.account, Kind::Resource, id), body, Expect::Absent).await.unwrap();
    }
    api
}

async fn listed(api: &Api, query: &str) -> Answer {
    api.get(&api.v2(&format!("/resources?{query}")), api.own.account_token).await
}

fn ids(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.data().as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_sorted_as_it_is_asked_to_be() {
    let api = furnished().await;
    for (query, expected) in [
        ("", "cba"),
        ("sort=id&ascending=true", "abc"),
        ("sort=name&ascending=true", "bca"),
        ("sort=name", "acb"),
        ("sort=created", "bac"),
        ("sort=created&descending=false", "cab"),
    ] {
        assert_eq!(ids(&listed(&api, query).await), expected, "{query}");
        let mut paged = String::new();
        let mut key = String::new();
        loop {
            let page = listed(&api, &format!("{query}&page_size=1{key}")).await;
            paged += &ids(&page);
            let Some(next) = page.json()["next_start_key"].as_str().map(str::to_owned) else { break };
            key = format!("&start_key={next}");
        }
        assert_eq!(paged, expected, "{query}, page by page");
    }
    let unknown = listed(&api, "sort=colour").await;
    assert_eq!(unknown.data()["sort"]["enum"]["target"], json!(["id", "name", "created"]));
}

#[tokio::test]
async fn filters_stand_in_the_query_or_in_the_data() {
    let api = furnished().await;
    for (query, expected) in [
        ("filter_name=alpha", "b"),
        ("filter_flags=gold&filter_not_id=a", "c"),
        ("has_value=flags", "ca"),
        ("value_missing=flags", "b"),
        ("missing_value=flags", "b"),
        ("has_key=absent", ""),
        ("key_missing=absent&created_from=200", "ba"),
        ("created_from=200&created_to=200", "a"),
        ("modified_to=201", "ca"),
        ("sort=created&created_from=150&created_to=300", "ba"),
        ("filter_name=%5B%22alpha%22,%22Beta%22%5D&sort=name", "cb"),
        ("filter_gateways.0.password=DrWoody", ""),
        ("is_chunked=true&chunk_size=20&unknown=1", "cba"),
    ] {
        assert_eq!(ids(&listed(&api, query).await), expected, "{query}");
    }
    let body = json!({"data": {"filter_name": ["alpha", "Beta"], "page_size": 1}}).to_string();
    let first = api.send("GET", &api.v2("/resources"), api.own.account_token, body.as_bytes()).await;
    assert_eq!((ids(&first).as_str(), first.json()["next_start_key"].is_string()), ("c", true));
    let wrong = listed(&api, "created_from=yesterday").await;
    assert!(wrong.data()["created_from"]["type"].is_object(), "{}", wrong.text);
    let many: String = (0..33).map(|n| format!("has_key=k{n}&")).collect();
    assert!(listed(&api, &many).await.data()["filter"]["maxItems"].is_object());
}

#[tokio::test]
async fn a_filtered_page_is_full_and_goes_on_where_it_ended() {
    let api = furnished().await;
    let first = listed(&api, "filter_flags=gold&page_size=1").await;
    assert_eq!(ids(&first), "c");
    let key = first.json()["next_start_key"].as_str().unwrap().to_owned();
    let second = listed(&api, &format!("filter_flags=gold&page_size=1&start_key={key}")).await;
    assert_eq!((ids(&second).as_str(), second.json().get("next_start_key")), ("a", None));
}

#[tokio::test]
async fn one_request_reads_so_much_and_the_next_goes_on() {
    let api = Api::new().await;
    let body = |n: u32| json!({"name": if n == 5 { "wanted" } else { "other" }, "pvt_created": 1});
    let writes = (0..12_000_u32)
        .map(|n| Write::put(Key::new(api.own.account, Kind::Resource, format!("{n:05}")), body(n), Expect::Absent));
    api.store.commit(writes.collect()).await.unwrap();
    let first = listed(&api, "filter_name=wanted").await;
    assert_eq!(ids(&first), "", "it is beyond what one request reads");
    let key = first.json()["next_start_key"].as_str().unwrap().to_owned();
    let second = listed(&api, &format!("filter_name=wanted&start_key={key}")).await;
    assert_eq!((ids(&second).as_str(), second.json().get("next_start_key")), ("00005", None));
    assert_eq!(ids(&listed(&api, "filter_name=wanted&paginate=false").await), "00005");
}

#[tokio::test]
async fn every_list_of_stored_documents_has_filters() {
    let api = Api::new().await;
    for (username, level) in [("ada", "admin"), ("bob", "user")] {
        let user = json!({"username": username, "first_name": username, "last_name": "X", "priv_level": level});
        assert_eq!(api.data("PUT", &api.v2("/users"), user).await.status, StatusCode::CREATED);
    }
    let names = |answer: Answer, field: &str| -> Value {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.data().as_array().unwrap().iter().map(|row| row[field].clone()).collect()
    };
    let users = async |query: &str| {
        names(api.get(&api.v2(&format!("/users?{query}")), api.own.account_token).await, "username")
    };
    assert_eq!(users("filter_priv_level=user").await, json!(["bob"]));
    assert_eq!(users("sort=name&ascending=true").await, json!(["ada", "bob"]));
    let accounts = async |query: &str| names(api.get(&format!("/v2/accounts?{query}"), ADMIN).await, "name");
    assert_eq!(accounts("filter_name=Own&filter_is_reseller=false").await, json!(["Own"]));
    assert_eq!(accounts("created_from=1&created_to=2").await, json!([]));
    let page = api.get("/v2/accounts?filter_name=Own&page_size=1", ADMIN).await;
    assert_eq!(page.data()[0]["name"], "Own");
    let children = format!("/v2/accounts/{}/children?filter_not_name=Own", api.own.provider.hex());
    assert_eq!(names(api.get(&children, ADMIN).await, "name"), json!([]));
    assert_eq!(api.data("PUT", &api.v2("/api_keys"), json!({})).await.status, StatusCode::CREATED);
    let keys = async |query: &str| {
        names(api.get(&api.v2(&format!("/api_keys?{query}")), api.own.account_token).await, "expires")
    };
    assert_eq!(keys(&format!("created_to={}", time::gregorian_now() - 3_600)).await, json!([]));
    assert_eq!(keys("key_missing=expires").await, json!([null, null]));
}

#[tokio::test]
async fn a_carrier_of_no_filter_shows_no_secret() {
    let api = Api::new().await;
    let mut document = carrier("Carrier");
    document["classifiers"] = json!({"did_us": {"enabled": true}});
    document["template_name"] = json!("sip");
    api.data("PUT", &api.v2("/resources"), document).await;
    let answer = listed(&api, "filter_template_name=sip").await;
    assert_eq!(answer.data()[0]["classifiers"], json!({"did_us": {"enabled": true}}));
    assert!(!answer.text.contains("DrWoody"));
}
