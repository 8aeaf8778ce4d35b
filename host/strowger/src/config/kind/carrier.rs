//! What documents of carriers may say, said for all of them: by the rules of the documents.

use serde_json::{Map, Value, json};
use strowger_model::resource;

use super::{Kind, Shape};

/// Whether a document with that gateway and these fields could be saved.
fn is_valid(gateway: Value, fields: Value) -> bool {
    let (Value::Object(mut gateway), Value::Object(mut document)) = (gateway, fields) else { return false };
    gateway.insert("server".into(), json!("carrier.example"));
    document.insert("name".into(), json!("default"));
    document.insert("gateways".into(), json!([gateway]));
    resource::validate(&mut document).is_ok()
}

/// What is put before or after a number.
pub struct Affix;

impl Kind for Affix {
    type Value = String;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "TEXT";

    fn rule() -> String {
        "1 to 64 characters that a gateway's prefix may have".to_owned()
    }

    fn read(text: &str) -> Option<String> {
        let fits = !text.is_empty() && is_valid(json!({"prefix": text, "suffix": text}), json!({}));
        fits.then(|| text.to_owned())
    }
}

/// A SIP URI that all calls go to.
pub struct Route;

impl Kind for Route {
    type Value = String;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "URI";

    fn rule() -> String {
        "a sip: URI that a gateway's route may be".to_owned()
    }

    fn read(text: &str) -> Option<String> {
        let is_sip = text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("sip:")) && text.len() > 4;
        (is_sip && is_valid(json!({"route": text}), json!({}))).then(|| text.to_owned())
    }
}

/// Codecs by the names of carriers' documents.
pub struct Codecs;

impl Kind for Codecs {
    type Value = Vec<String>;
    const SHAPE: Shape = Shape::List;
    const PLACEHOLDER: &'static str = "CODECS";

    fn rule() -> String {
        "a list of codecs as gateways have it, as in PCMA,PCMU".to_owned()
    }

    fn read(text: &str) -> Option<Vec<String>> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let codecs: Vec<String> = names.map(ToOwned::to_owned).collect();
        is_valid(json!({"codecs": codecs}), json!({})).then_some(codecs)
    }
}

/// Formatters.
pub struct Formatters;

impl Kind for Formatters {
    type Value = Map<String, Value>;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "JSON";

    fn rule() -> String {
        "the JSON object of a carrier's formatters".to_owned()
    }

    fn read(text: &str) -> Option<Self::Value> {
        let formatters: Map<String, Value> = serde_json::from_str(text).ok()?;
        is_valid(json!({}), json!({ "formatters": formatters })).then_some(formatters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_may_say_is_read() {
        assert_eq!(Affix::read("+1").as_deref(), Some("+1"));
        assert_eq!(Route::read("sip:trunk@192.0.2.1").as_deref(), Some("sip:trunk@192.0.2.1"));
        assert_eq!(Codecs::read("PCMA, PCMU").unwrap(), ["PCMA", "PCMU"]);
        assert_eq!(Codecs::read("").unwrap(), Vec::<String>::new());
        let formatters = Formatters::read(r#"{"from": [{"regex": "^1(.*)$"}]}"#).unwrap();
        assert_eq!(formatters["from"][0]["regex"], "^1(.*)$");
    }

    #[test]
    fn what_it_may_not_say_is_not() {
        for affix in ["", "a b", "x\r\ny", &"1".repeat(65)] {
            assert_eq!(Affix::read(affix), None, "{affix}");
        }
        for route in ["", "sip:", "tel:+1555", "sip:a b"] {
            assert_eq!(Route::read(route), None, "{route}");
        }
        assert_eq!(Codecs::read("PCMA,MP3"), None);
        for formatters in ["[]", "from", r#"{"from": [{"regex": "("}]}"#, r#"{"from": [{"direction": "up"}]}"#] {
            assert_eq!(Formatters::read(formatters), None, "{formatters}");
        }
    }
}
