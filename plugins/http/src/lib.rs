//! One HTTP request over `wasi:http`, and its response read to the end, both within bounds.

mod transport;
mod url;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

pub use transport::{Failure, TransportError, pause, send};
pub use url::{Url, encode, hex};

/// How a server is asked.
#[derive(Deserialize, Debug, Clone, Copy, Default, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Everything is in the URL.
    #[serde(alias = "get")]
    Get,
    /// There is a body.
    #[default]
    #[serde(alias = "post")]
    Post,
}

/// One HTTP request. Holds secrets, so it cannot be printed.
#[derive(PartialEq)]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Whether it goes over TLS.
    pub secure: bool,
    /// Host and port.
    pub authority: String,
    /// What is asked for.
    pub path_with_query: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent.
    pub body: Option<String>,
}

/// An HTTP response, read to its end.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its media type, as it came.
    pub content_type: String,
    /// Seconds to wait before another attempt, where it says so.
    pub retry_after: Option<u32>,
    /// At most 1 MiB.
    pub body: Vec<u8>,
}

/// What came of one request.
pub type Attempt = Result<Response, TransportError>;

/// Who asks.
pub const USER_AGENT: &str = concat!("strowger/", env!("CARGO_PKG_VERSION"));

/// The value of an `authorization` header (RFC 7617).
#[must_use]
pub fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{username}:{password}")))
}

/// User and password of such a header.
#[must_use]
pub fn basic_pair(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (username, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}
