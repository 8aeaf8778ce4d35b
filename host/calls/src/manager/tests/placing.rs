use super::*;

#[tokio::test(start_paused = true)]
async fn a_call_is_created_when_its_invite_is_sent_and_told_state_by_state() {
    let world = World::new(vec![vec![at(500, progress(180, false)), at(2_000, answer())]]).await;
    world.hooks.answer(CALL_HOOK, json!([{"verb": "pause", "length": 3.4}]));
    let created = world.create(json!({"tag": {"accountCode": "7"}})).await.unwrap();
    assert_eq!(created.call_id, "call@c1");
    assert_eq!(world.record(created.sid).await.call_status, CallStatus::Trying);
    let record = world.until(created.sid, CallStatus::Completed).await;
    assert_eq!((record.duration, record.sip_status), (Some(3), 200));
    assert_eq!(record.call_termination_by, Some(TerminatedBy::Strowger));
    assert_eq!(record.attempts[0].gateway, "c1");
    assert!(record.answered_at.is_some() && record.terminated_at.is_some());
    assert!(world.hung_up("c1"));
    assert_eq!(world.told().await, ["trying", "ringing", "in-progress", "completed"]);
    assert_eq!(world.hooks.told(STATUS_HOOK, "sequence"), [1, 2, 3, 4]);
    assert_eq!(world.hooks.told(STATUS_HOOK, "duration"), [Value::Null, Value::Null, Value::Null, json!(3)]);
    assert_eq!(world.hooks.told(STATUS_HOOK, "customerData")[0]["accountCode"], "7");
}

