use serde_json::json;

use super::*;

fn refusal(application: Value) -> String {
    parse(&application).unwrap_err().to_string()
}

#[test]
fn both_spellings_of_a_verb_mean_the_same() {
    let short = parse(&json!([{"pause": {"length": 1.5}}])).unwrap();
    let long = parse(&json!([{"verb": "pause", "length": 1.5}])).unwrap();
    assert_eq!(short, long);
    assert_eq!(short, [Verb::Pause(Duration::from_millis(1_500))]);
}

#[test]
fn every_verb_that_runs_is_read() {
    let verbs = parse(&json!([
        {"verb": "answer", "id": "a"},
        {"verb": "tag", "data": {"account": 7}},
        {"verb": "redirect", "actionHook": "/next"},
        {"verb": "hangup", "headers": {"X-Reason": "done", "X-Count": 2}},
    ]))
    .unwrap();
    let [Verb::Answer, Verb::Tag(tag), Verb::Redirect { .. }, Verb::Hangup(headers)] = &verbs[..] else {
        panic!("{verbs:?}");
    };
    assert_eq!(tag["account"], 7);
    assert_eq!(headers[..], [("X-Reason".into(), "done".into()), ("X-Count".into(), "2".into())]);
}

#[test]
fn play_has_sources_loops_offset_and_time_limit() {
    let read = |properties: Value| {
        let [Verb::Play(play)] = &parse(&json!([{"play": properties}])).unwrap()[..] else { panic!() };
        play.clone()
    };
    let play = read(json!({"url": ["a.wav", "b.wav"], "loop": "2", "seekOffset": 800, "timeoutSecs": "5"}));
    assert_eq!(play.sources, ["a.wav", "b.wav"]);
    assert_eq!((play.loops, play.seek, play.timeout), (Loops::Times(2), 800, Some(Duration::from_secs(5))));
    assert_eq!(read(json!({"url": "a.wav"})).loops, Loops::Times(1));
    assert_eq!(read(json!({"url": "a.wav", "loop": "forever"})).loops, Loops::Forever);
    assert_eq!(read(json!({"url": "a.wav", "loop": 0})).loops, Loops::Forever);
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
        (json!([{"verb": "play", "url": []}]), "play: property url has invalid data type"),
        (json!([{"verb": "play", "url": "x", "loop": "twice"}]), "play: property loop has invalid data type"),
        (json!([{"verb": "tag"}]), "tag: missing value for data"),
        (json!([{"verb": "dtmf", "dtmf": "1-2"}]), "dtmf: property dtmf must be of 0-9, *, #, A-D"),
        (
            json!([{"verb": "sip:request", "method": "BYE"}]),
            "sip:request: property method cannot be sent: method: BYE is not one of INFO, MESSAGE, NOTIFY and OPTIONS",
        ),
        (json!([{"verb": "redirect", "actionHook": null}]), "redirect: property actionHook has invalid data type"),
        (json!([{"verb": "hangup", "headers": "x"}]), "hangup: property headers has invalid data type"),
    ] {
        assert_eq!(refusal(application.clone()), message, "{application}");
    }
    assert_eq!(refusal(json!(vec![json!({"verb": "answer"}); 501])), "malformed jambonz payload: more than 500 verbs");
}

#[test]
fn an_underscore_is_the_authors_own_and_null_passes_for_an_object() {
    let verbs = parse(&json!([{"verb": "tag", "data": null, "_": {"note": 1}}])).unwrap();
    assert_eq!(verbs, [Verb::Tag(Map::new())]);
}

#[test]
fn a_documented_verb_that_is_not_built_is_told_from_an_unknown_one() {
    assert_eq!(parse(&json!([{"say": {"text": "hi"}}])).unwrap(), [Verb::NotBuilt("say".into())]);
}

#[test]
fn a_plugin_answers_verbs_or_leaves_reading_to_the_host() {
    let other = |name: &str, properties: &str| {
        let verb = hook::OtherVerb { name: name.into(), properties: properties.into() };
        from_hook(vec![hook::Verb::Other(verb)]).map_err(|error| error.to_string())
    };
    assert_eq!(other("pause", r#"{"length":2}"#).unwrap(), [Verb::Pause(Duration::from_secs(2))]);
    assert_eq!(other("play", "{}").unwrap_err(), "play: missing value for url");
    assert_eq!(other("paws", "{}").unwrap_err(), "invalid instruction: paws");
    assert_eq!(other("play", "[]").unwrap_err(), "malformed jambonz payload: missing verb property");
    assert!(from_hook(vec![hook::Verb::Tag("7".into())]).is_err());
}

#[test]
fn no_pause_outlasts_a_day() {
    assert_eq!(parse(&json!([{"pause": {"length": 1e300}}])).unwrap(), [Verb::Pause(Duration::ZERO)]);
    assert_eq!(parse(&json!([{"pause": {"length": 1e6}}])).unwrap(), [Verb::Pause(MAX_PAUSE)]);
    assert_eq!(parse(&json!([{"pause": {"length": -1}}])).unwrap(), [Verb::Pause(Duration::ZERO)]);
}
