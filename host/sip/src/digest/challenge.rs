//! Challenges as they arrive (RFC 7616 §3.3, RFC 8760 §2.4).

use super::hash::DigestAlgorithm;

/// The quality of protection of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Qop {
    Auth,
    AuthInt,
}

impl Qop {
    /// The token on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }
}

/// A challenge that can be answered. Values are kept as written between their quotes, which is how they are hashed
/// and repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) realm: String,
    pub(crate) nonce: String,
    pub(crate) opaque: Option<String>,
    pub(crate) algorithm: DigestAlgorithm,
    /// Whether the challenge named its algorithm; the answer then does so too.
    pub(crate) names_algorithm: bool,
    pub(crate) qop: Option<Qop>,
    pub(crate) is_stale: bool,
}

impl Challenge {
    /// Reads one header value; `None` for other schemes and for algorithms or protections not known here.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let parameters = parameters(value)?;
        let find = |name: &str| {
            parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
        };
        let algorithm = find("algorithm");
        Some(Self {
            realm: find("realm")?.to_owned(),
            nonce: find("nonce")?.to_owned(),
            opaque: find("opaque").map(str::to_owned),
            algorithm: algorithm.map_or(Some(DigestAlgorithm::Md5), DigestAlgorithm::from_name)?,
            names_algorithm: algorithm.is_some(),
            qop: match find("qop") {
                None => None,
                Some(offered) => Some(choose(offered)?),
            },
            is_stale: find("stale").is_some_and(|value| value.eq_ignore_ascii_case("true")),
        })
    }
}

/// `auth` where it is offered: it survives a proxy that rewrites the session description.
fn choose(offered: &str) -> Option<Qop> {
    let offers = |qop: Qop| offered.split(',').any(|token| token.trim().eq_ignore_ascii_case(qop.name()));
    [Qop::Auth, Qop::AuthInt].into_iter().find(|qop| offers(*qop))
}

/// The parameters of a `Digest` header value, unquoted; `None` for another scheme.
pub(crate) fn parameters(value: &str) -> Option<Vec<(String, String)>> {
    let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
    if !scheme.eq_ignore_ascii_case("Digest") {
        return None;
    }
    let mut parameters = Vec::new();
    let mut rest = rest.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => split_quoted(quoted)?,
            None => after.split_once(',').map_or((after.trim_end(), ""), |(value, rest)| (value.trim_end(), rest)),
        };
        parameters.push((name.trim().to_owned(), value.to_owned()));
        rest = after.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
    }
    Some(parameters)
}

/// Splits at the closing quote, stepping over escaped ones.
fn split_quoted(text: &str) -> Option<(&str, &str)> {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_challenge_is_read() {
        let value =
            r#"Digest realm="a, b", qop="auth-int,auth", algorithm=SHA-256, nonce="n=1", opaque="o", stale=TRUE"#;
        let expected = Challenge {
            realm: "a, b".into(),
            nonce: "n=1".into(),
            opaque: Some("o".into()),
            algorithm: DigestAlgorithm::Sha256,
            names_algorithm: true,
            qop: Some(Qop::Auth),
            is_stale: true,
        };
        assert_eq!(Challenge::parse(value), Some(expected));
    }

    #[test]
    fn a_bare_challenge_means_md5_without_protection() {
        let challenge = Challenge::parse(r#"digest realm="r",nonce="n""#).unwrap();
        assert_eq!((challenge.algorithm, challenge.qop), (DigestAlgorithm::Md5, None));
        assert!(!challenge.names_algorithm);
    }

    #[test]
    fn what_cannot_be_answered_is_no_challenge() {
        for value in [
            r#"Basic realm="r""#,
            r#"Digest realm="r""#,
            r#"Digest realm="r", nonce="n", algorithm=SHA-1"#,
            r#"Digest realm="r", nonce="n", qop="token""#,
            r#"Digest realm="r, nonce=n"#,
            "",
        ] {
            assert_eq!(Challenge::parse(value), None, "{value}");
        }
    }

    #[test]
    fn an_escaped_quote_does_not_end_a_value() {
        let challenge = Challenge::parse(r#"Digest realm="a\"b", nonce="n""#).unwrap();
        assert_eq!(challenge.realm, r#"a\"b"#);
    }
}
