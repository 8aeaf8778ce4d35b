//! The answers of one request to the challenges that it meets.

use rand::RngExt;
use rsipstack::sip::Request;
use rsipstack::sip::headers::Headers;

use super::challenge::{Challenge, Qop};
use super::hash::{Question, response};
use crate::invite::Credentials;
use crate::message;

/// The proxy and the far end may each ask once, or one of them again because its nonce went stale.
const MAX_ROUNDS: usize = 2;

/// Answers challenges with one user's credentials.
pub(crate) struct Authenticator {
    credentials: Option<Credentials>,
    answered: Vec<Answered>,
    rounds: usize,
}

/// Who asks, and where the answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    Server,
    Proxy,
}

struct Answered {
    asker: Asker,
    challenge: Challenge,
}

impl Asker {
    fn of(status: u16) -> Option<Self> {
        match status {
            401 => Some(Self::Server),
            407 => Some(Self::Proxy),
            _ => None,
        }
    }

    fn challenge_header(self) -> &'static str {
        match self {
            Self::Server => "WWW-Authenticate",
            Self::Proxy => "Proxy-Authenticate",
        }
    }

    fn answer_header(self) -> &'static str {
        match self {
            Self::Server => "Authorization",
            Self::Proxy => "Proxy-Authorization",
        }
    }
}

impl Authenticator {
    /// One that has not been asked yet.
    pub(crate) fn new(credentials: Option<Credentials>) -> Self {
        Self { credentials, answered: Vec::new(), rounds: 0 }
    }

    /// Takes in the challenges of a response. `false` when it is none, or when there is nothing better to answer.
    pub(crate) fn learn(&mut self, status: u16, headers: &Headers) -> bool {
        let (Some(asker), Some(credentials)) = (Asker::of(status), &self.credentials) else { return false };
        let is_ours = |challenge: &Challenge| credentials.realm.as_ref().is_none_or(|realm| *realm == challenge.realm);
        let strongest = message::values(headers, asker.challenge_header())
            .filter_map(Challenge::parse)
            .filter(is_ours)
            .max_by_key(|challenge| challenge.algorithm);
        let Some(challenge) = strongest else { return false };
        let known = |answer: &Answered| answer.asker == asker && answer.challenge.realm == challenge.realm;
        // The same question again means that the password is wrong, unless only the nonce had aged.
        let is_wrong_password = self.answered.iter().any(known) && !challenge.is_stale;
        if is_wrong_password || self.rounds == MAX_ROUNDS {
            return false;
        }
        self.rounds += 1;
        self.answered.retain(|answer| !known(answer));
        self.answered.push(Answered { asker, challenge });
        true
    }

    /// Puts the answers to every challenge so far into `request`.
    pub(crate) fn sign(&self, request: &mut Request) {
        let Some(credentials) = &self.credentials else { return };
        for Answered { asker, challenge } in &self.answered {
            let value = answer(credentials, challenge, request);
            request.headers.push(message::make(asker.answer_header(), value));
        }
    }
}

fn answer(credentials: &Credentials, challenge: &Challenge, request: &Request) -> String {
    let (method, uri) = (request.method.to_string(), request.uri.to_string());
    let cnonce = random_word();
    let question = Question {
        algorithm: challenge.algorithm,
        username: &credentials.username,
        password: &credentials.password,
        realm: &challenge.realm,
        nonce: &challenge.nonce,
        method: &method,
        uri: &uri,
        body: &request.body,
        cnonce: &cnonce,
        // Each nonce is used for one request only.
        nonce_count: "00000001",
        qop: challenge.qop,
    };
    let username = credentials.username.replace('\\', "\\\\").replace('"', "\\\"");
    let mut value = format!(
        "Digest username=\"{username}\", realm=\"{}\", nonce=\"{}\", uri=\"{uri}\", response=\"{}\"",
        challenge.realm,
        challenge.nonce,
        response(&question)
    );
    if challenge.names_algorithm {
        value.push_str(&format!(", algorithm={}", challenge.algorithm.name()));
    }
    if let Some(opaque) = &challenge.opaque {
        value.push_str(&format!(", opaque=\"{opaque}\""));
    }
    if let Some(qop) = challenge.qop {
        let qop = Qop::name(qop);
        value.push_str(&format!(", qop={qop}, cnonce=\"{cnonce}\", nc={}", question.nonce_count));
    }
    value
}

