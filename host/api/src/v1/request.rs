//! A `/v1` request as its handler gets it: authenticated, allowed, its body parsed.

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use http::{HeaderMap, header};
use serde_json::{Map, Value};
use strowger_model::AccountId;

use super::error::{BAD_SID, Error};
use super::reply::Reply;
use crate::audit::Origin;
use crate::auth::Caller;
use crate::state::ApiState;
use crate::tenants::By;
use crate::transport::form;
use crate::transport::query::Query;

/// One request.
pub(crate) struct Request {
    pub(super) state: ApiState,
    pub(super) caller: Caller,
    pub(super) origin: Origin,
    pub(super) segments: Vec<(String, String)>,
    pub(super) query: Query,
    /// An object.
    pub(super) body: Value,
}

/// What a handler returns.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send>>;

/// One endpoint's work.
pub(crate) type Handler = fn(Request) -> Answer;

impl Request {
    /// An id in the path.
    pub(super) fn id<T: FromStr>(&self, name: &str) -> Result<T, Error> {
        segment(&self.segments, name)
    }

    /// The caller, as the author of changes.
    pub(super) fn by(&self) -> By<'_> {
        By { state: &self.state, origin: &self.origin }
    }

    /// The account that the path names, where it names one.
    pub(super) fn named_account(&self) -> Option<AccountId> {
        self.id("account").ok()
    }
}

/// An id among the parts of a path.
pub(super) fn segment<T: FromStr>(segments: &[(String, String)], name: &str) -> Result<T, Error> {
    let text = segments.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default();
    text.parse().map_err(|_| BAD_SID)
}

/// The body's fields. A body that is neither JSON nor a form says nothing.
pub(super) fn parse(media_type: Option<&str>, body: &[u8]) -> Result<Value, Error> {
    if body.is_empty() {
        return Ok(nothing());
    }
    match media_type {
        Some("application/x-www-form-urlencoded") => {
            form::parse(body).map(Value::Object).map_err(|error| Error::bad_request(error.to_string()))
        }
        Some(json) if json != "application/json" && !json.ends_with("+json") => Ok(nothing()),
        _ => match serde_json::from_slice(body) {
            Ok(fields @ Value::Object(_)) => Ok(fields),
            Ok(_) => Err(Error::bad_request("the body must be a JSON object")),
            Err(error) => Err(Error::bad_request(format!("the body is not valid JSON: {error}"))),
        },
    }
}

fn nothing() -> Value {
    Value::Object(Map::new())
}

/// The body's type, in lower case and without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn parsed(media_type: Option<&'static str>, body: &str) -> Result<Value, String> {
        let mut headers = HeaderMap::new();
        headers.extend(media_type.map(|name| (header::CONTENT_TYPE, HeaderValue::from_static(name))));
        parse(super::media_type(&headers).as_deref(), body.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn json_and_forms_are_read() {
        assert_eq!(parsed(Some("application/json; charset=utf-8"), r#"{"a": 1}"#), Ok(json!({"a": 1})));
        assert_eq!(parsed(None, r#"{"a": 1}"#), Ok(json!({"a": 1})));
        assert_eq!(parsed(Some("Application/X-WWW-Form-Urlencoded"), "a=1"), Ok(json!({"a": "1"})));
    }

    #[test]
    fn other_bodies_say_nothing() {
        assert_eq!(parsed(Some("text/plain"), "hello"), Ok(json!({})));
        assert_eq!(parsed(Some("application/json"), ""), Ok(json!({})));
    }

    #[test]
    fn broken_json_and_lists_are_refused() {
        assert!(parsed(None, "{").unwrap_err().starts_with("the body is not valid JSON"));
        assert_eq!(parsed(None, "[]"), Err("the body must be a JSON object".into()));
    }
}
