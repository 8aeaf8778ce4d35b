use std::time::Duration;

use serde_json::{Value, json};
use strowger_plugin_http::{Failure, Method, Request, TransportError};
use strowger_sdk::call_hook::OtherVerb;
use strowger_sdk::testing;

use super::*;

fn event(payload: &Value) -> Event {
    Event { payload: payload.to_string(), ..testing::event(EventKind::SessionNew) }
}

fn request(payload: &Value, hook: &Value) -> Request {
    request::of(&Hook::read(&hook.to_string()).unwrap(), &event(payload)).unwrap_or_else(|e| panic!("{e}")).0
}

fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
}

fn answered(content_type: &str, body: &str) -> Result<Option<Vec<Verb>>, PluginError> {
    answer::verbs(&Response {
        status: 200,
        content_type: content_type.into(),
        body: body.into(),
        ..Response::default()
    })
}

fn verbs(body: &str) -> Vec<(String, Value)> {
    let verbs = answered("application/json; charset=utf-8", body).unwrap().unwrap();
    let named = |verb| match verb {
        Verb::Other(OtherVerb { name, properties }) => (name, properties.parse().unwrap()),
        other => panic!("{other:?}"),
    };
    verbs.into_iter().map(named).collect()
}

#[test]
fn post_sends_the_payload_as_it_is_told() {
    let request = request(&json!({"call_sid": "1"}), &json!({"url": "https://example.com/hook?x=1#rc=2"}));
    assert!(request.secure && request.method == Method::Post);
    assert_eq!((request.authority.as_str(), request.path_with_query.as_str()), ("example.com", "/hook?x=1"));
    assert_eq!(request.body.as_deref(), Some(r#"{"call_sid":"1"}"#));
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!((header(&request, "authorization"), header(&request, "jambonz-signature")), (None, None));
}

#[test]
fn get_sends_the_scalar_fields_as_query() {
    let payload =
        json!({"to": "+1512", "sip_status": 100, "sip": "x", "customerData": "y", "defaults": {}, "tags": []});
    let request = request(&payload, &json!({"url": "http://example.com/?k=v", "method": "GET"}));
    assert_eq!(request.path_with_query, "/?k=v&to=%2B1512&sip_status=100");
    assert_eq!(request.body, None);
}

#[test]
fn credentials_are_sent_where_both_are_given() {
    let with = |hook: Value| header(&request(&json!({}), &hook), "authorization").map(str::to_owned);
    let both = json!({"url": "http://example.com", "username": "u", "password": "p"});
    assert_eq!(with(both).as_deref(), Some("Basic dTpw"));
    assert_eq!(with(json!({"url": "http://example.com", "username": "u"})), None);
}

#[test]
fn a_request_is_signed_where_there_is_a_secret() {
    let request = request(&json!({"call_sid": "1"}), &json!({"url": "http://example.com", "secret": "whsec"}));
    assert_eq!(header(&request, "jambonz-signature").unwrap().split_once(',').unwrap().0, "t=1700000000");
}

#[test]
fn verbs_come_in_either_notation() {
    let expected = vec![("say".to_owned(), json!({"text": "hi"})), ("hangup".to_owned(), json!({}))];
    assert_eq!(verbs(r#"[{"verb": "say", "text": "hi"}, {"verb": "hangup"}]"#), expected);
    assert_eq!(verbs(r#"[{"say": {"text": "hi"}}, {"hangup": {}}]"#), expected);
    assert_eq!(verbs(r#"{"verb": "say", "text": "hi"}"#), expected[..1]);
    assert_eq!(verbs("[]"), []);
}

#[test]
fn what_is_not_json_is_a_consent() {
    assert_eq!(answered("text/html", "<p>").unwrap(), None);
    assert_eq!(answered("", "[]").unwrap(), None);
    assert_eq!(answered("application/json", "").unwrap(), None);
    assert_eq!(answered("application/json", "{}").unwrap(), None);
}

#[test]
fn json_that_holds_no_verbs_is_refused() {
    for body in ["[", "7", r#"["say"]"#, r#"[{"verb": 7}]"#, r#"[{"say": {}, "play": {}}]"#, r#"[{"say": "hi"}]"#] {
        assert!(matches!(answered("application/json", body), Err(PluginError::Failed(_))), "{body}");
    }
}

#[test]
fn an_answer_other_than_a_consent_is_told_by_its_status() {
    let answer = |status| accepted(Response { status, ..Response::default() });
    assert!([200, 202, 204].into_iter().all(|status| answer(status).is_ok()));
    assert_eq!(answer(500).unwrap_err(), PluginError::failed("webhook answered 500"));
    assert_eq!(answer(302).unwrap_err(), PluginError::failed("webhook answered 302"));
}

#[test]
fn a_bad_hook_is_refused_without_quoting_it() {
    let Err(refusal) = Hook::read(r#"{"url": "http://example.com", "password": 7}"#) else { panic!("read") };
    assert!(!refusal.to_string().contains('7'));
}

fn outcomes(fragment: &str, list: Vec<Attempt>) -> (Result<u16, PluginError>, Vec<Duration>) {
    let (mut list, mut waited) = (list.into_iter(), Vec::new());
    let policy = Policy::of_fragment(fragment);
    let outcome = attempt(&policy, || list.next().expect("an attempt too many"), |wait| waited.push(wait));
    (outcome.map(|response| response.status), waited)
}

fn status(status: u16) -> Attempt {
    Ok(Response { status, ..Response::default() })
}

fn refused() -> Attempt {
    Err(TransportError::new(Failure::Connect, "refused the connection"))
}

#[test]
fn what_the_policy_names_is_tried_again() {
    let (outcome, waited) = outcomes("rc=2", vec![refused(), status(200)]);
    assert_eq!((outcome, waited), (Ok(200), vec![Duration::from_millis(500)]));
    let (outcome, _) = outcomes("rc=1", vec![refused(), refused()]);
    assert_eq!(outcome, Err(PluginError::failed("webhook refused the connection")));
}

#[test]
fn what_the_policy_does_not_name_is_final() {
    assert_eq!(outcomes("rc=2", vec![status(503)]).0, Err(PluginError::failed("webhook answered 503")));
    assert_eq!(outcomes("", vec![refused()]).0, Err(PluginError::failed("webhook refused the connection")));
}
