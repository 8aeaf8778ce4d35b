//! Reading what the library received, by header name and with bounds.

use std::time::Duration;

use rsipstack::sip::headers::{Header, Headers, make_header};
use rsipstack::sip::{Request, Response};

const MAX_TOLD_HEADERS: usize = 32;
const MAX_TOLD_VALUE: usize = 512;
const MAX_SDP: usize = 8_192;
const MAX_RETRY_AFTER: Duration = Duration::from_secs(86_400);

/// What every message has or what names its sender; of no interest to the owner of a call.
const UNTOLD: &[&str] = &[
    "Via",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Max-Forwards",
    "Content-Length",
    "Content-Type",
    "Record-Route",
    "Route",
    "Retry-After",
    "Authorization",
    "Proxy-Authorization",
    "WWW-Authenticate",
    "Proxy-Authenticate",
    "Authentication-Info",
];

/// The first value of the header `name`.
pub(crate) fn value<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    values(headers, name).next()
}

/// All values of the header `name`, line by line.
pub(crate) fn values<'a>(headers: &'a Headers, name: &str) -> impl Iterator<Item = &'a str> {
    headers.iter().filter(move |header| header.name().eq_ignore_ascii_case(name)).map(Header::value)
}

/// A header of the library's from its name and value.
pub(crate) fn make(name: &str, value: impl Into<String>) -> Header {
    make_header(name, value.into())
}

/// The `tag` of a From or To value.
pub(crate) fn tag(name_addr: &str) -> Option<&str> {
    let params = name_addr.rsplit_once('>').map_or(name_addr, |(_, params)| params);
    params.split(';').find_map(|param| {
        let (name, tag) = param.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("tag").then_some(tag.trim())
    })
}

/// The URI of a Contact or Record-Route value: between angle brackets, or up to the first parameter.
pub(crate) fn address(name_addr: &str) -> &str {
    match name_addr.rsplit_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => name_addr.split(';').next().unwrap_or_default().trim(),
    }
}

/// The entries of a header that may be given as a list, across its lines (RFC 3261 §7.3.1).
pub(crate) fn list(headers: &Headers, name: &str) -> Vec<String> {
    let mut entries = Vec::new();
    for line in values(headers, name) {
        let (mut quoted, mut bracketed) = (false, false);
        let mut entry = String::new();
        for character in line.chars() {
            match character {
                '"' => quoted = !quoted,
                '<' if !quoted => bracketed = true,
                '>' if !quoted => bracketed = false,
                ',' if !quoted && !bracketed => {
                    entries.push(std::mem::take(&mut entry).trim().to_owned());
                    continue;
                }
                _ => {}
            }
            entry.push(character);
        }
        entries.push(entry.trim().to_owned());
    }
    entries.retain(|entry| !entry.is_empty());
    entries
}

/// The number in CSeq.
pub(crate) fn sequence(headers: &Headers) -> Option<u32> {
    value(headers, "CSeq")?.split_whitespace().next()?.parse().ok()
}

/// The session description in a message with these headers and this body.
pub(crate) fn sdp(headers: &Headers, body: &[u8]) -> Option<String> {
    let is_sdp = value(headers, "Content-Type").is_some_and(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/sdp"))
    });
    if !is_sdp || body.is_empty() || body.len() > MAX_SDP {
        return None;
    }
    String::from_utf8(body.to_vec()).ok()
}

/// The status code and reason phrase of a response.
pub(crate) fn status(response: &Response) -> (u16, String) {
    let standard = || response.status_code.text().to_owned();
    let phrase = response.wire_reason.clone().unwrap_or_else(standard);
    (response.status_code.code(), clip(&phrase))
}

/// The `Retry-After` of a response (RFC 3261 §20.33), at most a day.
pub(crate) fn retry_after(headers: &Headers) -> Option<Duration> {
    let text = value(headers, "Retry-After")?.trim();
    let digits = text.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok().map(|seconds| Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

/// The headers that the owner of a call is told, bounded in number and length.
pub(crate) fn told(headers: &Headers) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|header| !UNTOLD.iter().any(|name| header.name().eq_ignore_ascii_case(name)))
        .take(MAX_TOLD_HEADERS)
        .map(|header| (clip(header.name()), clip(header.value())))
        .collect()
}

/// Whether a request is part of a dialog: its To has a tag.
pub(crate) fn is_in_dialog(request: &Request) -> bool {
    value(&request.headers, "To").and_then(tag).is_some()
}

fn clip(text: &str) -> String {
    text.chars().take(MAX_TOLD_VALUE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> Headers {
        lines.iter().map(|(name, value)| make(name, *value)).collect::<Vec<_>>().into()
    }

    #[test]
    fn a_tag_is_found_behind_the_uri_only() {
        assert_eq!(tag("<sip:a@b;tag=no>;tag=yes"), Some("yes"));
        assert_eq!(tag("sip:a@b;Tag = yes"), Some("yes"));
        assert_eq!(tag("\"x;tag=no\" <sip:a@b>"), None);
    }

    #[test]
    fn routes_are_split_at_commas_outside_brackets_and_quotes() {
        let headers = headers(&[("Record-Route", "<sip:a,1;lr>, \"b, c\" <sip:d;lr>"), ("Record-Route", "<sip:e>")]);
        assert_eq!(list(&headers, "record-route"), ["<sip:a,1;lr>", "\"b, c\" <sip:d;lr>", "<sip:e>"]);
    }

    #[test]
    fn retry_after_may_have_a_comment_and_has_a_limit() {
        let after = |text| retry_after(&headers(&[("Retry-After", text)]));
        assert_eq!(after("120 (maintenance);duration=60"), Some(Duration::from_secs(120)));
        assert_eq!(after("99999999"), Some(MAX_RETRY_AFTER));
        assert_eq!(after("soon"), None);
    }

    #[test]
    fn only_a_body_that_says_so_is_a_session_description() {
        let with = headers(&[("Content-Type", "application/SDP; charset=utf-8")]);
        assert_eq!(sdp(&with, b"v=0"), Some("v=0".into()));
        assert_eq!(sdp(&with, b""), None);
        assert_eq!(sdp(&headers(&[("Content-Type", "text/plain")]), b"v=0"), None);
    }

    #[test]
    fn credentials_and_routing_are_never_told() {
        let headers = headers(&[("X-Why", "because"), ("Proxy-Authenticate", "Digest nonce=1"), ("Via", "x")]);
        assert_eq!(told(&headers), [("X-Why".to_owned(), "because".to_owned())]);
    }
}
