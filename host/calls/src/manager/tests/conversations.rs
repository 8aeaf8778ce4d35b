use strowger_sip::LegEvent;

use super::*;

/// A call that is answered at once.
async fn answered() -> World {
    World::new(vec![vec![at(10, answer())]]).await
}

fn write_prompt(world: &World, name: &str, milliseconds: usize) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(world.media.path().join(name), spec).unwrap();
    (0..milliseconds * 8).for_each(|_| writer.write_sample(100_i16).unwrap());
    writer.finalize().unwrap();
}

#[tokio::test(start_paused = true)]
async fn verbs_run_in_order_and_the_end_of_the_script_hangs_up() {
    let world = answered().await;
    write_prompt(&world, "hello.wav", 1_000);
    world.hooks.answer(
        CALL_HOOK,
        json!([
            {"verb": "answer"},
            {"verb": "tag", "data": {"step": 1}},
            {"verb": "play", "url": "file:hello.wav", "loop": 2, "actionHook": "/played", "id": "greeting"},
            {"verb": "pause", "length": 2},
            {"verb": "hangup", "headers": {"X-Reason": "done"}},
            {"verb": "pause", "length": 100},
        ]),
    );
    let record = world.until(world.place(json!({})).await, CallStatus::Completed).await;
    assert_eq!(record.duration, Some(4));
    assert_eq!(record.tag.unwrap()["step"], 1);
    let bye = Done::HungUp("c1".into(), vec![("X-Reason".into(), "done".into())]);
    assert!(world.legs.done().contains(&bye));
    let played = "http://app/played";
    assert_eq!(world.hooks.told(played, "reason"), ["playCompleted"]);
    assert_eq!(world.hooks.told(played, "playback_seconds"), [2]);
    assert_eq!(world.hooks.told(played, "verb_id"), ["greeting"]);
    let kinds: Vec<EventKind> =
        world.hooks.asked().iter().filter(|asked| asked.url != STATUS_HOOK).map(|asked| asked.kind).collect();
    assert_eq!(kinds, [EventKind::SessionNew, EventKind::VerbHook]);
}