#[tokio::test(start_paused = true)]
async fn a_failing_carrier_is_seen_in_the_attempts_only() {
    let world = World::new(vec![vec![at(10, refuse(503))], vec![at(10, progress(183, true)), at(10, answer())]]).await;
    world.hooks.answer(CALL_HOOK, json!([{"verb": "pause", "length": 1}]));
    let created = world.create(json!({})).await.unwrap();
    assert_eq!(created.call_id, "call@c1");
    let record = world.until(created.sid, CallStatus::Completed).await;
    let attempts: Vec<_> = record.attempts.iter().map(|tried| (tried.gateway.as_str(), tried.sip_status)).collect();
    assert_eq!(attempts, [("c1", Some(503)), ("c2", Some(200))]);
    assert_eq!(record.call_id, "call@c2");
    assert_eq!(world.told().await, ["trying", "early-media", "in-progress", "completed"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_as_the_documents_say() {
    for (status, expected) in [
        (486, CallStatus::Busy),
        (603, CallStatus::Busy),
        (600, CallStatus::Failed),
        (487, CallStatus::NoAnswer),
        (404, CallStatus::Failed),
    ] {
        let world = World::new(vec![vec![at(10, refuse(status))]]).await;
        let sid = world.place(json!({})).await;
        let record = world.until(sid, expected).await;
        assert_eq!((record.sip_status, record.duration), (status, None));
        assert_eq!(world.told().await, ["trying", expected.as_str()]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_rings_too_long_is_cancelled() {
    let world = World::new(vec![vec![at(10, progress(180, false))]]).await;
    let sid = world.place(json!({"timeout": 20})).await;
    let record = world.until(sid, CallStatus::NoAnswer).await;
    assert_eq!((record.sip_status, record.sip_reason.as_str()), (487, "Request Terminated"));
    assert!(world.legs.done().contains(&Done::Abandoned("c1".into())));
}

#[tokio::test(start_paused = true)]
async fn a_number_that_nobody_takes_leaves_a_record() {
    let world = World::build(FakeLegs::new(vec![]), FakeRoutes(Ok(0)), CallsConfig::default()).await;
    let Err(CreateError::NoCarrier { sid, number }) = world.create(json!({})).await else { panic!() };
    assert_eq!(number, "+16172375089");
    let record = world.until(sid, CallStatus::Failed).await;
    assert_eq!((record.sip_status, record.termination_reason.as_deref()), (404, Some("no carrier takes +16172375089")));
    assert_eq!(world.told().await, ["failed"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_to_be_placed_is_forbidden() {
    let routes = FakeRoutes(Err(RouteFailure::Forbidden("no caller id".into())));
    let world = World::build(FakeLegs::new(vec![]), routes, CallsConfig::default()).await;
    let error = world.create(json!({})).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), error.status()), ("no caller id", 422));
    let CreateError::NotRouted { sid, .. } = error else { panic!() };
    let record = world.until(sid, CallStatus::Failed).await;
    assert_eq!((record.sip_status, record.termination_reason.as_deref()), (403, Some("no caller id")));
}

#[tokio::test(start_paused = true)]
async fn a_chain_that_fails_is_told_in_its_own_words() {
    let routes = FakeRoutes(Err(RouteFailure::Chain("step 1, lcr: trapped".into())));
    let world = World::build(FakeLegs::new(vec![]), routes, CallsConfig::default()).await;
    let error = world.create(json!({})).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), error.status()), ("the routing chain failed: step 1, lcr: trapped", 422));
    let CreateError::NotRouted { sid, .. } = error else { panic!() };
    assert_eq!(world.until(sid, CallStatus::Failed).await.sip_status, 480);
}

#[tokio::test(start_paused = true)]
async fn where_no_invite_can_be_sent_there_is_no_call() {
    let legs = FakeLegs::failing(crate::LegError::Overloaded("all RTP ports are in use".into()));
    let world = World::build(legs, FakeRoutes(Ok(2)), CallsConfig::default()).await;
    let error = world.create(json!({})).await.unwrap_err();
    assert_eq!(error.to_string(), "no INVITE could be sent: all RTP ports are in use");
    assert_eq!(error.status(), 503);
}

#[tokio::test(start_paused = true)]
async fn a_sip_uri_is_dialled_without_routing_and_a_trunk_narrows_the_carriers() {
    let world = World::new(vec![vec![at(10, refuse(486))]; 2]).await;
    world.place(json!({"to": {"type": "sip", "sipUri": "sip:bob@b.example"}})).await;
    world.place(json!({"to": {"type": "phone", "number": "1", "trunk": "Carrier 2"}})).await;
    let started = [Done::Started("b.example".into()), Done::Started("c2".into())];
    assert_eq!(world.legs.done(), started);
    let nobody = json!({"to": {"type": "phone", "number": "1", "trunk": "Carrier 9"}});
    assert!(matches!(world.create(nobody).await, Err(CreateError::NoCarrier { .. })));
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_are_live_than_allowed() {
    let config = CallsConfig { max_live: 1, ..CallsConfig::default() };
    let legs = FakeLegs::new(vec![vec![at(10, progress(180, false))]]);
    let world = World::build(legs, FakeRoutes(Ok(1)), config).await;
    let sid = world.place(json!({})).await;
    let error = world.create(json!({})).await.unwrap_err();
    assert_eq!((error.status(), world.calls.live()), (503, 1));
    world.update(sid, json!({"call_status": "no-answer"})).await.unwrap();
    world.until(sid, CallStatus::NoAnswer).await;
    world.place(json!({})).await;
}

#[tokio::test(start_paused = true)]
async fn the_application_decides_and_must_be_the_accounts_own() {
    let world = World::new(vec![vec![at(10, answer())]]).await;
    let body = json!({
        "name": "app",
        "call_hook": {"url": "http://other/call"},
        "call_status_hook": {"url": "http://other/status"},
        "speech_synthesis_voice": "Joanna",
        "env_vars": {"LANGUAGE": "nl"},
    });
    for (owner, found) in [(AccountId::random(), false), (world.account, true)] {
        let application = Application::from_request(&body, owner).unwrap();
        let sid = application.application_sid;
        let key = Key::new(owner, Kind::Application, sid.to_string());
        world.store.put(key, serde_json::to_value(&application).unwrap(), Expect::Absent).await.unwrap();
        let created = world.create(json!({"application_sid": sid})).await;
        if !found {
            assert_eq!(created.unwrap_err().to_string(), format!("application_sid not found {sid}"));
            continue;
        }
        let record = world.until(created.unwrap().sid, CallStatus::Completed).await;
        assert_eq!(record.application_sid, Some(sid));
        world.told().await;
        assert!(world.hooks.told(CALL_HOOK, "from").is_empty(), "the application's hooks win over the request's");
        assert_eq!(world.hooks.told("http://other/call", "env_vars")[0]["LANGUAGE"], "nl");
        assert_eq!(world.hooks.told("http://other/call", "defaults")[0]["synthesizer"]["voice"], "Joanna");
        assert_eq!(world.hooks.told("http://other/status", "call_status").len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn lists_show_live_and_finished_calls_of_one_account() {
    let world = World::new(vec![vec![at(10, refuse(486))], vec![at(10, progress(180, false))]]).await;
    let busy = world.place(json!({"to": {"type": "sip", "sipUri": "sip:a@a"}})).await;
    world.until(busy, CallStatus::Busy).await;
    let ringing = world.place(json!({"to": {"type": "sip", "sipUri": "sip:b@b"}})).await;
    world.until(ringing, CallStatus::Ringing).await;
    let list = async |filter: CallFilter| {
        let calls = world.calls.page(world.account, &filter, 0, 10).await.unwrap().calls;
        calls.into_iter().map(|call| call.call_sid).collect::<Vec<_>>()
    };
    assert_eq!(list(CallFilter::default()).await.len(), 2);
    assert_eq!(list(CallFilter { status: Some(CallStatus::Busy), ..CallFilter::default() }).await, [busy]);
    assert_eq!(list(CallFilter { to: Some("sip:b@b".into()), ..CallFilter::default() }).await, [ringing]);
    let stranger = AccountId::random();
    assert!(world.calls.page(stranger, &CallFilter::default(), 0, 10).await.unwrap().calls.is_empty());
    assert!(world.calls.get(stranger, ringing).await.unwrap().is_none());
}

/// Makes the world's account one with these fields.
async fn settle_account(world: &World, fields: Value) -> strowger_model::Account {
    let mut account = strowger_model::Account::from_request(&fields, Sid::random()).unwrap();
    account.account_sid = world.account;
    let key = Key::new(strowger_model::Owner::System, Kind::Account, world.account.hex());
    world.store.put(key, serde_json::to_value(&account).unwrap(), Expect::Absent).await.unwrap();
    account
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_of_the_calls_of_an_account_that_wants_nothing_kept() {
    for (disable_cdrs, kept) in [(0, 1), (1, 0)] {
        let world = World::new(vec![vec![at(10, refuse(486))]]).await;
        settle_account(&world, json!({"name": "a", "disable_cdrs": disable_cdrs})).await;
        let sid = world.create(json!({})).await.unwrap().sid;
        world.told().await;
        assert!(world.calls.get(world.account, sid).await.unwrap().is_some(), "its record stays for a while");
        let recent = world.store.all(world.account.into(), Kind::RecentCall).await.unwrap();
        assert_eq!(recent.len(), kept);
    }
}

#[tokio::test(start_paused = true)]
async fn an_inactive_account_places_no_calls_and_an_active_one_signs_its_webhooks() {
    for (is_active, status) in [(0, Some(403)), (1, None)] {
        let world = World::new(vec![vec![at(10, answer())]]).await;
        let account = settle_account(&world, json!({"name": "a", "is_active": is_active})).await;
        assert_eq!(world.create(json!({})).await.err().map(|error| error.status()), status);
        world.told().await;
        let secret = account.webhook_secret.expose();
        assert!(world.hooks.asked().iter().all(|asked| asked.hook["secret"] == secret));
    }
}
