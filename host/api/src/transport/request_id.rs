//! The name of a request in replies, logs and documents.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries it both ways.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

const LONGEST: usize = 128;

/// The client's `X-Request-ID` where it is 1 to 128 visible ASCII characters, else 32 hex digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).map(HeaderValue::as_bytes).filter(|id| is_acceptable(id));
        match given.and_then(|id| std::str::from_utf8(id).ok()) {
            Some(id) => Self(id.to_owned()),
            None => Self(Uuid::new_v4().simple().to_string()),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

/// The id that the outermost layer gave the request.
pub(crate) fn of(parts: &Parts) -> RequestId {
    parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId::from_headers(&parts.headers))
}

fn is_acceptable(id: &[u8]) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(given: &str) -> RequestId {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_str(given).unwrap());
        RequestId::from_headers(&headers)
    }

    #[test]
    fn the_clients_id_is_adopted() {
        assert_eq!(id_for("order-42").as_str(), "order-42");
        assert_eq!(id_for(&"x".repeat(128)).as_str().len(), 128);
    }

    #[test]
    fn an_unusable_id_is_replaced() {
        for unusable in ["", "two words", &"x".repeat(129)] {
            let id = id_for(unusable);
            assert_eq!(id.as_str().len(), 32, "{unusable:?}");
            assert!(id.as_str().bytes().all(|b| b.is_ascii_hexdigit()));
        }
    }
}
