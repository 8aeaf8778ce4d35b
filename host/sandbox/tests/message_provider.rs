//! Message providers: sent, refused, received.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

mod support;

use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_sandbox::message::{Delivery, Incident, Outbound, Outcome, Request, Status};
use strowger_sandbox::{Capability, FaultKind, Grants, ModuleKind, PluginId, Sandbox, Terms};

fn sandbox() -> Sandbox {
    Sandbox::new(support::config()).unwrap()
}

fn outbound(to: &str) -> Outbound {
    Outbound {
        message_sid: "6cc512e7-1dea-4cf6-bcca-e5a638884524".into(),
        account_sid: "fef61e75-cec3-496c-a7bc-8368e4d02a04".into(),
        application_sid: None,
        from: "+12025550100".into(),
        to: to.into(),
        text: Some("please call when you can".into()),
        media: Vec::new(),
        status_url: None,
        time: 0,
    }
}

fn request(token: &str, body: &Value) -> Request {
    Request {
        method: "POST".into(),
        url: "https://host.example/in".into(),
        headers: vec![("x-token".into(), token.into())],
        body: body.to_string().into_bytes(),
        time: 0,
    }
}

const PARAMETERS: &str = r#"{"token":"t","blocked":["+15005550009"]}"#;

#[tokio::test]
async fn the_verdict_tells_the_kind_and_that_it_remembers() {
    let plugin = PluginId::system("echo", "1");
    let examined = sandbox().examine(&plugin, strowger_hostile::ECHO_MESSAGES.into(), Terms::default()).await;
    let verdict = examined.verdict;
    assert!(verdict.accepted, "{verdict:?}");
    assert_eq!(verdict.kind, Some(ModuleKind::MessageProvider));
    assert_eq!(verdict.world.as_deref(), Some("strowger:plugin/message-provider-plugin@0.1.0"));
    assert_eq!(verdict.capabilities, [Capability::Kv]);
}

#[tokio::test]
async fn a_message_is_sent_or_refused() {
    let sandbox = sandbox();
    sandbox.install("echo", "1", strowger_hostile::ECHO_MESSAGES, Grants::default()).await.unwrap();
    let account = AccountId::random();
    let sent = sandbox.send_message("echo", account, &outbound("+15083084809"), PARAMETERS).await.unwrap();
    let Outcome::Accepted(accepted) = sent else { unreachable!("{sent:?}") };
    assert_eq!(accepted.provider_id.as_deref(), Some("6cc512e7-1dea-4cf6-bcca-e5a638884524"));
    let response: Value = accepted.response.parse().unwrap();
    assert_eq!(response, json!({"responseText": "OK", "count": null, "length": 24}));
    let refused = sandbox.send_message("echo@1", account, &outbound("+15005550009"), PARAMETERS).await.unwrap();
    assert!(matches!(refused, Outcome::Refused(refusal) if refusal.reason == "the recipient wants no messages"));
    let fault = sandbox.send_message("echo", account, &outbound("+1"), "{}").await.unwrap_err();
    assert!(matches!(fault.kind, FaultKind::BadParameter { .. }), "{fault}");
}

#[tokio::test]
async fn what_a_provider_brings_is_told_and_answered() {
    let sandbox = sandbox();
    let module = sandbox.install("echo", "1", strowger_hostile::ECHO_MESSAGES, Grants::default()).await.unwrap();
    let posted = json!({"event": "message", "id": "in-1", "from": "+1508", "to": "+1512", "text": "yes"});
    let (received, usage) = module.receive(Owner::System, &request("t", &posted), PARAMETERS).await.unwrap();
    assert!(matches!(received.incidents.as_slice(), [Incident::Message(m)] if m.text.as_deref() == Some("yes")));
    assert_eq!(received.reply.status, 204);
    assert!(usage.fuel > 0);
    let posted = json!({"event": "delivered", "id": "out-1"});
    let (received, _) = module.receive(Owner::System, &request("t", &posted), PARAMETERS).await.unwrap();
    let delivery = Delivery { provider_id: "out-1".into(), status: Status::Delivered, code: None, reason: None };
    assert_eq!(received.incidents, [Incident::Delivery(delivery)]);
    let fault = module.receive(Owner::System, &request("x", &posted), PARAMETERS).await.unwrap_err();
    assert!(matches!(fault.kind, FaultKind::Refused(_)), "{fault}");
}

#[tokio::test]
async fn a_provider_is_no_hook() {
    let sandbox = sandbox();
    sandbox.install("echo", "1", strowger_hostile::ECHO_MESSAGES, Grants::default()).await.unwrap();
    let fault = sandbox.call_hook("echo", AccountId::random(), &support::event(&json!({}))).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::WrongKind("call-hook"));
}
