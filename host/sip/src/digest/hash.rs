//! The computation of a digest response (RFC 7616 §3.4).

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};

use super::challenge::Qop;

/// A digest algorithm of RFC 8760 §2.1, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DigestAlgorithm {
    /// `MD5`.
    Md5,
    /// `MD5-sess`.
    Md5Sess,
    /// `SHA-256`.
    Sha256,
    /// `SHA-256-sess`.
    Sha256Sess,
    /// `SHA-512-256`.
    Sha512T256,
    /// `SHA-512-256-sess`.
    Sha512T256Sess,
}

impl DigestAlgorithm {
    const ALL: [Self; 6] =
        [Self::Md5, Self::Md5Sess, Self::Sha256, Self::Sha256Sess, Self::Sha512T256, Self::Sha512T256Sess];

    /// The token on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Md5Sess => "MD5-sess",
            Self::Sha256 => "SHA-256",
            Self::Sha256Sess => "SHA-256-sess",
            Self::Sha512T256 => "SHA-512-256",
            Self::Sha512T256Sess => "SHA-512-256-sess",
        }
    }

    /// The algorithm of a token.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    fn is_session(self) -> bool {
        matches!(self, Self::Md5Sess | Self::Sha256Sess | Self::Sha512T256Sess)
    }

    fn hash(self, parts: &[&[u8]]) -> String {
        let text = parts.join(&b':');
        match self {
            Self::Md5 | Self::Md5Sess => hex(&Md5::digest(text)),
            Self::Sha256 | Self::Sha256Sess => hex(&Sha256::digest(text)),
            Self::Sha512T256 | Self::Sha512T256Sess => hex(&Sha512_256::digest(text)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Everything that a digest response depends on.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) algorithm: DigestAlgorithm,
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    pub(crate) realm: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) method: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) cnonce: &'a str,
    /// Eight hexadecimal digits.
    pub(crate) nonce_count: &'a str,
    pub(crate) qop: Option<Qop>,
}

/// The `response` parameter.
pub(crate) fn response(question: &Question<'_>) -> String {
    let Question { algorithm, nonce, cnonce, nonce_count, .. } = *question;
    let secret = secret(question);
    let request = request(question);
    match question.qop {
        None => algorithm.hash(&[secret.as_bytes(), nonce.as_bytes(), request.as_bytes()]),
        Some(qop) => algorithm.hash(&[
            secret.as_bytes(),
            nonce.as_bytes(),
            nonce_count.as_bytes(),
            cnonce.as_bytes(),
            qop.name().as_bytes(),
            request.as_bytes(),
        ]),
    }
}

/// H(A1), §3.4.2.
fn secret(question: &Question<'_>) -> String {
    let Question { algorithm, username, realm, password, nonce, cnonce, .. } = *question;
    let secret = algorithm.hash(&[username.as_bytes(), realm.as_bytes(), password.as_bytes()]);
    if algorithm.is_session() {
        return algorithm.hash(&[secret.as_bytes(), nonce.as_bytes(), cnonce.as_bytes()]);
    }
    secret
}

/// H(A2), §3.4.3.
fn request(question: &Question<'_>) -> String {
    let Question { algorithm, method, uri, body, .. } = *question;
    match question.qop {
        Some(Qop::AuthInt) => {
            let body = algorithm.hash(&[body]);
            algorithm.hash(&[method.as_bytes(), uri.as_bytes(), body.as_bytes()])
        }
        Some(Qop::Auth) | None => algorithm.hash(&[method.as_bytes(), uri.as_bytes()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7616 §3.9.1.
    const MUFASA: Question<'_> = Question {
        algorithm: DigestAlgorithm::Md5,
        username: "Mufasa",
        password: "Circle of Life",
        realm: "http-auth@example.org",
        nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        method: "GET",
        uri: "/dir/index.html",
        body: b"",
        cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        nonce_count: "00000001",
        qop: Some(Qop::Auth),
    };

    #[test]
    fn the_md5_example_of_the_rfc() {
        assert_eq!(response(&MUFASA), "8ca523f5e9506fed4657c9700eebdbec");
    }

    #[test]
    fn the_sha_256_example_of_the_rfc() {
        let question = Question { algorithm: DigestAlgorithm::Sha256, ..MUFASA };
        assert_eq!(response(&question), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    }

    #[test]
    fn without_qop_it_is_the_formula_of_rfc_2069() {
        // RFC 2617 §3.5 without qop: MD5(MD5("Mufasa:testrealm@host.com:Circle Of Life"):nonce:MD5("GET:/dir/index.html")).
        let question = Question {
            password: "Circle Of Life",
            realm: "testrealm@host.com",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            qop: None,
            ..MUFASA
        };
        assert_eq!(response(&question), "670fd8c2df070c60b045671b8b24ff02");
    }

    #[test]
    fn a_session_secret_binds_the_nonces_and_auth_int_binds_the_body() {
        let md5 = response(&MUFASA);
        let session = response(&Question { algorithm: DigestAlgorithm::Md5Sess, ..MUFASA });
        let integrity = Question { qop: Some(Qop::AuthInt), body: b"v=0", ..MUFASA };
        assert_ne!(md5, session);
        assert_ne!(response(&integrity), response(&Question { body: b"v=1", ..integrity }));
    }

    #[test]
    fn algorithms_are_ordered_by_strength_and_named_without_case() {
        assert!(DigestAlgorithm::Sha256 > DigestAlgorithm::Md5Sess);
        assert_eq!(DigestAlgorithm::from_name("sha-256-SESS"), Some(DigestAlgorithm::Sha256Sess));
        assert_eq!(DigestAlgorithm::from_name("AKAv1-MD5"), None);
    }
}
