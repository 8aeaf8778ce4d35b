//! What an account's plugins do, and what is done with them, leaves everything of the other account as it was.

use serde_json::{Value, json};
use strowger_hostile_raw::{Misdeed, selector};
use strowger_tests::{Method, Server, eventually};

use super::{Marked, marked_on, uploaded};
use crate::{chain, change, component, upload};

/// Everything that is told of an account's plugins, rows, decisions and usage.
async fn everything(customer: &Marked) -> Value {
    let mut seen = json!({"chain": customer.get("/resource_selectors/rules").await});
    for path in
        ["/plugins", "/plugins/spy", "/plugins/spy/versions/1", "/plugins/spy/limits", "/plugins/spy/log?limit=1000"]
            .into_iter()
            .chain(["/decisions", "/resources", "/resource_selectors?paginate=false"])
    {
        seen[path] = customer.get(path).await;
    }
    // Of usage what does not age.
    let used = customer.get("/plugins/spy/usage").await;
    seen["usage"] = used["versions"][0]["total"].clone();
    let account = customer.get("/plugins/usage").await;
    seen["budget"] = json!([account["rejected"], account["instances"], account["limits"]]);
    seen
}

/// Places a call that nobody answers and waits for its end.
async fn placed(customer: &Marked) -> String {
    let body = customer.tenant.call_body(json!({"to": {"type": "phone", "number": customer.number}, "timeout": 1}));
    let _ = customer.tenant.v1(Method::POST, "/Calls", body).await;
    eventually("a call that is over", async || {
        let calls = customer.tenant.v1(Method::GET, "/Calls", Value::Null).await.with_status(200).body;
        let call = calls.as_array()?.first()?;
        call["terminated_at"].is_string().then(|| call["call_sid"].as_str().unwrap().to_owned())
    })
    .await
}

#[tokio::test]
async fn whatever_one_account_does_with_its_plugin_the_others_of_the_same_name_is_as_it_was() {
    let customers = marked_on(&Server::shared().await).await;
    let [victim, hostile] = &customers;
    for customer in &customers {
        uploaded(customer, "spy", strowger_hostile::SPY, json!({})).await;
        customer.looks_by("spy").await;
    }
    let _ = victim.routed().await;
    let _ = placed(victim).await;
    let before = everything(victim).await;
    for misdeed in [Misdeed::LoopInSelect, Misdeed::MemoryGrowth, Misdeed::LogStorm, Misdeed::HandleLeak] {
        let name = format!("{misdeed:?}");
        upload(&hostile.tenant, &name, "1", &selector(misdeed)).await;
        let _ = chain(&hostile.tenant, json!([{"get_resources": {}}, { name: {} }])).await.with_status(200);
        let _ = hostile.routed().await;
    }
    upload(&hostile.tenant, "spy", "2", component("null")).await;
    let _ = change(&hostile.tenant, "spy", json!({"active": "2"})).await.with_status(200);
    let limits = json!({"data": {"select_fuel": 1}});
    let _ = hostile.tenant.v2(Method::PUT, "/plugins/spy/limits", limits).await.with_status(200);
    let _ = hostile.tenant.v2(Method::POST, "/plugins/spy/rollback", Value::Null).await.with_status(200);
    let _ = hostile.tenant.v2(Method::DELETE, "/plugins/spy", Value::Null).await.with_status(200);
    assert_eq!(everything(victim).await, before);
    assert_eq!(victim.routed().await["resources"], json!([victim.mark]));
}

#[tokio::test]
async fn anothers_decisions_are_neither_told_nor_made_again() {
    let customers = marked_on(&Server::shared().await).await;
    let [owner, stranger] = &customers;
    for customer in &customers {
        uploaded(customer, "spy", strowger_hostile::SPY, json!({})).await;
        customer.looks_by("spy").await;
    }
    let call = placed(owner).await;
    assert_eq!(owner.get("/decisions").await.as_array().map(Vec::len), Some(1));
    assert_eq!(stranger.get("/decisions").await, json!([]));
    assert_eq!(stranger.get(&format!("/decisions?call={call}")).await, json!([]));
    for path in [format!("/calls/{call}/routing")] {
        let _ = stranger.tenant.v2(Method::GET, &path, Value::Null).await.with_status(404);
    }
    let _ = stranger.tenant.v1(Method::GET, &format!("/Calls/{call}/routing"), Value::Null).await.with_status(404);
    let body = json!({"data": {"count": 100}});
    let again = stranger.tenant.v2(Method::POST, "/plugins/spy/versions/1/replay", body).await.with_status(200);
    assert_eq!(again.data()["compared"], 0, "{}", again.text);
    assert!(!again.text.contains(owner.mark) && !again.text.contains(owner.number), "{}", again.text);
}
