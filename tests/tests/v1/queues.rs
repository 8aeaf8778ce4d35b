//! Live calls wait in queues.

use serde_json::{Value, json};
use strowger_tests::{Method, PracticeCarrier, Tenant, eventually};

#[tokio::test]
async fn a_live_call_waits_until_it_is_taken_and_handed_to_another_hook() {
    let tenant = Tenant::new(json!([{"verb": "pause", "length": 60}])).await;
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("a", carrier.port).await;
    let _ = tenant.v1(Method::POST, "/Queues", json!({"name": "Sales EU"})).await.with_status(201);
    let members = "/Queues/Sales%20EU/Members";
    let (first, second) = (tenant.call().await, tenant.call().await);
    for (call, priority) in [(&first, 999), (&second, 5)] {
        call.reaches("in-progress").await;
        let _ = tenant
            .v1(Method::POST, members, json!({"call_sid": call.sid, "priority": priority}))
            .await
            .with_status(201);
    }
    let listed = tenant.v1(Method::GET, "/Queues?search=Sales*", Value::Null).await.with_status(200).body;
    assert_eq!(listed, json!([{"name": "Sales EU", "length": 2}]));
    tenant.app.answers("/agent", json!([{"verb": "tag", "data": {"agent": true}}, {"verb": "hangup"}]));
    let hook = json!({"call_hook": tenant.app.url("/agent")});
    let taken = tenant.v1(Method::POST, &format!("{members}/front"), hook).await.with_status(200).body;
    assert_eq!((&taken["call_sid"], &taken["priority"]), (&json!(second.sid), &json!(5)));
    assert_eq!(second.ended().await["customerData"], json!({"agent": true}));
    let _ = first.update(json!({"call_status": "completed"})).await.with_status(204);
    eventually("the queue to be empty", async || {
        let waiting = tenant.v1(Method::GET, members, Value::Null).await.with_status(200).body;
        (waiting == json!([])).then_some(())
    })
    .await;
    let gone = tenant.v1(Method::POST, members, json!({"call_sid": first.sid})).await.with_status(400);
    assert_eq!(gone.body["msg"], format!("call {} is not live", first.sid));
}

#[tokio::test]
async fn the_account_is_told_who_waits_and_who_leaves() {
    let tenant = Tenant::new(json!([{"verb": "pause", "length": 60}])).await;
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("a", carrier.port).await;
    let hook = json!({"queue_event_hook": {"url": tenant.app.url("/queued")}});
    let _ = tenant.v1(Method::PUT, "", hook).await.with_status(204);
    let _ = tenant.v1(Method::POST, "/Queues", json!({"name": "sales"})).await.with_status(201);
    let (first, second) = (tenant.call().await, tenant.call().await);
    let told = async |count: usize| {
        eventually("the hook to be told", async || {
            let told = tenant.app.requests("/queued");
            (told.len() == count).then(|| told[count - 1].body.clone())
        })
        .await
    };
    for (count, call) in [(1, &first), (2, &second)] {
        call.reaches("in-progress").await;
        let _ = tenant.v1(Method::POST, "/Queues/sales/Members", json!({"call_sid": call.sid})).await.with_status(201);
        let joined = told(count).await;
        assert_eq!((&joined["event"], &joined["queue"]), (&json!("join"), &json!("sales")));
        assert_eq!((&joined["length"], &joined["call_sid"]), (&json!(count), &json!(call.sid)));
        assert!(joined["join_time"].as_i64() > Some(1_600_000_000_000), "{joined}");
    }
    let _ = tenant.v1(Method::POST, "/Queues/sales/Members/front", json!({})).await.with_status(200);
    let left = told(3).await;
    assert_eq!((&left["event"], &left["leave_reason"]), (&json!("leave"), &json!("dequeued")));
    assert_eq!((&left["length"], &left["call_sid"]), (&json!(1), &json!(first.sid)));
    let _ = second.update(json!({"call_status": "completed"})).await.with_status(204);
    let left = told(4).await;
    assert_eq!((&left["leave_reason"], &left["length"]), (&json!("abandoned"), &json!(0)));
    assert!(tenant.app.requests("/queued")[3].headers.contains_key("jambonz-signature"));
}

#[tokio::test]
async fn conferences_are_there_by_name_and_their_sound_is_refused_by_name() {
    let tenant = Tenant::new(json!([])).await;
    let _ = tenant.v1(Method::POST, "/Conferences", json!({"name": "Standup"})).await.with_status(201);
    let _ = tenant.v1(Method::POST, "/Conferences", json!({"name": "Standup"})).await.with_status(422);
    let listed = tenant.v1(Method::GET, "/Conferences", Value::Null).await.with_status(200).body;
    assert_eq!(listed, json!(["Standup"]));
    let read = tenant.v1(Method::GET, "/Conferences/Standup", Value::Null).await.with_status(200).body;
    assert_eq!((&read["name"], &read["members"]), (&json!("Standup"), &json!(0)));
    let _ = tenant.v1(Method::GET, "/Conferences/standup", Value::Null).await.with_status(404);
    let _ = tenant.v1(Method::DELETE, "/Conferences/Standup", Value::Null).await.with_status(204);
    assert_eq!(tenant.v1(Method::GET, "/Conferences", Value::Null).await.with_status(200).body, json!([]));
}
