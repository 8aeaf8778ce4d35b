//! Every request that the documents show for carriers and collections, below each of the paths that they have.

use std::collections::BTreeMap;

use serde_json::Value;
use strowger_tests::{ADMIN_KEY, Method, Server};

const CASES: &str = include_str!("../../vectors/documented_resources.json");

/// What earlier answers told, by the names that later cases call it.
type Kept = BTreeMap<String, String>;

async fn holds_below(server: &Server, base: &str, key: &str) {
    let file: Value = serde_json::from_str(CASES).unwrap();
    let mut kept = Kept::new();
    for case in file["cases"].as_array().unwrap() {
        let what = format!("{base}: {}", case["what"]);
        let request = filled(&case["request"], &kept);
        let method = Method::from_bytes(request[0].as_str().unwrap().as_bytes()).unwrap();
        let path = format!("{base}{}", request[1].as_str().unwrap());
        let body = request.get(2);
        let answer = server.send(method, &path, Some(key), body).await;
        assert_eq!(u64::from(answer.status.as_u16()), case["status"], "{what}: {}", answer.text);
        if let Some(difference) = difference("", &filled(&case["answer"], &kept), &answer.body) {
            panic!("{what}: {difference} in {}", answer.text);
        }
        let is_old = base.contains("local_") || base.contains("global_");
        assert_eq!(answer.header("deprecation") == "true", is_old, "{what}");
        for (name, place) in case.get("keep").and_then(Value::as_object).into_iter().flatten() {
            let value = answer.body.pointer(place.as_str().unwrap()).and_then(Value::as_str).unwrap();
            kept.insert(name.clone(), value.to_owned());
        }
    }
}

/// The value with `{name}` filled in wherever it stands, in keys too.
fn filled(value: &Value, kept: &Kept) -> Value {
    let text = |text: &str| {
        kept.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    };
    match value {
        Value::String(string) => Value::String(text(string)),
        Value::Array(items) => items.iter().map(|item| filled(item, kept)).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (text(key), filled(value, kept))).collect(),
        other => other.clone(),
    }
}

/// Where an answer is not as expected.
fn difference(path: &str, expected: &Value, found: &Value) -> Option<String> {
    let differs = || Some(format!("{path} is {found} instead of {expected}"));
    match (expected, found) {
        (Value::String(text), _) if text == "<any>" => None,
        (Value::String(text), Value::String(found)) if text == "<text>" => {
            if found.is_empty() {
                differs()
            } else {
                None
            }
        }
        (Value::String(text), Value::String(found)) if text == "<id>" => {
            let is_id = found.len() == 32 && found.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_id { None } else { differs() }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let items = expected.iter().zip(found).enumerate();
            items
                .into_iter()
                .find_map(|(index, (expected, found))| difference(&format!("{path}/{index}"), expected, found))
        }
        (Value::Object(expected), Value::Object(found)) => {
            let named = |key: &&String| key.as_str() != "$only";
            let unknown = found.keys().find(|key| expected.contains_key("$only") && !expected.contains_key(*key));
            let told = |key: &String| {
                difference(&format!("{path}/{key}"), &expected[key], found.get(key).unwrap_or(&Value::Null))
            };
            unknown.map(|key| format!("{path} has {key}")).or_else(|| expected.keys().filter(named).find_map(told))
        }
        (expected, found) if expected == found => None,
        _ => differs(),
    }
}

#[tokio::test]
async fn an_account_has_them_under_both_of_its_names() {
    let server = Server::shared().await;
    for name in ["resources", "local_resources"] {
        let account = server.account("Documented").await;
        holds_below(&server, &format!("/v2/accounts/{}/{name}", account.id), &account.key).await;
    }
}

#[tokio::test]
async fn the_installation_has_them_under_all_of_its_names() {
    for name in ["/v2/resources", "/v2/global_resources", "/v2/accounts/{account}/global_resources"] {
        // The cases begin with no carrier at all.
        let server = Server::start().await;
        let account = server.account("Documented").await;
        holds_below(&server, &name.replace("{account}", &account.id), ADMIN_KEY).await;
    }
}
