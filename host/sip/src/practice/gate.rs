//! The practice carrier's own side of digest authentication (RFC 7616 §3.4.6).

use rsipstack::sip::Request;

use super::PracticeChallenge;
use crate::digest::{Qop, Question, parameters, response};
use crate::message;

const DEFAULT_REALM: &str = "practice";

/// Lets in requests that prove to know one user's password.
pub(super) struct Gate {
    challenge: PracticeChallenge,
    nonce: String,
}

impl Gate {
    /// A gate with a nonce of its own.
    pub(super) fn new(challenge: PracticeChallenge) -> Self {
        Self { challenge, nonce: format!("{:032x}", rand::random::<u128>()) }
    }

    /// The value of `Proxy-Authenticate`.
    pub(super) fn question(&self) -> String {
        let (realm, algorithm) = (self.realm(), self.challenge.algorithm.name());
        format!("Digest realm=\"{realm}\", nonce=\"{}\", algorithm={algorithm}, qop=\"auth\"", self.nonce)
    }

    /// Whether `request` may pass.
    pub(super) fn admits(&self, request: &Request) -> bool {
        message::values(&request.headers, "Proxy-Authorization").any(|value| self.accepts(value, request))
    }

    fn accepts(&self, value: &str, request: &Request) -> bool {
        let Some(parameters) = parameters(value) else { return false };
        let find = |name: &str| {
            let found = parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        let question = Question {
            algorithm: self.challenge.algorithm,
            username: &self.challenge.credentials.username,
            password: &self.challenge.credentials.password,
            realm: self.realm(),
            nonce: &self.nonce,
            method: &request.method.to_string(),
            uri: find("uri"),
            body: &request.body,
            cnonce: find("cnonce"),
            nonce_count: find("nc"),
            qop: Some(Qop::Auth),
        };
        find("nonce") == self.nonce
            && find("realm") == self.realm()
            && find("uri") == request.uri.to_string()
            && find("nc").len() == 8
            && find("algorithm").eq_ignore_ascii_case(self.challenge.algorithm.name())
            && find("response") == response(&question)
    }

    fn realm(&self) -> &str {
        self.challenge.credentials.realm.as_deref().unwrap_or(DEFAULT_REALM)
    }
}
