//! Whether a request comes from the provider.

use strowger_plugin_http::basic_pair;
use strowger_sdk::message_provider::Request;

/// As a bearer token, as the password of basic authentication, or in the query.
pub(crate) fn opens(request: &Request, token: &str) -> bool {
    let given = match request.header("authorization") {
        Some(header) => basic_pair(header).map(|(_, password)| password).or_else(|| bearer(header)),
        None => query(request),
    };
    given.is_some_and(|given| is_same(&given, token))
}

fn bearer(header: &str) -> Option<String> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn query(request: &Request) -> Option<String> {
    let (_, query) = request.url.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token").map(|(_, value)| value.into_owned())
}

/// In a time that does not depend on where they differ.
fn is_same(given: &str, expected: &str) -> bool {
    let differing = given.bytes().zip(expected.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b));
    given.len() == expected.len() && differing == 0
}
