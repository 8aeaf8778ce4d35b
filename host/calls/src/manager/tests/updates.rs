use super::*;

async fn ringing() -> (World, Sid) {
    let world = World::new(vec![vec![at(10, progress(180, false)), at(30_000, answer())]]).await;
    let sid = world.place(json!({})).await;
    world.until(sid, CallStatus::Ringing).await;
    (world, sid)
}

/// A call in a pause of a thousand seconds.
async fn talking() -> (World, Sid) {
    let world = World::new(vec![vec![at(10, answer())]]).await;
    world.hooks.answer(CALL_HOOK, json!([{"verb": "pause", "length": 1000}]));
    let sid = world.place(json!({})).await;
    world.until(sid, CallStatus::InProgress).await;
    (world, sid)
}

fn incompatible(outcome: Result<Updated, UpdateError>) -> bool {
    matches!(outcome, Err(error @ UpdateError::Incompatible(_)) if error.status() == 422)
}

#[tokio::test(start_paused = true)]
async fn an_answered_call_is_completed() {
    let (world, sid) = talking().await;
    assert!(incompatible(world.update(sid, json!({"call_status": "no-answer"})).await));
    assert_eq!(world.update(sid, json!({"call_status": "completed"})).await.unwrap(), Updated::Done);
    assert!(world.hung_up("c1"));
    assert_eq!(world.record(sid).await.call_status, CallStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_ringing_call_is_given_up() {
    let (world, sid) = ringing().await;
    assert!(incompatible(world.update(sid, json!({"call_status": "completed"})).await));
    assert_eq!(world.update(sid, json!({"call_status": "no-answer"})).await.unwrap(), Updated::Done);
    let record = world.record(sid).await;
    assert_eq!((record.call_status, record.sip_status), (CallStatus::NoAnswer, 487));
    assert!(world.legs.done().contains(&Done::Abandoned("c1".into())));
}

#[tokio::test(start_paused = true)]
async fn another_application_takes_over_when_it_has_answered() {
    let (world, sid) = talking().await;
    world
        .hooks
        .answer("http://app/other", json!([{"verb": "tag", "data": {"other": 1}}, {"verb": "pause", "length": 4}]));
    let body = json!({"call_hook": "/other", "call_status_hook": "http://new/status"});
    assert_eq!(world.update(sid, body).await.unwrap(), Updated::Done);
    let record = world.until(sid, CallStatus::Completed).await;
    assert_eq!(record.tag.unwrap()["other"], 1);
    assert!(record.duration.unwrap() < 10);
    world.told().await;
    assert_eq!(world.hooks.told("http://new/status", "call_status"), ["completed"]);
    assert!(world.hooks.asked().iter().any(|asked| asked.kind == EventKind::SessionRedirect));
}

#[tokio::test(start_paused = true)]
async fn an_application_that_cannot_be_had_leaves_the_call_as_it_is() {
    let (world, sid) = talking().await;
    world.hooks.fail("http://app/other", "HTTP 404");
    let error = world.update(sid, json!({"call_hook": "/other"})).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), error.status()), ("call_hook failed: HTTP 404", 422));
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(world.record(sid).await.call_status, CallStatus::InProgress);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_takes_long_is_under_way_and_a_later_one_wins() {
    let (world, sid) = talking().await;
    world.hooks.answer_after(
        "http://app/slow",
        Duration::from_secs(5),
        Ok(json!([{"verb": "tag", "data": {"slow": 1}}])),
    );
    world.hooks.answer_after(
        "http://app/late",
        Duration::from_secs(3),
        Ok(json!([{"verb": "tag", "data": {"late": 1}}])),
    );
    assert_eq!(world.update(sid, json!({"call_hook": "/slow"})).await.unwrap(), Updated::UnderWay);
    assert_eq!(world.update(sid, json!({"call_hook": "/late"})).await.unwrap(), Updated::UnderWay);
    let tag = world.until(sid, CallStatus::Completed).await.tag.unwrap();
    assert!(tag.contains_key("late") && !tag.contains_key("slow"), "{tag:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_rings_takes_a_tag_and_another_application() {
    let (world, sid) = ringing().await;
    assert_eq!(world.update(sid, json!({"tag": {"a": 1}})).await.unwrap(), Updated::Done);
    assert_eq!(world.update(sid, json!({"call_hook": "http://other/call"})).await.unwrap(), Updated::Done);
    assert_eq!(world.record(sid).await.tag.unwrap()["a"], 1);
    world.until(sid, CallStatus::Completed).await;
    assert!(world.hooks.told(CALL_HOOK, "from").is_empty());
    assert_eq!(world.hooks.told("http://other/call", "customerData")[0]["a"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_finished_call_is_gone_and_an_unknown_one_not_found() {
    let (world, sid) = talking().await;
    world.update(sid, json!({"call_status": "completed"})).await.unwrap();
    while world.calls.live() > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let gone = world.update(sid, json!({"call_status": "completed"})).await.unwrap_err();
    assert_eq!((gone.to_string(), gone.status()), (format!("call session is gone for call_sid {sid}"), 422));
    let unknown = world.update(Sid::random(), json!({"tag": {"a": 1}})).await.unwrap_err();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test(start_paused = true)]
async fn deleting_hangs_up_and_leaves_no_record() {
    for (world, sid) in [talking().await, ringing().await] {
        assert_eq!(world.calls.delete(world.account, sid).await.unwrap(), Updated::Done);
        assert!(world.calls.get(world.account, sid).await.unwrap().is_none());
        assert!(matches!(world.calls.delete(world.account, sid).await, Err(UpdateError::NotFound)));
        let last = world.told().await.pop().unwrap();
        assert!(["completed", "no-answer"].contains(&last.as_str()), "{last}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_finished_call_is_deleted_from_the_store() {
    let (world, sid) = talking().await;
    world.update(sid, json!({"call_status": "completed"})).await.unwrap();
    while world.calls.live() > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(world.calls.get(world.account, sid).await.unwrap().is_some());
    assert_eq!(world.calls.delete(world.account, sid).await.unwrap(), Updated::Done);
    assert!(world.calls.get(world.account, sid).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn shutting_down_ends_all_calls_and_keeps_their_records() {
    let (world, sid) = talking().await;
    assert_eq!(world.told().await, ["trying", "in-progress", "completed"]);
    assert!(world.hung_up("c1"));
    let stored = world.store.get(&Key::new(world.account, Kind::Call, sid.to_string())).await.unwrap().unwrap();
    assert_eq!(stored.body["call_status"], "completed");
    assert_eq!(world.create(json!({})).await.unwrap_err().status(), 503);
}

#[tokio::test(start_paused = true)]
async fn a_script_that_ends_waits_for_the_application_that_is_on_its_way() {
    for (answer, duration) in [(json!([]), 6), (json!([{"verb": "pause", "length": 10}]), 16)] {
        let world = World::new(vec![vec![at(10, crate::testing::answer())]]).await;
        world.hooks.answer(CALL_HOOK, json!([{"verb": "pause", "length": 3}]));
        world.hooks.answer_after("http://app/other", Duration::from_millis(6_500), Ok(answer));
        let sid = world.place(json!({})).await;
        world.until(sid, CallStatus::InProgress).await;
        assert_eq!(world.update(sid, json!({"call_hook": "/other"})).await.unwrap(), Updated::UnderWay);
        assert_eq!(world.until(sid, CallStatus::Completed).await.duration, Some(duration));
    }
}

#[tokio::test(start_paused = true)]
async fn digits_and_requests_reach_the_far_end_while_a_verb_runs() {
    let (world, sid) = talking().await;
    // The far end of this world names no telephone events in its description.
    assert_eq!(world.update(sid, json!({"dtmf": {"digit": "7#", "duration": 100}})).await.unwrap(), Updated::Done);
    let each = Duration::from_millis(100);
    assert!(world.legs.done().ends_with(&[Done::Dialled('7', each), Done::Dialled('#', each)]));
    let request = |method: &str, content: &str| json!({"sip_request": {"method": method, "content_type": "text/plain", "content": content}});
    for (content, status, reason) in [("hello", 200, "OK"), ("refuse", 488, "Not Acceptable Here")] {
        let answered = strowger_sip::Answer { status, reason: reason.into() };
        assert_eq!(world.update(sid, request("info", content)).await.unwrap(), Updated::Answered(answered));
    }
    assert!(world.legs.done().contains(&Done::Asked("INFO hello".into())));
    let error = world.update(sid, request("INFO", "gone")).await.unwrap_err();
    assert_eq!((error.status(), error.to_string()), (422, "the leg has ended".into()));
    assert_eq!(world.update(sid, request("OPTIONS", "silence")).await.unwrap(), Updated::UnderWay);
    assert_eq!(world.record(sid).await.call_status, CallStatus::InProgress);
}

#[tokio::test(start_paused = true)]
async fn what_needs_a_verb_that_does_not_run_is_refused_by_its_name() {
    for (world, sid) in [talking().await, ringing().await] {
        let error = world.update(sid, json!({"mute_status": "mute"})).await.unwrap_err();
        let text = format!("mute_status needs a dial or a conference, and call_sid {sid} has none");
        assert_eq!((error.status(), error.to_string()), (422, text));
    }
    let (world, sid) = ringing().await;
    assert!(incompatible(world.update(sid, json!({"dtmf": {"digit": "1"}})).await));
    let unknown = world.update(Sid::random(), json!({"mute_status": "mute"})).await.unwrap_err();
    assert_eq!(unknown.status(), 404);
}
