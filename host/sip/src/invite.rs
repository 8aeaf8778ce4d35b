//! What the owner of a call asks for.

use std::fmt;

/// An outbound call.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Where to: `sip:user@host[:port][;params]`. `;transport=tcp` chooses TCP.
    pub request_uri: String,
    /// The caller: `sip:` or `tel:`.
    pub from_uri: String,
    /// The caller's name. Quotes, backslashes and angle brackets are left out of it.
    pub from_display: Option<String>,
    /// The called party as written in To; the Request-URI without its parameters by default.
    pub to_uri: Option<String>,
    /// More headers, in order. Those that the stack writes are refused.
    pub headers: Vec<(String, String)>,
    /// The offered session description.
    pub sdp: String,
    /// What answers a 401 or 407.
    pub credentials: Option<Credentials>,
    /// The Call-ID; a random one by default.
    pub call_id: Option<String>,
}

impl Invite {
    /// A call with nothing but its two ends and its offer.
    pub fn new(request_uri: impl Into<String>, from_uri: impl Into<String>, sdp: impl Into<String>) -> Self {
        Self {
            request_uri: request_uri.into(),
            from_uri: from_uri.into(),
            from_display: None,
            to_uri: None,
            headers: Vec::new(),
            sdp: sdp.into(),
            credentials: None,
            call_id: None,
        }
    }
}

/// A user name and password for digest authentication.
#[derive(Clone)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
    /// Answer only challenges of this realm. Any realm by default.
    pub realm: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("realm", &self.realm).finish_non_exhaustive()
    }
}
