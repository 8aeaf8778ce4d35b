use serde_json::json;
use strowger_plugin_http::{Response, basic};
use strowger_sdk::message_provider::{Incident, Status};

use super::*;

fn parameters(given: &Value) -> Parameters {
    let mut all = json!({"url": "https://sms.example/v1/send?key=1"});
    all.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

fn message() -> Outbound {
    Outbound {
        message_sid: "6cc512e7".into(),
        account_sid: "fef61e75".into(),
        application_sid: None,
        from: "+1332".into(),
        to: "+1508".into(),
        text: Some("please call".into()),
        media: vec!["http://a/1".into(), "http://a/2".into()],
        status_url: None,
        time: 0,
    }
}

fn header<'r>(request: &'r strowger_plugin_http::Request, name: &str) -> Option<&'r str> {
    request.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_message_is_json_under_our_names() {
    let request = outgoing::request(&message(), &parameters(&json!({"token": "t", "extra": {"a": 1}}))).unwrap();
    assert_eq!((request.authority.as_str(), request.path_with_query.as_str()), ("sms.example", "/v1/send?key=1"));
    assert_eq!(header(&request, "authorization"), Some("Bearer t"));
    let sent: Value = request.body.as_deref().unwrap().parse().unwrap();
    let media = ["http://a/1", "http://a/2"];
    let expected = json!({"a": 1, "message_sid": "6cc512e7", "from": "+1332", "to": "+1508", "text": "please call", "media": media});
    assert_eq!(sent, expected);
}

#[test]
fn or_a_form_under_the_providers_names() {
    let names = json!({"from": "From", "to": "To", "text": "Body", "media": "MediaUrl"});
    let given = json!({"format": "form", "fields": names, "username": "u", "password": "p"});
    let request = outgoing::request(&message(), &parameters(&given)).unwrap();
    assert_eq!(header(&request, "authorization"), Some("Basic dTpw"));
    assert_eq!(header(&request, "content-type"), Some("application/x-www-form-urlencoded"));
    let expected = "message_sid=6cc512e7&From=%2B1332&To=%2B1508&Body=please+call&MediaUrl=http%3A%2F%2Fa%2F1&MediaUrl=http%3A%2F%2Fa%2F2";
    assert_eq!(request.body.as_deref(), Some(expected));
}

#[test]
fn a_url_that_cannot_be_asked_is_refused() {
    assert!(outgoing::request(&message(), &parameters(&json!({"url": "ftp://a"}))).is_err());
}

fn outcome(status: u16, retry_after: Option<u32>, body: &str) -> Outcome {
    let response = Response { status, retry_after, body: body.into(), ..Response::default() };
    outgoing::outcome(&response, &parameters(&json!({"fields": {"id": "sid"}})).fields)
}

#[test]
fn what_the_provider_says_is_passed_on() {
    let Outcome::Accepted(accepted) = outcome(201, None, r#"{"sid": 7}"#) else { panic!("refused") };
    assert_eq!((accepted.provider_id.as_deref(), accepted.response.as_str()), (Some("7"), r#"{"sid":7}"#));
    let Outcome::Accepted(accepted) = outcome(200, None, "OK. Message Submitted") else { panic!("refused") };
    assert_eq!(accepted.response, r#"{"responseText":"OK. Message Submitted"}"#);
}

#[test]
fn a_refusal_says_whether_another_attempt_may_help() {
    let refused = |status, after| match outcome(status, after, "{}") {
        Outcome::Refused(refusal) => (refusal.http_status, refusal.retry_after),
        Outcome::Accepted(_) => panic!("accepted"),
    };
    assert_eq!(refused(400, None), (Some(400), None));
    assert_eq!(refused(429, Some(30)), (Some(429), Some(30)));
    assert_eq!(refused(503, None), (Some(503), Some(1)));
}

const TOKEN: &str = "0123456789abcdef";

fn posted(authorization: Option<&str>, query: &str, body: &str) -> Result<Incident, PluginError> {
    let media_type = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
    let mut headers = vec![("content-type".to_owned(), media_type.to_owned())];
    headers.extend(authorization.map(|value| ("authorization".to_owned(), value.to_owned())));
    let url = format!("https://host.example/in{query}");
    let request = Request { method: "POST".into(), url, headers, body: body.into(), time: 0 };
    HttpMessages::receive(request, parameters(&json!({"inbound_token": TOKEN})))
        .map(|mut received| received.incidents.remove(0))
}

#[test]
fn a_message_that_the_provider_brings_is_read_from_both_forms() {
    let bearer = format!("Bearer {TOKEN}");
    for body in [
        r#"{"id": "1", "from": "+1", "to": "+2", "text": "hi", "media": ["u"]}"#,
        "id=1&from=%2B1&to=%2B2&text=hi&media=u",
    ] {
        let Ok(Incident::Message(message)) = posted(Some(&bearer), "", body) else { panic!("{body}") };
        assert_eq!((message.from.as_str(), message.to.as_str()), ("+1", "+2"));
        assert_eq!((message.text.as_deref(), message.media), (Some("hi"), vec!["u".to_owned()]));
    }
    assert!(posted(Some(&bearer), "", r#"{"from": "+1"}"#).is_err());
    assert!(posted(Some(&bearer), "", "[]").is_err());
}

#[test]
fn a_status_tells_of_a_message_that_was_sent() {
    let Ok(Incident::Delivery(delivery)) = posted(None, &format!("?token={TOKEN}"), "id=1&status=Delivered") else {
        panic!("no delivery")
    };
    assert_eq!((delivery.provider_id.as_str(), delivery.status), ("1", Status::Delivered));
    assert!(posted(None, &format!("?token={TOKEN}"), "id=1&status=lost").is_err());
}

#[test]
fn only_the_token_opens() {
    let body = r#"{"from": "+1", "to": "+2"}"#;
    assert!(posted(Some(&basic("anyone", TOKEN)), "", body).is_ok());
    for authorization in
        [None, Some("Bearer 0123456789abcdeg"), Some("Bearer "), Some("Basic !"), Some(&*basic("u", "x"))]
    {
        assert!(posted(authorization, "", body).is_err(), "{authorization:?}");
    }
    assert!(posted(None, "?token=", body).is_err());
    let request = Request { method: "POST".into(), url: String::new(), headers: Vec::new(), body: Vec::new(), time: 0 };
    assert!(HttpMessages::receive(request, parameters(&json!({}))).is_err(), "without a token none is taken");
}
