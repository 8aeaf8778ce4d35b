//! Call hooks: answered, refused, ended.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

use serde_json::{Value, json};
use strowger_model::AccountId;
use strowger_sandbox::hook::{Call, CallDirection, CallStatus, Event, EventKind, Verb};
use strowger_sandbox::{FaultKind, Grants, PluginFault, Sandbox, SandboxConfig};

fn event(hook: &str) -> Event {
    let call = Call {
        call_sid: "0e0681b0-d49f-4fb8-b973-b5a3c6758de1".into(),
        account_sid: "fef61e75-cec3-496c-a7bc-8368e4d02a04".into(),
        application_sid: None,
        call_id: "c-1@127.0.0.1".into(),
        direction: CallDirection::Outbound,
        from: "+12025550100".into(),
        to: "+15125550177".into(),
        status: CallStatus::InProgress,
        sip_status: 200,
        sip_reason: "OK".into(),
        duration: None,
        tag: None,
    };
    Event { kind: EventKind::SessionNew, call, time: 0, payload: "{}".into(), hook: hook.into() }
}

async fn asked(name: &str, component: &[u8], hook: &str) -> Result<Option<Vec<Verb>>, PluginFault> {
    let sandbox = Sandbox::new(SandboxConfig { instances: 50, ..SandboxConfig::default() }).unwrap();
    sandbox.install(name, "1", component, Grants::any_host()).await.unwrap();
    sandbox.call_hook(name, AccountId::random(), &event(hook)).await
}

fn bundled(name: &str) -> &'static [u8] {
    strowger_bundle::plugins().iter().find(|plugin| plugin.name == name).unwrap().component
}

#[tokio::test]
async fn a_hook_answers_with_verbs() {
    let verbs = asked("greeter", bundled("greeter"), "{}").await.unwrap().unwrap();
    assert!(matches!(verbs.first(), Some(Verb::Play(play)) if play.urls == ["file:hello.wav"]));
}

#[tokio::test]
async fn verbs_that_the_contract_types_are_those_of_the_documents() {
    let hook = json!({"do": "speak", "headers": "{\"X-Order\":\"17\"}"}).to_string();
    let verbs = asked("hostile", strowger_hostile::CALL_HOOK, &hook).await.unwrap().unwrap();
    let told: Vec<(&str, Value)> = verbs
        .iter()
        .map(|verb| match verb {
            Verb::Other(other) => (other.name.as_str(), other.properties.parse().unwrap()),
            verb => panic!("{verb:?}"),
        })
        .collect();
    let say =
        json!({"text": ["hello"], "synthesizer": {"vendor": "google", "voice": {"name": "x"}, "gender": "FEMALE"}});
    let gather = json!({"actionHook": {"url": "/digits"}, "numDigits": 4, "say": say});
    let request = json!({"method": "INFO", "headers": {"X-Order": "17"}});
    assert_eq!(told, [("gather", gather), ("sip:request", request)]);
}

#[tokio::test]
async fn a_field_that_should_hold_json_is_named_where_it_holds_none() {
    let hook = json!({"do": "speak", "headers": "X-Order: 17"}).to_string();
    let fault = asked("hostile", strowger_hostile::CALL_HOOK, &hook).await.unwrap_err();
    assert!(fault.to_string().contains("sip:request: property headers has invalid data type"), "{fault}");
}

#[tokio::test]
async fn a_hook_that_never_answers_is_ended_within_its_budget() {
    let fault = asked("loop", strowger_hostile::CALL_HOOK, "{}").await.unwrap_err();
    assert!(matches!(fault.kind, FaultKind::Time(_) | FaultKind::Fuel(_)), "{fault}");
}

#[tokio::test]
async fn a_webhook_on_a_private_address_is_refused_by_the_guard() {
    let fault = asked("http-webhook", bundled("http-webhook"), r#"{"url":"http://127.0.0.1:9/"}"#).await.unwrap_err();
    assert!(matches!(&fault.kind, FaultKind::Refused(_)), "{fault}");
}

#[tokio::test]
async fn an_unknown_hook_is_told_by_its_name() {
    let sandbox = Sandbox::new(SandboxConfig { instances: 50, ..SandboxConfig::default() }).unwrap();
    let fault = sandbox.call_hook("nobody", AccountId::random(), &event("{}")).await.unwrap_err();
    assert_eq!((fault.plugin.as_str(), &fault.kind), ("nobody", &FaultKind::NotInstalled));
}
