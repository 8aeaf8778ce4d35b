//! `http` URLs, taken apart as `wasi:http` wants them.

use strowger_sdk::PluginError;

/// An absolute URL. The fragment is not sent.
#[derive(Debug, PartialEq)]
pub struct Url<'u> {
    /// Whether it is `https`.
    pub secure: bool,
    /// Host and port.
    pub authority: &'u str,
    /// From the first `/` on; `/` where there is none.
    pub path: &'u str,
    /// What follows `?`.
    pub query: Option<&'u str>,
    /// What follows `#`.
    pub fragment: Option<&'u str>,
}

impl<'u> Url<'u> {
    /// Takes it apart.
    ///
    /// # Errors
    /// Where it is no URL that a plugin may ask.
    pub fn parse(text: &'u str) -> Result<Self, PluginError> {
        Self::split(text).ok_or_else(|| {
            PluginError::bad_parameter("url", "pattern", "a url is http(s)://host[:port][/path], without a user")
        })
    }

    fn split(text: &'u str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let (rest, fragment) = cut(rest, '#');
        let (rest, query) = cut(rest, '?');
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let clean = !text.contains(|c: char| c.is_control() || c == ' ');
        let path = if path.is_empty() { "/" } else { path };
        let named = !authority.is_empty() && !authority.contains('@');
        (clean && named).then_some(Self { secure, authority, path, query, fragment })
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// Percent-encodes all but unreserved characters (RFC 3986, section 2.3).
pub fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => into.push(char::from(byte)),
            _ => {
                into.push('%');
                into.extend(hex(byte).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
}

/// The two hex digits of a byte.
#[must_use]
pub fn hex(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_its_parts() {
        let url = Url::parse("HTTPS://example.com:8443/hook?a=b#rc=2").unwrap();
        let expected = Url {
            secure: true,
            authority: "example.com:8443",
            path: "/hook",
            query: Some("a=b"),
            fragment: Some("rc=2"),
        };
        assert_eq!(url, expected);
        assert_eq!(Url::parse("http://example.com?x").unwrap().path, "/");
    }

    #[test]
    fn what_is_no_absolute_http_url_is_refused() {
        for text in
            ["/hook", "ws://example.com", "http://", "http://user:secret@example.com/", "http://a b/", "http://a/\r\n"]
        {
            assert!(Url::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_unreserved_is_encoded() {
        let mut encoded = String::new();
        encode("a+b c&ü~", &mut encoded);
        assert_eq!(encoded, "a%2Bb%20c%26%C3%BC~");
    }
}
