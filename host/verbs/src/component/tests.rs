use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;

use super::*;

/// Verbs that the contract has a shape of its own for, and the one that only places a call.
const ELSEWHERE: [&str; 6] = ["answer", "pause", "play", "tag", "redirect", "hangup"];
const INTERNAL: &str = "rest:dial";

/// Words that WIT keeps for itself.
const KEYWORDS: [&str; 6] = ["record", "type", "from", "list", "stream", "option"];

const HEAD: &str = "package strowger:plugin@0.1.0;

/// The verbs of the documents with all their properties. Made from the host's catalogue of verbs, whose tests write it.
interface verbs {
  /// An object or a list, as JSON.
  type json = string;

  variant text-or-json {
    text(string),
    json(json),
  }

  record hook-target {
    url: string,
    method: option<string>,
    username: option<string>,
    password: option<string>,
  }
";

#[test]
fn the_contract_has_every_verb_with_every_property() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/verbs.wit");
    let interface = interface();
    if std::env::var_os("STROWGER_RENEW_WIT").is_some() {
        std::fs::write(&file, &interface).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), interface, "STROWGER_RENEW_WIT=1 writes {}", file.display());
}

#[test]
fn a_call_hook_answers_with_any_of_them() {
    let hook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/call-hook.wit");
    let hook = std::fs::read_to_string(hook).unwrap();
    for name in CATALOGUE.verbs.keys().filter(|name| *name != INTERNAL) {
        let case = format!("    {}", kebab(name));
        let has_case =
            hook.lines().any(|line| line.strip_prefix(&case).is_some_and(|rest| rest.starts_with(['(', ','])));
        assert!(has_case, "{name}");
    }
}

#[test]
fn a_verb_of_the_contract_is_the_verb_of_the_documents() {
    let fields = json!({
        "id": null, "action_hook": {"url": "/digits", "method": "POST", "username": null, "password": null},
        "input": ["digits", "speech"], "num_digits": 4.0, "timeout": 2.5, "bargein": true,
        "say": {"text": ["hello"], "synthesizer": {"vendor": "google", "voice": {"Json": "{\"name\":\"x\"}"}, "gender": "Female"}},
        "recognizer": "{\"vendor\":\"google\",\"hints\":[\"yes\"]}",
    });
    let (name, properties) = read_component("Gather", fields).unwrap();
    let expected = json!({
        "actionHook": {"url": "/digits", "method": "POST"},
        "input": ["digits", "speech"], "numDigits": 4, "timeout": 2.5, "bargein": true,
        "say": {"text": ["hello"], "synthesizer": {"vendor": "google", "voice": {"name": "x"}, "gender": "FEMALE"}},
        "recognizer": {"vendor": "google", "hints": ["yes"]},
    });
    assert_eq!((name, Value::Object(properties.clone())), ("gather", expected));
    assert!(crate::read_one(name, &properties).is_ok());
}

#[test]
fn names_keep_the_spelling_of_the_documents() {
    let (name, properties) =
        read_component("SipRequest", json!({"method": "INFO", "headers": "{\"X-A\":\"b\"}"})).unwrap();
    assert_eq!((name, Value::Object(properties)), ("sip:request", json!({"method": "INFO", "headers": {"X-A": "b"}})));
    let record = json!({"record": {"action": "StartCallRecording", "type_": "Siprec", "recording_id": "7", "siprec_server_url": ["sip:a"]}});
    let (_, properties) = read_component("Config", record).unwrap();
    let expected =
        json!({"action": "startCallRecording", "type": "siprec", "recordingID": "7", "siprecServerURL": ["sip:a"]});
    assert_eq!(properties["record"], expected);
    let (_, properties) = read_component("Message", json!({"to": "1", "from_": "2", "message_sid": "x"})).unwrap();
    assert_eq!(Value::Object(properties), json!({"to": "1", "from": "2", "message_sid": "x"}));
}

