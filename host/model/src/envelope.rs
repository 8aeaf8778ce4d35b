//! The envelope of a `/v2` request: `{"data": …, "verb": …}`.

use serde_json::{Map, Value};

use crate::{Violation, Violations};

/// What a body says around and in its `data`. Empty where there is no body.
#[derive(Debug, Default)]
pub struct Envelope {
    /// Keys beside `data`, in lower case and with `_` for `-`.
    fields: Map<String, Value>,
    data: Option<Value>,
}

impl Envelope {
    /// Reads a body. Only its outermost keys are looked at.
    ///
    /// # Errors
    /// Where it is neither empty nor a JSON object whose `data` is an object or an array.
    pub fn parse(body: &[u8]) -> Result<Self, Violations> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        let Ok(body) = serde_json::from_slice(body) else {
            return Err(Violation::new("json", "invalid", "All JSON must be valid").target("body").into());
        };
        let Value::Object(fields) = body else {
            return Err(Violation::new("json", "type", "The body must be an object with the key data").into());
        };
        let mut fields: Map<String, Value> = fields.into_iter().map(|(key, value)| (normalised(&key), value)).collect();
        let data = fields.shift_remove("data");
        match &data {
            None | Some(Value::Object(_) | Value::Array(_)) => Ok(Self { fields, data }),
            Some(_) => Err(Violation::new("data", "type", "Value must be an object or an array").into()),
        }
    }

    /// The envelope's own key, or the key of its data where that is an object.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        let inner = self.data.as_ref().and_then(|data| data.get(name));
        self.fields.get(name).or(inner).and_then(text)
    }

    /// Every text, number, flag and (as JSON) list of the envelope, and of its data where that is an object, with its key.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, String)> {
        let inner = self.data.as_ref().and_then(Value::as_object);
        let values = self.fields.iter().chain(inner.into_iter().flatten());
        values.filter_map(|(name, value)| {
            let list = value.is_array().then(|| value.to_string());
            Some((name.as_str(), text(value).or(list)?))
        })
    }

    /// Whether there is no data.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.is_none()
    }

    /// The method that the body asks for in place of `POST`.
    #[must_use]
    pub fn verb(&self) -> Option<&str> {
        self.fields.get("verb").and_then(Value::as_str)
    }

    /// The data of a request for one document.
    ///
    /// # Errors
    /// Where it is missing or no object.
    pub fn into_object(self) -> Result<Map<String, Value>, Violations> {
        match self.data {
            Some(Value::Object(data)) => Ok(data),
            Some(_) => Err(Violation::new("data", "type", "Value must be an object").into()),
            None => Err(missing()),
        }
    }

    /// The data of a request for a collection.
    ///
    /// # Errors
    /// Where it is missing or no array.
    pub fn into_array(self) -> Result<Vec<Value>, Violations> {
        match self.data {
            Some(Value::Array(data)) => Ok(data),
            Some(_) => Err(Violation::new("data", "type", "Value must be an array").into()),
            None => Err(missing()),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn missing() -> Violations {
    Violation::new("data", "required", "Field is required but missing").into()
}

fn normalised(key: &str) -> String {
    key.to_ascii_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(body: &str) -> Value {
        Envelope::parse(body.as_bytes()).unwrap_err().to_data()
    }

    #[test]
    fn no_body_is_an_empty_envelope() {
        let envelope = Envelope::parse(b" \n").unwrap();
        assert_eq!(
            envelope.into_object().unwrap_err().to_data()["data"]["required"]["message"],
            "Field is required but missing"
        );
    }

    #[test]
    fn keys_are_normalised() {
        let envelope = Envelope::parse(br#"{"DATA": {"a": 1}, "Page-Size": 3, "Verb": "delete"}"#).unwrap();
        assert_eq!(envelope.text("page_size").as_deref(), Some("3"));
        assert_eq!(envelope.verb(), Some("delete"));
        assert_eq!(Value::Object(envelope.into_object().unwrap()), json!({"a": 1}));
    }

    #[test]
    fn every_parameter_is_told_with_its_key() {
        let envelope =
            Envelope::parse(br#"{"data": {"filter_n": ["a", 1], "x": {}}, "Page-Size": 3, "z": null}"#).unwrap();
        let parameters: Vec<_> = envelope.parameters().collect();
        assert_eq!(parameters, [("page_size", "3".to_owned()), ("filter_n", r#"["a",1]"#.to_owned())]);
    }

    #[test]
    fn parameters_may_lie_in_the_data() {
        let envelope = Envelope::parse(br#"{"data": {"page_size": "4"}}"#).unwrap();
        assert_eq!(envelope.text("page_size").as_deref(), Some("4"));
    }

    #[test]
    fn what_is_no_json_is_refused_in_the_documented_shape() {
        for body in ["{", "nil", "{\"data\": {}} x", "\u{0}"] {
            let expected = json!({"json": {"invalid": {"message": "All JSON must be valid", "target": "body"}}});
            assert_eq!(refusal(body), expected, "{body}");
        }
    }

    #[test]
    fn data_is_an_object_or_an_array() {
        for body in [r#"{"data": 1}"#, r#"{"data": null}"#, r#"{"data": "x"}"#] {
            assert!(refusal(body)["data"]["type"].is_object(), "{body}");
        }
        assert!(refusal("[1]")["json"]["type"].is_object());
    }

    #[test]
    fn an_object_and_an_array_are_told_apart() {
        let array = || Envelope::parse(br#"{"data": [1]}"#).unwrap();
        assert_eq!(array().into_array().unwrap(), [json!(1)]);
        assert!(array().into_object().is_err());
        assert!(Envelope::parse(br#"{"data": {}}"#).unwrap().into_array().is_err());
    }

    #[test]
    fn endless_nesting_is_refused() {
        let deep = "[".repeat(100_000);
        assert!(refusal(&deep)["json"]["invalid"].is_object());
    }
}
