//! What an API answered.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body; null where it is empty or no JSON.
    pub body: Value,
    /// Body as text.
    pub text: String,
}

impl Answer {
    /// Sends a request.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn to(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("the body arrives");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, body, text }
    }

    /// The answer, which must have this status.
    ///
    /// # Panics
    /// Where it has another one.
    #[must_use]
    #[track_caller]
    pub fn with_status(self, expected: u16) -> Self {
        assert_eq!(self.status.as_u16(), expected, "{}", self.text);
        self
    }

    /// The `data` of a `/v2` envelope; null where there is none.
    #[must_use]
    pub fn data(&self) -> &Value {
        self.body.get("data").unwrap_or(&Value::Null)
    }

    /// A header's text; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