#[test]
fn text_that_should_be_json_is_a_fault_of_its_property() {
    let fault = read_component("SipRequest", json!({"headers": "X-A: b"})).unwrap_err().to_string();
    assert_eq!(fault, "sip:request: property headers has invalid data type");
    assert!(read_component("Nothing", Value::Null).is_err());
}

/// The text of `wit/verbs.wit`.
fn interface() -> String {
    let catalogue: Value = serde_json::from_str(include_str!("../catalogue.json")).unwrap();
    let verbs = catalogue["verbs"].as_object().unwrap().keys();
    let mut wanted: Vec<String> =
        verbs.filter(|name| *name != INTERNAL && !ELSEWHERE.contains(&name.as_str())).cloned().rev().collect();
    let (mut text, mut written) = (HEAD.to_owned(), BTreeSet::new());
    while let Some(name) = wanted.pop() {
        if written.insert(name.clone()) {
            let shape = ["types", "verbs"].iter().find_map(|group| catalogue[group].get(&name)).unwrap();
            let properties = shape["properties"].as_object().unwrap().keys().filter(|property| *property != FREE);
            wanted.extend(record(&mut text, &name, properties));
        }
    }
    text + "}\n"
}

/// Writes a record and the enums of its own; what its fields name.
fn record<'a>(text: &mut String, name: &str, properties: impl Iterator<Item = &'a String>) -> Vec<String> {
    let (mut parts, mut enums) = (Vec::new(), String::new());
    let shape = CATALOGUE.part(name).unwrap().1;
    writeln!(text, "\n  record {} {{", type_name(name)).unwrap();
    for property in properties {
        let form = Form::of(property, &shape.properties[property]);
        if let Form::Part(part) | Form::Parts(part) = form {
            parts.push(part.to_owned());
        }
        if let Form::Words(words) = form {
            let words: Vec<String> = words.iter().map(|word| kebab(&word.replace('_', "-"))).collect();
            writeln!(enums, "\n  enum {} {{ {} }}", words_name(name, property), words.join(", ")).unwrap();
        }
        let kind = field_type(name, property, &form);
        let kind = if shape.required.contains(property) { kind } else { format!("option<{kind}>") };
        writeln!(text, "    {}: {kind},", escaped(kebab(property))).unwrap();
    }
    writeln!(text, "  }}").unwrap();
    text.push_str(&enums);
    parts.reverse();
    parts
}

fn field_type(of: &str, property: &str, form: &Form<'_>) -> String {
    match form {
        Form::Text => "string".to_owned(),
        Form::Number => "f64".to_owned(),
        Form::Boolean => "bool".to_owned(),
        Form::Texts => "list<string>".to_owned(),
        Form::Json => "json".to_owned(),
        Form::TextOrJson => "text-or-json".to_owned(),
        Form::Hook => "hook-target".to_owned(),
        Form::Words(_) => words_name(of, property),
        Form::Part(part) => type_name(part),
        Form::Parts(part) => format!("list<{}>", type_name(part)),
    }
}

/// The contract's `play` is a record of another shape.
fn type_name(name: &str) -> String {
    if name == "play" { "play-prompt".to_owned() } else { escaped(kebab(name)) }
}

fn words_name(of: &str, property: &str) -> String {
    format!("{}-{}", kebab(of), kebab(property))
}

fn escaped(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) { format!("%{name}") } else { name }
}

/// `recordingID` is `recording-id`, `sip:refer` is `sip-refer`, `MALE` is `male`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    let mut before = None;
    for letter in name.chars() {
        let begins = letter.is_ascii_uppercase() && before.is_some_and(|before: char| before.is_ascii_lowercase());
        if begins || !letter.is_ascii_alphanumeric() {
            kebab.push('-');
        }
        kebab.extend(letter.is_ascii_alphanumeric().then(|| letter.to_ascii_lowercase()));
        before = Some(letter);
    }
    kebab
}