/// A cnonce of 128 random bits.
fn random_word() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}

#[cfg(test)]
mod tests {
    use rsipstack::sip::Method;

    use super::*;
    use crate::uri::SipUri;

    fn asked(lines: &[(&str, &str)]) -> Headers {
        lines.iter().map(|(name, value)| message::make(name, *value)).collect::<Vec<_>>().into()
    }

    fn authenticator() -> Authenticator {
        let credentials = Credentials { username: "al\"ice".into(), password: "secret".into(), realm: None };
        Authenticator::new(Some(credentials))
    }

    fn signed(authenticator: &Authenticator) -> Vec<(String, String)> {
        let mut request = Request {
            method: Method::Invite,
            uri: SipUri::parse("sip:100@127.0.0.1").unwrap().to_library(),
            version: Default::default(),
            headers: Vec::new().into(),
            body: Vec::new(),
        };
        authenticator.sign(&mut request);
        request.headers.iter().map(|header| (header.name().to_owned(), header.value().to_owned())).collect()
    }

    const MD5: &str = r#"Digest realm="r", nonce="m", algorithm=MD5, qop="auth""#;
    const SHA: &str = r#"Digest realm="r", nonce="s", algorithm=SHA-256, qop="auth""#;

    #[test]
    fn the_strongest_of_several_challenges_is_answered() {
        let mut authenticator = authenticator();
        assert!(authenticator.learn(407, &asked(&[("Proxy-Authenticate", MD5), ("Proxy-Authenticate", SHA)])));
        let [(name, value)] = &signed(&authenticator)[..] else { panic!("one answer expected") };
        assert_eq!(name, "Proxy-Authorization");
        assert!(value.starts_with(r#"Digest username="al\"ice", realm="r", nonce="s", uri="sip:100@127.0.0.1""#));
        assert!(value.contains("algorithm=SHA-256") && value.contains(", qop=auth,") && value.ends_with("nc=00000001"));
        assert!(!value.contains("secret"));
    }

    #[test]
    fn the_same_question_again_is_a_wrong_password() {
        let mut authenticator = authenticator();
        assert!(authenticator.learn(401, &asked(&[("WWW-Authenticate", MD5)])));
        assert!(!authenticator.learn(401, &asked(&[("WWW-Authenticate", MD5)])));
    }

    #[test]
    fn a_stale_nonce_is_replaced_once() {
        let stale = asked(&[("WWW-Authenticate", r#"Digest realm="r", nonce="x", stale=true"#)]);
        let mut authenticator = authenticator();
        assert!(authenticator.learn(401, &asked(&[("WWW-Authenticate", MD5)])));
        assert!(authenticator.learn(401, &stale));
        assert!(!authenticator.learn(401, &stale), "a third round");
        assert_eq!(signed(&authenticator).len(), 1);
    }

    #[test]
    fn a_proxy_and_the_far_end_are_both_answered() {
        let mut authenticator = authenticator();
        assert!(authenticator.learn(407, &asked(&[("Proxy-Authenticate", MD5)])));
        assert!(authenticator.learn(401, &asked(&[("WWW-Authenticate", SHA)])));
        assert_eq!(signed(&authenticator).len(), 2);
    }

    #[test]
    fn no_credentials_another_realm_or_another_status_is_no_round() {
        let headers = asked(&[("WWW-Authenticate", MD5)]);
        assert!(!Authenticator::new(None).learn(401, &headers));
        assert!(!authenticator().learn(403, &headers));
        let elsewhere = Credentials { username: "a".into(), password: "b".into(), realm: Some("other".into()) };
        assert!(!Authenticator::new(Some(elsewhere)).learn(401, &headers));
    }
}