#[tokio::test(start_paused = true)]
async fn verbs_from_an_action_hook_replace_those_that_are_left() {
    let world = answered().await;
    write_prompt(&world, "hello.wav", 100);
    world.hooks.answer(
        CALL_HOOK,
        json!([
            {"verb": "play", "url": "hello.wav", "actionHook": "/next"},
            {"verb": "pause", "length": 1000},
        ]),
    );
    world.hooks.answer("http://app/next", json!([{"verb": "redirect", "actionHook": "/last"}]));
    world.hooks.answer("http://app/last", json!([{"verb": "tag", "data": {"here": true}}]));
    let record = world.until(world.place(json!({})).await, CallStatus::Completed).await;
    assert_eq!(record.duration, Some(0));
    assert_eq!(record.tag.unwrap()["here"], true);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_without_verbs_lets_the_script_go_on() {
    for answer in [json!(null), json!([])] {
        let world = answered().await;
        world
            .hooks
            .answer(CALL_HOOK, json!([{"verb": "redirect", "actionHook": "/x"}, {"verb": "pause", "length": 5}]));
        world.hooks.answer("http://app/x", answer);
        let record = world.until(world.place(json!({})).await, CallStatus::Completed).await;
        assert_eq!(record.duration, Some(5));
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_that_fails_is_reported_and_the_script_goes_on() {
    let world = answered().await;
    world.hooks.answer(CALL_HOOK, json!([{"verb": "redirect", "actionHook": "/x"}, {"verb": "pause", "length": 5}]));
    world.hooks.fail("http://app/x", "connection refused");
    let record = world.until(world.place(json!({})).await, CallStatus::Completed).await;
    assert_eq!(record.duration, Some(5));
    assert_eq!(world.told().await, ["trying", "in-progress", "in-progress", "completed"]);
    assert_eq!(world.hooks.told(STATUS_HOOK, "error")[2], "redirect failed: connection refused");
}

#[tokio::test(start_paused = true)]
async fn a_call_hook_that_fails_hangs_up_and_the_record_says_so() {
    let world = answered().await;
    world.hooks.fail(CALL_HOOK, "HTTP 500");
    let record = world.until(world.place(json!({})).await, CallStatus::Completed).await;
    assert_eq!(record.termination_reason.as_deref(), Some("call_hook failed: HTTP 500"));
    assert!(world.hung_up("c1"));
    world.told().await;
    assert_eq!(world.hooks.told(STATUS_HOOK, "error")[2], "call_hook failed: HTTP 500");
}

#[tokio::test(start_paused = true)]
async fn a_call_hook_that_never_answers_is_given_up() {
    let world = answered().await;
    world.hooks.answer_after(CALL_HOOK, Duration::from_secs(1_000), Ok(json!(null)));
    let record = world.until(world.place(json!({})).await, CallStatus::Completed).await;
    assert_eq!(record.termination_reason.as_deref(), Some("call_hook failed: no answer within 20s"));
}

#[tokio::test(start_paused = true)]
async fn a_verb_that_is_not_built_or_not_known_ends_the_call_by_name() {
    for (verb, reason) in [
        (json!({"verb": "say", "text": "hi"}), "say: this verb is not built"),
        (json!({"verb": "paws"}), "call_hook failed: invalid instruction: paws"),
        (json!({"verb": "play"}), "call_hook failed: play: missing value for url"),
    ] {
        let world = answered().await;
        world.hooks.answer(CALL_HOOK, json!([verb, {"verb": "pause", "length": 100}]));
        let record = world.until(world.place(json!({})).await, CallStatus::Completed).await;
        assert_eq!(record.termination_reason.as_deref(), Some(reason));
        world.told().await;
        assert_eq!(world.hooks.told(STATUS_HOOK, "error")[2], reason);
    }
}

#[tokio::test(start_paused = true)]
async fn sources_are_tried_in_turn_and_a_prompt_that_cannot_be_played_is_told() {
    let world = answered().await;
    write_prompt(&world, "b.wav", 3_000);
    world.hooks.answer(
        CALL_HOOK,
        json!([
            {"verb": "play", "url": ["a.wav", "b.wav"], "seekOffset": 8_000},
            {"verb": "play", "url": ["../b.wav", "http://h/x.wav?token=1"], "actionHook": "/played"},
        ]),
    );
    let record = world.until(world.place(json!({})).await, CallStatus::Completed).await;
    assert_eq!(record.duration, Some(2));
    assert_eq!(world.hooks.told("http://app/played", "reason"), ["playFailed"]);
    world.told().await;
    assert_eq!(
        world.hooks.told(STATUS_HOOK, "error")[2],
        "play: ../b.wav: not a name within the media folder; play: http://h/x.wav: prompts over HTTP are not built"
    );
}

#[tokio::test(start_paused = true)]
async fn app_json_is_run_instead_of_asking_the_call_hook() {
    let world = answered().await;
    let application = json!([{"verb": "pause", "length": 2}]).to_string();
    let sid = world.place(json!({"app_json": application})).await;
    assert_eq!(world.until(sid, CallStatus::Completed).await.duration, Some(2));
    assert!(world.hooks.told(CALL_HOOK, "from").is_empty());
}

#[tokio::test(start_paused = true)]
async fn when_the_far_end_hangs_up_the_verb_and_the_rest_are_dropped() {
    let world = answered().await;
    world.hooks.answer(CALL_HOOK, json!([{"verb": "pause", "length": 1000}]));
    let sid = world.place(json!({})).await;
    world.until(sid, CallStatus::InProgress).await;
    tokio::time::sleep(Duration::from_millis(7_500)).await;
    world.legs.far_hangs_up().await;
    let record = world.until(sid, CallStatus::Completed).await;
    assert_eq!((record.duration, record.call_termination_by), (Some(7), Some(TerminatedBy::Caller)));
    assert!(!world.hung_up("c1"));
    assert_eq!(world.told().await.iter().filter(|state| *state == "completed").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_re_invite_is_followed_and_the_time_limit_kept() {
    let world = answered().await;
    world.hooks.answer(CALL_HOOK, json!([{"verb": "pause", "length": 1000}]));
    let sid = world.place(json!({"timeLimit": 30})).await;
    world.until(sid, CallStatus::InProgress).await;
    world.legs.far_event(LegEvent::Reoffer { sdp: "not a description".into() }).await;
    let record = world.until(sid, CallStatus::Completed).await;
    assert_eq!((record.duration, record.termination_reason.as_deref()), (Some(30), Some("timeLimit reached")));
}

#[tokio::test(start_paused = true)]
async fn headers_that_are_refused_do_not_keep_the_call_alive() {
    let world = answered().await;
    world.hooks.answer(CALL_HOOK, json!([{"verb": "hangup", "headers": {"Via": "x"}}]));
    world.until(world.place(json!({})).await, CallStatus::Completed).await;
    assert!(world.legs.done().contains(&Done::HungUp("c1".into(), Vec::new())));
}

#[tokio::test(start_paused = true)]
async fn a_redirect_takes_the_applications_server_and_status_hook_along() {
    let world = answered().await;
    world.hooks.answer(
        CALL_HOOK,
        json!([{"verb": "redirect", "actionHook": "http://other/start", "statusHook": "http://other/status"}]),
    );
    world.hooks.answer("http://other/start", json!([{"verb": "redirect", "actionHook": "/next"}]));
    world.until(world.place(json!({})).await, CallStatus::Completed).await;
    assert_eq!(world.told().await, ["trying", "in-progress"]);
    assert_eq!(world.hooks.told("http://other/next", "call_status"), ["in-progress"]);
    assert_eq!(world.hooks.told("http://other/status", "call_status"), ["completed"]);
}

#[tokio::test(start_paused = true)]
async fn verbs_of_signalling_run_and_tell_their_hooks() {
    let world = answered().await;
    let request = |id: &str, body: &str| {
        json!({"verb": "sip:request", "id": id, "method": "info", "body": body, "actionHook": "/asked",
            "headers": {"Content-Type": "application/x", "X-A": "1"}})
    };
    world.hooks.answer(
        CALL_HOOK,
        json!([
            {"verb": "alert", "message": "info=alert-internal"},
            {"verb": "config", "synthesizer": {"vendor": "any"}, "bargeIn": {"enable": false}},
            {"verb": "dtmf", "dtmf": "1*", "duration": 200},
            request("a", "hello"), request("b", "refuse"), request("c", "gone"),
        ]),
    );
    world.until(world.place(json!({})).await, CallStatus::Completed).await;
    let each = Duration::from_millis(200);
    let sent = [Done::Dialled('1', each), Done::Dialled('*', each), Done::Asked("INFO hello".into())];
    assert_eq!(world.legs.done()[1..4], sent);
    let told = |field: &str| world.hooks.told("http://app/asked", field);
    assert_eq!(told("verb_id"), ["a", "b", "c"]);
    assert_eq!(told("result"), ["success", "failed", "failed"]);
    assert_eq!(told("sip_status")[..2], [200, 488]);
    let told: Vec<Value> = world
        .hooks
        .asked()
        .into_iter()
        .filter(|asked| asked.url == "http://app/asked")
        .map(|asked| asked.payload)
        .collect();
    assert_eq!(told[2]["err"], "the leg has ended");
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_would_start_what_is_not_built_ends_the_script_by_its_name() {
    let world = answered().await;
    world.hooks.answer(CALL_HOOK, json!([{"verb": "config", "listen": {"enable": true, "url": "wss://h"}}]));
    let record = world.until(world.place(json!({})).await, CallStatus::Completed).await;
    assert_eq!(record.termination_reason.unwrap(), "config.listen: this verb is not built");
}

#[tokio::test(start_paused = true)]
async fn requests_of_the_far_end_are_told_in_order_and_may_change_the_script() {
    let world = answered().await;
    world.hooks.answer(
        CALL_HOOK,
        json!([{"verb": "config", "sipRequestWithinDialogHook": "/asked"}, {"verb": "pause", "length": 1000}]),
    );
    world.hooks.answer_after("http://app/asked", Duration::from_secs(1), Ok(json!(null)));
    world.hooks.fail("http://app/asked", "HTTP 500");
    world.hooks.answer("http://app/asked", json!([{"verb": "tag", "data": {"asked": 3}}]));
    let sid = world.place(json!({})).await;
    world.until(sid, CallStatus::InProgress).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    for body in ["one", "two", "three"] {
        world.legs.far_event(LegEvent::Info { content_type: "text/plain".into(), body: body.into() }).await;
    }
    let record = world.until(sid, CallStatus::Completed).await;
    assert_eq!(record.tag.unwrap()["asked"], 3);
    assert_eq!(world.hooks.told("http://app/asked", "sip_body"), ["one", "two", "three"]);
    assert_eq!(world.hooks.told("http://app/asked", "sip_method")[0], "INFO");
    world.told().await;
    let faults = world.hooks.told(STATUS_HOOK, "error");
    assert!(faults.contains(&json!("sipRequestWithinDialogHook failed: HTTP 500")), "{faults:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_is_placed_with_a_hook_for_requests_and_without_one_they_are_nobodys() {
    for (fields, told) in [(json!({"sipRequestWithinDialogHook": "/asked"}), 1), (json!({}), 0)] {
        let world = answered().await;
        world.hooks.answer(CALL_HOOK, json!([{"verb": "pause", "length": 5}]));
        let sid = world.place(fields).await;
        world.until(sid, CallStatus::InProgress).await;
        world.legs.far_event(LegEvent::Info { content_type: String::new(), body: "x".into() }).await;
        assert_eq!(world.until(sid, CallStatus::Completed).await.duration, Some(5));
        assert_eq!(world.hooks.told("http://app/asked", "sip_body").len(), told);
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_goes_through_the_accounts_provider_and_its_hook_is_told_how() {
    let world = World::new(vec![vec![at(10, answer())]]).await;
    let text = |to: &str, more: Value| {
        let mut verb = json!({"verb": "message", "from": "1508", "to": to, "text": "hi", "actionHook": "/texted"});
        verb.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        verb
    };
    let verbs = json!([
        text("+1617", json!({"id": "m1"})),
        text("+1617", json!({"carrier": "nobody"})),
        text("bob", json!({})),
        text("+1617", json!({"text": ""})),
        text("bob", json!({"actionHook": null})),
        {"verb": "hangup"},
    ]);
    world.hooks.answer(CALL_HOOK, verbs);
    let sid = world.place(json!({})).await;
    world.until(sid, CallStatus::Completed).await;
    let told = |field| world.hooks.told("http://app/texted", field);
    assert_eq!(told("message_status"), ["success", "no carriers", "failure", "failure"]);
    assert_eq!(told("carrier"), [json!("peerless"), json!("nobody"), Value::Null, Value::Null]);
    assert_eq!((&told("verb_id")[0], &told("carrier_message_id")[0]), (&json!("m1"), &json!("p-1")));
    assert_eq!(told("message_failure_reason")[3], "either text or media required in outbound message");
    assert_eq!(world.texts.taken().len(), 1);
    assert!(world.told().await.len() > 3);
    assert!(world.hooks.told(STATUS_HOOK, "error").contains(&json!("message: not a number")));
}
