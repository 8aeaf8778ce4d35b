//! Patterns of a grant's hosts, and the target of a request that they are compared with.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use http::Uri;
use serde::{Deserialize, Serialize};
use url::Host;
use wasmtime_wasi_http::Error;

/// Bytes of a pattern: a name has at most 253.
const MAX_PATTERN: usize = 300;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Scheme {
    Http,
    Https,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum HostRule {
    Any,
    Exact(Host<String>),
    /// Every name below this one, however deep; not the name itself.
    Below(String),
}

/// Requests that a grant permits: `*`, `HOST` or `*.HOST`, with `SCHEME://` before it and `:PORT` after it or without. Without a scheme
/// both are meant, without a port every one. A host is a name in any spelling (case, a final dot and IDNA make no difference) or an
/// IP address, IPv6 in brackets where a port follows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostPattern {
    scheme: Option<Scheme>,
    host: HostRule,
    port: Option<u16>,
}

/// Which rule a pattern breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternRule {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// Too long.
    #[error("has more than {MAX_PATTERN} bytes")]
    Long,
    /// A scheme that requests do not have.
    #[error("has a scheme other than http and https")]
    Scheme,
    /// More than a host.
    #[error("has a path, a query or a user: only SCHEME://HOST:PORT can be granted")]
    Path,
    /// No port.
    #[error("has a port that is not a number from 1 to 65535")]
    Port,
    /// A wildcard in the middle.
    #[error("has a * that is neither the whole host nor its first label, as in *.example.com")]
    Wildcard,
    /// No host.
    #[error("has a host that is neither a name nor an IP address")]
    Host,
}

/// Text that is no pattern of hosts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' {rule}")]
pub struct InvalidHostPattern {
    /// What was written, cut.
    pub text: String,
    /// The rule that it breaks.
    pub rule: PatternRule,
}

impl FromStr for HostPattern {
    type Err = InvalidHostPattern;

    fn from_str(text: &str) -> Result<Self, InvalidHostPattern> {
        parse(text).map_err(|rule| InvalidHostPattern { text: text.chars().take(MAX_PATTERN).collect(), rule })
    }
}

fn parse(text: &str) -> Result<HostPattern, PatternRule> {
    if text.is_empty() {
        return Err(PatternRule::Empty);
    }
    if text.len() > MAX_PATTERN {
        return Err(PatternRule::Long);
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(parse_scheme(scheme)?), rest),
        None => (None, text),
    };
    if rest.contains(['/', '\\', '?', '#', '@']) {
        return Err(PatternRule::Path);
    }
    let (host, port) = split_port(rest)?;
    Ok(HostPattern { scheme, host: parse_rule(host)?, port })
}

fn parse_scheme(scheme: &str) -> Result<Scheme, PatternRule> {
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok(Scheme::Http),
        "https" => Ok(Scheme::Https),
        _ => Err(PatternRule::Scheme),
    }
}

/// An IPv6 address without brackets has colons of its own, and no port then.
fn split_port(text: &str) -> Result<(&str, Option<u16>), PatternRule> {
    if text.parse::<Ipv6Addr>().is_ok() {
        return Ok((text, None));
    }
    let after_host = text.rfind(']').map_or(0, |bracket| bracket + 1);
    let Some(colon) = text.get(after_host..).and_then(|rest| rest.rfind(':')).map(|at| after_host + at) else {
        return Ok((text, None));
    };
    let (host, port) = (text.get(..colon).unwrap_or_default(), text.get(colon + 1..).unwrap_or_default());
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse::<u16>().ok().filter(|port| is_number && *port > 0);
    port.map(|port| (host, Some(port))).ok_or(PatternRule::Port)
}

fn parse_rule(host: &str) -> Result<HostRule, PatternRule> {
    if host == "*" {
        return Ok(HostRule::Any);
    }
    let (is_wildcard, host) = host.strip_prefix("*.").map_or((false, host), |rest| (true, rest));
    if host.contains('*') {
        return Err(PatternRule::Wildcard);
    }
    match (is_wildcard, normal(host).ok_or(PatternRule::Host)?) {
        (false, host) => Ok(HostRule::Exact(host)),
        (true, Host::Domain(name)) => Ok(HostRule::Below(name)),
        (true, Host::Ipv4(_) | Host::Ipv6(_)) => Err(PatternRule::Wildcard),
    }
}

/// The one spelling of a host: lower case, punycode, no final dot, addresses parsed however they are written (`0x7f.1`).
fn normal(host: &str) -> Option<Host<String>> {
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return Some(Host::Ipv6(address));
    }
    match Host::parse(host.strip_suffix('.').unwrap_or(host)).ok()? {
        Host::Domain(name) if name.is_empty() || name.split('.').any(str::is_empty) => None,
        host => Some(host),
    }
}

impl TryFrom<String> for HostPattern {
    type Error = InvalidHostPattern;

    fn try_from(text: String) -> Result<Self, InvalidHostPattern> {
        text.parse()
    }
}

