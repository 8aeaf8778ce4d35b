//! The token of a request, from its headers and from nowhere else: URLs end up in logs.

use std::fmt;

use http::{HeaderMap, HeaderName, header};

const X_AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// Longer than any token that is handed out, restrictions and all; what is longer is not looked at.
const LONGEST: usize = 4_096;

/// What the client presented.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    /// `X-Auth-Token`, else `Authorization: Bearer`.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let presented = match headers.get(X_AUTH_TOKEN) {
            Some(token) => token.to_str().ok()?,
            None => bearer(headers.get(header::AUTHORIZATION)?.to_str().ok()?)?,
        };
        Self::read(presented)
    }

    /// What may be a token.
    pub(crate) fn read(presented: &str) -> Option<Self> {
        let token = presented.trim();
        (!token.is_empty() && token.len() <= LONGEST).then(|| Self(token.to_owned()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// The scheme's name is matched in any case (RFC 9110, section 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn token(name: HeaderName, value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        Token::from_headers(&headers).map(|token| token.expose().to_owned())
    }

    #[test]
    fn both_headers_carry_a_token() {
        assert_eq!(token(X_AUTH_TOKEN, "abc").as_deref(), Some("abc"));
        assert_eq!(token(header::AUTHORIZATION, "Bearer abc").as_deref(), Some("abc"));
        assert_eq!(token(header::AUTHORIZATION, "bearer abc").as_deref(), Some("abc"));
    }

    #[test]
    fn other_schemes_and_empty_or_endless_tokens_are_none() {
        assert_eq!(token(header::AUTHORIZATION, "Basic abc"), None);
        assert_eq!(token(header::AUTHORIZATION, "Bearer"), None);
        assert_eq!(token(X_AUTH_TOKEN, ""), None);
        assert_eq!(token(X_AUTH_TOKEN, &"x".repeat(LONGEST + 1)), None);
    }

    #[test]
    fn a_token_is_not_printed() {
        let mut headers = HeaderMap::new();
        headers.insert(X_AUTH_TOKEN, HeaderValue::from_static("abc"));
        assert_eq!(format!("{:?}", Token::from_headers(&headers)), "Some(…)");
    }
}
