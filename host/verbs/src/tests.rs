use serde_json::json;

use super::*;

fn refusal(application: Value) -> String {
    read(&application).unwrap_err().to_string()
}

#[test]
fn both_spellings_of_a_verb_mean_the_same() {
    let short = json!([{"pause": {"length": 1.5}}]);
    let long = json!([{"verb": "pause", "length": 1.5}]);
    assert_eq!(read(&short).unwrap(), read(&long).unwrap());
}

#[test]
fn aliases_lead_to_their_verb() {
    let application = json!([
        {"verb": "stream", "url": "wss://host.example"},
        {"verb": "s2s", "vendor": "any", "llmOptions": {}},
        {"openai_s2s": {"llmOptions": {}}},
        {"google_s2s": {"vendor": "own", "llmOptions": {}}},
    ]);
    let items = read(&application).unwrap();
    let verbs: Vec<_> =
        items.iter().map(|item| (item.verb, item.properties.get("vendor").and_then(Value::as_str))).collect();
    assert_eq!(verbs, [("listen", None), ("llm", Some("any")), ("llm", Some("openai")), ("llm", Some("own"))]);
    assert_eq!(refusal(json!([{"acme_s2s": {}}])), "invalid instruction: acme_s2s");
}

#[test]
fn parts_are_read_to_the_bottom() {
    let dial = |target: Value| json!([{"verb": "dial", "target": [target]}]);
    assert!(read(&dial(json!({"type": "phone", "number": "1", "from": {"user": "2"}}))).is_ok());
    assert_eq!(refusal(dial(json!({"type": "fax"}))), "invalid value fax must be one of phone,sip,user,teams");
    assert_eq!(refusal(dial(json!({"number": "1"}))), "target: missing value for type");
    assert_eq!(refusal(dial(json!({"type": "sip", "auth": {"username": "a"}}))), "auth: missing value for password");
    let gather = json!([{"verb": "gather", "say": {"text": "Hello", "synthesizer": {"vendor": "x", "voice": 7}}}]);
    assert_eq!(refusal(gather), "synthesizer: property voice has invalid data type, must be one of string,object");
}

#[test]
fn what_is_malformed_is_said_in_the_documented_words() {
    for (application, message) in [
        (json!({"verb": "pause"}), "malformed jambonz payload: must be array"),
        (json!(["pause"]), "malformed jambonz payload: missing verb property"),
        (json!([{"pause": {"length": 1}, "play": {"url": "x"}}]), "malformed jambonz payload: missing verb property"),
        (json!([{"verb": "paws"}]), "invalid instruction: paws"),
        (json!([{"verb": "pause", "len": 1}]), "pause: unknown property len"),
        (json!([{"verb": "pause", "length": "1"}]), "pause: property length has invalid data type"),
        (json!([{"verb": "play"}]), "play: missing value for url"),
        (json!([{"verb": "play", "url": 7}]), "play: property url has invalid data type, must be one of string,array"),
        (json!([{"verb": "gather", "input": "digits"}]), "gather: property input is not an array"),
        (json!([{"verb": "dial", "target": {"type": "phone"}}]), "dial: property target is not an array"),
        (json!([{"verb": "config", "vad": 1}]), "config: property vad has invalid data type"),
        (json!([{"verb": "message", "text": "x"}]), "message: missing value for to,from"),
        (
            json!([{"verb": "dub", "action": 7, "track": "t"}]),
            "invalid value 7 must be one of addTrack,removeTrack,silenceTrack,playOnTrack,sayOnTrack",
        ),
    ] {
        assert_eq!(refusal(application.clone()), message, "{application}");
    }
}

#[test]
fn lists_and_null_are_objects_as_in_the_documents() {
    assert!(read(&json!([{"tag": {"data": []}}, {"tag": {"data": null}}, {"config": {"vad": null}}])).is_ok());
}

#[test]
fn authors_may_keep_something_for_themselves() {
    assert!(read(&json!([{"verb": "answer", "_": {"mine": 1}}])).is_ok());
}

#[test]
fn an_application_has_an_end() {
    assert!(read(&vec![json!({"verb": "answer"}); MAX_VERBS].into()).is_ok());
    assert_eq!(
        refusal(vec![json!({"verb": "answer"}); MAX_VERBS + 1].into()),
        "malformed jambonz payload: more than 500 verbs"
    );
}