impl From<HostPattern> for String {
    fn from(pattern: HostPattern) -> Self {
        pattern.to_string()
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scheme {
            Some(Scheme::Http) => f.write_str("http://")?,
            Some(Scheme::Https) => f.write_str("https://")?,
            None => {}
        }
        match &self.host {
            HostRule::Any => f.write_str("*")?,
            HostRule::Exact(host) => host.fmt(f)?,
            HostRule::Below(name) => write!(f, "*.{name}")?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl HostPattern {
    /// Every host.
    #[must_use]
    pub fn any() -> Self {
        Self { scheme: None, host: HostRule::Any, port: None }
    }

    /// Whether it permits a request to that target.
    pub(crate) fn permits(&self, target: &Target) -> bool {
        let is_host = match (&self.host, &target.host) {
            (HostRule::Any, _) => true,
            (HostRule::Exact(granted), host) => granted == host,
            (HostRule::Below(parent), Host::Domain(name)) => {
                name.strip_suffix(parent.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
            }
            (HostRule::Below(_), Host::Ipv4(_) | Host::Ipv6(_)) => false,
        };
        is_host
            && self.scheme.is_none_or(|scheme| scheme == target.scheme)
            && self.port.is_none_or(|port| port == target.port)
    }
}

/// Where a request is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    scheme: Scheme,
    host: Host<String>,
    port: u16,
}

impl Target {
    /// The target of a URI; one with a user in it is none.
    pub(crate) fn of(uri: &Uri) -> Result<Self, Error> {
        let (scheme, default_port) = match uri.scheme_str() {
            Some("http") => (Scheme::Http, 80),
            Some("https") => (Scheme::Https, 443),
            _ => return Err(Error::HttpProtocolError),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        let authority = authority.ok_or(Error::HttpRequestUriInvalid)?;
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => default_port,
            Some(_) => authority.port_u16().filter(|port| *port > 0).ok_or(Error::HttpRequestUriInvalid)?,
            None => return Err(Error::HttpRequestUriInvalid),
        };
        let host = normal(authority.host()).ok_or(Error::HttpRequestUriInvalid)?;
        Ok(Self { scheme, host, port })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(pattern: &str, uri: &str) -> bool {
        let pattern: HostPattern = pattern.parse().unwrap();
        pattern.permits(&Target::of(&uri.parse().unwrap()).unwrap())
    }

    #[test]
    fn a_pattern_permits_what_it_says() {
        let permitted = [
            ("*", "http://anything.example:8080/"),
            ("example.com", "https://EXAMPLE.com./path"),
            ("Example.COM.", "http://example.com:8080/"),
            ("*.example.com", "https://a.b.example.com/"),
            ("https://example.com", "https://example.com/"),
            ("HTTPS://*:8443", "https://example.com:8443/"),
            ("example.com:443", "https://example.com/"),
            ("bücher.example", "http://xn--bcher-kva.example/"),
            ("192.0.2.7:8080", "http://192.0.2.7:8080/"),
            ("[2001:db8::1]:80", "http://[2001:DB8:0::1]/"),
            ("2001:db8::1", "http://[2001:db8::1]:9/"),
            ("127.0.0.1", "http://127.1/"),
        ];
        for (pattern, uri) in permitted {
            assert!(permits(pattern, uri), "{pattern} {uri}");
        }
    }

    #[test]
    fn a_pattern_permits_nothing_else() {
        let denied = [
            ("example.com", "http://example.com.evil.example/"),
            ("example.com", "http://a.example.com/"),
            ("*.example.com", "http://example.com/"),
            ("*.example.com", "http://evilexample.com/"),
            ("https://example.com", "http://example.com/"),
            ("example.com:443", "http://example.com/"),
            ("*.0.0.1.example", "http://127.0.0.1/"),
            ("192.0.2.7", "http://[::ffff:192.0.2.7]/"),
        ];
        for (pattern, uri) in denied {
            assert!(!permits(pattern, uri), "{pattern} {uri}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told_by_its_rule() {
        let long = "a".repeat(301);
        let broken = [
            ("", PatternRule::Empty),
            (long.as_str(), PatternRule::Long),
            ("ftp://example.com", PatternRule::Scheme),
            ("example.com/path", PatternRule::Path),
            ("user@example.com", PatternRule::Path),
            ("example.com?x", PatternRule::Path),
            ("example.com:", PatternRule::Port),
            ("example.com:0", PatternRule::Port),
            ("example.com:+80", PatternRule::Port),
            ("example.com:65536", PatternRule::Port),
            ("a.*.example.com", PatternRule::Wildcard),
            ("*example.com", PatternRule::Wildcard),
            ("*.127.0.0.1", PatternRule::Wildcard),
            ("https://", PatternRule::Host),
            ("a..b", PatternRule::Host),
            ("*.", PatternRule::Host),
            ("exa mple.com", PatternRule::Host),
            ("[::1", PatternRule::Host),
        ];
        for (text, rule) in broken {
            assert_eq!(text.parse::<HostPattern>().map_err(|error| error.rule), Err(rule), "{text}");
        }
    }

    #[test]
    fn a_pattern_is_kept_in_its_one_spelling() {
        for (text, kept) in [
            ("HTTPS://Example.COM.:8443", "https://example.com:8443"),
            ("::1", "[::1]"),
            ("*", "*"),
            ("*.Bücher.example", "*.xn--bcher-kva.example"),
        ] {
            let pattern: HostPattern = text.parse().unwrap();
            assert_eq!(pattern.to_string(), kept);
            assert_eq!(kept.parse::<HostPattern>(), Ok(pattern));
        }
    }

    #[test]
    fn a_uri_with_a_user_or_a_bad_port_has_no_target() {
        for uri in
            ["http://user@example.com/", "http://example.com:99999/", "http://example.com:/", "ftp://example.com/"]
        {
            let parsed = uri.parse::<Uri>();
            assert!(parsed.is_err() || Target::of(&parsed.unwrap()).is_err(), "{uri}");
        }
    }
}
